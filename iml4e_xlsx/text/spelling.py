"""Spells names and values: for comparing, numbering, quoting, showing and storing them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from pathlib import PurePath
from typing import Final

QUOTED_LENGTH: Final = 80
"""How many characters of a value a message quotes."""

_NO_CHARACTER: Final = re.compile("[\ud800-\udfff]")
"""Halves of surrogate pairs, which Python has for bytes that it cannot decode."""


def printable_text(text: str) -> str:
    """Return text without control characters: a file's name or cell never steers the terminal."""
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text)


def storable_text(text: str) -> str:
    """
    Return text as any database and any UTF-8 file takes it.

    Without NUL, which PostgreSQL has no place for and Excel writes as `_x0000_`; what is no
    character, such as a byte of a file's name that is not UTF-8, becomes U+FFFD.
    """
    return _NO_CHARACTER.sub("\ufffd", text.replace("\0", ""))


def quote_value(value: object) -> str:
    """Return a value as it can stand in a message: one line, printable, not too long."""
    text = "".join(c if c.isprintable() else " " for c in str(value))
    return text if len(text) <= QUOTED_LENGTH else text[: QUOTED_LENGTH - 1] + "…"


def name_key(name: str) -> str:
    """Return a name as it is compared: without case, with single spaces, ö in one form (NFC)."""
    composed = unicodedata.normalize("NFC", " ".join(name.split()))
    return unicodedata.normalize("NFC", composed.casefold())


def number_duplicates(names: Sequence[str]) -> tuple[str, ...]:
    """Return names of which no two are equal: each that comes again gets a number."""
    originals, numbered = set(names), dict[str, None]()
    for name in names:
        label, number = name, 1
        # Somebody else may have the numbered name by themselves.
        while label in numbered or (number > 1 and label in originals):
            number += 1
            label = f"{name} ({number})"
        numbered[label] = None
    return tuple(numbered)


def path_text(path: str | PurePath) -> str:
    """Return a path as it is shown and written anywhere; only the path itself finds the file."""
    return storable_text(str(path))
