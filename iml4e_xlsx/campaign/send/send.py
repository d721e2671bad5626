"""
Sends planned mails, each written down before it leaves and again when its fate is known.

Whatever ends the process in between leaves a mail that is recorded as being sent, which is told
as uncertain from then on: nobody is mailed twice without the facilitator having said so.
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import PurePosixPath
from typing import Final

from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.folder.clock import current_time
from iml4e_xlsx.campaign.record import mails
from iml4e_xlsx.campaign.record.connection import Record
from iml4e_xlsx.campaign.record.mails import MailState
from iml4e_xlsx.campaign.send.compose import MailComposer
from iml4e_xlsx.campaign.send.plan import MailPlan, PlannedMail, claim, read_planned_workbook
from iml4e_xlsx.campaign.servers.smtp import MailDeferred, MailRefused, MailUncertain, Smtp
from iml4e_xlsx.errors import CampaignError, MailError

_TRIES: Final = 4
_FATES: Final = {
    MailRefused: MailState.REFUSED,
    MailDeferred: MailState.DEFERRED,
    MailUncertain: MailState.UNCERTAIN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MailOutcome:
    """What became of one mail, with the server's words; None if another process took it."""

    entry: PlannedMail
    state: MailState | None
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendOutcome:
    """What became of the mails; `stopped` says why the rest, so many, was left."""

    fates: tuple[MailOutcome, ...]
    stopped: MailError | CampaignError | None = None
    left: int = 0

    def of(self, state: MailState | None) -> tuple[MailOutcome, ...]:
        """Return the mails that came to an end in this state."""
        return tuple(fate for fate in self.fates if fate.state is state)


@dataclass(frozen=True, slots=True)
class Clock:
    """Time as sending needs it; tests have another."""

    now: Callable[[], datetime] = current_time
    seconds: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


@dataclass(order=True, slots=True)
class _Job:
    due: float
    order: int
    entry: PlannedMail = field(compare=False)
    tries: int = field(compare=False, default=0)
    message_id: str = field(compare=False, default="")
    deferred: datetime | None = field(compare=False, default=None)


def check_mails(campaign: Campaign, plan: MailPlan, today: date) -> None:
    """Fill in every mail of a plan; CampaignError with all that is wrong, before any leaves."""
    files = {entry.person.id: PurePosixPath(entry.built.file).name for entry in plan.entries}
    MailComposer(campaign, today).check([entry.person for entry in plan.entries], plan.kind, files)


def send_mails(
    campaign: Campaign,
    record: Record,
    plan: MailPlan,
    smtp: Smtp,
    *,
    clock: Clock | None = None,
    wait: float = 2.0,
    progress: Callable[[MailOutcome], None] = lambda _: None,
) -> SendOutcome:
    """
    Send the mails of a plan.

    A mail that the server does not take now is tried again later, while others leave. What the
    server refuses for good is recorded with its words and not tried again. Where no mail can be
    sent at all, or a workbook is no longer what was planned, sending stops.

    Args:
        campaign: Whose mails they are.
        record: Its record.
        plan: What is to leave.
        smtp: The connection.
        clock: The time.
        wait: Seconds before a mail is tried again, doubled each time.
        progress: Is told each fate as it is recorded.

    Raises:
        CampaignError: If a text cannot be filled in; nothing has left then.
        RecordError: If the record cannot be written; what was being sent is uncertain then.
    """
    clock = clock or Clock()
    check_mails(campaign, plan, clock.now().date())
    sender = _Sender(campaign, record, smtp, clock, wait)
    fates: list[MailOutcome] = []
    try:
        for fate in sender.run(plan):
            fates.append(fate)
            progress(fate)
    except (MailError, CampaignError) as error:
        left = len(plan.entries) - len(fates)
        return SendOutcome(fates=tuple(fates), stopped=error, left=left)
    return SendOutcome(fates=tuple(fates))


class _Sender:
    def __init__(
        self, campaign: Campaign, record: Record, smtp: Smtp, clock: Clock, wait: float
    ) -> None:
        self.campaign = campaign
        self.record = record
        self.smtp = smtp
        self.clock = clock
        self.wait = wait
        self.letters = MailComposer(campaign, clock.now().date())
        per_minute = campaign.settings.per_minute
        self.pause = 60 / per_minute if per_minute else 0.0
        self.next_slot = clock.seconds()

    def run(self, plan: MailPlan) -> Iterator[MailOutcome]:
        """Yield the fate of each mail, in the order in which it is known."""
        start = self.clock.seconds()
        jobs = [_Job(start, number, entry) for number, entry in enumerate(plan.entries)]
        while jobs:
            job = heapq.heappop(jobs)
            self._wait_until(max(job.due, self.next_slot))
            fate = self._try(job)
            if fate.state is MailState.DEFERRED and job.tries < _TRIES:
                job.due = self.clock.seconds() + self.wait * 2 ** (job.tries - 1)
                heapq.heappush(jobs, job)
            else:
                yield fate

    def _wait_until(self, due: float) -> None:
        left = due - self.clock.seconds()
        if left > 0:
            self.clock.sleep(left)

    def _try(self, job: _Job) -> MailOutcome:
        """Hand one mail over; write down before that it is about to leave, and then its fate."""
        entry = job.entry
        known = entry.known
        job.message_id = job.message_id or (
            known.message_id if known else mails.new_message_id(self.campaign.settings.sender_mail)
        )
        data = self._written(entry, job.message_id)
        self.smtp.connect()  # first, since it may take long, and nothing is uncertain meanwhile
        if not self._claim(job):
            return MailOutcome(entry=entry, state=None)
        job.tries += 1
        self.next_slot = self.clock.seconds() + self.pause
        sender = self.campaign.settings.sender_mail
        state = MailState.SENT
        try:
            words = self.smtp.deliver_mail(sender, entry.person.address, data)
        except (MailRefused, MailDeferred, MailUncertain) as fate:
            state, words = _FATES[type(fate)], str(fate)
        except MailError as error:
            self._settle(job, MailState.DEFERRED, str(error))
            raise
        self._settle(job, state, words)
        return MailOutcome(entry=entry, state=state, words=words)

    def _written(self, entry: PlannedMail, message_id: str) -> bytes:
        """Return the mail as it goes over the wire."""
        workbook = read_planned_workbook(self.campaign, entry)
        now = self.clock.now()
        return self.letters.mail(entry, workbook, message_id=message_id, now=now).as_bytes()

    def _claim(self, job: _Job) -> bool:
        with self.record.begin(self.clock.now()) as tx:
            if (since := job.deferred) is None:
                return claim(tx, job.entry, job.message_id)
            sha256 = job.entry.built.digest
            return mails.reclaim_mail(tx, job.message_id, MailState.DEFERRED, since, sha256)

    def _settle(self, job: _Job, state: MailState, words: str) -> None:
        now = self.clock.now()
        job.deferred = now if state is MailState.DEFERRED else None
        with self.record.begin(now) as tx:
            mails.settle_mail(tx, job.message_id, state, words)
