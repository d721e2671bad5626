"""Gives a person another mail address; workbook, answers and mails stay theirs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from iml4e_xlsx.campaign.folder.campaign import Campaign, roster_names
from iml4e_xlsx.campaign.record import campaigns, mails, people, returns
from iml4e_xlsx.campaign.record.connection import Record, Transaction
from iml4e_xlsx.campaign.record.letters import readdress_letters
from iml4e_xlsx.campaign.record.mails import MailKind, MailState
from iml4e_xlsx.campaign.record.people import Person
from iml4e_xlsx.errors import CampaignError, RosterError, WorkbookWriteError
from iml4e_xlsx.findings.error_codes import CorrectionErrorCode
from iml4e_xlsx.findings.file_traits import content_digest
from iml4e_xlsx.output import write_output
from iml4e_xlsx.roster import read_roster, usable_address
from iml4e_xlsx.roster.removal import readdress_person
from iml4e_xlsx.text.addresses import address_key
from iml4e_xlsx.text.spelling import name_key

NEW_ADDRESS: Final = "new-address"
"""Stands in the place of the server's words; its text is `mail_notes.new-address`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterEdit:
    """A change that a roster needs and that could not be made: where, and why not."""

    roster: Path
    reason: str
    row: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaddressOutcome:
    """
    A person with the new address; `is_invited` tells whether another invitation is planned.

    `rosters` are the names of those in which the address was corrected, `edits` what is to be
    corrected by hand.
    """

    person: Person
    is_invited: bool
    rosters: tuple[str, ...] = ()
    edits: tuple[RosterEdit, ...] = ()


def readdress(
    campaign: Campaign, record: Record, old: str, new: str, *, now: datetime
) -> ReaddressOutcome:
    """
    Give a person another address, in the record and in the rosters of the folder.

    A roster that cannot be written again is named, with the row to correct. Run again after an
    interruption, it corrects the rosters.

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
        person = _find_corrected(tx, old, new)
        digest, is_invited, files = "", False, set[str]()
        if person is None:  # else a run before this one was ended before it came to the rosters
            digest = campaigns.roster_digest(tx)
            files = _readdress_in_record(tx, campaign, old, new.strip(), address)
            person = people.find_by_mail(tx, new)
            assert person is not None
            is_invited = _plan_invitation(tx, campaign, person)
    for file in files:
        campaign.resolve_path(file).unlink(missing_ok=True)
    rosters, edits = _correct_rosters(campaign, old, new.strip())
    for digest_before, digest_after in rosters.values():
        if digest_before == digest:  # nothing but the address has changed since the build
            with record.begin(now) as tx:
                campaigns.update_roster_digest(tx, "", digest_after)
    return ReaddressOutcome(
        person=person, is_invited=is_invited, rosters=tuple(rosters), edits=tuple(edits)
    )


def _find_corrected(tx: Transaction, old: str, new: str) -> Person | None:
    """Return the person whose address was corrected like this already, or None."""
    if people.find_by_mail(tx, old) is not None:
        return None
    person = people.find_readdressed(tx, [old]).get(old)
    is_same = person is not None and address_key(person.mail) == address_key(new)
    return person if is_same else None


def _readdress_in_record(
    tx: Transaction, campaign: Campaign, old: str, new: str, address: str
) -> set[str]:
    """Give a person another address in the record; return workbooks that are nobody's then."""
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
    people.readdress_person(tx, person, new, address)
    readdress_letters(tx, address_key(person.mail), address_key(new))
    # Without a digest no mail leaves before a build has seen the address in the roster.
    campaigns.save_build_inputs(tx, "", campaigns.previous_paths(tx))
    return files


def _correct_rosters(
    campaign: Campaign, old: str, new: str
) -> tuple[dict[str, tuple[str, str]], list[RosterEdit]]:
    """
    Write the new address into every roster of the folder that has the old one.

    Return those that were written, each with its digest before and after, and what is to be done
    by hand.
    """
    written: dict[str, tuple[str, str]] = {}
    edits: list[RosterEdit] = []
    for path in filter(Path.is_file, map(campaign.folder.joinpath, roster_names(campaign))):
        data = path.read_bytes()
        try:
            corrected = readdress_person(data, old, new, source=str(path))
            if corrected != data:
                write_output(path, corrected, force=True)
                written[path.name] = (content_digest(data), content_digest(corrected))
        except (RosterError, WorkbookWriteError) as error:
            row = _find_row(campaign, path, old)
            if row is not None:
                edits.append(RosterEdit(roster=path, row=row, reason=str(error)))
    return written, edits


def _find_row(campaign: Campaign, path: Path, mail: str) -> int | None:
    """Return the row of an address; 0 if it cannot be read, None if it is not there."""
    try:
        rows = read_roster(path, campaign.load_scheme())
    except RosterError:
        return 0
    numbers = (row.row for row in rows if address_key(row.mail) == address_key(mail))
    return next(numbers, None)


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
