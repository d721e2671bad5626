"""Text of respondents: no cell steers a terminal, a mail or a spreadsheet program."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from iml4e_xlsx.cli import cli
from iml4e_xlsx.model import Profile, Scheme
from tests.support.builders import built, response, small_scheme, typed


def run(*args: object) -> Result:
    return CliRunner().invoke(cli, [str(arg) for arg in args])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of the small scheme."""
    small_scheme(tmp_path / "scheme")
    return tmp_path / "scheme"


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
