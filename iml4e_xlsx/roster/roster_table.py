"""Reads a roster's file as a table of texts, with the row numbers of a spreadsheet program."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from itertools import islice
from pathlib import Path
from typing import Final

from iml4e_xlsx.errors import RosterError
from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.finding import Finding, Place
from iml4e_xlsx.roster.delimiter import SEPARATOR_LINE, find_delimiter
from iml4e_xlsx.roster.text_encoding import Certainty, DoubtfulText, find_doubt, find_encoding
from iml4e_xlsx.spreadsheets.failures import describe_kind, describe_reason
from iml4e_xlsx.spreadsheets.grid import CellPosition, Grid, GridValue, cell_text
from iml4e_xlsx.spreadsheets.kinds import recognise_bytes
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.readable_formats import ADVISED_SUFFIXES, OLE, ZIP
from iml4e_xlsx.spreadsheets.refusal import ContentKind, FileRefusal
from iml4e_xlsx.spreadsheets.sandbox import Sandbox
from iml4e_xlsx.text.lists import list_alternatives, list_names, list_quoted
from iml4e_xlsx.text.message import Message, TextValue, message
from iml4e_xlsx.text.spelling import INVISIBLE_CHARACTERS, path_text

MOST_ROWS: Final = 20_000
"""How many people a roster may name."""

_SECONDS: Final = 60.0
_MEMORY: Final = 512 << 20
"""A roster is the user's own file, and may be longer than what comes back."""

_ERROR_VALUE: Final = re.compile(r"#(REF|N/A|NAME|VALUE|DIV/0|NUM|NULL|SPILL|CALC)[!?]?|Err:\d{3}")
_STRAY_CHARACTERS: Final = (
    " \t\n\r\v\f\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007"
    "\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000" + INVISIBLE_CHARACTERS  # white space
)
"""Characters that are taken off a value's ends: nobody typed them on purpose."""

_LISTED_VALUES: Final = 10
"""How many doubtful values a message names before it counts the others."""

_TEXT_KINDS: Final = (
    ContentKind.CSV,
    ContentKind.TEXT,
    ContentKind.MAIL,
    ContentKind.UNKNOWN,
)
"""What content may be by its beginning, and still be a table of text."""

_LINE_BREAK: Final = re.compile(r"\r\n|\r|\n")


class CellKind(Enum):
    """What stands in a cell, as far as it makes a difference."""

    TEXT = auto()  #: Text, or nothing.
    NUMBER = auto()  #: A number.
    DATE = auto()  #: A date or a time; programs make one of what was typed as 10-49.
    TRUTH = auto()  #: TRUE or FALSE.
    ERROR = auto()  #: An error value such as #REF!.
    FORMULA = auto()  #: A formula whose result was not stored.
    FAULT = auto()  #: Something that cannot be understood.


@dataclass(frozen=True, slots=True)
class RosterCell:
    """One cell: its text without white space around it, and what it is."""

    text: str = ""
    kind: CellKind = CellKind.TEXT

    @property
    def is_filled(self) -> bool:
        """Return whether anything stands in the cell, legible or not."""
        return bool(self.text) or self.kind in {CellKind.FORMULA, CellKind.FAULT}


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterLine:
    """One row that is not empty; `number` is what a spreadsheet program shows beside it."""

    number: int
    cells: tuple[RosterCell, ...]

    def find_cell(self, col: int) -> RosterCell:
        """Return the cell in a column, from 0; an empty one beyond the last."""
        return self.cells[col] if col < len(self.cells) else RosterCell()


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterTable:
    """
    A roster's file: the rows that are not empty, and where they stand.

    Attributes:
        source: The file, as errors call it.
        sheet: The sheet of a workbook.
        lines: The rows; of more than are accepted only one more.
        doubt: The values that may have been read wrong, since the file is text that does not say
            in which encoding.
        merged: The first and last cell of each merged range; row and column from 0.
        findings: What the file contains and was left out, since people do not see it.
    """

    source: str
    sheet: str | None
    lines: tuple[RosterLine, ...]
    doubt: DoubtfulText | None = None
    merged: tuple[tuple[CellPosition, CellPosition], ...] = ()
    findings: tuple[Finding, ...] = ()

    def make_place(self, row: int | None = None, column: str | None = None) -> Place:
        """Make a place in this table."""
        return Place(source=self.source, sheet=self.sheet, row=row, column=column)


def read_table(path: Path, catalogue: FindingCatalogue) -> RosterTable:
    """
    Read the table in a file.

    Raises:
        RosterError: If there is none, or one that cannot be read.
    """
    source = path_text(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        reason: TextValue = error.strerror or str(error)
        raise RosterError([catalogue.roster_unreadable(Place(source=source), reason)]) from error
    except ValueError as error:  # a NUL in the path, which no system takes
        reason = message("roster.impossible_path")
        raise RosterError([catalogue.roster_unreadable(Place(source=source), reason)]) from error
    if data.startswith((ZIP, OLE)):
        return _read_workbook(source, data, catalogue)
    return _read_text(source, data, catalogue)


def strip_edges(text: str) -> str:
    """Return a text without white space and invisible characters around it."""
    return text.strip(_STRAY_CHARACTERS)


def list_formats(suffixes: Sequence[str]) -> Message:
    """Make a message that lists what a roster may be: CSV, and workbooks with these suffixes."""
    return list_alternatives(("CSV", *suffixes))


def list_doubtful_values(doubt: DoubtfulText) -> Message:
    """Make a message that lists values as they were read."""
    return list_quoted(doubt.values, _LISTED_VALUES)


def no_table_error(
    catalogue: FindingCatalogue,
    source: str,
    reason: TextValue,
    suffixes: Sequence[str] = ADVISED_SUFFIXES,
) -> RosterError:
    """Make the error of a file that cannot be used as a table; `suffixes` are of those that can."""
    formats = list_formats(suffixes)
    return RosterError([catalogue.roster_no_table(Place(source=source), reason, formats)])


def describe_refusal(refused: FileRefusal) -> TextValue:
    """Make the message why a workbook was refused, as far as the verdict says."""
    # Of the verdicts on files that are not empty, only encryption has neither kind nor reason.
    return describe_kind(refused) or describe_reason(refused) or message("roster.encrypted")


def _make_table(
    source: str,
    sheet: str | None,
    rows: Iterator[tuple[int, list[RosterCell]]],
    doubt: DoubtfulText | None = None,
) -> RosterTable:
    lines = (
        RosterLine(number=number, cells=tuple(cells))
        for number, cells in rows
        if any(cell.is_filled for cell in cells)
    )
    # One more than is accepted, beside the headings: a repeated row may stand for a million.
    return RosterTable(
        source=source, sheet=sheet, lines=tuple(islice(lines, MOST_ROWS + 2)), doubt=doubt
    )


def _read_text(source: str, data: bytes, catalogue: FindingCatalogue) -> RosterTable:
    kind = recognise_bytes(data)
    if data and kind not in _TEXT_KINDS:
        raise no_table_error(catalogue, source, message(f"kind.{kind}"))
    encoding = find_encoding(data)
    content = data[len(encoding.mark) :]
    try:
        text = content.decode(encoding.name)
    except UnicodeDecodeError as error:
        place = _end_place(source, content[: error.start].decode(encoding.name, "replace"))
        byte = f"0x{content[error.start]:02X}"
        raise RosterError([catalogue.roster_encoding(place, byte)]) from error
    if "\0" in text:
        place = _end_place(source, text.partition("\0")[0])
        raise RosterError([catalogue.roster_encoding(place, "0x00")])
    delimiter = find_delimiter(text)
    text = SEPARATOR_LINE.sub("", text, count=1) if SEPARATOR_LINE.match(text) else text
    doubt = find_doubt(text) if encoding.is_assumed else None
    # At once: bytes of another encoding may look like anything else that is wrong, too.
    if doubt is not None and doubt.certainty is Certainty.IMPLAUSIBLE:
        place = Place(source=source, row=doubt.row)
        raise RosterError([catalogue.roster_encoding_unknown(place, list_doubtful_values(doubt))])
    return _make_table(source, None, _read_records(source, text, delimiter, catalogue), doubt)


def _end_place(source: str, text: str) -> Place:
    """Return the place where a part of a text ends, as far as lines tell the row."""
    return Place(source=source, row=len(_LINE_BREAK.findall(text)) + 1)


def _read_records(
    source: str, text: str, delimiter: str, catalogue: FindingCatalogue
) -> Iterator[tuple[int, list[RosterCell]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    try:
        for number, values in enumerate(reader, start=1):
            yield number, [_make_text_cell(value) for value in values]
    except csv.Error as error:
        place = Place(source=source, row=number + 1)
        raise RosterError([catalogue.roster_quote(place)]) from error


def _make_text_cell(text: str) -> RosterCell:
    plain = strip_edges(text)
    return RosterCell(plain, CellKind.ERROR if _ERROR_VALUE.fullmatch(plain) else CellKind.TEXT)


def _read_workbook(source: str, data: bytes, catalogue: FindingCatalogue) -> RosterTable:
    limits = Limits(seconds=_SECONDS, memory=_MEMORY)
    try:
        with Sandbox(limits) as sandbox:
            grids = sandbox.load_grids(data)
        grid, passed = choose_sheet(source, grids.sheets, catalogue)
    except FileRefusal as refused:
        raise no_table_error(catalogue, source, describe_refusal(refused)) from refused
    return make_grid_table(source, grid, catalogue, passed)


def choose_sheet(
    source: str, sheets: Sequence[Grid], catalogue: FindingCatalogue
) -> tuple[Grid, tuple[Finding, ...]]:
    """
    Return the first sheet that people see, and a finding if hidden ones before it have content.

    Raises:
        RosterError: If every sheet is hidden.
    """
    chosen = next((sheet for sheet in sheets if sheet.is_visible), None)
    if chosen is None:
        raise no_table_error(catalogue, source, message("roster.all_hidden"))
    passed = [sheet.name for sheet in sheets[: sheets.index(chosen)] if sheet.rows]
    if not passed:
        return chosen, ()
    place = Place(source=source, sheet=chosen.name)
    return chosen, (catalogue.roster_sheets_hidden(place, list_quoted(passed, _LISTED_VALUES)),)


def make_grid_table(
    source: str,
    grid: Grid,
    catalogue: FindingCatalogue,
    findings: Sequence[Finding] = (),
) -> RosterTable:
    """Make the table of the rows of a sheet that people see, with a finding about the others."""
    table = _make_table(source, grid.name, _read_cells(grid))
    hidden = [row for row in sorted(grid.hidden_rows) if row in grid.rows]
    if hidden:
        spans = [(row + 1, row + grid.repeated.get(row, 1)) for row in hidden]
        place = table.make_place(spans[0][0])
        findings = (*findings, catalogue.roster_rows_hidden(place, _list_spans(spans)))
    return replace(table, merged=tuple(grid.merged), findings=tuple(findings))


def _list_spans(spans: Sequence[tuple[int, int]]) -> Message:
    """Make a message that lists the numbers of rows, of rows below each other first and last."""
    joined: list[tuple[int, int]] = []
    for first, last in spans:
        if joined and joined[-1][1] + 1 == first:
            joined[-1] = (joined[-1][0], last)
        else:
            joined.append((first, last))
    texts = [str(a) if a == b else f"{a}-{b}" for a, b in joined]
    return list_names(texts, _LISTED_VALUES)


def _read_cells(grid: Grid) -> Iterator[tuple[int, list[RosterCell]]]:
    special: dict[CellPosition, RosterCell] = {}
    for position, details in grid.details.items():
        if details.error:
            special[position] = RosterCell(details.error, CellKind.ERROR)
        elif details.fault:
            special[position] = RosterCell("", CellKind.FAULT)
        elif not details.stored:
            special[position] = RosterCell("", CellKind.FORMULA)
    widths = {row: max(cells) + 1 for row, cells in grid.rows.items()}
    # A grid holds values alone, so that these cells may lie outside of it.
    for row, col in special:
        widths[row] = max(widths.get(row, 0), col + 1)
    for row in sorted(widths.keys() - grid.hidden_rows):
        cells = [
            special.get((row, col)) or _make_cell(grid.cell_value(row, col))
            for col in range(widths[row])
        ]
        # People who stand in equal rows below each other are written once by some programs.
        for number in range(row + 1, row + 1 + grid.repeated.get(row, 1)):
            yield number, cells


def _make_cell(value: GridValue) -> RosterCell:
    if isinstance(value, str):
        return _make_text_cell(value)
    text = cell_text(value)
    if isinstance(value, bool):
        return RosterCell(text, CellKind.TRUTH)
    return RosterCell(text, CellKind.NUMBER if isinstance(value, float) else CellKind.DATE)
