"""Collects the cells of a sheet as its reader comes upon them, and says which are in doubt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.spreadsheets.grid import (
    CellDetails,
    CellFault,
    CellPosition,
    Grid,
    GridRow,
    GridValue,
    find_ids,
)
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.refusal import FileRefusal, RefusalReason

PERCENTAGE: Final = CellDetails(percent=True)
"""The details of a number that is shown as a percentage and is nothing else."""

_WIDEST_GAP: Final = 64
"""How many columns may be in doubt where something lies between two cells; tables are narrower."""

_MOST_STEPS_BACK: Final = 8
"""From this on a program wrote the cells in an order of its own, and their order says nothing."""


@dataclass
class SheetCells:
    """
    A sheet that grows cell by cell.

    `repeated` and `hidden_rows` are as in `Grid`; `faults` are the cells in doubt, whose values
    the grid does not show.
    """

    name: str
    limits: Limits
    is_visible: bool = True
    rows: dict[int, GridRow] = field(default_factory=dict)
    details: dict[CellPosition, CellDetails] = field(default_factory=dict)
    merged: list[tuple[CellPosition, CellPosition]] = field(default_factory=list)
    repeated: dict[int, int] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    faults: dict[CellPosition, CellFault] = field(default_factory=dict)
    count: int = 0

    def add_cell(
        self, row: int, col: int, value: GridValue, details: CellDetails | None = None
    ) -> None:
        """
        Add a cell, whose value is empty text if there is none.

        Raises:
            FileRefusal: If its text is too long, or these are too many cells.
        """
        if value == "" and details is None:
            return
        self.count += 1
        if self.count > self.limits.cells:
            raise FileRefusal(FailureCode.TOO_LARGE, RefusalReason.CELLS, limit=self.limits.cells)
        if value.__class__ is str and len(value) > self.limits.text:
            raise FileRefusal(FailureCode.TOO_LARGE, RefusalReason.TEXT, limit=self.limits.text)
        cells = self.rows.setdefault(row, {})
        if self._differs(row, col, value, details):
            self.faults[row, col] = CellFault.TWICE
        if value != "":
            cells[col] = value
        if details is not None:
            self.details[row, col] = details

    def _differs(self, row: int, col: int, value: GridValue, details: CellDetails | None) -> bool:
        """Return whether the cell stands there already, with something else in it."""
        before, known = self.rows[row].get(col, ""), self.details.get((row, col))
        if before == "" and known is None:
            return False
        return (before, known) != (value, details) or before.__class__ is not value.__class__

    def add_fault(self, row: int, col: int, fault: CellFault = CellFault.MARKUP) -> None:
        """Note that what stands in a cell cannot be told; a cell in doubt stays so."""
        self.faults.setdefault((row, col), fault)
        if len(self.faults) > self.limits.cells:
            raise FileRefusal(FailureCode.TOO_LARGE, RefusalReason.CELLS, limit=self.limits.cells)

    def add_merge(self, first: CellPosition, last: CellPosition) -> None:
        """
        Add a merged range.

        Raises:
            FileRefusal: If these are too many.
        """
        self.merged.append((first, last))
        if len(self.merged) > self.limits.merged:
            raise FileRefusal(FailureCode.TOO_LARGE, RefusalReason.MERGED, limit=self.limits.merged)

    def make_grid(self) -> Grid:
        """Return the sheet as a grid, without the values of cells that are in doubt."""
        for (row, col), fault in self.faults.items():
            self.rows.get(row, {}).pop(col, None)
            self.details[row, col] = CellDetails(fault=fault)
        rows = {
            row: dict(sorted(cells.items())) for row, cells in sorted(self.rows.items()) if cells
        }
        return Grid(
            name=self.name,
            rows=rows,
            merged=self.merged,
            details=self.details,
            ids=find_ids(rows),
            repeated={row: times for row, times in self.repeated.items() if row in rows},
            hidden_rows=frozenset(self.hidden_rows & rows.keys()),
            is_visible=self.is_visible,
        )


def require_answers(grids: Sequence[Grid], refusals: Sequence[FileRefusal]) -> None:
    """
    Refuse a workbook that is damaged if no sheet that can be read holds answers.

    Raises:
        FileRefusal: The first of these refusals, which are of single sheets.
    """
    if refusals and not any(grid.ids for grid in grids):
        raise refusals[0]


@dataclass
class CellOrder:
    """
    Watches over the order of the records of cells: row by row, each from left to right.

    Binary sheets have no checksum. Where a record is out of its order, is none of a cell, or is
    no whole one, the cells that lie between its neighbours are in doubt as well as its own: one of
    them is the cell that the record was of.
    """

    sheet: SheetCells
    last: CellPosition = (-1, -1)
    before: CellPosition = (-1, -1)
    is_disturbed: bool = False
    has_stranger: bool = False
    steps_back: int = 0
    doubts: list[CellPosition] = field(default_factory=list)
    strangers: list[CellPosition] = field(default_factory=list)
    width: int = 0

    def take_cell(self, row: int, first: int, last: int) -> None:
        """Note the next record: of one cell, or of several in a row."""
        if (row, first) <= self.last:
            self._step_back(row, first, last)
            return
        if self.is_disturbed or self.has_stranger:
            self._doubt_between(self.last, (row, first))
            self.doubts += [at for at in self.strangers if at != (row, first)]
            self.strangers.clear()
            self.is_disturbed = self.has_stranger = False
        self.before, self.last = self.last, (row, last)
        self.width = max(self.width, last + 1)

    def note_stranger(self, row: int = -1, col: int = -1) -> None:
        """Note a record that is of no cell; only if cells follow it did one stand in its place."""
        self.has_stranger = True
        if (row, col) == (self.last[0], self.last[1] + 1):  # also if it was the sheet's last cell
            self.doubts.append((row, col))
        elif self._is_next(row, col):
            self.strangers.append((row, col))

    def note_disturbance(self, row: int = -1, col: int = -1) -> None:
        """Note a record of a cell that is no whole one, and which cell it may be of."""
        self.is_disturbed = True
        if self._is_next(row, col):
            self.doubts.append((row, col))

    def _is_next(self, row: int, col: int) -> bool:
        follows = self.last < (row, col) and row <= self.last[0] + 1
        return follows and col < max(self.width, _WIDEST_GAP)

    def finish(self) -> None:
        """Put the cells in doubt down as faults, unless the order says nothing."""
        if self.is_disturbed:
            self._doubt_between(self.last, (self.last[0] + 1, 0))
        if self.steps_back <= _MOST_STEPS_BACK:
            for row, col in self.doubts:
                self.sheet.add_fault(row, col)

    def _step_back(self, row: int, first: int, last: int) -> None:
        """Doubt a cell that stands before its predecessor: one of the two is not where it was."""
        self.steps_back += 1
        self.is_disturbed = True
        if self.steps_back > _MOST_STEPS_BACK:
            return
        if (row, first) > self.before:
            self.doubts.append(self.last)
            self._doubt_between(self.before, (row, first))
            self.last = (row, last)
        else:
            self.doubts += [(row, col) for col in range(first, min(last, first + 64) + 1)]

    def _doubt_between(self, first: CellPosition, last: CellPosition) -> None:
        """Doubt the cells without a value between two cells."""
        row, col = first
        width = max(min(self.width, _WIDEST_GAP), 1)
        if row == last[0]:
            self._doubt_blanks(row, col + 1, last[1])
            return
        self._doubt_blanks(row, col + 1, width)
        for between in range(row + 1, min(last[0], row + 1 + _WIDEST_GAP)):
            self._doubt_blanks(between, 0, width)
        self._doubt_blanks(last[0], 0, last[1])

    def _doubt_blanks(self, row: int, first: int, end: int) -> None:
        cells = self.sheet.rows.get(row, {}) if row >= 0 else None
        if cells is not None:
            end = min(end, first + _WIDEST_GAP)
            self.doubts += [(row, col) for col in range(first, end) if col not in cells]
