"""Puts what an SMTP server says into texts and numbers."""

from __future__ import annotations

import re
from typing import Final

from iml4e_xlsx.text.spelling import printable_text, quote_value

_LONGEST_WORDS: Final = 500


def error_text(error: OSError) -> str:
    """Return the system's words for what broke."""
    return quote_value(error.strerror or error)


def answer_text(answer: tuple[int, bytes | str]) -> str:
    """Return a server's answer on one line, as it can stand in a message and in the record."""
    text = answer[1].decode("utf-8", "replace") if isinstance(answer[1], bytes) else str(answer[1])
    return printable_text(f"{answer[0]} {' '.join(text.split())}")[:_LONGEST_WORDS]


def read_size(value: str) -> int | None:
    """Return the limit that a server tells; 0 is none (RFC 1870, 4)."""
    return int(value) or None if re.fullmatch(r"[0-9]{1,20}", value) else None
