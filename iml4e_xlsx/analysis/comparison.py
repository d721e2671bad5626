"""Compares teams: the areas in which they differ most, and which team could teach which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from iml4e_xlsx.analysis.teams import TeamAssessment
from iml4e_xlsx.model import Area, AreaResult, Scheme

_FEWEST: Final = 2
"""So many teams with an index in an area can differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """An area in which teachers could help learners; `ahead` is the distance of their indices."""

    area: Area
    teachers: tuple[str, ...]
    learners: tuple[str, ...]
    ahead: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaComparison:
    """
    One area in all teams, in the teams' order; `spread` is highest less lowest index.

    It is None if fewer than two teams have an index: one alone differs from nobody.
    """

    area: Area
    results: tuple[AreaResult, ...]
    spread: Fraction | None
    highest: tuple[str, ...]
    lowest: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """
    Teams of one scheme, side by side.

    `areas` are in scheme order; `lessons` begin with the area in which the teams differ most.
    """

    scheme: Scheme
    teams: tuple[TeamAssessment, ...]
    areas: tuple[AreaComparison, ...]
    lessons: tuple[Lesson, ...]

    @property
    def areas_by_spread(self) -> tuple[AreaComparison, ...]:
        """Return the areas, beginning with those in which the teams differ most."""
        return tuple(sorted(self.areas, key=lambda area: -(area.spread or 0)))


def compare_teams(teams: Sequence[TeamAssessment]) -> Comparison:
    """
    Compare teams of one scheme.

    Raises:
        ValueError: If there is no team, or the teams used different schemes.
    """
    schemes = {(team.scheme.id, team.scheme.version, team.scheme.form) for team in teams}
    if len(schemes) != 1:
        raise ValueError("one-scheme-expected", sorted(schemes))
    scheme = teams[0].scheme
    areas = tuple(_compare_area(area, teams) for area in scheme.areas)
    lessons = [
        Lesson(area=area.area, teachers=area.highest, learners=area.lowest, ahead=area.spread)
        for area in areas
        if area.spread
    ]
    return Comparison(
        scheme=scheme,
        teams=tuple(teams),
        areas=areas,
        lessons=tuple(sorted(lessons, key=lambda lesson: -lesson.ahead)),
    )


def _compare_area(area: Area, teams: Sequence[TeamAssessment]) -> AreaComparison:
    results = tuple(team.result.area(area.code) for team in teams)
    indices = [result.index for result in results if result.index is not None]
    if len(indices) < _FEWEST:  # the others left the area open or rated it n/a
        return AreaComparison(area=area, results=results, spread=None, highest=(), lowest=())
    top, bottom = max(indices), min(indices)
    return AreaComparison(
        area=area,
        results=results,
        spread=top - bottom,
        highest=_teams_with_index(top, teams, results),
        lowest=_teams_with_index(bottom, teams, results),
    )


def _teams_with_index(
    index: Fraction, teams: Sequence[TeamAssessment], results: Sequence[AreaResult]
) -> tuple[str, ...]:
    return tuple(
        team.name for team, result in zip(teams, results, strict=True) if result.index == index
    )


def group_by_scheme(teams: Sequence[TeamAssessment]) -> tuple[tuple[TeamAssessment, ...], ...]:
    """Group the teams by scheme; that with most responses comes first, else by its id."""
    groups: dict[tuple[str, str], list[TeamAssessment]] = {}
    for team in teams:
        # A form of a few statements says about where a team stands: beside others it would mislead.
        groups.setdefault((team.scheme.id, team.scheme.form), []).append(team)
    weights = {key: sum(len(team.members) for team in group) for key, group in groups.items()}
    return tuple(tuple(groups[key]) for key in sorted(groups, key=lambda key: (-weights[key], key)))
