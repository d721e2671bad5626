"""Joins small teams: whatever is shown is of enough people, and so is every difference of it."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iml4e_xlsx.analysis.small_groups import (
    choose_joined,
    join_asked_teams,
    join_small_groups,
    join_small_teams,
    keep_large_groups,
)
from iml4e_xlsx.analysis.team_trend import trace_trends
from iml4e_xlsx.analysis.teams import group_by_team
from iml4e_xlsx.errors import ReportError
from iml4e_xlsx.model import DONT_KNOW, Assessment, Profile, RatingValue, Scheme
from iml4e_xlsx.report.contents.contents import make_contents
from iml4e_xlsx.scheme import load_scheme
from iml4e_xlsx.scheme.forms import select_form
from iml4e_xlsx.scoring import score
from tests.support.builders import (
    regular_table,
    response,
    scheme_fields,
    small_scheme,
    write_scheme,
)

DAYS = ("2026-01-10", "2026-06-10", "2026-12-10")


@pytest.fixture(scope="module")
def scheme(tmp_path_factory: pytest.TempPathFactory) -> Scheme:
    return small_scheme(tmp_path_factory.mktemp("s"), ("AA",), per_level=1, top=2)


def one(scheme: Scheme, team: str, number: int, *, date: str = DAYS[-1]) -> Assessment:
    profile = Profile(respondent=f"p{number}", team=team, date=date)
    answers = response(scheme, dict.fromkeys(scheme.statements, 1), profile=profile)
    answers = replace(answers, source=f"{number}.xlsx")
    return Assessment(scheme=scheme, response=answers, result=score(answers, scheme), findings=())


def round_of(scheme: Scheme, sizes: Sequence[int], *, date: str = DAYS[-1]) -> list[Assessment]:
    """Return a round with so many people in each team; each person has a target of their own."""
    teams = [team for team, size in zip("ABCDEFGH", sizes, strict=False) for _ in range(size)]
    return [one(scheme, team, number, date=date) for number, team in enumerate(teams)]


@pytest.mark.parametrize(
    ("sizes", "shown"),
    [
        ([6, 5], {"A": 6, "B": 5}),
        ([3, 4, 5], {"Other teams": 7, "C": 5}),
        ([6, 2], {"Other teams": 8}),
        ([9, 6, 2], {"A": 9, "Other teams": 8}),
        ([5, 1, 1, 1, 1, 1], {"A": 5, "Other teams": 5}),
        ([3, 2], {"Other teams": 5}),
    ],
)
def test_small_teams_are_shown_as_one(
    scheme: Scheme, sizes: list[int], shown: dict[str, int]
) -> None:
    (joined,) = join_small_groups([round_of(scheme, sizes)], 5)
    assert {team.name: len(team.members) for team in group_by_team(joined)} == shown


def test_too_few_people_have_no_results(scheme: Scheme) -> None:
    with pytest.raises(ReportError, match="fewer than 5"):
        join_small_groups([round_of(scheme, [3, 1])], 5)


def test_people_of_one_name_in_joined_teams_count_both(scheme: Scheme) -> None:
    alike = [one(scheme, team, 1) for team in "ABCDE"]
    (joined,) = join_small_groups([alike], 5)
    assert [len(team.members) for team in group_by_team(joined)] == [5]


def test_a_team_that_is_called_like_the_joined_one_stays_apart(scheme: Scheme) -> None:
    real = [one(scheme, "other  TEAMS", number) for number in range(5)]
    (joined,) = join_small_groups([[*real, *round_of(scheme, [3, 4])]], 5)
    assert sorted(len(team.members) for team in group_by_team(joined)) == [5, 7]


def test_what_too_few_were_asked_for_is_left_open(tmp_path: Path) -> None:
    """Two have the whole assessment, the rest of the team a form of half of it."""
    table = regular_table(("AA", "BB"), 2, 1)
    fields = scheme_fields(table, top=2, scale=(0, 1, 2, 3))
    fields["forms"] = {"half": ["AA-01", "BB-01"]}
    whole = load_scheme(write_scheme(tmp_path, fields))
    half = select_form(whole, "half")
    people = [*(one(half, "A", number) for number in (7, 8, 9)), *round_of(whole, [2])]
    (joined,) = join_small_groups([people], 5)
    (team,) = group_by_team(joined)
    rated = {id_ for id_, answer in team.response.answers.items() if not answer.is_open}
    assert rated == {"AA-01", "BB-01"}


def test_what_too_few_have_rated_is_left_open(tmp_path: Path) -> None:
    """All were asked for everything, but the figure of what one has rated is that of one."""
    scheme = small_scheme(tmp_path, ("AA",), per_level=2, top=1)
    first, second = scheme.statements
    people = [_with_ratings(one(scheme, "A", number), {second: None}) for number in range(4)]
    whole = one(scheme, "A", 4)
    whole = replace(whole, response=replace(whole.response, estimates={"AA": 1}))
    (joined,) = join_small_groups([[*people, whole]], 5)
    (team,) = group_by_team(joined)
    assert {id_: answer.is_open for id_, answer in team.response.answers.items()} == {
        first: False,
        second: True,
    }
    assert not team.response.estimates
    assert len(team.members) == 5


@pytest.mark.parametrize(("unknown", "shown"), [(4, None), (5, DONT_KNOW)])
def test_that_nobody_knows_is_said_of_enough_people(
    tmp_path: Path, unknown: int, shown: RatingValue | None
) -> None:
    scheme = small_scheme(tmp_path, ("AA",), per_level=2, top=1)
    last = tuple(scheme.statements)[-1]
    people = [
        _with_ratings(one(scheme, "A", number), {last: DONT_KNOW if number < unknown else None})
        for number in range(6)
    ]
    (joined,) = join_small_groups([people], 5)
    (team,) = group_by_team(joined)
    assert team.response.answers[last].rating == shown


def _with_ratings(assessment: Assessment, ratings: Mapping[str, RatingValue | None]) -> Assessment:
    """Return an assessment with other ratings for some statements."""
    answers = {
        id_: answer._replace(rating=ratings.get(id_, answer.rating))
        for id_, answer in assessment.response.answers.items()
    }
    changed = replace(assessment.response, answers=answers)
    return replace(assessment, response=changed, result=score(changed, assessment.scheme))


SIZES = st.lists(st.integers(0, 7), min_size=1, max_size=6)


@given(rounds=st.lists(SIZES, min_size=1, max_size=3), fewest=st.integers(2, 6))
@settings(deadline=None, max_examples=300)
def test_no_figure_is_found_by_subtraction(rounds: list[list[int]], fewest: int) -> None:
    """Every union, cut and difference of groups that are shown has enough people, or none."""
    sizes: list[dict[tuple[str, ...], int]] = [
        {("s", "", team): size for team, size in zip("abcdef", each, strict=False) if size}
        for each in rounds
    ]
    joined = choose_joined(sizes, fewest)
    for of_round in sizes:
        groups = [frozenset([key]) for key in of_round if key not in joined]
        other = frozenset(key for key in of_round if key in joined)
        if sum(of_round[key] for key in other) >= fewest:
            groups.append(other)
        everybody = frozenset().union(*groups)
        figures = {everybody, *groups}
        for first, second in itertools.product(figures, repeat=2):
            for found in (first - second, first & second, first | second):
                count = sum(of_round[key] for key in found)
                assert count == 0 or count >= fewest


@given(st.data())
@settings(deadline=None, max_examples=25)
def test_no_team_of_a_report_is_small(scheme: Scheme, data: st.DataObject) -> None:
    """Also in rounds that are told by dates, and with people who gave none."""
    dates = st.sampled_from([*DAYS, ""])
    people = data.draw(st.lists(st.tuples(st.sampled_from("ABCD"), dates), min_size=1, max_size=40))
    answers = [one(scheme, team, number, date=day) for number, (team, day) in enumerate(people)]
    try:
        shown = join_small_teams(answers, 4)
    except ReportError:
        return
    trends = trace_trends(shown)
    sizes = [len(team.members) for team in trends.current]
    sizes += [len(point.members) for trend in trends.trends for point in trend.points]
    assert min(sizes) >= 4
    contents = make_contents(answers, smallest_group=4)
    assert contents.anonymous
    assert min(len(team.members) for team in contents.teams) >= 4


def test_a_previous_round_shows_no_team_that_was_joined_then(scheme: Scheme) -> None:
    """Its report showed A and B as one: A alone would tell what B said."""
    previous = round_of(scheme, [6, 2])
    assert keep_large_groups(previous, 5, hidden=()) == []
    previous = round_of(scheme, [6, 7, 6])
    kept = keep_large_groups(previous, 5, hidden={("", "b")})
    assert {each.response.profile.team for each in kept} == {"A", "C"}


def test_responses_without_a_team_are_one_group(scheme: Scheme) -> None:
    (joined,) = join_small_groups([[one(scheme, "", number) for number in range(6)]], 5)
    assert [len(team.members) for team in group_by_team(joined)] == [6]


@given(
    sizes=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 6)), min_size=1, max_size=5),
    fewest=st.integers(2, 6),
)
@settings(deadline=None, max_examples=60)
def test_teams_are_joined_by_who_was_asked_and_who_has_answered(
    scheme: Scheme, sizes: list[tuple[int, int]], fewest: int
) -> None:
    """Each team that is shown was asked in enough people, and nobody or enough of it answered."""
    answered = {team: count for team, (_, count) in zip("abcde", sizes, strict=False)}
    asked = {
        ("", team): missing + count
        for team, (missing, count) in zip("abcde", sizes, strict=False)
        if missing + count
    }
    teams = [team for team, count in answered.items() for _ in range(count)]
    members = [one(scheme, team, number) for number, team in enumerate(teams)]
    joined = join_asked_teams(asked, members, fewest, "a")
    groups = [{key} for key in asked if key not in joined.keys]
    if joined.keys:
        groups.append(set(joined.keys))

    assert joined.name == ("a *" if ("", "a") in asked else "a")
    if sum(asked.values()) >= fewest:
        assert all(sum(asked[key] for key in group) >= fewest for group in groups)
    counts = [sum(answered[team] for _, team in group) for group in groups]
    if sum(counts) >= fewest:
        assert all(count == 0 or count >= fewest for count in counts)
