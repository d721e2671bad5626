"""The command `repair`."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from iml4e_xlsx.cli import cli
from iml4e_xlsx.model import Profile, Scheme
from iml4e_xlsx.workbook.builder import build_workbook
from iml4e_xlsx.workbook.workbook_layout import layout_of
from tests.support.builders import CREATED, rate_all, response, small_scheme
from tests.support.habits import damage_workbook

PROFILE = Profile(
    organisation="Example & Sons", team="Alpha", respondent="Ada", role="Lead", date="2026-11-23"
)


@pytest.fixture
def damaged(small: Scheme, tmp_path: Path) -> Path:
    """Return a workbook with doubtful cells, an odd target and an odd date."""
    return damage_workbook(small, tmp_path, PROFILE)


def run(*args: object) -> Result:
    return CliRunner().invoke(cli, [str(arg) for arg in args])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of the small scheme."""
    small_scheme(tmp_path / "scheme")
    return tmp_path / "scheme"


def test_repair_reports_what_has_no_place(damaged: Path, folder: Path, tmp_path: Path) -> None:
    """Says what it wrote and what has no place; exit code 1, since answers were lost."""
    target = tmp_path / "repaired.xlsx"
    done = run("repair", damaged, "-o", target, "--scheme", folder)

    assert done.exit_code == 1
    assert target.is_file()
    assert "AA-77" in done.stderr
    assert "6 cells are marked" in done.stderr
    assert run("repair", damaged, "-o", target, "--scheme", folder).exit_code == 2
    assert run("check", target, "--scheme", folder).exit_code == 0


def test_repair_is_quiet_about_all_but_errors(small: Scheme, folder: Path, tmp_path: Path) -> None:
    """What is lost is said, what is doubtful is not."""
    filled = response(small, rate_all(small, 2), profile=PROFILE)
    (tmp_path / "w.xlsx").write_bytes(build_workbook(small, created=CREATED, response=filled))
    book = openpyxl.load_workbook(tmp_path / "w.xlsx")
    book.copy_worksheet(book[layout_of(small).areas["BB"].sheet])
    del book[layout_of(small).areas["CC"].sheet]
    book.save(tmp_path / "w.xlsx")
    args = ("repair", tmp_path / "w.xlsx", "--scheme", folder, "-o")
    loud = run(*args, tmp_path / "loud.xlsx").stderr
    quiet = run(*args, tmp_path / "quiet.xlsx", "--quiet").stderr

    assert "The workbook has no sheet of the area CC" in loud
    assert "The workbook has no sheet of the area CC" in quiet
    assert "The sheet repeats" in loud
    assert "The sheet repeats" not in quiet
    assert "cells are marked" not in quiet


def test_a_file_that_is_no_workbook_is_not_repaired(tmp_path: Path) -> None:
    """There is nothing to repair; nothing is written."""
    path = tmp_path / "text.xlsx"
    path.write_bytes(b"hello")
    done = run("repair", path, "-o", tmp_path / "out.xlsx")

    assert done.exit_code == 1
    assert "not a spreadsheet workbook" in done.stderr
    assert not (tmp_path / "out.xlsx").exists()
