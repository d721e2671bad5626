"""Decides what each person of a roster is asked for: by the row, the role, or the coverage plan."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from iml4e_xlsx.analysis.coverage_planner import (
    CoverageGap,
    CoverageWish,
    PlannedPerson,
    find_gap,
    plan_scopes,
)
from iml4e_xlsx.campaign.folder.settings import Settings
from iml4e_xlsx.campaign.record.people import Person, PersonScope
from iml4e_xlsx.model import Scheme
from iml4e_xlsx.roster import RosterRow
from iml4e_xlsx.scheme.forms import find_form, select_part
from iml4e_xlsx.text.addresses import address_key
from iml4e_xlsx.text.spelling import name_key


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamGap:
    """What is missing in one team; `unasked` are the areas that nobody is asked about."""

    team: str
    gap: CoverageGap
    total: int
    most: int
    unasked: tuple[str, ...]

    @property
    def more_people(self) -> int:
        """Return how many more people at the limit would do; 0 where there is no limit."""
        if not self.most:
            return 0
        at_once = max(self.gap.raters - count for count in self.gap.statements.values())
        return max(at_once, -(-self.gap.missing // self.most))

    @property
    def enough(self) -> int:
        """Return the limit by which the people that there are would do; 0 if there are too few."""
        gap = self.gap
        if not gap.free or gap.people < gap.raters:
            return 0
        return min(self.total, -(-gap.needed // gap.free))


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedScopes:
    """The scope of each row, and the gaps of the teams in which something is missing."""

    scopes: tuple[PersonScope, ...]
    gaps: tuple[TeamGap, ...]


def hand_out_scopes(
    scheme: Scheme,
    rows: Sequence[RosterRow],
    people: Sequence[Person],
    reached_ids: Collection[int],
    settings: Settings,
) -> HandedScopes:
    """
    Hand out what people are asked for, each team by itself.

    Who was mailed keeps what was planned; a row that says otherwise is followed all the same.
    People without a team are asked for everything: nobody else could have the rest.
    """
    parts = [find_form(scheme, row.part) if row.part is not None else None for row in rows]
    people_by_key = {address_key(person.mail): person for person in people}
    gaps = []
    for places in _team_places(rows).values():
        free: list[int] = []
        if settings.most_statements:
            people_ = [
                _make_planned(
                    parts[place],
                    people_by_key.get(address_key(rows[place].mail)),
                    reached_ids,
                    scheme,
                )
                for place in places
            ]
            free = [number for number, person in enumerate(people_) if person.fixed is None]
            wish = CoverageWish(raters=max(1, settings.raters), most=settings.most_statements)
            areas = [[statement.id for statement in area.statements] for area in scheme.areas]
            for place, scope in zip(places, plan_scopes(areas, people_, wish), strict=True):
                if parts[place] is None:
                    parts[place] = select_part(scheme, scope)
        asked = [parts[place] or scheme for place in places]
        gap = _find_team_gap(scheme, asked, free, settings)
        if gap is not None:
            gaps.append(_describe_gap(rows[places[0]], scheme, gap, settings))
    scopes = (PersonScope.of(part or scheme) for part in parts)
    return HandedScopes(scopes=tuple(scopes), gaps=tuple(gaps))


def _team_places(rows: Sequence[RosterRow]) -> Mapping[tuple[str, str], list[int]]:
    """Return the places of each team's rows."""
    teams: dict[tuple[str, str], list[int]] = {}
    for place, row in enumerate(rows):
        if row.profile.team.strip():
            key = (name_key(row.profile.organisation), name_key(row.profile.team))
            teams.setdefault(key, []).append(place)
    return teams


def _make_planned(
    part: Scheme | None, person: Person | None, reached_ids: Collection[int], scheme: Scheme
) -> PlannedPerson:
    """Make somebody for the plan: fixed by the row, or by the workbook that was mailed."""
    if part is not None:
        return PlannedPerson(fixed=frozenset(part.statements))
    scope = person.scope if person is not None else None
    had = frozenset(scope.statements if scope else scheme.statements) & scheme.statements.keys()
    if person is not None and person.id in reached_ids and had:
        return PlannedPerson(fixed=had)
    return PlannedPerson(planned=had if scope and had else None)


def _find_team_gap(
    scheme: Scheme, asked: Sequence[Scheme], free: Sequence[int], settings: Settings
) -> CoverageGap | None:
    # Where everybody is asked for everything, nobody has wished for more.
    if not settings.raters and all(each is scheme for each in asked):
        return None
    scopes = [frozenset(each.statements) for each in asked]
    return find_gap(list(scheme.statements), scopes, max(1, settings.raters), free=free)


def _describe_gap(row: RosterRow, scheme: Scheme, gap: CoverageGap, settings: Settings) -> TeamGap:
    unasked = (
        area.short
        for area in scheme.areas
        if all(gap.statements.get(statement.id) == 0 for statement in area.statements)
    )
    return TeamGap(
        team=" ".join(row.profile.team.split()),
        gap=gap,
        total=len(scheme.statements),
        most=settings.most_statements,
        unasked=tuple(unasked),
    )
