"""
Fills in templates without running out of memory over one that makes a text without end.

A campaign's folder may have come from somebody else. What repeats or widens a text is refused
before it is computed: afterwards it is too late.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, Final

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import Context
from jinja2.sandbox import SandboxedEnvironment

from iml4e_xlsx.campaign.folder.text_size import MOST_CHARACTERS, TextSizeError

_WIDTH: Final = re.compile(r"\d{5,}|\*")
"""A width in a format such as %100000s, or one that is an argument."""

_MOST_DIGITS: Final = 1_000


class _BoundedCode(CodeGenerator):
    """Compiles templates so that the environment joins texts; else it is not asked of `~`."""

    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:  # noqa: N802 - of Jinja
        self.write("environment.join_texts((")
        for part in node.nodes:
            self.visit(part, frame)
            self.write(", ")
        self.write("))")


class BoundedEnvironment(SandboxedEnvironment):
    """A sandbox in which no expression makes more than a text may have."""

    intercepted_binops = frozenset({"+", "*", "**", "%"})

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.code_generator_class = _BoundedCode
        self.filters = {name: _bound(filter_) for name, filter_ in self.filters.items()}

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Compute an operation, unless its result would be too large; then TextSizeError."""
        if operator == "*":
            for one, count in ((left, right), (right, left)):
                if isinstance(count, int) and hasattr(one, "__len__"):
                    _check_size(len(one) * count)
        elif operator == "+" and hasattr(left, "__len__") and hasattr(right, "__len__"):
            _check_size(len(left) + len(right))
        elif operator == "**":
            _check_numbers((left, right), _MOST_DIGITS)
        elif isinstance(left, str) and _WIDTH.search(left):
            raise TextSizeError
        return super().call_binop(context, operator, left, right)

    def join_texts(self, parts: Iterable[Any]) -> str:
        """Join texts, unless that makes too much; a loop may double a text at each turn."""
        texts = [str(part) for part in parts]
        _check_size(sum(map(len, texts)))
        return "".join(texts)

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Call what a template calls, unless a number tells it to make too much."""
        _check_numbers((*args, *kwargs.values()), MOST_CHARACTERS)
        method = getattr(obj, "__wrapped__", obj)  # the sandbox has its own str.format
        owner = getattr(method, "__self__", None)
        if isinstance(owner, str) and _WIDTH.search(owner) and method.__name__.startswith("format"):
            raise TextSizeError
        return super().call(context, obj, *args, **kwargs)


def _check_size(size: int) -> None:
    if size > MOST_CHARACTERS:
        raise TextSizeError


def _check_numbers(values: Iterable[Any], most: int) -> None:
    for value in values:
        if isinstance(value, int | float) and abs(value) > most:
            raise TextSizeError


def _bound(filter_: Callable[..., Any]) -> Callable[..., Any]:
    """Return a filter that takes no number which would make too much of a text."""

    @wraps(filter_)  # which keeps what Jinja has noted: whether it passes a context
    def bounded(*args: Any, **kwargs: Any) -> Any:
        _check_numbers((*args[1:], *kwargs.values()), MOST_CHARACTERS)
        return filter_(*args, **kwargs)

    return bounded
