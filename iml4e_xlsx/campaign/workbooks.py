"""Builds the workbook of each person in the roster, unless it is there and up to date."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path

from iml4e_xlsx.campaign.anonymity_check import check_copies, check_scopes
from iml4e_xlsx.campaign.folder.campaign import Campaign, find_roster
from iml4e_xlsx.campaign.folder.file_modes import make_own_folder
from iml4e_xlsx.campaign.folder.settings import SETTINGS_FILE
from iml4e_xlsx.campaign.previous import PreviousResults, read_previous_results
from iml4e_xlsx.campaign.record import campaigns, people
from iml4e_xlsx.campaign.record.connection import Record, Transaction
from iml4e_xlsx.campaign.record.people import BuiltWorkbook, Person
from iml4e_xlsx.campaign.roster_change import (
    check_corrected_addresses,
    check_roster_age,
    find_reached,
    record_roster,
)
from iml4e_xlsx.campaign.scopes import TeamGap, hand_out_scopes
from iml4e_xlsx.campaign.workbook_names import keep_file_names
from iml4e_xlsx.errors import CampaignError
from iml4e_xlsx.findings.error_codes import RoundErrorCode
from iml4e_xlsx.findings.file_traits import content_digest
from iml4e_xlsx.findings.finding import Finding
from iml4e_xlsx.model import ROSTER_FIELDS, Result, RoundNotice, Scheme
from iml4e_xlsx.output import write_output
from iml4e_xlsx.roster import Roster, RosterRow, read_roster
from iml4e_xlsx.workbook.builder import blank_response, build_workbook
from iml4e_xlsx.workbook.workbook_layout import FORMAT_VERSION

BATCH_SIZE = 50
"""How many workbooks are recorded together: each transaction waits for the disk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkbookTask:
    """A workbook that is to be built: for whom, of what, and where it goes."""

    person: Person
    fingerprint: str
    file: Path
    scheme: Scheme
    previous: Result | None
    notice: RoundNotice
    created: datetime

    def build(self) -> bytes:
        """Build the workbook."""
        person = self.person
        return build_workbook(
            self.scheme,
            created=self.created,
            response=blank_response(self.scheme, profile=person.profile, targets=person.targets),
            previous=self.previous,
            identity=person.workbook_id,
            notice=self.notice,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildOutcome:
    """
    The outcome of a build.

    Attributes:
        made: The people who got a workbook.
        mailed: Those of them who were already mailed an older workbook, and have neither answered
            nor declined.
        answered: Those of them who have answered, so that they need no other one.
        extended: Those of them who have answered, and are asked for more now.
        retargeted: The people who have answered and whose targets the roster has changed since the
            last build: results keep the targets of the answer.
        namesakes: Pairs of a listed and an unlisted person with the same name and team, where the
            unlisted one was mailed or has answered: perhaps one person with a corrected address.
        unchanged: How many people have an up-to-date workbook already.
        unlisted: The people who have left the roster since the last build.
        other_language: The people whose language the scheme does not have: their workbook is in
            the scheme's own.
        with_previous: How many workbooks show a previous result.
        gaps: The teams in which statements have fewer raters than wished, or none.
        doubts: What is doubtful about the roster.
    """

    made: tuple[Person, ...]
    mailed: tuple[Person, ...]
    namesakes: tuple[tuple[Person, Person], ...]
    unchanged: int
    unlisted: tuple[Person, ...]
    other_language: tuple[Person, ...]
    with_previous: int
    gaps: tuple[TeamGap, ...] = ()
    doubts: tuple[Finding, ...] = ()
    answered: tuple[Person, ...] = ()
    extended: tuple[Person, ...] = ()
    retargeted: tuple[Person, ...] = ()


def build_campaign(
    campaign: Campaign,
    record: Record,
    *,
    now: datetime,
    previous: Sequence[str | Path] | None = None,
    takes_older: bool = False,
    progress: Callable[[int, int], None] = lambda _done, _of: None,
) -> BuildOutcome:
    """
    Build the workbooks of a campaign.

    Args:
        campaign: The campaign, whose roster is read.
        record: Its record.
        now: The time that is recorded.
        previous: A previous campaign, or previously returned workbooks, whose result the radar
            shows: a person's own, or that of the person's team. It is remembered; None stands for
            what was named last, an empty sequence for nothing.
        takes_older: Whether a roster is taken although the last one built from is newer.
        progress: Is called with the number of workbooks that are built, and of all.

    Raises:
        CampaignError: If there is no roster, the settings' language is unknown, or a previous
            result cannot be read, or the roster is older than the last one that was built from, or
            roster or settings would tell who has answered what in an anonymous round.
        RosterError: With every mistake in the roster; nothing is built then.
        WorkbookWriteError: If a workbook cannot be written.
        RecordError: If the record cannot be read or written.
    """
    scheme, path = campaign.load_scheme(), find_roster(campaign)
    digest, rows = content_digest(path.read_bytes()), _read_rows(campaign, path, scheme)
    with record.begin(now) as tx:
        fewest = campaign.settings.promised_fewest
        campaigns.ensure_campaign(
            tx, campaign.settings.name, scheme.id, scheme.version, promised_fewest=fewest
        )
        recorded_paths = _choose_previous(tx, campaign, previous)
    # Paths stand in errors as they were typed.
    previous_paths = previous or [campaign.folder / name for name in recorded_paths]
    results = read_previous_results(previous_paths, campaign.known_schemes())
    with record.begin(now) as tx:
        check_corrected_addresses(tx, path, rows)
        check_roster_age(tx, campaign, path, rows, takes_older=takes_older)
        handed = hand_out_scopes(
            scheme, rows, people.all_people(tx), find_reached(tx), campaign.settings
        )
        check_scopes(campaign, path, rows, handed.scopes)
        change = record_roster(tx, rows, digest, recorded_paths, handed.scopes)
    make_own_folder(campaign.workbooks)
    tasks = list(_plan_tasks(campaign, change.listed, rows, change.built, results))
    steps = _build_and_record(tasks, campaign, record, now)
    for number, _ in enumerate(steps, start=1):
        progress(number, len(tasks))
    _remove_abandoned(campaign, record, now)
    made = tuple(task.person for task in tasks)
    return BuildOutcome(
        made=made,
        mailed=tuple(person for person in made if change.awaits_answer(person)),
        answered=_keep_people(made, change.answered_ids - change.extended_ids),
        extended=_keep_people(made, change.extended_ids),
        retargeted=change.retargeted,
        namesakes=change.namesakes,
        unchanged=len(rows) - len(made),
        unlisted=change.left,
        other_language=tuple(_other_language(campaign, change.listed, scheme)),
        with_previous=sum(results.result_for(person) is not None for person in change.listed),
        gaps=handed.gaps,
        doubts=rows.findings,
    )


def _keep_people(made: Sequence[Person], ids: Collection[int]) -> tuple[Person, ...]:
    return tuple(person for person in made if person.id in ids)


def _read_rows(campaign: Campaign, path: Path, scheme: Scheme) -> Roster:
    """Read a roster that a campaign is built from; its errors are those of `build_campaign`."""
    languages, language = campaign.roster_languages(), campaign.settings.language
    _check_language(campaign, languages)
    rows = read_roster(path, scheme, mails=True, languages=languages, language=language)
    check_copies(campaign, path, rows)
    return rows


def _choose_previous(
    tx: Transaction, campaign: Campaign, previous: Sequence[str | Path] | None
) -> list[str]:
    """Return the paths that were named now, or else last, as seen from the campaign's folder."""
    if previous is None:
        return list(campaigns.previous_paths(tx))
    return _relative_paths(campaign, previous)


def _check_language(campaign: Campaign, languages: Sequence[str]) -> None:
    """Refuse a language that is nobody's, as a roster's row is: it would silently be another."""
    if campaign.settings.language not in languages:
        raise CampaignError(
            RoundErrorCode.UNKNOWN_LANGUAGE,
            path=campaign.folder / SETTINGS_FILE,
            language=campaign.settings.language,
            languages=tuple(languages),
        )


def _other_language(
    campaign: Campaign, listed: Sequence[Person], scheme: Scheme
) -> Iterator[Person]:
    """Yield the people whose language the scheme does not have."""
    for person in listed:
        if campaign.choose_language(person.language) not in scheme.languages:
            yield person


def _relative_paths(campaign: Campaign, paths: Sequence[str | Path]) -> list[str]:
    """Return paths as seen from the campaign's folder, so that both can be moved together."""
    return [Path(os.path.relpath(path, campaign.folder)).as_posix() for path in paths]


def _plan_tasks(
    campaign: Campaign,
    listed: Sequence[Person],
    rows: Sequence[RosterRow],
    built_workbooks: Mapping[int, BuiltWorkbook],
    results: PreviousResults,
) -> Iterator[WorkbookTask]:
    """Yield a task for each workbook that is missing, damaged or out of date."""
    # The day of the campaign, not of the build: the same row gives the same bytes.
    created = datetime.combine(campaign.settings.created, time(), UTC)
    notice = campaign.settings.notice
    names = keep_file_names(rows, listed, built_workbooks)
    for person, file_name in zip(listed, names, strict=True):
        scheme = campaign.load_form(person)
        previous = results.result_for(person)
        fingerprint = _fingerprint(person, file_name, scheme, previous, notice)
        built = built_workbooks.get(person.id)
        # Of an earlier release, whose workbooks said nothing about the round: nothing else changed.
        without_notice = _fingerprint(person, file_name, scheme, previous, None)
        is_current = built is not None and built.fingerprint in (fingerprint, without_notice)
        if built is not None and is_current and is_there(campaign, built):
            continue
        yield WorkbookTask(
            person=person,
            fingerprint=fingerprint,
            file=campaign.workbooks / file_name,
            scheme=scheme,
            previous=previous,
            notice=notice,
            created=created,
        )


def _build_and_record(
    tasks: Sequence[WorkbookTask], campaign: Campaign, record: Record, now: datetime
) -> Iterator[None]:
    """
    Record some workbooks, then write them to the folder; yield after each.

    A workbook that is recorded and not in the folder is made by the next build.
    """
    for first in range(0, len(tasks), BATCH_SIZE):
        some = tasks[first : first + BATCH_SIZE]
        contents = [task.build() for task in some]
        with record.begin(now) as tx:  # first: no file is there that `forget` would not find
            for task, data in zip(some, contents, strict=True):
                built = BuiltWorkbook(
                    fingerprint=task.fingerprint,
                    digest=content_digest(data),
                    file=task.file.relative_to(campaign.folder).as_posix(),
                )
                people.save_workbook(tx, task.person.id, built)
        for task, data in zip(some, contents, strict=True):
            write_output(task.file, data, force=True)
            yield


def _remove_abandoned(campaign: Campaign, record: Record, now: datetime) -> None:
    """
    Remove the files that no person has any more; last, since another row may have their names.

    Also those of a previous build that did not come to its end.
    """
    with record.begin(now) as tx:
        issued = people.issued_files(tx)
        current = {built.file for built in people.built_workbooks(tx).values()}
    for file in issued - current:
        campaign.resolve_path(file).unlink(missing_ok=True)


def is_there(campaign: Campaign, built: BuiltWorkbook) -> bool:
    """Return whether a workbook lies in the folder as it was built."""
    try:
        data = campaign.resolve_path(built.file).read_bytes()
    except OSError:
        return False
    return content_digest(data) == built.digest


def _fingerprint(
    person: Person,
    file_name: str,
    scheme: Scheme,
    previous: Result | None,
    notice: RoundNotice | None,
) -> str:
    """Return what changes when anything changes that a workbook is made of."""
    profile = person.profile
    parts = {
        "format": FORMAT_VERSION,
        "scheme": [scheme.id, scheme.version, scheme.language, scheme.digest],
        "workbook": [person.workbook_id, file_name],
        "profile": [profile.values[name] for name in ROSTER_FIELDS],
        "targets": sorted(person.targets.items()),
        "previous": [] if previous is None else [
            [area.area, str(area.index)] for area in previous.areas
        ],
    }  # fmt: skip
    if scheme.form:
        parts["form"] = scheme.form
    if notice is not None:
        parts["notice"] = [str(notice.deadline or ""), notice.contact]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()
