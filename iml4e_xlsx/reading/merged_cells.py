"""Finds the rows whose score cell is merged with others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from iml4e_xlsx.spreadsheets.grid import CellPosition
from iml4e_xlsx.workbook.cells import cell_address


@dataclass(frozen=True, slots=True)
class MergedCell:
    """The range of a merged score cell; legible if it holds the rating of one row alone."""

    shown: str
    legible: bool


def find_merged(
    merged: Iterable[tuple[CellPosition, CellPosition]], col: int, rows: Iterable[int]
) -> dict[int, MergedCell]:
    """
    Return the rows, of those given, whose cell in a column is merged with others.

    Of several ranges over one cell, as only a damaged file has them, the one that reaches farthest
    down is shown. Ranges and rows are gone through once: there may be thousands of both.
    """
    ranges = sorted(item for item in merged if item[0][1] <= col <= item[1][1])
    if not ranges:
        return {}
    merged_cells: dict[int, MergedCell] = {}
    farthest: tuple[CellPosition, CellPosition] | None = None
    place = 0
    for row in sorted(rows):
        while place < len(ranges) and ranges[place][0][0] <= row:
            if farthest is None or ranges[place][1][0] > farthest[1][0]:
                farthest = ranges[place]
            place += 1
        if farthest is not None and farthest[1][0] >= row:
            first, last = farthest
            shown = f"{cell_address(*first)}:{cell_address(*last)}"
            is_legible = first[0] == last[0] and first[1] == col
            merged_cells[row] = MergedCell(shown, is_legible)
    return merged_cells
