"""Counts how many people of each team have rated each statement: where too few have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from iml4e_xlsx.campaign.people.counted_responses import CountedResponse
from iml4e_xlsx.campaign.record.people import Person
from iml4e_xlsx.model import Profile, Scheme
from iml4e_xlsx.report.tables.table import Column, ColumnKind, ResultTable
from iml4e_xlsx.text.lists import list_names
from iml4e_xlsx.text.spelling import name_key
from iml4e_xlsx.text.texts import Texts
from iml4e_xlsx.text.usual_form import choose_usual_form

_LISTED: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamCoverage:
    """The statements that fewer than `raters` people of a team have rated, with their number."""

    organisation: str
    team: str
    raters: int
    total: int
    statements: Mapping[str, int]


def measure_coverage(
    people: Iterable[Person], responses: Iterable[CountedResponse], scheme: Scheme, raters: int
) -> tuple[TeamCoverage, ...]:
    """
    Measure the teams of the roster, and those for which somebody has answered; not who has none.

    A rating is a figure or n/a: what somebody left open or does not know is none. As in reports, a
    person of no organisation is of that of the team, if the team has only one.
    """
    profiles: dict[tuple[str, str], list[Profile]] = {}
    counts: dict[tuple[str, str], Counter[str]] = {}
    asked, answered = [person.profile for person in people], list(responses)
    keys = _find_team_keys([*asked, *(counted.response.profile for counted in answered)])
    for profile in asked:
        profiles.setdefault(keys[_team_key(profile)], []).append(profile)
    for counted in answered:
        response = counted.response
        key = keys[_team_key(response.profile)]
        profiles.setdefault(key, []).append(response.profile)
        rated = (id_ for id_, answer in response.answers.items() if not answer.is_open)
        counts.setdefault(key, Counter()).update(rated)
    measured = (
        TeamCoverage(
            organisation=choose_usual_form(each.organisation for each in of_team),
            team=choose_usual_form(each.team for each in of_team),
            raters=raters,
            total=len(scheme.statements),
            statements={
                id_: number
                for id_ in scheme.statements
                if (number := counts.get(key, Counter())[id_]) < raters
            },
        )
        for key, of_team in profiles.items()
        if key[1]
    )
    return tuple(team for team in measured if team.statements)


def _find_team_keys(profiles: Iterable[Profile]) -> Mapping[tuple[str, str], tuple[str, str]]:
    """Return the key of the team that each profile means, by the key of what it says."""
    said = {_team_key(profile) for profile in profiles}
    named: dict[str, list[tuple[str, str]]] = {}
    for key in said:
        if key[0]:
            named.setdefault(key[1], []).append(key)
    only = {team: keys[0] for team, keys in named.items() if len(keys) == 1}
    return {key: key if key[0] else only.get(key[1], key) for key in said}


def _team_key(profile: Profile) -> tuple[str, str]:
    return (name_key(profile.organisation), name_key(profile.team))


def make_coverage_table(teams: Sequence[TeamCoverage], texts: Texts) -> ResultTable:
    """Make a table with a row for each team in which statements have too few ratings."""
    rows = (
        (
            " · ".join(filter(None, (team.organisation, team.team))),
            len(team.statements),
            texts.render(
                list_names([f"{id_} ({n})" for id_, n in team.statements.items()], _LISTED)
            ),
        )
        for team in teams
    )
    raters = teams[0].raters if teams else 0
    return ResultTable(
        name="coverage",
        title=texts("campaign.coverage_title", count=raters),
        note="" if teams else texts("campaign.coverage_enough"),
        columns=(
            Column("team", texts("campaign.team")),
            Column("count", texts("campaign.coverage_count"), ColumnKind.COUNT),
            Column("statements", texts("campaign.coverage_statements"), ColumnKind.LONG),
        ),
        rows=tuple(rows),
    )


def list_coverage(teams: Iterable[TeamCoverage]) -> list[dict[str, Any]]:
    """Return the same as data for programs."""
    return [
        {
            "organisation": team.organisation,
            "team": team.team,
            "raters": team.raters,
            "statements": dict(team.statements),
        }
        for team in teams
    ]
