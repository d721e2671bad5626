"""
Says when something was, in the time of the computer that it is read on.

The record has all moments in UTC. Whoever reads one compares it with the clock on the wall, so that
it is shown in local time with the offset, which tells people elsewhere what is meant.
"""

from __future__ import annotations

from datetime import date, datetime, timezone


def local_day(moment: datetime) -> date:
    """Return the day that it was here; a moment without a zone is local already."""
    return moment.astimezone().date()


def describe_minute(moment: datetime) -> str:
    """Return a moment to the minute, with the offset from UTC: 2026-12-04 20:03 UTC+01:00."""
    return _describe(moment, "%Y-%m-%d %H:%M")


def describe_second(moment: datetime) -> str:
    """Return a moment to the second, with the offset from UTC."""
    return _describe(moment, "%Y-%m-%d %H:%M:%S")


def _describe(moment: datetime, pattern: str) -> str:
    local = moment.astimezone()
    offset = local.utcoffset()
    assert offset is not None
    # Not the zone's name: on Windows it is a long one in the language of the system.
    return f"{local.strftime(pattern)} {timezone(offset)}"
