"""A round as it is played: days pass, mails come, and the computer is switched off meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Final

from tests.support.killing import KILLED
from tests.support.mailing import Forking
from tests.support.moving_clock import MovingClock
from tests.support.two_rounds.deeds import mails_of_day
from tests.support.two_rounds.facilitator import Facilitator
from tests.support.two_rounds.respondents import Respondents

_DEATH_IN_SENDING: Final = "from tests.support.dying import die_at; die_at({point!r})"
_DEATH_IN_COLLECTING: Final = """
import os, signal
from iml4e_xlsx.campaign.record import returns
real, files = returns.save_arrival, []
def save_arrival(*given):
    files.append(real(*given))
    if len(files) == 9:
        os.kill(os.getpid(), signal.SIGKILL)
    return files[-1]
returns.save_arrival = save_arrival
"""


@dataclass(frozen=True, kw_only=True)
class RoundPlay:
    """
    A round that is played.

    `deliver` puts mails into the facilitator's mailbox; `first_day` is the day of the clock on
    which the round begins.
    """

    facilitator: Facilitator
    respondents: Respondents
    forking: Forking
    deliver: Callable[[Sequence[EmailMessage]], None]
    first_day: int = 0

    @property
    def clock(self) -> MovingClock:
        """Return the clock that everything goes by."""
        return self.facilitator.clock

    def begin_day(self, day: int) -> None:
        """Let it be a day of the round."""
        self.clock.move_to_day(self.first_day + day)

    def let_mails_come(self, day: int) -> None:
        """Let it be a day of the round, and let all mails come that are written on it."""
        self.begin_day(day)
        self.deliver(mails_of_day(self.respondents, day))
        self.clock.sleep(3600)

    def die_in_sending(self, point: str) -> None:
        """Send, and switch the computer off with the second mail that reaches a point."""
        self._die("send", "--smtp", before=_DEATH_IN_SENDING.format(point=point))

    def die_in_collecting(self) -> None:
        """Collect, and switch the computer off within the transaction of the ninth file."""
        self._die("collect", "--imap", before=_DEATH_IN_COLLECTING)

    def _die(self, command: str, *options: str, before: str) -> None:
        words = self.facilitator.words
        args = ("campaign", command, *options, "-C", self.facilitator.folder, *words)
        assert self.forking.run(*args, before=self.clock.setting + before) == KILLED, (
            self.forking.said
        )
