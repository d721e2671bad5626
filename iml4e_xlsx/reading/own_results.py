"""Recognises workbooks of results that this program wrote, which are no answers."""

from __future__ import annotations

from functools import cache
from typing import Final

from iml4e_xlsx.spreadsheets.grid import Grid, Grids
from iml4e_xlsx.text.interface_texts import load_texts
from iml4e_xlsx.workbook.cells import claim_sheet_name
from iml4e_xlsx.workbook.workbook_layout import RESULTS_PROPERTY

_HEAD: Final = 3
_NUMBERED: Final = 4
"""So many characters at the end of a sheet's name may be a number in place of its title's."""

_FIRST_HEADINGS: Final = ("team", "step", "area", "statement", "severity", "respondent", "left_out")
"""The keys, under `view`, of what the first column of a table may be called."""


def holds_results(grids: Grids, *, has_reference: bool) -> bool:
    """
    Tell whether a workbook holds results that this program wrote.

    It says so in its properties. Those of earlier versions, and those that lost their properties,
    are recognised by their sheets: each begins with its own name, and its table in the same row.
    A workbook with a reference is an answer then, whatever else was pasted into it.
    """
    if RESULTS_PROPERTY in grids.properties:
        return True
    if has_reference:
        return False
    sheets = [grid for grid in grids.sheets if grid.rows]
    return bool(sheets) and all(map(_is_table, sheets))


def _is_table(grid: Grid) -> bool:
    title, heading = grid.cell_value(0, 0), grid.cell_value(_HEAD, 0)
    if not isinstance(title, str) or not isinstance(heading, str):
        return False
    name = claim_sheet_name(title, set())
    is_title = grid.name in (name, title) or (
        grid.name[:-_NUMBERED] == name[: max(len(grid.name) - _NUMBERED, 0)]
        and grid.name[-1:].isdigit()
    )
    return is_title and heading.strip().casefold() in _first_headings()


@cache
def _first_headings() -> frozenset[str]:
    texts = load_texts()
    return frozenset(
        # the names of columns for programs are the same in every language
        {"source", *(texts(f"view.{key}").casefold() for key in _FIRST_HEADINGS)}
    )
