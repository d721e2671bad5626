"""
Decides who gets which mail, and for everybody else the reason why not.

`docs/explanation/what-a-campaign-knows.md` explains why nobody is mailed twice without being told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import Final

from iml4e_xlsx.campaign.folder.campaign import Campaign, find_roster
from iml4e_xlsx.campaign.people.mail_states import MAIL_MEANINGS
from iml4e_xlsx.campaign.people.participant import Participant, list_participants
from iml4e_xlsx.campaign.people.stages import NoMailReason
from iml4e_xlsx.campaign.record import campaigns
from iml4e_xlsx.campaign.record.connection import Transaction
from iml4e_xlsx.campaign.record.mails import MailKind, MailRecord, MailState
from iml4e_xlsx.campaign.record.people import BuiltWorkbook, Person
from iml4e_xlsx.campaign.record.returned_file import ReturnedFile
from iml4e_xlsx.campaign.workbooks import is_there
from iml4e_xlsx.errors import CampaignError
from iml4e_xlsx.findings.error_codes import SendErrorCode
from iml4e_xlsx.findings.file_traits import content_digest
from iml4e_xlsx.model import Response
from iml4e_xlsx.text.addresses import address_key
from iml4e_xlsx.text.lists import list_names
from iml4e_xlsx.text.moments import local_day

_LISTED_NAMES: Final = 5
"""How many people an error names before it counts the others."""

_ATTACHED: Final = {
    MailKind.FINDINGS: "mended.xlsx",
    MailKind.NUDGE: "continued.xlsx",
    MailKind.RESULT: "result.html",
}
"""What is attached to an answer; the names begin as that of the workbook."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredFile:
    """
    A returned file that is to be answered, with the response in it, or None where it has none.

    `is_repeated` tells whether the facilitator asked for an answer that may have left already.
    """

    returned: ReturnedFile
    response: Response | None
    is_repeated: bool = False
    is_outdated: bool = False  # the person is asked for statements by now that the file lacks


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedMail:
    """
    One mail that is to leave.

    `resumed` is the mail that is taken up again under its Message-ID: one that certainly did not
    leave, or one that may have and is sent again because the facilitator asks for it.
    `invitation_id` is the Message-ID of the mail that this one belongs to: of a reminder, the
    invitation. `about` is recorded with it: the deadline that it names, or the digest of the file
    that it answers, which is `answered`. `has_workbook` tells whether the workbook goes with it.
    `deadline_moves` is how often the deadline had moved before mails named this one.
    """

    person: Person
    built: BuiltWorkbook
    kind: MailKind
    number: int
    resumed: MailRecord | None = None
    invitation_id: str = ""
    about: str = ""
    has_workbook: bool = True
    answered: AnsweredFile | None = None
    deadline_moves: int = 0

    @property
    def workbook_digest(self) -> str:
        """Return the digest of the workbook that leaves with it; empty without one."""
        return self.built.digest if self.has_workbook and self.answered is None else ""

    @property
    def file_name(self) -> str:
        """Return the name of what is attached; empty for nothing."""
        path = PurePosixPath(self.built.file)
        if self.answered is not None:
            other = _ATTACHED[MailKind.NUDGE] if self.answered.is_outdated else ""
            ending = _ATTACHED.get(self.kind, other)
            return f"{path.stem}-{ending}" if ending and self.answered.response else ""
        return path.name if self.has_workbook else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmailedPerson:
    """
    A person who gets no mail now: the reason, since when, and the server's words if it has any.

    `kind` is that of the mail that is the reason, where there is one; `until` is when a reminder
    may leave, for those who were mailed too recently; `asked_for` tells whether the facilitator
    asked for a mail by the person's address.
    """

    person: Person
    reason: NoMailReason
    since: datetime | None = None
    words: str = ""
    kind: MailKind | None = None
    until: datetime | None = None
    asked_for: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MailPlan:
    """The mails that are to leave, and the people who get none."""

    kind: MailKind
    mails: tuple[PlannedMail, ...]
    not_mailed: tuple[UnmailedPerson, ...]

    @property
    def uncertain(self) -> tuple[UnmailedPerson, ...]:
        """Return the people whose mail may have left or not."""
        return tuple(person for person in self.not_mailed if person.reason.may_have_left)


AGAIN_WORDS: Final = {
    "uncertain": (MailState.SENDING, MailState.UNCERTAIN),
    "drafted": (MailState.DRAFTED,),
    "refused": (MailState.REFUSED,),
    "bounced": (MailState.BOUNCED,),
}
"""The words that stand for all people whose mail is in one of these states."""


def plan_invitations(tx: Transaction, campaign: Campaign, again: Collection[str] = ()) -> MailPlan:
    """
    Plan the invitations.

    Args:
        tx: A transaction on the record.
        campaign: The campaign whose roster and workbooks count.
        again: The people who get another invitation although they have or may have one: mail
            addresses, or the words of `AGAIN_WORDS` for everybody with such an invitation.

    Raises:
        CampaignError: If the roster has changed since the last build, a workbook is missing, or
            an address of `again` is nobody's.
    """
    participants = list_listed_people(tx, campaign)
    chosen = choose_people(
        again, {person.person.id: (person.person, person.invitation) for person in participants}
    )
    deadline = named_deadline(campaign, tx.now)
    moves = campaigns.count_deadline_moves(tx, deadline)
    addresses = {address_key(item) for item in again}
    planned: list[PlannedMail] = []
    not_mailed: list[UnmailedPerson] = []
    for participant in participants:
        invitation = participant.invitation
        is_chosen = participant.person.id in chosen
        reason = _reason_not_to_invite(participant, again=is_chosen)
        if reason is None:
            planned.append(plan_mail(participant, MailKind.INVITATION, about=deadline, moves=moves))
            continue
        not_mailed.append(
            UnmailedPerson(
                person=participant.person,
                reason=reason,
                since=invitation.changed if invitation else None,
                words=invitation.words if invitation else "",
                kind=MailKind.INVITATION if invitation else None,
                asked_for=is_chosen and address_key(participant.person.mail) in addresses,
            )
        )
    return MailPlan(kind=MailKind.INVITATION, mails=tuple(planned), not_mailed=tuple(not_mailed))


def plan_reminders(
    tx: Transaction, campaign: Campaign, *, now: datetime, again: Collection[str] = ()
) -> MailPlan:
    """
    Plan reminders to people who were mailed and have not returned their workbook.

    Args:
        tx: A transaction on the record.
        campaign: The campaign whose roster and workbooks count.
        now: The time.
        again: The people to remind whatever became of the last reminder, and however soon or
            often: mail addresses, or the words of `AGAIN_WORDS` for everybody whose last mail is
            such a reminder. Never people whom no invitation reached, or who have returned a file.

    Raises:
        CampaignError: As for invitations.
    """
    participants = list_listed_people(tx, campaign)
    chosen = choose_people(
        again,
        {person.person.id: (person.person, _last_reminder(person)) for person in participants},
    )
    deadline = named_deadline(campaign, now)
    moves = campaigns.count_deadline_moves(tx, deadline)
    addresses = {address_key(item) for item in again}
    planned: list[PlannedMail] = []
    not_mailed: list[UnmailedPerson] = []
    for participant in participants:
        is_chosen = participant.person.id in chosen
        refusal = _reason_not_to_remind(participant, campaign, now, again=is_chosen)
        if refusal is None:
            planned.append(
                plan_mail(
                    participant, MailKind.REMINDER, about=deadline, moves=moves, again=is_chosen
                )
            )
        else:
            asked_for = address_key(participant.person.mail) in addresses
            not_mailed.append(replace(refusal, asked_for=asked_for))
    return MailPlan(kind=MailKind.REMINDER, mails=tuple(planned), not_mailed=tuple(not_mailed))


def list_listed_people(
    tx: Transaction, campaign: Campaign, *, with_workbooks: bool = True
) -> list[Participant]:
    """List the people in the roster, each of whom has a workbook, which is to be there as well."""
    roster = find_roster(campaign)
    # A roster that changed may name people without a workbook, or with a corrected address.
    if content_digest(roster.read_bytes()) != campaigns.roster_digest(tx):
        raise CampaignError(SendErrorCode.ROSTER_CHANGED, roster=roster)
    # Whoever has left the roster gets no mail; what they return still counts.
    listed = [participant for participant in list_participants(tx) if participant.person.listed]
    # A workbook that was edited here may hold somebody else's answers: it must not leave.
    lacking = [
        participant
        for participant in listed
        if participant.built is None
        or (with_workbooks and not is_there(campaign, participant.built))
    ]
    if lacking:
        names = [participant.person.mail for participant in lacking]
        raise CampaignError(
            SendErrorCode.WORKBOOKS_MISSING,
            count=len(names),
            names=list_names(names, _LISTED_NAMES),
        )
    return listed


def _last_reminder(participant: Participant) -> MailRecord | None:
    """
    Return the reminder that another one would follow.

    Somebody whom the invitation has not reached, or not certainly, needs another invitation.
    """
    mail = participant.decisive_mail
    return mail if mail is not None and mail.kind is MailKind.REMINDER else None


def choose_people(
    again: Iterable[str], people: Mapping[int, tuple[Person, MailRecord | None]]
) -> set[int]:
    """Find the people that words and addresses mean; CampaignError for one that is nobody's."""
    by_mail = {address_key(person.mail): id_ for id_, (person, _) in people.items()}
    chosen: set[int] = set()
    for item in again:
        if item in AGAIN_WORDS:
            states = AGAIN_WORDS[item]
            chosen |= {id_ for id_, (_, mail) in people.items() if mail and mail.state in states}
        elif address_key(item) in by_mail:
            chosen.add(by_mail[address_key(item)])
        else:
            raise CampaignError(SendErrorCode.AGAIN_UNKNOWN, item=item, words=tuple(AGAIN_WORDS))
    return chosen


def _reason_not_to_invite(participant: Participant, *, again: bool) -> NoMailReason | None:
    """Return why a person gets no invitation, or None if one is to leave."""
    # Who has declined is left alone until that is taken back.
    if participant.person.declined is not None:
        return NoMailReason.DECLINED
    # The facilitator's word outweighs everything else that is known about this person.
    if again:
        return None
    invitation = participant.invitation
    # The invitation decides first, also for those who have answered: it says more about them.
    if invitation is not None and invitation.state is not MailState.DEFERRED:
        return MAIL_MEANINGS[invitation.state].reason
    # Somebody may have answered without an invitation, with a workbook from a colleague.
    return NoMailReason.RETURNED if participant.has_returned else None


def _reason_not_to_remind(
    participant: Participant, campaign: Campaign, now: datetime, *, again: bool
) -> UnmailedPerson | None:
    """Return the first reason why a person gets no reminder, or None if one is to leave."""
    refusal = _reason_never_to_remind(participant)
    if refusal is not None:
        return refusal
    # From here on the facilitator's word outweighs the rules.
    if again:
        return None
    return _reason_not_to_remind_now(participant, campaign, now)


def _reason_never_to_remind(participant: Participant) -> UnmailedPerson | None:
    """Return why a reminder would be wrong, even if the facilitator asks for one."""
    mail, invitation = participant.decisive_mail, participant.invitation
    refusal = UnmailedPerson(
        person=participant.person,
        reason=NoMailReason.PROBLEMS,
        since=_last_attempt(participant),
        kind=mail.kind if mail else None,
    )
    # Who has declined is left alone until that is taken back.
    if participant.has_declined:
        return replace(refusal, reason=NoMailReason.DECLINED, since=participant.person.declined)
    # Who has sent a file needs an answer about that file, not a reminder to send one.
    if participant.has_unread_file:
        return refusal
    # Who has answered is never reminded.
    if participant.has_returned:
        return replace(refusal, reason=NoMailReason.RETURNED)
    # Without an invitation that left there is nothing to remind of.
    if invitation is None or invitation.state is MailState.DEFERRED or mail is None:
        return replace(refusal, reason=NoMailReason.NOT_INVITED)
    # An invitation that did not arrive needs a correction and another invitation.
    reason = MAIL_MEANINGS[invitation.state].reason
    if reason is not None and reason.did_not_arrive:
        return replace(refusal, reason=reason, words=invitation.words, kind=invitation.kind)
    return None


def _reason_not_to_remind_now(
    participant: Participant, campaign: Campaign, now: datetime
) -> UnmailedPerson | None:
    """Return why a person who may be reminded gets no reminder by itself, or not yet."""
    mail, last = participant.decisive_mail, _last_attempt(participant)
    assert mail is not None
    assert last is not None
    refusal = UnmailedPerson(
        person=participant.person, reason=NoMailReason.ENOUGH, since=last, kind=mail.kind
    )
    # Who has written awaits an answer: they may have declined, or cannot open the workbook.
    letter = participant.unanswered_letter
    if letter is not None:
        return replace(refusal, reason=NoMailReason.WRITTEN, since=letter.received, kind=None)
    # A mail that may have left, or did not arrive, must be settled before another one leaves.
    reason = MAIL_MEANINGS[mail.state].reason
    if reason is not None and (reason.may_have_left or reason.did_not_arrive):
        return replace(refusal, reason=reason, words=mail.words)
    # The settings say how often a person may be reminded ...
    if len(participant.reminders) >= campaign.settings.most_reminders:
        return refusal
    # ... and how long after the last mail, of whatever kind.
    due = last + timedelta(days=campaign.settings.interval_days)
    if now < due:
        return replace(refusal, reason=NoMailReason.TOO_SOON, until=due)
    return None


def _last_attempt(participant: Participant) -> datetime | None:
    """Return when the newest mail left, or may have left, or was refused."""
    attempts = (mail for mail in participant.mails if mail.state is not MailState.DEFERRED)
    return max((mail.changed for mail in attempts), default=None)


def named_deadline(campaign: Campaign, now: datetime) -> str:
    """Return the deadline that mails name, in ISO 8601; empty if there is none, or it is over."""
    deadline = campaign.settings.deadline
    return "" if deadline is None or deadline < local_day(now) else deadline.isoformat()


def plan_mail(
    participant: Participant, kind: MailKind, *, about: str, moves: int = 0, again: bool = False
) -> PlannedMail:
    """Plan a mail that asks for the workbook; one that did not leave is taken up again."""
    last = participant.newest_mail(kind)
    assert participant.built is not None
    resumed, number = None, 1 if last is None else last.number + 1
    # The same mail under the same Message-ID, so that mail programs show one where two arrive.
    if last is not None and (
        last.state is MailState.DEFERRED
        or last.state.is_uncertain
        or (again and last.state is MailState.DRAFTED)  # the same reminder: it counts once
    ):
        resumed, number = last, last.number
    invitation = None if kind is MailKind.INVITATION else participant.invitation
    return PlannedMail(
        person=participant.person,
        built=participant.built,
        kind=kind,
        number=number,
        resumed=resumed,
        invitation_id=invitation.message_id if invitation else "",
        about=about,
        deadline_moves=moves,
    )
