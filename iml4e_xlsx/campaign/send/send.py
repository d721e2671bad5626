"""
Sends planned mails; each is recorded before it leaves, and again when its outcome is known.

If the process ends in between, the record says that the mail is being sent. Such a mail counts as
uncertain from then on: nobody is mailed twice unless the facilitator asks for it.
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Protocol

from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.folder.clock import current_time
from iml4e_xlsx.campaign.people.copies import find_copies
from iml4e_xlsx.campaign.record import mails, people
from iml4e_xlsx.campaign.record.connection import Record
from iml4e_xlsx.campaign.record.mails import MailState
from iml4e_xlsx.campaign.send.claims import claim_planned_mail, read_planned_workbook
from iml4e_xlsx.campaign.send.compose import MailComposer
from iml4e_xlsx.campaign.send.plan import MailPlan, PlannedMail
from iml4e_xlsx.campaign.servers.transport import (
    MailDeferral,
    MailRefusal,
    MailUncertainty,
    Transport,
)
from iml4e_xlsx.errors import CampaignError, MailError
from iml4e_xlsx.text.moments import local_day

_TRIES: Final = 4
_STATES: Final = {
    MailRefusal: MailState.REFUSED,
    MailDeferral: MailState.DEFERRED,
    MailUncertainty: MailState.UNCERTAIN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MailOutcome:
    """
    The outcome of one mail, with the server's words.

    The state is None if another process took the mail, or if the person `has_declined` meanwhile.
    """

    planned: PlannedMail
    state: MailState | None
    words: str = ""
    has_declined: bool = False


class SentCopies(Protocol):
    """Keeps copies of mails that have left; whatever goes wrong with one is counted, not raised."""

    unsaved_count: int
    problem: str

    def save_mail(self, data: bytes, now: datetime) -> None:
        """Keep a copy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendOutcome:
    """
    The outcomes of the mails; `stopped` says why the rest, `unsent` mails, did not leave.

    `refused_copies` are the addresses that got no copy, with the server's words. `unsaved_count` is
    of how many sent mails there is no copy among the sent ones, `unsaved_reason` why.
    """

    outcomes: tuple[MailOutcome, ...]
    stopped: MailError | CampaignError | None = None
    unsent: int = 0
    refused_copies: Mapping[str, str] = field(default_factory=dict)
    unsaved_count: int = 0
    unsaved_reason: str = ""

    def in_state(self, state: MailState | None) -> tuple[MailOutcome, ...]:
        """Return the mails that ended in this state."""
        return tuple(
            outcome
            for outcome in self.outcomes
            if outcome.state is state and not outcome.has_declined
        )


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


@dataclass(order=True, slots=True)
class _SendJob:
    due: float
    order: int
    planned: PlannedMail = field(compare=False)
    tries: int = field(compare=False, default=0)
    message_id: str = field(compare=False, default="")
    deferred: datetime | None = field(compare=False, default=None)
    has_declined: bool = field(compare=False, default=False)


def check_mails(campaign: Campaign, plan: MailPlan, today: date) -> None:
    """Fill in every mail of a plan; CampaignError with all that is wrong, before any leaves."""
    MailComposer(campaign, today).check_mails(plan.mails)


def send_mails(
    campaign: Campaign,
    record: Record,
    plan: MailPlan,
    transport: Transport,
    *,
    clock: Clock | None = None,
    sent_copies: SentCopies | None = None,
    progress: Callable[[MailOutcome], None] = lambda _: None,
) -> SendOutcome:
    """
    Send the mails of a plan.

    A mail that the server does not take now is tried again later, while others leave. A mail that
    the server refuses for good is recorded with the server's words and not tried again. Sending
    stops where no mail can be sent at all, or where a workbook has changed since it was planned.

    Args:
        campaign: The campaign.
        record: Its record.
        plan: The mails that are to leave.
        transport: The way that they leave by.
        clock: The time.
        sent_copies: Keeps a copy of each mail that has left, once that is recorded.
        progress: Called with each outcome once it is recorded.

    Raises:
        CampaignError: If a text cannot be filled in; nothing has left then.
        RecordError: If the record cannot be written; the mail in hand is uncertain then.
    """
    clock = clock or Clock()
    check_mails(campaign, plan, local_day(clock.now()))
    sender = _MailSender(campaign, record, transport, clock, sent_copies)
    outcomes: list[MailOutcome] = []
    stopped: MailError | CampaignError | None = None
    try:
        for outcome in sender.send_plan(plan):
            outcomes.append(outcome)
            progress(outcome)
    except (MailError, CampaignError) as error:
        stopped = error
    return SendOutcome(
        outcomes=tuple(outcomes),
        stopped=stopped,
        unsent=len(plan.mails) - len(outcomes),
        refused_copies=dict(transport.refused_copies),
        unsaved_count=sent_copies.unsaved_count if sent_copies else 0,
        unsaved_reason=sent_copies.problem if sent_copies else "",
    )


class _MailSender:
    def __init__(
        self,
        campaign: Campaign,
        record: Record,
        transport: Transport,
        clock: Clock,
        sent_copies: SentCopies | None,
    ) -> None:
        self.campaign = campaign
        self.record = record
        self.transport = transport
        self.clock = clock
        self.sent_copies = sent_copies
        self.composer = MailComposer(campaign, local_day(clock.now()))
        own_rate, rate = transport.per_minute, campaign.settings.per_minute
        per_minute = rate if own_rate is None else own_rate
        self.pause = 60 / per_minute if per_minute else 0.0
        self.next_slot = clock.seconds()

    def send_plan(self, plan: MailPlan) -> Iterator[MailOutcome]:
        """Yield the outcome of each mail as soon as it is known."""
        start = self.clock.seconds()
        jobs = [_SendJob(start, number, planned) for number, planned in enumerate(plan.mails)]
        while jobs:
            job = heapq.heappop(jobs)
            self._wait_until(max(job.due, self.next_slot))
            outcome = self._try_mail(job)
            if outcome.state is MailState.DEFERRED and job.tries < _TRIES:
                job.due = self.clock.seconds() + self.clock.wait * 2 ** (job.tries - 1)
                heapq.heappush(jobs, job)
            else:
                yield outcome

    def _wait_until(self, due: float) -> None:
        seconds = due - self.clock.seconds()
        if seconds > 0:
            self.clock.sleep(seconds)

    def _try_mail(self, job: _SendJob) -> MailOutcome:
        """Hand one mail to the server; record it before, and its outcome after."""
        planned, resumed = job.planned, job.planned.resumed
        sender = self.campaign.settings.sender_mail
        if not job.message_id:
            job.message_id = resumed.message_id if resumed else mails.new_message_id(sender)
        data = self._compose_mail(planned, job.message_id)
        # First, since it may take long, and nothing is uncertain meanwhile.
        self.transport.connect()
        if not self._claim_mail(job):
            return MailOutcome(planned=planned, state=None, has_declined=job.has_declined)
        job.tries += 1
        self.next_slot = self.clock.seconds() + self.pause
        state = MailState.SENT
        try:
            copies = find_copies(self.campaign.settings, planned.person)
            words = self.transport.deliver_mail(sender, planned.person.address, data, copies)
        except (MailRefusal, MailDeferral, MailUncertainty) as answer:
            state, words = _STATES[type(answer)], str(answer)
        except MailError as error:  # the server takes no mail at all, so this one has not left
            self._settle_mail(job, MailState.DEFERRED, str(error))
            raise
        self._settle_mail(job, state, words)
        # Last: whatever becomes of the copy, the record says that the mail has left.
        if state is MailState.SENT and self.sent_copies is not None:
            self.sent_copies.save_mail(data, self.clock.now())
        return MailOutcome(planned=planned, state=state, words=words)

    def _compose_mail(self, planned: PlannedMail, message_id: str) -> bytes:
        """Return the mail as it goes over the wire."""
        workbook = read_planned_workbook(self.campaign, planned)
        mail = self.composer.compose_mail(
            planned, workbook, message_id=message_id, now=self.clock.now()
        )
        return mail.as_bytes()

    def _claim_mail(self, job: _SendJob) -> bool:
        with self.record.begin(self.clock.now()) as tx:
            # Somebody may have recorded a decline since the mail was planned.
            job.has_declined = people.has_declined(tx, job.planned.person.id)
            if job.has_declined:
                return False
            if (since := job.deferred) is None:
                return claim_planned_mail(tx, job.planned, job.message_id)
            digest = job.planned.workbook_digest
            return mails.reclaim_mail(
                tx, job.message_id, MailState.DEFERRED, since, digest, about=job.planned.about
            )

    def _settle_mail(self, job: _SendJob, state: MailState, words: str) -> None:
        now = self.clock.now()
        job.deferred = now if state is MailState.DEFERRED else None
        with self.record.begin(now) as tx:
            mails.settle_mail(tx, job.message_id, state, words)
