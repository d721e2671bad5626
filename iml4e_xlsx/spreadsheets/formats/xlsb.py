"""
Reads Excel binary workbooks (.xlsb). Source: Microsoft, [MS-XLSB] 2.4.

An own reader: others read those of SheetJS as empty beyond the first columns, since they skip the
short forms of the records of cells, and show errors as empty cells.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.spreadsheets.formats.numbers import CellStyles, NumberFormats
from iml4e_xlsx.spreadsheets.formats.ooxml import find_extras
from iml4e_xlsx.spreadsheets.formats.relationships import sheet_targets
from iml4e_xlsx.spreadsheets.formats.sheet_cells import SheetCells, require_answers
from iml4e_xlsx.spreadsheets.formats.xlsb_records import (
    AMONG_CELLS,
    BOOK_PROPERTIES,
    CELL_STYLES,
    CELL_STYLES_END,
    FORMAT,
    SHEET_ENTRY,
    STYLE,
    TABLE_OF_TEXTS,
    TABLE_OF_TEXTS_END,
    TEXT_ITEM,
    read_text,
    split_records,
)
from iml4e_xlsx.spreadsheets.formats.xlsb_sheet import SheetRecords
from iml4e_xlsx.spreadsheets.grid import Grid
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.readable_formats import CheckedFile, LoadedSheets
from iml4e_xlsx.spreadsheets.refusal import FileRefusal, RefusalReason

_BOOK: Final = "xl/workbook.bin"
_STYLES: Final = "xl/styles.bin"
_TEXTS: Final = "xl/sharedStrings.bin"
_ENTRY_HEAD_LENGTH: Final = 8
_OTHER_SHEETS: Final = ("xl/chartsheets/", "xl/dialogsheets/", "xl/macrosheets/")


def load_sheets(file: CheckedFile, limits: Limits) -> LoadedSheets:
    """
    Return the sheets of a binary workbook in order.

    Raises:
        FileRefusal: If its records are damaged, or it claims too much.
    """
    return LoadedSheets(_BookParts(file.parts, limits).read_sheets(), list(find_extras(file)))


@dataclass(frozen=True, slots=True)
class _SheetEntry:
    """A sheet in the list of sheets: its name, its relationship, whether it shows."""

    name: str
    relationship: str
    is_visible: bool


@dataclass
class _BookParts:
    """Walks the records of a workbook's parts."""

    parts: Mapping[str, bytes]
    limits: Limits
    formats: NumberFormats = field(default_factory=NumberFormats)
    refusals: list[FileRefusal] = field(default_factory=list)

    def read_sheets(self) -> list[Grid]:
        targets = sheet_targets(self.parts, _BOOK, self.limits)
        entries = list(self._read_entries())
        styles = CellStyles.from_numbers(self.formats, list(self._read_styles()))
        texts = self._read_texts()
        grids = []
        for entry in entries:
            name = targets.get(entry.relationship, "")
            # A sheet without a part, as programs leave behind, shows nothing anywhere.
            if name in self.parts and not name.startswith(_OTHER_SHEETS):
                cells = SheetCells(entry.name, self.limits, is_visible=entry.is_visible)
                grids.append(self._read_sheet(SheetRecords(texts, styles, cells), name))
        require_answers(grids, self.refusals)
        return grids

    def _read_entries(self) -> Iterator[_SheetEntry]:
        """Yield the sheets in order; note from when the workbook counts its days."""
        count = 0
        for kind, body in split_records(self.parts[_BOOK]):
            if kind == BOOK_PROPERTIES:
                self.formats.from_1904 = bool(body[0] & 1) if body else False
            elif kind == SHEET_ENTRY:
                count += 1
                if count > self.limits.sheets:
                    limit = self.limits.sheets
                    raise FileRefusal(
                        FailureCode.TOO_LARGE, RefusalReason.SHEETS, found=count, limit=limit
                    )
                key, end = read_text(body, _ENTRY_HEAD_LENGTH)
                name, _ = read_text(body, end)
                is_visible = not int.from_bytes(body[:4], "little")
                if key is not None and name is not None:
                    yield _SheetEntry(name, key, is_visible)

    def _read_styles(self) -> Iterator[int]:
        """Yield the number format of each style, up to a damaged one."""
        is_cell_style = False
        for kind, body in self._split_damaged(_STYLES):
            if kind == FORMAT:
                number = int.from_bytes(body[:2], "little")
                self.formats.add_code(number, read_text(body, 2)[0] or "")
            elif kind in (CELL_STYLES, CELL_STYLES_END):
                is_cell_style = kind == CELL_STYLES
            elif kind == STYLE and is_cell_style:
                yield int.from_bytes(body[2:4], "little")

    def _read_texts(self) -> list[str | None]:
        """Return the table of texts, up to a damaged record; None for what is no whole text."""
        texts: list[str | None] = []
        for kind, body in self._split_damaged(_TEXTS):
            if kind in (TABLE_OF_TEXTS, TABLE_OF_TEXTS_END) or kind in AMONG_CELLS:
                continue
            texts.append(read_text(body, 1)[0] if kind == TEXT_ITEM else None)
            if len(texts) > self.limits.strings:
                limit = self.limits.strings
                raise FileRefusal(FailureCode.TOO_LARGE, RefusalReason.STRINGS, limit=limit)
        return texts

    def _split_damaged(self, name: str) -> Iterator[tuple[int, bytes]]:
        """Yield the records of a part up to its end or a damaged one: cells miss what follows."""
        try:
            yield from split_records(self.parts.get(name, b""))
        except FileRefusal:
            return

    def _read_sheet(self, records: SheetRecords, name: str) -> Grid:
        """Return a sheet, without cells if it breaks off and held no answers until then."""
        cells = records.cells
        try:
            for kind, body in split_records(self.parts[name]):
                records.take_record(kind, body)
        except FileRefusal as refused:
            if refused.reason is not RefusalReason.CUT_OFF or cells.make_grid().ids:
                raise
            self.refusals.append(refused)
            return Grid(name=cells.name, rows={}, is_visible=cells.is_visible)
        records.finish()
        return cells.make_grid()
