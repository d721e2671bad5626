"""The words of the product in one language, by key; no sentence for people stands in code."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

_NO_CHARACTER: Final = re.compile("[\ud800-\udfff]")
"""Halves of surrogate pairs, which Python has for bytes that it cannot decode."""


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """Keyed texts of one language, with `{name}` where a value goes in."""

    language: str
    entries: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """
        Return the text for a key with the values filled in.

        Raises:
            KeyError: If there is no such text or a value is missing; a bug in the caller or in
                the catalogue, caught by the tests.
        """
        return self.entries[key].format(**values) if values else self.entries[key]

    def overlaid(self, entries: Mapping[str, str]) -> Texts:
        """Return the same texts, some replaced: a scheme may have words of its own."""
        return Texts(self.language, {**self.entries, **entries}) if entries else self


def printable(text: str) -> str:
    """Return text without control characters: a file's name or cell never steers the terminal."""
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text)


def storable(text: str) -> str:
    """
    Return text as any database and any UTF-8 file takes it.

    Without NUL, which PostgreSQL has no place for and Excel writes as `_x0000_`; what is no
    character, such as a byte of a file's name that is not UTF-8, becomes U+FFFD.
    """
    return _NO_CHARACTER.sub("\ufffd", text.replace("\0", ""))


def path_text(path: str | PurePath) -> str:
    """Return a path as it is shown and written anywhere; only the path itself finds the file."""
    return storable(str(path))


def counted(count: int, one: str, many: str) -> str:
    """Return a number with the word that belongs to it."""
    return f"{count} {one if count == 1 else many}"
