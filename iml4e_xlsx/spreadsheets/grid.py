"""Defines grids: the sheets of a workbook in any format, as plain values with their details."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.refusal import FileRefusal, RefusalReason
from iml4e_xlsx.text.spelling import STATEMENT_ID, visible_text

GridValue: TypeAlias = str | float | bool | date | datetime | time | timedelta
CellPosition: TypeAlias = tuple[int, int]

GridRow: TypeAlias = dict[int, GridValue]
"""The values of a row by column; a cell without a value is not in it."""

_LONGEST_ID = 40
"""Beyond this a cell is no id, whatever white space is around it."""

_ID_COLUMNS = 26
"""How far to the right an id is looked for; issued ones stand in the first column."""

_EMPTY_ROW: GridRow = {}


class ExtraContent(StrEnum):
    """Content besides the sheets, which is neither run nor followed; named under `extra`."""

    MACROS = "macros"  #: Programs of the workbook's own.
    LINKS = "links"  #: Links to other files, and queries of databases.
    DDE = "dde"  #: Commands to other programs.
    OBJECTS = "objects"  #: Embedded documents of other programs.
    CONTROLS = "controls"  #: ActiveX controls.
    COMMENTS = "comments"  #: Comments on cells, also those that others answered.


class CellFault(StrEnum):
    """Why the content of one cell is not understood; the words stand under `fault`."""

    TEXT_INDEX = "text-index"  #: It refers to a text that is not in the table of texts.
    TWICE = "twice"  #: It stands in the file more than once, with different contents.
    MARKUP = "markup"  #: It holds markup, or a record, that the format does not provide for.


class CellDetails(NamedTuple):
    """
    The part of a cell that its value does not show; a tuple, since a sheet may have many.

    `formula` is a formula's text, `error` an error value; `stored` says whether a formula's
    result was stored; `percent` whether a number is shown as a percentage. A cell with a `fault`
    has no value: what stands there cannot be told.
    """

    formula: str = ""
    error: str = ""
    stored: bool = True
    percent: bool = False
    fault: CellFault | None = None


class LateDetails(Mapping[CellPosition, CellDetails]):
    """Details of cells that are made when somebody asks for them; faults are known without."""

    @abstractmethod
    def find_faults(self) -> dict[CellPosition, CellFault]:
        """Return the faults of the cells that have any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """
    One sheet: the values of its cells by row and column, both from 0 and ascending.

    Attributes:
        name: The sheet's name.
        rows: The rows in which there is any value; how far down one lies costs nothing.
        merged: The first and last cell of each merged range.
        details: What stands behind cells, also behind some without a value.
        ids: Row, column and text of every cell that looks like a statement's id.
        repeated: How often rows stand below each other that the file writes once; each is a row
            here once, in the first of its places.
        hidden_rows: The rows of `rows` that a spreadsheet program does not show.
        is_visible: Whether a spreadsheet program shows the sheet.
    """

    name: str
    rows: dict[int, GridRow]
    merged: list[tuple[CellPosition, CellPosition]] = field(default_factory=list)
    details: Mapping[CellPosition, CellDetails] = field(default_factory=dict)
    ids: list[tuple[int, int, str]] = field(default_factory=list)
    repeated: Mapping[int, int] = field(default_factory=dict)
    hidden_rows: frozenset[int] = frozenset()
    is_visible: bool = True

    def cell_value(self, row: int, col: int) -> GridValue:
        """Return a cell's value; empty text where there is none."""
        return self.rows.get(row, _EMPTY_ROW).get(col, "")

    def find_faults(self) -> dict[CellPosition, CellFault]:
        """Return the faults of the cells that cannot be understood."""
        details = self.details
        if isinstance(details, LateDetails):
            return details.find_faults()
        return {at: behind.fault for at, behind in details.items() if behind.fault is not None}

    def check_texts(self, limits: Limits) -> None:
        """Raise FileRefusal for a text that is longer than the limit."""
        for row in self.rows.values():
            for value in row.values():
                if isinstance(value, str) and len(value) > limits.text:
                    raise FileRefusal(FailureCode.TOO_LARGE, RefusalReason.TEXT, limit=limits.text)


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


def sparse_rows(rows: Iterable[Iterable[GridValue]]) -> dict[int, GridRow]:
    """Return the rows of a grid from those of a rectangle, in which empty text means no value."""
    values = ({col: value for col, value in enumerate(row) if value != ""} for row in rows)
    return {number: row for number, row in enumerate(values) if row}


def find_ids(rows: Mapping[int, GridRow]) -> list[tuple[int, int, str]]:
    """Return row, column and text of every cell that holds a statement's id."""
    return [
        (row, col, id_)
        for row, values in rows.items()
        for col, value in values.items()
        if value.__class__ is str
        and len(value) <= _LONGEST_ID
        and "-" in value
        and col < _ID_COLUMNS
        and (id_ := read_id(value))
    ]


@lru_cache(maxsize=4096)
def read_id(text: str) -> str:
    """Return the statement's id that a short text is, but for what nobody sees; else no text."""
    plain = visible_text(text).strip()
    return plain if STATEMENT_ID.fullmatch(plain) else ""


def may_be_id(text: str) -> bool:
    """Return whether a text of any length is a statement's id."""
    return "-" in text and len(text) <= _LONGEST_ID and read_id(text) != ""


class UnreadGrid(Grid):
    """
    A sheet without any statement's id, whose cells are read when somebody asks for them.

    `texts` are all texts on it, wherever they stand.
    """

    __slots__ = ("_grid", "_read", "texts")

    texts: frozenset[str]
    _read: Callable[[], Grid]
    _grid: Grid | None

    def __init__(
        self, *, name: str, is_visible: bool, texts: frozenset[str], read: Callable[[], Grid]
    ) -> None:
        """Take what is known of the sheet, and what reads it; that may raise FileRefusal."""
        for field_name, value in (
            *(("name", name), ("is_visible", is_visible), ("ids", [])),
            *(("texts", texts), ("_read", read), ("_grid", None)),
        ):
            object.__setattr__(self, field_name, value)

    def _load(self) -> Grid:
        grid = self._grid
        if grid is None:
            grid = self._read()
            object.__setattr__(self, "_grid", grid)
        return grid

    @property
    def rows(self) -> dict[int, GridRow]:
        """The rows, as in any grid."""
        return self._load().rows

    @property
    def merged(self) -> list[tuple[CellPosition, CellPosition]]:
        """The merged ranges, as in any grid."""
        return self._load().merged

    @property
    def details(self) -> Mapping[CellPosition, CellDetails]:
        """What stands behind cells, as in any grid."""
        return self._load().details

    @property
    def repeated(self) -> Mapping[int, int]:
        """The rows that the file repeats, as in any grid."""
        return self._load().repeated

    @property
    def hidden_rows(self) -> frozenset[int]:
        """The rows that nobody sees, as in any grid."""
        return self._load().hidden_rows


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
