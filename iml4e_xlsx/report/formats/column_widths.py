"""Finds widths of columns, in a terminal and on paper, so that neither dates nor names break."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

from rich.cells import cell_len

from iml4e_xlsx.report.tables.table import Column, ColumnKind

_UNBROKEN: Final = tuple(kind for kind in ColumnKind if not kind.is_prose)
_BETWEEN: Final = 3
"""How many characters stand between two columns."""

_COMFORTABLE: Final = 24
"""With fewer characters a column of long texts is no pleasure to read."""

_LEAST: Final = 12
"""With fewer characters it cannot be read at all."""

_ENOUGH: Final = 34
"""What a column of long texts gets before the others need no second line."""

_PAPER: Final = 170
"""How many characters stand side by side on a page of a printed report."""

_PAPER_WORD: Final = 26
"""On paper a word may break that is longer."""

_BOLD: Final = 1.25
"""So much wider is a heading than a text of as many characters."""

_PAPER_TEXT: Final = {ColumnKind.TEXT: 32, ColumnKind.LONG: 90}
"""On paper a text that is longer gets no wider column, but more lines."""


def fit_columns(
    columns: Sequence[Column], rows: Sequence[Sequence[str]], width: int
) -> Mapping[int, int] | None:
    """
    Return the columns that a terminal has room for, by their places, and how wide each is.

    Only columns of long texts may break a word, and only a very long one. Where there is no room
    for that, dispensable columns are left out, the most dispensable first; then long texts get
    narrower. Return None if that is not enough either.
    """
    texts = [[column.heading, *(row[at] for row in rows)] for at, column in enumerate(columns)]
    whole = [max(map(_longest_line, those)) for those in texts]
    words = [
        max(
            _longest_word(column.heading),
            *(map(_longest_line if column.kind in _UNBROKEN else _longest_word, those[1:])),
        )
        for column, those in zip(columns, texts, strict=True)
    ]
    for narrowest in (_COMFORTABLE, _LEAST):
        least = [
            _least_width(column, word, most, narrowest)
            for column, word, most in zip(columns, words, whole, strict=True)
        ]
        shown = _visible_places(columns, least, width)
        if shown is not None:
            break
    else:
        return None
    room = width + 1 - sum(least[at] + _BETWEEN for at in shown)
    widths = {at: least[at] for at in shown}
    long = [at for at in shown if columns[at].kind is ColumnKind.LONG]
    others = sorted((at for at in shown if at not in long), key=lambda at: whole[at] - least[at])
    steps = [(at, min(whole[at], max(words[at], _ENOUGH))) for at in long]
    steps += [(at, whole[at]) for at in (*others, *long)]
    for at, wanted in steps:
        more = min(max(0, wanted - widths[at]), room)
        widths[at] += more
        room -= more
    return widths


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


def _visible_places(
    columns: Sequence[Column], least: Sequence[int], width: int
) -> list[int] | None:
    """Return the places of the columns that there is room for; None if they are too few."""
    shown = list(range(len(columns)))
    while sum(least[at] + _BETWEEN for at in shown) > width + 1:
        most = max(columns[at].dispensable for at in shown)
        if not most:
            return None
        # those that are as dispensable belong together: some areas of all would look like all
        shown = [at for at in shown if columns[at].dispensable < most]
    return shown


def _least_width(column: Column, word: int, whole: int, narrowest: int) -> int:
    """Return the least width of a column: nothing breaks in it but long texts."""
    if column.kind is ColumnKind.LONG:
        return min(whole, max(narrowest, min(word, _ENOUGH)))
    return word


def _longest_word(text: str) -> int:
    return max(map(cell_len, text.split()), default=1)


def _longest_line(text: str) -> int:
    return max(map(cell_len, text.splitlines()), default=1)
