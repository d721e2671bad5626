"""Chooses how a table stands in a terminal: side by side, partly below each row, or all below."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len

from iml4e_xlsx.report.tables.table import Column, ColumnKind

_GAPS: Final = (3, 2)
"""How many characters stand between two columns; fewer where there is little room."""

_COMFORTABLE: Final = 24
"""With fewer characters a column of long texts is no pleasure to read."""

_ENOUGH: Final = 34
"""What a column of long texts gets before the others need no second line."""

_PHRASE: Final = 16
"""A column of names or short texts is as wide, unless they need less."""

_LONGEST_WORD: Final = 20
"""A longer word of a name may go without its middle."""

_LEAST_NAME: Final = 10
_LEAST_FILE: Final = 20
"""What is left of longer names where nothing else helps."""

_LITTLE: Final = 8
"""A column that lacks so little gets it before long texts get more."""


@dataclass(frozen=True, slots=True)
class TableLayout:
    """
    How a table stands in a terminal.

    `widths` has the places of the columns that stand side by side, `below` of those that stand
    under each row, `headings` what is written above or before them. There are no `widths` where
    everything stands under the first column.
    """

    widths: Mapping[int, int]
    below: tuple[int, ...]
    headings: tuple[str, ...]
    gap: int = _GAPS[0]


def plan_layout(
    columns: Sequence[Column],
    rows: Sequence[Sequence[str]],
    width: int,
    *,
    droppable: Collection[int] = (),
) -> TableLayout:
    """
    Return the layout in which a table fits a width and shows all that it holds.

    No figure, code or date ever breaks. Where there is no room for all columns side by side, their
    headings get short and the droppable ones go; then long texts stand below each row, then what
    is dispensable; then names lose their middle.

    Args:
        columns: The columns.
        rows: What is shown in them.
        width: The width of the terminal.
        droppable: Places of columns that say nothing which the others do not.
    """
    full = tuple(column.heading for column in columns)
    brief = tuple(column.brief or column.heading for column in columns)
    for is_tight in (False, True):
        for beside, below in _stages(columns, droppable):
            for headings in dict.fromkeys((full, brief)):
                asked = [
                    _measure(
                        columns[at], headings[at], [row[at] for row in rows], is_tight=is_tight
                    )
                    for at in beside
                ]
                shared = _share_width(asked, [headings[at] for at in beside], width)
                if shared is not None:
                    widths, gap = shared
                    places = dict(zip(beside, widths, strict=True))
                    return TableLayout(places, below, headings, gap)
    under = tuple(at for at in range(1, len(columns)) if at not in droppable)
    return TableLayout({}, under, brief)


def _stages(
    columns: Sequence[Column], droppable: Collection[int]
) -> Iterator[tuple[list[int], tuple[int, ...]]]:
    """Yield which columns stand side by side and which below, the most comfortable first."""
    everything = list(range(len(columns)))
    if droppable:
        yield everything, ()
    places = [at for at in everything if at not in droppable]
    yield places, ()
    below = {at for at in places[1:] if columns[at].kind is ColumnKind.LONG}
    if below and droppable:  # long texts under each row leave room for the others
        yield [at for at in everything if at not in below], tuple(sorted(below))
    degrees = sorted({columns[at].dispensable for at in places} - {0}, reverse=True)
    for degree in (None, *degrees, 0):
        for at in places[1:]:
            column = columns[at]
            is_phrase = column.kind is ColumnKind.TEXT and not column.is_name
            if degree is not None and (
                column.dispensable >= degree > 0 or (degree == 0 and is_phrase)
            ):
                below.add(at)
        if below and len(places) - len(below) > 1:  # one alone is no table
            yield [at for at in places if at not in below], tuple(sorted(below))


def _measure(
    column: Column, heading: str, texts: Sequence[str], *, is_tight: bool
) -> tuple[int, int, int]:
    """Return the least width of a column, one with which it is well read, and the whole."""
    head = _longest_word(heading)
    whole = max(map(_longest_line, texts), default=1)
    word = max(map(_longest_word, texts), default=1)
    kind = column.kind
    if kind is ColumnKind.LONG:
        least = min(whole, max(_COMFORTABLE, column.comfort, min(word, _ENOUGH)))
    elif kind is ColumnKind.FILE:
        least = min(whole, _LEAST_FILE) if is_tight and column.is_name else whole
    elif column.is_name and is_tight:
        least = min(whole, _LEAST_NAME)
    elif column.is_name:
        least = max(min(word, _LONGEST_WORD), min(whole, _PHRASE))
    elif kind is ColumnKind.TEXT:
        least = word if is_tight else max(word, min(whole, _PHRASE))
    else:
        least = whole
    wanted = max(head, whole)
    good = min(wanted, _ENOUGH) if kind is ColumnKind.LONG else head
    return max(head, least), good, wanted


def _share_width(
    asked: Sequence[tuple[int, int, int]], headings: Sequence[str], width: int
) -> tuple[list[int], int] | None:
    """Return widths and the gap between them, the wider one if it costs little; None without."""
    comfort = sum(wanted - least for least, _, wanted in asked if wanted - least <= _LITTLE)
    found = []
    for gap in _GAPS:
        total = width - gap * (len(asked) - 1)
        room = total - sum(least for least, *_ in asked)
        if room >= (comfort if gap == max(_GAPS) else 0):
            widths = _share_room(asked, room)
            whole = [max(pair) for pair in zip(widths, map(_longest_line, headings), strict=True)]
            if sum(whole) <= total:  # each heading on one line; else there are two anyway
                return whole, gap
            found.append((widths, gap))
    return found[0] if found else None


def _share_room(asked: Sequence[tuple[int, int, int]], room: int) -> list[int]:
    """Return widths: the least, and of the room first what makes columns well read."""
    widths = [least for least, *_ in asked]
    by_need = sorted(
        ((wanted - least, at, wanted) for at, (least, _, wanted) in enumerate(asked)),
    )
    steps = [(at, wanted) for need, at, wanted in by_need if need <= _LITTLE]
    steps += [(at, good) for at, (_, good, _) in enumerate(asked)]
    steps += [(at, wanted) for _, at, wanted in by_need]
    for at, wanted in steps:
        more = min(max(0, wanted - widths[at]), room)
        widths[at] += more
        room -= more
    return widths


def _longest_word(text: str) -> int:
    return max(map(cell_len, text.split()), default=1)


def _longest_line(text: str) -> int:
    return max(map(cell_len, text.splitlines()), default=1)
