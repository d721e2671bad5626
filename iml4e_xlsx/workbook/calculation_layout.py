"""Computes the place of everything on the sheet of the calculation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from iml4e_xlsx.workbook.cells import Cell, cell_range


@dataclass(frozen=True, slots=True, kw_only=True)
class CalculationSheet:
    """
    The table behind the summary: one row for each level of each area, then the chart's figures.

    The columns `count_<n>` hold how often the n-th rating of the scale was given.
    """

    sheet: str
    rows: Mapping[tuple[str, int], int]
    columns: tuple[str, ...]
    areas: tuple[str, ...]

    TITLE = 0
    HELP = 1
    HEADING = 3
    FIRST = 4

    FORM = 0
    POSITION = 1

    @property
    def chart_heading(self) -> int:
        """Return the row of the heading above the chart's figures."""
        return self.FIRST + len(self.rows) + 1

    def figure_cell(self, area: str, level: int, column: str) -> Cell:
        """Return a cell of the table."""
        return Cell(self.sheet, self.rows[area, level], self.columns.index(column))

    def heading_cell(self, column: str) -> Cell:
        """Return a column's heading."""
        return Cell(self.sheet, self.HEADING, self.columns.index(column))

    def level_range(self, area: str, column: str, top: int) -> str:
        """Return the absolute reference of an area's rows in a column."""
        return cell_range(self.figure_cell(area, 1, column), self.figure_cell(area, top, column))

    def chart_cell(self, area: str, col: int) -> Cell:
        """Return a cell of the chart's figures: column 0 the name, 1 the index, 2 the previous."""
        return Cell(self.sheet, self.chart_heading + 2 + self.areas.index(area), col)

    @property
    def forms_title(self) -> int:
        """Return the row of the title of what counts as a rating; a heading follows."""
        return self.chart_heading + 2 + len(self.areas) + 1

    def form_cell(self, number: int, col: int) -> Cell:
        """Return the cell of the n-th form of a rating, from 0: FORM, or POSITION, its count."""
        return Cell(self.sheet, self.forms_title + 2 + number, col)

    def form_range(self, count: int, col: int) -> str:
        """Return the absolute reference of so many forms, or of their positions."""
        return cell_range(self.form_cell(0, col), self.form_cell(count - 1, col))
