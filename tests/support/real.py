"""
Real programs: servers, office programs, browsers and what else `make test` installs.

Whoever starts such a program does so for a test that has one of the fixtures named here. Tests are
marked by their fixtures, so that `-m "not real_programs"` leaves out what needs such a program,
and a test that would start one without being marked fails.
"""

from __future__ import annotations

from collections.abc import Iterable

import pytest

MARK = "real_programs"
FIXTURES = frozenset(
    {"mail_host", "office", "office_programs", "browser", "postgres", "small_disk"},
)
"""The fixtures behind which a program starts, or something happens that only root may do."""

_UNMARKED: set[str] = set()
"""The test that runs now, if it is not to start any."""


class UnmarkedError(Exception):
    """A test starts a real program without a fixture that says so."""


def mark_items(items: Iterable[pytest.Item]) -> None:
    """Mark all tests with a fixture that starts a real program."""
    for item in items:
        if FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker(MARK)


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
