"""The same team over time: what was gained and what was lost, by statement id."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from iml4e_xlsx.analysis.rounds import (
    GAP_DAYS,
    Round,
    make_round,
    split_rounds,
)
from iml4e_xlsx.analysis.teams import (
    TeamAssessment,
    align_versions,
    group_by_team,
    merge_team,
)
from iml4e_xlsx.model import Area, AreaResult, Assessment, Scheme, Statement
from iml4e_xlsx.text.spelling import name_key, number_duplicates


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingChange:
    """A statement whose rating differs between two rounds."""

    statement: Statement
    before: int
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """
    One team's results, oldest first; each has a date. All are of one version of the scheme.

    `rounds` are the names of the rounds that the points are of.
    """

    scheme: Scheme
    name: str
    points: tuple[TeamAssessment, ...]
    rounds: tuple[str, ...]

    @property
    def dates(self) -> tuple[str, ...]:
        """Return what to call the points: the team's own dates, told apart where they are equal."""
        return number_duplicates([point.date for point in self.points])

    def area(self, area: Area) -> tuple[AreaResult, ...]:
        """Return an area's results, oldest first."""
        return tuple(point.result.area(area.code) for point in self.points)

    def changes(self, earlier: int = 0, later: int = -1) -> tuple[RatingChange, ...]:
        """
        Return the statements rated differently at two points, the largest gains first.

        Only numbers are compared: a statement that was or is n/a or unanswered neither gained
        nor lost.
        """
        before = self.points[earlier].response.answers
        after = self.points[later].response.answers
        found = [
            RatingChange(statement=statement, before=old, after=new)
            for id_, statement in self.scheme.statements.items()
            if isinstance(old := before[id_].rating, int)
            and isinstance(new := after[id_].rating, int)
            and old != new
        ]
        return tuple(sorted(found, key=lambda change: change.before - change.after))

    @property
    def gained(self) -> tuple[RatingChange, ...]:
        """Return the statements that rose since the point before the last, largest gain first."""
        return tuple(one for one in self.changes(earlier=-2) if one.after > one.before)

    @property
    def lost(self) -> tuple[RatingChange, ...]:
        """Return the statements that fell back since then, largest loss first."""
        fallen = [one for one in self.changes(earlier=-2) if one.after < one.before]
        return tuple(reversed(fallen))


@dataclass(frozen=True, slots=True, kw_only=True)
class Trends:
    """
    The trends of teams that were assessed more than once.

    `once` names the teams with one round only; `undated` are responses that belong to no round.
    `latest` has the last point of every team, `rounds` the names of all rounds, oldest first.
    """

    trends: tuple[Trend, ...]
    once: tuple[str, ...]
    latest: tuple[TeamAssessment, ...]
    undated: tuple[Assessment, ...]
    rounds: tuple[str, ...]


def trace_trends(assessments: Iterable[Assessment], *, gap_days: int = GAP_DAYS) -> Trends:
    """
    Return each team's trend over the rounds that it took part in.

    Args:
        assessments: Responses of any scheme versions; they are carried to the newest of them.
        gap_days: See `split_rounds`.
    """
    return _over(*split_rounds(align_versions(assessments), gap_days=gap_days))


def trace_rounds(rounds: Iterable[Sequence[Assessment]]) -> Trends:
    """
    Return each team's trend over rounds that are known, whatever their dates.

    Args:
        rounds: The responses of each, oldest round first; of each round one at least has a date.
    """
    given = [one for one in rounds if one]
    whole = iter(align_versions(one for each in given for one in each))
    return _over([make_round(islice(whole, len(each))) for each in given], ())


def _over(rounds: Sequence[Round], undated: tuple[Assessment, ...]) -> Trends:
    names = number_duplicates([one.name for one in rounds])
    points: dict[tuple[str, ...], list[tuple[str, TeamAssessment]]] = {}
    for name, one in zip(names, rounds, strict=True):
        for team in group_by_team(one.assessments):
            points.setdefault(team_key(team), []).append((name, team))
    series = [_trend(found) for found in points.values() if len(found) > 1]
    once = [found[0][1].name for found in points.values() if len(found) == 1]
    return Trends(
        trends=tuple(series),
        once=tuple(once),
        latest=tuple(found[-1][1] for found in points.values()),
        undated=undated,
        rounds=names,
    )


def _trend(found: Sequence[tuple[str, TeamAssessment]]) -> Trend:
    names, points = zip(*found, strict=True)
    return Trend(scheme=points[-1].scheme, name=points[-1].name, points=points, rounds=names)


def team_key(team: TeamAssessment) -> tuple[str, ...]:
    """Return what the results of one team in several rounds have in common."""
    profile = team.response.profile
    known = name_key(profile.team)
    return (team.scheme.id, name_key(profile.organisation), known or f"\n{team.name}")


def current_teams(
    assessments: Iterable[Assessment], trends: Trends | None = None, *, gap_days: int = GAP_DAYS
) -> tuple[TeamAssessment, ...]:
    """
    Return the teams as they are now: each one's latest round, and its responses without a date.

    Args:
        assessments: Responses of all rounds.
        trends: Their trends, if they are known already.
        gap_days: See `split_rounds`.
    """
    given = align_versions(assessments)
    trends = trends or trace_trends(given, gap_days=gap_days)
    latest = {team_key(point): point for point in trends.latest}
    undated: dict[tuple[str, ...], list[Assessment]] = {}
    for team in group_by_team(trends.undated):
        members = [member.assessment for member in team.members]
        undated[team_key(team)] = members
    present: list[TeamAssessment] = []
    for team in group_by_team(given):
        key = team_key(team)
        point, more = latest.get(key), undated.get(key, [])
        if point is None:
            present.append(team)
        elif more:
            members = [member.assessment for member in point.members]
            present.append(merge_team([*members, *more], team.name))
        else:
            present.append(replace(point, name=team.name))
    return tuple(present)
