"""A roster's file to a table of texts with the row numbers that a spreadsheet program shows."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final

from iml4e_xlsx.errors import RosterError
from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.finding import Place
from iml4e_xlsx.roster.unstored_formulas import formulas_without_result
from iml4e_xlsx.spreadsheets.grid import CellPosition, Grid, GridValue, cell_text
from iml4e_xlsx.spreadsheets.kinds import recognise_bytes
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.readable_formats import OLE, ZIP
from iml4e_xlsx.spreadsheets.refusal import ContentKind, FileRefused
from iml4e_xlsx.spreadsheets.sandbox import Sandbox
from iml4e_xlsx.text.spelling import path_text
from iml4e_xlsx.text.texts import Texts

MOST_ROWS: Final = 20_000
"""How many people a roster may name."""

_SECONDS: Final = 60.0
_MEMORY: Final = 512 << 20
"""A roster is the user's own file, and may be longer than what comes back."""

DELIMITERS: Final = ",;\t"
SEPARATOR_LINE: Final = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)
"""A first line that tells spreadsheet programs the delimiter; they show no row for it."""

_MARKS: Final = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
_ERROR_VALUE: Final = re.compile(r"#(REF|N/A|NAME|VALUE|DIV/0|NUM|NULL|SPILL|CALC)[!?]?|Err:\d{3}")
_AROUND: Final = (
    " \t\n\r\v\f\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007"
    "\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"  # white space
    "\xad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"  # what nobody sees
)
"""What is taken off a value's ends: nobody typed it on purpose."""

_TEXT_KINDS: Final = (
    ContentKind.CSV,
    ContentKind.TEXT,
    ContentKind.MAIL,
    ContentKind.UNKNOWN,
)
"""What content may be by its beginning, and still be a table of text."""

_LINE_BREAK: Final = re.compile(r"\r\n|\r|\n")


class Kind(Enum):
    """What stands in a cell, as far as it makes a difference."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    TRUTH = "truth"
    ERROR = "error"
    FORMULA = "formula"


@dataclass(frozen=True, slots=True)
class Entry:
    """A cell: its text without white space around it, and what it is."""

    text: str = ""
    kind: Kind = Kind.TEXT

    @property
    def given(self) -> bool:
        """Return whether anything stands in the cell, legible or not."""
        return bool(self.text) or self.kind is Kind.FORMULA


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row that is not empty; `number` is what a spreadsheet program shows beside it."""

    number: int
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A roster's file: the rows that are not empty, and where they stand."""

    source: str
    sheet: str | None
    rows: tuple[Row, ...]

    def place(self, row: int | None = None, column: str | None = None) -> Place:
        """Return a place in this table."""
        return Place(source=self.source, sheet=self.sheet, row=row, column=column)


def read_table(path: Path, make: FindingCatalogue) -> Table:
    """
    Return the table in a file.

    Raises:
        RosterError: If there is none, or one that cannot be read.
    """
    at = Place(source=path_text(path))
    try:
        data = path.read_bytes()
    except OSError as error:
        raise RosterError([make.roster_unreadable(at, error.strerror or str(error))]) from error
    except ValueError as error:  # a path with a NUL
        raise RosterError([make.roster_unreadable(at, str(error))]) from error
    if data.startswith((ZIP, OLE)):
        return _from_workbook(path_text(path), data, make)
    return _from_text(path_text(path), data, make)


def stripped(text: str) -> str:
    """Return a text without white space and invisible characters around it."""
    return text.strip(_AROUND)


def _table(source: str, sheet: str | None, rows: Iterator[tuple[int, list[Entry]]]) -> Table:
    given = (
        Row(number=number, entries=tuple(entries))
        for number, entries in rows
        if any(entry.given for entry in entries)
    )
    return Table(source=source, sheet=sheet, rows=tuple(given))


def encoding_of(data: bytes) -> tuple[bytes, str]:
    """Return a text's mark and encoding: as the mark says, else UTF-8, else Western Windows."""
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            return mark, encoding
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return b"", "cp1252"
    return b"", "utf-8"


def refusal_words(refused: FileRefused, texts: Texts) -> str:
    """Return why a workbook was refused, as far as the verdict says."""
    if refused.kind:
        return texts(f"kind.{refused.kind}")
    if not refused.reason:
        return texts("roster.encrypted")
    return texts(f"reason.{refused.reason}", **refused.values)


def delimiter_of(text: str) -> str:
    """Return what stands between the values: what the first line says, or holds most of."""
    first = _LINE_BREAK.split(text.lstrip("\r\n"), maxsplit=1)[0]
    told = SEPARATOR_LINE.fullmatch(first)
    return told[1] if told else max(DELIMITERS, key=first.count)


def _from_text(source: str, data: bytes, make: FindingCatalogue) -> Table:
    kind = recognise_bytes(data)
    if data and kind not in _TEXT_KINDS:
        reason = make.texts(f"kind.{kind}")
        raise RosterError([make.roster_no_table(Place(source=source), reason)])
    mark, encoding = encoding_of(data)
    content = data[len(mark) :]
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        at = _after(source, content[: error.start].decode(encoding, "replace"))
        found = f"0x{content[error.start]:02X}"
        raise RosterError([make.roster_encoding(at, found)]) from error
    if "\0" in text:
        raise RosterError([make.roster_encoding(_after(source, text.partition("\0")[0]), "0x00")])
    delimiter = delimiter_of(text)
    text = SEPARATOR_LINE.sub("", text, count=1) if SEPARATOR_LINE.match(text) else text
    return _table(source, None, _records(source, text, delimiter, make))


def _after(source: str, before: str) -> Place:
    """Return the place behind a part of a text, as far as its rows can be told by its lines."""
    return Place(source=source, row=len(_LINE_BREAK.findall(before)) + 1)


def _records(
    source: str, text: str, delimiter: str, make: FindingCatalogue
) -> Iterator[tuple[int, list[Entry]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            yield number, [_written(cell) for cell in cells]
    except csv.Error as error:
        at = Place(source=source, row=number + 1)
        raise RosterError([make.roster_quote(at)]) from error


def _written(text: str) -> Entry:
    plain = stripped(text)
    return Entry(plain, Kind.ERROR if _ERROR_VALUE.fullmatch(plain) else Kind.TEXT)


def _from_workbook(source: str, data: bytes, make: FindingCatalogue) -> Table:
    limits = Limits(seconds=_SECONDS, memory=_MEMORY)
    try:
        with Sandbox(limits) as sandbox:
            grids = sandbox.load_grids(data)
        grid = grids.sheets[0]
        unstored = (
            formulas_without_result(data, grid.name, limits)
            if grids.format_name == "xlsx"
            else {at for at, inner in grid.details.items() if not inner.stored}
        )
    except FileRefused as refused:
        reason = refusal_words(refused, make.texts)
        raise RosterError([make.roster_no_table(Place(source=source), reason)]) from refused
    return _table(source, grid.name, _cells(grid, unstored))


def _cells(grid: Grid, unstored: Collection[CellPosition]) -> Iterator[tuple[int, list[Entry]]]:
    behind = {at: Entry("", Kind.FORMULA) for at in unstored} | {
        at: Entry(inner.error, Kind.ERROR) for at, inner in grid.details.items() if inner.error
    }
    widths = [len(row) for row in grid.rows]
    for row, col in behind:
        widths += [0] * (row + 1 - len(widths))
        widths[row] = max(widths[row], col + 1)
    for row, width in enumerate(widths):
        yield (
            row + 1,
            [behind.get((row, col)) or _entry(grid.cell_value(row, col)) for col in range(width)],
        )


def _entry(value: GridValue) -> Entry:
    if isinstance(value, str):
        return _written(value)
    text = cell_text(value)
    if isinstance(value, bool):
        return Entry(text, Kind.TRUTH)
    return Entry(text, Kind.NUMBER if isinstance(value, float) else Kind.DATE)
