"""Several respondents, one team: medians, consensus, who counts, and who is missing what."""

from __future__ import annotations

import statistics
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iml4e_xlsx.analysis.comparison import compare_teams, group_by_scheme
from iml4e_xlsx.analysis.consensus import measure_consensus
from iml4e_xlsx.analysis.rounds import split_rounds
from iml4e_xlsx.analysis.team_trend import current_teams, trace_rounds, trace_trends
from iml4e_xlsx.analysis.teams import group_by_team, merge_ratings, merge_team
from iml4e_xlsx.analysis.workshop_agenda import anonymous_ratings, build_agenda
from iml4e_xlsx.model import NOT_APPLICABLE, RatingValue, Scheme
from iml4e_xlsx.scheme import load_scheme
from iml4e_xlsx.scoring import score_response
from tests.scheme.test_versions import OLD, newer
from tests.support.builders import assessment, scheme_fields, small_scheme, write_scheme

SCALE = (0, 1, 2, 3)
RATINGS: st.SearchStrategy[RatingValue | None] = st.sampled_from([*SCALE, NOT_APPLICABLE, None])


def rated(scheme: Scheme, rating: RatingValue) -> dict[str, RatingValue | None]:
    """Return the same rating for every statement."""
    return dict.fromkeys(scheme.statements, rating)


# --- consensus -----------------------------------------------------------------------------


def test_consensus_equals_a_published_example() -> None:
    """The example of the R package agrmt, which implements Tastle and Wierman (2007)."""
    counts = (30, 40, 210, 130, 530, 50, 10)
    ratings = [value for value, count in enumerate(counts, start=1) for _ in range(count)]

    assert measure_consensus(ratings, range(1, 8)) == pytest.approx(0.7256876, abs=5e-8)


@pytest.mark.parametrize(
    ("ratings", "expected"),
    [
        ([2, 2, 2], 1.0),
        ([0, 3], 0.0),
        ([0, 0, 3, 3], 0.0),
        ([0, 1, 2, 3], 0.3685),  # 1 + (log2(1/2) + log2(5/6)) / 2, worked by hand
        ([3, 3, 3, 0], 0.1887),  # 1 + 3/4 log2(3/4) + 1/4 log2(1/4)
        ([1], None),
        ([], None),
    ],
)
def test_consensus_of_simple_cases(ratings: list[int], expected: float | None) -> None:
    """All alike is 1, split between the ends 0, and one rating alone has none."""
    assert measure_consensus(ratings, SCALE) == (
        None if expected is None else pytest.approx(expected, abs=1e-4)
    )


@given(st.lists(st.sampled_from(SCALE), min_size=2, max_size=30))
def test_consensus_is_a_share_and_knows_no_direction(ratings: list[int]) -> None:
    """It stays in 0..1, and the scale turned round gives the same."""
    value = measure_consensus(ratings, SCALE)
    turned = measure_consensus([3 - rating for rating in ratings], SCALE)

    assert value is not None
    assert 0 <= value <= 1
    assert turned == pytest.approx(value)
    assert (value == 1) == (len(set(ratings)) == 1)


# --- medians ---------------------------------------------------------------------------------


@given(st.lists(RATINGS, max_size=9))
def test_rating_of_a_team_is_the_lower_median(ratings: list[RatingValue | None]) -> None:
    """n/a if at least half of those who answered say so, else the lower median of the numbers."""
    given_ = [rating for rating in ratings if rating is not None]
    numbers = [rating for rating in given_ if isinstance(rating, int)]
    merged = merge_ratings(ratings)

    if not given_:
        assert merged is None
    elif len(given_) - len(numbers) >= len(given_) / 2:
        assert merged == NOT_APPLICABLE
    else:
        assert merged == statistics.median_low(numbers)


def test_team_keeps_each_result_and_names_what_is_missing(small: Scheme) -> None:
    """The team's result is scored from medians; each member's own stays beside it."""
    first, second = small.areas[0].statements[:2]
    ada = assessment(small, rated(small, 3), respondent="Ada", evidence={first.id: "wiki"})
    ben = assessment(small, {**rated(small, 1), first.id: None}, respondent="Ben")
    cem = assessment(small, {**rated(small, 2), second.id: NOT_APPLICABLE}, respondent="Cem")

    (team,) = group_by_team([ada, ben, cem])

    assert [member.name for member in team.members] == ["Ada", "Ben", "Cem"]
    assert [member.missing for member in team.members] == [(), (first.id,), ()]
    assert team.members[1].assessment.result == ben.result
    assert team.response.answers[first.id].rating == 2  # the lower one of 2 and 3
    assert team.response.answers[second.id].rating == 1
    assert team.response.answers[first.id].evidence == "Ada: wiki"
    assert team.result == score_response(team.response, small)
    assert team.ratings(first.id) == (("Ada", 3), ("Ben", None), ("Cem", 2))
    assert team.consensus[small.areas[1].statements[0].id] == pytest.approx(
        measure_consensus([3, 1, 2], SCALE)
    )


def test_one_respondent_alone_is_a_team_without_consensus(small: Scheme) -> None:
    """The team's result is the respondent's; the agenda says that there is nothing to compare."""
    one = assessment(small, rated(small, 2))
    (team,) = group_by_team([one])
    agenda = build_agenda(team)

    assert team.result.areas == one.result.areas
    assert team.response.profile.respondent == "Ada"
    assert set(team.consensus.values()) == {None}
    assert not agenda.comparable
    assert agenda.items == ()


def test_later_response_of_a_respondent_counts(small: Scheme) -> None:
    """Case and white space of names do not matter; the earlier response is said to be left out."""
    later = assessment(small, rated(small, 2), respondent="ada  lovelace", date="2026-11-20")
    early = assessment(small, rated(small, 0), respondent="Ada Lovelace", date="2026-11-02")

    (team,) = group_by_team([later, early])

    assert len(team.members) == 1
    assert team.members[0].assessment.response.profile.date == "2026-11-20"
    (finding,) = team.findings
    assert finding.code == "respondent-twice"
    assert finding.place.source == early.response.source
    assert later.response.source in finding.message
    assert "2026-11-20" in finding.message


def test_respondents_without_a_name_are_not_one_person(small: Scheme) -> None:
    """Each is called by the name of the file."""
    one = assessment(small, rated(small, 2), respondent="", source="one.xlsx")
    two = assessment(small, rated(small, 1), respondent="", source="two.xlsx")

    (team,) = group_by_team([one, two])

    assert [member.name for member in team.members] == ["one.xlsx", "two.xlsx"]


def test_response_without_a_team_stands_alone(small: Scheme) -> None:
    """Two such responses are no team; each is named after its file, with a finding."""
    one = assessment(small, rated(small, 2), team=" ", source="one.xlsx")
    two = assessment(small, rated(small, 2), team="", source="two.xlsx")

    teams = group_by_team([one, two])

    assert [team.name for team in teams] == ["one.xlsx", "two.xlsx"]
    assert [f.code for team in teams for f in team.findings] == ["team-missing"] * 2


def test_teams_of_one_name_in_two_organisations_are_two(small: Scheme) -> None:
    """They are told apart by the organisation's name."""
    one = assessment(small, rated(small, 2), team="Data", organisation="North")
    two = assessment(small, rated(small, 2), team="DATA", organisation="South")
    same = assessment(small, rated(small, 2), team="data ", organisation="north", respondent="B")

    teams = group_by_team([one, two, same])

    assert [team.name for team in teams] == ["Data (North)", "DATA (South)"]
    assert [len(team.members) for team in teams] == [2, 1]


def test_different_targets_are_said(small: Scheme) -> None:
    """The lower median counts as the team's target."""
    code = small.areas[0].code
    members = [
        assessment(small, rated(small, 1), respondent=name, targets={code: level})
        for name, level in (("A", 2), ("B", 4), ("C", 3))
    ]

    (team,) = group_by_team(members)

    assert team.result.area(code).target == 3
    assert [f.code for f in team.findings] == ["targets-differ"]
    assert "2, 3, 4" in team.findings[0].message


def test_all_not_applicable_has_no_index(small: Scheme) -> None:
    """A team whose members find nothing applicable has neither index nor consensus."""
    ratings = rated(small, NOT_APPLICABLE)
    (team,) = group_by_team([assessment(small, ratings, respondent=name) for name in ("A", "B")])

    assert team.result.overall.index is None
    assert set(team.consensus.values()) == {None}
    assert compare_teams([team]).areas[0].spread is None
    assert compare_teams([team]).lessons == ()


def test_a_team_has_a_response() -> None:
    """Nothing cannot be merged."""
    with pytest.raises(ValueError, match="none"):
        merge_team([], "none")


def test_versions_meet_at_the_newest(tmp_path: Path) -> None:
    """A member with an older version of the scheme is carried to the newer one; that is said."""
    write_scheme(tmp_path / "old", {**scheme_fields(OLD, top=2), "version": "1.9.0"})
    write_scheme(tmp_path / "new", newer({**scheme_fields(OLD, top=2)}))
    old, new = load_scheme(tmp_path / "old"), load_scheme(tmp_path / "new")
    early = assessment(old, {"AA-01": 3, "AA-02": 3, "AA-03": 1}, respondent="A")
    late = assessment(new, {"AA-01": 2, "AA-03": 2, "AA-05": 1}, respondent="B")

    (team,) = group_by_team([early, late])

    assert team.scheme.version == "1.10.0"
    assert team.response.answers["AA-01"].rating == 2
    assert "AA-02" not in team.response.answers
    codes = {finding.code for finding in team.assessment.findings}
    assert {"carried-dropped", "carried-added"} <= codes


# --- side by side ------------------------------------------------------------------------------


def test_highest_team_could_teach_the_lowest(small: Scheme) -> None:
    """The area in which the teams differ most comes first."""
    a, b = small.areas[0], small.areas[1]
    strong = {s.id: 3 for s in a.statements} | {s.id: 1 for s in b.statements}
    weak = {s.id: 0 for s in a.statements} | {s.id: 2 for s in b.statements}
    teams = group_by_team(
        [
            assessment(small, strong, team="Strong"),
            assessment(small, weak, team="Weak"),
            assessment(small, {**weak, **{s.id: 1 for s in a.statements}}, team="Middle"),
        ]
    )

    found = compare_teams(teams)

    assert [one.area.code for one in found.by_spread][:2] == [a.code, b.code]
    first, second = found.lessons
    assert (first.area.code, first.teachers, first.learners) == (a.code, ("Strong",), ("Weak",))
    assert (second.teachers, second.learners) == (("Weak", "Middle"), ("Strong",))
    assert first.ahead == 4


def test_different_schemes_are_not_compared(small: Scheme, tmp_path: Path) -> None:
    """They make different teams, the larger group first; comparing them is refused."""
    fields = {**scheme_fields("| AA | 1 | AA-01 |", top=1), "id": "other"}
    write_scheme(tmp_path / "other", fields)
    other = load_scheme(tmp_path / "other")
    teams = group_by_team(
        [
            assessment(other, {"AA-01": 1}),
            assessment(small, rated(small, 1)),
            assessment(small, rated(small, 2), respondent="Ben"),
        ]
    )

    first, second = group_by_scheme(teams)

    assert first[0].scheme.id == "small"
    assert second[0].scheme.id == "other"
    with pytest.raises(ValueError, match="one scheme"):
        compare_teams(teams)


# --- agenda ----------------------------------------------------------------------------------


def test_agenda_begins_with_the_lowest_consensus(small: Scheme) -> None:
    """Statements that all rate alike are not on it; names can be left out."""
    one, two, three = (s.id for s in small.areas[0].statements[:3])
    ada = assessment(small, {**rated(small, 2), one: 0, two: 1, three: NOT_APPLICABLE})
    ben = assessment(small, {**rated(small, 2), one: 3, two: 2, three: None}, respondent="Ben")
    (team,) = group_by_team([ada, ben])

    agenda = build_agenda(team)

    assert [item.statement.id for item in agenda.items] == [one, two]
    assert agenda.items[0].consensus == 0
    assert agenda.items[0].ratings == (("Ada", 0), ("Ben", 3))
    assert anonymous_ratings(agenda.items[0].ratings) == [3, 0]
    assert agenda.disagreed == 2
    assert [i.statement.id for i in build_agenda(team, most=1).items] == [one]


def test_top_rating_without_evidence_is_a_note(small: Scheme) -> None:
    """It names who gave it; with evidence, or rated lower, it is not on the list."""
    one, two = (s.id for s in small.areas[0].statements[:2])
    ada = assessment(small, {one: 3, two: 3}, evidence={two: "log"})
    ben = assessment(small, {one: 3, two: 2}, respondent="Ben")
    (team,) = group_by_team([ada, ben])

    (found,) = build_agenda(team).unsupported

    assert (found.statement.id, found.respondents) == (one, ("Ada", "Ben"))


# --- rounds and trend ---------------------------------------------------------------------------


def test_gap_between_dates_begins_a_round(small: Scheme) -> None:
    """Rounds are the same for all teams; a response without a date belongs to none."""
    days = ("2026-05-02", "2026-05-30", "2026-07-14", "2026-11-01")
    given_ = [assessment(small, rated(small, 1), date=day, respondent=day) for day in days]
    undated = assessment(small, rated(small, 1), date="", respondent="none")

    rounds, without = split_rounds([*given_, undated])

    assert [(one.first, one.last) for one in rounds] == [
        ("2026-05-02", "2026-07-14"),
        ("2026-11-01", "2026-11-01"),
    ]
    assert without == (undated,)
    assert len(split_rounds(given_, gap_days=44)[0]) == 3


def test_teams_as_they_are_now(small: Scheme) -> None:
    """Who answered in an earlier round only does not count; who gave no date does."""
    early = assessment(small, rated(small, 0), respondent="Ada", date="2026-05-01")
    gone = assessment(small, rated(small, 0), respondent="Gone", date="2026-05-02")
    now = assessment(small, rated(small, 2), respondent="Ada", date="2026-11-01")
    undated = assessment(small, rated(small, 3), respondent="Ben", date="")
    other = assessment(small, rated(small, 1), team="Beta", date="2026-05-03")

    alpha, beta = current_teams([early, gone, now, undated, other])

    assert [member.name for member in alpha.members] == ["Ada", "Ben"]
    assert alpha.findings == ()
    assert alpha.response.answers["AA-01"].rating == 2
    assert beta.date == "2026-05-03"
    (merged, _) = group_by_team([early, gone, now, undated, other])
    assert [member.name for member in merged.members] == ["Ada", "Gone", "Ben"]


def test_trend_says_what_was_gained_and_lost(small: Scheme) -> None:
    """Only numbers are compared; the largest change comes first."""
    one, two, three, four = (s.id for s in small.areas[0].statements[:4])
    before = {**rated(small, 1), one: 3, two: 0, three: NOT_APPLICABLE, four: 1}
    after = {**rated(small, 1), one: 2, two: 3, three: 3, four: 2}
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
    assert [(c.statement.id, c.before, c.after) for c in trend.gained] == [
        (two, 0, 3),
        (four, 1, 2),
    ]
    assert [(c.statement.id, c.before, c.after) for c in trend.lost] == [(one, 3, 2)]


def test_current_teams_are_the_last_points_of_their_trends(small: Scheme) -> None:
    """A team without undated responses is not merged again for the present."""
    days = ("2026-05-01", "2026-11-01")
    teams = ("Alpha", "Beta", "Gamma")
    responses = [
        assessment(small, rated(small, 1), team=team, date=day) for day in days for team in teams
    ]

    dated = trace_trends(responses)
    rounds = trace_rounds([responses[:3], responses[3:]])

    for trends in (dated, rounds):
        assert [team.name for team in trends.current] == list(teams)
        for team, trend in zip(trends.current, trends.trends, strict=True):
            assert team.result is trend.points[-1].result


def test_trend_crosses_scheme_versions(tmp_path: Path) -> None:
    """Statements are followed by id; one that only one version has neither gained nor lost."""
    write_scheme(tmp_path / "old", {**scheme_fields(OLD, top=2), "version": "1.9.0"})
    write_scheme(tmp_path / "new", newer({**scheme_fields(OLD, top=2)}))
    old, new = load_scheme(tmp_path / "old"), load_scheme(tmp_path / "new")
    early = assessment(old, {"AA-01": 1, "AA-02": 3, "AA-03": 2}, date="2025-11-01")
    late = assessment(new, {"AA-01": 3, "AA-03": 1, "AA-05": 3}, date="2026-11-01")

    (trend,) = trace_trends([late, early]).trends

    assert trend.scheme.version == "1.10.0"
    assert [c.statement.id for c in trend.gained] == ["AA-01"]
    assert [c.statement.id for c in trend.lost] == ["AA-03"]


def test_small_scheme_is_regular(tmp_path: Path) -> None:
    """What the tests above count on."""
    scheme = small_scheme(tmp_path)
    assert [len(area.statements) for area in scheme.areas] == [12, 12, 12]
