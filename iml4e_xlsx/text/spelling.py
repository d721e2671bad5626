"""Spells names and values: for comparing, numbering, quoting, showing and storing them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from pathlib import PurePath
from typing import Final

QUOTED_LENGTH: Final = 80
"""A message quotes so many characters of a value."""

_NO_CHARACTER: Final = re.compile("[\ud800-\udfff]")
"""Halves of surrogate pairs, which Python has for bytes that it cannot decode."""


def printable_text(text: str) -> str:
    """Replace control characters, so that no file's name or cell controls the terminal."""
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text)


def storable_text(text: str) -> str:
    """
    Make a text fit for any database and any UTF-8 file.

    NUL goes, which PostgreSQL cannot store and Excel writes as `_x0000_`. A byte of a file's name
    that is not UTF-8 becomes U+FFFD.
    """
    return _NO_CHARACTER.sub("\ufffd", text.replace("\0", ""))


def quote_value(value: object) -> str:
    """Quote a value for a message: on one line, printable, not too long."""
    text = "".join(c if c.isprintable() else " " for c in str(value))
    return text if len(text) <= QUOTED_LENGTH else text[: QUOTED_LENGTH - 1] + "…"


def name_key(name: str) -> str:
    """Return the key by which names are compared: no case, single spaces, ö in one form (NFC)."""
    composed = unicodedata.normalize("NFC", " ".join(name.split()))
    return unicodedata.normalize("NFC", composed.casefold())


def number_duplicates(names: Sequence[str]) -> tuple[str, ...]:
    """Return the names with a number after each that comes again, so that no two are equal."""
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
    """Return a path for showing and storing; only the path itself finds the file."""
    return storable_text(str(path))
