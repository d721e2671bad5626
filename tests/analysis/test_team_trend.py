"""Teams over their rounds: ratings gained and lost, and the teams as they are now."""

from __future__ import annotations

from pathlib import Path

from iml4e_xlsx.analysis.team_trend import current_teams, trace_rounds, trace_trends
from iml4e_xlsx.analysis.teams import group_by_team
from iml4e_xlsx.model import NOT_APPLICABLE, Scheme
from iml4e_xlsx.scheme import load_scheme
from tests.support.builders import assessment, rate_all
from tests.support.scheme_versions import write_versions


def test_teams_as_they_are_now(small: Scheme) -> None:
    """Who answered in an earlier round only does not count; who gave no date does."""
    early = assessment(small, rate_all(small, 0), respondent="Ada", date="2026-05-01")
    gone = assessment(small, rate_all(small, 0), respondent="Gone", date="2026-05-02")
    now = assessment(small, rate_all(small, 2), respondent="Ada", date="2026-11-01")
    undated = assessment(small, rate_all(small, 3), respondent="Ben", date="")
    other = assessment(small, rate_all(small, 1), team="Beta", date="2026-05-03")

    alpha, beta = current_teams([early, gone, now, undated, other])

    assert [member.name for member in alpha.members] == ["Ada", "Ben"]
    assert alpha.findings == ()
    assert alpha.response.answers["AA-01"].rating == 2
    assert beta.date == "2026-05-03"
    (merged, _) = group_by_team([early, gone, now, undated, other])
    assert [member.name for member in merged.members] == ["Ada", "Ben", "Gone"]


def test_trend_says_what_was_gained_and_lost(small: Scheme) -> None:
    """Only numbers are compared; the largest change comes first."""
    one, two, three, four = (s.id for s in small.areas[0].statements[:4])
    before = {**rate_all(small, 1), one: 3, two: 0, three: NOT_APPLICABLE, four: 1}
    after = {**rate_all(small, 1), one: 2, two: 3, three: 3, four: 2}
    found = trace_trends(
        [
            assessment(small, after, date="2026-11-01"),
            assessment(small, before, date="2026-05-01"),
            assessment(small, before, team="Once"),
        ]
    )

    (trend,) = found.trends
    assert found.once == ("Once",)
    assert found.rounds == ("2026-05-01", "2026-11-23")
    assert [point.date for point in trend.points] == ["2026-05-01", "2026-11-01"]
    assert [(c.statement.id, c.before, c.after) for c in trend.rating_gains] == [
        (two, 0, 3),
        (four, 1, 2),
    ]
    assert [(c.statement.id, c.before, c.after) for c in trend.rating_losses] == [(one, 3, 2)]


def test_current_teams_are_the_last_points_of_their_trends(small: Scheme) -> None:
    """A team without undated responses is not merged again for the present."""
    days = ("2026-05-01", "2026-11-01")
    teams = ("Alpha", "Beta", "Gamma")
    responses = [
        assessment(small, rate_all(small, 1), team=team, date=day) for day in days for team in teams
    ]

    dated = trace_trends(responses)
    rounds = trace_rounds([responses[:3], responses[3:]])

    for trends in (dated, rounds):
        assert [team.name for team in trends.current] == list(teams)
        for team, trend in zip(trends.current, trends.trends, strict=True):
            assert team.result is trend.points[-1].result


def test_trend_crosses_scheme_versions(tmp_path: Path) -> None:
    """Statements are followed by id; one that only one version has neither gained nor lost."""
    old, new = map(load_scheme, write_versions(tmp_path))
    early = assessment(old, {"AA-01": 1, "AA-02": 3, "AA-03": 2}, date="2025-11-01")
    late = assessment(new, {"AA-01": 3, "AA-03": 1, "AA-05": 3}, date="2026-11-01")

    (trend,) = trace_trends([late, early]).trends

    assert trend.scheme.version == "1.10.0"
    assert [c.statement.id for c in trend.rating_gains] == ["AA-01"]
    assert [c.statement.id for c in trend.rating_losses] == ["AA-03"]
