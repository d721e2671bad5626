"""
Erases a person: from the roster, the files and the record, with or without the ratings.

Whatever might be the person's and cannot be told stops it before anything is erased.
"""

from __future__ import annotations

import glob
from collections.abc import Collection, Iterable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from iml4e_xlsx.campaign.corrections.folder_drafts import find_drafts
from iml4e_xlsx.campaign.folder.campaign import RECORD_FILE, Campaign, roster_names
from iml4e_xlsx.campaign.folder.folder_identity import (
    list_other_folders,
    read_identity,
    save_identity,
)
from iml4e_xlsx.campaign.folder.kept_copies import remove_copies
from iml4e_xlsx.campaign.folder.originals import (
    FoundOriginal,
    find_originals,
    unrecorded_originals,
)
from iml4e_xlsx.campaign.folder.personal_files import list_other_files
from iml4e_xlsx.campaign.record import campaigns, erasure, mails, people, returns
from iml4e_xlsx.campaign.record.connection import Record, Transaction, database_file, sqlite_url
from iml4e_xlsx.campaign.record.folders import WorkFolder
from iml4e_xlsx.campaign.record.people import Person
from iml4e_xlsx.campaign.record.returned_file import ReturnedFile, ReturnState
from iml4e_xlsx.errors import CampaignError, RecordError
from iml4e_xlsx.findings.error_codes import CorrectionErrorCode
from iml4e_xlsx.findings.file_traits import content_digest
from iml4e_xlsx.output import write_output
from iml4e_xlsx.roster.removal import remove_person
from iml4e_xlsx.text.addresses import address_key
from iml4e_xlsx.text.spelling import name_key


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureOutcome:
    """
    What was erased: files, rosters that were rewritten, and whether ratings stayed.

    `files_of_others` were made for the person and somebody has assigned them to others by hand:
    they stay, and may name the person. So may `extra_files`, paths in the campaign's folder that
    the campaign does not keep: reports, exports, drafts. `other_folders` work on the record as
    well: a command that runs there next erases what they have of the person.
    """

    files: int
    rosters: tuple[str, ...]
    ratings_stay: bool
    files_of_others: tuple[ReturnedFile, ...] = ()
    other_folders: tuple[WorkFolder, ...] = ()
    extra_files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Traces:
    """What the record knows of a person; `issued` maps where a workbook was to whether it is."""

    person: Person | None
    returned_files: list[ReturnedFile]
    issued: dict[Path, bool]
    files_of_others: tuple[ReturnedFile, ...]
    mail_digests: frozenset[str]


def forget(
    campaign: Campaign, record: Record, mail: str, *, keep_ratings: bool, now: datetime
) -> ErasureOutcome:
    """
    Erase a person; run again after an interruption, it erases the rest.

    Reports, exports and drafts outside of the folder, and the mailbox, are out of reach.

    Args:
        campaign: The campaign.
        record: Its record.
        mail: The person's address, whatever its case.
        keep_ratings: Whether the ratings that count stay, for organisation and team, without
            anything else.
        now: The time that is recorded.

    Raises:
        CampaignError: If nobody has this address, in roster or record; or if an address was
            corrected in the record and the roster may still have the old one, a file that lies
            aside has the person's name, or a file is there that the record does not know.
        RosterError: If the rows of a roster cannot be told apart.
        WorkbookWriteError: If a roster cannot be written.
        RecordError: If the record cannot be written.
        OriginalsError: If a place where originals are kept cannot be reached; nothing is erased.
    """
    if "@" not in mail:
        raise CampaignError(CorrectionErrorCode.NOT_AN_ADDRESS, mail=mail)
    traces = _find_traces(campaign, record, mail, now, keep_ratings=keep_ratings)
    # Roster and files go before the record: until its end it knows what is still to be erased.
    rosters = remove_from_rosters(campaign, mail)
    _check_known(campaign, traces, rosters, mail)
    paths = {path for path, is_theirs in traces.issued.items() if is_theirs}
    drafts = list(find_drafts(campaign, traces.mail_digests))
    for path in sorted(paths.union(drafts)):
        path.unlink(missing_ok=True)
    originals_count = _remove_originals(campaign, record, traces, now)
    # A file whose writing was cut off lies under another name beside it.
    written = (campaign.folder / name for name in roster_names(campaign))
    remove_partial_files([*paths, *traces.issued, *written])
    remove_copies(campaign)
    with record.begin(now) as tx:
        ratings_stay = erasure.erase_person(
            tx,
            traces.person,
            traces.returned_files,
            mail,
            keep_ratings=keep_ratings,
            was_listed=bool(rosters),
        )
        _note_own_erasure(tx, campaign)
        others = tuple(list_other_folders(tx, campaign))
        # Else the next send would ask for a build, though nothing but this has changed.
        for digest_before, digest in rosters.values():
            campaigns.update_roster_digest(tx, digest_before, digest)
    with suppress(RecordError):  # the deleted is overwritten already; this makes the file small
        record.compact()
    _erase_from_old_record(campaign, traces.person, mail, now)
    return ErasureOutcome(
        files=len(paths) + len(drafts) + originals_count,
        rosters=tuple(rosters),
        ratings_stay=ratings_stay,
        files_of_others=traces.files_of_others,
        other_folders=others,
        extra_files=tuple(list_other_files(campaign)),
    )


def preview_erasure(
    campaign: Campaign, record: Record, mail: str, *, keep_ratings: bool, now: datetime
) -> ErasureOutcome:
    """Return what `forget` would erase, and erase nothing; raises the same errors."""
    if "@" not in mail:
        raise CampaignError(CorrectionErrorCode.NOT_AN_ADDRESS, mail=mail)
    traces = _find_traces(campaign, record, mail, now, keep_ratings=keep_ratings)
    rosters = remove_from_rosters(campaign, mail, dry_run=True)
    _check_known(campaign, traces, rosters, mail)
    with record.begin(now) as tx:
        originals = _find_all_originals(tx, campaign, traces)
        others = tuple(list_other_folders(tx, campaign))
    drafts = len(list(find_drafts(campaign, traces.mail_digests)))
    counting = returns.counting_responses(traces.returned_files)
    return ErasureOutcome(
        files=sum(traces.issued.values()) + len(originals) + drafts,
        rosters=tuple(rosters),
        ratings_stay=keep_ratings and traces.person is not None and traces.person.id in counting,
        files_of_others=traces.files_of_others,
        other_folders=others,
        extra_files=tuple(list_other_files(campaign)),
    )


def _note_own_erasure(tx: Transaction, campaign: Campaign) -> None:
    """Note that what was to be erased here is: the next command need not look for it."""
    identity = read_identity(campaign)
    if identity is not None and identity.erasures == campaigns.count_erasures(tx) - 1:
        save_identity(campaign, replace(identity, erasures=identity.erasures + 1))


def _check_known(campaign: Campaign, traces: _Traces, rosters: Collection[str], mail: str) -> None:
    """Raise CampaignError if nothing is known of a person."""
    if traces.person is None and not traces.returned_files and not rosters:
        raise CampaignError(
            CorrectionErrorCode.ADDRESS_UNKNOWN, campaign=campaign.settings.name, mail=mail
        )


def _remove_originals(campaign: Campaign, record: Record, traces: _Traces, now: datetime) -> int:
    """Remove the originals that go with a person, wherever they lie; return how many."""
    with record.begin(now) as tx:
        originals = _find_all_originals(tx, campaign, traces)
        for original in originals:
            original.remove()
    return len(originals)


def _find_all_originals(
    tx: Transaction, campaign: Campaign, traces: _Traces
) -> list[FoundOriginal]:
    """Return the originals that go with a person, in each place where they lie."""
    return [
        original
        for file in traces.returned_files
        for original in find_originals(tx, campaign, file)
    ]


def _find_traces(
    campaign: Campaign, record: Record, mail: str, now: datetime, *, keep_ratings: bool
) -> _Traces:
    """Find what belongs to a person; CampaignError where something may, and nobody can tell."""
    scheme = campaign.load_scheme()
    with record.begin(now) as tx:
        campaigns.ensure_campaign(
            tx,
            campaign.settings.name,
            scheme.id,
            scheme.version,
            promised_fewest=campaign.settings.promised_fewest,
        )
        if keep_ratings:
            campaigns.check_named(tx)
        _check_build(tx)
        person = people.find_by_mail(tx, mail)
        own_mails = mails.all_mails(tx).get(person.id, ()) if person else ()
        all_files = returns.all_returned(tx)
        _check_originals(tx, campaign, all_files)
        files = _select_files(all_files, person, mail)
        _check_aside(all_files, files, person)
        return _Traces(
            person=person,
            returned_files=files,
            issued=_find_issued_files(tx, campaign, person) if person else {},
            files_of_others=tuple(
                file for file in all_files if _is_made_for(file, person) and file not in files
            ),
            mail_digests=frozenset(content_digest(one.message_id.encode()) for one in own_mails),
        )


def _check_build(tx: Transaction) -> None:
    """Raise CampaignError where roster and record may know one person by two addresses."""
    if not campaigns.roster_digest(tx) and people.all_people(tx):
        raise CampaignError(CorrectionErrorCode.BUILD_PENDING)


def _check_originals(
    tx: Transaction, campaign: Campaign, returned_files: Sequence[ReturnedFile]
) -> None:
    """Raise CampaignError for originals without a record: nobody can tell their owner."""
    unrecorded = unrecorded_originals(tx, campaign, returned_files)
    if unrecorded:
        raise CampaignError(CorrectionErrorCode.FILES_UNRECORDED, files=unrecorded)


def _erase_from_old_record(
    campaign: Campaign, person: Person | None, mail: str, now: datetime
) -> None:
    """
    Erase a person from the record in the folder where it was copied to another database.

    The old record may have the person by another address, which was corrected later.
    """
    path = campaign.folder / RECORD_FILE
    if path == database_file(campaign.database) or not path.is_file():
        return
    with closing(Record(sqlite_url(path), campaign.settings.id)) as old_record:
        with old_record.begin(now) as tx:
            old_person = people.find_by_mail(tx, mail)
            if old_person is None and person is not None:
                by_workbook = {other.workbook_id: other for other in people.all_people(tx)}
                old_person = by_workbook.get(person.workbook_id)
            files = _select_files(returns.all_returned(tx), old_person, mail)
            old_mail = old_person.mail if old_person else mail
            # No ratings stay here: the other database has them, and this one is not used.
            erasure.erase_person(tx, old_person, files, old_mail, keep_ratings=False)
        with suppress(RecordError):
            old_record.compact()


def _select_files(
    returned_files: Sequence[ReturnedFile], person: Person | None, mail: str
) -> list[ReturnedFile]:
    """Return the files that go with a person."""
    key = address_key(mail)
    return [
        file
        for file in returned_files
        # Whatever is the person's, by id, by sender or by hand ...
        if (person is not None and file.person == person.id)
        # ... and of what is nobody's, the workbook that was made for the person ...
        or (file.person is None and _is_made_for(file, person))
        # ... and what the person has sent. What they sent for somebody else is that person's.
        or (file.person is None and any(came.sender == key for came in file.deliveries))
        # ... and their workbook of another round.
        or (
            file.person is None
            and file.other_round is not None
            and address_key(file.other_round.mail) == key
        )
    ]


def _find_issued_files(tx: Transaction, campaign: Campaign, person: Person) -> dict[Path, bool]:
    """
    Find where workbooks of a person were ever written, and whether one of them is there now.

    A name that has become another person's holds the workbook until the other one is written.
    """
    issued = people.issued_digests(tx).items()
    digests = {digest for digest, owner in issued if owner == person.id}
    newest = people.built_workbooks(tx).items()
    names_of_others = {built.file for owner, built in newest if owner != person.id}
    paths = {}
    for name in people.workbook_files(tx, person.id):
        path = campaign.resolve_path(name)
        # Only the content tells whose workbook lies under a name that two people had.
        may_be_theirs = name not in names_of_others or (
            path.is_file() and _digest(path.read_bytes()) in digests
        )
        paths[path] = path.is_file() and may_be_theirs
    return paths


def _is_made_for(file: ReturnedFile, person: Person | None) -> bool:
    return person is not None and file.workbook_id == person.workbook_id


def _check_aside(
    all_files: Sequence[ReturnedFile], files: Sequence[ReturnedFile], person: Person | None
) -> None:
    """Raise CampaignError for files aside with the person's name, which may be theirs or not."""
    name = name_key(person.profile.respondent) if person else ""
    doubtful = [
        file
        for file in all_files
        if name and name_key(file.profile.respondent) == name and file.person is None
        if file.state in (ReturnState.READ, ReturnState.FAILED) and file not in files
    ]
    if person is not None and doubtful:
        raise CampaignError(
            CorrectionErrorCode.FILES_DOUBTFUL,
            files=tuple(file.handle for file in doubtful),
            name=person.name,
            mail=person.mail,
        )


def remove_partial_files(paths: Iterable[Path]) -> None:
    """Remove the rests of files whose writing was cut off."""
    for path in paths:
        for partial in path.parent.glob(f".{glob.escape(path.name)}.*"):
            partial.unlink(missing_ok=True)


def remove_from_rosters(
    campaign: Campaign, mail: str, *, dry_run: bool = False
) -> dict[str, tuple[str, str]]:
    """
    Remove a person's rows from every roster in the folder, unless it is a `dry_run`.

    Return the rosters that had some, each with its digest before and after.
    """
    rewritten = {}
    for path in (campaign.folder / name for name in roster_names(campaign)):
        data = path.read_bytes() if path.is_file() else b""
        rest = remove_person(data, mail, source=str(path)) if data else data
        if rest != data:
            if not dry_run:
                write_output(path, rest, force=True)
            rewritten[path.name] = (_digest(data), _digest(rest))
    return rewritten


def _digest(data: bytes) -> str:
    return content_digest(data)
