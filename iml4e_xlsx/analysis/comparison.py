"""Teams side by side: where they differ most, and which could teach which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from iml4e_xlsx.analysis.teams import TeamAssessment
from iml4e_xlsx.model import Area, AreaResult, Scheme


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """A team that is highest in an area where another is lowest; `ahead` is by how much index."""

    area: Area
    teachers: tuple[str, ...]
    learners: tuple[str, ...]
    ahead: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaComparison:
    """One area in all teams, in the teams' order; `spread` is highest less lowest index."""

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
    def by_spread(self) -> tuple[AreaComparison, ...]:
        """Return the areas, those in which the teams differ most first."""
        return tuple(sorted(self.areas, key=lambda one: -(one.spread or 0)))


def compare_teams(teams: Sequence[TeamAssessment]) -> Comparison:
    """
    Put teams side by side.

    Raises:
        ValueError: If there is no team, or they were assessed by different schemes.
    """
    schemes = {(team.scheme.id, team.scheme.version) for team in teams}
    if len(schemes) != 1:
        raise ValueError(f"teams of one scheme can be compared, not of {len(schemes)}")
    scheme = teams[0].scheme
    areas = tuple(_area(area, teams) for area in scheme.areas)
    lessons = [
        Lesson(area=one.area, teachers=one.highest, learners=one.lowest, ahead=one.spread)
        for one in areas
        if one.spread
    ]
    return Comparison(
        scheme=scheme,
        teams=tuple(teams),
        areas=areas,
        lessons=tuple(sorted(lessons, key=lambda lesson: -lesson.ahead)),
    )


def _area(area: Area, teams: Sequence[TeamAssessment]) -> AreaComparison:
    results = tuple(team.result.area(area.code) for team in teams)
    indices = [one.index for one in results if one.index is not None]
    named = list(zip(teams, results, strict=True))
    top, bottom = max(indices, default=None), min(indices, default=None)
    return AreaComparison(
        area=area,
        results=results,
        spread=None if top is None or bottom is None else top - bottom,
        highest=tuple(team.name for team, one in named if one.index == top is not None),
        lowest=tuple(team.name for team, one in named if one.index == bottom is not None),
    )


def group_by_scheme(teams: Sequence[TeamAssessment]) -> tuple[tuple[TeamAssessment, ...], ...]:
    """Return the teams by scheme, the scheme of most responses first."""
    groups: dict[str, list[TeamAssessment]] = {}
    for team in teams:
        groups.setdefault(team.scheme.id, []).append(team)
    weights = {key: sum(len(team.members) for team in group) for key, group in groups.items()}
    return tuple(tuple(groups[key]) for key in sorted(groups, key=lambda key: -weights[key]))
