"""
Erases in this folder what is left of people who were erased from another copy of it.

The record keeps no name and no address of them, only digests: of the workbooks that were made for
them, of what they returned, and of the Message-IDs of mails to them. By these the files are found,
and by the workbook the row of the roster.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path, PurePosixPath

from iml4e_xlsx.campaign.corrections.folder_drafts import find_drafts
from iml4e_xlsx.campaign.corrections.forget import remove_from_rosters, remove_partial_files
from iml4e_xlsx.campaign.folder.campaign import Campaign, find_roster
from iml4e_xlsx.campaign.folder.folder_identity import BEHIND, read_identity, save_identity
from iml4e_xlsx.campaign.folder.kept_copies import remove_copies
from iml4e_xlsx.campaign.folder.originals import FolderOriginals, original_stem
from iml4e_xlsx.campaign.record import campaigns, erasure, people, returns
from iml4e_xlsx.campaign.record.connection import Record, Transaction
from iml4e_xlsx.errors import CampaignError, RosterError
from iml4e_xlsx.findings.file_traits import content_digest
from iml4e_xlsx.jobs.batch import assess_workbooks, find_workbooks
from iml4e_xlsx.model import Assessment, Profile
from iml4e_xlsx.roster import read_roster
from iml4e_xlsx.text.spelling import name_key


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftTraces:
    """
    What was erased here of people who were erased elsewhere: files, and rosters with rows.

    `rows_missed` is whether rows of theirs may be left: nothing in this folder says which.
    """

    files: int
    rosters: tuple[str, ...]
    rows_missed: bool


def erase_left_traces(campaign: Campaign, record: Record, *, now: datetime) -> LeftTraces | None:
    """
    Erase what is left of people who were erased elsewhere; None if there was nothing to look for.

    Run again after an interruption, it erases the rest.

    Raises:
        WorkbookWriteError: If a roster cannot be written.
        RecordError: If the record cannot be read or written.
    """
    identity = read_identity(campaign)
    with record.begin(now) as tx:
        count, listed = campaigns.count_erasures(tx), campaigns.count_listed_erasures(tx)
        if identity is None or identity.erasures == count:
            return None
        digests = erasure.erased_digests(tx)
        current = {built.digest for built in people.built_workbooks(tx).values()}
        kept_names = {PurePosixPath(file.file).name for file in returns.all_returned(tx)}
        addresses = {person.mail for person in people.all_people(tx)}
    workbooks = [
        path
        for path in sorted(campaign.workbooks.glob("[!.]*"))
        if content_digest(path.read_bytes()) in digests - current
    ]
    mails = _find_rows(campaign, workbooks, addresses)
    # Where a run is killed, the next one must not miss the rows that this one has removed.
    found_rows = tuple(sorted({*identity.found_rows, *mails.values()}))
    if found_rows != identity.found_rows:
        save_identity(campaign, replace(identity, found_rows=found_rows))
    rosters = _remove_rows(campaign, record, mails, now)
    originals = _find_left_originals(campaign, digests, kept_names)
    for name in originals:
        FolderOriginals(campaign).remove(name)
    drafts = list(find_drafts(campaign, digests))
    for path in (*drafts, *workbooks):  # the workbooks last: by them the rows are found
        path.unlink(missing_ok=True)
    remove_partial_files(workbooks)
    remove_copies(campaign)
    # Whose row may be left would be invited again by a build from this roster.
    rows_missed = len(found_rows) < min(listed, count - identity.erasures)
    rosters_seen = BEHIND if rows_missed else identity.rosters
    save_identity(campaign, replace(identity, erasures=count, rosters=rosters_seen, found_rows=()))
    return LeftTraces(
        files=len(workbooks) + len(originals) + len(drafts),
        rosters=rosters,
        rows_missed=rows_missed,
    )


def _find_left_originals(
    campaign: Campaign, digests: Collection[str], kept_names: Collection[str]
) -> list[str]:
    stems = {original_stem(digest) for digest in digests}
    names = FolderOriginals(campaign).list_names()
    return [name for name in names if PurePosixPath(name).stem in stems and name not in kept_names]


def _find_rows(
    campaign: Campaign, workbooks: Collection[Path], addresses: Collection[str]
) -> dict[str, str]:
    """Return the digest of a workbook that was made for each, by the address in the row."""
    if not workbooks:
        return {}
    try:
        roster = read_roster(
            find_roster(campaign),
            campaign.load_scheme(),
            mails=True,
            languages=campaign.roster_languages(),
        )
        mails_by_name = {_profile_key(row.profile): row.mail for row in roster}
    except (CampaignError, RosterError):  # a build says what is wrong with it
        return {}
    mails = {
        mails_by_name.get(_profile_key(profile), ""): digest
        for digest, profile in _read_profiles(campaign, workbooks)
    }
    # Who is in the round again stays.
    return {mail: digest for mail, digest in mails.items() if mail and mail not in addresses}


def _remove_rows(
    campaign: Campaign, record: Record, mails: Iterable[str], now: datetime
) -> tuple[str, ...]:
    """Remove the rows with some addresses; return the rosters that had some."""
    names: dict[str, None] = {}
    for mail in mails:
        rewritten = remove_from_rosters(campaign, mail)
        names |= dict.fromkeys(rewritten)
        with record.begin(now) as tx:
            _take_over_digests(tx, rewritten.values())
    return tuple(names)


def _take_over_digests(tx: Transaction, digests: Collection[tuple[str, str]]) -> None:
    for digest_before, digest in digests:
        campaigns.update_roster_digest(tx, digest_before, digest)


def _read_profiles(
    campaign: Campaign, workbooks: Collection[Path]
) -> Iterator[tuple[str, Profile]]:
    """Yield the digest and the profile of each workbook that can be read."""
    found = find_workbooks(sorted(workbooks))
    outcomes = assess_workbooks(found, schemes=campaign.known_schemes(), workers=1)
    with closing(outcomes):
        for outcome in outcomes:
            if isinstance(outcome, Assessment):
                yield outcome.response.file.digest, outcome.response.profile


def _profile_key(profile: Profile) -> tuple[str, ...]:
    return tuple(map(name_key, (profile.organisation, profile.team, profile.respondent)))
