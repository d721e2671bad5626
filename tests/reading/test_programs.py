"""Workbooks filled and saved by other programs: the same answers come back, whatever the format."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from iml4e_xlsx.findings.finding import Severity
from iml4e_xlsx.model import RatingValue, Response, Scheme
from iml4e_xlsx.reading.workbook_reader import WorkbookReader
from iml4e_xlsx.spreadsheets.formats.sheet_content import SheetContent
from iml4e_xlsx.workbook.workbook_layout import layout_of
from tests.support.builders import built, response
from tests.support.cell_markup import listed, read_both
from tests.support.office import Cell, Office, Value
from tests.support.programs import (
    Cells,
    saved_by_gnumeric,
    with_node,
    with_openpyxl,
    with_poi,
)

pytestmark = pytest.mark.usefixtures("office_programs")

EVIDENCE = (
    "see the wiki",
    "\u00fcn\u00efc\u00f6de \U0001f600 \u0645\u0631\u062d\u0628\u0627 \u65e5\u672c\u8a9e",
    "first line\nsecond line",
    "  leading blanks",
    "trailing blanks  ",
    "=1+1",
    "007",
    "a\tb",
    "<b>&amp;</b> 'quoted' \"twice\"",
    "https://example.org/?a=b&c=d#e",
    "3",
    "x" * 32_767,
)
RATINGS: tuple[RatingValue | None, ...] = (0, 1, 2, 3, "n/a", None)

Filler: TypeAlias = Callable[[Path, Path, Cells], None]


def a_response(scheme: Scheme, seed: int) -> Response:
    """Return ratings of every kind, and evidence of every kind for two thirds of them."""
    rng = random.Random(seed)
    ratings = {id_: rng.choice(RATINGS) for id_ in scheme.statements}
    evidence = {
        id_: EVIDENCE[number % len(EVIDENCE)]
        for number, (id_, rating) in enumerate(ratings.items())
        if number % 3 or rating == "n/a"
    }
    return response(scheme, ratings, evidence=evidence)


def cells_of(scheme: Scheme, filled: Response) -> dict[Cell, str]:
    """Return what is typed where."""
    layout = layout_of(scheme)
    cells: dict[Cell, str] = {}
    for id_, answer in filled.answers.items():
        area = layout.area_sheet_of(id_)
        if answer.rating is not None:
            cell = area.rating_cell(id_)
            cells[cell.sheet, cell.a1] = scheme.label(answer.rating)
        if answer.evidence:
            cell = area.evidence_cell(id_)
            cells[cell.sheet, cell.a1] = answer.evidence
    return cells


def node(program: str) -> Filler:
    return lambda source, target, cells: with_node(program, source, target, cells)


FILLERS: list[tuple[str, Filler, str]] = [
    ("openpyxl", with_openpyxl, "xlsx"),
    ("ExcelJS", node("exceljs"), "xlsx"),
    ("xlsx-populate", node("xlsx-populate"), "xlsx"),
    *(("SheetJS", node("sheetjs"), suffix) for suffix in ("xlsx", "xlsm", "xlsb", "xls", "ods")),
    ("Apache POI", with_poi, "xlsx"),
]


def compare(scheme: Scheme, reader: WorkbookReader, path: Path, filled: Response) -> None:
    """Compare every answer; evidence that differs must have a finding that says so."""
    found = reader.assess(path)
    reported = {f.statement for f in found.findings if f.code == "evidence-cut"}

    assert {id_: a.rating for id_, a in found.response.answers.items()} == {
        id_: a.rating for id_, a in filled.answers.items()
    }
    differing = {
        id_
        for id_, answer in filled.answers.items()
        if found.response.answers[id_].evidence != answer.evidence
    }
    assert differing == reported
    assert not [f for f in found.findings if f.severity is Severity.ERROR]
    assert found.response.workbook_id
    if path.suffix in (".xlsx", ".xlsm"):
        compare_readings(path.read_bytes())


def compare_readings(data: bytes) -> None:
    """Compare what the pattern reads with what the parser reads, sheet by sheet."""
    for both in read_both(data):
        assert isinstance(both.parsed, SheetContent)
        assert both.scanned is None or listed(both.scanned) == listed(both.parsed)


@pytest.mark.parametrize(
    ("program", "fill", "suffix"), FILLERS, ids=[f"{name}-{suffix}" for name, _, suffix in FILLERS]
)
def test_filled_by_another_program(
    official: Scheme,
    reader: WorkbookReader,
    tmp_path: Path,
    program: str,
    fill: Filler,
    suffix: str,
) -> None:
    """Each library fills a blank workbook and saves it in each format that it writes."""
    filled = a_response(official, seed=len(program))
    target = tmp_path / f"returned.{suffix}"
    fill(built(official, tmp_path / "blank.xlsx"), target, cells_of(official, filled))
    compare(official, reader, target, filled)


@pytest.mark.parametrize("suffix", ["xlsx", "ods", "xls"])
def test_saved_by_gnumeric(
    official: Scheme, reader: WorkbookReader, tmp_path: Path, suffix: str
) -> None:
    """Gnumeric opens a filled workbook and saves it."""
    filled = a_response(official, seed=7)
    target = tmp_path / f"returned.{suffix}"
    saved_by_gnumeric(built(official, tmp_path / "filled.xlsx", filled), target)
    compare(official, reader, target, filled)


def test_filled_by_poi_as_xls(official: Scheme, reader: WorkbookReader, tmp_path: Path) -> None:
    """POI fills an .xls that Gnumeric made of a blank workbook."""
    filled = a_response(official, seed=8)
    blank, target = tmp_path / "blank.xls", tmp_path / "returned.xls"
    saved_by_gnumeric(built(official, tmp_path / "blank.xlsx"), blank)
    with_poi(blank, target, cells_of(official, filled))
    compare(official, reader, target, filled)


def test_filled_in_libreoffice(
    official: Scheme, reader: WorkbookReader, office: Office, tmp_path: Path
) -> None:
    """LibreOffice fills a blank workbook and saves it in each format that it writes."""
    filled = a_response(official, seed=9)
    typed: dict[Cell, Value] = dict(cells_of(official, filled))
    targets = {kind: tmp_path / f"returned.{kind}" for kind in ("xlsx", "xlsm", "ods", "xls")}
    office.edit(built(official, tmp_path / "blank.xlsx"), typed, targets=targets)
    for target in targets.values():
        compare(official, reader, target, filled)


def test_passed_from_program_to_program(
    official: Scheme, reader: WorkbookReader, office: Office, tmp_path: Path
) -> None:
    """Filled in SheetJS, saved as ods, opened in Gnumeric, saved as xls, then by LibreOffice."""
    filled = a_response(official, seed=10)
    first, second, third = (tmp_path / name for name in ("a.ods", "b.xls", "c.xlsx"))
    cells = cells_of(official, filled)
    short = {cell: text for cell, text in cells.items() if len(text) < 30_000 and "\n" not in text}
    with_node("sheetjs", built(official, tmp_path / "blank.xlsx"), first, short)
    saved_by_gnumeric(first, second)
    office.edit(second, targets={"xlsx": third})
    for path in (first, second, third):
        found = reader.assess(path).response.answers
        assert {id_: a.rating for id_, a in found.items()} == {
            id_: a.rating for id_, a in filled.answers.items()
        }
