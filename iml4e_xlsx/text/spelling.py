"""Spells names and values: for comparing, numbering, quoting, showing and storing them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from pathlib import PurePath
from typing import Final

QUOTED_LENGTH: Final = 80
"""A message quotes so many characters of a value."""

STATEMENT_ID: Final = re.compile(r"[A-Z][A-Z0-9]{0,5}-\d{2,4}")
"""The form of a statement's id; a sheet without any is no sheet of statements."""

_NO_CHARACTER: Final = re.compile("[\ud800-\udfff]")
"""Halves of surrogate pairs, which Python has for bytes that it cannot decode."""

INVISIBLE_CHARACTERS: Final = "".join(
    chr(code)
    for first, last in (
        (0xAD, 0xAD),  # the soft hyphen
        (0x34F, 0x34F),
        (0x61C, 0x61C),
        (0x115F, 0x1160),
        (0x17B4, 0x17B5),
        (0x180B, 0x180F),
        (0x200B, 0x200F),  # of no width; marks of direction
        (0x202A, 0x202E),
        (0x2060, 0x206F),
        (0x3164, 0x3164),
        (0xFE00, 0xFE0F),  # selectors of a variation
        (0xFEFF, 0xFEFF),  # the mark of byte order
        (0xFFA0, 0xFFA0),
        (0xFFF0, 0xFFF8),
        (0x1BCA0, 0x1BCA3),
        (0x1D173, 0x1D17A),
        (0xE0000, 0xE01EF),
    )
    for code in range(first, last + 1)
)
"""Characters that no program shows: Unicode calls them default ignorable. Pasted text has some."""

_NO_INVISIBLE: Final = dict.fromkeys(map(ord, INVISIBLE_CHARACTERS))
_INVISIBLE_CODES: Final = {ord(c): f"[U+{ord(c):04X}]" for c in INVISIBLE_CHARACTERS}


def visible_text(text: str) -> str:
    """Return a text without the characters that nobody sees."""
    return text if text.isascii() else text.translate(_NO_INVISIBLE)


def name_invisible(text: str) -> str:
    """Return a text with the code point in place of each character that nobody sees."""
    return text if text.isascii() else text.translate(_INVISIBLE_CODES)


@lru_cache(maxsize=4096)
def heading_key(text: str) -> str:
    """
    Return the key by which headings and labels are found: no case, single visible spaces.

    Keys are kept, since a workbook has the same headings as the one before; so ask for those of
    short texts alone.
    """
    return " ".join(visible_text(text).split()).casefold()


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
    text = str(value)
    if not text.isprintable():
        text = "".join(c if c.isprintable() else " " for c in text)
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
