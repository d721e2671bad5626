"""
Reads Excel 97-2003 workbooks (.xls): values by calamine, details of cells from the records.

calamine shows an error as an empty cell and does not say which cell is a formula or a percentage,
so the records of the sheets are walked for these. Sources: Microsoft,
[MS-XLS] (records) and [MS-CFB] (the file around them, read by olefile).
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.spreadsheets.formats import summary_information
from iml4e_xlsx.spreadsheets.formats.calamine_values import read_values
from iml4e_xlsx.spreadsheets.formats.numbers import ERROR_CODES, NumberFormats
from iml4e_xlsx.spreadsheets.grid import CellDetails, CellPosition, ExtraContent, GridRow
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.readable_formats import CheckedFile, LoadedSheets
from iml4e_xlsx.spreadsheets.refusal import ContentKind, FileRefusal, RefusalReason

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
class _RecordDetails:
    """The worksheets' errors, formulas and percentages in their order; extras; properties."""

    sheets: list[dict[CellPosition, CellDetails]]
    extras: tuple[ExtraContent, ...]
    properties: str


def load_sheets(file: CheckedFile, limits: Limits) -> LoadedSheets:
    """
    Return the sheets of an Excel 97-2003 workbook in order.

    Raises:
        FileRefusal: If it is damaged, encrypted, no workbook, or claims too much.
    """
    records = _read_details(file.data, limits)
    sheets = read_values(file.data, limits)
    if len(sheets) != len(records.sheets):
        raise FileRefusal(FailureCode.BROKEN_WORKBOOK, RefusalReason.SHEETS_DIFFER)
    for grid in sheets:
        grid.check_texts(limits)
    grids = [
        replace(grid, rows=_replace_integers(grid.rows), details=details)
        for grid, details in zip(sheets, records.sheets, strict=True)
    ]
    return LoadedSheets(grids, records.extras, records.properties)


def _replace_integers(rows: dict[int, GridRow]) -> dict[int, GridRow]:
    """Return rows in which every number is a float: calamine has integers in .xls alone."""
    return {
        number: {col: float(v) if type(v) is int else v for col, v in row.items()}
        for number, row in rows.items()
    }


def _read_details(data: bytes, limits: Limits) -> _RecordDetails:
    """
    Return the details of the cells of an Excel 97-2003 workbook.

    Raises:
        FileRefusal: If it is damaged, encrypted, no workbook, or claims too many cells.
    """
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(data)) as container:
            stream = _workbook_stream(container)
            names = ["/".join(path) for path in container.listdir()]
            properties = _read_properties(container)
    except (OSError, ValueError, IndexError, struct.error, RecursionError) as error:
        raise FileRefusal(
            FailureCode.BROKEN_WORKBOOK, RefusalReason.CONTAINER, detail=str(error)
        ) from error
    try:
        sheets = _RecordWalk(stream, limits).read_sheets()
    except struct.error as error:
        raise FileRefusal(
            FailureCode.BROKEN_WORKBOOK, RefusalReason.CONTAINER, detail=str(error)
        ) from error
    return _RecordDetails(sheets, tuple(_find_extras(names)), properties)


def _read_properties(container: olefile.OleFileIO[str]) -> str:
    if not container.exists(summary_information.STREAM):
        return ""
    stream = container.openstream(summary_information.STREAM)
    return summary_information.summary_text(stream.read(summary_information.MOST_BYTES))


def _workbook_stream(container: olefile.OleFileIO[str]) -> bytes:
    for name in _STREAMS:
        if container.exists(name):
            return bytes(container.openstream(name).read())
    if container.exists("EncryptedPackage"):
        raise FileRefusal(FailureCode.ENCRYPTED)
    raise FileRefusal(FailureCode.NOT_A_WORKBOOK, kind=ContentKind.DOCUMENT)


def _find_extras(names: list[str]) -> Iterator[ExtraContent]:
    if any(name.startswith("_VBA_PROJECT_CUR") for name in names):
        yield ExtraContent.MACROS
    if any(name.startswith("MBD") for name in names):
        yield ExtraContent.OBJECTS
    if any(name.startswith("Ctls") for name in names):
        yield ExtraContent.CONTROLS


@dataclass
class _RecordWalk:
    """Walks the records of a workbook's stream."""

    stream: bytes
    limits: Limits
    formats: NumberFormats = field(default_factory=NumberFormats)
    xf_formats: list[int] = field(default_factory=list)

    def read_sheets(self) -> list[dict[CellPosition, CellDetails]]:
        return [self._read_cells(offset) for offset in self._sheet_offsets()]

    def _read_records(self, start: int) -> Iterator[tuple[int, bytes]]:
        """Yield the records of the substream that begins here, up to its end."""
        at, depth = start, 0
        while at + _HEAD.size <= len(self.stream):
            kind, length = _HEAD.unpack_from(self.stream, at)
            body = self.stream[at + _HEAD.size : at + _HEAD.size + length]
            if len(body) < length:
                raise FileRefusal(FailureCode.BROKEN_WORKBOOK, RefusalReason.CUT_OFF)
            yield kind, body
            at += _HEAD.size + length
            if kind == _BOF:  # substreams, such as charts, lie in each other
                depth += 1
            elif kind == _EOF:
                depth -= 1
            if depth <= 0:
                return

    def _sheet_offsets(self) -> list[int]:
        """Return the offsets of the worksheets; note number formats on the way."""
        offsets: list[int] = []
        for kind, body in self._read_records(0):
            if kind == _FILEPASS:
                raise FileRefusal(FailureCode.ENCRYPTED)
            if kind == _BOUNDSHEET:
                offset, _, sheet_kind = _SHEET_HEAD.unpack_from(body)
                if sheet_kind == _WORKSHEET:
                    offsets.append(offset)
            elif kind == _XF:
                self.xf_formats.append(struct.unpack_from("<H", body, 2)[0])
            elif kind == _FORMAT:
                self.formats.add_code(struct.unpack_from("<H", body)[0], _format_text(body))
        if len(offsets) > self.limits.sheets:
            count, limit = len(offsets), self.limits.sheets
            raise FileRefusal(FailureCode.TOO_LARGE, RefusalReason.SHEETS, found=count, limit=limit)
        return offsets

    def _read_cells(self, offset: int) -> dict[CellPosition, CellDetails]:
        details: dict[CellPosition, CellDetails] = {}
        rows = columns = 1
        for kind, body in self._read_records(offset):
            if kind == _MULRK:
                row, first = struct.unpack_from("<HH", body)
                rows, columns = max(rows, row + 1), max(columns, first + len(body) // 6)
                self._add_number_run(body, row, first, details)
            elif kind in _CELLS:
                row, col, xf = _CELL_HEAD.unpack_from(body)
                rows, columns = max(rows, row + 1), max(columns, col + 1)
                cell = self._cell_details(kind, body, xf)
                if cell is not None:
                    details[row, col] = cell
        if rows * columns > self.limits.cells:
            raise FileRefusal(FailureCode.TOO_LARGE, RefusalReason.CELLS, limit=self.limits.cells)
        return details

    def _add_number_run(
        self, body: bytes, row: int, first: int, details: dict[CellPosition, CellDetails]
    ) -> None:
        """Note the percentages of a run of numbers: format and value, six bytes each."""
        for number in range((len(body) - 6) // 6):
            if self._is_percent(struct.unpack_from("<H", body, 4 + 6 * number)[0]):
                details[row, first + number] = CellDetails(percent=True)

    def _cell_details(self, kind: int, body: bytes, xf: int) -> CellDetails | None:
        """Return the details that a record has of its cell, if that is not plain."""
        if kind == _BOOLERR:
            code, is_error = struct.unpack_from("<BB", body, 6)
            return CellDetails(error=ERROR_CODES.get(code, "#N/A")) if is_error else None
        if kind == _FORMULA:
            result = body[6:14]
            if result[6:8] == b"\xff\xff":
                if result[0] == _COMPUTED_ERROR:
                    return CellDetails(formula=COMPUTED, error=ERROR_CODES.get(result[2], "#N/A"))
                return CellDetails(formula=COMPUTED, stored=result[0] != _COMPUTED_EMPTY)
            return CellDetails(formula=COMPUTED, percent=self._is_percent(xf))
        if kind in (_NUMBER, _RK) and self._is_percent(xf):
            return CellDetails(percent=True)
        return None

    def _is_percent(self, xf: int) -> bool:
        return xf < len(self.xf_formats) and self.formats.is_percent(self.xf_formats[xf])


def _format_text(body: bytes) -> str:
    """Return a format's code; of its letters only a percent sign matters, so any width does."""
    return body.replace(b"\x00", b"").decode("latin-1")
