"""
Reads the sheet of an Excel workbook with a parser, in whatever form the standard allows.

All of a cell is seen: its value, the text in it, its formula, wherever they stand and in pieces of
any kind. What cannot be told costs that cell, which gets a fault.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.spreadsheets.formats.sheet_content import (
    ERROR,
    INLINE,
    MOST_COLUMNS,
    MOST_ROWS,
    NUMBERS,
    SHARED,
    TEXT,
    TRUE_WORDS,
    Behind,
    CellFaultError,
    SheetContent,
    SheetTables,
    column_number,
    style_key,
)
from iml4e_xlsx.spreadsheets.grid import CellFault, CellPosition, GridValue
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.refusal import FileRefusal, RefusalReason
from iml4e_xlsx.spreadsheets.xml import stream_markup

_ADDRESS: Final = re.compile(r"([A-Za-z]{1,3})([1-9][0-9]{0,6})")
_ROW_NUMBER: Final = re.compile(r"[1-9][0-9]{0,6}")
_DATA: Final = ["worksheet", "sheetData"]
_ROW: Final = [*_DATA, "row"]
_CELL: Final = [*_ROW, "c"]
_MERGE: Final = ["worksheet", "mergeCells", "mergeCell"]
_INLINE_TEXTS: Final = (["is", "t"], ["is", "r", "t"])
"""Where the pieces of a text stand in a cell; a reading aid for Japanese stands elsewhere."""

_WITHOUT_MEANING: Final = frozenset({"", "extLst", "rPh"})
"""Elements of a cell whose texts are none of its content; "" is one of another name space."""

_PLAIN: Final[Behind] = (None, "", True, False, None)
_FARTHEST_GAP: Final = 64
"""How far to the right a cell is missed if the cells of a row are out of order."""

_MOST_LOST: Final = 10_000


@dataclass(slots=True)
class _Cell:
    """
    A cell as the markup has it.

    `values`, `texts` and `formulas` are the contents of its children, in the order that they have;
    `has_stray_text` says that text stands where none has a meaning.
    """

    address: str | None
    kind: str
    style: str
    values: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    formulas: list[str] = field(default_factory=list)
    has_stray_text: bool = False


@dataclass(slots=True)
class _Row:
    """A row as the markup has it; `columns` are those of its cells, with and without content."""

    number: int
    has_number: bool
    next_column: int = 0
    last_column: int = -1
    columns: set[int] = field(default_factory=set)
    is_out_of_order: bool = False


def parse_sheet(part: bytes, tables: SheetTables, limits: Limits) -> SheetContent | None:
    """
    Return the content of a sheet's part; None if it is no worksheet, such as a chart's.

    Raises:
        FileRefusal: If it is no XML, or holds more than it may.
    """
    reader = _SheetReader(tables, limits)
    try:
        stream_markup(part, limits, reader.start_element, reader.end_element, reader.add_text)
    except FileRefusal as refused:
        # Once the cells are whole, what follows them matters for merged ranges only.
        is_needless = reader.is_complete and b"mergeCell" not in part.replace(b"\0", b"")
        if refused.reason is not RefusalReason.MARKUP or not is_needless:
            raise
    return reader.finish_content()


class _SheetReader:
    """The handlers of one sheet's elements and texts."""

    def __init__(self, tables: SheetTables, limits: Limits) -> None:
        self.tables = tables
        self.limits = limits
        self.content = SheetContent()
        self.is_worksheet = False
        self.is_complete = False
        self.count = 0
        self.path: list[str] = []
        self.space = ""
        self.row = _Row(0, has_number=False)
        self.cell: _Cell | None = None
        self.lost: list[CellPosition] = []
        self.last_row = 0

    def start_element(self, tag: str, attributes: dict[str, str]) -> None:
        """Take the start of an element; those of other name spaces than the root's mean nothing."""
        space, _, name = tag.rpartition("}")
        if not self.path:
            self.space = space
            self.is_worksheet = name == "worksheet"
        path = self.path
        path.append(name if space == self.space else "")
        if path == _ROW:
            self._start_row(attributes)
        elif path == _CELL:
            self.cell = _Cell(
                address=attributes.get("r"),
                kind=attributes.get("t", "").strip(),
                style=style_key(attributes.get("s", "")),
            )
        elif path == _MERGE:
            self._add_merge(attributes.get("ref", ""))
        elif self.cell is not None and path[:4] == _CELL:
            self._start_child(path[4:])

    def _start_child(self, path: list[str]) -> None:
        assert self.cell is not None
        if path == ["v"]:
            self.cell.values.append("")
        elif path == ["f"]:
            self.cell.formulas.append("")
        elif path == ["is"]:
            self.cell.texts.append("")

    def add_text(self, text: str) -> None:
        """Take a piece of text, of whatever kind."""
        cell = self.cell
        if cell is None:
            return
        path = self.path[4:]
        if path == ["v"]:
            cell.values[-1] += text
        elif path == ["f"]:
            cell.formulas[-1] += text
        elif path in _INLINE_TEXTS:
            cell.texts[-1] += text
        elif text.strip() and not _WITHOUT_MEANING.intersection(path):
            cell.has_stray_text = True

    def end_element(self, _: str) -> None:
        """Take the end of an element."""
        path = self.path
        if path == _CELL and self.cell is not None:
            self._finish_cell(self.cell)
            self.cell = None
        elif path == _ROW:
            self._finish_row()
        elif path == _DATA:
            self.is_complete = True
        path.pop()

    def _start_row(self, attributes: dict[str, str]) -> None:
        text = attributes.get("r", "").strip()
        is_number = _ROW_NUMBER.fullmatch(text) is not None and int(text) <= MOST_ROWS
        # A row without a number, or with an impossible one, follows the one before it.
        number = int(text) if is_number else self.last_row + 1
        self.last_row = number
        self.row = _Row(number - 1, has_number=is_number)
        if attributes.get("hidden", "").strip().lower() in TRUE_WORDS:
            self.content.hidden.add(number - 1)

    def _finish_cell(self, cell: _Cell) -> None:
        """Place a cell and keep what is in it."""
        value, behind = self._read_content(cell)
        has_content = value != "" or behind != _PLAIN
        position = self._find_position(cell, has_content=has_content)
        if position is None:
            if has_content:
                self._lose_cell((self.row.number, self.row.next_column))
            self.row.next_column += 1
        elif has_content:
            self._keep_content(position, value, behind)

    def _find_position(self, cell: _Cell, *, has_content: bool) -> CellPosition | None:
        """Return where a cell stands; None if its address is no address."""
        row = self.row
        position = (row.number, row.next_column)
        if cell.address is not None:
            match = _ADDRESS.fullmatch(cell.address.strip())
            if match is None:
                return None
            position = (int(match[2]) - 1, column_number(match[1].upper()))
        if position[0] >= MOST_ROWS or position[1] >= MOST_COLUMNS:
            return None
        if has_content:
            # One of two addresses that contradict each other is wrong, and perhaps this one.
            contradicts = position[1] <= row.last_column or (
                row.has_number and position[0] != row.number
            )
            row.is_out_of_order |= contradicts
            row.last_column = position[1]
        if position[0] == row.number:
            row.columns.add(position[1])
        row.next_column = position[1] + 1
        return position

    def _keep_content(self, position: CellPosition, value: GridValue, behind: Behind) -> None:
        cells = self.content.rows.setdefault(position[0], {})
        before = (cells.get(position[1], ""), self.content.behind.get(position, _PLAIN))
        if before == ("", _PLAIN):
            self.count += 1
            if self.count > self.limits.cells:
                limit = self.limits.cells
                raise FileRefusal(FailureCode.TOO_LARGE, RefusalReason.CELLS, limit=limit)
        # Of two cells in one place, nobody can tell which one its author saw.
        elif before != (value, behind) or type(before[0]) is not type(value):
            value, behind = "", (None, "", True, False, CellFault.TWICE)
            cells.pop(position[1], None)
        if value != "":
            cells[position[1]] = value
        if behind != _PLAIN:
            self.content.behind[position] = behind

    def _finish_row(self) -> None:
        row = self.row
        if row.is_out_of_order and row.columns:
            last = min(max(row.columns), _FARTHEST_GAP)
            for col in sorted(set(range(min(row.columns), last)) - row.columns):
                self._lose_cell((row.number, col))
        self.row = _Row(self.last_row, has_number=False)

    def _lose_cell(self, position: CellPosition) -> None:
        """Note that a cell may be missing here, because another one has a wrong address."""
        self.lost.append(position)
        if len(self.lost) > _MOST_LOST:
            raise FileRefusal(FailureCode.BROKEN_WORKBOOK, RefusalReason.MARKUP)

    def _read_content(self, cell: _Cell) -> tuple[GridValue, Behind]:
        """Return the value of a cell, empty text if it has none, and what stands behind it."""
        formula = "".join(dict.fromkeys(cell.formulas)) if cell.formulas else None
        try:
            if cell.kind == ERROR:
                return "", _read_error(cell, formula)
            value = self._read_value(cell)
        except CellFaultError as error:
            return "", (formula, "", True, False, error.fault)
        # The empty text that a formula yields is stored; a result that was not stored is not.
        stored = value != "" or formula is None or (cell.kind == TEXT and bool(cell.values))
        percent = value != "" and cell.kind in NUMBERS and cell.style in self.tables.percent
        return value, (formula, "", stored, percent, None)

    def _read_value(self, cell: _Cell) -> GridValue:
        """
        Return the value that stands in a cell, in whichever of its children.

        Raises:
            CellFaultError: If it means nothing, or two children contradict each other.
        """
        kind = TEXT if cell.kind == INLINE else cell.kind
        found: list[GridValue] = [
            self.tables.read_value(INLINE, cell.style, text) for text in cell.texts if text
        ]
        found += [self.tables.read_value(kind, cell.style, text) for text in cell.values if text]
        # Programs write a cell that was left empty without a type, as a number, as an empty text;
        # openpyxl writes an empty text as an inline text without any content.
        is_empty = kind in NUMBERS or kind == TEXT
        if not found and not cell.formulas and (cell.has_stray_text or not is_empty):
            raise CellFaultError(CellFault.TEXT_INDEX if kind == SHARED else CellFault.MARKUP)
        distinct = {(type(value), value) for value in found if value != ""}
        if len(distinct) > 1:
            raise CellFaultError(CellFault.TWICE)
        return distinct.pop()[1] if distinct else ""

    def _add_merge(self, text: str) -> None:
        corners = [_ADDRESS.fullmatch(corner) for corner in text.strip().split(":")]
        found = [(int(c[2]) - 1, column_number(c[1].upper())) for c in corners if c is not None]
        if len(found) == len(corners) == 2:  # noqa: PLR2004 - two corners
            self.content.merged.append((found[0], found[1]))
        if len(self.content.merged) > self.limits.merged:
            limit = self.limits.merged
            raise FileRefusal(FailureCode.TOO_LARGE, RefusalReason.MERGED, limit=limit)

    def finish_content(self) -> SheetContent | None:
        """Return the content, with rows and columns in order."""
        if not self.is_worksheet:
            return None
        content = self.content
        for row, col in self.lost:
            if (row, col) not in content.behind and col not in content.rows.get(row, {}):
                content.behind[row, col] = (None, "", True, False, CellFault.MARKUP)
        content.rows = {
            row: dict(sorted(cells.items())) for row, cells in sorted(content.rows.items()) if cells
        }
        return content


def _read_error(cell: _Cell, formula: str | None) -> Behind:
    """Return what stands behind a cell with an error value, of whatever name."""
    errors = dict.fromkeys(text.strip() for text in (*cell.values, *cell.texts) if text.strip())
    if len(errors) > 1:
        raise CellFaultError(CellFault.TWICE)
    if not errors and formula is None:
        raise CellFaultError(CellFault.MARKUP)
    return (formula, next(iter(errors), ""), bool(errors) or formula is None, False, None)
