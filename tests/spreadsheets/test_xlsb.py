"""Binary workbooks: each form of a cell is read, and a damaged one costs itself alone."""

from __future__ import annotations

import struct
from datetime import UTC, datetime, time

import pytest

from iml4e_xlsx.spreadsheets.formats import load_grids
from iml4e_xlsx.spreadsheets.grid import CellFault, ExtraContent, Grid
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.refusal import FileRefusal
from tests.support.binary_workbooks import (
    DATE,
    PERCENT,
    cell_record,
    record,
    row_record,
    short_record,
    wide,
    xlsb_file,
)
from tests.support.hostile import packed, parts_of

PACKED, ERROR, TRUTH, REAL, TEXT, SHARED, RICH_TEXT = 2, 3, 4, 5, 6, 7, 62
FORMULA_TEXT, FORMULA_REAL, FORMULA_ERROR, SHORT = 8, 9, 11, 11
"""The short form of a cell is `SHORT` above the full one."""

DAY = datetime(2026, 11, 20, tzinfo=UTC).replace(tzinfo=None)
TEXTS = ("AA-01", "2 - Largely", "seen")


def grid_of(data: bytes) -> Grid:
    return load_grids(data, Limits()).sheets[0]


def faults_of(grid: Grid) -> dict[tuple[int, int], CellFault]:
    return {at: cell.fault for at, cell in grid.details.items() if cell.fault is not None}


def number(value: float) -> bytes:
    return struct.pack("<d", value)


def index(value: int) -> bytes:
    return struct.pack("<I", value)


def test_each_form_of_a_value_is_read() -> None:
    """In full and in short: numbers, truth, texts of three kinds, dates, percentages."""
    formula = struct.pack("<HII", 0, 0, 0)
    cells = (
        row_record(0)
        + cell_record(SHARED, 0, index(1))
        + short_record(SHORT + PACKED, struct.pack("<i", 250 << 2 | 3))
        + short_record(SHORT + TRUTH, b"\x01")
        + short_record(SHORT + TEXT, wide("short"))
        + cell_record(RICH_TEXT, 4, b"\x01" + wide("rich") + struct.pack("<III", 1, 0, 0))
        + short_record(SHORT + REAL, number(1), PERCENT)
        + short_record(SHORT + SHARED, index(2))
        + row_record(1)
        + cell_record(REAL, 0, number(46346), DATE)
        + cell_record(REAL, 1, number(0.25), DATE)
        + cell_record(FORMULA_REAL, 2, number(3) + formula)
        + cell_record(FORMULA_TEXT, 3, wide("") + formula)
        + cell_record(FORMULA_ERROR, 4, b"\x2a" + formula)
        + short_record(SHORT + ERROR, b"\x63")
    )
    grid = grid_of(xlsb_file(cells, texts=TEXTS))

    assert grid.rows[0] == {
        0: "2 - Largely",
        1: 2.5,
        2: True,
        3: "short",
        4: "rich",
        5: 1.0,
        6: "seen",
    }
    assert grid.rows[1] == {0: DAY, 1: time(6), 2: 3.0}
    assert [at for at, cell in grid.details.items() if cell.percent] == [(0, 5)]
    assert [at for at, cell in grid.details.items() if cell.formula] == [(1, 2), (1, 3), (1, 4)]
    assert grid.details[1, 3].stored
    assert (grid.details[1, 4].error, grid.details[1, 5].error) == ("#N/A", "#ERROR!")
    assert faults_of(grid) == {}


def test_a_workbook_of_1904_counts_its_days_from_there() -> None:
    """Excel for Mac did so for decades; the day was 1,462 days early."""
    cells = row_record(0) + cell_record(REAL, 0, number(46346 - 1462), DATE)
    assert grid_of(xlsb_file(cells, from_1904=True)).rows == {0: {0: DAY}}


@pytest.mark.parametrize("key", [None, "r2", ""])
def test_a_sheet_without_a_part_is_left_out(key: str | None) -> None:
    """The others are read, as other programs do."""
    cells = row_record(0) + cell_record(SHARED, 0, index(0))
    data = xlsb_file(cells, texts=TEXTS, entries=[("gone", key), ("S", "r1")])

    assert [grid.name for grid in load_grids(data, Limits()).sheets] == ["S"]


def row_of(rating: bytes, evidence: bytes) -> bytes:
    """Return a statement's row with a given record for its rating, between two others."""
    others = [
        row_record(row) + b"".join(cell_record(SHARED, col, index(col)) for col in range(3))
        for row in (2, 4)
    ]
    return (
        others[0] + row_record(3) + cell_record(SHARED, 0, index(0)) + rating + evidence + others[1]
    )


FULL = cell_record(SHARED, 2, index(2))
DAMAGE = {
    "text beyond the table": (cell_record(SHARED, 1, index(900)), CellFault.TEXT_INDEX),
    "another kind": (cell_record(51, 1, index(1)), CellFault.MARKUP),
    "a kind that needs another length": (cell_record(REAL, 1, index(1)), CellFault.MARKUP),
    "a row of its own": (record(0, struct.pack("<III", 1, 0, 1)), CellFault.MARKUP),
    "no column at all": (cell_record(SHARED, 70_000, index(1)), CellFault.MARKUP),
    "a column further left": (
        cell_record(SHARED, 1, index(1)) + cell_record(SHARED, 1, index(2)),
        CellFault.TWICE,
    ),
    "no number": (cell_record(REAL, 1, number(float("inf"))), CellFault.MARKUP),
    "no style": (cell_record(REAL, 1, number(1), style=900), CellFault.MARKUP),
    "a text too long": (cell_record(TEXT, 1, index(90) + b"a\x00"), CellFault.MARKUP),
    "a text too short": (cell_record(TEXT, 1, index(0) + b"a\x00"), CellFault.MARKUP),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_a_damaged_record_costs_its_cell(name: str) -> None:
    """Nothing is lost in silence, and all around it is read."""
    rating, fault = DAMAGE[name]
    grid = grid_of(xlsb_file(row_of(rating, FULL), texts=TEXTS))

    assert faults_of(grid) == {(3, 1): fault}
    assert grid.rows[3] == {0: TEXTS[0], 2: TEXTS[2]}
    assert grid.rows[2] == grid.rows[4] == dict(enumerate(TEXTS))


def test_a_short_cell_behind_a_damaged_one_has_no_place() -> None:
    """Its column is the next one, of which nobody knows; the evidence is no rating."""
    short = short_record(SHORT + SHARED, index(2))
    grid = grid_of(xlsb_file(row_of(record(51, index(0)), short), texts=TEXTS))

    assert faults_of(grid) == {(3, 1): CellFault.MARKUP, (3, 2): CellFault.MARKUP}
    assert grid.rows[3] == {0: TEXTS[0]}


def test_what_newer_programs_add_among_the_cells_is_passed_over() -> None:
    """It is between rows and cells in each file of Excel, and costs nothing."""
    added = record(37, b"\x01") + record(1024, bytes(4)) + record(38)
    cells = row_record(0) + added + cell_record(SHARED, 0, index(0)) + record(49, bytes(4))
    cells += cell_record(SHARED, 3, index(1))

    assert faults_of(grid_of(xlsb_file(cells, texts=TEXTS))) == {}


def test_a_sheet_that_breaks_off_is_refused_once_it_held_answers() -> None:
    """Before, the workbook is damaged only if no sheet holds any."""
    cells = row_record(0) + cell_record(SHARED, 0, index(0))
    for content in (cells, b""):
        with pytest.raises(FileRefusal):
            grid_of(xlsb_file(content, texts=TEXTS, after=b"\x07\x7f"))


def test_what_a_program_hides_is_said() -> None:
    """A sheet, and the rows that a filter leaves out; merged cells as they are."""
    cells = row_record(0) + cell_record(SHARED, 0, index(0))
    cells += row_record(1, hidden=True) + cell_record(SHARED, 0, index(1))
    merged = record(176, struct.pack("<IIII", 0, 1, 0, 2))
    grid = grid_of(xlsb_file(cells, texts=TEXTS, state=1, after=merged))

    assert not grid.is_visible
    assert grid.hidden_rows == {1}
    assert grid.merged == [((0, 0), (1, 2))]


def test_comments_are_named() -> None:
    """Evidence may stand there that nobody reads."""
    parts = parts_of(xlsb_file(row_record(0), texts=("AA-01",)))

    assert load_grids(packed(parts), Limits()).extras == ()
    parts["xl/comments1.bin"] = b""
    assert load_grids(packed(parts), Limits()).extras == (ExtraContent.COMMENTS,)
