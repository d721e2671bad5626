"""Makes the workbook of each person in the roster, and none that is there and up to date."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path

from iml4e_xlsx.campaign.earlier import Earlier, earlier_results
from iml4e_xlsx.campaign.folder import Campaign, roster_of
from iml4e_xlsx.campaign.record import people
from iml4e_xlsx.campaign.record.connection import Record
from iml4e_xlsx.campaign.record.people import Built, Person
from iml4e_xlsx.model import Result, Scheme
from iml4e_xlsx.output import write_output
from iml4e_xlsx.roster import RosterRow, read_roster
from iml4e_xlsx.workbook.builder import blank_response, build_workbook
from iml4e_xlsx.workbook.layout import FORMAT_VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """
    What a build did: who got a workbook, how many had one already, who is no longer listed.

    `other_language` are people whose language the scheme does not have: their workbook is in
    the scheme's own. `with_previous` counts the workbooks that show an earlier result.
    """

    made: tuple[Person, ...]
    unchanged: int
    unlisted: tuple[Person, ...]
    other_language: tuple[Person, ...]
    with_previous: int


def build_campaign(
    campaign: Campaign,
    record: Record,
    *,
    now: datetime,
    previous: Sequence[str | Path] = (),
    progress: Callable[[int, int], None] = lambda _done, _of: None,
) -> Build:
    """
    Make the workbooks of a campaign.

    Args:
        campaign: Whose roster is read.
        record: Its record.
        now: The time that is recorded.
        previous: An earlier campaign, or earlier returned workbooks, whose result the radar
            shows: a person's own, or that of the person's team.
        progress: Is told how many rows of how many are done.

    Raises:
        CampaignError: If there is no roster, or an earlier result cannot be read.
        RosterError: With every mistake in the roster; nothing is built then.
        WorkbookWriteError: If a workbook cannot be written.
        RecordError: If the record cannot be read or written.
    """
    scheme = campaign.scheme()
    path = roster_of(campaign)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    rows = read_roster(path, scheme, mails=True, languages=campaign.languages())
    earlier = earlier_results(previous, campaign.schemes())
    with record.begin(now) as tx:
        people.ensure_campaign(tx, campaign.settings.name, scheme.id, scheme.version)
        listed = people.save_roster(tx, rows, digest)
        known = people.built_workbooks(tx)
        unlisted = [person for person in people.everyone(tx) if not person.listed]
    campaign.workbooks.mkdir(exist_ok=True)
    maker = _Maker(campaign, record, earlier, now)
    made = []
    for number, (person, row) in enumerate(zip(listed, rows, strict=True), start=1):
        if maker.make(person, row, known.get(person.id)):
            made.append(person)
        progress(number, len(rows))
    # Last, since another row may have taken the name that one gave up.
    current = {campaign.workbooks / row.file_name for row in rows}
    for person in made:
        old = known.get(person.id)
        if old is not None and campaign.folder / old.file not in current:
            (campaign.folder / old.file).unlink(missing_ok=True)
    return Build(
        made=tuple(made),
        unchanged=len(rows) - len(made),
        unlisted=tuple(unlisted),
        other_language=tuple(
            person
            for person in listed
            if person.language and person.language not in scheme.languages
        ),
        with_previous=sum(earlier.result_for(person) is not None for person in listed),
    )


@dataclass(frozen=True, slots=True)
class _Maker:
    campaign: Campaign
    record: Record
    earlier: Earlier
    now: datetime

    def make(self, person: Person, row: RosterRow, known: Built | None) -> bool:
        """Make a person's workbook if it is not there as it should be; return whether it was."""
        language = person.language or self.campaign.settings.language
        scheme = self.campaign.scheme(language)
        previous = self.earlier.result_for(person)
        fingerprint = _fingerprint(person, row.file_name, scheme, previous)
        if known is not None and known.fingerprint == fingerprint and self._is_there(known):
            return False
        # The day of the campaign, not of the build: the same row gives the same bytes.
        created = datetime.combine(self.campaign.settings.created, time(), UTC)
        data = build_workbook(
            scheme,
            created=created,
            response=blank_response(scheme, profile=person.profile, targets=person.targets),
            previous=previous,
            identity=person.workbook_id,
        )
        file = self.campaign.workbooks / row.file_name
        write_output(file, data, force=True)
        relative = file.relative_to(self.campaign.folder).as_posix()
        digest = hashlib.sha256(data).hexdigest()
        built = Built(fingerprint=fingerprint, sha256=digest, file=relative)
        with self.record.begin(self.now) as tx:
            people.save_built(tx, person.id, built)
        return True

    def _is_there(self, known: Built) -> bool:
        try:
            data = (self.campaign.folder / known.file).read_bytes()
        except OSError:
            return False
        return hashlib.sha256(data).hexdigest() == known.sha256


def _fingerprint(person: Person, file_name: str, scheme: Scheme, previous: Result | None) -> str:
    """Return a digest of all that a workbook is made of."""
    profile = person.profile
    parts = {
        "format": FORMAT_VERSION,
        "scheme": [scheme.id, scheme.version, scheme.language, scheme.digest],
        "workbook": [person.workbook_id, file_name],
        "profile": [profile.organisation, profile.sector, profile.size, profile.team,
                    profile.respondent, profile.role],
        "targets": sorted(person.targets.items()),
        "previous": [] if previous is None else [
            [area.area, str(area.index)] for area in previous.areas
        ],
    }  # fmt: skip
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()
