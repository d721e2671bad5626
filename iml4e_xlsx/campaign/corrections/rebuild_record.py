"""
Makes a lost record anew: from its newest copy, the roster, the workbooks, the originals and mails.

Nothing tells which mails have left since the copy, or at all, so that everybody's is held as
uncertain. The people and these mails are recorded at once, before anything else: whatever ends the
process, there is no record of the campaign that would let a mail leave.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Final

from iml4e_xlsx.campaign.collect.collect import MailboxSearch, collect
from iml4e_xlsx.campaign.corrections.move_originals import fetch_originals
from iml4e_xlsx.campaign.folder.campaign import Campaign, find_roster
from iml4e_xlsx.campaign.folder.clock import current_time
from iml4e_xlsx.campaign.folder.kept_copies import KeptCopy, newest_whole_copy
from iml4e_xlsx.campaign.folder.originals import list_originals, prepare_originals
from iml4e_xlsx.campaign.people.participant import list_participants
from iml4e_xlsx.campaign.record import campaigns, mails, people, returns
from iml4e_xlsx.campaign.record.connection import Record, Transaction, database_file, sqlite_url
from iml4e_xlsx.campaign.record.mails import MailKind, MailRecord, MailState
from iml4e_xlsx.campaign.record.people import BuiltWorkbook
from iml4e_xlsx.campaign.record.returned_file import ReturnState
from iml4e_xlsx.errors import Iml4eError, RecordError
from iml4e_xlsx.findings.error_codes import RecordErrorCode
from iml4e_xlsx.findings.file_traits import content_digest
from iml4e_xlsx.jobs.batch import assess_workbooks, find_workbooks
from iml4e_xlsx.model import Assessment, Profile
from iml4e_xlsx.roster import RosterRow, read_roster
from iml4e_xlsx.text.spelling import name_key

RECORD_REBUILT: Final = "record-rebuilt"
"""Stands in the place of the server's words; its text is `mail_notes.record-rebuilt`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RebuildOutcome:
    """
    The outcome of making a record anew.

    Attributes:
        people: How many people are in it.
        copy: The copy of the lost record that it began with, if there was one.
        without_workbook: The people in the roster of whom no workbook is in the folder.
        strangers: The workbooks in the folder that are of nobody in the roster, or unreadable.
        answered: How many people have a response that counts.
        aside: How many returned files have no owner.
        stop_cause: What stopped it before its end; it is to be run again then.
    """

    people: int
    copy: KeptCopy | None
    without_workbook: tuple[str, ...]
    strangers: tuple[str, ...]
    answered: int
    aside: int
    stop_cause: Iml4eError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _FoundWorkbook:
    """A workbook in the folder: its id, and whom it was made for."""

    path: Path
    workbook_id: str
    profile: Profile
    digest: str


def rebuild_record(
    campaign: Campaign,
    paths: Sequence[str | Path] = (),
    *,
    imap: bool,
    now: datetime,
) -> RebuildOutcome:
    """
    Make the record of a campaign anew; run again after an interruption, it goes on.

    Args:
        campaign: The campaign whose record is lost.
        paths: Mails and files that were collected before, which tell senders.
        imap: Whether the mailbox is searched for them as well.
        now: The time that is recorded.

    Raises:
        RecordError: If the record is there and whole, or cannot be written.
        RosterError: With every mistake in the roster.
        CampaignError: If there is no roster.
    """
    _check_lost(campaign, now)
    rows = read_roster(
        find_roster(campaign),
        campaign.load_scheme(),
        mails=True,
        languages=campaign.roster_languages(),
    )
    workbooks, strangers = _match_workbooks(campaign, rows)
    copy = _begin_record(campaign, rows, workbooks, now)
    without = tuple(row.mail for number, row in enumerate(rows) if number not in workbooks)
    with closing(Record(campaign.database, campaign.settings.id)) as record:
        stop_cause = _collect_again(campaign, record, paths, imap=imap)
        if stop_cause is None:
            _remove_doubles(campaign, record, now)
        with record.begin(now) as tx:
            if stop_cause is None:
                _hold_answers(tx, campaign)
                tx.add_event(campaigns.REBUILT)
            return RebuildOutcome(
                people=len(people.all_people(tx)),
                copy=copy,
                without_workbook=without,
                strangers=strangers,
                answered=sum(participant.has_returned for participant in list_participants(tx)),
                aside=len(returns.files_without_owner(tx)),
                stop_cause=stop_cause,
            )


def _check_lost(campaign: Campaign, now: datetime) -> None:
    """Raise RecordError if the record is there and whole: a closed round has no roster to read."""
    file = database_file(campaign.database)
    if file is not None and not file.exists():
        return
    opened = Record(campaign.database, campaign.settings.id)
    with closing(opened) as record, record.begin(now) as tx:
        _check_unfinished(tx, record)


def _check_unfinished(tx: Transaction, record: Record) -> None:
    if campaigns.has_campaign(tx) and not campaigns.is_unfinished(tx):
        raise RecordError(RecordErrorCode.RECORD_PRESENT, record=record.where)


def _match_workbooks(
    campaign: Campaign, rows: Sequence[RosterRow]
) -> tuple[Mapping[int, _FoundWorkbook], tuple[str, ...]]:
    """Return the workbooks of the rows by their numbers, and the names of all others."""
    numbers = {_profile_key(row.profile): number for number, row in enumerate(rows)}
    by_file = {row.file_name: number for number, row in enumerate(rows)}
    matched: dict[int, _FoundWorkbook] = {}
    strangers = []
    for path, workbook in _read_workbooks(campaign):
        number = None
        if workbook is not None:
            number = numbers.get(_profile_key(workbook.profile), by_file.get(path.name))
        if workbook is None or number is None or number in matched:
            strangers.append(path.relative_to(campaign.folder).as_posix())
        else:
            matched[number] = workbook
    return matched, tuple(strangers)


def _read_workbooks(campaign: Campaign) -> Iterator[tuple[Path, _FoundWorkbook | None]]:
    """Yield the workbooks in the folder; None for one without an id that can be read."""
    paths = sorted(campaign.workbooks.glob("[!.]*"))
    if not paths:
        return
    outcomes = assess_workbooks(find_workbooks(paths), schemes=campaign.known_schemes(), workers=2)
    with closing(outcomes):
        for path, outcome in zip(paths, outcomes, strict=True):
            if not isinstance(outcome, Assessment) or not outcome.response.workbook_id:
                yield path, None
                continue
            yield (
                path,
                _FoundWorkbook(
                    path=path,
                    workbook_id=outcome.response.workbook_id,
                    profile=outcome.response.profile,
                    digest=content_digest(path.read_bytes()),
                ),
            )


def _profile_key(profile: Profile) -> tuple[str, ...]:
    return tuple(map(name_key, (profile.organisation, profile.team, profile.respondent)))


def _begin_record(
    campaign: Campaign,
    rows: Sequence[RosterRow],
    workbooks: Mapping[int, _FoundWorkbook],
    now: datetime,
) -> KeptCopy | None:
    """Record the people and hold their mails, in one step; return the copy that it began with."""
    file = database_file(campaign.database)
    if file is None or file.exists():
        opened = Record(campaign.database, campaign.settings.id)
        with closing(opened) as record, record.begin(now) as tx:
            _check_unfinished(tx, record)
            _record_people(tx, campaign, rows, workbooks)
        return None
    for leftover in file.parent.glob(f".{file.name}.*"):
        leftover.unlink(missing_ok=True)
    handle, temporary = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    os.close(handle)
    copy = newest_whole_copy(campaign)
    if copy is not None:
        shutil.copy(copy.file, temporary)
    opened = Record(sqlite_url(Path(temporary)), campaign.settings.id)
    with closing(opened) as record, record.begin(now) as tx:
        _record_people(tx, campaign, rows, workbooks)
    # Only now: a copy without the held mails would be taken for the record.
    Path(temporary).replace(file)
    return copy


def _record_people(
    tx: Transaction,
    campaign: Campaign,
    rows: Sequence[RosterRow],
    workbooks: Mapping[int, _FoundWorkbook],
) -> None:
    scheme = campaign.load_scheme()
    campaigns.ensure_campaign(
        tx,
        campaign.settings.name,
        scheme.id,
        scheme.version,
        promised_fewest=campaign.settings.promised_fewest,
    )
    tx.add_event(campaigns.REBUILDING)
    # Without the digest of the roster no mail leaves before a build has seen all of it.
    listed = people.save_roster(tx, rows, "", campaigns.previous_paths(tx))
    built = people.built_workbooks(tx)
    for number, workbook in workbooks.items():
        person = listed[number]
        owner = people.find_by_workbook(tx, workbook.workbook_id)
        if owner is None:
            people.restore_workbook_id(tx, person.id, workbook.workbook_id)
        elif owner.id != person.id:
            continue
        issued = built.get(person.id)
        if issued is None or issued.digest != workbook.digest:
            name = workbook.path.relative_to(campaign.folder).as_posix()
            issued = BuiltWorkbook(fingerprint="", digest=workbook.digest, file=name)
            people.save_workbook(tx, person.id, issued)
    _hold_mails(tx, campaign)


def _hold_mails(tx: Transaction, campaign: Campaign) -> None:
    """Record for everybody a mail that may have left: who has an invitation, a reminder."""
    recorded = mails.all_mails(tx)
    for person in people.all_people(tx):
        own = recorded.get(person.id, ())
        if any(mail.words == RECORD_REBUILT and mail.state.is_uncertain for mail in own):
            continue  # this was interrupted, and is run again
        is_invited = any(mail.kind is MailKind.INVITATION and mail.may_have_arrived for mail in own)
        kind = MailKind.REMINDER if is_invited else MailKind.INVITATION
        _hold_mail(tx, campaign, person.id, kind, own)


def _hold_answers(tx: Transaction, campaign: Campaign) -> None:
    """Record an answer that may have left to each file that counts and has none that may have."""
    for participant in list_participants(tx):
        issued = (file for file in participant.other_files if file.state is ReturnState.ISSUED)
        files = {
            file.digest: file
            for file in (participant.response, participant.unread_file, *issued)
            if file is not None
        }
        answered = {
            mail.about
            for mail in participant.mails
            if mail.kind.is_answer and mail.may_have_arrived
        }
        for number, digest in enumerate(sorted(files.keys() - answered)):
            own, person = participant.mails, participant.person.id
            _hold_mail(tx, campaign, person, MailKind.RECEIPT, own, about=digest, later=number)


def _hold_mail(
    tx: Transaction,
    campaign: Campaign,
    person: int,
    kind: MailKind,
    own: Sequence[MailRecord],
    *,
    about: str = "",
    later: int = 0,
) -> None:
    """Record a mail as uncertain, the next of its kind after a person's own, or a later one."""
    number = max((mail.number for mail in own if mail.kind is kind), default=0) + 1 + later
    message_id = mails.new_message_id(campaign.settings.sender_mail)
    mails.claim_mail(
        tx,
        person,
        kind,
        message_id=message_id,
        number=number,
        workbook_digest="",
        about=about,
    )
    mails.settle_mail(tx, message_id, MailState.UNCERTAIN, RECORD_REBUILT)


def _collect_again(
    campaign: Campaign, record: Record, paths: Sequence[str | Path], *, imap: bool
) -> Iml4eError | None:
    """Collect mails and originals once more; return what stopped it."""
    # Mails first: they tell who sent what; the originals alone do not.
    if paths or imap:
        search = MailboxSearch(imap=imap, everything=imap)
        outcome = collect(campaign, record, paths, search)
        if outcome.stop_cause is not None:
            return outcome.stop_cause
    with tempfile.TemporaryDirectory() as fetched:
        with record.begin(current_time()) as tx:
            prepare_originals(tx, campaign)
            fetch_originals(tx, campaign, Path(fetched))
        places = (campaign.returned, campaign.aside, Path(fetched))
        folders = [folder for folder in places if any(folder.glob("*"))]
        return collect(campaign, record, folders).stop_cause if folders else None


def _remove_doubles(campaign: Campaign, record: Record, now: datetime) -> None:
    """Remove originals that were kept a second time, for a second sender of the same content."""
    with record.begin(now) as tx:
        files = returns.all_returned(tx)
        names = {PurePosixPath(file.file).name for file in files}
        digests = {file.digest for file in files}
        for original in list(list_originals(tx, campaign)):
            if original.name not in names and content_digest(original.read()) in digests:
                original.remove()
