"""The time by which commands work in tests that play many days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from functools import partial

import pytest

from iml4e_xlsx.campaign.folder import clock
from iml4e_xlsx.campaign.send import send as sending
from iml4e_xlsx.campaign.send.pace import Clock

_STEP = timedelta(milliseconds=1)


class MovingClock:
    """A clock that is moved by hand, and by a millisecond with each look at it."""

    def __init__(self, begin: datetime) -> None:
        self.begin = self.time = begin

    def move_to_day(self, day: int) -> None:
        """Let it be nine hours after the beginning of a day, counted from 0; time goes forward."""
        later = self.begin + timedelta(days=day)
        self.time = max(later, self.time + timedelta(hours=1))

    def now(self, _: tzinfo) -> datetime:
        """Return a moment that no other is equal to, as `datetime.now` does."""
        self.time += _STEP
        return self.time

    def count_seconds(self) -> float:
        """Return how many seconds have passed since the beginning."""
        return (self.time - self.begin).total_seconds()

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.time += timedelta(seconds=seconds)

    def install(self, patch: pytest.MonkeyPatch) -> None:
        """Let commands in this process go by it, also those that wait before they send again."""
        patch.setattr(clock, "datetime", self)
        made = Clock(
            now=partial(self.now, UTC),
            seconds=self.count_seconds,
            sleep=self.sleep,
        )
        patch.setattr(sending, "Clock", lambda: made)

    @property
    def setting(self) -> str:
        """Python that sets the clock of another process to the same time."""
        return (
            "from datetime import datetime\n"
            "from iml4e_xlsx.campaign.folder import clock\n"
            "from tests.support.moving_clock import MovingClock\n"
            f"clock.datetime = MovingClock(datetime.fromisoformat({self.time.isoformat()!r}))\n"
        )
