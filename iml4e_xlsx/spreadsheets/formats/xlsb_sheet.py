"""
Reads the cells of a sheet of a binary workbook. Source: Microsoft, [MS-XLSB] 2.4.

A record that is no whole one, or stands where none of its kind can, costs the cell that it is of.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import Final

from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.spreadsheets.formats.numbers import ERROR_CODES, OTHER_ERROR, CellStyles
from iml4e_xlsx.spreadsheets.formats.packed_numbers import unpack_number
from iml4e_xlsx.spreadsheets.formats.sheet_cells import PERCENTAGE, CellOrder, SheetCells
from iml4e_xlsx.spreadsheets.formats.xlsb_records import (
    AMONG_CELLS,
    BLANK,
    ERROR,
    FORMULA_ERROR,
    FORMULA_REAL,
    FORMULA_TEXT,
    FORMULA_TRUTH,
    MERGE,
    PACKED,
    REAL,
    RICH_TEXT,
    ROW,
    SHARED,
    SHEET_DATA,
    SHEET_DATA_END,
    SHORT_FIRST,
    SHORT_LAST,
    TEXT,
    TRUTH,
    read_text,
)
from iml4e_xlsx.spreadsheets.grid import CellDetails, CellFault, GridValue
from iml4e_xlsx.spreadsheets.refusal import FileRefusal, RefusalReason

_FORMULA: Final = "=…"
"""Stands for a formula whose text is not decoded."""

_PLAIN_KINDS: Final = {
    FORMULA_TEXT: TEXT,
    FORMULA_REAL: REAL,
    FORMULA_TRUTH: TRUTH,
    FORMULA_ERROR: ERROR,
}
_VALUE_LENGTHS: Final = {BLANK: 0, PACKED: 4, ERROR: 1, TRUTH: 1, REAL: 8, SHARED: 4}
"""How many bytes the value takes that is the whole rest of a record."""

_LENGTHS: Final = {49: 4, 50: 4}
"""The length of records among cells that have only one."""

_COLUMN_LENGTH, _STYLE_LENGTH = 4, 4
_LAST_ROW, _LAST_COLUMN = 1_048_575, 16_383
_ROW_LENGTH, _ROW_FLAGS_AT, _HIDDEN = 17, 11, 0x10
_SPANS_AT, _SPAN_LENGTH = 13, 8
_RANGE: Final = struct.Struct("<IIII")


@dataclass
class SheetRecords:
    """
    Takes the records of a sheet one by one; `row` and `col` are those of the last cell.

    `is_astray` says that a record was no whole one, so that the column of a short one is unknown.
    """

    texts: list[str | None]
    styles: CellStyles
    cells: SheetCells
    order: CellOrder = field(init=False)
    row: int = -1
    col: int = -1
    is_among_cells: bool = True
    is_astray: bool = False

    def __post_init__(self) -> None:
        """Watch over the order of the cells."""
        self.order = CellOrder(self.cells)

    def take_record(self, kind: int, body: bytes) -> None:
        """
        Take the next record.

        Raises:
            FileRefusal: If the cells that follow cannot be placed.
        """
        if SHORT_FIRST <= kind <= SHORT_LAST:
            if self.is_astray:
                self._doubt_rest()
            else:
                self._take_cell(kind - SHORT_FIRST + 1, body, 0)
        elif BLANK <= kind <= FORMULA_ERROR or kind == RICH_TEXT:
            self._take_cell(kind, body, _COLUMN_LENGTH)
        elif kind == ROW and self._is_next_row(body):
            self._take_row(body)
        elif kind == MERGE and len(body) >= _RANGE.size:
            first_row, last_row, first_col, last_col = _RANGE.unpack_from(body)
            self.cells.add_merge((first_row, first_col), (last_row, last_col))
        elif kind in (SHEET_DATA, SHEET_DATA_END):
            self.is_among_cells = kind == SHEET_DATA
        elif self.is_among_cells and self.order.last[0] >= 0:
            is_known = kind in AMONG_CELLS and len(body) == _LENGTHS.get(kind, len(body))
            if not is_known:
                self._take_stranger(body)

    def finish(self) -> None:
        """Complete the sheet once its last record was taken."""
        self.order.finish()

    def _is_next_row(self, body: bytes) -> bool:
        """Return whether this is a row's whole record, and that of a row further down."""
        spans = int.from_bytes(body[_SPANS_AT:_ROW_LENGTH], "little")
        is_whole = len(body) == _ROW_LENGTH + spans * _SPAN_LENGTH
        return is_whole and int.from_bytes(body[:4], "little") > self.row

    def _take_row(self, body: bytes) -> None:
        self.row, self.col, self.is_astray = int.from_bytes(body[:4], "little"), -1, False
        if self.row > _LAST_ROW:
            raise FileRefusal(FailureCode.BROKEN_WORKBOOK, RefusalReason.CUT_OFF)
        if body[_ROW_FLAGS_AT] & _HIDDEN:
            self.cells.hidden_rows.add(self.row)

    def _take_stranger(self, body: bytes) -> None:
        """Take a record that does not belong here: it may be of the next cell, in both forms."""
        self.is_astray = True
        self.order.note_disturbance(self.row, self.col + 1)
        if len(body) >= _COLUMN_LENGTH:
            self.order.note_disturbance(self.row, int.from_bytes(body[:4], "little"))

    def _doubt_rest(self) -> None:
        """Doubt the rest of the row, in which the columns of short cells are unknown."""
        for col in range(self.col + 1, max(self.order.width, self.col + 2)):
            self.cells.add_fault(self.row, col)

    def _take_cell(self, kind: int, body: bytes, start: int) -> None:
        """Take a cell: its style stands at `start`, its value behind that."""
        col = int.from_bytes(body[:4], "little") if start else self.col + 1
        if len(body) < start + _STYLE_LENGTH or col > _LAST_COLUMN:
            self._take_stranger(body)
            return
        at = start + _STYLE_LENGTH
        if len(body) - at != _VALUE_LENGTHS.get(kind, len(body) - at):
            self._take_stranger(body)
            return
        self.col, self.is_astray = col, False
        self.order.take_cell(self.row, col, col)
        if kind != BLANK:
            style = int.from_bytes(body[start : start + 3], "little")
            self._add_cell(kind, body, at, style)

    def _add_cell(self, kind: int, body: bytes, at: int, style: int) -> None:
        plain = _PLAIN_KINDS.get(kind, kind)
        formula = _FORMULA if kind in _PLAIN_KINDS else ""
        if plain == ERROR and at < len(body):
            error = CellDetails(formula=formula, error=ERROR_CODES.get(body[at], OTHER_ERROR))
            self.cells.add_cell(self.row, self.col, "", error)
            return
        value = self._read_value(plain, body, at, style, is_formula=bool(formula))
        if value is None:
            fault = CellFault.TEXT_INDEX if plain == SHARED else CellFault.MARKUP
            self.cells.add_fault(self.row, self.col, fault)
            return
        is_percent = plain in (PACKED, REAL) and style in self.styles.percent
        details = CellDetails(formula=formula, percent=is_percent) if formula else None
        self.cells.add_cell(self.row, self.col, value, PERCENTAGE if is_percent else details)

    def _read_value(
        self, kind: int, body: bytes, at: int, style: int, *, is_formula: bool
    ) -> GridValue | None:
        """Return a cell's value; None if it cannot be told."""
        if kind == SHARED:
            index = int.from_bytes(body[at : at + 4], "little")
            return self.texts[index] if index < len(self.texts) else None
        if kind == TEXT:
            text, end = read_text(body, at)
            return text if end == len(body) or is_formula else None
        if kind == RICH_TEXT:  # one byte says whether formats and phonetic signs follow the text
            return read_text(body, at + 1)[0]
        if kind == TRUTH:
            return bool(body[at]) if at < len(body) else None
        if kind == PACKED:
            number = unpack_number(int.from_bytes(body[at : at + 4], "little"))
        elif len(body) >= at + 8:
            (number,) = struct.unpack_from("<d", body, at)
        else:
            return None
        return self.styles.shown_value(number, style)
