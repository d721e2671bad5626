"""Defines cells and their addresses, as people and as formulas write them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

SHEET_NAME_LIMIT: Final = 31
_FORBIDDEN_IN_SHEET_NAMES: Final = str.maketrans("[]:*?/\\", "       ")
_RESERVED_SHEET_NAME: Final = "history"


@lru_cache(maxsize=1024)
def column_letters(col: int) -> str:
    """Return a column's letters: 0 is A, 26 is AA."""
    letters = ""
    while col >= 0:
        col, rest = divmod(col, 26)
        letters = chr(ord("A") + rest) + letters
        col -= 1
    return letters


def cell_address(row: int, col: int) -> str:
    """Return an address within a sheet as people see it; row and column from 0."""
    return f"{column_letters(col)}{row + 1}"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: the name of its sheet, and its row and column from 0."""

    sheet: str
    row: int
    col: int

    @property
    def a1(self) -> str:
        """Return the address within the sheet, as people see it."""
        return cell_address(self.row, self.col)

    @property
    def reference(self) -> str:
        """Return the absolute reference for formulas on any sheet."""
        return f"{quote_sheet_name(self.sheet)}!${column_letters(self.col)}${self.row + 1}"


def quote_sheet_name(name: str) -> str:
    """Return a sheet's name as formulas need it."""
    return "'" + name.replace("'", "''") + "'"


def cell_range(first: Cell, last: Cell) -> str:
    """Return the absolute reference of a range on one sheet."""
    return f"{first.reference}:${column_letters(last.col)}${last.row + 1}"


def claim_sheet_name(text: str, taken: set[str], fallback: str = "Sheet") -> str:
    """
    Make a name of a text that Excel takes for a sheet, and add it to the names in use.

    Args:
        text: The wish.
        taken: The casefolded names of the workbook's other sheets; the new one is added.
        fallback: The name if no character of the text may stand in one.
    """
    base = " ".join(text.translate(_FORBIDDEN_IN_SHEET_NAMES).split()).strip("'") or fallback
    name, number = base[:SHEET_NAME_LIMIT].strip(), 2
    while name.casefold() in taken or name.casefold() == _RESERVED_SHEET_NAME:
        name = f"{base[: SHEET_NAME_LIMIT - 4].strip()} {number}"
        number += 1
    taken.add(name.casefold())
    return name
