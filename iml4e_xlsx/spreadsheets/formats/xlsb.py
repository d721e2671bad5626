"""
Reads Excel binary workbooks (.xlsb): values by calamine, what it skips from the records.

python-calamine reads those of SheetJS as empty beyond the first columns, since it skips the
short forms of cell records, and shows errors as empty cells. Source: Microsoft, [MS-XLSB] 2.4.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.spreadsheets.formats.calamine_values import read_values
from iml4e_xlsx.spreadsheets.formats.numbers import ERROR_CODES, NumberFormats
from iml4e_xlsx.spreadsheets.formats.ooxml import find_extras
from iml4e_xlsx.spreadsheets.formats.relationships import sheet_targets
from iml4e_xlsx.spreadsheets.grid import CellDetails, CellPosition, Grid, GridValue, find_ids
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.readable_formats import CheckedFile, LoadedSheets
from iml4e_xlsx.spreadsheets.refusal import FileRefusal, RefusalReason

_ROW, _SST_ITEM, _FMT, _XF, _BUNDLE_SHEET, _MERGE = 0, 19, 44, 47, 156, 176
_CELL_XFS, _CELL_XFS_END = 617, 618
_BLANK, _RK, _ERROR, _BOOL, _REAL, _TEXT, _SHARED = 1, 2, 3, 4, 5, 6, 7
_FORMULA_TEXT, _FORMULA_REAL, _FORMULA_BOOL, _FORMULA_ERROR = 8, 9, 10, 11
_SHORT_FIRST, _SHORT_LAST = 12, 18
"""Short cells are 12 to 18 for what is 1 to 7 in full; their column is the next one."""

_AS_PLAIN: Final = {
    _FORMULA_TEXT: _TEXT,
    _FORMULA_REAL: _REAL,
    _FORMULA_BOOL: _BOOL,
    _FORMULA_ERROR: _ERROR,
}
_FIRST_DAY: Final = datetime(1899, 12, 30)  # noqa: DTZ001 - dates in cells have no zone
_LAST_DAY: Final = 2_958_466
_FORMULA: Final = "=…"


@dataclass
class _RecordSheet:
    """The cells of a sheet, their details, and its merged ranges, by its records."""

    name: str
    cells: dict[CellPosition, GridValue] = field(default_factory=dict)
    details: dict[CellPosition, CellDetails] = field(default_factory=dict)
    merged: list[tuple[CellPosition, CellPosition]] = field(default_factory=list)


def load_sheets(file: CheckedFile, limits: Limits) -> LoadedSheets:
    """
    Return the sheets of a binary workbook in order.

    Raises:
        FileRefusal: If its records are damaged, calamine refuses it, or it claims too much.
    """
    sheets = _read_records(file, limits)
    grids_by_name = {grid.name: grid for grid in read_values(file.data, limits)}
    grids = [_fill_gaps(sheet, grids_by_name.get(sheet.name)) for sheet in sheets]
    for grid in grids:
        grid.check_texts(limits)
    return LoadedSheets(grids, list(find_extras(file)))


def _fill_gaps(sheet: _RecordSheet, grid: Grid | None) -> Grid:
    """Return the grid that calamine read, with the cells that it skips filled in."""
    found = {row: dict(cells) for row, cells in grid.rows.items()} if grid is not None else {}
    for (row, col), value in sheet.cells.items():
        found.setdefault(row, {}).setdefault(col, value)
    rows = {row: dict(sorted(cells.items())) for row, cells in sorted(found.items())}
    return Grid(
        name=sheet.name,
        rows=rows,
        merged=sheet.merged,
        details=sheet.details,
        ids=find_ids(rows),
    )


def _read_records(file: CheckedFile, limits: Limits) -> list[_RecordSheet]:
    """
    Return what the records of the sheets hold.

    Raises:
        FileRefusal: If its records are damaged or claim too much.
    """
    try:
        return _RecordWalk(file.parts, limits).read_sheets()
    except (struct.error, IndexError) as error:
        raise FileRefusal(
            FailureCode.BROKEN_WORKBOOK, RefusalReason.CONTAINER, detail=str(error)
        ) from error


def _split_records(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield kind and body of each record; both kind and length have seven bits a byte."""
    at = 0
    while at < len(content):
        kind = content[at]
        at += 1
        if kind & 0x80:
            kind = kind & 0x7F | (content[at] & 0x7F) << 7
            at += 1
        length = 0
        for shift in (0, 7, 14, 21):
            byte = content[at]
            at += 1
            length |= (byte & 0x7F) << shift
            if not byte & 0x80:
                break
        body = content[at : at + length]
        if len(body) < length:
            raise FileRefusal(FailureCode.BROKEN_WORKBOOK, RefusalReason.CUT_OFF)
        yield kind, body
        at += length


def _read_text(body: bytes, at: int) -> tuple[str, int]:
    """Return a text that is preceded by its length, and where it ends."""
    (length,) = struct.unpack_from("<I", body, at)
    start, end = at + 4, at + 4 + 2 * length
    if end > len(body):
        raise FileRefusal(FailureCode.BROKEN_WORKBOOK, RefusalReason.CUT_OFF)
    return body[start:end].decode("utf-16-le", errors="replace"), end


class _RecordWalk:
    """Walks the records of a workbook's parts."""

    def __init__(self, parts: dict[str, bytes], limits: Limits) -> None:
        self.parts = parts
        self.limits = limits
        self.formats = NumberFormats()
        self.xfs: list[int] = []
        self.texts: list[str] = []

    def read_sheets(self) -> list[_RecordSheet]:
        targets = sheet_targets(self.parts, "xl/workbook.bin", self.limits)
        self._read_styles()
        self._read_texts()
        sheets = []
        for kind, body in _split_records(self.parts.get("xl/workbook.bin", b"")):
            if kind == _BUNDLE_SHEET:
                key, end = _read_text(body, 8)
                name, _ = _read_text(body, end)
                sheets.append(self._read_sheet(name, self.parts.get(targets.get(key, ""), b"")))
        return sheets

    def _read_styles(self) -> None:
        inside = False
        for kind, body in _split_records(self.parts.get("xl/styles.bin", b"")):
            if kind == _FMT:
                self.formats.add_code(struct.unpack_from("<H", body)[0], _read_text(body, 2)[0])
            elif kind in (_CELL_XFS, _CELL_XFS_END):
                inside = kind == _CELL_XFS
            elif kind == _XF and inside:
                self.xfs.append(struct.unpack_from("<H", body, 2)[0])

    def _read_texts(self) -> None:
        for kind, body in _split_records(self.parts.get("xl/sharedStrings.bin", b"")):
            if kind == _SST_ITEM:
                self.texts.append(_read_text(body, 1)[0])
                if len(self.texts) > self.limits.strings:
                    raise FileRefusal(
                        FailureCode.TOO_LARGE, RefusalReason.STRINGS, limit=self.limits.strings
                    )

    def _read_sheet(self, name: str, content: bytes) -> _RecordSheet:
        sheet = _RecordSheet(name)
        row, col, width = 0, -1, 1
        for kind, body in _split_records(content):
            if kind == _ROW:
                row, col = struct.unpack_from("<I", body)[0], -1
            elif kind == _MERGE:
                first_row, last_row, first_col, last_col = struct.unpack_from("<IIII", body)
                sheet.merged.append(((first_row, first_col), (last_row, last_col)))
            elif _SHORT_FIRST <= kind <= _SHORT_LAST:
                col += 1
                self._add_cell(sheet, (row, col), kind - _SHORT_FIRST + 1, body, 0)
            elif _BLANK <= kind <= _FORMULA_ERROR:
                col = struct.unpack_from("<I", body)[0]
                self._add_cell(sheet, (row, col), kind, body, 4)
            width = max(width, col + 1)
            if (row + 1) * width > self.limits.cells:
                raise FileRefusal(
                    FailureCode.TOO_LARGE, RefusalReason.CELLS, limit=self.limits.cells
                )
            if len(sheet.merged) > self.limits.merged:
                raise FileRefusal(
                    FailureCode.TOO_LARGE, RefusalReason.MERGED, limit=self.limits.merged
                )
        return sheet

    def _add_cell(
        self, sheet: _RecordSheet, at: CellPosition, kind: int, body: bytes, start: int
    ) -> None:
        """Add a cell to the sheet: its style stands at `start`, its value four bytes further."""
        xf = int.from_bytes(body[start : start + 3], "little")
        number_format = self.xfs[xf] if xf < len(self.xfs) else 0
        plain = _AS_PLAIN.get(kind, kind)
        value = self._cell_value(plain, body, start + 4, number_format)
        if value != "":
            sheet.cells[at] = value
        error = ERROR_CODES.get(body[start + 4], "#N/A") if plain == _ERROR else ""
        formula = _FORMULA if kind in _AS_PLAIN else ""
        percent = plain in (_RK, _REAL) and self.formats.is_percent(number_format)
        if error or formula or percent:
            sheet.details[at] = CellDetails(formula=formula, error=error, percent=percent)

    def _cell_value(self, kind: int, body: bytes, at: int, number_format: int) -> GridValue:
        if kind == _TEXT:
            return _read_text(body, at)[0]
        if kind == _SHARED:
            index = int(struct.unpack_from("<I", body, at)[0])
            if index >= len(self.texts):
                raise FileRefusal(FailureCode.BROKEN_WORKBOOK, RefusalReason.CUT_OFF)
            return self.texts[index]
        if kind == _BOOL:
            return bool(body[at])
        if kind not in (_RK, _REAL):
            return ""
        number = (
            _unpack_number(body, at)
            if kind == _RK
            else float(struct.unpack_from("<d", body, at)[0])
        )
        if self.formats.is_date(number_format) and 0 <= number < _LAST_DAY:
            return _FIRST_DAY + timedelta(days=number)
        return number


def _unpack_number(body: bytes, at: int) -> float:
    """Return a number packed into 30 bits: an integer or the top of a float, perhaps by 100."""
    (packed,) = struct.unpack_from("<I", body, at)
    if packed & 2:
        number = float(struct.unpack_from("<i", body, at)[0] >> 2)
    else:
        number = float(struct.unpack("<d", struct.pack("<Q", (packed & ~3) << 32))[0])
    return number / 100 if packed & 1 else number
