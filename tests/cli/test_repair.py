"""The command `repair`."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from iml4e_xlsx.cli import cli
from iml4e_xlsx.model import Profile, Scheme
from tests.support.builders import small_scheme
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


def test_a_file_that_is_no_workbook_is_not_repaired(tmp_path: Path) -> None:
    """There is nothing to repair; nothing is written."""
    path = tmp_path / "text.xlsx"
    path.write_bytes(b"hello")
    done = run("repair", path, "-o", tmp_path / "out.xlsx")

    assert done.exit_code == 1
    assert "not a spreadsheet workbook" in done.stderr
    assert not (tmp_path / "out.xlsx").exists()
