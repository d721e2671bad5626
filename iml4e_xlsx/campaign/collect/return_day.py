"""Reads the day that the subject of an automatic reply names, in German or English."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from iml4e_xlsx.reading.day_reader import MONTH_NAMES, read_date

_MONTH: Final = rf"(?:{'|'.join(sorted(MONTH_NAMES, key=len, reverse=True))})"
_DAY: Final = re.compile(
    rf"""
    (?<![\w.])
    (?:
        (?P<iso>\d{{4}}-\d{{2}}-\d{{2}})
        | (?P<dotted>\d{{1,2}}\.\s?\d{{1,2}}\.)\s?(?P<dotted_year>\d{{4}}|\d{{2}}(?!\d|[.:]))?
        | (?:(?<=bis\s)|(?<=zum\s)|(?<=am\s)|(?<=ab\s)|(?<=-)|(?<=[-–]\s))
          (?P<dotted_short>\d{{1,2}}\.\d{{1,2}})(?![\d.])
        | (?P<slashed>\d{{1,2}}/\d{{1,2}})(?:/(?P<slashed_year>\d{{4}}|\d{{2}}))?
        | (?P<named>\d{{1,2}}(?:\.|st|nd|rd|th)?\s(?:of\s)?{_MONTH})\.?,?
          (?:\s(?P<named_year>\d{{4}}))?
        | (?P<month_first>{_MONTH}\.?\s\d{{1,2}}(?:st|nd|rd|th)?)
          (?:,?\s(?P<month_year>\d{{4}}))?
    )
    (?!\w)
    """,
    re.VERBOSE | re.IGNORECASE,
)


def find_return_day(subject: str, received: date) -> date | None:
    """
    Find the last day that a subject names; None without one, and where it is over already.

    A day without a year is the next one after the mail. A day that could be two, such as 12/07, is
    not read.
    """
    days = [day for match in _DAY.finditer(subject) if (day := _read_match(match, received))]
    return days[-1] if days and days[-1] >= received else None


def _read_match(match: re.Match[str], received: date) -> date | None:
    year = match["dotted_year"] or match["slashed_year"] or match["named_year"]
    year = year or match["month_year"] or ""
    if match["iso"]:
        return _parse_day(match["iso"])
    if match["dotted"] or match["dotted_short"]:
        text = (match["dotted"] or match["dotted_short"]).replace(" ", "").rstrip(".") + ".{year}"
    elif match["slashed"]:
        text = match["slashed"] + "/{year}"
    else:
        text = (match["named"] or match["month_first"]).replace(" of ", " ") + " {year}"
    if year:
        return _parse_day(text.format(year=f"20{year}" if len(year) == 2 else year))  # noqa: PLR2004
    days = (_parse_day(text.format(year=received.year + more)) for more in (0, 1))
    return next((day for day in days if day is not None and day >= received), None)


def _parse_day(text: str) -> date | None:
    day = read_date(text)
    return None if day is None else date.fromisoformat(day)
