"""The workbook of a report: a sheet for each table, shades, charts, and no formula."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from iml4e_xlsx.model import Scheme
from iml4e_xlsx.report.contents.contents import Contents, make_contents
from iml4e_xlsx.report.formats.render import render_report, render_tables
from iml4e_xlsx.report.tables.table import (
    CellValue,
    Column,
    ColumnKind,
    ResultTable,
)
from tests.support.builders import assessment, small_scheme
from tests.support.ooxml import validate
from tests.support.team_reports import HOSTILE_TEXTS


def test_workbook_has_a_sheet_for_each_table(contents: Contents, tmp_path: Path) -> None:
    """With filters, frozen panes and native charts; it is valid, and text never a formula."""
    path = tmp_path / "report.xlsx"
    path.write_bytes(render_report(contents, path.name))
    book = openpyxl.load_workbook(path)

    assert len(book.sheetnames) == 1 + len(contents.tables)
    assert validate(path) == []
    with zipfile.ZipFile(path) as archive:
        charts = [n for n in archive.namelist() if n.startswith("xl/charts/chart")]
    assert len(charts) == 2
    for sheet in book:
        assert sheet.freeze_panes == "B5"
        for row in sheet.iter_rows():
            assert all(cell.data_type != "f" for cell in row)
    texts = [c.value for sheet in book for row in sheet.iter_rows() for c in row]
    assert any(HOSTILE_TEXTS["AA-02"] in str(text) for text in texts)
    index = book["Index by team and area"]
    assert index["A5"].value == "<i>Beta</i>"
    assert index["B5"].value == pytest.approx(float(contents.teams[0].result.areas[0].index or 0))
    assert index.auto_filter.ref == "A4:D7"


def test_shades_reach_to_the_top_of_the_scheme(tmp_path: Path) -> None:
    """The highest level is the scheme's; steps, where higher is worse, is not shaded."""
    scheme = small_scheme(tmp_path, ("AA", "BB", "CC"), per_level=1, top=2)
    contents = make_contents(
        [assessment(scheme, dict.fromkeys(scheme.statements, 2), targets={"AA": 2})]
    )
    tables = {table.name: table for table in contents.tables}
    book = openpyxl.load_workbook(io.BytesIO(render_tables([*contents.tables], "xlsx")))
    ends = [
        rule.colorScale.cfvo[1].val
        for found in book["Index by team and area"].conditional_formatting
        for rule in found.rules
    ]

    assert {float(end) for end in ends} == {2.0}
    assert tables["steps_by_area"].top is None
    assert not book["Steps to the target"].conditional_formatting


def test_long_text_fits_a_cell() -> None:
    """Excel takes 32,767 characters; what is longer is cut there, and shown to be."""
    rows: tuple[tuple[CellValue, ...], ...] = (("y" * 40_000,),)
    table = ResultTable(
        name="v", title="T", columns=(Column("a", "A", ColumnKind.LONG),), rows=rows
    )

    book = openpyxl.load_workbook(io.BytesIO(render_tables([table], "xlsx")))

    assert book.worksheets[0]["A5"].value == "y" * 32_766 + "…"


def test_workbook_begins_with_what_it_is_of(small: Scheme) -> None:
    """The first sheet names the organisation and the date, and lists the sheets behind it."""
    answers = assessment(small, dict.fromkeys(small.statements, 2), date="2026-11-04")
    profile = replace(answers.response.profile, organisation="Nordwind AG")
    answers = replace(answers, response=replace(answers.response, profile=profile))
    contents = make_contents([answers], title="Models of Nordwind")
    book = openpyxl.load_workbook(io.BytesIO(render_report(contents, "r.xlsx")))
    cover = book.worksheets[0]

    assert cover.title == "Contents"
    for words in ("Models of Nordwind", "Nordwind AG", "respondents: 1", "2026-11-04"):
        assert words in str(cover["A2"].value)
    listed = [cell.value for cell in cover["A"][4:]]
    assert listed == [sheet["A1"].value for sheet in book.worksheets[1:]]
