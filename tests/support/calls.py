"""Finds in the code of the package which codes and texts it names, with which values."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent.parent / "iml4e_xlsx"


@dataclass(frozen=True)
class Call:
    """A call in the package's code: where it stands, what is called, and with what."""

    module: str
    node: ast.Call

    @property
    def name(self) -> str:
        """Return the last part of the name of what is called."""
        called = self.node.func
        if isinstance(called, ast.Attribute):
            return called.attr
        return called.id if isinstance(called, ast.Name) else ""

    @property
    def place(self) -> str:
        """Return module and line."""
        return f"{self.module}:{self.node.lineno}"

    @property
    def keywords(self) -> set[str]:
        """Return the names of the keyword arguments that are spelled out."""
        return {keyword.arg for keyword in self.node.keywords if keyword.arg is not None}

    @property
    def has_unnamed_values(self) -> bool:
        """Return whether keyword arguments are handed on (`**values`)."""
        return any(keyword.arg is None for keyword in self.node.keywords)

    @property
    def text_key(self) -> str:
        """Return the first argument if it is a literal text, else empty text."""
        first = self.node.args[0] if self.node.args else None
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            return first.value
        return ""

    def members(self, suffix: str) -> list[tuple[str, str]]:
        """Return the class and member of each argument from an enum of a name that ends so."""
        return [pair for argument in self.node.args for pair in enum_members(argument, suffix)]


def enum_members(node: ast.expr, suffix: str) -> list[tuple[str, str]]:
    """Return the class and member that an expression names; two for `A.X if b else A.Y`."""
    if isinstance(node, ast.IfExp):
        return [*enum_members(node.body, suffix), *enum_members(node.orelse, suffix)]
    if (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id.endswith(suffix)
        and node.attr.isupper()
    ):
        return [(node.value.id, node.attr)]
    return []


@cache
def module_trees() -> dict[str, ast.Module]:
    """Return the syntax tree of each module by its path in the package."""
    return {
        path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(PACKAGE.rglob("*.py"))
    }


def calls_in_package() -> Iterator[Call]:
    """Yield every call in the package."""
    for module, tree in module_trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                yield Call(module, node)


def named_members(suffix: str) -> set[tuple[str, str]]:
    """Return every member that the package names of enums whose name ends so."""
    return {
        pair
        for tree in module_trees().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        for pair in enum_members(node, suffix)
    }
