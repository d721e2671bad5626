"""
Excel 97-2003 workbooks: what python-calamine does not tell of them.

calamine reads the values. It shows an error as an empty cell and does not say which cell is a
formula or a percentage, so the records of the sheets are walked for these. Sources: Microsoft,
[MS-XLS] (records) and [MS-CFB] (the file around them, read by olefile).
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.spreadsheets.formats.numbers import ERROR_CODES, NumberFormats
from iml4e_xlsx.spreadsheets.grid import CellDetails, CellPosition
from iml4e_xlsx.spreadsheets.guard import FileRefused
from iml4e_xlsx.spreadsheets.limits import Limits

if TYPE_CHECKING:
    import olefile

_BOF, _EOF = 0x0809, 0x000A
_BOUNDSHEET, _FILEPASS, _XF, _FORMAT = 0x0085, 0x002F, 0x00E0, 0x041E
_FORMULA, _BOOLERR, _NUMBER, _RK, _MULRK, _LABEL, _LABELSST = (
    0x0006,
    0x0205,
    0x0203,
    0x027E,
    0x00BD,
    0x0204,
    0x00FD,
)
_CELLS: Final = frozenset({_FORMULA, _BOOLERR, _NUMBER, _RK, _LABEL, _LABELSST})
_HEAD = struct.Struct("<HH")
_CELL_HEAD = struct.Struct("<HHH")
_SHEET_HEAD = struct.Struct("<IBB")
_WORKSHEET: Final = 0
_COMPUTED_ERROR, _COMPUTED_EMPTY = 2, 3

COMPUTED: Final = "=…"
"""Stands for a formula whose text is not decoded."""

_STREAMS: Final = ("Workbook", "Book")


@dataclass(frozen=True, slots=True)
class XlsFacts:
    """The worksheets' errors, formulas and percentages in the order of the sheets; extras."""

    sheets: list[dict[CellPosition, CellDetails]]
    extras: tuple[str, ...]


def facts(data: bytes, limits: Limits) -> XlsFacts:
    """
    Return what stands behind the values of an Excel 97-2003 workbook.

    Raises:
        FileRefused: If it is damaged, encrypted, no workbook, or claims too many cells.
    """
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(data)) as container:
            stream = _stream(container)
            names = ["/".join(path) for path in container.listdir()]
    except (OSError, ValueError, IndexError, struct.error, RecursionError) as error:
        raise FileRefused(FailureCode.BROKEN_WORKBOOK, "container", detail=str(error)) from error
    try:
        sheets = _Walk(stream, limits).sheets()
    except struct.error as error:
        raise FileRefused(FailureCode.BROKEN_WORKBOOK, "container", detail=str(error)) from error
    return XlsFacts(sheets, tuple(_extras(names)))


def _stream(container: olefile.OleFileIO[str]) -> bytes:
    for name in _STREAMS:
        if container.exists(name):
            return bytes(container.openstream(name).read())
    if container.exists("EncryptedPackage"):
        raise FileRefused(FailureCode.ENCRYPTED)
    raise FileRefused(FailureCode.NOT_A_WORKBOOK, kind="document")


def _extras(names: list[str]) -> Iterator[str]:
    if any(name.startswith("_VBA_PROJECT_CUR") for name in names):
        yield "macros"
    if any(name.startswith("MBD") for name in names):
        yield "objects"
    if any(name.startswith("Ctls") for name in names):
        yield "controls"


@dataclass
class _Walk:
    """Walks the records of a workbook's stream."""

    stream: bytes
    limits: Limits
    formats: NumberFormats = field(default_factory=NumberFormats)
    xf_formats: list[int] = field(default_factory=list)

    def sheets(self) -> list[dict[CellPosition, CellDetails]]:
        return [self._cells(offset) for offset in self._globals()]

    def _records(self, start: int) -> Iterator[tuple[int, bytes]]:
        """Yield the records of the substream that begins here, up to its end."""
        at, depth = start, 0
        while at + _HEAD.size <= len(self.stream):
            kind, length = _HEAD.unpack_from(self.stream, at)
            body = self.stream[at + _HEAD.size : at + _HEAD.size + length]
            if len(body) < length:
                raise FileRefused(FailureCode.BROKEN_WORKBOOK, "cut-off")
            yield kind, body
            at += _HEAD.size + length
            depth += (kind == _BOF) - (kind == _EOF)
            if depth <= 0:
                return

    def _globals(self) -> list[int]:
        """Return the offsets of the worksheets; note number formats on the way."""
        offsets: list[int] = []
        for kind, body in self._records(0):
            if kind == _FILEPASS:
                raise FileRefused(FailureCode.ENCRYPTED)
            if kind == _BOUNDSHEET:
                offset, _, sheet_kind = _SHEET_HEAD.unpack_from(body)
                if sheet_kind == _WORKSHEET:
                    offsets.append(offset)
            elif kind == _XF:
                self.xf_formats.append(struct.unpack_from("<H", body, 2)[0])
            elif kind == _FORMAT:
                self.formats.note(struct.unpack_from("<H", body)[0], _format_text(body))
        if len(offsets) > self.limits.sheets:
            found, limit = len(offsets), self.limits.sheets
            raise FileRefused(FailureCode.TOO_LARGE, "sheets", found=found, limit=limit)
        return offsets

    def _cells(self, offset: int) -> dict[CellPosition, CellDetails]:
        inner: dict[CellPosition, CellDetails] = {}
        rows = columns = 1
        for kind, body in self._records(offset):
            if kind == _MULRK:
                row, first = struct.unpack_from("<HH", body)
                rows, columns = max(rows, row + 1), max(columns, first + len(body) // 6)
                self._many(body, row, first, inner)
            elif kind in _CELLS:
                row, col, xf = _CELL_HEAD.unpack_from(body)
                rows, columns = max(rows, row + 1), max(columns, col + 1)
                found = self._behind(kind, body, xf)
                if found is not None:
                    inner[row, col] = found
        if rows * columns > self.limits.cells:
            raise FileRefused(FailureCode.TOO_LARGE, "cells", limit=self.limits.cells)
        return inner

    def _many(
        self, body: bytes, row: int, first: int, inner: dict[CellPosition, CellDetails]
    ) -> None:
        """Note the percentages of a run of numbers: format and value, six bytes each."""
        for number in range((len(body) - 6) // 6):
            if self._percent(struct.unpack_from("<H", body, 4 + 6 * number)[0]):
                inner[row, first + number] = CellDetails(percent=True)

    def _behind(self, kind: int, body: bytes, xf: int) -> CellDetails | None:
        if kind == _BOOLERR:
            code, is_error = struct.unpack_from("<BB", body, 6)
            return CellDetails(error=ERROR_CODES.get(code, "#N/A")) if is_error else None
        if kind == _FORMULA:
            result = body[6:14]
            if result[6:8] == b"\xff\xff":
                if result[0] == _COMPUTED_ERROR:
                    return CellDetails(formula=COMPUTED, error=ERROR_CODES.get(result[2], "#N/A"))
                return CellDetails(formula=COMPUTED, stored=result[0] != _COMPUTED_EMPTY)
            return CellDetails(formula=COMPUTED, percent=self._percent(xf))
        if kind in (_NUMBER, _RK) and self._percent(xf):
            return CellDetails(percent=True)
        return None

    def _percent(self, xf: int) -> bool:
        return xf < len(self.xf_formats) and self.formats.is_percent(self.xf_formats[xf])


def _format_text(body: bytes) -> str:
    """Return a format's code; of its letters only a percent sign matters, so any width does."""
    return body.replace(b"\x00", b"").decode("latin-1")
