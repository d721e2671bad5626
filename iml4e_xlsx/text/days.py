"""Says days as people write them, with the name of the month: no reader can mistake them."""

from __future__ import annotations

from datetime import date

from iml4e_xlsx.text.message import Message, message


def describe_day(day: date) -> Message:
    """Return a day with its month in words."""
    month = message(f"day.month_{day.month}")
    return message("day.long", day=day.day, month=month, year=str(day.year))
