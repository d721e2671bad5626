"""Holds that the code uses the glossary's words: no name is made of a word that it rules out."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GLOSSARY = (ROOT / "docs" / "reference" / "glossary.md").read_text(encoding="utf-8")

OTHER_MEANINGS = {
    "dimension": "an element of a sheet in Open XML",
    "domain": "the part of a mail address behind the @",
    "engine": "SQLAlchemy's name for a pool of connections",
    "form": "a grammatical form, a plural form, or the form that a value must have",
    "issue": "an entry of an issue tracker",
    "mark": "a sign in a text or a file",
    "member": "a file in a zip; a respondent as one of a team",
    "metadata": "a parameter of SQLAlchemy and matplotlib",
    "problem": "why a participant needs attention; what YAML calls a mistake",
    "remark": "the finding `rating-with-remark` and the column Remark, which are public",
}
"""Words that the glossary rules out for its terms, and what else they rightly mean in names."""


def ruled_out() -> set[str]:
    """Return the single words in the last column of the glossary's tables."""
    cells = [line.split("|")[3] for line in GLOSSARY.splitlines() if line.count("|") == 4]
    words = {word.strip() for cell in cells for word in cell.split(",")}
    return {word for word in words if re.fullmatch(r"[a-z]+", word)} - {"not"}


def names_in(path: Path) -> Iterator[str]:
    """Yield the names that a module defines: itself, functions, classes, parameters, variables."""
    yield path.stem
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def words_of(name: str) -> set[str]:
    """Return the words of a name, in the singular."""
    words = re.findall(r"[a-z]+", re.sub(r"([A-Z])", r"_\1", name).lower())
    return {*words, *(word.removesuffix("s") for word in words)}


@cache
def places_by_word() -> dict[str, list[str]]:
    """Return where each word stands in a name of the package."""
    places: dict[str, list[str]] = {}
    for path in sorted((ROOT / "iml4e_xlsx").rglob("*.py")):
        for name in names_in(path):
            for word in words_of(name):
                places.setdefault(word, []).append(f"{path.relative_to(ROOT)}: {name}")
    return places


def test_the_glossary_rules_words_out() -> None:
    """The table is read, and each exception is a word of it."""
    assert len(ruled_out()) > 15
    assert OTHER_MEANINGS.keys() <= ruled_out()


@pytest.mark.parametrize("word", sorted(ruled_out() - OTHER_MEANINGS.keys()))
def test_no_name_is_made_of_a_word_that_is_ruled_out(word: str) -> None:
    """One thing has one word in code as well."""
    assert places_by_word().get(word, []) == []


@pytest.mark.parametrize("word", sorted(OTHER_MEANINGS))
def test_each_exception_is_needed(word: str) -> None:
    """An exception whose other meaning nobody uses goes."""
    assert places_by_word()[word]
