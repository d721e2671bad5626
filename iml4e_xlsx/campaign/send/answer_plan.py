"""
Decides who gets an answer to what they returned: receipt, findings, nudge or result.

Each returned file that counts is answered once, whatever became of the answer; whoever leaves
statements open is asked about them once more, after the interval of the reminders.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.people.counted_responses import complete_response
from iml4e_xlsx.campaign.people.mail_states import MAIL_MEANINGS
from iml4e_xlsx.campaign.people.participant import Participant
from iml4e_xlsx.campaign.people.stages import NoMailReason
from iml4e_xlsx.campaign.record.answers import load_responses
from iml4e_xlsx.campaign.record.campaigns import check_named
from iml4e_xlsx.campaign.record.connection import Transaction
from iml4e_xlsx.campaign.record.mails import MailKind, MailRecord, MailState
from iml4e_xlsx.campaign.record.people import Person
from iml4e_xlsx.campaign.record.returned_file import ReturnedFile, ReturnState
from iml4e_xlsx.campaign.send.plan import (
    AnsweredFile,
    MailPlan,
    PlannedMail,
    UnmailedPerson,
    choose_people,
    list_listed_people,
)
from iml4e_xlsx.findings.finding import Severity
from iml4e_xlsx.scheme.forms import find_form
from iml4e_xlsx.text.addresses import address_key

ANSWER_KINDS: Final = tuple(kind for kind in MailKind if kind.is_answer)
"""The kinds of answers, in the order in which somebody may get them."""

_MESSAGE_ID: Final = re.compile(r"<[!-;=?-~]{1,240}>")
"""What can stand in a header as it is; anybody may have written it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _DueAnswer:
    """What a person is to be answered: about which file, with which kind of mail."""

    participant: Participant
    file: ReturnedFile
    kind: MailKind

    @property
    def answers(self) -> tuple[MailRecord, ...]:
        """Return the mails that have answered this file, or were to."""
        mails = self.participant.mails
        return tuple(
            mail for mail in mails if mail.kind.is_answer and mail.about == self.file.digest
        )

    @property
    def newest(self) -> MailRecord | None:
        """Return the last of them that is no nudge."""
        first = (mail for mail in reversed(self.answers) if mail.kind is not MailKind.NUDGE)
        return next(first, None)


def plan_answers(
    tx: Transaction,
    campaign: Campaign,
    *,
    now: datetime,
    again: Collection[str] = (),
    kinds: Collection[MailKind] = ANSWER_KINDS,
) -> MailPlan:
    """
    Plan answers to the people who have returned something.

    Args:
        tx: A transaction on the record.
        campaign: The campaign whose roster counts.
        now: The time.
        again: The people who are answered although they were, or may have been: mail addresses,
            or the words of `AGAIN_WORDS` for everybody whose last answer is in such a state.
        kinds: Which mails may leave. Without results, who has finished gets a receipt.

    Raises:
        CampaignError: If the roster has changed since the last build, or an address of `again`
            is nobody's, or if the round is anonymous: nobody's answers are known then.
    """
    check_named(tx)
    participants = list_listed_people(tx, campaign, with_workbooks=False)
    chosen = choose_people(
        again, {person.person.id: (person.person, _last_answer(person)) for person in participants}
    )
    addresses = {address_key(item) for item in again}
    planned: list[PlannedMail] = []
    not_mailed: list[UnmailedPerson] = []
    for participant in participants:
        is_chosen = participant.person.id in chosen
        due = _find_due_answer(participant, campaign, now, kinds, again=is_chosen)
        if isinstance(due, _DueAnswer):
            planned.append(_plan_answer(due, again=is_chosen))
        else:
            asked_for = address_key(participant.person.mail) in addresses
            not_mailed.append(replace(due, asked_for=asked_for))
    return MailPlan(
        kind=MailKind.RECEIPT,
        mails=_add_responses(tx, planned, campaign),
        not_mailed=tuple(not_mailed),
    )


def _last_answer(participant: Participant) -> MailRecord | None:
    answers = (mail for mail in reversed(participant.mails) if mail.kind.is_answer)
    return next(answers, None)


def _find_due_answer(
    participant: Participant,
    campaign: Campaign,
    now: datetime,
    kinds: Collection[MailKind],
    *,
    again: bool,
) -> _DueAnswer | UnmailedPerson:
    """Return the answer that a person is to get now, or why there is none."""
    unmailed = UnmailedPerson(person=participant.person, reason=NoMailReason.NOTHING_RETURNED)
    # Who has declined is left alone until that is taken back.
    if participant.person.declined is not None:
        return replace(unmailed, reason=NoMailReason.DECLINED)
    due = _choose_answer(participant, kinds)
    if due is None:
        return unmailed
    newest = due.newest
    if newest is None or newest.state is MailState.DEFERRED or again:
        is_wanted = due.kind in kinds
        return due if is_wanted else replace(unmailed, reason=NoMailReason.OTHER_KIND)
    if _is_nudge_due(due, campaign, now) and MailKind.NUDGE in kinds:
        return replace(due, kind=MailKind.NUDGE)
    last = due.answers[-1]
    reason = MAIL_MEANINGS[last.state].reason or NoMailReason.SENT
    return replace(unmailed, reason=reason, since=last.changed, words=last.words, kind=last.kind)


def _choose_answer(participant: Participant, kinds: Collection[MailKind]) -> _DueAnswer | None:
    """Choose the file that is to be answered, and the kind of mail that it calls for."""
    response, unread = participant.response, participant.unread_file
    if unread is not None:  # the newest thing that came: the person believes that it has arrived
        return _DueAnswer(participant=participant, file=unread, kind=MailKind.FINDINGS)
    if response is None:
        issued = [file for file in participant.other_files if file.state is ReturnState.ISSUED]
        newest = max(issued, key=lambda file: file.received, default=None)
        if newest is None:
            return None
        return _DueAnswer(participant=participant, file=newest, kind=MailKind.FINDINGS)
    if response.count_findings(Severity.ERROR):
        kind = MailKind.FINDINGS
    elif participant.is_complete and MailKind.RESULT in kinds:
        kind = MailKind.RESULT
    else:
        kind = MailKind.RECEIPT
    return _DueAnswer(participant=participant, file=response, kind=kind)


def _is_nudge_due(due: _DueAnswer, campaign: Campaign, now: datetime) -> bool:
    """
    Tell whether somebody is to be asked about open statements once more.

    Once for each file: who leaves open what they cannot judge has done what they were asked for.
    """
    newest, response = due.newest, due.participant.response
    # By what is asked for now, not by what the file has.
    if response is not due.file or due.participant.is_complete:
        return False
    nudge = next((mail for mail in due.answers if mail.kind is MailKind.NUDGE), None)
    if nudge is not None and nudge.state is not MailState.DEFERRED:
        return False
    # Whoever has not certainly got the first answer is not asked a second time.
    if newest is None or newest.state not in (MailState.SENT, MailState.DRAFTED):
        return False
    moments = (mail.changed for mail in due.participant.mails if mail.may_have_arrived)
    last = max((*moments, due.file.received))
    return now >= last + timedelta(days=campaign.settings.interval_days)


def _plan_answer(due: _DueAnswer, *, again: bool) -> PlannedMail:
    """Plan an answer; one of the same kind that did not leave is taken up again."""
    participant, built = due.participant, due.participant.built
    assert built is not None
    same_kind = [mail for mail in due.answers if mail.kind is due.kind]
    previous = same_kind[-1] if same_kind else None
    resumed = None
    if previous is not None and (
        previous.state is MailState.DEFERRED
        or previous.state.is_uncertain
        or (again and previous.state is MailState.DRAFTED)
    ):
        resumed = previous
    last = participant.newest_mail(due.kind)
    number = resumed.number if resumed else (last.number + 1 if last else 1)
    return PlannedMail(
        person=participant.person,
        built=built,
        kind=due.kind,
        number=number,
        resumed=resumed,
        invitation_id=_find_thread(participant, due.file),
        about=due.file.digest,
        answered=AnsweredFile(returned=due.file, response=None, is_repeated=again),
    )


def _find_thread(participant: Participant, file: ReturnedFile) -> str:
    """Return the Message-ID of the mail that is answered: the person's own, or the invitation."""
    own = [
        delivery.message_id
        for delivery in file.deliveries
        if _MESSAGE_ID.fullmatch(delivery.message_id)
        and address_key(delivery.sender) == file.address
    ]
    invitation = participant.invitation
    return own[-1] if own else invitation.message_id if invitation else ""


def _add_responses(
    tx: Transaction, planned: Sequence[PlannedMail], campaign: Campaign
) -> tuple[PlannedMail, ...]:
    """Add the response in each file that has one, with the profile that the roster says."""
    files = [
        mail.answered.returned
        for mail in planned
        if mail.answered is not None and mail.answered.returned.state is ReturnState.READ
    ]
    responses = {
        file.id: response for file, response in zip(files, load_responses(tx, files), strict=True)
    }
    answered = []
    for mail in planned:
        assert mail.answered is not None
        file = mail.answered.returned
        response = responses.get(file.id)
        if response is not None:
            response = complete_response(file, response, mail.person).response
            is_outdated = _is_outdated(file, mail.person, campaign)
            complete = replace(mail.answered, response=response, is_outdated=is_outdated)
            answered.append(replace(mail, answered=complete))
        else:
            answered.append(mail)
    return tuple(answered)


def _is_outdated(file: ReturnedFile, person: Person, campaign: Campaign) -> bool:
    """Tell whether a person is asked for statements by now that a returned file does not have."""
    scope = person.scope
    if scope is None or scope.form == file.form:
        return False
    return (
        not set(scope.statements) <= find_form(campaign.load_scheme(), file.form).statements.keys()
    )
