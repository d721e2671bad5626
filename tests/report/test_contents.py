"""Contents of a report: the present teams, their trends, and what cannot be compared."""

from __future__ import annotations

from pathlib import Path

import pytest

from iml4e_xlsx.findings.failure import Failure, FailureCode
from iml4e_xlsx.model import (
    NOT_APPLICABLE,
    RatingValue,
    Scheme,
)
from iml4e_xlsx.report.charts.chart_data import MOST_LINES
from iml4e_xlsx.report.charts.radar import draw_radar
from iml4e_xlsx.report.contents.contents import IN_FULL, Contents, make_contents
from iml4e_xlsx.report.formats.html import render_html
from iml4e_xlsx.report.formats.render import render_report
from iml4e_xlsx.scheme import load_scheme
from tests.support.builders import assessment, scheme_fields, write_scheme
from tests.support.team_reports import four_members


def test_contents_are_of_the_latest_round(contents: Contents) -> None:
    """Earlier rounds make the trend; the team of one round has none."""
    assert [team.name for team in contents.teams] == ["<i>Beta</i>", "Alpha", "Gamma"]
    assert contents.respondents == 12
    assert contents.dates == ("2026-11-04", "2026-11-08")
    assert [trend.name for trend in contents.trends.trends] == ["<i>Beta</i>", "Alpha"]
    assert contents.trends.once == ("Gamma",)


def test_no_sheet_of_findings_has_its_name_cut(contents: Contents) -> None:
    """A sheet's name has at most 31 characters."""
    assert len(contents.texts("view.findings_title")) <= 31


def test_undated_responses_count_as_of_now(small: Scheme) -> None:
    """They join their team's latest round, and the report says which they are."""
    dated = assessment(small, dict.fromkeys(small.statements, 1), respondent="A")
    undated = assessment(small, dict.fromkeys(small.statements, 3), respondent="B", date="")

    contents = make_contents([dated, undated])

    assert [m.name for m in contents.teams[0].members] == ["A", "B"]
    assert undated.response.source in render_html(contents)


def test_other_schemes_are_left_out_and_named(small: Scheme, tmp_path: Path) -> None:
    """A comparison of different schemes would compare nothing."""
    write_scheme(tmp_path / "o", {**scheme_fields("| AA | 1 | AA-01 |", top=1), "id": "other"})
    other = assessment(load_scheme(tmp_path / "o"), {"AA-01": 1}, team="Foreign")
    own = assessment(small, dict.fromkeys(small.statements, 1))

    contents = make_contents([own, other, *four_members(small, "B", "2026-11-20", 1)])

    assert contents.left_out == ("Foreign",)
    assert f"Foreign: {contents.texts('report.other_scheme')}" in render_html(contents)


def test_nothing_read_is_no_report() -> None:
    """Failures alone make no report."""
    with pytest.raises(ValueError, match="none of the files"):
        make_contents([Failure(source="x", code=FailureCode("empty-file"), message="x is empty.")])


def test_one_respondent_is_a_report_too(small: Scheme) -> None:
    """One team, one respondent: no consensus, nothing to compare with, all said in words."""
    contents = make_contents(
        [assessment(small, dict.fromkeys(small.statements, 1), targets={"AA": 2})]
    )
    html = render_html(contents)

    assert "Alpha is at level\u00a00" in html
    assert "There is only one team" in html
    assert "No statement was answered by two people" in html
    assert "for Short BB, Short CC" in html


def test_all_not_applicable_is_a_report_too(small: Scheme) -> None:
    """Nothing has a figure, and the headline says why."""
    ratings: dict[str, RatingValue | None] = dict.fromkeys(small.statements, NOT_APPLICABLE)
    contents = make_contents([assessment(small, ratings)])

    assert "no level and no index: no area applies" in render_html(contents)
    assert draw_radar(contents.radar, kind="svg")
    assert render_report(contents, "r.xlsx")


def test_many_teams_are_grouped(small: Scheme) -> None:
    """Their pages fold, the radar shows the median and the middle half, tables count ratings."""
    given = [
        assessment(small, dict.fromkeys(small.statements, n % 4), team=f"Team {n:02}")
        for n in range(IN_FULL + 1)
    ]
    contents = make_contents(given)
    html = render_html(contents)

    assert len(contents.radar.lines) == 1
    assert contents.radar.band is not None
    assert html.count("<details>") > IN_FULL
    assert "Compared with others: all" in html
    assert len(make_contents(given[:MOST_LINES]).radar.lines) == MOST_LINES


def test_reference_profiles_are_drawn(official: Scheme) -> None:
    """Each of Microsoft's levels is a profile of the scheme; another one is refused by name."""
    one = assessment(official, dict.fromkeys(official.statements, 2))
    contents = make_contents([one], profiles=["level-2"])

    assert [line.name for line in contents.radar.references] == ["Level 2 in every area"]
    assert [profile.id for profile in official.profiles] == [f"level-{n}" for n in range(5)]
    assert all(len(p.areas) == len(official.areas) for p in official.profiles)
    with pytest.raises(ValueError, match=r"level-9.*level-0, level-1"):
        make_contents([one], profiles=["level-9"])
