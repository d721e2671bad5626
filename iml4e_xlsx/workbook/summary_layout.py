"""Computes the place of everything on the sheet of the result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from iml4e_xlsx.workbook.cells import Cell, cell_range

OVERALL: Final = "overall"
"""Stands for the whole assessment where areas have their codes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SummarySheet:
    """The result: tiles, the table of areas with their bars, that of levels, and the radar."""

    sheet: str
    areas: tuple[str, ...]
    top: int

    TITLE = 0
    SUBTITLE = 1
    HEADLINE = 2
    TILES = 3
    TILE_NAMES = 4
    HEADING = 6
    FIRST = 7
    NAME = 1
    COMPLETENESS = 2
    LEVEL = 3
    INDEX = 4
    TARGET = 5
    STEPS = 6
    ESTIMATE = 7

    @property
    def overall_row(self) -> int:
        """Return the row of the whole assessment in the first table."""
        return self.FIRST + len(self.areas)

    @property
    def legend_row(self) -> int:
        """Return the row that explains the figures, below the first table."""
        return self.overall_row + 1

    @property
    def detail_heading(self) -> int:
        """Return the row of the heading above the second table."""
        return self.legend_row + 2

    @property
    def detail_first(self) -> int:
        """Return the row of the first area in the second table."""
        return self.detail_heading + 2

    @property
    def detail_overall(self) -> int:
        """Return the row of the whole assessment in the second table."""
        return self.detail_first + len(self.areas)

    @property
    def radar_row(self) -> int:
        """Return the row where the radar begins, below the second table."""
        return self.detail_overall + 2

    def bar_col(self, level: int) -> int:
        """Return the column of a level's bar in the first table."""
        return self.ESTIMATE + level

    @property
    def way_col(self) -> int:
        """Return the column that says in words how an area gets on, behind the bars."""
        return self.bar_col(self.top) + 1

    def fulfilment_col(self, level: int) -> int:
        """Return the column of a level's fulfilment in the second table."""
        return self.NAME + level

    @property
    def high_level_col(self) -> int:
        """Return the column of the highest possible level."""
        return self.NAME + self.top + 1

    @property
    def high_index_col(self) -> int:
        """Return the column of the highest possible index."""
        return self.high_level_col + 1

    @property
    def not_applicable_col(self) -> int:
        """Return the column of the share of statements rated n/a."""
        return self.high_level_col + 2

    @property
    def previous_col(self) -> int:
        """Return the column of the previous assessment's index."""
        return self.high_level_col + 3

    @property
    def progress_col(self) -> int:
        """Return the column of the progress since the previous assessment."""
        return self.high_level_col + 4

    @property
    def last_col(self) -> int:
        """Return the last column of both tables, to which the remarks reach."""
        return max(self.high_level_col + 5, self.way_col)

    def remark_col(self, *, previous: bool) -> int:
        """Return the column where remarks begin: behind the columns of a previous result."""
        return self.progress_col + 1 if previous else self.previous_col

    def area_row(self, area: str) -> int:
        """Return an area's row in the first table."""
        return self.FIRST + self.areas.index(area)

    def detail_row(self, area: str) -> int:
        """Return an area's row in the second table."""
        return self.detail_first + self.areas.index(area)

    def figure_cell(self, area: str, col: int) -> Cell:
        """Return a cell of the first table, by area code or `overall`."""
        return Cell(self.sheet, self.overall_row if area == OVERALL else self.area_row(area), col)

    def detail_cell(self, area: str, col: int) -> Cell:
        """Return a cell of the second table, by area code or `overall`."""
        row = self.detail_overall if area == OVERALL else self.detail_row(area)
        return Cell(self.sheet, row, col)

    def column_range(self, col: int) -> str:
        """Return the absolute reference of a column of the first table, areas only."""
        first, last = self.figure_cell(self.areas[0], col), self.figure_cell(self.areas[-1], col)
        return cell_range(first, last)

    def detail_range(self, col: int) -> str:
        """Return the absolute reference of a column of the second table, areas only."""
        first, last = self.detail_cell(self.areas[0], col), self.detail_cell(self.areas[-1], col)
        return cell_range(first, last)
