"""Several respondents as one team: medians, who counts, and who left what open."""

from __future__ import annotations

import statistics
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iml4e_xlsx.analysis.comparison import compare_teams
from iml4e_xlsx.analysis.consensus import measure_consensus
from iml4e_xlsx.analysis.teams import group_by_team, merge_ratings, merge_team
from iml4e_xlsx.analysis.workshop_agenda import build_agenda
from iml4e_xlsx.model import NOT_APPLICABLE, RatingValue, Scheme
from iml4e_xlsx.scheme import load_scheme
from iml4e_xlsx.scoring import score
from tests.support.builders import assessment, rate_all
from tests.support.scheme_versions import write_versions

SCALE = (0, 1, 2, 3)
RATINGS: st.SearchStrategy[RatingValue | None] = st.sampled_from([*SCALE, NOT_APPLICABLE, None])


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
    ada = assessment(small, rate_all(small, 3), respondent="Ada", evidence={first.id: "wiki"})
    ben = assessment(small, {**rate_all(small, 1), first.id: None}, respondent="Ben")
    cem = assessment(small, {**rate_all(small, 2), second.id: NOT_APPLICABLE}, respondent="Cem")

    (team,) = group_by_team([ada, ben, cem])

    assert [member.name for member in team.members] == ["Ada", "Ben", "Cem"]
    assert [member.missing for member in team.members] == [(), (first.id,), ()]
    assert team.members[1].assessment.result == ben.result
    assert team.response.answers[first.id].rating == 2  # the lower one of 2 and 3
    assert team.response.answers[second.id].rating == 1
    assert team.response.answers[first.id].evidence == "Ada: wiki"
    assert team.result == score(team.response, small)
    assert team.ratings(first.id) == (("Ada", 3), ("Ben", None), ("Cem", 2))
    assert team.consensus[small.areas[1].statements[0].id] == pytest.approx(
        measure_consensus([3, 1, 2], SCALE)
    )


def test_one_respondent_alone_is_a_team_without_consensus(small: Scheme) -> None:
    """The team's result is the respondent's; the agenda says that there is nothing to compare."""
    one = assessment(small, rate_all(small, 2))
    (team,) = group_by_team([one])
    agenda = build_agenda(team)

    assert team.result.areas == one.result.areas
    assert team.response.profile.respondent == "Ada"
    assert set(team.consensus.values()) == {None}
    assert not agenda.comparable
    assert agenda.items == ()


def test_later_response_of_a_respondent_counts(small: Scheme) -> None:
    """Case and white space of names do not matter; the earlier response is said to be left out."""
    later = assessment(small, rate_all(small, 2), respondent="ada  lovelace", date="2026-11-20")
    early = assessment(small, rate_all(small, 0), respondent="Ada Lovelace", date="2026-11-02")

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
    one = assessment(small, rate_all(small, 2), respondent="", source="one.xlsx")
    two = assessment(small, rate_all(small, 1), respondent="", source="two.xlsx")

    (team,) = group_by_team([one, two])

    assert [member.name for member in team.members] == ["one.xlsx", "two.xlsx"]


def test_response_without_a_team_stands_alone(small: Scheme) -> None:
    """Two such responses are no team; each is named after its file, with a finding."""
    one = assessment(small, rate_all(small, 2), team=" ", source="one.xlsx")
    two = assessment(small, rate_all(small, 2), team="", source="two.xlsx")

    teams = group_by_team([one, two])

    assert [team.name for team in teams] == ["one.xlsx", "two.xlsx"]
    assert [f.code for team in teams for f in team.findings] == ["team-missing"] * 2


def test_teams_of_one_name_in_two_organisations_are_two(small: Scheme) -> None:
    """They are told apart by the organisation's name."""
    one = assessment(small, rate_all(small, 2), team="Data", organisation="North")
    two = assessment(small, rate_all(small, 2), team="DATA", organisation="South")
    same = assessment(small, rate_all(small, 2), team="data ", organisation="north", respondent="B")

    teams = group_by_team([one, two, same])

    assert [team.name for team in teams] == ["Data (North)", "DATA (South)"]
    assert [len(team.members) for team in teams] == [2, 1]


def test_different_targets_are_said(small: Scheme) -> None:
    """The lower median counts as the team's target."""
    code = small.areas[0].code
    members = [
        assessment(small, rate_all(small, 1), respondent=name, targets={code: level})
        for name, level in (("A", 2), ("B", 4), ("C", 3))
    ]

    (team,) = group_by_team(members)

    assert team.result.area(code).target == 3
    assert [f.code for f in team.findings] == ["targets-differ"]
    assert "2, 3, 4" in team.findings[0].message


def test_all_not_applicable_has_no_index(small: Scheme) -> None:
    """A team whose members find nothing applicable has neither index nor consensus."""
    ratings = rate_all(small, NOT_APPLICABLE)
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
    old, new = map(load_scheme, write_versions(tmp_path))
    early = assessment(old, {"AA-01": 3, "AA-02": 3, "AA-03": 1}, respondent="A")
    late = assessment(new, {"AA-01": 2, "AA-03": 2, "AA-05": 1}, respondent="B")

    (team,) = group_by_team([early, late])

    assert team.scheme.version == "1.10.0"
    assert team.response.answers["AA-01"].rating == 2
    assert "AA-02" not in team.response.answers
    codes = {finding.code for finding in team.assessment.findings}
    assert {"carried-dropped", "carried-added"} <= codes


def test_a_team_of_nothing_but_blank_workbooks_is_headed_by_nobody(small: Scheme) -> None:
    """The result is the team's; it was that of the first person, with a note on each workbook."""
    blank = [assessment(small, {}, respondent=name, date="") for name in ("Ada", "Ben")]
    (team,) = group_by_team(blank)

    assert (team.members, team.response.profile.respondent) == ((), "")
    assert team.response.source == team.name == "Alpha"
