"""
Reads the cells of a sheet of an Excel 97-2003 workbook.

The format has no checksum, so records that are out of order, of another length than their kind
has, or of another kind than those beside them cost the cells that they may be of.
Source: Microsoft, [MS-XLS] 2.4.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from iml4e_xlsx.spreadsheets.formats.numbers import ERROR_CODES, OTHER_ERROR, CellStyles
from iml4e_xlsx.spreadsheets.formats.packed_numbers import unpack_number
from iml4e_xlsx.spreadsheets.formats.sheet_cells import PERCENTAGE, CellOrder, SheetCells
from iml4e_xlsx.spreadsheets.formats.xls_records import (
    AMONG_CELLS,
    BLANK,
    BOOLERR,
    FORMULA,
    LABEL,
    LABELSST,
    MERGED_CELLS,
    MULBLANK,
    MULRK,
    NOTE,
    NOTE_TEXT,
    NUMBER,
    RK,
    ROW,
    RSTRING,
    STRING,
    Record,
)
from iml4e_xlsx.spreadsheets.formats.xls_texts import (
    TextError,
    TextPieces,
    read_bytes_text,
    read_note,
)
from iml4e_xlsx.spreadsheets.grid import CellDetails, CellFault, CellPosition, GridValue
from iml4e_xlsx.text.own_notes import is_own_note

COMPUTED: Final = "=…"
"""Stands for a formula whose text is not decoded."""

_CELL_HEAD: Final = struct.Struct("<HHH")
_LAST_COLUMN: Final = 255
_ROW_LENGTH, _FLAGS_AT, _HIDDEN = 16, 12, 0x20
_NUMBER_PART: Final = struct.Struct("<HI")
_RANGE: Final = struct.Struct("<HHHH")
_TEXT_RESULT, _BOOLEAN_RESULT, _ERROR_RESULT, _EMPTY_RESULT = range(4)
_COMPUTE_ON_OPENING: Final = 2

_LENGTHS: Final = {BLANK: 6, NUMBER: 14, RK: 10, BOOLERR: 8, LABELSST: 10}
"""The length of the records of cells that have only one."""

_WIDE_TRUTH: Final = 9
"""The length of a truth value as LibreOffice writes it: in two bytes instead of one."""

_CONTINUED: Final = frozenset({LABEL, RSTRING, STRING, FORMULA})
"""Records so long that another one may continue them."""

_SHORTEST: Final = {LABEL: 8, RSTRING: 8, FORMULA: 20}


@dataclass(frozen=True, slots=True)
class BookContent:
    """The part of a workbook that its cells refer to; `encoding` is None for Unicode."""

    texts: list[str]
    styles: CellStyles
    encoding: str | None


@dataclass
class SheetRecords:
    """
    Takes the records of a sheet one by one; `pending` is a formula whose text follows.

    `foreign_notes` counts the comments on cells that somebody wrote.
    """

    book: BookContent
    cells: SheetCells
    order: CellOrder = field(init=False)
    pending: CellPosition | None = None
    foreign_notes: int = 0
    merges: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Watch over the order of the cells."""
        self.order = CellOrder(self.cells)
        self._readers: dict[int, Callable[[int, int, int, Record], None]] = {
            NUMBER: self._read_number,
            RK: self._read_packed,
            BOOLERR: self._read_truth,
            LABELSST: self._read_shared,
            LABEL: self._read_label,
            RSTRING: self._read_label,
            FORMULA: self._read_formula,
        }

    def take_record(self, record: Record) -> None:
        """Take the next record."""
        kind, body, pieces = record
        if kind == NOTE:
            self.foreign_notes += 1
        elif kind == NOTE_TEXT and len(pieces) > 1 and is_own_note(read_note(pieces[1])):
            self.foreign_notes -= 1
        if kind in _LENGTHS or kind in _SHORTEST:
            self._take_cell(record)
        elif kind in (MULRK, MULBLANK):
            self._take_run(kind, body)
        elif kind == ROW and len(body) == _ROW_LENGTH:
            self._take_row(body)
        elif kind == STRING:
            self._take_result(body, pieces)
        elif kind == MERGED_CELLS and self._is_list_of_ranges(body):
            self._take_merges(body)
        elif (kind not in AMONG_CELLS or kind == ROW) and self.order.last[0] >= 0:
            self._take_stranger(body)
        if len(pieces) > 1 and kind not in _CONTINUED:
            self._take_stranger(pieces[1])

    def finish(self) -> None:
        """Complete the sheet once its last record was taken."""
        self._close_formula()
        self.order.finish()

    def _take_stranger(self, body: bytes) -> None:
        """Take a record of another kind: it may begin as that of one of the next cells does."""
        if len(body) >= _LENGTHS[BLANK]:
            self.order.note_stranger(*struct.unpack_from("<HH", body))
        else:
            self.order.note_stranger()

    def _take_cell(self, record: Record) -> None:
        kind, body, _ = record
        self._close_formula()
        if len(body) < _LENGTHS[BLANK]:
            self.order.note_disturbance()
            return
        row, col, style = _CELL_HEAD.unpack_from(body)
        if col > _LAST_COLUMN:
            self.order.note_disturbance()
            return
        if not _is_whole(kind, body):
            self.order.note_disturbance(row, col)
            return
        self.order.take_cell(row, col, col)
        if kind != BLANK:
            self._readers[kind](row, col, style, record)

    def _take_run(self, kind: int, body: bytes) -> None:
        """Take several cells of a row: the style of each, and the number if these are numbers."""
        self._close_formula()
        size = _NUMBER_PART.size if kind == MULRK else 2
        count, rest = divmod(len(body) - 6, size)
        if count < 1:
            self.order.note_disturbance()
            return
        row, first = struct.unpack_from("<HH", body)
        (last,) = struct.unpack_from("<H", body, len(body) - 2)
        if rest or last != first + count - 1 or last > _LAST_COLUMN:
            self.order.note_disturbance(row, first)
            return
        self.order.take_cell(row, first, last)
        for number in range(count if kind == MULRK else 0):
            style, packed = _NUMBER_PART.unpack_from(body, 4 + size * number)
            self._add_number(row, first + number, unpack_number(packed), style)

    def _take_row(self, body: bytes) -> None:
        (row,) = struct.unpack_from("<H", body)
        if body[_FLAGS_AT] & _HIDDEN:
            self.cells.hidden_rows.add(row)

    def _is_list_of_ranges(self, body: bytes) -> bool:
        count = int.from_bytes(body[:2], "little")
        return len(body) == 2 + count * _RANGE.size

    def _take_merges(self, body: bytes) -> None:
        for at in range(2, len(body) - _RANGE.size + 1, _RANGE.size):
            first_row, last_row, first_col, last_col = _RANGE.unpack_from(body, at)
            self.cells.add_merge((first_row, first_col), (last_row, last_col))

    def _read_number(self, row: int, col: int, style: int, record: Record) -> None:
        self._add_number(row, col, struct.unpack_from("<d", record[1], 6)[0], style)

    def _read_packed(self, row: int, col: int, style: int, record: Record) -> None:
        self._add_number(row, col, unpack_number(*struct.unpack_from("<I", record[1], 6)), style)

    def _add_number(
        self, row: int, col: int, number: float, style: int, details: CellDetails | None = None
    ) -> None:
        value = self.book.styles.shown_value(number, style)
        if value is None:
            self.cells.add_fault(row, col)
        else:
            is_percent = style in self.book.styles.percent and details is None
            self.cells.add_cell(row, col, value, PERCENTAGE if is_percent else details)

    def _read_truth(self, row: int, col: int, _: int, record: Record) -> None:
        code, is_error = record[1][6:8]
        if is_error:
            error = CellDetails(error=ERROR_CODES.get(code, OTHER_ERROR))
            self.cells.add_cell(row, col, "", error)
        else:
            self.cells.add_cell(row, col, bool(code))

    def _read_shared(self, row: int, col: int, _: int, record: Record) -> None:
        (index,) = struct.unpack_from("<I", record[1], 6)
        if index < len(self.book.texts):
            self.cells.add_cell(row, col, self.book.texts[index])
        else:
            self.cells.add_fault(row, col, CellFault.TEXT_INDEX)

    def _read_label(self, row: int, col: int, _: int, record: Record) -> None:
        try:
            text = self._read_text(record[2], 6, has_runs=record[0] == RSTRING)
            self.cells.add_cell(row, col, text)
        except TextError:
            self.cells.add_fault(row, col)

    def _read_text(self, pieces: Sequence[bytes], at: int, *, has_runs: bool = False) -> str:
        """
        Return the text of a record, behind which nothing but runs of formats may follow.

        Raises:
            TextError: If the record does not hold it as the format provides for.
        """
        if self.book.encoding is None:
            source = TextPieces(pieces, at)
            text, has_rest = source.read_text(), source.has_rest()
        else:
            (length,) = struct.unpack_from("<H", pieces[0], at)
            text = read_bytes_text(pieces[0], at + 2, length, self.book.encoding)
            has_rest = len(pieces[0]) > at + 2 + length
        if has_rest and not has_runs:
            raise TextError
        return text

    def _read_formula(self, row: int, col: int, style: int, record: Record) -> None:
        result = record[1][6:14]
        if result[6:] != b"\xff\xff":
            (number,) = struct.unpack("<d", result)
            # POI writes so what it did not compute; a result would not be computed on opening.
            # LibreOffice writes so every text that a formula yields in a cell of text.
            is_unknown = record[1][14] & _COMPUTE_ON_OPENING or style in self.book.styles.texts
            is_stored = number != 0 or not is_unknown
            is_percent = style in self.book.styles.percent
            details = CellDetails(formula=COMPUTED, stored=is_stored, percent=is_percent)
            if is_stored:
                self._add_number(row, col, number, style, details)
            else:
                self.cells.add_cell(row, col, "", details)
            return
        value, error = self._special_result(result[0], result[2])
        if result[0] == _TEXT_RESULT:
            self.pending = row, col
        elif value is None:
            self.cells.add_fault(row, col)
        else:
            self.cells.add_cell(row, col, value, CellDetails(formula=COMPUTED, error=error))

    def _special_result(self, kind: int, code: int) -> tuple[GridValue | None, str]:
        """Return a result that is no number, None if the format has no such kind, and an error."""
        if kind == _BOOLEAN_RESULT:
            return bool(code), ""
        if kind == _ERROR_RESULT:
            return "", ERROR_CODES.get(code, OTHER_ERROR)
        return "" if kind == _EMPTY_RESULT else None, ""

    def _take_result(self, body: bytes, pieces: Sequence[bytes]) -> None:
        """Take the text that is the result of the formula before."""
        if self.pending is None:
            self._take_stranger(body)
            return
        (row, col), self.pending = self.pending, None
        try:
            text = self._read_text(pieces, 0)
        except (TextError, struct.error):
            self.cells.add_fault(row, col)
        else:
            self.cells.add_cell(row, col, text, CellDetails(formula=COMPUTED))

    def _close_formula(self) -> None:
        """Say of a formula whose text does not follow that its result was not stored."""
        if self.pending is not None:
            (row, col), self.pending = self.pending, None
            self.cells.add_cell(row, col, "", CellDetails(formula=COMPUTED, stored=False))


def _is_whole(kind: int, body: bytes) -> bool:
    """Return whether the record of a cell has a length that its kind may have."""
    if kind == BOOLERR and len(body) == _WIDE_TRUTH:
        return not any(body[7:])
    return len(body) == _LENGTHS.get(kind, len(body)) and len(body) >= _SHORTEST.get(kind, 0)
