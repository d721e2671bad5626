"""
Defines the error codes, number formats and dates of Excel.

Sources: Microsoft, [MS-XLSB] 2.5; ISO/IEC 29500-1, 18.8.30 and 18.17.4.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Final

from iml4e_xlsx.spreadsheets.grid import GridValue

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
OTHER_ERROR: Final = "#ERROR!"
"""Stands for an error whose code has no name here."""

_PERCENT_FORMATS: Final = frozenset({9, 10})
_DATE_FORMATS: Final = frozenset(
    {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}  # some are East Asian
)
_DURATION_FORMATS: Final = frozenset({46})
_TEXT_FORMAT: Final = 49
_TEXT_CODE: Final = "@"
_LITERAL: Final = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
"""What stands for itself in a format's code, is as wide as a character or repeats it; colours."""

_DATE_LETTERS: Final = re.compile(r"[dmyhs]", re.IGNORECASE)
_DURATION: Final = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_FIRST_DAY: Final = datetime(1899, 12, 30)  # noqa: DTZ001 - dates in cells have no zone
_DAYS_TO_1904: Final = 1462
_LEAP_DAY: Final = 60
"""29 February 1900, which Excel believes in: days before it are one later than they seem."""

_LAST_DAY: Final = 2_958_466
_DAY: Final = timedelta(days=1)


def is_percent_code(code: str) -> bool:
    """Return whether a number format's code shows a percentage."""
    return "%" in _LITERAL.sub("", code)


def is_date_code(code: str) -> bool:
    """Return whether a number format's code shows a date or time."""
    return _DATE_LETTERS.search(_LITERAL.sub("", code)) is not None


def is_duration_code(code: str) -> bool:
    """Return whether a number format's code shows hours, minutes or seconds beyond a day."""
    return _DURATION.search(code) is not None


def date_value(days: float, *, from_1904: bool) -> GridValue:
    """Return the date, the time or both of a number of days; the number if there is no such day."""
    if from_1904:
        days += _DAYS_TO_1904
    if not 0 <= days < _LAST_DAY:
        return days - _DAYS_TO_1904 if from_1904 else days
    moment = _FIRST_DAY + _round_duration(days)
    if days < 1:
        return time(moment.hour, moment.minute, moment.second, moment.microsecond)
    return moment + _DAY if days < _LEAP_DAY else moment


def _round_duration(days: float) -> timedelta:
    """Return a length in whole milliseconds, beyond which a number of days is not exact."""
    return timedelta(milliseconds=round(days * _DAY.total_seconds() * 1000))


@dataclass
class NumberFormats:
    """
    The number formats of a workbook: built-in ones, and those with a code of their own.

    `from_1904` says whether its days are counted from 1904, as Excel for Mac did.
    """

    codes: dict[int, str] = field(default_factory=dict)
    from_1904: bool = False

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

    def is_duration(self, number: int) -> bool:
        """Return whether a format shows a length of time."""
        code = self.codes.get(number)
        return number in _DURATION_FORMATS if code is None else is_duration_code(code)

    def is_text(self, number: int) -> bool:
        """Return whether a format shows whatever stands in a cell as text."""
        code = self.codes.get(number)
        return number == _TEXT_FORMAT if code is None else code == _TEXT_CODE

    def shown_value(self, number: float, number_format: int) -> GridValue:
        """Return a number as the value that its format makes of it: a date, a duration, itself."""
        if self.is_duration(number_format):
            return _round_duration(number) if abs(number) < _LAST_DAY else number
        if self.is_date(number_format):
            return date_value(number, from_1904=self.from_1904)
        return number


@dataclass(frozen=True, slots=True)
class CellStyles:
    """
    The number formats of a workbook's cell styles, each looked at once.

    `percent`, `moments` and `texts` hold the numbers of the styles that show percentages, dates,
    and everything as text.
    """

    formats: NumberFormats
    numbers: list[int]
    percent: frozenset[int]
    moments: frozenset[int]
    texts: frozenset[int]

    @classmethod
    def from_numbers(cls, formats: NumberFormats, numbers: list[int]) -> CellStyles:
        """Return the styles whose number formats these are, in order."""
        distinct = set(numbers)
        percent = {number for number in distinct if formats.is_percent(number)}
        moments = {n for n in distinct if formats.is_date(n) or formats.is_duration(n)}
        return cls(
            formats=formats,
            numbers=numbers,
            percent=frozenset(s for s, number in enumerate(numbers) if number in percent),
            moments=frozenset(s for s, number in enumerate(numbers) if number in moments),
            texts=frozenset(s for s, number in enumerate(numbers) if formats.is_text(number)),
        )

    def shown_value(self, number: float, style: int) -> GridValue | None:
        """Return a number as it is shown in a style; None for what is no number, or no style."""
        if not math.isfinite(number) or style >= len(self.numbers):
            return None
        if style in self.moments:
            return self.formats.shown_value(number, self.numbers[style])
        return number
