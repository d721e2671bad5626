"""
Marks for what makes tests slow, set by what a test uses and never by hand.

`real_programs`: servers, office programs, browsers and what else `make test` installs. A test that
would start one without a fixture named here fails. `processes`: programs of any kind, above all
the command as a person starts it; found by looking through the code of a test, its fixtures and
its helpers.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import CodeType, FunctionType

import pytest

MARK = "real_programs"
FIXTURES = frozenset(
    {"browser", "mail_host", "office", "office_programs", "postgres", "small_disk"}
)
"""Behind each a program starts that is not ours, or something happens that only root may do."""

PROCESSES = "processes"
_STARTERS = frozenset({"subprocess", "nbclient"})
_TESTS = Path(__file__).resolve().parent.parent

_UNMARKED: set[str] = set()
"""The test that runs now, if it is not to start any."""


class UnmarkedError(Exception):
    """A test starts a real program without a fixture that says so."""


def mark_items(items: Iterable[pytest.Item]) -> None:
    """Mark all tests that start real programs, or processes."""
    seen: dict[FunctionType, bool] = {}
    for item in items:
        if not isinstance(item, pytest.Function):
            continue
        parameters = item.callspec.params if hasattr(item, "callspec") else {}
        if FIXTURES & {*item.fixturenames} or parameters.get("database") == "postgresql":
            item.add_marker(MARK)
        if any(_starts_process(function, seen) for function in _functions(item)):
            item.add_marker(PROCESSES)


def note_test(item: pytest.Item) -> None:
    """Remember whether the test that is about to run may start real programs."""
    _UNMARKED.clear()
    if item.get_closest_marker(MARK) is None:
        _UNMARKED.add(item.nodeid)


def require_mark(program: str) -> None:
    """
    Raise unless the test that runs now may start real programs.

    Raises:
        UnmarkedError: If it has none of the fixtures.
    """
    for name in _UNMARKED:
        raise UnmarkedError(
            f"{name} starts {program}; let it use one of the fixtures {', '.join(sorted(FIXTURES))}"
        )


def _functions(item: pytest.Function) -> Iterator[object]:
    """Yield a test and its fixtures."""
    yield item.function
    for definitions in item._fixtureinfo.name2fixturedefs.values():
        yield definitions[-1].func


def _starts_process(thing: object, seen: dict[FunctionType, bool]) -> bool:
    """Return whether a function, or a class, of the tests refers to what starts processes."""
    if isinstance(thing, type):
        return any(_starts_process(one, seen) for one in vars(thing).values())
    function = inspect.unwrap(thing) if callable(thing) else None
    if not isinstance(function, FunctionType) or not _is_ours(function):
        return False
    if function not in seen:
        seen[function] = False  # for one that refers to itself
        names = {*_names(function.__code__)}
        others = (function.__globals__.get(name) for name in names)
        seen[function] = bool(_STARTERS & names) or any(_starts_process(x, seen) for x in others)
    return seen[function]


def _is_ours(function: FunctionType) -> bool:
    return Path(function.__code__.co_filename).is_relative_to(_TESTS)


def _names(code: CodeType) -> Iterator[str]:
    """Yield the names that code refers to, with those of the functions in it."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)
