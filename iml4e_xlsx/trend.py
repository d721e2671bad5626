"""The same team over time: what was gained and what was lost, by statement id."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from iml4e_xlsx.model import Area, AreaResult, Assessment, Scheme, Statement
from iml4e_xlsx.rounds import GAP_DAYS, split_rounds
from iml4e_xlsx.teams import TeamAssessment, aligned, folded, group_by_team, merge_team


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A statement whose rating differs between two rounds."""

    statement: Statement
    before: int
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """One team's results, oldest first; each has a date. All are of one version of the scheme."""

    scheme: Scheme
    name: str
    points: tuple[TeamAssessment, ...]

    def area(self, area: Area) -> tuple[AreaResult, ...]:
        """Return an area's results, oldest first."""
        return tuple(point.result.area(area.code) for point in self.points)

    def changes(self, earlier: int = 0, later: int = -1) -> tuple[Change, ...]:
        """
        Return the statements rated differently at two points, the largest gains first.

        Only numbers are compared: a statement that was or is n/a or unanswered neither gained
        nor lost.
        """
        before = self.points[earlier].response.answers
        after = self.points[later].response.answers
        found = [
            Change(statement=statement, before=old, after=new)
            for id_, statement in self.scheme.statements.items()
            if isinstance(old := before[id_].rating, int)
            and isinstance(new := after[id_].rating, int)
            and old != new
        ]
        return tuple(sorted(found, key=lambda change: change.before - change.after))

    @property
    def gained(self) -> tuple[Change, ...]:
        """Return the statements that rose since the point before the last, largest gain first."""
        return tuple(one for one in self.changes(earlier=-2) if one.after > one.before)

    @property
    def lost(self) -> tuple[Change, ...]:
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

    def round_of(self, point: TeamAssessment) -> str:
        """Return the name of a point's round: the first that ends on its date or later."""
        return next(name for name in self.rounds if name >= point.date)


def trends_of(assessments: Iterable[Assessment], *, gap_days: int = GAP_DAYS) -> Trends:
    """
    Return each team's trend over the rounds that it took part in.

    Args:
        assessments: Responses of any scheme versions; they are carried to the newest of them.
        gap_days: See `split_rounds`.
    """
    rounds, undated = split_rounds(aligned(assessments), gap_days=gap_days)
    points: dict[tuple[str, ...], list[TeamAssessment]] = {}
    for one in rounds:
        for team in group_by_team(one.assessments):
            points.setdefault(team_key(team), []).append(team)
    series = [_trend(found) for found in points.values() if len(found) > 1]
    once = [found[0].name for found in points.values() if len(found) == 1]
    return Trends(
        trends=tuple(series),
        once=tuple(once),
        latest=tuple(found[-1] for found in points.values()),
        undated=undated,
        rounds=tuple(one.name for one in rounds),
    )


def _trend(points: Sequence[TeamAssessment]) -> Trend:
    return Trend(scheme=points[-1].scheme, name=points[-1].name, points=tuple(points))


def team_key(team: TeamAssessment) -> tuple[str, ...]:
    """Return what the results of one team in several rounds have in common."""
    profile = team.response.profile
    known = folded(profile.team)
    return (team.scheme.id, folded(profile.organisation), known or f"\n{team.name}")


def present_teams(
    assessments: Iterable[Assessment], trends: Trends | None = None, *, gap_days: int = GAP_DAYS
) -> tuple[TeamAssessment, ...]:
    """
    Return the teams as they are now: each one's latest round, and its responses without a date.

    Args:
        assessments: Responses of all rounds.
        trends: Their trends, if they are known already.
        gap_days: See `split_rounds`.
    """
    given = aligned(assessments)
    trends = trends or trends_of(given, gap_days=gap_days)
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
