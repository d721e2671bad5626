"""Excel 97-2003 workbooks: each form of a cell is read, and a damaged one costs itself alone."""

from __future__ import annotations

import struct
from datetime import UTC, datetime, time, timedelta

import pytest

from iml4e_xlsx.spreadsheets.formats import load_grids
from iml4e_xlsx.spreadsheets.grid import CellFault, ExtraContent, Grid
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.refusal import FileRefusal, RefusalReason
from tests.support.binary_workbooks import (
    DATE,
    DURATION,
    PERCENT,
    biff,
    biff_cell,
    biff_text,
    shared_cell,
    xls_file,
)

NUMBER, RK, MULRK, MULBLANK, BLANK, BOOLERR = 0x0203, 0x027E, 0x00BD, 0x00BE, 0x0201, 0x0205
LABEL, RSTRING, LABELSST, FORMULA, STRING, ROW = 0x0204, 0x00D6, 0x00FD, 0x0006, 0x0207, 0x0208
CONTINUE, SST, EOF = 0x003C, 0x00FC, 0x000A
DAY = datetime(2026, 11, 20, tzinfo=UTC).replace(tzinfo=None)
TEXTS = ("AA-01", "2 - Largely", "seen")


def grid_of(data: bytes) -> Grid:
    return load_grids(data, Limits()).sheets[0]


def faults_of(grid: Grid) -> dict[tuple[int, int], CellFault]:
    return {at: cell.fault for at, cell in grid.details.items() if cell.fault is not None}


def double(number: float) -> bytes:
    return struct.pack("<d", number)


def formula(row: int, col: int, result: bytes, flags: int = 0, style: int = 0) -> bytes:
    return biff_cell(FORMULA, row, col, result + struct.pack("<HIH", flags, 0, 0), style)


def special(kind: int, code: int = 0) -> bytes:
    return bytes([kind, 0, code, 0, 0, 0]) + b"\xff\xff"


def test_each_form_of_a_value_is_read() -> None:
    """Numbers in four forms, truth in two, texts in three, dates, durations, percentages."""
    run = struct.pack("<HH", 0, 3) + struct.pack("<HI", 0, 5 << 2 | 2) * 2 + struct.pack("<H", 4)
    cells = (
        shared_cell(0, 0, 1)
        + biff_cell(NUMBER, 0, 1, double(2.5))
        + biff_cell(RK, 0, 2, struct.pack("<i", -3 << 2 | 3))
        + biff(MULRK, run)
        + biff_cell(BOOLERR, 0, 5, b"\x01\x00")
        + biff_cell(LABEL, 0, 6, biff_text("plain \u00fc"))
        + biff_cell(RSTRING, 0, 7, biff_text("rich") + struct.pack("<HHH", 1, 0, 5))
        + biff_cell(BOOLERR, 0, 8, b"\x00\x00\x00")
        + biff_cell(BOOLERR, 0, 9, b"\x01\x00\x00")
        + biff_cell(NUMBER, 1, 0, double(46346), DATE)
        + biff_cell(NUMBER, 1, 1, double(0.25), DATE)
        + biff_cell(NUMBER, 1, 2, double(1.5), DURATION)
        + biff_cell(NUMBER, 1, 3, double(1), PERCENT)
    )
    grid = grid_of(xls_file(cells, texts=TEXTS))

    assert grid.rows[0] == {
        0: "2 - Largely",
        1: 2.5,
        2: -0.03,
        3: 5.0,
        4: 5.0,
        5: True,
        6: "plain \u00fc",
        7: "rich",
        8: False,
        9: True,
    }
    assert grid.rows[1] == {0: DAY, 1: time(6), 2: timedelta(hours=36), 3: 1.0}
    assert [at for at, cell in grid.details.items() if cell.percent] == [(1, 3)]
    assert faults_of(grid) == {}


def test_a_workbook_of_1904_counts_its_days_from_there() -> None:
    """Excel for Mac did so for decades."""
    cells = biff_cell(NUMBER, 0, 0, double(46346 - 1462), DATE)
    assert grid_of(xls_file(cells, from_1904=True)).rows == {0: {0: DAY}}


def test_each_result_of_a_formula_is_told_apart() -> None:
    """A number, texts, an error, empty text, a result that does not follow, one not computed."""
    cells = (
        formula(0, 0, double(3), style=PERCENT)
        + (formula(0, 1, special(0)) + biff(STRING, biff_text("text")))
        + formula(0, 2, special(2, 0x07))
        + formula(0, 3, special(3))
        + formula(0, 4, special(0))
        + formula(0, 5, double(0), flags=2)
        + formula(0, 6, special(1, 1))
        + formula(0, 7, special(9))
        + biff_cell(BOOLERR, 0, 8, b"\x63\x01")
    )
    grid = grid_of(xls_file(cells))
    behind = [grid.details[0, col] for col in range(9)]

    assert grid.rows == {0: {0: 3.0, 1: "text", 6: True}}
    assert [cell.error for cell in behind] == ["", "", "#DIV/0!", "", "", "", "", "", "#ERROR!"]
    assert [cell.stored for cell in behind[:7]] == [True, True, True, True, False, False, True]
    assert behind[0].percent
    assert faults_of(grid) == {(0, 7): CellFault.MARKUP}


def test_a_text_of_excel_95_is_read_in_its_code_page() -> None:
    """Before Unicode, the workbook says which letters its bytes are."""
    text = "\u041f\u0440\u0438\u0432\u0435\u0442".encode("cp1251")
    cells = biff_cell(LABEL, 0, 0, struct.pack("<H", len(text)) + text)

    assert grid_of(xls_file(cells, codepage=1251)).rows == {
        0: {0: "\u041f\u0440\u0438\u0432\u0435\u0442"}
    }
    unknown = grid_of(xls_file(cells, codepage=65500))
    assert faults_of(unknown) == {(0, 0): CellFault.MARKUP}


def test_a_text_goes_on_in_the_next_record() -> None:
    """Also where the width of its characters changes between the two."""
    head = struct.pack("<II", 2, 2) + struct.pack("<HB", 6, 0) + b"abc"
    rest = b"\x01" + "d\u00e9f".encode("utf-16-le") + biff_text("next")
    table = biff(SST, head) + biff(CONTINUE, rest)
    grid = grid_of(xls_file(shared_cell(0, 0, 0) + shared_cell(0, 1, 1), table=table))

    assert grid.rows == {0: {0: "abcd\u00e9f", 1: "next"}}


def test_a_damaged_table_of_texts_is_no_other_table() -> None:
    """A text's place is known by those before it, so all after a damaged one may be others."""
    content = struct.pack("<II", 3, 3) + b"".join(map(biff_text, TEXTS))
    longer = content.replace(struct.pack("<HB", 11, 1), struct.pack("<HB", 18, 1))
    for damaged in (longer, content[:-4], content + biff_text("more"), content[:5]):
        with pytest.raises(FileRefusal) as caught:
            grid_of(xls_file(shared_cell(0, 0, 0), table=biff(SST, damaged)))
        assert caught.value.reason is RefusalReason.CUT_OFF


def row_of(rating: bytes, number: int = 3) -> bytes:
    """Return a statement's row with a given record for its rating, between two others."""
    others = [
        shared_cell(row, 0, 0) + shared_cell(row, 1, 1) + shared_cell(row, 2, 2) for row in (2, 4)
    ]
    return others[0] + shared_cell(number, 0, 0) + rating + shared_cell(number, 2, 2) + others[1]


GOOD = shared_cell(3, 1, 1)
DAMAGE = {
    "text beyond the table": (shared_cell(3, 1, 900), CellFault.TEXT_INDEX),
    "another kind": (biff(0x00FF, GOOD[4:]), CellFault.MARKUP),
    "longer than its kind": (biff(LABELSST, GOOD[4:] + b"\x00"), CellFault.MARKUP),
    "nothing in it": (biff(LABELSST), CellFault.MARKUP),
    "another row": (shared_cell(7, 1, 1), CellFault.MARKUP),
    "a row above": (shared_cell(1, 1, 1), CellFault.MARKUP),
    "no column at all": (shared_cell(3, 300, 1), CellFault.MARKUP),
    "a truth value too long": (biff_cell(BOOLERR, 3, 1, bytes(4)), CellFault.MARKUP),
    "more than a truth value": (biff_cell(BOOLERR, 3, 1, b"\x01\x00\x01"), CellFault.MARKUP),
    "no number": (biff_cell(NUMBER, 3, 1, double(float("nan"))), CellFault.MARKUP),
    "no style": (biff_cell(NUMBER, 3, 1, double(1), style=700), CellFault.MARKUP),
    "twice": (GOOD + shared_cell(3, 1, 2), CellFault.TWICE),
    "a text too long": (
        biff_cell(LABEL, 3, 1, struct.pack("<HB", 9, 0) + b"abc"),
        CellFault.MARKUP,
    ),
    "a text too short": (
        biff_cell(LABEL, 3, 1, struct.pack("<HB", 0, 0) + b"abc"),
        CellFault.MARKUP,
    ),
    "a run of another length": (
        biff(MULRK, struct.pack("<HHHIH", 3, 1, 0, 6, 5)),
        CellFault.MARKUP,
    ),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_a_damaged_record_costs_its_cell(name: str) -> None:
    """Nothing is lost in silence, and all around it is read."""
    rating, fault = DAMAGE[name]
    grid = grid_of(xls_file(row_of(rating), texts=TEXTS))

    assert faults_of(grid)[3, 1] is fault
    assert grid.cell_value(3, 1) == ""
    kept = [(2, 0), (2, 1), (2, 2), (3, 0), (3, 2), (4, 0), (4, 1), (4, 2)]
    assert [grid.cell_value(*at) for at in kept] == [
        *TEXTS,
        *(TEXTS[0], TEXTS[2]),
        *TEXTS,
    ]


def test_a_program_may_write_cells_in_an_order_of_its_own() -> None:
    """Column by column, say: then the order says nothing, and nothing is in doubt."""
    cells = b"".join(shared_cell(row, col, 1) for col in range(4) for row in range(20))
    grid = grid_of(xls_file(cells, texts=TEXTS))

    assert faults_of(grid) == {}
    assert all(len(row) == 4 for row in grid.rows.values())


def test_a_length_does_not_lead_into_the_next_sheet() -> None:
    """Else its cells would be answers here."""
    row = shared_cell(0, 0, 0) + biff(LABELSST, GOOD[4:])
    damaged = row.replace(
        struct.pack("<HH", LABELSST, 10) + GOOD[4:8], b"\xfd\x00\x22\x00" + GOOD[4:8]
    )
    following = shared_cell(0, 1, 1) + shared_cell(0, 2, 1)
    with pytest.raises(FileRefusal) as caught:
        load_grids(xls_file(damaged, texts=TEXTS, more_sheets=[following]), Limits())

    assert caught.value.reason is RefusalReason.CUT_OFF


def test_a_damaged_sheet_without_answers_costs_itself() -> None:
    """The others are read; if there are none, the workbook is damaged."""
    broken = biff_cell(NUMBER, 0, 0, double(1))[:-9]
    answers = shared_cell(0, 0, 0) + shared_cell(0, 1, 1)
    grids = load_grids(xls_file(broken, texts=TEXTS, more_sheets=[answers]), Limits()).sheets
    assert [grid.rows for grid in grids] == [{}, {0: {0: "AA-01", 1: "2 - Largely"}}]

    with pytest.raises(FileRefusal):
        load_grids(xls_file(broken, texts=TEXTS), Limits())


def test_what_a_program_hides_is_said() -> None:
    """A sheet, and the rows that a filter leaves out; merged cells as they are."""
    rows = b"".join(
        biff(ROW, struct.pack("<HHHHHHHH", row, 0, 1, 300, 0, 0, flags, 0))
        for row, flags in ((0, 0x100), (1, 0x120))
    )
    merged = biff(0x00E5, struct.pack("<HHHHH", 1, 0, 1, 0, 2))
    cells = rows + shared_cell(0, 0, 0) + shared_cell(1, 0, 1) + merged
    grid = grid_of(xls_file(cells, texts=TEXTS, state=1))

    assert not grid.is_visible
    assert grid.hidden_rows == {1}
    assert grid.merged == [((0, 0), (1, 2))]
    assert grid_of(xls_file(cells, texts=TEXTS)).is_visible


def test_cells_of_a_chart_in_a_sheet_are_none_of_the_sheet() -> None:
    """Charts keep the figures that they show, in records like those of cells."""
    chart = biff(0x0809, bytes(16)) + biff_cell(NUMBER, 0, 0, double(9)) + biff(EOF)
    assert grid_of(xls_file(shared_cell(0, 0, 0) + chart, texts=TEXTS)).rows == {0: {0: "AA-01"}}


def test_a_cell_far_away_costs_nothing() -> None:
    """How far down one stands does not matter."""
    cells = shared_cell(0, 0, 0) + shared_cell(65_535, 255, 1)
    assert grid_of(xls_file(cells, texts=TEXTS)).rows[65_535] == {255: "2 - Largely"}


def test_comments_are_named() -> None:
    """Evidence may stand there that nobody reads; on whichever sheet."""
    cell = shared_cell(0, 0, 0)
    note = biff(0x001C, struct.pack("<HHHH", 0, 0, 0, 1) + b"\x03\x00\x00Ann\x00")

    for sheets in (cell + note, cell), (cell, cell + note):
        data = xls_file(sheets[0], texts=TEXTS, more_sheets=sheets[1:])
        assert load_grids(data, Limits()).extras == (ExtraContent.COMMENTS,)
    assert load_grids(xls_file(cell, texts=TEXTS), Limits()).extras == ()
