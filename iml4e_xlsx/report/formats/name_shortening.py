"""Shortens names to the width of their column: in the middle, since their ends tell them apart."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final

from rich.cells import cell_len, set_cell_size

from iml4e_xlsx.report.tables.table import Column, ColumnKind

_ESCAPE: Final = re.compile(r"\\(?:x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8})")
"""What stands for a character that an encoding lacks; half of it would mean nothing."""


def shorten_names(
    rows: Sequence[Sequence[str]],
    columns: Sequence[Column],
    widths: Mapping[int, int],
    ellipsis: str = "…",
) -> list[list[str]]:
    """
    Return rows with names that take two lines at most, and names of files that take one.

    Where two rows could no longer be told apart by their names all of them are left as they are.

    Args:
        rows: The cells of a table.
        columns: Its columns; those of names are shortened.
        widths: How wide the columns are that stand side by side, by their places.
        ellipsis: What stands for the middle of a name.
    """
    lines = {
        at: 1 if columns[at].kind is ColumnKind.FILE else 2 for at in widths if columns[at].is_name
    }
    shortened = [
        [
            shorten_name(cell, widths[at], lines[at], ellipsis) if at in lines else cell
            for at, cell in enumerate(row)
        ]
        for row in rows
    ]
    if _count_names(shortened, lines) < _count_names(rows, lines):
        return [list(row) for row in rows]
    return shortened


def _count_names(rows: Sequence[Sequence[str]], places: Mapping[int, int]) -> int:
    return len({tuple(row[at] for at in places) for row in rows})


def shorten_name(name: str, width: int, lines: int = 1, ellipsis: str = "…") -> str:
    """Return a name that takes one line or two: without its middle, with all of its end."""
    if cell_len(name) <= width or (lines > 1 and _fits_two_lines(name, width)):
        return name
    head, tail = width - cell_len(ellipsis), width
    if lines == 1:
        tail = max(1, (head * 2 + 2) // 3)
        head -= tail
    start, end = _first_cells(name, max(0, head)), _last_cells(name, tail)
    return f"{start}{ellipsis}{' ' if lines > 1 else ''}{end}"


def _fits_two_lines(name: str, width: int) -> bool:
    """Return whether a name fits two lines, broken between words."""
    words = name.split()
    for at in range(1, len(words)):
        if cell_len(" ".join(words[:at])) <= width and cell_len(" ".join(words[at:])) <= width:
            return True
    return False


def _first_cells(name: str, count: int) -> str:
    """Return as much of the start of a name as has room, without a part of an escape."""
    start = set_cell_size(name, count).rstrip()
    cut = next((m.start() for m in _ESCAPE.finditer(name) if m.start() < len(start) < m.end()), -1)
    return start if cut < 0 else start[:cut]


def _last_cells(name: str, count: int) -> str:
    """Return as much of the end of a name as has room, beginning with a whole character."""
    at = len(name) - len(set_cell_size(name[::-1], count).rstrip())
    at = next((m.end() for m in _ESCAPE.finditer(name) if m.start() < at < m.end()), at)
    while at < len(name) and (name[at].isspace() or unicodedata.combining(name[at])):
        at += 1
    return name[at:]
