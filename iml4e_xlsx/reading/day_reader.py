"""Reads days as people type them, in any order that cannot be mistaken for another one."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Final

from iml4e_xlsx.spreadsheets.grid import GridValue

_DASHES: Final = re.compile("[‐‑‒–—―−﹘﹣－]")
"""Dashes that programs put in the place of a hyphen, which is the first key at hand."""

_FIGURES_ALONE: Final = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)")
"""A day as ISO 8601 has it without hyphens; with the year last, the months would be 19 or 20."""

_YEAR_FIRST: Final = re.compile(r"(\d{4})([-/.]) ?(\d{1,2})\2 ?(\d{1,2})(?:[T ].*)?")
_DAY_FIRST: Final = re.compile(r"(\d{1,2})\. ?(\d{1,2})\. ?(\d{4})")
_EITHER_FIRST: Final = re.compile(r"(\d{1,2})([-/]) ?(\d{1,2})\2 ?(\d{4})")
_DAY_AND_NAME: Final = re.compile(r"(\d{1,2})(?:\.|st|nd|rd|th)?[ -]?([^\W\d_]+)\.?,?[ -](\d{4})")
_NAME_AND_DAY: Final = re.compile(r"([^\W\d_]+)\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})")
_MONTHS: Final = (
    ("january", "jan", "januar", "jänner"),
    ("february", "feb", "februar", "feber"),
    ("march", "mar", "märz", "mär", "mrz"),
    ("april", "apr"),
    ("may", "mai"),
    ("june", "jun", "juni"),
    ("july", "jul", "juli"),
    ("august", "aug"),
    ("september", "sep", "sept"),
    ("october", "oct", "oktober", "okt"),
    ("november", "nov"),
    ("december", "dec", "dezember", "dez"),
)
"""Names of months in English and German, casefolded; programs turn others into dates themselves."""

_MONTH_OF: Final = {
    name: str(number) for number, names in enumerate(_MONTHS, start=1) for name in names
}

MONTH_NAMES: Final = tuple(_MONTH_OF)
"""All names of months that are understood, whole and short, casefolded."""


def read_date(value: GridValue) -> str | None:
    """Return a date as ISO 8601 if it can be read in one way only, else None."""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float | int) and not isinstance(value, bool):
        value = f"{value:.15g}"  # only 20260304 is a day; the numbers of days have fewer figures
        return _parse_date(value) if _FIGURES_ALONE.fullmatch(value) else None
    if not isinstance(value, str):
        return None
    return _parse_date(_DASHES.sub("-", " ".join(value.split())))


def is_month(word: str) -> bool:
    """Check whether a word is the name of a month, whole or short."""
    return word.casefold() in _MONTH_OF


def _parse_date(text: str) -> str | None:
    if match := _FIGURES_ALONE.fullmatch(text):
        text = "-".join(match.groups())
    if match := _YEAR_FIRST.fullmatch(text):
        return _iso_date(match[1], match[3], match[4])
    if match := _DAY_FIRST.fullmatch(text):
        return _iso_date(match[3], match[2], match[1])
    if match := _DAY_AND_NAME.fullmatch(text):
        return _iso_date(match[3], _MONTH_OF.get(match[2].casefold(), ""), match[1])
    if match := _NAME_AND_DAY.fullmatch(text):
        return _iso_date(match[3], _MONTH_OF.get(match[1].casefold(), ""), match[2])
    # With slashes, the day comes first in most countries and the month in the United States: only
    # a date that is the same or possible in one order alone is read.
    match = _EITHER_FIRST.fullmatch(text)
    if match is None:
        return None
    readings = {
        iso_date
        for day, month in ((match[1], match[3]), (match[3], match[1]))
        if (iso_date := _iso_date(match[4], month, day)) is not None
    }
    return readings.pop() if len(readings) == 1 else None


def _iso_date(year: str, month: str, day: str) -> str | None:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None
