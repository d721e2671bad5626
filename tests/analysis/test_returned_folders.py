"""Who is who in returned folders: a folder in disorder has the result of one file per person."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from iml4e_xlsx.analysis.comparison import compare_teams
from iml4e_xlsx.analysis.teams import TeamAssessment, group_by_team
from iml4e_xlsx.errors import WorkbookReadError
from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.findings.file_traits import content_digest
from iml4e_xlsx.intake.source import Source
from iml4e_xlsx.jobs.batch import find_workbooks
from iml4e_xlsx.model import Assessment, Scheme
from iml4e_xlsx.reading.workbook_reader import WorkbookReader
from iml4e_xlsx.report.formats.xlsx import render_workbook
from iml4e_xlsx.report.tables.comparison_tables import tidy_tables
from iml4e_xlsx.report.tables.overview_table import overview_table
from tests.support.builders import assessment, rate_all
from tests.support.returned_folders import FolderWriter, OrderSign, PersonFiles, make_person

FOLDERS = 200
PEOPLE = 15


@pytest.fixture(scope="module")
def people(small: Scheme) -> list[PersonFiles]:
    """Return people with three versions each, told apart by one sign each."""
    signs = list(OrderSign)
    return [
        make_person(small, number, signs[number % 2 + number % 7 % 2]) for number in range(PEOPLE)
    ]


@pytest.fixture(scope="module")
def results(small: Scheme) -> list[bytes]:
    """Return workbooks of results."""
    one = assessment(small, rate_all(small, 1))
    teams = group_by_team([one])
    return [
        render_workbook(tidy_tables([one]), title="Results"),
        render_workbook([overview_table(compare_teams(teams))], title="Comparison"),
    ]


@pytest.fixture(scope="module")
def read_teams(reader: WorkbookReader) -> Callable[[Path], tuple[TeamAssessment, ...]]:
    """Return what reads a folder as the commands do, each content once."""
    known: dict[str, Assessment | None] = {}

    def read_once(data: bytes) -> Assessment | None:
        try:
            return reader.assess_source(lambda: data, "")
        except WorkbookReadError as error:
            if error.failure.code is not FailureCode.OWN_RESULTS:
                raise
            return None

    def read_source(source: Source) -> Assessment | None:
        data = source.read()
        digest = content_digest(data)
        if digest not in known:
            known[digest] = read_once(data)
        one = known[digest]
        if one is None:
            return None
        file = replace(one.response.file, received=source.received)
        response = replace(one.response, source=source.name, file=file)
        return replace(one, response=response, result=replace(one.result, response=response))

    def read_folder(folder: Path) -> tuple[TeamAssessment, ...]:
        sources = [source for source in find_workbooks([folder]) if isinstance(source, Source)]
        return group_by_team(one for source in sources if (one := read_source(source)) is not None)

    return read_folder


def outcome(teams: tuple[TeamAssessment, ...]) -> list[tuple[object, ...]]:
    """Return what a folder says, whatever its files are called."""
    return sorted(
        (
            team.response.profile.team,
            len(team.members),
            str([answer.rating for answer in team.response.answers.values()]),
            str(team.result.areas),
            sorted(member.assessment.response.profile.respondent for member in team.members),
            team.date,
        )
        for team in teams
    )


@pytest.mark.slow
@pytest.mark.parametrize("part", range(8))
def test_disorder_changes_nothing(
    part: int,
    people: list[PersonFiles],
    results: list[bytes],
    read_teams: Callable[[Path], tuple[TeamAssessment, ...]],
    tmp_path: Path,
) -> None:
    """Copies, names, versions, blanks, results, zips and mails: one file per person counts."""
    for seed in range(part, FOLDERS, 8):
        rng = random.Random(seed)
        chosen = [
            (person, rng.randrange(1, 4)) for person in rng.sample(people, rng.randrange(1, 6))
        ]
        others = rng.sample(results, rng.randrange(3))
        tidy, disorder = tmp_path / f"{seed}-tidy", tmp_path / f"{seed}"
        tidy.mkdir()
        for number, (person, count) in enumerate(chosen):
            (tidy / f"{number}.xlsx").write_bytes(person.versions[count - 1])
        FolderWriter(disorder, rng).write_folder(chosen, others)

        assert outcome(read_teams(disorder)) == outcome(read_teams(tidy)), seed
