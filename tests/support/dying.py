"""Kills the process that it runs in at a fixed point of sending, with the second mail there."""

from __future__ import annotations

import contextlib
import os
import signal
import smtplib
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from iml4e_xlsx.campaign.record import mails
from iml4e_xlsx.campaign.record.connection import Record, Transaction
from iml4e_xlsx.campaign.send import send as sending
from iml4e_xlsx.campaign.servers.smtp import Smtp

LAST_LINES = (b".\r\n", b"\r\n.\r\n")
"""The last line of a mail, with the end of the line before it where that has none."""


class FixedKill:
    """Counts how often sending reaches each point; the second time at its own it kills."""

    def __init__(self, point: str) -> None:
        self.point = point
        self.counts: Counter[str] = Counter()
        self.changes: list[str] = []
        """What the open transaction has changed."""

    def reach(self, point: str) -> None:
        """Note that a point is reached, or end here."""
        self.counts[point] += 1
        if point == self.point and self.counts[point] == 2:
            os.kill(os.getpid(), signal.SIGKILL)

    def surround(self, owner: Any, name: str, point: str, change: str = "") -> None:
        """Reach a point before a function and another after it."""
        real = getattr(owner, name)

        def surrounded(*args: Any, **options: Any) -> Any:
            self.reach(f"before {point}")
            result = real(*args, **options)
            if change:
                self.changes.append(change)
            self.reach(f"after {point}")
            return result

        setattr(owner, name, surrounded)

    def follow_commits(self) -> None:
        """Reach a point after each transaction that changed the row of a mail."""
        real = Record.begin

        @contextlib.contextmanager
        def begin(record: Record, now: datetime) -> Iterator[Transaction]:
            self.changes.clear()
            with real(record, now) as tx:
                yield tx
            for change in self.changes:
                self.reach(f"after {change} is committed")

        setattr(Record, "begin", begin)  # noqa: B010 - mypy lets nobody assign a method

    def follow_dialogue(self) -> None:
        """Reach the points in the dialogue with the server."""
        real_command, real_send = smtplib.SMTP.docmd, smtplib.SMTP.send

        def docmd(smtp: smtplib.SMTP, cmd: str, args: str = "") -> tuple[int, bytes]:
            answer = real_command(smtp, cmd, args)
            if cmd == "DATA":
                self.reach("after the envelope")
            return answer

        def send(smtp: smtplib.SMTP, data: Any) -> None:
            real_send(smtp, data)
            if data in LAST_LINES:
                self.reach("after the last line")
            elif isinstance(data, bytes):  # a command is a text
                self.reach("after all but the last line")

        self.surround(smtplib.SMTP, "mail", "the envelope's first line")
        setattr(smtplib.SMTP, "docmd", docmd)  # noqa: B010
        setattr(smtplib.SMTP, "send", send)  # noqa: B010


def die_at(point: str) -> None:
    """Let this process be killed at a point, with the second mail that comes there."""
    kill = FixedKill(point)
    kill.surround(sending, "claim_planned_mail", "the claim")
    kill.surround(mails, "claim_mail", "the row is claimed", "the claim")
    kill.surround(mails, "settle_mail", "the row is settled", "the settlement")
    kill.follow_commits()
    kill.surround(Smtp, "deliver_mail", "delivery")
    kill.follow_dialogue()
