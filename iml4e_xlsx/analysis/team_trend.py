"""Follows teams over their rounds: the ratings that rose and fell, by statement id."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from iml4e_xlsx.analysis.answer_selection import select_answers
from iml4e_xlsx.analysis.rounds import (
    GAP_DAYS,
    Round,
    make_round,
    split_rounds,
)
from iml4e_xlsx.analysis.teams import (
    TeamAssessment,
    TeamGroup,
    align_versions,
    group_responses,
    merge_groups,
    merge_team,
)
from iml4e_xlsx.findings.about_answers import distinct_findings
from iml4e_xlsx.findings.finding import Finding
from iml4e_xlsx.model import Area, AreaResult, Assessment, Scheme, Statement
from iml4e_xlsx.text.spelling import name_key, number_duplicates

_TeamKey = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingChange:
    """A statement with different ratings in two rounds."""

    statement: Statement
    before: int
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """
    One team's results, oldest first; each has a date. All are of one version of the scheme.

    `rounds` names the round of each point.
    """

    scheme: Scheme
    name: str
    points: tuple[TeamAssessment, ...]
    rounds: tuple[str, ...]

    def area_results(self, area: Area) -> tuple[AreaResult, ...]:
        """Return an area's results, oldest first."""
        return tuple(point.result.area(area.code) for point in self.points)

    def changes(self, start: int = 0, end: int = -1) -> tuple[RatingChange, ...]:
        """
        Return the statements with different ratings at two points, the largest gains first.

        Only numbers are compared: a statement that was or is n/a or unanswered neither gained
        nor lost.
        """
        before = self.points[start].response.answers
        after = self.points[end].response.answers
        changes = [
            RatingChange(statement=statement, before=old, after=new)
            for id_, statement in self.scheme.statements.items()
            if isinstance(old := before[id_].rating, int)
            and isinstance(new := after[id_].rating, int)
            and old != new
        ]
        return tuple(sorted(changes, key=lambda change: change.before - change.after))

    @property
    def rating_gains(self) -> tuple[RatingChange, ...]:
        """Return the statements that rose since the point before the last, largest gain first."""
        return tuple(change for change in self.changes(start=-2) if change.after > change.before)

    @property
    def rating_losses(self) -> tuple[RatingChange, ...]:
        """Return the statements that fell since then, largest loss first."""
        fallen = [change for change in self.changes(start=-2) if change.after < change.before]
        return tuple(reversed(fallen))


@dataclass(frozen=True, slots=True, kw_only=True)
class Trends:
    """
    The teams over all rounds: `trends` of those with several rounds, `current` of all.

    `once` names the teams with one round only; `undated` are responses that belong to no round.
    `current` has each team as it is now: its latest round, and its responses without a date.
    `rounds` has the names of all rounds, oldest first. `left_out` has a finding on each file that
    counts in no round, because another version does.
    """

    trends: tuple[Trend, ...]
    once: tuple[str, ...]
    current: tuple[TeamAssessment, ...]
    undated: tuple[Assessment, ...]
    rounds: tuple[str, ...]
    left_out: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class _Point:
    """A team in a round: the round's name, the team's result, and all responses it came from."""

    round: str
    team: TeamAssessment
    group: TeamGroup


def trace_trends(assessments: Iterable[Assessment], *, gap_days: int = GAP_DAYS) -> Trends:
    """
    Trace each team over the rounds that it took part in; a gap between dates ends a round.

    Args:
        assessments: Responses of any scheme versions; they are carried to the newest of them.
        gap_days: See `split_rounds`.
    """
    aligned = align_versions(select_answers(assessments).answers)
    rounds, undated = split_rounds(aligned, gap_days=gap_days)
    trends, latest = _trace_teams(rounds, undated)
    current = _current_teams(group_responses(aligned), latest, undated)
    # An undated version that gives way to a dated one counts neither in a round nor as of now.
    counted = {id(member.assessment) for team in current for member in team.members}
    without_date = {assessment.response.source for assessment in undated}
    found = [finding for team in current for finding in team.left_out]
    left_out = [finding for finding in found if finding.place.source in without_date]
    return replace(
        trends,
        current=current,
        undated=tuple(assessment for assessment in undated if id(assessment) in counted),
        left_out=distinct_findings((*trends.left_out, *left_out)),
    )


def trace_rounds(rounds: Iterable[Sequence[Assessment]]) -> Trends:
    """
    Trace each team over rounds that are defined already, whatever their dates.

    The current teams are those of the last round.

    Args:
        rounds: The responses of each, oldest round first; at least one of each round has a date.
    """
    selected = (select_answers(assessments).answers for assessments in rounds)
    filled = [assessments for assessments in selected if assessments]
    aligned = iter(align_versions(each for assessments in filled for each in assessments))
    # Versions are aligned over all rounds at once, then dealt out to the rounds again.
    parts = [make_round(islice(aligned, len(assessments))) for assessments in filled]
    return _trace_teams(parts, ())[0]


def current_teams(
    assessments: Iterable[Assessment], *, gap_days: int = GAP_DAYS
) -> tuple[TeamAssessment, ...]:
    """Return the teams as they are now; see `Trends.current`."""
    return trace_trends(assessments, gap_days=gap_days).current


def _trace_teams(
    rounds: Sequence[Round], undated: tuple[Assessment, ...]
) -> tuple[Trends, dict[_TeamKey, _Point]]:
    """Merge each team once in each round; return the trends, and each team's last point by key."""
    names = number_duplicates([each.name for each in rounds])
    points: dict[_TeamKey, list[_Point]] = {}
    teams: tuple[TeamAssessment, ...] = ()
    for name, each in zip(names, rounds, strict=True):
        groups = group_responses(each.assessments)
        teams = merge_groups(groups)
        for group, team in zip(groups, teams, strict=True):
            points.setdefault(group.key, []).append(_Point(name, team, group))
    # a stable order: teams without a name are named by their files, and stay in place at the end
    comparable = (_keep_comparable(series) for series in points.values())
    by_name = sorted(comparable, key=lambda series: _name_order(series[-1].team))
    trends = Trends(
        trends=tuple(_make_trend(series) for series in by_name if len(series) > 1),
        once=tuple(series[0].team.name for series in by_name if len(series) == 1),
        current=teams,
        undated=undated,
        rounds=names,
        left_out=tuple(
            finding
            for series in points.values()
            for point in series
            for finding in point.team.left_out
        ),
    )
    return trends, {key: series[-1] for key, series in points.items()}


def _keep_comparable(series: Sequence[_Point]) -> list[_Point]:
    """Return the points that ask for what the last one asks for: others measure something else."""
    form = series[-1].team.scheme.form
    return [point for point in series if point.team.scheme.form == form]


def _name_order(team: TeamAssessment) -> tuple[bool, str]:
    name = name_key(team.response.profile.team)
    return (not name, name)


def _make_trend(series: Sequence[_Point]) -> Trend:
    rounds = tuple(point.round for point in series)
    points = tuple(point.team for point in series)
    return Trend(scheme=points[-1].scheme, name=points[-1].name, points=points, rounds=rounds)


def _current_teams(
    groups: Iterable[TeamGroup],
    latest: Mapping[_TeamKey, _Point],
    undated: Sequence[Assessment],
) -> tuple[TeamAssessment, ...]:
    """Return each team's last point, merged anew only where undated responses add to it."""
    more = {group.key: group.assessments for group in group_responses(undated)}
    teams: list[TeamAssessment] = []
    for group in groups:
        point, added = latest.get(group.key), more.get(group.key, ())
        if point is None:  # the team has no date at all: everything counts as of now
            teams.append(merge_team(group.assessments, group.name))
        elif added:
            teams.append(merge_team([*point.group.assessments, *added], group.name))
        else:  # the name may differ: another round has a team of the same name elsewhere
            teams.append(replace(point.team, name=group.name))
    return tuple(teams)
