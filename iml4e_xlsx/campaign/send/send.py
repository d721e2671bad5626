"""
Sends planned mails; each is recorded before it leaves, and again when its outcome is known.

If the process ends in between, the record says that the mail is being sent. Such a mail counts as
uncertain from then on: nobody is mailed twice unless the facilitator asks for it. While a run waits
for the server, no mail is being sent.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Protocol

from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.people.copies import find_copies
from iml4e_xlsx.campaign.record import mails, people
from iml4e_xlsx.campaign.record.connection import Record
from iml4e_xlsx.campaign.record.mails import MailState
from iml4e_xlsx.campaign.send.claims import claim_planned_mail, read_planned_workbook
from iml4e_xlsx.campaign.send.compose import MailComposer
from iml4e_xlsx.campaign.send.pace import Clock, MailPace, MailPause
from iml4e_xlsx.campaign.send.plan import MailPlan, PlannedMail
from iml4e_xlsx.campaign.servers.transport import (
    MAIL_TOO_LARGE,
    AccountLimit,
    MailDeferral,
    MailRefusal,
    MailUncertainty,
    Transport,
    excess_note,
)
from iml4e_xlsx.errors import CampaignError, MailError
from iml4e_xlsx.text.moments import local_day

_TRIES: Final = 4
_MOST_LIMITS: Final = 3
"""How often one mail may meet a limit of the account while others leave: then it is the mail's."""

_STATES: Final = {
    MailRefusal: MailState.REFUSED,
    MailDeferral: MailState.DEFERRED,
    MailUncertainty: MailState.UNCERTAIN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MailOutcome:
    """
    The outcome of one mail, with the server's words.

    The state is None if another process took the mail, if the person `has_declined` meanwhile, or
    if the mail `is_too_large` by what the server tells; nothing was recorded then.
    """

    planned: PlannedMail
    state: MailState | None
    words: str = ""
    has_declined: bool = False

    @property
    def is_too_large(self) -> bool:
        """Return whether the server takes no mail of this size, as it tells or as it answered."""
        return self.words.startswith(MAIL_TOO_LARGE)


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
    `pauses` are those that a limit of the account called for.
    """

    outcomes: tuple[MailOutcome, ...]
    stopped: MailError | CampaignError | None = None
    unsent: int = 0
    refused_copies: Mapping[str, str] = field(default_factory=dict)
    unsaved_count: int = 0
    unsaved_reason: str = ""
    pauses: tuple[MailPause, ...] = ()

    @property
    def too_large(self) -> tuple[MailOutcome, ...]:
        """Return the mails that were not handed over, since the server takes none of their size."""
        return tuple(
            outcome for outcome in self.outcomes if outcome.is_too_large and outcome.state is None
        )

    def in_state(self, state: MailState | None) -> tuple[MailOutcome, ...]:
        """Return the mails that ended in this state."""
        return tuple(
            outcome
            for outcome in self.outcomes
            if outcome.state is state
            and not outcome.has_declined
            and not (state is None and outcome.is_too_large)
        )


@dataclass(order=True, slots=True)
class _SendJob:
    due: float
    order: int
    planned: PlannedMail = field(compare=False)
    tries: int = field(compare=False, default=0)
    limits: int = field(compare=False, default=0)
    accepted_before: int = field(compare=False, default=0)
    message_id: str = field(compare=False, default="")
    deferred: datetime | None = field(compare=False, default=None)
    has_declined: bool = field(compare=False, default=False)


def check_mails(campaign: Campaign, plan: MailPlan, today: date) -> None:
    """Fill in every mail of a plan; CampaignError with all that is wrong, before any leaves."""
    MailComposer(campaign, today).check_mails(plan.mails)


def send_mails(  # noqa: PLR0913 - whoever follows a run names what to follow, and nothing else
    campaign: Campaign,
    record: Record,
    plan: MailPlan,
    transport: Transport,
    *,
    clock: Clock | None = None,
    sent_copies: SentCopies | None = None,
    progress: Callable[[MailOutcome], None] = lambda _: None,
    notice: Callable[[MailPause], None] = lambda _: None,
) -> SendOutcome:
    """
    Send the mails of a plan.

    A mail that the server does not take now is tried again later, while others leave. A mail that
    the server refuses for good is recorded with the server's words and not tried again. A mail that
    is larger than the server says to take is not handed over, and not recorded. Where the server
    limits the account, all wait, and go on more slowly. Sending stops where no mail can be sent at
    all, or where a workbook has changed since it was planned.

    Args:
        campaign: The campaign.
        record: Its record.
        plan: The mails that are to leave.
        transport: The way that they leave by.
        clock: The time.
        sent_copies: Keeps a copy of each mail that has left, once that is recorded.
        progress: Called with each outcome once it is recorded.
        notice: Called with each pause before it begins.

    Raises:
        CampaignError: If a text cannot be filled in; nothing has left then.
        RecordError: If the record cannot be written; the mail in hand is uncertain then.
    """
    clock = clock or Clock()
    check_mails(campaign, plan, local_day(clock.now()))
    sender = _MailSender(campaign, record, transport, clock, sent_copies)
    sender.notice = notice
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
        pauses=tuple(sender.pace.pauses),
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
        self.notice: Callable[[MailPause], None] = lambda _: None
        self.composer = MailComposer(campaign, local_day(clock.now()))
        own_rate, rate = transport.per_minute, campaign.settings.per_minute
        self.pace = MailPace(clock, rate if own_rate is None else own_rate)

    def send_plan(self, plan: MailPlan) -> Iterator[MailOutcome]:
        """Yield the outcome of each mail as soon as it is known."""
        start = self.clock.seconds()
        jobs = [_SendJob(start, number, planned) for number, planned in enumerate(plan.mails)]
        while jobs:
            job = heapq.heappop(jobs)
            self.clock.wait_until(max(job.due, self.pace.next_slot))
            try:
                outcome = self._try_mail(job)
            except AccountLimit as limit:
                if self._is_own_limit(job):
                    yield MailOutcome(
                        planned=job.planned, state=MailState.DEFERRED, words=str(limit)
                    )
                    continue
                self.notice(self.pace.begin_pause(limit))
                # Behind the others: if it is this mail after all, they leave first.
                last = max((other.due for other in jobs), default=job.due)
                job.due, job.order = max(job.due, last), job.order + len(plan.mails)
                heapq.heappush(jobs, job)
                continue
            if outcome.state is MailState.DEFERRED and job.tries < _TRIES:
                job.due = self.clock.seconds() + self.clock.wait * 2 ** (job.tries - 1)
                heapq.heappush(jobs, job)
            else:
                yield outcome

    def _is_own_limit(self, job: _SendJob) -> bool:
        """Tell whether a mail meets again and again what others do not: it is no limit then."""
        return job.limits >= _MOST_LIMITS and self.pace.accepted > job.accepted_before

    def _try_mail(self, job: _SendJob) -> MailOutcome:
        """Hand one mail to the server; record it before, and its outcome after."""
        planned, resumed = job.planned, job.planned.resumed
        sender = self.campaign.settings.sender_mail
        if not job.message_id:
            job.message_id = resumed.message_id if resumed else mails.new_message_id(sender)
        data = self._compose_mail(planned, job.message_id)
        # First, since it may take long, and nothing is uncertain meanwhile.
        self.transport.connect()
        largest = self.transport.largest_mail
        if largest is not None and len(data) > largest:
            return MailOutcome(planned=planned, state=None, words=excess_note(len(data), largest))
        if not self._claim_mail(job):
            return MailOutcome(planned=planned, state=None, has_declined=job.has_declined)
        job.tries += 1
        self.pace.begin_mail()
        state = MailState.SENT
        try:
            copies = find_copies(self.campaign.settings, planned.person)
            words = self.transport.deliver_mail(sender, planned.person.address, data, copies)
            self.pace.note_accepted()
        except AccountLimit as limit:  # before the pause, in which nothing may be uncertain
            self._settle_mail(job, MailState.DEFERRED, str(limit))
            job.tries -= 1
            job.accepted_before = job.accepted_before if job.limits else self.pace.accepted
            job.limits += 1
            raise
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
