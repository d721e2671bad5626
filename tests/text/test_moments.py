"""Moments as people read them: by the clock on their wall, wherever that is."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from iml4e_xlsx.text.moments import describe_minute, describe_second, local_day

EVENING = datetime(2026, 12, 4, 23, 30, 5, tzinfo=UTC)


@pytest.fixture(params=["Europe/Berlin", "America/New_York", "Asia/Kolkata", "UTC"])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Let the computer stand somewhere."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


def test_a_moment_is_told_in_local_time_with_its_offset(zone: str) -> None:
    """The day may be another one; people elsewhere see what is meant."""
    minute, day = {
        "Europe/Berlin": ("2026-12-05 00:30 UTC+01:00", 5),
        "America/New_York": ("2026-12-04 18:30 UTC-05:00", 4),
        "Asia/Kolkata": ("2026-12-05 05:00 UTC+05:30", 5),
        "UTC": ("2026-12-04 23:30 UTC", 4),
    }[zone]
    assert describe_minute(EVENING) == minute
    assert describe_second(EVENING) == minute.replace(":30 ", ":30:05 ").replace(
        ":00 U", ":00:05 U"
    )
    assert local_day(EVENING) == date(2026, 12, day)


def test_summer_has_another_offset(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is that of the moment, not of today."""
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    assert describe_minute(datetime(2026, 7, 1, 12, tzinfo=UTC)) == "2026-07-01 14:00 UTC+02:00"
    monkeypatch.undo()
    time.tzset()
