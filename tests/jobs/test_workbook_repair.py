"""Repaired workbooks, replies to respondents, and limits as options."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner, Result

from iml4e_xlsx.cli import cli
from iml4e_xlsx.findings.failure import Failure, FailureCode
from iml4e_xlsx.findings.finding import Severity
from iml4e_xlsx.jobs.workbook_repair import repair_workbook
from iml4e_xlsx.model import Profile, Scheme
from iml4e_xlsx.reading.workbook_reader import WorkbookReader
from iml4e_xlsx.report.formats.reply import write_reply
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.workbook.layout import Layout, layout_of
from tests.support import habits
from tests.support.builders import built, response, small_scheme, typed
from tests.support.habits import edited
from tests.support.hostile import CASES
from tests.support.ooxml import validate

PROFILE = Profile(
    organisation="Example & Sons", team="Alpha", respondent="Ada", role="Lead", date="2026-11-23"
)


@pytest.fixture
def damaged(small: Scheme, tmp_path: Path) -> Path:
    """Return a workbook with doubtful cells, an odd target and an odd date."""
    ratings: dict[str, Any] = dict.fromkeys(small.statements, 2)
    filled = response(
        small,
        ratings,
        evidence={"AA-01": "=cmd|'/c calc'!A1", "AA-05": "line\nbreak"},
        profile=PROFILE,
        targets={"AA": 3, "BB": 2},
    )
    path = edited(
        small, tmp_path / "damaged.xlsx", filled, habits.rename_sheets, habits.insert_rows
    )
    book = openpyxl.load_workbook(path)
    rows = habits.rows_of(book, small)
    for id_, value in (
        ("AA-01", "2 - Fully"),
        ("AA-02", 7),
        ("AA-03", "largely"),
        ("BB-01", "n/a"),
    ):
        rows[id_].cell("rating").value = value
    habits.add_unknown_row(book, small, Random(0))
    for sheet in book.worksheets:
        for cells in sheet.iter_rows():
            for cell in cells:
                if cell.value == "Area AA" and sheet.cell(cell.row, cell.column + 4).value == 3:
                    sheet.cell(cell.row, cell.column + 4).value = "high"
                if cell.value == "Date":
                    sheet.cell(cell.row, cell.column + 1).value = "next week"
    book.save(path)
    return path


def noted(layout: Layout, book: openpyxl.Workbook) -> dict[str, str]:
    """Return the notes by address with sheet."""
    return {
        f"{sheet.title}!{cell.coordinate}": cell.comment.text
        for sheet in book.worksheets
        for cells in sheet.iter_rows()
        for cell in cells
        if cell.comment is not None
    }


def test_repaired_workbook_has_every_legible_answer(
    small: Scheme, reader: WorkbookReader, damaged: Path, tmp_path: Path
) -> None:
    """Pristine layout, the same id, profile, targets and answers; doubts marked with a note."""
    before = reader.assess(damaged)
    repaired = repair_workbook(damaged, reader, created=datetime(2026, 11, 23, tzinfo=UTC))
    path = tmp_path / "repaired.xlsx"
    path.write_bytes(repaired.data)
    after = reader.assess(path)
    layout = layout_of(small)
    book = openpyxl.load_workbook(io.BytesIO(repaired.data))

    assert book.sheetnames == list(layout.sheet_names)
    assert after.response.workbook_id == before.response.workbook_id != ""
    assert after.response.profile == before.response.profile
    assert after.response.targets == {"BB": 2}
    assert {i: (a.rating, a.evidence) for i, a in after.response.answers.items()} == {
        i: (a.rating, a.evidence) for i, a in before.response.answers.items()
    }
    assert not [f for f in after.findings if f.severity is Severity.ERROR]
    notes = noted(layout, book)
    expected = {
        layout.areas["AA"].rating_cell("AA-01"): "2 - Fully",
        layout.areas["AA"].rating_cell("AA-02"): "7",
        layout.areas["AA"].rating_cell("AA-03"): "largely",
        layout.areas["BB"].evidence_cell("BB-01"): "without a reason",
        layout.summary.figure_cell("AA", layout.summary.TARGET): "high",
        layout.cover.profile_cell("date"): "next week",
    }
    assert set(notes) == {f"{cell.sheet}!{cell.a1}" for cell in expected}
    for cell, words in expected.items():
        assert words in notes[f"{cell.sheet}!{cell.a1}"]
        assert book[cell.sheet][cell.a1].fill.start_color.rgb == "FFFBD5B5"
    assert repaired.marked_cells == len(expected)
    assert [finding.code for finding in repaired.unplaced_findings] == ["statement-unknown"]
    assert validate(path) == []


def test_text_of_respondents_stays_text(
    small: Scheme, reader: WorkbookReader, damaged: Path
) -> None:
    """A respondent's text that looks like a formula is text in the repaired workbook."""
    repaired = repair_workbook(damaged, reader)
    cell = layout_of(small).areas["AA"].evidence_cell("AA-01")
    found = openpyxl.load_workbook(io.BytesIO(repaired.data))[cell.sheet][cell.a1]

    assert found.data_type == "s"
    assert str(found.value).startswith("=cmd")


def run(*args: object) -> Result:
    return CliRunner().invoke(cli, [str(arg) for arg in args])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of the small scheme."""
    small_scheme(tmp_path / "scheme")
    return tmp_path / "scheme"


def test_repair_command(damaged: Path, folder: Path, tmp_path: Path) -> None:
    """Says what it wrote and what has no place; exit code 1, since answers were lost."""
    target = tmp_path / "repaired.xlsx"
    done = run("repair", damaged, "-o", target, "--scheme", folder)

    assert done.exit_code == 1
    assert target.is_file()
    assert "AA-77" in done.stderr
    assert "6 cells are marked" in done.stderr
    assert run("repair", damaged, "-o", target, "--scheme", folder).exit_code == 2
    assert run("check", target, "--scheme", folder).exit_code == 0


def test_repair_of_what_is_no_workbook(tmp_path: Path) -> None:
    """There is nothing to repair; nothing is written."""
    path = tmp_path / "text.xlsx"
    path.write_bytes(b"hello")
    done = run("repair", path, "-o", tmp_path / "out.xlsx")

    assert done.exit_code == 1
    assert "not a spreadsheet workbook" in done.stderr
    assert not (tmp_path / "out.xlsx").exists()


def test_reply_says_what_to_correct(damaged: Path, reader: WorkbookReader) -> None:
    """Grouped by weight and sheet, each with its cell, in lines that a mail keeps."""
    text = write_reply(reader.assess(damaged))

    assert text.startswith('Thank you for the workbook "damaged.xlsx".')
    errors, warnings = text.index("Please correct"), text.index("Please check")
    assert errors < text.index("2 - Fully") < warnings < text.index('"largely"')
    assert text.rstrip().endswith("save it, and send it back.")
    assert all(len(line) <= 76 for line in text.splitlines())
    assert '  Sheet "Tabelle1' in text


def test_reply_to_a_workbook_without_fault(
    small: Scheme, reader: WorkbookReader, tmp_path: Path
) -> None:
    """There is nothing to correct."""
    filled = response(small, dict.fromkeys(small.statements, 3), profile=PROFILE)
    text = write_reply(reader.assess(built(small, tmp_path / "w.xlsx", filled)))

    assert "36 of 36 statements are rated" in " ".join(text.split())
    assert "nothing to correct" in text


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("empty-file", "send it again"),
        ("not-a-workbook", "all its sheets"),
        ("encrypted", "remove the password"),
        ("broken-workbook", "save it again"),
        ("defect", "as you filled it in"),
    ],
)
def test_reply_to_a_file_that_cannot_be_used(code: str, words: str) -> None:
    """In words for the one who sent it."""
    text = write_reply(
        Failure(source="in/x\x1b[31m.xlsx", code=FailureCode(code), message="for the facilitator")
    )

    assert words in " ".join(text.split())
    assert "facilitator" not in text
    assert "\x1b" not in text


def test_reply_command(damaged: Path, folder: Path) -> None:
    """One reply after another, on standard output."""
    done = run("check", damaged, damaged.parent / "none.xlsx", "--reply", "--scheme", folder)

    assert done.exit_code == 1
    assert done.stdout.count("Thank you") == 2
    assert run("check", damaged, "--reply", "--format", "json").exit_code == 2


def test_text_in_a_workbook_never_steers_mail_or_terminal(
    small: Scheme, folder: Path, tmp_path: Path
) -> None:
    """Escapes, line breaks and markup in a cell are shown as what they are: text on one line."""
    evil = "\x1b]0;owned\x07 2\nBcc: all@example.org <script>"
    path = typed(
        small,
        built(small, tmp_path / "w.xlsx"),
        {"AA-01": evil.replace("\x1b", "_x001B_").replace("\x07", "")},
    )
    for options in ((), ("--reply",), ("--format", "json")):
        done = run("check", path, "--scheme", folder, *options)
        assert "\x1b" not in done.stdout
        assert "\nBcc" not in done.stdout
    assert "\x1b" not in run("score", path, "--scheme", folder).stdout


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff20"])
def test_csv_never_holds_a_formula(small: Scheme, folder: Path, tmp_path: Path, start: str) -> None:
    """Whatever a respondent writes into the profile is text in the table of results."""
    profile = Profile(organisation=f"x{start}", team=f"{start}1+1", respondent="a", role="b")
    path = built(small, tmp_path / "w.xlsx", response(small, {"AA-01": 1}, profile=profile))
    done = run("score", path, "--scheme", folder, "--format", "csv")

    assert done.exit_code == 0
    teams = {row["team"] for row in csv.DictReader(io.StringIO(done.stdout))}
    assert all(team[:1] == "'" or team[:1] == "1" for team in teams), teams


def test_limits_are_options(small: Scheme, folder: Path, tmp_path: Path) -> None:
    """What one facilitator refuses, another may allow."""
    path = built(small, tmp_path / "w.xlsx", response(small, {"AA-01": 1}))

    assert run("score", path, "--scheme", folder, "--limit", "size=10kB").exit_code == 1
    refused = run("score", path, "--scheme", folder, "--limit", "sheets=2", "--format", "json")
    (failure,) = json.loads(refused.stdout)["failed"]
    assert failure["code"] == "too-large"
    assert "more than 2" in failure["message"]
    assert run("score", path, "--scheme", folder, "--limit", "size=1MB").exit_code == 0
    assert run("score", path, "--limit", "speed=1").exit_code == 2
    assert run("score", path, "--limit", "size=much").exit_code == 2
    big = tmp_path / "big.xlsx"
    big.write_bytes(CASES["long-text.xlsx"][0](path.read_bytes()))
    options = ("--limit", "text=600000", "--limit", "memory=300MB")
    assert run("score", big, "--scheme", folder, *options).exit_code == 0


def test_settings_of_limits() -> None:
    """Amounts with units, seconds with fractions."""
    limits = Limits.parse_settings(["size=1.5MB", "seconds=0.5", "parts=7", "archive=2g"])

    assert (limits.size, limits.seconds, limits.parts) == (1_572_864, 0.5, 7)
    assert limits.archive == 2 << 30
    with pytest.raises(ValueError, match="there are size, inflated"):
        Limits.parse_settings(["x=1"])
