"""Takes files' names out of what is shown without names: many a file is called after a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import count

from iml4e_xlsx.analysis.teams import TeamAssessment
from iml4e_xlsx.findings.finding import Finding
from iml4e_xlsx.model import Assessment


def hide_files(rounds: Iterable[Sequence[Assessment]]) -> list[list[Assessment]]:
    """Return the responses of all rounds with a number in place of each file's name."""
    numbers = count(1)
    return [[_rename_file(each, f"response-{next(numbers)}") for each in one] for one in rounds]


def _rename_file(assessment: Assessment, source: str) -> Assessment:
    response = replace(assessment.response, source=source)
    return replace(
        assessment, response=response, result=replace(assessment.result, response=response)
    )


def hide_team_files(teams: Iterable[TeamAssessment]) -> list[TeamAssessment]:
    """Return teams with a number in place of the file's name where a team has no other name."""
    return [
        team if team.response.profile.team.strip() else replace(team, name=f"response-{number}")
        for number, team in enumerate(teams, start=1)
    ]


def rename_places(findings: Iterable[Finding], names: Mapping[str, str]) -> list[Finding]:
    """Return findings about teams with the names under which the teams are shown."""
    return [
        replace(each, place=each.place._replace(source=names[each.place.source]))
        if each.place.source in names
        else each
        for each in findings
    ]
