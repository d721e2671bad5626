"""
Reads Excel 97-2003 workbooks (.xls), and those of Excel 5 and 95.

An own reader: the format has no checksum, and other readers show a text that is not there, an
error and a formula without a result as an empty cell. Sources: Microsoft, [MS-XLS] (records) and
[MS-CFB] (the file around them, read by olefile).
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.spreadsheets.formats import summary_information
from iml4e_xlsx.spreadsheets.formats.numbers import CellStyles, NumberFormats
from iml4e_xlsx.spreadsheets.formats.sheet_cells import SheetCells, require_answers
from iml4e_xlsx.spreadsheets.formats.xls_records import (
    BIFF8,
    BOF,
    BOUNDSHEET,
    CODEPAGE,
    DATEMODE,
    FILEPASS,
    FORMAT,
    SST,
    XF,
    Record,
    split_records,
)
from iml4e_xlsx.spreadsheets.formats.xls_sheet import BookContent, SheetRecords
from iml4e_xlsx.spreadsheets.formats.xls_texts import (
    TextError,
    TextPieces,
    find_encoding,
    read_bytes_text,
    read_table,
)
from iml4e_xlsx.spreadsheets.grid import ExtraContent, Grid
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.readable_formats import CheckedFile, LoadedSheets
from iml4e_xlsx.spreadsheets.refusal import ContentKind, FileRefusal, RefusalReason

if TYPE_CHECKING:
    import olefile

_SHEET_HEAD: Final = struct.Struct("<IBBB")
_WORKSHEET: Final = 0
_HIDDEN: Final = 3
"""The bits that say how a sheet is hidden."""

_STREAMS: Final = ("Workbook", "Book")
_CONTAINER_ERRORS: Final = (OSError, ValueError, IndexError, struct.error, RecursionError)
"""The errors that olefile raises where a file's structure cannot be followed."""


def load_sheets(file: CheckedFile, limits: Limits) -> LoadedSheets:
    """
    Return the sheets of an Excel 97-2003 workbook in order.

    Raises:
        FileRefusal: If it is damaged, encrypted, no workbook, or claims too much.
    """
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(file.data)) as container:
            stream = _workbook_stream(container)
            names = ["/".join(path) for path in container.listdir()]
            properties = _read_properties(container)
    except _CONTAINER_ERRORS as error:
        raise FileRefusal(FailureCode.BROKEN_WORKBOOK, RefusalReason.CONTAINER) from error
    try:
        book = _BookRecords(stream, limits)
        sheets = book.read_sheets()
        extras = list(_find_extras(names, has_notes=book.has_notes))
        return LoadedSheets(sheets, extras, properties)
    except (struct.error, IndexError) as error:
        raise FileRefusal(FailureCode.BROKEN_WORKBOOK, RefusalReason.CONTAINER) from error


def _workbook_stream(container: olefile.OleFileIO[str]) -> bytes:
    for name in _STREAMS:
        if container.exists(name):
            return bytes(container.openstream(name).read())
    if container.exists("EncryptedPackage"):
        raise FileRefusal(FailureCode.ENCRYPTED)
    raise FileRefusal(FailureCode.NOT_A_WORKBOOK, kind=ContentKind.DOCUMENT)


def _read_properties(container: olefile.OleFileIO[str]) -> str:
    """Return the text of the properties; none where they are damaged, which costs no answer."""
    if not container.exists(summary_information.STREAM):
        return ""
    try:
        content = container.openstream(summary_information.STREAM).read(
            summary_information.MOST_BYTES
        )
    except _CONTAINER_ERRORS:
        return ""
    return summary_information.summary_text(content)


def _find_extras(names: list[str], *, has_notes: bool) -> Iterator[ExtraContent]:
    if any(name.startswith("_VBA_PROJECT_CUR") for name in names):
        yield ExtraContent.MACROS
    if any(name.startswith("MBD") for name in names):
        yield ExtraContent.OBJECTS
    if any(name.startswith("Ctls") for name in names):
        yield ExtraContent.CONTROLS
    if has_notes:
        yield ExtraContent.COMMENTS


@dataclass(frozen=True, slots=True)
class _SheetEntry:
    """A worksheet in the list of sheets: its name, where its records begin, whether it shows."""

    name: str
    offset: int
    is_visible: bool


@dataclass
class _BookRecords:
    """Walks the records of a workbook's stream."""

    stream: bytes
    limits: Limits
    is_unicode: bool = True
    encoding: str = "cp1252"
    formats: NumberFormats = field(default_factory=NumberFormats)
    style_formats: list[int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    entries: list[bytes] = field(default_factory=list)
    refusals: list[FileRefusal] = field(default_factory=list)
    has_notes: bool = False

    def read_sheets(self) -> list[Grid]:
        for record in split_records(self.stream, 0, len(self.stream)):
            self._take_record(record)
        entries = [entry for body in self.entries if (entry := self._read_entry(body)) is not None]
        if len(entries) > self.limits.sheets:
            count, limit = len(entries), self.limits.sheets
            raise FileRefusal(FailureCode.TOO_LARGE, RefusalReason.SHEETS, found=count, limit=limit)
        # One list of cells under several names is read once only: a few bytes would take hours.
        if len({entry.offset for entry in entries}) < len(entries):
            raise FileRefusal(FailureCode.BROKEN_WORKBOOK, RefusalReason.PART_TWICE)
        book = BookContent(
            texts=self.texts,
            styles=CellStyles.from_numbers(self.formats, self.style_formats),
            encoding=None if self.is_unicode else self.encoding,
        )
        starts = sorted({*(struct.unpack_from("<I", body)[0] for body in self.entries)})
        ends = dict(zip(starts, [*starts[1:], len(self.stream)], strict=True))
        grids = [self._read_sheet(entry, ends[entry.offset], book) for entry in entries]
        require_answers(grids, self.refusals)
        return grids

    def _take_record(self, record: Record) -> None:
        kind, body, pieces = record
        if kind == BOF:
            self.is_unicode = struct.unpack_from("<H", body)[0] >= BIFF8
        elif kind == FILEPASS:
            raise FileRefusal(FailureCode.ENCRYPTED)
        elif kind == CODEPAGE:
            self.encoding = find_encoding(*struct.unpack_from("<H", body))
        elif kind == DATEMODE:
            self.formats.from_1904 = body[:1] == b"\x01"
        elif kind == BOUNDSHEET:
            self.entries.append(body)
        elif kind == XF:
            self.style_formats.append(struct.unpack_from("<H", body, 2)[0])
        elif kind == FORMAT:
            self._take_format(body)
        elif kind == SST:
            self.texts = read_table(pieces, self.limits)

    def _take_format(self, body: bytes) -> None:
        (number,) = struct.unpack_from("<H", body)
        try:
            code = (
                TextPieces([body], 2).read_text()
                if self.is_unicode
                else read_bytes_text(body, 3, body[2], self.encoding)
            )
        except (TextError, struct.error):
            code = ""  # numbers then show as they are
        self.formats.add_code(number, code)

    def _read_entry(self, body: bytes) -> _SheetEntry | None:
        """Return a worksheet's entry; None for charts and macros."""
        offset, state, kind, length = _SHEET_HEAD.unpack_from(body)
        if kind != _WORKSHEET:
            return None
        try:
            name = self._sheet_name([body], length)
        except TextError as error:
            raise FileRefusal(FailureCode.BROKEN_WORKBOOK, RefusalReason.CUT_OFF) from error
        return _SheetEntry(name, offset, is_visible=not state & _HIDDEN)

    def _sheet_name(self, pieces: Sequence[bytes], length: int) -> str:
        if self.is_unicode:
            return TextPieces(pieces, _SHEET_HEAD.size).read_text(length)
        return read_bytes_text(pieces[0], _SHEET_HEAD.size, length, self.encoding)

    def _read_sheet(self, entry: _SheetEntry, end: int, book: BookContent) -> Grid:
        """Return a sheet, without cells if it breaks off and held no answers until then."""
        cells = SheetCells(entry.name, self.limits, is_visible=entry.is_visible)
        records = SheetRecords(book, cells)
        try:
            for record in split_records(self.stream, entry.offset, end):
                records.take_record(record)
        except FileRefusal as refused:
            if refused.reason is not RefusalReason.CUT_OFF or cells.make_grid().ids:
                raise
            self.refusals.append(refused)
            return Grid(name=entry.name, rows={}, is_visible=entry.is_visible)
        records.finish()
        self.has_notes |= records.foreign_notes > 0
        return cells.make_grid()
