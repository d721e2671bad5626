"""What commands say of open answers, unreadable dates and mistakes: true, and with a next step."""

from __future__ import annotations

import io
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console

from iml4e_xlsx.analysis.comparison import compare_teams
from iml4e_xlsx.analysis.rounds import has_illegible_date
from iml4e_xlsx.analysis.teams import group_by_team
from iml4e_xlsx.cli import cli
from iml4e_xlsx.cli.voice import output_width
from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.finding import Place
from iml4e_xlsx.model import Scheme
from iml4e_xlsx.report.formats.terminal import show_findings, show_outcomes
from iml4e_xlsx.report.tables.labels import at_most_text
from iml4e_xlsx.report.tables.overview_table import overview_table
from iml4e_xlsx.report.tables.standing import area_notes, next_step_text
from iml4e_xlsx.text.interface_texts import load_texts, scheme_texts
from tests.support.builders import assessment, rate_all

TEXTS = load_texts()
MAKE = FindingCatalogue(TEXTS)


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(cli, arguments)
    return done.exit_code, done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("build", "-o", "nodir/x.xlsx"), 3, "Make the folder first."),
        (("build", "-o", "x.xlsx", "--target", "DG"), 2, "as in DG=4"),
        (("roadmap", ".", "-o", "road.html"), 2, "only a report is written with the suffix .html"),
    ],
)
def test_mistakes_are_told_with_the_way_out(
    arguments: tuple[str, ...],
    code: int,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)

    found, words = run(*arguments)

    assert (found, said in words) == (code, True), words


def test_a_roster_without_headings_is_told_them() -> None:
    finding = MAKE.roster_no_heading(Place(source="r.csv"), "a, b", "Team, Respondent")

    assert finding.action == "Add a heading row with some of Team, Respondent."


def test_open_statements_bound_the_whole_in_every_place(small: Scheme) -> None:
    """One rule says when bounds are shown: wherever open statements can change a figure."""
    ids = list(small.statements)
    partly = assessment(small, dict.fromkeys(ids[1:], 2), team="Partly")
    whole = assessment(small, rate_all(small, 2), team="Whole")
    teams = group_by_team([partly, whole])
    overall, texts = partly.result.overall, scheme_texts(small)

    most = at_most_text(overall, texts)
    note = overview_table(compare_teams(teams)).note

    assert overall.is_assessed
    assert most.startswith("at most level")
    assert f"provisional: Partly ({most})." in note
    assert at_most_text(whole.result.overall, texts) == ""
    assert "provisional" not in overview_table(compare_teams(teams[1:])).note


def test_one_step_is_said_once(small: Scheme) -> None:
    """Its candidates are more than it; the level that it gives is not said beside it again."""
    texts = scheme_texts(small)
    found = {}
    for count in range(1, len(small.statements)):
        ratings = {**rate_all(small, 2), **dict.fromkeys(list(small.statements)[:count], 1)}
        for area in assessment(small, ratings).result.areas:
            found[area.steps_to_next == 1, area.one_step_level is not None] = area
    area = found[True, True]
    notes = area_notes(area, texts)

    assert not any("with one step more" in note for note in notes)
    assert next_step_text(area, texts).startswith(
        f"to the next level: 1 step (possible in {area.statements_to_next[0]}"
    )


def test_an_illegible_date_is_not_called_a_missing_one(small: Scheme) -> None:
    one = assessment(small, rate_all(small, 2))
    place = Place(source=one.response.source)
    spoilt = replace(one, findings=(MAKE.date_unknown(place, "last Friday"),))

    assert has_illegible_date(spoilt)
    assert not has_illegible_date(one)
    assert not has_illegible_date(replace(one, findings=(MAKE.team_missing(place),)))


def test_one_open_statement_is_spoken_of_as_one() -> None:
    """A reply speaks to its respondent, so nobody is spoken of as somebody else."""
    place = Place(source="a.xlsx")
    one, more = (MAKE.unanswered(place, count, 9, "DG-03") for count in (1, 2))

    assert one.action.startswith("Rate it, or leave it open.")
    assert more.action.startswith("Rate them, or leave them open.")
    for count in (1, 2):
        finding = MAKE.dont_know(place, count, 9, "DG-03")
        assert "the respondent" not in finding.message + finding.action
        assert "question" not in finding.message


def test_doctor_says_the_width_that_tables_have(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is no terminal has more columns than a terminal that does not say how many it has."""
    monkeypatch.delenv("COLUMNS", raising=False)
    words = CliRunner().invoke(cli, ["doctor"]).stdout

    assert "110" in words
    monkeypatch.setenv("COLUMNS", "80")
    assert output_width(sys.stdout) == 80


def test_levels_and_bars_are_explained_once(small: Scheme) -> None:
    """Three workbooks are not explained three times."""
    shown = io.StringIO()
    answers = [
        assessment(small, rate_all(small, 1), respondent=name) for name in ("Ada", "Ben", "Cem")
    ]

    show_outcomes(Console(file=shown, width=110), answers)

    assert shown.getvalue().count("The levels are stairs") == 1
    assert shown.getvalue().count("Bars: one for each level") == 1


@pytest.mark.parametrize("width", [60, 80, 130])
def test_lines_end_with_their_last_character_and_bars_below_levels(
    small: Scheme, width: int
) -> None:
    """Blanks at the end would be copied into mails; a bar without its level says little."""
    one = assessment(small, rate_all(small, 2))
    source = one.response.source
    places = {
        row: Place(source=source, sheet="AA Short AA", cell=f"F{row}") for row in range(1, 30)
    }
    found = tuple(
        MAKE.rating_unknown(place, f"AA-{row:02}", "yes, mostly", "0 - Not")
        for row, place in places.items()
    )
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    console = Console(file=out, width=width, force_terminal=False)

    show_outcomes(console, [one])
    show_findings(console, [replace(one, findings=found)])

    out.seek(0)
    lines = out.read().splitlines()
    assert any("AA-29 F29" in line for line in lines)
    assert [line for line in lines if line.endswith(" ")] == []
    assert any("L1   L2   L3   L4" in line for line in lines)
