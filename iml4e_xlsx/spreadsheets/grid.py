"""Defines grids: the sheets of a workbook in any format, as plain values with their details."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import TypeAlias

from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.refusal import FileRefusal, RefusalReason

GridValue: TypeAlias = str | float | bool | date | datetime | time | timedelta
CellPosition: TypeAlias = tuple[int, int]

STATEMENT_ID = re.compile(r"[A-Z][A-Z0-9]{0,5}-\d{2,4}")
"""The form of a statement's id; a sheet without any is no sheet of statements."""

_LONGEST_ID = 40
"""Beyond this a cell is no id, whatever white space is around it."""

_ID_COLUMNS = 26
"""How far to the right an id is looked for; issued ones stand in the first column."""


class ExtraContent(StrEnum):
    """Content besides the sheets, which is neither run nor followed; named under `extra`."""

    MACROS = "macros"  #: Programs of the workbook's own.
    LINKS = "links"  #: Links to other files, and queries of databases.
    DDE = "dde"  #: Commands to other programs.
    OBJECTS = "objects"  #: Embedded documents of other programs.
    CONTROLS = "controls"  #: ActiveX controls.


@dataclass(frozen=True, slots=True)
class CellDetails:
    """
    The part of a cell that its value does not show.

    `formula` is a formula's text, `error` an error value; `stored` says whether a formula's
    result was stored; `percent` whether a number is shown as a percentage.
    """

    formula: str = ""
    error: str = ""
    stored: bool = True
    percent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """
    One sheet from its cell A1: `rows[r][c]` is a value, or empty text where there is none.

    `ids` holds row, column and text of every cell that looks like a statement's id.
    """

    name: str
    rows: list[list[GridValue]]
    merged: list[tuple[CellPosition, CellPosition]] = field(default_factory=list)
    details: Mapping[CellPosition, CellDetails] = field(default_factory=dict)
    ids: list[tuple[int, int, str]] = field(default_factory=list)

    def cell_value(self, row: int, col: int) -> GridValue:
        """Return a cell's value; empty text beyond the grid."""
        if 0 <= row < len(self.rows) and 0 <= col < len(self.rows[row]):
            return self.rows[row][col]
        return ""

    def check_texts(self, limits: Limits) -> None:
        """Raise FileRefusal for a text that is longer than the limit."""
        for row in self.rows:
            for value in row:
                if isinstance(value, str) and len(value) > limits.text:
                    raise FileRefusal(FailureCode.TOO_LARGE, RefusalReason.TEXT, limit=limits.text)

    def find_texts(self) -> Iterator[tuple[int, int, str]]:
        """Yield row, column and stripped text of every cell that holds text."""
        for r, row in enumerate(self.rows):
            for c, value in enumerate(row):
                if value and isinstance(value, str):
                    yield r, c, value.strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Grids:
    """
    A whole workbook: its sheets in order, and the text of its properties.

    `format_name` is the name of a readable format; `extras` is what else is in the file.
    """

    format_name: str
    sheets: list[Grid]
    properties: str = ""
    extras: tuple[ExtraContent, ...] = ()


def find_ids(rows: list[list[GridValue]]) -> list[tuple[int, int, str]]:
    """Return row, column and text of every cell that looks like a statement's id."""
    return [
        (r, c, value.strip())
        for r, row in enumerate(rows)
        for c, value in enumerate(row[:_ID_COLUMNS])
        if value.__class__ is str
        and len(value) <= _LONGEST_ID
        and "-" in value
        and STATEMENT_ID.fullmatch(value.strip())
    ]


def cell_text(value: GridValue) -> str:
    """Return a cell's value as the text that a person sees, without a float's idle zero."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, datetime) and not (value.hour or value.minute or value.second):
        return value.date().isoformat()
    return str(value)
