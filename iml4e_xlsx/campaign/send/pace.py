"""
Keeps the pace of a run: so many mails a minute, and pauses where the server limits the account.

The pace that a server stands is learnt from the mails that it took in the minute before it refused
one. A pause is for all mails, whoever is next; each that brings nothing is longer than the last.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from iml4e_xlsx.campaign.folder.clock import current_time
from iml4e_xlsx.campaign.servers.transport import AccountLimit
from iml4e_xlsx.errors import MailError
from iml4e_xlsx.findings.error_codes import MailErrorCode

_MINUTE: Final = 60.0
_LEARNT_MINUTE: Final = 61.0
"""What a minute is at a pace that a server was seen to stand: its clock is not ours."""

_LONGEST_PAUSE: Final = 900.0
_LONGEST_ASKED: Final = 3600.0
"""Seconds that a server may ask for; what is longer is for another run."""

_MOST_PAUSES: Final = 5
"""Pauses after which no mail was taken, before a run stops: half an hour together."""


@dataclass(frozen=True, slots=True)
class Clock:
    """
    The time that sending goes by; tests have one of their own.

    `wait` is how many seconds pass before a mail is tried again, doubled each time.
    """

    now: Callable[[], datetime] = current_time
    seconds: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    wait: float = 2.0

    def wait_until(self, due: float) -> None:
        """Sleep until so many `seconds` have passed."""
        rest = due - self.seconds()
        if rest > 0:
            self.sleep(rest)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailPause:
    """
    A wait that a limit of the account calls for.

    `taken` is how many mails the server took in the minute before, and as many leave in a minute
    from then on; None where that says nothing of how fast they may come.
    """

    server: object
    protocol: str
    reason: str
    until: datetime
    taken: int | None = None


class MailPace:
    """When the next mail may leave."""

    def __init__(self, clock: Clock, per_minute: int) -> None:
        """Begin with a pace, 0 for no limit."""
        self.accepted = 0
        """How many mails the server took in this run."""
        self.pauses: list[MailPause] = []
        self._clock = clock
        self._per_minute = per_minute
        self._minute = _MINUTE
        self._next_slot = clock.seconds()
        self._taken: deque[float] = deque()
        self._fruitless: list[float] = []
        """How long each pause was since the last mail that the server took."""

    @property
    def next_slot(self) -> float:
        """Return when the next mail may leave, in seconds of the clock."""
        return self._next_slot

    def begin_mail(self) -> None:
        """Note that a mail is about to be handed over."""
        spacing = self._minute / self._per_minute if self._per_minute else 0.0
        self._next_slot = self._clock.seconds() + spacing

    def note_accepted(self) -> None:
        """Note that the server took a mail."""
        self.accepted += 1
        self._fruitless.clear()
        self._taken.append(self._clock.seconds())
        self._forget_old()

    def begin_pause(self, limit: AccountLimit) -> MailPause:
        """
        Let no mail leave for a time, and learn how fast they may come after it.

        Raises:
            MailError: If there were too many pauses without a mail, or the server asks for longer
                than a run may wait.
        """
        reason = str(limit).rstrip(".")
        if limit.wait is not None and limit.wait > _LONGEST_ASKED:
            raise MailError(
                MailErrorCode.ACCOUNT_QUOTA,
                server=limit.server,
                reason=reason,
            )
        count = len(self._fruitless)
        if count >= _MOST_PAUSES:
            minutes = round(sum(self._fruitless) / _MINUTE)
            raise MailError(
                MailErrorCode.ACCOUNT_LIMIT,
                server=limit.server,
                reason=reason,
                count=count,
                minutes=minutes,
            )
        taken = self._learn_pace() if limit.is_speed else None
        seconds = min(_MINUTE * 2**count, _LONGEST_PAUSE)
        if limit.wait is not None:
            seconds = max(limit.wait, 1.0)
        self._fruitless.append(seconds)
        self._next_slot = self._clock.seconds() + seconds
        pause = MailPause(
            server=limit.server,
            protocol=limit.protocol,
            reason=reason,
            until=self._clock.now() + timedelta(seconds=seconds),
            taken=taken,
        )
        self.pauses.append(pause)
        return pause

    def _learn_pace(self) -> int | None:
        """Return what the server took in the last minute, if that is slower than the pace was."""
        self._forget_old()
        taken = len(self._taken)
        if not taken or (self._per_minute and taken >= self._per_minute):
            return None
        self._per_minute, self._minute = taken, _LEARNT_MINUTE
        return taken

    def _forget_old(self) -> None:
        while self._taken and self._clock.seconds() - self._taken[0] > _MINUTE:
            self._taken.popleft()
