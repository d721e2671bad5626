"""Makes the workbook of each person in the roster, and none that is there and up to date."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Final

from iml4e_xlsx.campaign.folder.campaign import Campaign, find_roster
from iml4e_xlsx.campaign.folder.settings import SETTINGS_FILE
from iml4e_xlsx.campaign.previous import PreviousResults, read_previous_results
from iml4e_xlsx.campaign.record import campaigns, mails, people, returns
from iml4e_xlsx.campaign.record.connection import Record
from iml4e_xlsx.campaign.record.people import BuiltWorkbook, Person
from iml4e_xlsx.errors import CampaignError, ResourceError
from iml4e_xlsx.model import ROSTER_FIELDS, Result, Scheme
from iml4e_xlsx.output import write_output
from iml4e_xlsx.roster import RosterRow, read_roster
from iml4e_xlsx.scheme import load_scheme
from iml4e_xlsx.text.spelling import name_key
from iml4e_xlsx.workbook.builder import blank_response, build_workbook
from iml4e_xlsx.workbook.layout import FORMAT_VERSION

_FEW: Final = 24
"""Up to so many workbooks are made by this process: starting others would take longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildOutcome:
    """
    What a build did: who got a workbook, how many had one already, who is no longer listed.

    `mailed` are those of the made ones who had been mailed an earlier one; `namesakes` people and
    those of the same name in the same team who were mailed or have answered and are no longer
    listed: perhaps one person with a corrected address. `other_language` are people whose
    language the scheme does not have: their workbook is in the scheme's own.
    `with_previous` counts the workbooks that show an earlier result.
    """

    made: tuple[Person, ...]
    mailed: tuple[Person, ...]
    namesakes: tuple[tuple[Person, Person], ...]
    unchanged: int
    unlisted: tuple[Person, ...]
    other_language: tuple[Person, ...]
    with_previous: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    """A workbook that is to be made."""

    person: Person
    fingerprint: str
    file: Path
    scheme: Path
    language: str
    previous: Result | None
    created: datetime


def build_campaign(
    campaign: Campaign,
    record: Record,
    *,
    now: datetime,
    previous: Sequence[str | Path] | None = None,
    workers: int = 1,
    progress: Callable[[int, int], None] = lambda _done, _of: None,
) -> BuildOutcome:
    """
    Make the workbooks of a campaign.

    Args:
        campaign: Whose roster is read.
        record: Its record.
        now: The time that is recorded.
        previous: An earlier campaign, or earlier returned workbooks, whose result the radar
            shows: a person's own, or that of the person's team. What is given is remembered;
            None stands for what was given last, an empty sequence for nothing.
        workers: How many processes make workbooks. With more than one, the program that calls
            this must be one that can be imported, as `multiprocessing` says.
        progress: Is told how many workbooks of how many are made.

    Raises:
        CampaignError: If there is no roster, the settings' language is none that is known here, or
            an earlier result cannot be read.
        RosterError: With every mistake in the roster; nothing is built then.
        WorkbookWriteError: If a workbook cannot be written.
        RecordError: If the record cannot be read or written.
        ResourceError: If a process that makes workbooks was ended.
    """
    scheme, path = campaign.load_scheme(), find_roster(campaign)
    spoken, languages = scheme.languages, campaign.roster_languages()
    if campaign.settings.language not in languages:
        raise CampaignError(
            f"{campaign.folder / SETTINGS_FILE}: language is {campaign.settings.language!r}, and "
            "neither the scheme nor the mail texts are in it; there are: "
            f"{', '.join(languages)}."
        )
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    rows = read_roster(path, scheme, mails=True, languages=languages)
    with record.begin(now) as tx:
        campaigns.ensure_campaign(tx, campaign.settings.name, scheme.id, scheme.version)
        paths = campaigns.previous_paths(tx) if previous is None else _relative(campaign, previous)
    named = previous or [campaign.folder / one for one in paths]  # in errors as they were typed
    earlier = read_previous_results(named, campaign.known_schemes())
    with record.begin(now) as tx:
        listed = people.save_roster(tx, rows, digest, paths)
        known = people.built_workbooks(tx)
        sent = mails.all_mails(tx)
        unlisted = [one for one in people.all_people(tx) if not one.listed]
        met = {id_ for id_, given in sent.items() if any(one.may_have_arrived for one in given)}
        met |= {one.person for one in returns.all_returned(tx) if one.person is not None}
    campaign.workbooks.mkdir(exist_ok=True)
    tasks = list(_tasks(campaign, listed, rows, known, earlier))
    for number, _ in enumerate(_made(tasks, campaign, record, now, workers), start=1):
        progress(number, len(tasks))
    _remove_old(campaign, record, now)
    made = tuple(task.person for task in tasks)
    return BuildOutcome(
        made=made,
        mailed=tuple(person for person in made if person.id in sent),
        namesakes=tuple(_namesakes(listed, [one for one in unlisted if one.id in met])),
        unchanged=len(rows) - len(made),
        unlisted=tuple(unlisted),
        other_language=tuple(
            person for person in listed if campaign.choose_language(person.language) not in spoken
        ),
        with_previous=sum(earlier.result_for(person) is not None for person in listed),
    )


def _namesakes(
    listed: Sequence[Person], unlisted: Sequence[Person]
) -> Iterator[tuple[Person, Person]]:
    """Yield who has the name, in the same team, of somebody who has left the roster."""
    left = {_called(person): person for person in unlisted}
    for person in listed:
        if (lost := left.get(_called(person))) is not None:
            yield person, lost


def _called(person: Person) -> tuple[str, ...]:
    """Return what a roster names once: a name in a team."""
    profile = person.profile
    return tuple(map(name_key, (profile.organisation, profile.team, profile.respondent)))


def _relative(campaign: Campaign, paths: Sequence[str | Path]) -> list[str]:
    """Return paths as seen from the campaign's folder, so that both can be moved together."""
    return [Path(os.path.relpath(path, campaign.folder)).as_posix() for path in paths]


def _tasks(
    campaign: Campaign,
    listed: Sequence[Person],
    rows: Sequence[RosterRow],
    known: Mapping[int, BuiltWorkbook],
    earlier: PreviousResults,
) -> Iterator[_Task]:
    """Yield each workbook that is not there as it should be."""
    # The day of the campaign, not of the build: the same row gives the same bytes.
    created = datetime.combine(campaign.settings.created, time(), UTC)
    for person, row in zip(listed, rows, strict=True):
        scheme = campaign.load_scheme(campaign.choose_language(person.language))
        previous = earlier.result_for(person)
        fingerprint = _fingerprint(person, row.file_name, scheme, previous)
        built = known.get(person.id)
        if built is not None and built.fingerprint == fingerprint and is_there(campaign, built):
            continue
        yield _Task(
            person=person,
            fingerprint=fingerprint,
            file=campaign.workbooks / row.file_name,
            scheme=campaign.scheme_path,
            language=scheme.language,
            previous=previous,
            created=created,
        )


def _made(
    tasks: Sequence[_Task], campaign: Campaign, record: Record, now: datetime, workers: int
) -> Iterator[None]:
    """
    Write each workbook down and then to the folder; yield after each.

    What was written down and is not there is made by the next build.
    """
    with ExitStack() as stack:
        contents: Iterable[bytes] = map(_content, tasks)
        if workers > 1 and len(tasks) > _FEW:
            context = multiprocessing.get_context("spawn")
            pool = stack.enter_context(
                ProcessPoolExecutor(workers, mp_context=context, initializer=_end_with_parent)
            )
            contents = _survived(pool.map(_content, tasks, chunksize=4))
        for task, data in zip(tasks, contents, strict=True):
            built = BuiltWorkbook(
                fingerprint=task.fingerprint,
                digest=hashlib.sha256(data).hexdigest(),
                file=task.file.relative_to(campaign.folder).as_posix(),
            )
            with record.begin(now) as tx:  # first: no file is there that `forget` would not find
                people.save_workbook(tx, task.person.id, built)
            write_output(task.file, data, force=True)
            yield


def _end_with_parent() -> None:
    """End this process when the one that began it is gone: killed, it cannot end it itself."""

    def watch() -> None:
        parent = multiprocessing.parent_process()
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _survived(contents: Iterable[bytes]) -> Iterator[bytes]:
    """Yield workbooks as processes make them; say so if one is gone, as where memory ran out."""
    try:
        yield from contents
    except BrokenProcessPool as error:
        raise ResourceError(
            "A process that made workbooks was ended from outside; perhaps there was too little "
            "memory. What is made stays: run the command again."
        ) from error


def _content(task: _Task) -> bytes:
    """Return a workbook; may run in another process."""
    scheme, person = load_scheme(task.scheme, task.language), task.person
    return build_workbook(
        scheme,
        created=task.created,
        response=blank_response(scheme, profile=person.profile, targets=person.targets),
        previous=task.previous,
        identity=person.workbook_id,
    )


def _remove_old(campaign: Campaign, record: Record, now: datetime) -> None:
    """
    Remove files that were given up; last, since another row may have taken their names.

    Also those of an earlier build that did not come to its end.
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
    return hashlib.sha256(data).hexdigest() == built.digest


def _fingerprint(person: Person, file_name: str, scheme: Scheme, previous: Result | None) -> str:
    """Return a digest of all that a workbook is made of."""
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
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()
