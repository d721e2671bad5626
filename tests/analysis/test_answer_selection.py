"""What is an answer, and whose: copies, blank workbooks, versions of one workbook."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from iml4e_xlsx.analysis.answer_selection import is_blank, leave_out_copies, select_answers
from iml4e_xlsx.analysis.team_trend import current_teams
from iml4e_xlsx.analysis.teams import TeamAssessment, group_by_team
from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.file_traits import FileTraits
from iml4e_xlsx.findings.finding import Place
from iml4e_xlsx.model import Assessment, Scheme
from iml4e_xlsx.text.interface_texts import scheme_texts
from tests.support.builders import assessment, rate_all

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def read(
    small: Scheme,
    rating: int | None,
    source: str,
    *,
    workbook: str = "",
    hours: int | None = None,
    digest: str = "",
    received: datetime | None = None,
    **profile: Any,
) -> Assessment:
    """Return an assessment as if it had been read from a file of a workbook."""
    ratings = {} if rating is None else rate_all(small, rating)
    entries = {"respondent": "", "date": "", **profile}
    one = assessment(small, ratings, source=source, **entries)
    saved = None if hours is None else NOON + timedelta(hours=hours)
    file = FileTraits(digest=digest or source, modified=saved, received=received)
    response = replace(one.response, workbook_id=workbook, file=file)
    return replace(one, response=response, result=replace(one.result, response=response))


def ratings_of(team: TeamAssessment) -> list[object]:
    """Return the rating of each member, who rated everything alike."""
    return [
        next(iter(member.assessment.response.answers.values())).rating for member in team.members
    ]


def codes(team: TeamAssessment) -> list[str]:
    return [finding.code for finding in team.findings]


def test_copies_without_a_name_are_one_respondent(small: Scheme) -> None:
    """Where they lie and what they are called plays no part; the first is the one that counts."""
    low = read(small, 0, "low.xlsx", workbook="L")
    copies = [
        read(small, 3, name, workbook="H", digest="same")
        for name in ("high.xlsx", "high (1).xlsx", "all.zip/high.xlsx", "all.zip/high.xlsx")
    ]
    (team,) = group_by_team([low, *copies])
    left_out = select_answers([low, *copies]).left_out

    assert ratings_of(team) == [0, 3]
    assert [finding.code for finding in left_out] == ["copy-left-out"] * 3
    assert "high.xlsx" in left_out[0].message
    assert left_out[0].place.source == "high (1).xlsx"


def test_copies_are_left_out_as_they_are_read(small: Scheme) -> None:
    """Nothing is held back: each outcome is passed on before the next is asked for."""
    taken: list[int] = []

    def read_files() -> Any:
        for number in range(4):
            taken.append(number)
            yield read(small, 1, f"{number}", digest=str(number % 2))

    copies: list[str] = []
    kept = leave_out_copies(read_files(), lambda copy, _: copies.append(copy.response.source))

    assert next(kept).response.source == "0"
    assert taken == [0]
    assert [one.response.source for one in kept] == ["1"]
    assert copies == ["2", "3"]


def test_first_arrival_of_a_content_dates_it(small: Scheme) -> None:
    """A copy that is passed on later makes no old version count again, wherever it is read."""
    old = read(small, 1, "old.xlsx", workbook="W", digest="old")
    mails = [
        read(small, 1, "fwd.eml/x", workbook="W", digest="old", received=NOON + timedelta(days=9)),
        read(small, 1, "1.eml/x", workbook="W", digest="old", received=NOON),
        read(small, 2, "2.eml/x", workbook="W", digest="new", received=NOON + timedelta(days=1)),
    ]
    for order in itertools.permutations([old, *mails]):
        (team,) = group_by_team(order)
        assert ratings_of(team) == [2]
        assert "came later" in team.findings[0].message


def test_blank_workbooks_are_no_respondents(small: Scheme) -> None:
    """That of somebody who answered, that of somebody who did not, and one of no team."""
    filled = read(small, 2, "a.xlsx", workbook="A", hours=0)
    blanks = [
        read(small, None, "blank a.xlsx", workbook="A", hours=5),
        read(small, None, "blank b.xlsx", workbook="B", respondent="Ben"),
        read(small, None, "blank.xlsx", workbook="C", team=""),
        read(small, None, "blank d.xlsx", workbook="D", team="Delta"),
    ]
    selection = select_answers([*blanks, filled])

    assert [ratings_of(team) for team in group_by_team([*blanks, filled])] == [[2]]
    assert [team.name for team in current_teams([*blanks, filled])] == ["Alpha"]
    assert [finding.code for finding in selection.left_out] == ["blank-left-out"] * 4


def test_blank_workbooks_alone_make_a_team_without_members(small: Scheme) -> None:
    """Whoever asks for a blank workbook sees it; it still is nobody's answer."""
    (team,) = group_by_team([read(small, None, "b.xlsx", workbook="B")])

    assert team.members == ()
    assert team.result.overall.answered == 0
    assert codes(team) == ["blank-left-out"]


def test_what_was_entered_makes_a_workbook_an_answer(small: Scheme) -> None:
    """Also evidence, an own estimate, a date, or a rating that could not be read."""
    first = small.areas[0].statements[0].id
    blank = read(small, None, "b.xlsx")
    catalogue = FindingCatalogue(scheme_texts(small))
    illegible = catalogue.rating_unknown(Place(source="b.xlsx"), first, "?", "0, 1, 2, 3")

    assert is_blank(blank)
    assert not is_blank(read(small, None, "b.xlsx", evidence={first: "wiki"}))
    assert not is_blank(read(small, None, "b.xlsx", date="2026-11-23"))
    assert not is_blank(replace(blank, response=replace(blank.response, estimates={"AA": 2})))
    assert not is_blank(replace(blank, findings=(illegible,)))


def test_later_saved_version_counts_whatever_its_name(small: Scheme) -> None:
    """The corrected file is the one that was saved later, and the message says so."""
    first = read(small, 3, "Ada.xlsx", workbook="A", hours=0, respondent="Ada")
    corrected = read(small, 0, "Ada (1).xlsx", workbook="A", hours=1, respondent="Ada")
    for order in ([first, corrected], [corrected, first]):
        (team,) = group_by_team(order)
        (finding,) = team.findings

        assert ratings_of(team) == [0]
        assert (finding.code, finding.place.source) == ("workbook-twice", "Ada.xlsx")
        assert "Ada (1).xlsx counts instead: it was saved later" in finding.message


def test_nothing_is_called_later_without_a_sign(small: Scheme) -> None:
    """Both are named, and why one was taken; the same one in any order and under any name."""
    one = read(small, 3, "1.xlsx", workbook="A", respondent="Ada", digest="x")
    two = read(small, 0, "2.xlsx", workbook="A", respondent="Ada", digest="y")
    renamed = [
        replace(each, response=replace(each.response, source=source))
        for each, source in ((one, "9.xlsx"), (two, "0.xlsx"))
    ]
    for order in ([one, two], [two, one], renamed, renamed[::-1]):
        (team,) = group_by_team(order)
        (finding,) = team.findings
        assert ratings_of(team) == [0]
        assert "nothing tells which one is later" in finding.message
        assert "it was saved" not in finding.message


@pytest.mark.parametrize("names", list(itertools.permutations(["Ada", "Ben", ""])))
def test_one_workbook_filled_in_by_several_people(small: Scheme, names: tuple[str, ...]) -> None:
    """Different names are different people; a file without a name is said to be unclear."""
    files = [
        read(small, rating, f"{rating}.xlsx", workbook="W", hours=rating, respondent=name)
        for rating, name in enumerate(names)
    ]
    (team,) = group_by_team(files)

    assert ratings_of(team) == [names.index(name) for name in ("Ada", "Ben", "")]
    assert codes(team) == ["workbook-shared"]
    assert team.findings[0].place.source == f"{names.index('')}.xlsx"


def test_files_without_a_name_are_versions_of_their_workbook(small: Scheme) -> None:
    """The id joins them; without an id, each is somebody else's."""
    versions = [read(small, n, f"{n}.xlsx", workbook="W", hours=-n) for n in range(3)]
    loose = [read(small, n, f"{n}.xlsx", hours=-n) for n in range(3)]
    (team,), (crowd,) = group_by_team(versions), group_by_team(loose)

    assert ratings_of(team) == [0]
    assert codes(team) == ["workbook-twice", "workbook-twice", "workbook-unnamed"]
    assert len(crowd.members) == 3


def test_versions_of_a_workbook_complete_each_other(small: Scheme) -> None:
    """A version from before team and name were entered is that of the same person."""
    early = read(small, 3, "a.xlsx", workbook="W", hours=0, team="")
    late = read(small, 1, "b.xlsx", workbook="W", hours=1, respondent="Ada")
    emptied = read(small, 2, "c.xlsx", workbook="W", hours=2)
    other = read(small, 0, "d.xlsx", workbook="V", team="")
    for order in itertools.permutations([early, late, emptied, other]):
        teams = {team.name: team for team in group_by_team(order)}
        assert set(teams) == {"Alpha", "d.xlsx"}
        assert ratings_of(teams["Alpha"]) == [2]
        assert [member.name for member in teams["Alpha"].members] == ["Ada"]


def test_a_workbook_may_go_to_several_teams(small: Scheme) -> None:
    """One blank workbook was handed to all; each team is a team."""
    files = [
        read(small, n, f"{n}.xlsx", workbook="W", team=team)
        for n, team in enumerate(("Alpha", "Beta", "Gamma"))
    ]
    teams = group_by_team(files)

    assert [ratings_of(team) for team in teams] == [[0], [1], [2]]
    assert [team.findings for team in teams] == [()] * 3


def test_versions_of_a_team_keep_their_findings_in_the_present(small: Scheme) -> None:
    """A response without a date joins the latest round, with all versions of it."""
    old = read(small, 3, "old.xlsx", workbook="A", hours=0, date="2026-11-20", respondent="Ada")
    new = read(small, 2, "new.xlsx", workbook="A", hours=1, date="2026-11-21", respondent="Ada")
    undated = read(small, 1, "undated.xlsx", workbook="B", respondent="Ben")
    (team,) = current_teams([old, undated, new])

    assert ratings_of(team) == [2, 1]
    assert codes(team) == ["workbook-twice"]
