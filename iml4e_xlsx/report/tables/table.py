"""Defines a table of results: titled, of plain values, which every format shows in its own way."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from fractions import Fraction
from typing import Final, Self, TypeAlias

CellValue: TypeAlias = str | int | float | Fraction | None

NO_VALUE = "–"
_NO_BREAK: Final = "\u00a0"
_BEFORE_FIGURE: Final = re.compile(" (?=[0-9%])")


class OpenFigure(str):
    """The word for a figure that is missing since nothing is answered; no value for programs."""

    __slots__ = ()


class Phrase(str):
    """
    A text with figures; `unbroken` has no-break spaces where a line of a page must not end.

    They are those of the interface texts; for programs and other formats they are plain spaces.
    """

    __slots__ = ("unbroken",)

    unbroken: str

    def __new__(cls, text: str) -> Self:
        """Make the phrase of a text with no-break spaces."""
        phrase = super().__new__(cls, text.replace(_NO_BREAK, " "))
        phrase.unbroken = text
        return phrase


class WordedShare(Fraction):
    """A share in 0..1, which people read as `text`: it says of what the share is."""

    __slots__ = ("text",)

    text: str

    def __new__(cls, share: Fraction, text: str) -> Self:
        """Make the share with what people read."""
        worded = super().__new__(cls, share)
        worded.text = text
        return worded


class ColumnKind(Enum):
    """Kind of the values in a column, which decides how they are shown and aligned."""

    TEXT = "text"  #: Names and short texts.
    LONG = "long"  #: Sentences, which may take several lines.
    CODE = "code"  #: Ids of statements.
    FILE = "file"  #: Names and handles of files.
    RATING = "rating"  #: Labels of ratings.
    COUNT = "count"  #: Whole numbers.
    LEVEL = "level"  #: Levels, 0 to the highest.
    INDEX = "index"  #: Indices and other figures with two decimals.
    SHARE = "share"  #: Shares in 0..1, shown in percent.

    @property
    def is_figure(self) -> bool:
        """Return whether the values are figures, which stand on the right."""
        return self in (ColumnKind.COUNT, ColumnKind.LEVEL, ColumnKind.INDEX, ColumnKind.SHARE)

    @property
    def is_prose(self) -> bool:
        """Return whether the values are texts of words, between which a line may break."""
        return self in (ColumnKind.TEXT, ColumnKind.LONG)


@dataclass(frozen=True, slots=True)
class Column:
    """
    A column: its name for programs, its heading for people, and what it holds.

    Where a terminal is too narrow `brief` replaces the heading, and the most `dispensable` stand
    below each row first; a column that `is_name` is of names that nobody types, which may lose
    their middle there. One of long texts that would have fewer than `comfort` characters stands
    below each row. One that `is_for_programs` has what people read in another column.
    """

    name: str
    heading: str
    kind: ColumnKind = ColumnKind.TEXT
    dispensable: int = 0
    brief: str = ""
    is_name: bool = False
    is_for_programs: bool = False
    comfort: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultTable:
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


def format_figure(value: Fraction | float | None) -> str:
    """Return an index or another figure as people read it: two decimals, or a dash for none."""
    return NO_VALUE if value is None else f"{float(value):.2f}"


def format_percent(value: Fraction | float | None) -> str:
    """Return a share as people read it: whole percent, 100 % only when it is complete."""
    if value is None:
        return NO_VALUE
    percent = round(float(value) * 100)
    if value < 1 <= percent / 100:  # 99.6 % is not everything
        percent -= 1
    return f"{percent} %"


def format_value(value: CellValue, kind: ColumnKind) -> str:
    """Return a cell's value as people read it."""
    if value is None:
        return NO_VALUE
    if isinstance(value, WordedShare):
        return value.text
    if kind is ColumnKind.SHARE and not isinstance(value, str):
        return format_percent(value)
    if kind is ColumnKind.INDEX and not isinstance(value, str):
        return format_figure(value)
    return str(value)


def unbroken_value(value: CellValue, kind: ColumnKind) -> str:
    """Return a cell's value as a page shows it: what belongs together stays on one line."""
    if isinstance(value, Phrase):
        return value.unbroken
    shown = format_value(value, kind)
    return bind_figures(shown) if kind is ColumnKind.SHARE else shown


def bind_figures(text: str) -> str:
    """Return a text in which no line ends before a figure or its per cent sign."""
    return _BEFORE_FIGURE.sub(_NO_BREAK, text)


def plain_value(value: CellValue) -> str | int | float | None:
    """Return a cell's value as programs take it: fractions as floats, as computed."""
    if isinstance(value, OpenFigure):
        return None
    if isinstance(value, Fraction):
        return float(value)
    return None if isinstance(value, float) and math.isnan(value) else value


def plain_row(table: ResultTable, row: Sequence[CellValue]) -> dict[str, object]:
    """Return a row of a table as programs take it, by the names of the columns."""
    return {c.name: plain_value(value) for c, value in zip(table.columns, row, strict=True)}


def drop_empty_columns(table: ResultTable) -> ResultTable:
    """Return a table for people: without the columns that say nothing."""
    has_values = [any(has_value(row[at]) for row in table.rows) for at in range(len(table.columns))]
    return _keep_columns(table, [not table.rows or has for has in has_values])


def select_for_people(table: ResultTable) -> ResultTable:
    """Return a table without the columns that are for programs."""
    return _keep_columns(table, [not column.is_for_programs for column in table.columns])


def _keep_columns(table: ResultTable, is_kept: Sequence[bool]) -> ResultTable:
    kept = [at for at, keeps in enumerate(is_kept) if keeps]
    return replace(
        table,
        columns=tuple(table.columns[at] for at in kept),
        rows=tuple(tuple(row[at] for at in kept) for row in table.rows),
    )


def has_value(value: CellValue) -> bool:
    """Return whether a cell says anything; the word for an open figure does."""
    return value not in (None, "", NO_VALUE)


def stack_tables(
    labelled: Sequence[tuple[str, ResultTable]], key: Column, *, title: str, note: str = ""
) -> ResultTable:
    """
    Join the rows of several tables in one that can be filtered by the key.

    Args:
        labelled: Tables of the same columns, each with the value of the key; at least one.
        key: The column that goes before all others.
        title: The title of the whole.
        note: What it shows.
    """
    columns = {column.name: column for _, table in labelled for column in table.columns}
    rows = []
    for value, table in labelled:
        names = [column.name for column in table.columns]
        for row in table.rows:
            values = dict(zip(names, row, strict=True))
            rows.append((value, *(values.get(name) for name in columns)))
    return ResultTable(
        name=labelled[0][1].name,
        title=title,
        note=note,
        columns=(key, *columns.values()),
        rows=tuple(rows),
        top=labelled[0][1].top,
    )
