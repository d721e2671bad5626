"""Decides who is told of a new deadline: everybody who has not finished, once for each deadline."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.folder.settings import SETTINGS_FILE
from iml4e_xlsx.campaign.people.mail_states import MAIL_MEANINGS
from iml4e_xlsx.campaign.people.participant import Participant
from iml4e_xlsx.campaign.people.stages import NoMailReason, Stage
from iml4e_xlsx.campaign.record import campaigns
from iml4e_xlsx.campaign.record.connection import Transaction
from iml4e_xlsx.campaign.record.mails import MailKind, MailRecord, MailState
from iml4e_xlsx.campaign.send.plan import (
    MailPlan,
    PlannedMail,
    UnmailedPerson,
    choose_people,
    list_listed_people,
    named_deadline,
    plan_mail,
)
from iml4e_xlsx.errors import CampaignError
from iml4e_xlsx.findings.error_codes import SendErrorCode
from iml4e_xlsx.text.addresses import address_key


def plan_deadline_notices(
    tx: Transaction, campaign: Campaign, *, now: datetime, again: Collection[str] = ()
) -> MailPlan:
    """
    Plan mails that name the deadline, to those who have not finished and do not know it.

    It does not matter how recently or how often somebody was mailed: a deadline that only those
    know who ask for it is none. Whoever has written without a workbook waits for an answer, and is
    told by that. The workbook goes to those of whom nothing has come back.

    Args:
        tx: A transaction on the record.
        campaign: The campaign whose roster, workbooks and deadline count.
        now: The time.
        again: The people who are told although they know it: mail addresses, or the words of
            `AGAIN_WORDS` for everybody whose last mail about a deadline is in such a state.

    Raises:
        CampaignError: If there is no deadline to come; otherwise as for invitations.
    """
    deadline = named_deadline(campaign, now)
    if not deadline:
        path = campaign.folder / SETTINGS_FILE
        raise CampaignError(SendErrorCode.NO_DEADLINE_AHEAD, settings=path)
    moves = campaigns.count_deadline_moves(tx, deadline)
    participants = list_listed_people(tx, campaign)
    chosen = choose_people(
        again,
        {
            person.person.id: (person.person, person.newest_mail(MailKind.DEADLINE))
            for person in participants
        },
    )
    addresses = {address_key(item) for item in again}
    planned: list[PlannedMail] = []
    not_mailed: list[UnmailedPerson] = []
    for participant in participants:
        is_chosen = participant.person.id in chosen
        reason, mail = _reason_not_to_tell(participant, deadline, again=is_chosen)
        if reason is None:
            notice = _plan_notice(participant, deadline, again=is_chosen)
            planned.append(replace(notice, deadline_moves=moves))
            continue
        not_mailed.append(
            UnmailedPerson(
                person=participant.person,
                reason=reason,
                since=_find_since(participant, reason, mail),
                words=mail.words if mail else "",
                kind=mail.kind if mail else None,
                asked_for=address_key(participant.person.mail) in addresses,
            )
        )
    return MailPlan(kind=MailKind.DEADLINE, mails=tuple(planned), not_mailed=tuple(not_mailed))


def _plan_notice(participant: Participant, deadline: str, *, again: bool) -> PlannedMail:
    """Plan a mail about a deadline; an empty workbook would confuse who has returned theirs."""
    planned = plan_mail(participant, MailKind.DEADLINE, about=deadline, again=again)
    resumed = planned.resumed
    if resumed is not None and resumed.about != deadline:  # of another deadline: another mail
        planned = replace(planned, resumed=None, number=resumed.number + 1)
    return replace(planned, has_workbook=not _has_returned(participant))


def _reason_not_to_tell(
    participant: Participant, deadline: str, *, again: bool
) -> tuple[NoMailReason | None, MailRecord | None]:
    """Return the first reason why a person is not told, and the mail that it is about."""
    settled = {
        Stage.DECLINED: NoMailReason.DECLINED,
        Stage.COMPLETE: NoMailReason.RETURNED,
        # Whether everything is answered, nobody knows.
        Stage.RETURNED: NoMailReason.RETURNED,
    }
    if participant.stage in settled:
        return settled[participant.stage], None
    reason = None if _has_returned(participant) else _reason_of_invitation(participant, again=again)
    if reason is not None:
        return reason, participant.invitation
    # From here on the facilitator's word outweighs what is known.
    if again:
        return None, None
    # Who has written awaits an answer: they may have declined, and nobody has read it.
    if participant.unanswered_letter is not None:
        return NoMailReason.WRITTEN, None
    return _reason_of_notice(participant, deadline)


def _reason_of_notice(
    participant: Participant, deadline: str
) -> tuple[NoMailReason | None, MailRecord | None]:
    """Return the mail by which a person knows the deadline already, or may know it."""
    newest = participant.newest_mail(MailKind.DEADLINE)
    if newest is not None and newest.about == deadline and newest.state is not MailState.DEFERRED:
        return MAIL_MEANINGS[newest.state].reason, newest
    mail = _last_told(participant)
    if mail is not None and mail.about == deadline:
        return NoMailReason.KNOWS_DEADLINE, mail
    return None, None


def _find_since(
    participant: Participant, reason: NoMailReason, mail: MailRecord | None
) -> datetime | None:
    """Return since when there is a reason: when the mail or the letter came that is the reason."""
    letter = participant.unanswered_letter
    if reason is NoMailReason.WRITTEN and letter is not None:
        return letter.received
    return mail.changed if mail else None


def _reason_of_invitation(participant: Participant, *, again: bool) -> NoMailReason | None:
    """Return why an invitation is such that no deadline can have moved for the person."""
    invitation = participant.invitation
    if invitation is None or invitation.state is MailState.DEFERRED:
        return NoMailReason.NOT_INVITED
    reason = MAIL_MEANINGS[invitation.state].reason
    assert reason is not None
    return reason if reason.did_not_arrive or (reason.may_have_left and not again) else None


def _has_returned(participant: Participant) -> bool:
    return participant.has_returned or participant.has_unread_file


def _last_told(participant: Participant) -> MailRecord | None:
    """Return the last mail that may have told a deadline; an earlier one may have been another."""
    mails = (
        mail for mail in participant.mails if mail.may_have_arrived and not mail.kind.is_answer
    )
    return max(mails, key=lambda mail: mail.changed, default=None)
