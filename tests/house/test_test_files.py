"""Tests are read and changed like code: no file is long, and none reaches into private names."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent.parent
LONGEST = 400
PATCHES = frozenset({"setattr", "delattr", "patch", "object", "multiple"})
"""The functions of pytest, mock and Python by which a test replaces a name."""


def python_files() -> list[Path]:
    return sorted(
        path
        for path in TESTS.rglob("*.py")
        if "node_modules" not in path.parts and "__pycache__" not in path.parts
    )


def private_patches(code: str) -> Iterator[str]:
    """Yield each replacement of a private name, also one in a program that a test starts."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from patches_in_program(node.value)
        if not isinstance(node, ast.Call):
            continue
        function = node.func
        name = function.attr if isinstance(function, ast.Attribute) else ast.unparse(function)
        if name in PATCHES:
            keywords = [key.arg for key in node.keywords if name == "multiple" and key.arg]
            for target in [*keywords, *map(literal_of, node.args[:2])]:
                if is_private(target):
                    yield f"line {node.lineno}: {ast.unparse(node)}"


def patches_in_program(text: str) -> Iterator[str]:
    """Yield the replacements in a text that is a Python program of several lines."""
    if "import " not in text or "\n" not in text:
        return
    try:
        ast.parse(text)
    except SyntaxError:
        return
    yield from private_patches(text)


def is_private(name: str) -> bool:
    """Return whether a part of a dotted name is private; `__enter__` and its kind are not."""
    return any(part.startswith("_") and not part.endswith("__") for part in name.split("."))


def literal_of(node: ast.expr) -> str:
    """Return the text of an argument, as far as it is written out; "" for anything else."""
    if isinstance(node, ast.Constant):
        return str(node.value) if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return "".join(literal_of(part) or "x" for part in node.values)
    return ""


@pytest.mark.parametrize("path", python_files(), ids=lambda path: str(path.relative_to(TESTS)))
def test_a_test_file_is_short_enough_to_read(path: Path) -> None:
    """A file of several subjects is split by them."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST


@pytest.mark.parametrize("path", python_files(), ids=lambda path: str(path.relative_to(TESTS)))
def test_a_test_replaces_no_private_name(path: Path) -> None:
    """What a test changes is a parameter, a public hook or a real cause."""
    assert list(private_patches(path.read_text(encoding="utf-8"))) == []


PATCHES_OF_PRIVATE_NAMES = [
    'monkeypatch.setattr(module, "_name", 1)',
    'patch.setattr("package.module._name", 1)',
    'patch.setattr(f"package._module.{name}", 1)',
    'mock.patch("package.module._Class.method")',
    'mock.patch.object(module, "_name")',
    "mock.patch.multiple(module, _name=1)",
    'monkeypatch.delattr(module, "_name")',
    'setattr(module, "__name", 1)',
    "PROGRAM = \"import module\\nsetattr(module, '_name', 1)\\n\"",
]
PATCHES_OF_PUBLIC_NAMES = [
    'monkeypatch.setattr(module, "name_", 1)',
    'patch.setattr("package.snake_case.name", 1)',
    'patch.setattr(Class, "__exit__", leave)',
    'mock.patch.dict(os.environ, {"NAME": "x"})',
    'find(module, "_name")',
]


@pytest.mark.parametrize("code", PATCHES_OF_PRIVATE_NAMES)
def test_a_replacement_of_a_private_name_is_noticed(code: str) -> None:
    """However it is written."""
    assert list(private_patches(code)) != []


@pytest.mark.parametrize("code", PATCHES_OF_PUBLIC_NAMES)
def test_a_replacement_of_a_public_name_is_allowed(code: str) -> None:
    """Also of one with underscores in it, and of a special method."""
    assert list(private_patches(code)) == []
