"""`iml4e build` with what respondents are told about the round."""

from __future__ import annotations

from pathlib import Path

import openpyxl
from click.testing import CliRunner

from iml4e_xlsx.cli import cli
from iml4e_xlsx.model import Scheme
from iml4e_xlsx.workbook.workbook_layout import layout_of


def run(*args: object, code: int = 0) -> None:
    outcome = CliRunner().invoke(cli, [str(arg) for arg in args])
    assert outcome.exit_code == code, outcome.output


def test_build_names_deadline_and_contact(tmp_path: Path, official: Scheme) -> None:
    """In one workbook, and in each of a roster."""
    (tmp_path / "people.csv").write_text("team,name\nA,Ann\nB,Ben\n", encoding="utf-8")
    options = ("--deadline", "2026-12-18", "--contact", "Ada, ada@example.org")
    run("build", "-o", tmp_path / "one.xlsx", *options)
    run("build", "--roster", tmp_path / "people.csv", "-o", tmp_path / "many", *options)
    cover = layout_of(official).cover
    paths = [tmp_path / "one.xlsx", *(tmp_path / "many").iterdir()]

    assert len(paths) == 3
    for path in paths:
        sheet = openpyxl.load_workbook(path)[cover.sheet]
        notice = str(sheet.cell(cover.NOTICE + 1, cover.LABEL + 1).value)
        assert "18 December 2026" in notice
        assert "Ada, ada@example.org" in notice
    run("build", "-o", tmp_path / "x.xlsx", "--deadline", "soon", code=2)
