"""Places the table of what counts as a rating below the chart's figures of the calculation."""

from __future__ import annotations

from iml4e_xlsx.workbook.cells import Cell, cell_range
from iml4e_xlsx.workbook.workbook_layout import CalculationSheet

FORM, POSITION = range(2)
"""The columns: a form of a rating, and as what it is counted."""


def title_row(layout: CalculationSheet) -> int:
    """Return the row of the table's title; its heading follows."""
    return layout.chart_heading + 2 + len(layout.areas) + 1


def form_cell(layout: CalculationSheet, number: int, col: int) -> Cell:
    """Return the cell of the n-th form in a column, from 0."""
    return Cell(layout.sheet, title_row(layout) + 2 + number, col)


def form_range(layout: CalculationSheet, count: int, col: int) -> str:
    """Return the absolute reference of so many cells of a column."""
    return cell_range(form_cell(layout, 0, col), form_cell(layout, count - 1, col))
