"""
Goes through the content of an OpenDocument spreadsheet once, keeping nothing but its cells.

Elements that a cell may hold and that are no part of what it says, such as notes and pictures,
are passed over; text in any other element that the format does not provide for costs the cell.
Source: OASIS OpenDocument 1.3, part 3, 9 (tables), 6 (paragraphs).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final
from xml.parsers import expat

from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.spreadsheets.formats.ods_sheet import TableRows, read_count
from iml4e_xlsx.spreadsheets.formats.ods_values import OFFICE, TABLE, TEXT, CellContent
from iml4e_xlsx.spreadsheets.formats.sheet_cells import SheetCells
from iml4e_xlsx.spreadsheets.grid import Grid
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.refusal import FileRefusal, RefusalReason
from iml4e_xlsx.text.own_notes import is_own_note

_STYLE: Final = "urn:oasis:names:tc:opendocument:xmlns:style:1.0 "
_DRAWING: Final = "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0 "
_SOLID: Final = "urn:oasis:names:tc:opendocument:xmlns:dr3d:1.0 "

_SPREADSHEET: Final = f"{OFFICE}spreadsheet"
_TABLE: Final = f"{TABLE}table"
_ROW: Final = f"{TABLE}table-row"
_ROW_GROUP: Final = f"{TABLE}table-row-group"
_CELLS: Final = (f"{TABLE}table-cell", f"{TABLE}covered-table-cell")
_PARAGRAPHS: Final = (f"{TEXT}p", f"{TEXT}h")
_ASIDES: Final = frozenset(
    {
        *(
            f"{OFFICE}{name}"
            for name in ("annotation", "annotation-end", "forms", "event-listeners")
        ),
        *(f"{TABLE}{name}" for name in ("detective", "cell-range-source")),
        *(f"{TEXT}{name}" for name in ("note", "ruby-text")),
    }
)
"""Elements in a cell that are no part of its text, whatever they hold."""

_ANNOTATION: Final = f"{OFFICE}annotation"
_ASIDE_SPACES: Final = (_DRAWING, _SOLID)
_MOST_SPACES: Final = 5


class ContentWalk:
    """Takes the elements of a content part one by one; `grids` are its sheets in order."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.grids: list[Grid] = []
        self.has_foreign_notes = False
        self._note = ""
        self._names: list[str] = []
        self._hidden_styles: set[str] = set()
        self._style = ""
        self._hidden_groups = 0
        self._table: TableRows | None = None
        self._tables = 0  # how many tables lie in each other; one may lie in a cell
        self._cell: Mapping[str, str] | None = None
        self._cell_depth = 0
        self._aside_depth = 0
        self._pieces: list[str] = []
        self._length = 0
        self._paragraphs = 0
        self._is_odd = False
        self._source = self._make_source()
        self._starts: dict[str, Callable[[Mapping[str, str]], None]] = {
            _TABLE: self._open_table,
            _ROW: self._open_row,
            _ROW_GROUP: self._open_group,
            f"{TABLE}table-column": self._count_columns,
            f"{_STYLE}style": self._open_style,
            f"{_STYLE}table-properties": self._note_style,
            **dict.fromkeys(_CELLS, self._open_cell),
        }
        self._ends: dict[str, Callable[[], None]] = {
            _TABLE: self._close_table,
            _ROW: self._close_row,
            _ROW_GROUP: self._close_group,
        }

    def read_part(self, content: bytes) -> list[Grid]:
        """
        Return the sheets of a content part.

        Raises:
            FileRefusal: If it is no XML, declares entities, or claims too much.
        """
        try:
            self._source.Parse(content, True)  # noqa: FBT003 - it has no name there
        except expat.ExpatError as error:
            raise FileRefusal(FailureCode.BROKEN_WORKBOOK, RefusalReason.MARKUP) from error
        return self.grids

    def _make_source(self) -> expat.XMLParserType:
        source = expat.ParserCreate(namespace_separator=" ")
        source.buffer_text = True
        source.StartDoctypeDeclHandler = _refuse_declaration
        source.StartElementHandler = self._start
        source.EndElementHandler = self._end
        return source

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        names = self._names
        names.append(name)
        if len(names) > self.limits.nesting:
            limit = self.limits.nesting
            raise FileRefusal(FailureCode.BROKEN_WORKBOOK, RefusalReason.NESTING, limit=limit)
        if self._cell is not None:
            self._start_in_cell(name, attributes)
        elif name in self._starts:
            self._starts[name](attributes)
        elif self._table is not None and self._tables == 1 and names[-2] == _ROW:
            self._table.doubt_rest()

    def _end(self, name: str) -> None:
        names = self._names
        names.pop()
        if self._cell is None:
            if name in self._ends:
                self._ends[name]()
        elif len(names) < self._cell_depth:
            self._close_cell()
        elif len(names) < self._aside_depth:
            if name == _ANNOTATION:
                self.has_foreign_notes |= not is_own_note(self._note)
                self._note = ""
            self._aside_depth = 0
            self._source.CharacterDataHandler = self._take_text

    def _open_style(self, attributes: Mapping[str, str]) -> None:
        is_table = attributes.get(f"{_STYLE}family") == "table"
        self._style = attributes.get(f"{_STYLE}name", "") if is_table else ""

    def _note_style(self, attributes: Mapping[str, str]) -> None:
        if self._style and attributes.get(f"{TABLE}display") == "false":
            self._hidden_styles.add(self._style)

    def _open_table(self, attributes: Mapping[str, str]) -> None:
        self._tables += 1
        if self._names[-2:-1] != [_SPREADSHEET]:
            return
        if len(self.grids) >= self.limits.sheets:
            count, limit = len(self.grids) + 1, self.limits.sheets
            raise FileRefusal(FailureCode.TOO_LARGE, RefusalReason.SHEETS, found=count, limit=limit)
        is_visible = attributes.get(f"{TABLE}style-name") not in self._hidden_styles
        name = attributes.get(f"{TABLE}name", "")
        self._table = TableRows(SheetCells(name, self.limits, is_visible=is_visible))
        self._hidden_groups = 0

    def _close_table(self) -> None:
        self._tables -= 1
        if self._table is not None and not self._tables:
            self.grids.append(self._table.make_grid())
            self._table = None

    def _count_columns(self, attributes: Mapping[str, str]) -> None:
        if self._table is not None and self._tables == 1:
            self._table.columns += read_count(attributes, f"{TABLE}number-columns-repeated")

    def _open_group(self, attributes: Mapping[str, str]) -> None:
        if self._hidden_groups or attributes.get(f"{TABLE}display") == "false":
            self._hidden_groups += 1

    def _close_group(self) -> None:
        self._hidden_groups = max(0, self._hidden_groups - 1)

    def _open_row(self, attributes: Mapping[str, str]) -> None:
        if self._table is not None and self._tables == 1:
            self._table.open_row(attributes, is_shown=not self._hidden_groups)

    def _close_row(self) -> None:
        if self._table is not None and self._tables == 1:
            self._table.close_row()

    def _open_cell(self, attributes: Mapping[str, str]) -> None:
        if self._table is None or self._tables > 1:
            return
        self._cell = attributes
        self._cell_depth = len(self._names)
        self._pieces.clear()
        self._length = self._paragraphs = self._aside_depth = 0
        self._is_odd = False
        self._source.CharacterDataHandler = self._take_text

    def _close_cell(self) -> None:
        assert self._table is not None
        assert self._cell is not None
        self._source.CharacterDataHandler = None
        pieces = self._pieces
        text = pieces[0] if len(pieces) == 1 else "".join(pieces)
        content = CellContent(self._cell, text, bool(self._paragraphs), self._is_odd)
        self._table.add_content(content)
        self._cell = None

    def _start_in_cell(self, name: str, attributes: Mapping[str, str]) -> None:
        if self._aside_depth:
            if name in _PARAGRAPHS:
                self._note += "\n"
            return
        if len(self._names) == self._cell_depth + 1 and name in _PARAGRAPHS:
            if self._paragraphs:
                self._add_text("\n")
            self._paragraphs += 1
        elif name in _ASIDES or name.startswith(_ASIDE_SPACES):
            self._aside_depth = len(self._names)
            is_note = name == _ANNOTATION
            self._source.CharacterDataHandler = self._take_note if is_note else None
        elif name == f"{TEXT}s":
            count = attributes.get(f"{TEXT}c", "1")[:_MOST_SPACES]
            self._add_text(" " * (int(count) if count.isascii() and count.isdigit() else 1))
        elif name == f"{TEXT}tab":
            self._add_text("\t")
        elif name == f"{TEXT}line-break":
            self._add_text("\n")

    def _take_text(self, text: str) -> None:
        """Take text that is part of the cell: in its paragraphs, and in what lies in these."""
        inner = self._names[self._cell_depth :]
        if inner and inner[0] in _PARAGRAPHS and all(name.startswith(TEXT) for name in inner):
            self._add_text(text)
        elif text.strip():
            self._is_odd = True

    def _take_note(self, text: str) -> None:
        """Take text of a note: who wrote it and when stands outside its paragraphs."""
        if self._names[-1].startswith(TEXT) and len(self._note) < self.limits.text:
            self._note += text

    def _add_text(self, text: str) -> None:
        self._pieces.append(text)
        self._length += len(text)
        if self._length > self.limits.text:
            raise FileRefusal(FailureCode.TOO_LARGE, RefusalReason.TEXT, limit=self.limits.text)


def _refuse_declaration(*_: object) -> None:
    raise FileRefusal(FailureCode.BROKEN_WORKBOOK, RefusalReason.ENTITIES)
