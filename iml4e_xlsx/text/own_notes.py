"""
Tells the notes that an issued workbook has from those that somebody wrote.

A note of our own begins with its statement's id and ends with a mark, so that whatever is added to
it, before or behind, is noticed without its texts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from iml4e_xlsx.text.spelling import STATEMENT_ID

NOTE_END: Final = "\N{BLACK SQUARE}"
"""As printed articles end; nobody types it."""

_OWN_NOTE: Final = re.compile(rf"\s*{STATEMENT_ID.pattern}\s[^{NOTE_END}]*{NOTE_END}\s*")


def mark_note(statement: str, lines: Sequence[str]) -> str:
    """Return the text of a note for a statement."""
    return "\n".join((statement, *lines)) + f" {NOTE_END}"


def is_own_note(text: str) -> bool:
    """Return whether the text of a note is as it was issued."""
    return _OWN_NOTE.fullmatch(text) is not None
