"""Gives a person another mail address; workbook, answers and mails stay theirs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.record import campaigns, mails, people, returns
from iml4e_xlsx.campaign.record.connection import Record, Transaction
from iml4e_xlsx.campaign.record.letters import readdress_letters
from iml4e_xlsx.campaign.record.mails import MailKind, MailState
from iml4e_xlsx.campaign.record.people import Person
from iml4e_xlsx.errors import CampaignError
from iml4e_xlsx.findings.error_codes import CorrectionErrorCode
from iml4e_xlsx.roster import usable_address
from iml4e_xlsx.text.addresses import address_key
from iml4e_xlsx.text.spelling import name_key

NEW_ADDRESS: Final = "new-address"
"""Stands in the place of the server's words; its text is `mail_notes.new-address`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaddressOutcome:
    """A person with the new address; `is_invited` tells whether another invitation is planned."""

    person: Person
    is_invited: bool


def readdress(
    campaign: Campaign, record: Record, old: str, new: str, *, now: datetime
) -> ReaddressOutcome:
    """
    Give a person another address, in the record; the roster must have it as well.

    An invitation that did not arrive at the old address is planned again. If a build has made
    somebody new of a row with the new address, that is the same person if the name is the same,
    the old address has left the roster, and nobody has mailed the new one or heard from it.

    Args:
        campaign: The campaign.
        record: Its record.
        old: The address that the record has.
        new: The address that is right.
        now: The time that is recorded.

    Raises:
        CampaignError: If nobody has the old address, the new one is none, or it is that of
            somebody else: of another name, in the roster as well, mailed, or with an answer.
        ResourceError: If email-validator is not installed.
        RecordError: If the record cannot be written.
    """
    address = usable_address(new)
    if address is None:
        raise CampaignError(CorrectionErrorCode.ADDRESS_INVALID, mail=new)
    with record.begin(now) as tx:
        person = people.find_by_mail(tx, old)
        if person is None:
            raise CampaignError(
                CorrectionErrorCode.ADDRESS_UNKNOWN, campaign=campaign.settings.name, mail=old
            )
        other = people.find_by_mail(tx, new)
        files: set[str] = set()
        if other is not None and other.id != person.id:
            _check_same_person(tx, person, other)
            # The workbook that was built for the new row would be a second one of one person.
            own_files = set(people.workbook_files(tx, person.id))
            files = set(people.workbook_files(tx, other.id)) - own_files
            people.remove_person(tx, other)
        people.readdress_person(tx, person, new.strip(), address)
        readdress_letters(tx, address_key(person.mail), address_key(new.strip()))
        # Without a digest no mail leaves before a build has seen the address in the roster.
        campaigns.save_build_inputs(tx, "", campaigns.previous_paths(tx))
        is_invited = _plan_invitation(tx, campaign, person)
        readdressed = people.find_by_mail(tx, new)
    for file in files:
        campaign.resolve_path(file).unlink(missing_ok=True)
    assert readdressed is not None
    return ReaddressOutcome(person=readdressed, is_invited=is_invited)


def _check_same_person(tx: Transaction, person: Person, other: Person) -> None:
    """Raise CampaignError where the new address is somebody else's, as far as is known."""
    # Nobody is swallowed: with mails or answers of their own, they are two people to us.
    is_mailed = any(mail.may_have_arrived for mail in mails.all_mails(tx).get(other.id, ()))
    if is_mailed or any(file.person == other.id for file in returns.all_returned(tx)):
        raise CampaignError(CorrectionErrorCode.ADDRESS_IN_USE, other=other.mail)
    # Whoever keeps a roster with both rows means two people.
    if person.listed and other.listed:
        raise CampaignError(
            CorrectionErrorCode.ADDRESSES_LISTED,
            old=person.mail,
            old_name=person.name,
            other=other.mail,
            other_name=other.name,
        )
    # A name alone proves nothing, since there are two people called Ann; but another name says
    # that these are two.
    if name_key(person.name) != name_key(other.name):
        raise CampaignError(
            CorrectionErrorCode.NAMES_DIFFER,
            old=person.mail,
            old_name=person.name,
            other=other.mail,
            other_name=other.name,
        )


def _plan_invitation(tx: Transaction, campaign: Campaign, person: Person) -> bool:
    """Plan another invitation if the newest one did not arrive; tell whether that is so."""
    invitations = [
        mail for mail in mails.all_mails(tx).get(person.id, ()) if mail.kind is MailKind.INVITATION
    ]
    if not invitations or invitations[-1].state not in (MailState.REFUSED, MailState.BOUNCED):
        return False
    message_id = mails.new_message_id(campaign.settings.sender_mail)
    mails.claim_mail(
        tx,
        person.id,
        MailKind.INVITATION,
        message_id=message_id,
        number=invitations[-1].number + 1,
        workbook_digest="",
    )
    return mails.settle_mail(tx, message_id, MailState.DEFERRED, NEW_ADDRESS)
