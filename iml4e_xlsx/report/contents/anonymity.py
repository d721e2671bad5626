"""
Takes out of what is shown without names what leads to a person: files' names, and evidence.

Many a file is called after a person, and evidence may be a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import count
from typing import Final

from iml4e_xlsx.analysis.teams import TeamAssessment
from iml4e_xlsx.findings.finding import Finding
from iml4e_xlsx.model import Assessment

_HIDDEN: Final = "…"
"""What stands for evidence: that there was some is told, since its lack is on the agenda."""


def hide_files(rounds: Iterable[Sequence[Assessment]]) -> list[list[Assessment]]:
    """Return the responses of all rounds without the texts of evidence, and numbered as files."""
    numbers = count(1)
    return [[_hide_texts(each, f"response-{next(numbers)}") for each in one] for one in rounds]


def _hide_texts(assessment: Assessment, source: str) -> Assessment:
    answers = {
        id_: answer._replace(evidence=_HIDDEN if answer.evidence.strip() else "")
        for id_, answer in assessment.response.answers.items()
    }
    response = replace(assessment.response, source=source, answers=answers)
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
