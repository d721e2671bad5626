"""Erases a person: from the roster, the files and the record, with or without the ratings."""

from __future__ import annotations

import glob
import hashlib
from collections.abc import Iterable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from iml4e_xlsx.campaign.folder.campaign import RECORD_FILE, ROSTERS, Campaign
from iml4e_xlsx.campaign.folder.originals import find_original, list_originals
from iml4e_xlsx.campaign.record import campaigns, people, returns
from iml4e_xlsx.campaign.record import erasure as erasing
from iml4e_xlsx.campaign.record.connection import Record, Transaction, database_file, sqlite_url
from iml4e_xlsx.campaign.record.people import Person
from iml4e_xlsx.campaign.record.returned_file import ReturnedFile, ReturnState
from iml4e_xlsx.errors import CampaignError, RecordError
from iml4e_xlsx.output import write_output
from iml4e_xlsx.roster.template import without_person
from iml4e_xlsx.text.addresses import address_key
from iml4e_xlsx.text.spelling import name_key


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureOutcome:
    """
    What was erased: files, rosters that were rewritten, and whether ratings were left.

    `of_others` are files that were made for the person and somebody has given to others by hand:
    they stay, and may name the person.
    """

    files: int
    rosters: tuple[str, ...]
    ratings_kept: bool
    of_others: tuple[ReturnedFile, ...] = ()


def forget(
    campaign: Campaign, record: Record, mail: str, *, keep_ratings: bool, now: datetime
) -> ErasureOutcome:
    """
    Erase a person; run again after an interruption, it erases what is left.

    Roster and files go first and the record last, so that it knows of everything that is still
    to be erased. Reports, exports and drafts that were written elsewhere, and the mailbox, are
    out of reach.

    Args:
        campaign: Whose folder.
        record: Its record.
        mail: The person's address, whatever its case.
        keep_ratings: Whether the ratings that count stay, for organisation and team, without
            anything else.
        now: The time that is recorded.

    Raises:
        CampaignError: If nobody has this address, in roster or record; or if an address was
            corrected in the record and the roster may still have the old one, a file that lies
            aside has the person's name, or one is there that the record does not know.
        RosterError: If the rows of a roster cannot be told apart.
        WorkbookWriteError: If a roster cannot be written.
        RecordError: If the record cannot be written.
    """
    if "@" not in mail:
        raise CampaignError(f"{mail!r} is no mail address. Name the one that the roster has.")
    scheme = campaign.load_scheme()
    with record.begin(now) as tx:
        campaigns.ensure_campaign(tx, campaign.settings.name, scheme.id, scheme.version)
        _check_built(tx)
        person = people.find_by_mail(tx, mail)
        given = returns.all_returned(tx)
        _check_recorded(campaign, given)
        theirs = _theirs(given, person, mail)
        _check_aside(given, theirs, person)
        of_others = [one for one in given if _is_made_for(one, person) and one not in theirs]
        issued = _issued_to(tx, campaign, person) if person else {}
    rosters = _without(campaign, mail)
    if person is None and not theirs and not rosters:
        raise CampaignError(
            f"Nobody in the campaign {campaign.settings.name!r} has the address {mail}."
        )
    paths = {path for one in theirs if (path := find_original(campaign, one)) is not None}
    paths |= {path for path, is_theirs in issued.items() if is_theirs}
    for path in sorted(paths):
        path.unlink(missing_ok=True)
    _remove_halves([*paths, *issued, *(campaign.folder / name for name in _rosters(campaign))])
    with record.begin(now) as tx:
        kept = erasing.erase_person(tx, person, theirs, mail, keep_ratings=keep_ratings)
        for before, after in rosters.values():
            campaigns.update_roster_digest(tx, before, after)
    with suppress(RecordError):  # what was deleted is overwritten; this only makes the file small
        record.compact()
    _forget_in_old(campaign, person, mail, now)
    return ErasureOutcome(
        files=len(paths),
        rosters=tuple(rosters),
        ratings_kept=kept,
        of_others=tuple(of_others),
    )


def _check_built(tx: Transaction) -> None:
    """Raise CampaignError where roster and record may know one person by two addresses."""
    if not campaigns.roster_digest(tx) and people.all_people(tx):
        raise CampaignError(
            "An address was corrected since workbooks were last built, or the build did not come "
            "to its end: roster and record may name a person by two addresses, and one would "
            "stay. Correct the roster, run iml4e campaign build, then forget again."
        )


def _check_recorded(campaign: Campaign, given: Sequence[ReturnedFile]) -> None:
    """Raise CampaignError for originals that the record does not know: nobody can tell whose."""
    known = {PurePosixPath(one.file).name for one in given}
    kept = [path for path in list_originals(campaign) if path.name not in known]
    if kept:
        names = ", ".join(path.relative_to(campaign.folder).as_posix() for path in kept)
        raise CampaignError(
            f"{names}: kept by a collect that was ended before it was recorded, or is just being "
            "recorded, and may be this person's. Collect again what was being collected, or "
            "delete the file; then forget again."
        )


def _forget_in_old(campaign: Campaign, person: Person | None, mail: str, now: datetime) -> None:
    """
    Erase a person from the record in the folder where it was copied to another database.

    It may have the person by another address, which was corrected later.
    """
    file = campaign.folder / RECORD_FILE
    if file == database_file(campaign.database) or not file.is_file():
        return
    with closing(Record(sqlite_url(file), campaign.settings.id)) as old:
        with old.begin(now) as tx:
            found = people.find_by_mail(tx, mail)
            if found is None and person is not None:
                everyone = {one.workbook_id: one for one in people.all_people(tx)}
                found = everyone.get(person.workbook_id)
            theirs = _theirs(returns.all_returned(tx), found, mail)
            erasing.erase_person(
                tx, found, theirs, found.mail if found else mail, keep_ratings=False
            )
        with suppress(RecordError):
            old.compact()


def _theirs(given: Sequence[ReturnedFile], person: Person | None, mail: str) -> list[ReturnedFile]:
    """Return what is a person's, and what is nobody's and was made for or sent by the person."""
    key = address_key(mail)
    return [
        one
        for one in given
        if (person is not None and one.person == person.id)
        or (one.person is None and _is_made_for(one, person))
        or (one.person is None and any(came.sender == key for came in one.deliveries))
    ]


def _issued_to(tx: Transaction, campaign: Campaign, person: Person) -> dict[Path, bool]:
    """
    Return where workbooks of a person were ever written, and whether one of them is there now.

    A name that has become another's holds the person's workbook until the other is written.
    """
    digests = {sha for sha, id_ in people.issued_digests(tx).items() if id_ == person.id}
    newest = people.built_workbooks(tx).items()
    others = {built.file for id_, built in newest if id_ != person.id}
    found = {}
    for name in people.workbook_files(tx, person.id):
        path = campaign.resolve_path(name)
        may_be_theirs = name not in others or (
            path.is_file() and _digest(path.read_bytes()) in digests
        )
        found[path] = path.is_file() and may_be_theirs
    return found


def _is_made_for(one: ReturnedFile, person: Person | None) -> bool:
    return person is not None and one.workbook_id == person.workbook_id


def _check_aside(
    given: Sequence[ReturnedFile], theirs: Sequence[ReturnedFile], person: Person | None
) -> None:
    """Raise CampaignError for what lies aside with the person's name and may be theirs or not."""
    name = name_key(person.profile.respondent) if person else ""
    doubtful = [
        one
        for one in given
        if name and name_key(one.profile.respondent) == name and one.person is None
        if one.state in (ReturnState.READ, ReturnState.FAILED) and one not in theirs
    ]
    if person is not None and doubtful:
        raise CampaignError(
            f"{', '.join(one.handle for one in doubtful)}: nobody's so far, and filled in by "
            f"{person.name}. Say whether it is this person: iml4e campaign assign FILE "
            f"{person.mail} (it is erased as well), or assign FILE --dismiss (it stays). Then "
            "forget again."
        )


def _remove_halves(paths: Iterable[Path]) -> None:
    """Remove what is left of files whose writing was cut off."""
    for path in paths:
        for half in path.parent.glob(f".{glob.escape(path.name)}.*"):
            half.unlink(missing_ok=True)


def _rosters(campaign: Campaign) -> list[str]:
    """Return the names that a roster may have."""
    return list(filter(None, dict.fromkeys((*ROSTERS, campaign.settings.roster))))


def _without(campaign: Campaign, mail: str) -> dict[str, tuple[str, str]]:
    """
    Take a person's rows out of every roster in the folder.

    Return those that had some, each with the digests of what it was and what it is.
    """
    found = {}
    for path in (campaign.folder / name for name in _rosters(campaign)):
        data = path.read_bytes() if path.is_file() else b""
        rest = without_person(data, mail, source=str(path)) if data else data
        if rest != data:
            write_output(path, rest, force=True)
            found[path.name] = (_digest(data), _digest(rest))
    return found


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
