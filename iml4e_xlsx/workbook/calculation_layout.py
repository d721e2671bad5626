"""Computes the place of everything on the sheet of the calculation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from iml4e_xlsx.workbook.cells import Cell, cell_range

RAISED: Final = "raised_"
"""Begins the names of what would be if one rating at the first open level were a step higher."""

STEP_COLUMNS: Final = (
    "required_passed",
    "missing_passed",
    "required_reached",
    "missing_reached",
    "highest_applying",
    "next_applying",
    "longest_step",
    f"{RAISED}points",
    f"{RAISED}passed",
    f"{RAISED}reached",
    "bar",
    "unmet",
    "previous_way",
)

AREA_COLUMNS: Final = (
    "placed",
    "highest",
    "next",
    "steps_to_next",
    "one_step",
    "blocking",
    "held_level",
    "held_down",
    "effective",
    "steps",
    "required_points",
    "way",
    "gap_below",
)
"""What is computed of each area, behind the figures of the chart."""

LIST_COLUMNS: Final = ("open_names", "lowest_names")
"""
Behind them: the names of the areas up to this one that are open, or lowest, a comma before each.

One formula with all names would be longer than Excel takes.
"""

NO_FIGURE: Final = -1
"""
Stands in these columns for none: results that change between text and number make each workbook a
sheet of a kind of its own, which is read many times slower.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalculationSheet:
    """
    The table behind the summary: one row for each level of each area, then one for each area.

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
    BAR = 3

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

    def own_range(self, area: str, column: str, top: int) -> str:
        """Return an area's rows in a column as formulas on this sheet name them, which is short."""
        first, last = self.figure_cell(area, 1, column), self.figure_cell(area, top, column)
        return f"{first.a1}:{last.a1}"

    def own_choice(self, area: str, column: str, level: str, top: int) -> str:
        """Return the formula of the cell of a level in a column, by the level's own formula."""
        return _choose(self.own_range(area, column, top), level)

    def choice(self, area: str, column: str, level: str, top: int) -> str:
        """Return the same as `own_choice` for formulas on other sheets."""
        return _choose(self.level_range(area, column, top), level)

    def chart_cell(self, area: str, col: int) -> Cell:
        """Return a cell of the chart's figures: column 0 the name, 1 the index, 2 the previous."""
        return Cell(self.sheet, self.chart_heading + 2 + self.areas.index(area), col)

    def area_cell(self, area: str, column: str) -> Cell:
        """Return a cell of what is computed of an area."""
        return self.chart_cell(area, 3 + (*AREA_COLUMNS, *LIST_COLUMNS).index(column))

    def area_range(self, column: str) -> str:
        """Return the absolute reference of what is computed of all areas."""
        first, last = self.areas[0], self.areas[-1]
        return cell_range(self.area_cell(first, column), self.area_cell(last, column))

    def bar_cell(self, pieces: int) -> Cell:
        """Return the cell with the bar of so many full pieces, right of the forms of ratings."""
        return Cell(self.sheet, self.forms_title + 2 + pieces, self.BAR)

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


def _choose(cells: str, place: str) -> str:
    """Return the formula of a cell by its place; Gnumeric finds none in a range of one cell."""
    first, _, last = cells.rpartition("!")[2].partition(":")
    return cells.partition(":")[0] if first == last else f"INDEX({cells},{place})"
