"""Finds widths of columns on paper, so that neither dates nor names break."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from rich.cells import cell_len

from iml4e_xlsx.report.tables.table import Column, ColumnKind

_UNBROKEN: Final = tuple(kind for kind in ColumnKind if not kind.is_prose)
_BETWEEN: Final = 3
"""How many characters stand between two columns."""

_PAPER: Final = 170
"""How many characters stand side by side on a page of a printed report."""

_PAPER_WORD: Final = 26
"""On paper a word may break that is longer."""

_BOLD: Final = 1.25
"""So much wider is a heading than a text of as many characters."""

_PAPER_TEXT: Final = {ColumnKind.TEXT: 32, ColumnKind.LONG: 90}
"""On paper a text that is longer gets no wider column, but more lines."""


def share_widths(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> list[float]:
    """
    Return each column's share of the paper's width; together they are 1.

    Paper does not scroll and no column is left out, so all of them fit whatever they hold: each
    gets room for its longest word, what remains goes to those whose texts are long, and with too
    many columns for that all of them get narrower.
    """
    texts = [[column.heading, *(row[at] for row in rows)] for at, column in enumerate(columns)]
    least = [_least_on_paper(*pair) for pair in zip(columns, texts, strict=True)]
    wanted = [
        max(low, min(max(map(_longest_line, those)), _PAPER_TEXT.get(column.kind, 0)) + _BETWEEN)
        for low, column, those in zip(least, columns, texts, strict=True)
    ]
    missing = sum(wanted) - sum(least)
    room = min(max(0, _PAPER - sum(least)), missing)
    widths = [
        low + (room * (most - low) / missing if missing else 0)
        for low, most in zip(least, wanted, strict=True)
    ]
    return [width / sum(widths) for width in widths]


def _least_on_paper(column: Column, texts: Sequence[str]) -> int:
    """Return how many characters a column needs so that nothing breaks in it but texts."""
    measure = _longest_line if column.kind in _UNBROKEN else _longest_word
    heading = math.ceil(_longest_word(texts[0]) * _BOLD)
    return min(max(heading, *map(measure, texts[1:])), _PAPER_WORD) + _BETWEEN


def _longest_word(text: str) -> int:
    return max(map(cell_len, text.split()), default=1)


def _longest_line(text: str) -> int:
    return max(map(cell_len, text.splitlines()), default=1)
