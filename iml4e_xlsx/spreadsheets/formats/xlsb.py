"""
Excel binary workbooks (.xlsb): their records, walked.

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
from iml4e_xlsx.spreadsheets.formats.numbers import ERROR_CODES, NumberFormats
from iml4e_xlsx.spreadsheets.formats.relationships import sheet_targets
from iml4e_xlsx.spreadsheets.grid import CellDetails, CellPosition, GridValue
from iml4e_xlsx.spreadsheets.guard import CheckedFile, FileRefused
from iml4e_xlsx.spreadsheets.limits import Limits

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
class BinarySheet:
    """One sheet's cells, what stands behind them, and its merged ranges."""

    name: str
    cells: dict[CellPosition, GridValue] = field(default_factory=dict)
    details: dict[CellPosition, CellDetails] = field(default_factory=dict)
    merged: list[tuple[CellPosition, CellPosition]] = field(default_factory=list)


def sheets(checked: CheckedFile, limits: Limits) -> list[BinarySheet]:
    """
    Return the sheets of a binary workbook in order.

    Raises:
        FileRefused: If its records are damaged or claim too much.
    """
    try:
        return _Walk(checked.parts, limits).sheets()
    except (struct.error, IndexError) as error:
        raise FileRefused(FailureCode.BROKEN_WORKBOOK, "container", detail=str(error)) from error


def _records(content: bytes) -> Iterator[tuple[int, bytes]]:
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
            raise FileRefused(FailureCode.BROKEN_WORKBOOK, "cut-off")
        yield kind, body
        at += length


def _wide(body: bytes, at: int) -> tuple[str, int]:
    """Return a text that is preceded by its length, and where it ends."""
    (length,) = struct.unpack_from("<I", body, at)
    start, end = at + 4, at + 4 + 2 * length
    if end > len(body):
        raise FileRefused(FailureCode.BROKEN_WORKBOOK, "cut-off")
    return body[start:end].decode("utf-16-le", errors="replace"), end


class _Walk:
    def __init__(self, parts: dict[str, bytes], limits: Limits) -> None:
        self.parts = parts
        self.limits = limits
        self.formats = NumberFormats()
        self.xfs: list[int] = []
        self.texts: list[str] = []

    def sheets(self) -> list[BinarySheet]:
        targets = sheet_targets(self.parts, "xl/workbook.bin", self.limits)
        self._styles()
        self._shared()
        found = []
        for kind, body in _records(self.parts.get("xl/workbook.bin", b"")):
            if kind == _BUNDLE_SHEET:
                key, end = _wide(body, 8)
                name, _ = _wide(body, end)
                found.append(self._sheet(name, self.parts.get(targets.get(key, ""), b"")))
        return found

    def _styles(self) -> None:
        inside = False
        for kind, body in _records(self.parts.get("xl/styles.bin", b"")):
            if kind == _FMT:
                self.formats.note(struct.unpack_from("<H", body)[0], _wide(body, 2)[0])
            elif kind in (_CELL_XFS, _CELL_XFS_END):
                inside = kind == _CELL_XFS
            elif kind == _XF and inside:
                self.xfs.append(struct.unpack_from("<H", body, 2)[0])

    def _shared(self) -> None:
        for kind, body in _records(self.parts.get("xl/sharedStrings.bin", b"")):
            if kind == _SST_ITEM:
                self.texts.append(_wide(body, 1)[0])
                if len(self.texts) > self.limits.strings:
                    raise FileRefused(FailureCode.TOO_LARGE, "strings", limit=self.limits.strings)

    def _sheet(self, name: str, content: bytes) -> BinarySheet:
        sheet = BinarySheet(name)
        row, col, width = 0, -1, 1
        for kind, body in _records(content):
            if kind == _ROW:
                row, col = struct.unpack_from("<I", body)[0], -1
            elif kind == _MERGE:
                top, bottom, left, right = struct.unpack_from("<IIII", body)
                sheet.merged.append(((top, left), (bottom, right)))
            elif _SHORT_FIRST <= kind <= _SHORT_LAST:
                col += 1
                self._cell(sheet, (row, col), kind - _SHORT_FIRST + 1, body, 0)
            elif _BLANK <= kind <= _FORMULA_ERROR:
                col = struct.unpack_from("<I", body)[0]
                self._cell(sheet, (row, col), kind, body, 4)
            width = max(width, col + 1)
            if (row + 1) * width > self.limits.cells:
                raise FileRefused(FailureCode.TOO_LARGE, "cells", limit=self.limits.cells)
            if len(sheet.merged) > self.limits.merged:
                raise FileRefused(FailureCode.TOO_LARGE, "merged", limit=self.limits.merged)
        return sheet

    def _cell(
        self, sheet: BinarySheet, at: CellPosition, kind: int, body: bytes, start: int
    ) -> None:
        """Note a cell: its style stands at `start`, its value four bytes further."""
        xf = int.from_bytes(body[start : start + 3], "little")
        number_format = self.xfs[xf] if xf < len(self.xfs) else 0
        plain = _AS_PLAIN.get(kind, kind)
        value = self._value(plain, body, start + 4, number_format)
        if value != "":
            sheet.cells[at] = value
        error = ERROR_CODES.get(body[start + 4], "#N/A") if plain == _ERROR else ""
        formula = _FORMULA if kind in _AS_PLAIN else ""
        percent = plain in (_RK, _REAL) and self.formats.is_percent(number_format)
        if error or formula or percent:
            sheet.details[at] = CellDetails(formula=formula, error=error, percent=percent)

    def _value(self, kind: int, body: bytes, at: int, number_format: int) -> GridValue:
        if kind == _TEXT:
            return _wide(body, at)[0]
        if kind == _SHARED:
            index = int(struct.unpack_from("<I", body, at)[0])
            if index >= len(self.texts):
                raise FileRefused(FailureCode.BROKEN_WORKBOOK, "cut-off")
            return self.texts[index]
        if kind == _BOOL:
            return bool(body[at])
        if kind not in (_RK, _REAL):
            return ""
        number = _packed(body, at) if kind == _RK else float(struct.unpack_from("<d", body, at)[0])
        if self.formats.is_date(number_format) and 0 <= number < _LAST_DAY:
            return _FIRST_DAY + timedelta(days=number)
        return number


def _packed(body: bytes, at: int) -> float:
    """Return a number packed into 30 bits: an integer or the top of a float, perhaps by 100."""
    (packed,) = struct.unpack_from("<I", body, at)
    if packed & 2:
        number = float(struct.unpack_from("<i", body, at)[0] >> 2)
    else:
        number = float(struct.unpack("<d", struct.pack("<Q", (packed & ~3) << 32))[0])
    return number / 100 if packed & 1 else number
