"""Defines the error codes and number formats of Excel. Source: Microsoft, [MS-XLSB] 2.5."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

ERROR_CODES: Final = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}
_PERCENT_FORMATS: Final = frozenset({9, 10})
_DATE_FORMATS: Final = frozenset({*range(14, 23), *range(45, 48)})
_QUOTED: Final = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_DATE_LETTERS: Final = re.compile(r"[dmyhs]", re.IGNORECASE)


def is_percent_code(code: str) -> bool:
    """Return whether a number format's code shows a percentage."""
    return "%" in _QUOTED.sub("", code)


def is_date_code(code: str) -> bool:
    """Return whether a number format's code shows a date or time."""
    return _DATE_LETTERS.search(_QUOTED.sub("", code)) is not None


@dataclass
class NumberFormats:
    """The number formats of a workbook: built-in ones, and those with a code of their own."""

    codes: dict[int, str] = field(default_factory=dict)

    def add_code(self, number: int, code: str) -> None:
        """Add the code of a format."""
        self.codes[number] = code

    def is_percent(self, number: int) -> bool:
        """Return whether a format shows a percentage."""
        code = self.codes.get(number)
        return number in _PERCENT_FORMATS if code is None else is_percent_code(code)

    def is_date(self, number: int) -> bool:
        """Return whether a format shows a date or time."""
        code = self.codes.get(number)
        return number in _DATE_FORMATS if code is None else is_date_code(code)
