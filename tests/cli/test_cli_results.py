"""The commands that say what results mean, run as a facilitator would run them."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner, Result
from rich.cells import cell_len
from rich.console import Console

from iml4e_xlsx.cli import cli
from iml4e_xlsx.model import Profile, Scheme
from iml4e_xlsx.report.formats.terminal import show_tables
from iml4e_xlsx.report.tables.table import Column, ColumnKind, ResultTable
from iml4e_xlsx.workbook.builder import build_workbook
from tests.support.builders import CREATED, response


def run(*args: object) -> Result:
    outcome = CliRunner().invoke(cli, [str(arg) for arg in args])
    assert outcome.exception is None or isinstance(outcome.exception, SystemExit), outcome.output
    assert "Traceback" not in outcome.output
    return outcome


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture(scope="module")
def folder(official: Scheme, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of returned workbooks: two teams, two rounds, one broken file."""
    place = tmp_path_factory.mktemp("returned")
    people = (
        ("Alpha", "Ada", "2026-05-04", 1, ""),
        ("Alpha", "Ada", "2026-11-04", 2, "DG-01"),
        ("Alpha", "Ben", "2026-11-05", 1, "DG-02"),
        ("Beta", "Cem", "2026-11-06", 0, ""),
    )
    for number, (team, name, date, base, left_out) in enumerate(people):
        ratings: dict[str, Any] = {
            id_: max(0, min(3, base + 2 - statement.level + number % 2))
            for id_, statement in official.statements.items()
            if id_ != left_out
        }
        filled = response(
            official,
            ratings,
            profile=Profile(
                organisation="O", sector="Bank", team=team, respondent=name, role="r", date=date
            ),
            targets=dict.fromkeys((area.code for area in official.areas), 2),
        )
        data = build_workbook(official, created=CREATED, response=filled)
        (place / f"{number}-{team}-{name}.xlsx".lower()).write_bytes(data)
    return place


# --- score by team ---------------------------------------------------------------------------


def test_score_by_team_has_medians_and_members(folder: Path) -> None:
    """One result a team, each respondent's own beside it, and what they left open."""
    outcome = run("score", folder, "--group", "team", "--format", "json")
    alpha, beta = json.loads(outcome.stdout)["results"]

    assert outcome.exit_code == 0
    assert (alpha["team"], alpha["respondents"], beta["respondents"]) == ("Alpha", 2, 1)
    assert [member["respondent"] for member in alpha["members"]] == ["Ada", "Ben"]
    assert [member["missing"] for member in alpha["members"]] == [["DG-01"], ["DG-02"]]
    assert alpha["members"][0]["profile"]["date"] == "2026-11-04"
    assert "respondent-twice" in [finding["code"] for finding in alpha["findings"]]
    assert alpha["ratings"]["PC-01"] == min(m["ratings"]["PC-01"] for m in alpha["members"])
    assert beta["consensus"] == {}


def test_strict_counts_what_is_said_of_teams(folder: Path) -> None:
    """Somebody who answered twice is a warning, which counts with --strict alone."""
    assert run("score", folder, "--group", "team").exit_code == 0
    assert run("score", folder, "--strict").exit_code == 0
    assert run("score", folder, "--group", "team", "--strict").exit_code == 1


def test_score_by_team_as_table_names_members(folder: Path) -> None:
    """The terminal shows the team, then its respondents with what they left open."""
    text = run("score", folder, "--group", "team").stdout

    assert "Respondents: Alpha" in text
    assert "DG-02" in text
    assert "Respondents: Beta" not in text


@pytest.mark.parametrize("group", [[], ["--group", "team"]], ids=["each", "team"])
def test_score_writes_by_suffix(folder: Path, tmp_path: Path, group: list[str]) -> None:
    """csv, parquet, json, ndjson, xlsx, svg and png, in the shape that the suffix names."""
    count = 2 if group else 4
    for name in ("r.csv", "r.parquet", "r.json", "r.ndjson", "r.xlsx", "r.svg", "r.png", "r.txt"):
        outcome = run("score", folder, *group, "-o", tmp_path / name)
        assert outcome.exit_code == 0, outcome.output
    frame = pd.read_parquet(tmp_path / "r.parquet")

    assert len(rows((tmp_path / "r.csv").read_text())) == count * 8
    assert len(frame) == count * 8
    assert set(frame["sector"]) == {"Bank"}
    assert len(json.loads((tmp_path / "r.json").read_text())["results"]) == count
    assert len((tmp_path / "r.ndjson").read_text().splitlines()) == count
    sheets = ["Areas", "Statements", *(["Not in these results"] if group else [])]
    assert openpyxl.load_workbook(tmp_path / "r.xlsx").sheetnames == sheets
    assert "<svg" in (tmp_path / "r.svg").read_text()
    assert (tmp_path / "r.png").read_bytes().startswith(b"\x89PNG")
    assert "Overall" in (tmp_path / "r.txt").read_text()


def test_score_by_statement(folder: Path, official: Scheme, tmp_path: Path) -> None:
    """A row for each statement; what is unanswered is empty, not zero."""
    run("score", folder, "--rows", "statements", "-o", tmp_path / "s.csv")
    found = rows((tmp_path / "s.csv").read_text())

    assert len(found) == 4 * len(official.statements)
    (missing,) = (r for r in found if r["statement"] == "DG-02" and r["respondent"] == "Ben")
    assert missing["rating"] == ""
    assert missing["not_applicable"] == "false"


def test_unknown_suffix_is_wrong_usage(folder: Path, tmp_path: Path) -> None:
    """It names the suffixes that there are, before anything is read."""
    outcome = run("score", folder, "-o", tmp_path / "r.docx")

    assert outcome.exit_code == 2
    assert ".parquet" in outcome.stderr


def test_picture_of_nothing_is_not_written(tmp_path: Path) -> None:
    """Where no file can be read there is nothing to draw; the reason is said once."""
    (tmp_path / "x.xlsx").write_bytes(b"no workbook")
    outcome = run("score", tmp_path / "x.xlsx", "-o", tmp_path / "r.png")

    assert outcome.exit_code == 1
    assert not (tmp_path / "r.png").exists()
    assert "x.xlsx" in outcome.stderr


# --- views ------------------------------------------------------------------------------------


def test_compare_shows_teams_side_by_side(folder: Path) -> None:
    """Level, index and steps by area, and where they differ most."""
    outcome = run("compare", folder)

    assert outcome.exit_code == 0
    for part in ("Teams at a glance", "Alpha", "Beta", "Steps to the target", "differ most"):
        assert part in outcome.stdout
    document = json.loads(run("compare", folder, "--format", "json").stdout)
    index = next(view for view in document["views"] if view["name"] == "index_by_area")
    assert [row["team"] for row in index["rows"]] == ["Alpha", "Beta"]
    assert all(isinstance(index["rows"][0][code], float) for code in ("PC", "DG", "OM"))


def test_agenda_can_leave_names_out(folder: Path) -> None:
    """Everybody's rating, with names or without."""
    named = run("agenda", folder, "--team", "alpha")
    nameless = run("agenda", folder, "--team", "alpha", "--anonymous", "--fewest", "1")

    assert "Ada" in named.stdout
    assert "Beta" not in named.stdout
    assert "Ada" not in nameless.stdout
    assert "Ben" not in nameless.stdout
    assert len(json.loads(run("agenda", folder, "--most", "3", "--format", "json").stdout)
               ["views"][0]["rows"]) == 3  # fmt: skip


def test_team_that_is_not_there_is_told_those_that_are(folder: Path) -> None:
    outcome = run("agenda", folder, "--team", "Gamma")

    assert outcome.exit_code == 1
    assert "Alpha, Beta" in outcome.stderr


def test_roadmap_in_every_format(folder: Path, tmp_path: Path) -> None:
    """Steps with what to do; the CSV for issue trackers has a title and a body."""
    text = run("roadmap", folder, "--team", "Beta").stdout
    assert re.search(r"\blevel \d", text)
    for name in ("r.md", "r.csv", "r.xlsx", "r.json"):
        assert run("roadmap", folder, "--team", "Beta", "-o", tmp_path / name).exit_code == 0
    assert (tmp_path / "r.md").read_text().startswith("## Roadmap: Beta")
    steps = rows((tmp_path / "r.csv").read_text())
    assert {"step", "area", "statement", "now", "wanted", "change", "action"} <= set(steps[0])
    outcome = run("roadmap", folder, "--team", "Beta", "--issues", "-o", tmp_path / "i.csv")
    issues = rows((tmp_path / "i.csv").read_text())
    assert outcome.exit_code == 0
    assert len(issues) == len(steps)
    assert all(row["title"] and row["body"] and " " not in row["labels"] for row in issues)


def test_roadmap_to_another_target(folder: Path) -> None:
    """A target given on the command line replaces the workbook's; a wrong one is refused."""
    none = run("roadmap", folder, "--target", "0", "--format", "json")
    wrong = run("roadmap", folder, "--target", "XX=2")

    assert all(not view["rows"] for view in json.loads(none.stdout)["views"])
    assert wrong.exit_code == 2
    assert "XX" in wrong.stderr


def test_trend_shows_rounds(folder: Path) -> None:
    """Index and level by round; teams of one round are named."""
    outcome = run("trend", folder)

    assert outcome.exit_code == 0
    assert "2026-05-04" in outcome.stdout
    assert "Gained: Alpha" in outcome.stdout
    assert "Assessed in one round only, and so without a trend: Beta." in outcome.stderr
    assert run("trend", folder, "--team", "Beta").exit_code == 1


def test_trend_is_drawn(folder: Path, tmp_path: Path) -> None:
    """As a picture with a panel for each area, which says in words what it shows."""
    assert run("trend", folder, "-o", tmp_path / "t.png").exit_code == 0
    assert run("trend", folder, "-o", tmp_path / "t.svg").exit_code == 0
    svg = (tmp_path / "t.svg").read_text()

    assert (tmp_path / "t.png").read_bytes().startswith(b"\x89PNG")
    assert "<desc>Line charts of the index by area and round." in svg
    assert "Quality &amp; Compliance" in svg


def test_benchmark_keeps_small_groups_to_itself(folder: Path) -> None:
    """Two teams are too few for any figure, unless the facilitator says otherwise."""
    silent = run("benchmark", folder)
    shown = run("benchmark", folder, "--fewest", "2", "--by", "sector", "--own", "Beta")

    assert "fewer than 5" in silent.stdout
    assert "Compared with others: Bank" in shown.stdout
    assert "50 %" in shown.stdout  # Beta is the lower one of two
    assert run("benchmark", folder, "--by", "size").exit_code == 1
    assert "sector" in run("benchmark", folder, "--by", "colour").stderr


# --- report -----------------------------------------------------------------------------------


def test_report_by_suffix(folder: Path, tmp_path: Path) -> None:
    """HTML, workbook and pictures of the same contents; anything else is wrong usage."""
    for name in ("r.html", "r.xlsx", "r.svg", "r.png"):
        outcome = run("report", folder, "-o", tmp_path / name, "--profile", "level-3")
        assert outcome.exit_code == 0, outcome.output
        assert (tmp_path / name).stat().st_size > 1000
    assert "Level 3 in every area" in (tmp_path / "r.svg").read_text()
    assert run("report", folder, "-o", tmp_path / "r.doc").exit_code == 2
    assert run("report", folder, "-o", tmp_path / "r.html").exit_code == 2
    again = run("report", folder, "-o", tmp_path / "r.html", "--force", "--title", "Autumn <1>")
    assert again.exit_code == 0
    assert '<h1 dir="auto">Autumn &lt;1&gt;</h1>' in (tmp_path / "r.html").read_text()


def test_report_names_what_failed(folder: Path, tmp_path: Path) -> None:
    """One bad file does not spoil the report; it is named in it, and the exit code says so."""
    bad = tmp_path / "bad.xlsx"
    bad.write_bytes(b"no workbook at all")
    outcome = run("report", folder, bad, "-o", tmp_path / "r.html")

    assert outcome.exit_code == 1
    assert "bad.xlsx" in outcome.stderr
    assert "bad.xlsx" in (tmp_path / "r.html").read_text()
    nothing = run("report", bad, "-o", tmp_path / "n.html")
    assert nothing.exit_code == 1
    assert not (tmp_path / "n.html").exists()


@pytest.mark.parametrize("command", ["compare", "agenda", "roadmap", "trend", "benchmark"])
def test_unknown_suffix_is_said_first(folder: Path, tmp_path: Path, command: str) -> None:
    """Wrong usage, with the suffixes that there are, before anything is read."""
    outcome = run(command, folder, "-o", tmp_path / "r.doc")

    assert outcome.exit_code == 2
    assert ".md" in outcome.stderr


@pytest.mark.parametrize("command", ["compare", "agenda", "roadmap", "trend", "benchmark"])
def test_nothing_read_is_said(tmp_path: Path, command: str) -> None:
    """No traceback, no empty table: the failure and its exit code."""
    bad = tmp_path / "bad.xlsx"
    bad.write_bytes(b"no workbook at all")
    outcome = run(command, bad)

    assert outcome.exit_code == 1
    assert "bad.xlsx" in outcome.stderr
    assert outcome.stdout == ""


@pytest.mark.parametrize("whose", ["nobody's: put aside", "王小明", "Ann"])
@pytest.mark.parametrize("source", ["a.xlsx", "inbox/a folder of mails/one.eml/answers.zip/x.xlsx"])
@pytest.mark.parametrize("width", [60, 80, 110, 200])
def test_a_table_never_loses_the_ends_of_lines(source: str, whose: str, width: int) -> None:
    """Where there is little room cells are folded, not cut; also with wide characters."""
    note = " ".join(f"w{number:02}" for number in range(60)) + " 李四" * 20
    columns = (
        Column("source", "Came as"),
        Column("name", "Whose"),
        Column("by", "Known by"),
        Column("answered", "Answered"),
        Column("remark", "Remark", ColumnKind.LONG),
    )
    row = (source, whose, "workbook", "33 of 120", note)
    written = io.StringIO()
    view = ResultTable(name="x", title="X", columns=columns, rows=(row,))
    show_tables(Console(file=written, width=width), [view])
    lines = written.getvalue().splitlines()

    assert max(map(cell_len, lines)) <= width
    headings = [column.heading for column in columns]
    table = any("─" in line for line in lines)
    shown = Counter("".join(lines))
    wanted = Counter("".join([*row, *(headings if table else headings[1:])]).replace(" ", ""))
    assert all(shown[letter] >= count for letter, count in wanted.items())


ADDRESS = "joerg.weiss@long-company.example"


def drawn(width: int, *columns: tuple[Column, str]) -> str:
    """Return what a terminal of some width shows of a row."""
    written = io.StringIO()
    given, row = zip(*columns, strict=True)
    show_tables(
        Console(file=written, width=width),
        [ResultTable(name="x", title="X", columns=given, rows=(row,))],
    )
    return written.getvalue()


@pytest.mark.parametrize("width", [60, 80, 110])
def test_no_date_address_or_team_breaks(width: int) -> None:
    """What is dispensable stands below its row; the most dispensable first."""
    out = drawn(
        width,
        (Column("stage", "Stage"), "mail failed"),
        (Column("mail", "Mail"), ADDRESS),
        (Column("team", "Team", dispensable=1), "Betrugserkennung"),
        (Column("mailed", "Mailed", dispensable=2), "2026-11-23 sent, 1 reminder"),
        (Column("answered", "Answered", ColumnKind.SHARE), "100 %"),
    )
    assert all(word in out for word in (ADDRESS, "100 %", "Betrugserkennung", "2026-11-23 sent"))
    table, _, below = out.partition("100 %")
    assert {word in table for word in ("Betrugserkennung",)} == {width >= 80}
    assert ("2026-11-23" in below) == (width < 110)


def test_a_row_that_has_no_room_stands_in_lines() -> None:
    """With everything in it, where nothing can be left out."""
    out = drawn(
        60,
        (Column("file", "File", ColumnKind.FILE), "aside/1f3a9c0e5b7d2a486c90.xlsx"),
        (Column("sender", "Sender"), ADDRESS),
        (Column("team", "Team"), ""),
        (Column("problem", "What is wrong", ColumnKind.LONG), "It holds a PDF."),
    )
    assert [line.strip() for line in out.splitlines() if line.strip()] == [
        "X",
        "aside/1f3a9c0e5b7d2a486c90.xlsx",
        f"Sender         {ADDRESS}",
        "What is wrong  It holds a PDF.",
    ]
