"""Addresses of cells, as people and formulas write them; only the layout makes any."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache


@lru_cache(maxsize=1024)
def column_letters(col: int) -> str:
    """Return a column's letters: 0 is A, 26 is AA."""
    letters = ""
    while col >= 0:
        col, rest = divmod(col, 26)
        letters = chr(ord("A") + rest) + letters
        col -= 1
    return letters


def address(row: int, col: int) -> str:
    """Return an address within a sheet as people see it; row and column from 0."""
    return f"{column_letters(col)}{row + 1}"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its sheet's name, and row and column from 0."""

    sheet: str
    row: int
    col: int

    @property
    def a1(self) -> str:
        """Return the address within the sheet, as people see it."""
        return address(self.row, self.col)

    @property
    def reference(self) -> str:
        """Return the absolute reference for formulas on any sheet."""
        return f"{quoted_sheet(self.sheet)}!${column_letters(self.col)}${self.row + 1}"


def quoted_sheet(name: str) -> str:
    """Return a sheet's name as formulas need it."""
    return "'" + name.replace("'", "''") + "'"


def span(first: Cell, last: Cell) -> str:
    """Return the absolute reference of a range on one sheet."""
    return f"{first.reference}:${column_letters(last.col)}${last.row + 1}"
