"""Records that a person does not take part, or that they do after all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.people.participant import Participant, list_participants
from iml4e_xlsx.campaign.record import people
from iml4e_xlsx.campaign.record.connection import Record, Transaction
from iml4e_xlsx.campaign.record.letters import Letter, LetterKind, mark_handled
from iml4e_xlsx.campaign.record.people import Person, save_decline
from iml4e_xlsx.errors import CampaignError
from iml4e_xlsx.findings.error_codes import CorrectionErrorCode


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineOutcome:
    """
    A person whose decline was recorded or taken back; `person` as they were before.

    `is_changed` is False if the record said so already; `letters` are those that are handled by it.
    """

    person: Person
    is_changed: bool
    letters: tuple[Letter, ...] = ()


def decline(campaign: Campaign, record: Record, mail: str, *, now: datetime) -> DeclineOutcome:
    """
    Record that a person does not take part, and that their letters are handled by that.

    The person stays in every count of those who were asked, and gets no mail.

    Args:
        campaign: The campaign.
        record: Its record.
        mail: The person's address, whatever its case.
        now: The time that is recorded.

    Raises:
        CampaignError: If nobody has this address, or the person has an answer that counts: it
            would stay in the results of somebody who takes no part.
        RecordError: If the record cannot be written.
    """
    with record.begin(now) as tx:
        participant = _find_participant(tx, campaign, mail)
        person, response = participant.person, participant.response
        if response is not None:
            raise CampaignError(
                CorrectionErrorCode.HAS_ANSWERED,
                name=person.name,
                mail=person.mail,
                answered=response.answered,
                total=response.total,
                handle=response.handle,
            )
        if participant.attendance.returned is not None:
            raise CampaignError(
                CorrectionErrorCode.HAS_RETURNED,
                name=person.name,
                mail=person.mail,
                day=participant.attendance.returned.isoformat(),
            )
        # What was written is answered by that; an automatic reply says nothing about it.
        handled = tuple(letter for letter in participant.letters if letter.kind is LetterKind.REPLY)
        mark_handled(tx, handled)
        is_changed = not participant.has_declined
        if is_changed:
            save_decline(tx, person, declined=True)
    return DeclineOutcome(person=person, is_changed=is_changed, letters=handled)


def undo_decline(campaign: Campaign, record: Record, mail: str, *, now: datetime) -> DeclineOutcome:
    """
    Record that a person takes part after all; see `decline`.

    Raises:
        CampaignError: If nobody has this address.
        RecordError: If the record cannot be written.
    """
    with record.begin(now) as tx:
        person = _find_participant(tx, campaign, mail).person
        is_changed = person.declined is not None
        if is_changed:
            save_decline(tx, person, declined=False)
    return DeclineOutcome(person=person, is_changed=is_changed)


def _find_participant(tx: Transaction, campaign: Campaign, mail: str) -> Participant:
    person = people.find_by_mail(tx, mail)
    for participant in list_participants(tx):
        if person is not None and participant.person.id == person.id:
            return participant
    raise CampaignError(
        CorrectionErrorCode.ADDRESS_UNKNOWN, campaign=campaign.settings.name, mail=mail
    )
