"""Lays the rows of an OpenDocument table out as a sheet, what is repeated within limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.spreadsheets.formats.ods_values import TABLE, CellContent, read_content
from iml4e_xlsx.spreadsheets.formats.sheet_cells import SheetCells
from iml4e_xlsx.spreadsheets.grid import Grid
from iml4e_xlsx.spreadsheets.refusal import FileRefusal, RefusalReason

_FURTHEST: Final = 1 << 24
"""Beyond this no program has rows or columns; what is there has no place."""

_LONGEST_COUNT: Final = 18
_HIDDEN: Final = ("collapse", "filter")
_WIDEST_DOUBT: Final = 64
_FEW, _MANY = 2, 8
"""How many rows may have another width than the table, and how many must have its width."""


def read_count(attributes: Mapping[str, str], name: str) -> int:
    """
    Return a number of repetitions or cells, at least 1.

    Raises:
        FileRefusal: If it is no number.
    """
    text = attributes.get(name)
    if text is None:
        return 1
    text = text.strip()
    if not text.isascii() or not text.isdigit():
        detail = f"{name.rpartition(' ')[2]}={text[:20]}"
        raise FileRefusal(FailureCode.BROKEN_WORKBOOK, RefusalReason.ATTRIBUTE, detail=detail)
    return max(1, int(text[:_LONGEST_COUNT]))


@dataclass
class TableRows:
    """
    A table that grows row by row; `row` and `col` are those of the next cell.

    `columns` is how many the table says it has. Programs write each row as wide as that, so that
    a single row of another width has a cell too many or too few, and its cells are in doubt.
    """

    cells: SheetCells
    row: int = 0
    col: int = 0
    columns: int = 0
    times: int = 1
    is_filled: bool = False
    fitting: int = 0
    misfits: list[int] = field(default_factory=list)

    def open_row(self, attributes: Mapping[str, str], *, is_shown: bool) -> None:
        """Begin a row."""
        self.times = read_count(attributes, f"{TABLE}number-rows-repeated")
        self.col = 0
        self.is_filled = False
        if not is_shown or attributes.get(f"{TABLE}visibility") in _HIDDEN:
            self.cells.hidden_rows.add(self.row)

    def close_row(self) -> None:
        """End a row, and note how wide it was."""
        if self.is_filled and self.times > 1:
            self.cells.repeated[self.row] = self.times
        if self.columns and self.col != self.columns:
            self.misfits.append(self.row)
        else:
            self.fitting += 1
        self.row += self.times

    def add_content(self, content: CellContent) -> None:
        """
        Add the next cell of the row, as often as it is repeated.

        Raises:
            FileRefusal: If it is repeated too often, or lies too far away.
        """
        attributes = content.attributes
        times = read_count(attributes, f"{TABLE}number-columns-repeated")
        first, self.col = self.col, self.col + times
        self._add_merge(attributes, first)
        value, details = read_content(content)
        if value == "" and details is None:
            return
        limits = self.cells.limits
        if times > limits.cells or max(self.row, self.col) > _FURTHEST:
            raise FileRefusal(FailureCode.TOO_LARGE, RefusalReason.CELLS, limit=limits.cells)
        self.is_filled = True
        fault = details.fault if details is not None else None
        for col in range(first, self.col):
            if fault is not None:
                self.cells.add_fault(self.row, col, fault)
            else:
                self.cells.add_cell(self.row, col, value, details)

    def doubt_rest(self) -> None:
        """Note that a cell of this row is none that the format provides for."""
        for col in range(self.col, min(self.columns or _WIDEST_DOUBT, self.col + _WIDEST_DOUBT)):
            self.cells.add_fault(self.row, col)

    def make_grid(self) -> Grid:
        """Return the table as a grid."""
        if len(self.misfits) <= _FEW and self.fitting >= _MANY:
            for row in self.misfits:
                for col in range(1, min(self.columns, _WIDEST_DOUBT)):
                    self.cells.add_fault(row, col)
        return self.cells.make_grid()

    def _add_merge(self, attributes: Mapping[str, str], first: int) -> None:
        rows = read_count(attributes, f"{TABLE}number-rows-spanned")
        columns = read_count(attributes, f"{TABLE}number-columns-spanned")
        if rows > 1 or columns > 1:
            last = self.row + rows - 1, first + columns - 1
            self.cells.add_merge((self.row, first), last)
