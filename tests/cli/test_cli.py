"""The command line: what it writes, says, and exits with."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import openpyxl
import pytest
from click.testing import CliRunner, Result

from iml4e_xlsx.cli import cli
from iml4e_xlsx.model import Scheme
from iml4e_xlsx.workbook.workbook_layout import layout_of
from tests.support.builders import built, response, small_scheme, typed


def run(*args: object) -> Result:
    outcome = CliRunner().invoke(cli, [str(arg) for arg in args])
    assert outcome.exception is None or isinstance(outcome.exception, SystemExit), outcome.output
    assert "Traceback" not in outcome.output
    return outcome


def commands(group: click.Group, prefix: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    context = click.Context(group)
    for name in group.list_commands(context):  # a lazy group knows no more than names
        command = group.get_command(context, name)
        found.append((*prefix, name))
        if isinstance(command, click.Group):
            found += commands(command, (*prefix, name))
    return found


@pytest.mark.parametrize("words", commands(cli), ids=" ".join)
def test_every_command_has_help_with_an_example(words: tuple[str, ...]) -> None:
    """Help says what a command does, and shows one call of it."""
    outcome = run(*words, "--help")

    assert outcome.exit_code == 0
    assert "Example: iml4e" in outcome.stdout


@pytest.fixture
def returned(tmp_path: Path, official: Scheme) -> Path:
    """Return a folder with a good workbook, one with mistakes, and a broken file."""
    folder = tmp_path / "returned"
    folder.mkdir()
    ratings: dict[str, Any] = dict.fromkeys(official.statements, 3)
    built(official, folder / "a-good.xlsx", response(official, ratings))
    path = built(official, folder / "b-mistakes.xlsx", response(official, ratings))
    typed(official, path, {"PC-01": 2.5, "PC-02": "2"})
    (folder / "c-broken.xlsx").write_bytes(b"PK\x03\x04 nothing")
    (folder / "notes.txt").write_text("hello")
    (folder / "~$a-good.xlsx").write_bytes(b"lock")
    return folder


def test_build_writes_a_workbook(tmp_path: Path, official: Scheme) -> None:
    """A workbook is made with profile and targets as asked."""
    path = tmp_path / "out.xlsx"
    outcome = run(
        "build", "-o", path, "--team", "=Fraud", "--role", "Lead", "--target", "3",
        "--target", "dg=4",
    )  # fmt: skip
    layout = layout_of(official)
    book = openpyxl.load_workbook(path)
    cell = layout.cover.profile_cell("team")
    summary = layout.summary

    assert outcome.exit_code == 0
    assert outcome.stdout == ""
    assert book[cell.sheet][cell.a1].value == "=Fraud"
    assert book[cell.sheet][cell.a1].data_type == "s"
    assert book[summary.sheet][summary.figure_cell("DG", summary.TARGET).a1].value == 4
    assert book[summary.sheet][summary.figure_cell("PC", summary.TARGET).a1].value == 3


def test_build_to_standard_output() -> None:
    """`-o -` is standard output, and nothing but the workbook is there."""
    outcome = run("build", "-o", "-")

    assert openpyxl.load_workbook(io.BytesIO(outcome.stdout_bytes)).sheetnames


def test_build_does_not_overwrite(tmp_path: Path) -> None:
    """What exists stays unless --force says otherwise."""
    path = tmp_path / "out.xlsx"
    path.write_text("precious")
    outcome = run("build", "-o", path)

    assert outcome.exit_code == 2
    assert "--force" in outcome.stderr
    assert path.read_text() == "precious"
    assert run("build", "-o", path, "--force").exit_code == 0


@pytest.mark.parametrize("target", ["DG=9", "XX=1", "high", "DG="])
def test_build_refuses_unknown_targets(tmp_path: Path, target: str) -> None:
    """An unknown area or level is wrong usage, with what there is."""
    outcome = run("build", "-o", tmp_path / "x.xlsx", "--target", target)

    assert outcome.exit_code == 2
    assert "Use one of" in outcome.stderr
    assert not list(tmp_path.iterdir())


def test_build_into_nowhere_is_the_environments_fault(tmp_path: Path) -> None:
    """A folder that is not there is exit code 3, with the path."""
    outcome = run("build", "-o", tmp_path / "no" / "such" / "x.xlsx")

    assert outcome.exit_code == 3
    assert "x.xlsx" in outcome.stderr


def test_prefill_carries_answers_over(tmp_path: Path, returned: Path) -> None:
    """A new workbook starts with the answers of an earlier one."""
    path = tmp_path / "next.xlsx"
    run("build", "-o", path, "--prefill", returned / "a-good.xlsx", "--previous",
        returned / "a-good.xlsx", "--target", "4")  # fmt: skip
    document = json.loads(run("score", path, "--format", "json").stdout)

    assert set(document["results"][0]["ratings"].values()) == {3}


def test_previous_is_drawn(tmp_path: Path, returned: Path, official: Scheme) -> None:
    """The chart has a second line, the summary the earlier index and the progress."""
    path = tmp_path / "next.xlsx"
    run("build", "-o", path, "--previous", returned / "a-good.xlsx")
    summary = layout_of(official).summary
    sheet: Any = openpyxl.load_workbook(path)[summary.sheet]

    assert sheet[summary.detail_cell("DG", summary.previous_col).a1].value == 4
    assert len(sheet._charts[0].series) == 2


def test_roster_makes_a_workbook_each(tmp_path: Path) -> None:
    """One workbook for each row, columns in any order, names that every system takes."""
    roster = tmp_path / "roster.csv"
    roster.write_text(
        "Team;Name;target;mail\nMüller/Söhne;Ada;3;a@x\nMüller/Söhne;Àda;DG=2 PC=1;b@x\n;;;\n",
        encoding="utf-8",
    )
    outcome = run("build", "--roster", roster, "-o", tmp_path / "out")
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    document = json.loads(run("score", tmp_path / "out", "--format", "json").stdout)

    assert outcome.exit_code == 0
    assert len(names) == 2
    assert all(re.fullmatch(r"muller-sohne-ada[a-z0-9-]*\.xlsx", name) for name in names)
    assert {r["profile"]["team"] for r in document["results"]} == {"Müller/Söhne"}
    assert len({r["workbook_id"] for r in document["results"]}) == 2


def test_roster_mistakes_are_said_by_row(tmp_path: Path) -> None:
    """All mistakes of a roster are said at once, and nothing is made."""
    roster = tmp_path / "roster.csv"
    roster.write_text("team,target\nA,9\nB,3\nC,XX=1\n")
    outcome = run("build", "--roster", roster, "-o", tmp_path / "out")

    assert outcome.exit_code == 1
    assert "row 2" in outcome.stderr
    assert "row 4" in outcome.stderr
    assert not (tmp_path / "out").exists()


def test_layout_names_every_input(official: Scheme) -> None:
    """Every score cell, evidence cell, target, estimate, profile field and figure has its place."""
    document = json.loads(run("layout").stdout)

    assert set(document["score_cells"]) == set(official.statements)
    assert set(document["evidence_cells"]) == set(official.statements)
    assert set(document["target_cells"]) == {area.code for area in official.areas}
    assert set(document["estimate_cells"]) == {area.code for area in official.areas}
    assert set(document["profile_cells"]) == {
        "organisation", "sector", "size", "team", "respondent", "role", "date",
    }  # fmt: skip
    assert set(document["summary_cells"]) == {*(a.code for a in official.areas), "overall"}
    assert set(document["summary_cells"]["overall"]) == {"level", "index", "completeness"}


def test_score_as_json(returned: Path) -> None:
    """Results and failures together; one bad file spoils nothing."""
    outcome = run("score", returned, "--format", "json")
    document = json.loads(outcome.stdout)

    assert outcome.exit_code == 1
    assert [Path(r["source"]).name for r in document["results"]] == [
        "a-good.xlsx", "b-mistakes.xlsx",
    ]  # fmt: skip
    assert [f["code"] for f in document["failed"]] == ["broken-workbook"]
    good, mistaken = document["results"]
    assert good["overall"]["level"] == 4
    assert good["findings"] == [f for f in good["findings"] if f["severity"] == "note"]
    assert mistaken["ratings"]["PC-01"] is None
    assert mistaken["ratings"]["PC-02"] == 2
    codes = {f["code"] for f in mistaken["findings"]}
    assert "rating-out-of-range" in codes
    assert "rating-as-text" not in codes  # a typed "2" counts
    assert "notes.txt" in outcome.stderr


def test_score_as_table_reads_well(returned: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names, figures and remarks stand in the table; nothing is cut."""
    monkeypatch.setenv("COLUMNS", "160")  # the file's path takes some of them
    outcome = run("score", returned / "a-good.xlsx")

    assert outcome.exit_code == 0
    assert "Quality & Compliance" in outcome.stdout
    assert "4.00" in outcome.stdout
    assert "…" not in outcome.stdout


def test_score_as_csv(returned: Path, tmp_path: Path) -> None:
    """One row for each area and one for the whole, in a file written whole."""
    target = tmp_path / "out.csv"
    run("score", returned / "a-good.xlsx", "--format", "csv", "-o", target)
    rows = list(csv.DictReader(target.read_text(encoding="utf-8").splitlines()))

    assert [row["area"] for row in rows] == ["PC", "DG", "TR", "QA", "RD", "IN", "OM", "overall"]
    assert {row["level"] for row in rows} == {"4"}


def test_score_as_ndjson(returned: Path) -> None:
    """One result or failure a line."""
    lines = run("score", returned, "--format", "ndjson").stdout.splitlines()

    assert [("code" in json.loads(line)) for line in lines] == [False, False, True]


def test_text_of_respondents_never_becomes_a_formula(tmp_path: Path, official: Scheme) -> None:
    """In CSV, text that a spreadsheet program would run is defused."""
    path = tmp_path / "w.xlsx"
    run("build", "-o", path, "--team", "=cmd|'/c calc'!A1", "--organisation", "@x")
    rows = list(csv.DictReader(io.StringIO(run("score", path, "--format", "csv").stdout)))

    assert {row["team"] for row in rows} == {"'=cmd|'/c calc'!A1"}
    assert {row["organisation"] for row in rows} == {"'@x"}


def test_strict_turns_warnings_into_errors(tmp_path: Path, official: Scheme) -> None:
    """With --strict a warning is exit code 1."""
    ratings: dict[str, Any] = {**dict.fromkeys(official.statements, 3), "DG-01": "n/a"}
    path = built(official, tmp_path / "w.xlsx", response(official, ratings))

    assert run("score", path).exit_code == 0
    assert run("score", path, "--strict").exit_code == 1


def test_folder_without_workbooks_is_a_failure(tmp_path: Path) -> None:
    """An empty folder is said to be one."""
    outcome = run("score", tmp_path, "--format", "json")

    assert outcome.exit_code == 1
    assert json.loads(outcome.stdout)["failed"][0]["code"] == "no-workbooks"


def test_check_says_what_to_do(returned: Path) -> None:
    """Findings stand with cell, message and advice."""
    outcome = run("check", returned / "b-mistakes.xlsx")

    assert outcome.exit_code == 1
    assert "2.5" in outcome.stdout
    assert "Choose a rating from the list" in " ".join(outcome.stdout.split())


def test_names_never_steer_the_terminal(tmp_path: Path, official: Scheme) -> None:
    """Escape sequences in a workbook's texts reach no terminal."""
    path = built(official, tmp_path / "w.xlsx")
    layout = layout_of(official)
    book = openpyxl.load_workbook(path)
    cell = layout.cover.profile_cell("team")
    book[cell.sheet][cell.a1] = "red \u009b31m [bold]team[/bold]"
    book.save(path)
    shown = run("score", path).stdout + run("check", path).stdout

    assert "\u009b" not in shown
    assert "[bold]team[/bold]" in shown


def test_scheme_commands() -> None:
    """The installed scheme is listed, shown and valid."""
    document = json.loads(run("scheme", "show", "iml4e-mlops", "--format", "json").stdout)

    assert "iml4e-mlops" in run("scheme", "list").stdout
    assert "is valid" in run("scheme", "validate").stdout
    assert document["thresholds"] == {"reached_above": 0.5, "passed_above": 0.85}
    last = [(rating["value"], rating["label"]) for rating in document["ratings"][-2:]]
    assert last == [("n/a", "n/a"), ("unknown", "Don't know")]
    assert all(rating["meaning"] for rating in document["ratings"])
    assert "DG-01" in run("scheme", "show").stdout


def test_scheme_validate_says_all_mistakes(tmp_path: Path) -> None:
    """Mistakes are said with file and line, exit code 1."""
    small_scheme(tmp_path, ["AA"])
    path = tmp_path / "scheme.yaml"
    path.write_text(path.read_text().replace('"level": 4', '"level": 5'))
    outcome = run("scheme", "validate", tmp_path)

    assert outcome.exit_code == 1
    assert "scheme.yaml, line" in outcome.stderr


def test_own_scheme_end_to_end(tmp_path: Path) -> None:
    """A method owner's scheme is built and scored by naming its folder."""
    scheme = small_scheme(tmp_path / "own", ["AA", "BB"], top=2)
    path = tmp_path / "w.xlsx"
    run("build", "--scheme", tmp_path / "own", "-o", path)
    typed(scheme, path, {"AA-01": "3 - Fully"})
    outcome = run("score", path, "--scheme", tmp_path / "own", "--format", "json")

    assert json.loads(outcome.stdout)["results"][0]["ratings"]["AA-01"] == 3


@pytest.mark.slow
def test_demo_ends_by_naming_the_files(tmp_path: Path) -> None:
    """The demo leaves workbooks of two rounds, results, reports and a picture, and says where."""
    outcome = run("demo", tmp_path / "demo")
    named = [
        line.rsplit("  ", 1)[-1].strip()
        for line in outcome.stdout.split("Files to open:")[1].split("\n")
        if line
    ]

    assert outcome.exit_code == 0
    assert all(Path(name).stat().st_size > 0 for name in named)
    assert (tmp_path / "demo" / "radar.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "demo" / "report.html").read_text().startswith("<!DOCTYPE html>")
    document = json.loads((tmp_path / "demo" / "results.json").read_text())
    profiles = [result["profile"] for result in document["results"]]
    assert len(profiles) == 24
    assert len({profile["respondent"] for profile in profiles}) == 12
    assert len({profile["team"] for profile in profiles}) == 3
    assert len({profile["date"] for profile in profiles}) == 2
    incomplete = [r for r in document["results"] if r["overall"]["completeness"] < 1]
    assert incomplete
    assert any(f["severity"] == "error" for r in document["results"] for f in r["findings"])
    assert run("demo", tmp_path / "demo").exit_code == 2


def test_quiet_and_no_color(tmp_path: Path) -> None:
    """--quiet silences messages; the options work before and after the command."""
    assert run("--quiet", "build", "-o", tmp_path / "a.xlsx").stderr == ""
    assert run("build", "-o", tmp_path / "b.xlsx", "--quiet").stderr == ""
    assert run("build", "-o", tmp_path / "c.xlsx").stderr != ""


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_a_terminal_of_few_letters_loses_none(tmp_path: Path, encoding: str) -> None:
    """What it lacks is spelled out in tables; data is UTF-8 everywhere."""
    path = tmp_path / "x.xlsx"
    run("build", "-o", path, "--team", "Zoë 漢")
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    said = [
        subprocess.run(
            [sys.executable, "-m", "iml4e_xlsx", "score", path, "--format", kind],
            capture_output=True,
            check=False,
            env=environment,
        )
        for kind in ("table", "csv")
    ]

    assert [done.returncode for done in said] == [0, 0]
    assert "\\u6f22" in said[0].stdout.decode(encoding)
    assert "Zoë 漢" in said[1].stdout.decode("utf-8")


@pytest.mark.parametrize(
    "command",
    [
        ["scheme", "show"],
        ["--help"],
        ["score", "FOLDER", "--format", "csv"],
        ["check", "FOLDER"],
    ],
    ids=" ".join,
)
def test_a_closed_pipe_is_no_error(command: list[str], returned: Path) -> None:
    """A reader that stops early, such as head, ends every command with 0 and without a word."""
    command = [str(returned) if word == "FOLDER" else word for word in command]
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "iml4e_xlsx", "--quiet", *command],
        stdout=writing, stderr=subprocess.PIPE, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parent.parent.parent)},
    )  # fmt: skip
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")
