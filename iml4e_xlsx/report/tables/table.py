"""A view: a titled table of plain values, which every output shows in its own way."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import TypeAlias

CellValue: TypeAlias = str | int | float | Fraction | None

NONE = "–"


class Kind(Enum):
    """What a column holds; says how its values are shown and aligned."""

    TEXT = "text"
    LONG = "long"
    CODE = "code"
    FILE = "file"
    RATING = "rating"
    COUNT = "count"
    LEVEL = "level"
    INDEX = "index"
    SHARE = "share"


@dataclass(frozen=True, slots=True)
class Column:
    """
    A column: its name for programs, its heading for people, and what it holds.

    Where a terminal is too narrow the most `dispensable` is left out first; 0 never is.
    """

    name: str
    heading: str
    kind: Kind = Kind.TEXT
    dispensable: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """
    A table of plain values; `note` says what it shows, or why it is empty.

    `name` is for programs and file names, `title` for people. Rows are as long as `columns`.
    `top` is the highest level where levels and indices are shaded, the higher the stronger.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[CellValue, ...], ...]
    note: str = ""
    top: int | None = None


def display(value: Fraction | float | None) -> str:
    """Return an index or another figure as people read it: two decimals, or a dash for none."""
    return NONE if value is None else f"{float(value):.2f}"


def percent(value: Fraction | float | None) -> str:
    """Return a share as people read it: whole percent, 100 % only when it is complete."""
    if value is None:
        return NONE
    shown = round(float(value) * 100)
    return f"{shown - 1 if value < 1 <= shown / 100 else shown} %"


def shown(value: CellValue, kind: Kind) -> str:
    """Return a cell's value as people read it."""
    if value is None:
        return NONE
    if kind is Kind.SHARE and not isinstance(value, str):
        return percent(value)
    if kind is Kind.INDEX and not isinstance(value, str):
        return display(value)
    return str(value)


def plain(value: CellValue) -> str | int | float | None:
    """Return a cell's value as programs take it: fractions as floats, as computed."""
    if isinstance(value, Fraction):
        return float(value)
    return None if isinstance(value, float) and math.isnan(value) else value


def stacked(named: Sequence[tuple[str, View]], key: Column, *, title: str, note: str = "") -> View:
    """
    Return the rows of several views in one, to be filtered: whose they are, then their columns.

    Args:
        named: Views of one kind, each with the value of the key; at least one.
        key: The column that goes before all others.
        title: The title of the whole.
        note: What it shows.
    """
    columns = {column.name: column for _, view in named for column in view.columns}
    rows = []
    for value, view in named:
        names = [column.name for column in view.columns]
        for row in view.rows:
            found = dict(zip(names, row, strict=True))
            rows.append((value, *(found.get(name) for name in columns)))
    return View(
        name=named[0][1].name,
        title=title,
        note=note,
        columns=(key, *columns.values()),
        rows=tuple(rows),
        top=named[0][1].top,
    )


def as_markdown(views: Sequence[View], *, level: int = 2) -> str:
    """Return views as Markdown: a heading, the note and a table each."""
    parts = []
    for view in views:
        lines = [f"{'#' * level} {_escaped(view.title)}", ""]
        if view.note:
            lines += [_escaped(view.note), ""]
        if view.rows:
            lines.append(_row([column.heading for column in view.columns]))
            lines.append(_row([_rule(column.kind) for column in view.columns], raw=True))
            for row in view.rows:
                cells = zip(row, view.columns, strict=True)
                lines.append(_row([shown(value, column.kind) for value, column in cells]))
            lines.append("")
        parts.append("\n".join(lines))
    return "\n".join(parts)


def _rule(kind: Kind) -> str:
    return "---" if kind in (Kind.TEXT, Kind.LONG, Kind.CODE, Kind.FILE, Kind.RATING) else "---:"


def _row(cells: Sequence[str], *, raw: bool = False) -> str:
    return "| " + " | ".join(cell if raw else _escaped(cell) for cell in cells) + " |"


def _escaped(text: str) -> str:
    """Return text that Markdown shows as it is, on one line: no markup, no links, no cell ends."""
    printable = "".join(c if c.isprintable() or c.isspace() else " " for c in text)
    joined = " / ".join(part.strip() for part in printable.splitlines() if part.strip())
    return "".join(f"\\{c}" if c in "\\`*_[]<>|#" else c for c in joined)
