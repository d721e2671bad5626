"""Reports of teams say which ratings do not count, and why a team is below its members."""

from __future__ import annotations

import html
import io
import json
import re
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from iml4e_xlsx.analysis.teams import group_by_team
from iml4e_xlsx.analysis.workshop_agenda import build_agenda
from iml4e_xlsx.cli import cli
from iml4e_xlsx.model import NOT_APPLICABLE, Assessment, RatingValue, Scheme
from iml4e_xlsx.report.contents.contents import make_contents
from iml4e_xlsx.report.contents.summary import summary_sentences
from iml4e_xlsx.report.formats.render import render_report
from iml4e_xlsx.report.tables.overview_table import overview_table
from iml4e_xlsx.report.tables.result_data import team_entry
from iml4e_xlsx.report.tables.table import format_figure
from iml4e_xlsx.report.tables.team_tables import agenda_table, applicability_table, members_table
from iml4e_xlsx.scheme import load_scheme
from tests.support.builders import assessment, built, rate_all

LOWER = "Of two middle ratings of a team the lower one counts"


@pytest.fixture(scope="module")
def pair(small: Scheme) -> list[Assessment]:
    """Return two who are above their team: each is behind the other somewhere; one says n/a."""
    first, second, third = list(small.statements)[:3]
    return [
        assessment(small, {**rate_all(small, 2), first: 3, second: 1, third: NOT_APPLICABLE}),
        assessment(small, {**rate_all(small, 2), first: 1, second: 3, third: 0}, respondent="Ben"),
    ]


@pytest.fixture(scope="module")
def alike(small: Scheme) -> list[Assessment]:
    return [assessment(small, rate_all(small, 2), respondent=name) for name in ("Ada", "Ben")]


def read_page(outcomes: list[Assessment], *, anonymous: bool = False) -> str:
    page = render_report(make_contents(outcomes, anonymous=anonymous), "r.html").decode()
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


def read_sheets(outcomes: list[Assessment], *, anonymous: bool = False) -> dict[str, str]:
    data = render_report(make_contents(outcomes, anonymous=anonymous), "r.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(data))
    return {
        sheet.title: "\n".join(str(cell.value) for row in sheet.iter_rows() for cell in row)
        for sheet in book
    }


def test_page_says_who_rated_what_others_call_n_a(pair: list[Assessment]) -> None:
    """On the agenda, beside the statement, in the summary and in the rule."""
    page = read_page(pair)

    assert "1 statement is rated by some members and n/a for at least half: Alpha (" in page
    assert "Not agreed whether it applies: Ada n/a, Ben 0" in page
    assert page.count("Ada n/a, Ben 0") == 2
    assert page.index("rated by some members") < page.index("those in Alpha on statement")
    assert "begin the discussion there" not in page
    assert "A statement is n/a for the team if at least half of those who answered say so" in page


def test_minority_n_a_is_said_to_be_first_nowhere(small: Scheme) -> None:
    """The agenda begins with the least agreement then, and the summary with it."""
    ids = list(small.statements)
    said_by: list[tuple[str, RatingValue, RatingValue]] = [
        ("Ada", 3, 0),
        ("Ben", 2, 3),
        ("Cem", NOT_APPLICABLE, 2),
    ]
    outcomes = [
        assessment(
            small,
            {**rate_all(small, 2), **dict.fromkeys(ids[1:14], others), ids[0]: first},
            respondent=name,
        )
        for name, first, others in said_by
    ]
    contents = make_contents(outcomes)
    agenda = build_agenda(contents.teams[0])
    said = " ".join(summary_sentences(contents))
    note = agenda_table(agenda).note

    assert ids[0] not in [item.statement.id for item in agenda.items]
    assert f"on statement {agenda.items[0].statement.id}" in said
    assert "begin the discussion there" in said
    assert "first agree whether" not in said
    assert f"n/a for fewer than half of the members: Alpha ({ids[0]})" in said
    assert "begins with these" not in note
    assert "begins with these" not in (applicability_table(contents.teams[0]).note or "")


def test_page_without_names_has_the_ratings(pair: list[Assessment]) -> None:
    """They are in an order that does not tell who gave them."""
    page = read_page(pair, anonymous=True)

    assert "Not agreed whether it applies: 0, n/a" in page
    assert page.count("0, n/a") == 2
    assert "Ada" not in page
    assert "Ben" not in page


def test_workbook_says_who_rated_what_others_call_n_a(pair: list[Assessment]) -> None:
    """Both on the agenda and among the statements; without names where there shall be none."""
    named, hidden = read_sheets(pair), read_sheets(pair, anonymous=True)

    for sheet in ("Agenda", "Statements"):
        assert "Ada n/a, Ben 0" in named[sheet]
        assert "0, n/a" in hidden[sheet]
        assert "Ada" not in hidden[sheet]


def test_page_and_workbook_list_the_members_own_results(pair: list[Assessment]) -> None:
    """Their indices explain the team's; without names they are not shown."""
    (team,) = group_by_team(pair)
    overall = team.result.overall
    indices = [member.assessment.result.overall.index for member in team.members]
    assert all(overall.index < index for index in indices if index is not None)  # type: ignore[operator]

    page, people = read_page(pair), read_sheets(pair)["Respondents"]
    for member, index in zip(team.members, indices, strict=True):
        level = member.assessment.result.overall.level
        assert f"{member.name} {level} {format_figure(index)}" in page
        assert f"{member.name}\n{level}\n" in people
    assert "Respondents" not in read_sheets(pair, anonymous=True)
    assert "Their own results" not in read_page(pair, anonymous=True)


def test_figures_of_a_team_say_that_the_lower_counts(
    pair: list[Assessment], alike: list[Assessment]
) -> None:
    """Beside the overview, the members and in the summary; not where no two ratings differ."""
    for outcomes, is_said in ((pair, True), (alike, False)):
        contents = make_contents(outcomes)
        (team,) = contents.teams
        notes = (
            overview_table(contents.comparison).note,
            members_table(team).note,
            " ".join(summary_sentences(contents)),
        )
        assert [LOWER in note for note in notes] == [is_said] * 3


def test_data_has_the_disputes(pair: list[Assessment]) -> None:
    """An id, and who said what; a statement that nobody disputes is not there."""
    (team,) = group_by_team(pair)
    third = list(team.scheme.statements)[2]

    assert team_entry(team)["disputed_applicability"] == {
        third: [{"respondent": "Ada", "rating": "n/a"}, {"respondent": "Ben", "rating": 0}]
    }
    row = agenda_table(build_agenda(team)).rows[0]
    assert (row[0], row[2]) == (third, None)
    assert "no rating counts" in agenda_table(build_agenda(team)).note


def test_commands_say_it(tmp_path: Path) -> None:
    """The terminal and JSON of workbooks that two people filled in; names only where allowed."""
    scheme = load_scheme()
    id_ = next(iter(scheme.statements))
    pairs: tuple[tuple[str, RatingValue], ...] = (("Ada", NOT_APPLICABLE), ("Ben", 0))
    for name, rating in pairs:
        others = rate_all(scheme, 1 if name == "Ada" else 2)
        one = assessment(scheme, {**others, id_: rating}, respondent=name)
        built(scheme, tmp_path / f"{name}.xlsx", one.response)

    def run(*words: str) -> str:
        return CliRunner().invoke(cli, [*words, str(tmp_path)]).stdout

    table = re.sub(r"\s+", " ", run("score", "--group", "team"))
    assert "Ada n/a, Ben 0" in table
    assert LOWER in table
    assert LOWER in re.sub(r"\s+", " ", run("compare"))
    (entry,) = json.loads(run("score", "--group", "team", "--format", "json"))["results"]
    assert list(entry["disputed_applicability"]) == [id_]
    (first, *_), _ = (
        view["rows"] for view in json.loads(run("agenda", "--format", "json"))["views"]
    )
    assert (first["statement"], first["ratings"]) == (id_, "Ada n/a, Ben 0")
    assert "Ada" not in run("agenda", "--anonymous", "--fewest", "1", "--format", "json")
