"""Gives a person another mail address: what is known of them stays theirs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.record import campaigns, mails, people, returns
from iml4e_xlsx.campaign.record.connection import Record, Transaction
from iml4e_xlsx.campaign.record.mails import MailKind, MailState
from iml4e_xlsx.campaign.record.people import Person
from iml4e_xlsx.errors import CampaignError
from iml4e_xlsx.roster import usable_address
from iml4e_xlsx.text.spelling import name_key


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaddressOutcome:
    """A person with the new address; `invited_anew` says whether a mail is to leave to it."""

    person: Person
    invited_anew: bool


def readdress(
    campaign: Campaign, record: Record, old: str, new: str, *, now: datetime
) -> ReaddressOutcome:
    """
    Give a person another address, in the record; the roster must have it as well.

    Workbook, answers and mails stay the person's. An invitation that did not arrive at the old
    address is planned anew. Whom a build has made of a row with the new address is the same
    person then, if the name is the same, the old address has left the roster, and nobody has
    mailed the new one or heard of it.

    Args:
        campaign: Whose folder.
        record: Its record.
        old: The address that the record has.
        new: The address that is right.
        now: The time that is recorded.

    Raises:
        CampaignError: If nobody has the old address, the new one is none, or it is that of
            somebody else: of another name, in the roster besides, mailed, or with an answer.
        ResourceError: If email-validator is not installed.
        RecordError: If the record cannot be written.
    """
    address = usable_address(new)
    if address is None:
        raise CampaignError(f"{new} is no mail address that can be written to.")
    with record.begin(now) as tx:
        person = people.find_by_mail(tx, old)
        if person is None:
            raise CampaignError(
                f"Nobody in the campaign {campaign.settings.name!r} has the address {old}."
            )
        other = people.find_by_mail(tx, new)
        files: set[str] = set()
        if other is not None and other.id != person.id:
            _check_new(tx, person, other)
            files = set(people.workbook_files(tx, other.id)) - set(
                people.workbook_files(tx, person.id)
            )
            people.remove_person(tx, other)
        people.readdress_person(tx, person, new.strip(), address)
        campaigns.save_build_inputs(tx, "", campaigns.previous_paths(tx))  # no mail before a build
        invited = _invite_anew(tx, campaign, person)
        found = people.find_by_mail(tx, new)
    for file in files:
        campaign.resolve_path(file).unlink(missing_ok=True)
    assert found is not None
    return ReaddressOutcome(person=found, invited_anew=invited)


def _check_new(tx: Transaction, person: Person, other: Person) -> None:
    """Raise CampaignError where the new address is that of somebody else, as far as is known."""
    known = any(one.may_have_arrived for one in mails.all_mails(tx).get(other.id, ()))
    if known or any(one.person == other.id for one in returns.all_returned(tx)):
        raise CampaignError(
            f"{other.mail} has been mailed, or has answered, as somebody else. Give the files of "
            "one to the other: iml4e campaign assign FILE MAIL"
        )
    if person.listed and other.listed:
        raise CampaignError(
            f"{person.mail} ({person.name}) and {other.mail} ({other.name}) are two people of the "
            "roster as it was last built. If they are one, take the row of the old address out "
            "and run iml4e campaign build, then readdress again."
        )
    if name_key(person.name) != name_key(other.name):
        raise CampaignError(
            f"{other.mail} is {other.name} in the record, and {person.mail} is {person.name}. If "
            f"they are one person, write the name {person.name} into the row of {other.mail}, run "
            "iml4e campaign build, and readdress again; correct the name after that."
        )


def _invite_anew(tx: Transaction, campaign: Campaign, person: Person) -> bool:
    """Plan another invitation where the newest one did not arrive."""
    given = mails.all_mails(tx).get(person.id, ())
    newest = next((one for one in reversed(given) if one.kind is MailKind.INVITATION), None)
    if newest is None or newest.state not in (MailState.REFUSED, MailState.BOUNCED):
        return False
    message_id = mails.new_message_id(campaign.settings.sender_mail)
    mails.claim_mail(
        tx,
        person.id,
        MailKind.INVITATION,
        message_id=message_id,
        number=newest.number + 1,
        workbook_digest="",
    )
    return mails.settle_mail(tx, message_id, MailState.DEFERRED, "another address")
