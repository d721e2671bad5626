"""
Reads OpenDocument spreadsheets (.ods).

An own reader, since python-calamine cannot open those of Gnumeric and SheetJS, shows errors as
empty cells, and expands what a file claims to repeat. Source: OASIS OpenDocument 1.3, part 3.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final
from xml.etree.ElementTree import Element

from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.spreadsheets.grid import (
    CellDetails,
    CellPosition,
    ExtraContent,
    Grid,
    GridRow,
    GridValue,
    find_ids,
)
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.readable_formats import (
    ENCRYPTED_PACKAGE,
    CheckedFile,
    LoadedSheets,
)
from iml4e_xlsx.spreadsheets.refusal import FileRefusal, RefusalReason
from iml4e_xlsx.spreadsheets.xml import START, parse_events

_OFFICE: Final = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE: Final = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT: Final = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_CALC: Final = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"

_CONTENT: Final = "content.xml"
_CELLS: Final = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
_PARAGRAPHS: Final = (f"{_TEXT}p", f"{_TEXT}h")
_NUMBERS: Final = ("float", "percentage", "currency")
_DURATION: Final = re.compile(
    r"(-?)P(?:(\d{1,6})D)?T?(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})(?:[.,](\d{1,9}))?S)?"
)
_ERROR_TEXT: Final = re.compile(r"(?:Err:\d{3}|#[A-Z/0]+[!?]?)")


def load_sheets(file: CheckedFile, limits: Limits) -> LoadedSheets:
    """
    Return the sheets of an OpenDocument spreadsheet in order.

    Raises:
        FileRefusal: If its content is no XML, or its sheets claim too much.
    """
    content = file.parts.get(_CONTENT)
    if content is None:
        if ENCRYPTED_PACKAGE in file.names:
            raise FileRefusal(FailureCode.ENCRYPTED)
        raise FileRefusal(FailureCode.BROKEN_WORKBOOK, RefusalReason.PART_MISSING, part=_CONTENT)
    sheets = list(_read_sheets(content, limits))
    return LoadedSheets(sheets, list(_find_extras(file.names, content)))


def _find_extras(names: Collection[str], content: bytes) -> Iterator[ExtraContent]:
    if any(name.startswith(("Basic/", "Scripts/")) for name in names):
        yield ExtraContent.MACROS
    if b"<table:table-source" in content or b"<table:cell-range-source" in content:
        yield ExtraContent.LINKS
    if b"office:dde-source" in content or b"DDE(" in content:
        yield ExtraContent.DDE
    if b"<draw:object-ole" in content or b"<draw:plugin" in content:
        yield ExtraContent.OBJECTS


@dataclass
class _Sheet:
    """
    A sheet that grows row by row; `next_row` is the position of the next one.

    `cells` counts the cells with a value, each time that one is repeated.
    """

    name: str
    limits: Limits
    rows: dict[int, GridRow] = field(default_factory=dict)
    details: dict[CellPosition, CellDetails] = field(default_factory=dict)
    merged: list[tuple[CellPosition, CellPosition]] = field(default_factory=list)
    repeated: dict[int, int] = field(default_factory=dict)
    next_row: int = 0
    cells: int = 0

    def add_row(self, values: GridRow, times: int) -> None:
        """Add a row that is repeated so often; refuse it beyond the limit."""
        if values:
            self.cells += len(values)
            if self.cells > self.limits.cells:
                limit = self.limits.cells
                raise FileRefusal(FailureCode.TOO_LARGE, RefusalReason.CELLS, limit=limit)
            self.rows[self.next_row] = values
            if times > 1:
                self.repeated[self.next_row] = times
        self.next_row += times

    def make_grid(self) -> Grid:
        return Grid(
            name=self.name,
            rows=self.rows,
            merged=self.merged,
            details=self.details,
            ids=find_ids(self.rows),
            repeated=self.repeated,
        )


def _read_sheets(content: bytes, limits: Limits) -> Iterator[Grid]:
    """Yield the sheets; each row is cleared once it is read, tables inside cells are ignored."""
    path: list[Element] = []
    sheet: _Sheet | None = None
    count = 0
    table_depth = 0  # a table may lie in a cell of another one
    for event, element, _ in parse_events(content, limits):
        tag = element.tag
        if event == START:
            path.append(element)
            if tag == f"{_TABLE}table":
                table_depth += 1
                if path[-2].tag == f"{_OFFICE}spreadsheet":
                    count += 1
                    sheet = _Sheet(element.get(f"{_TABLE}name", ""), limits)
            continue
        path.pop()
        if tag == f"{_TABLE}table":
            table_depth -= 1
            if sheet is not None and table_depth == 0:
                yield sheet.make_grid()
                sheet = None
                path[-1].clear()
        elif tag == f"{_TABLE}table-row" and sheet is not None and table_depth == 1:
            _read_row(element, sheet)
            path[-1].clear()
        if count > limits.sheets:
            raise FileRefusal(
                FailureCode.TOO_LARGE, RefusalReason.SHEETS, found=count, limit=limits.sheets
            )


def _read_row(element: Element, sheet: _Sheet) -> None:
    """Add a row to the sheet; its values, details and merged ranges within the limits."""
    times = _read_count(element, "number-rows-repeated")
    values: GridRow = {}
    col = 0
    for cell in element:
        if cell.tag not in _CELLS:
            continue
        repeated = _read_count(cell, "number-columns-repeated")
        position = (sheet.next_row, col)
        col += repeated
        value, details = _read_cell(cell, sheet.limits)
        _add_merge(cell, position, sheet)
        if value == "" and details is None:
            continue
        if len(values) + repeated > sheet.limits.cells:
            raise FileRefusal(FailureCode.TOO_LARGE, RefusalReason.CELLS, limit=sheet.limits.cells)
        if value != "":
            values.update(dict.fromkeys(range(position[1], col), value))
        if details is not None:
            _add_details(details, position, repeated, sheet)
    sheet.add_row(values, times)


def _add_details(details: CellDetails, first: CellPosition, times: int, sheet: _Sheet) -> None:
    if len(sheet.details) + times > sheet.limits.cells:
        raise FileRefusal(FailureCode.TOO_LARGE, RefusalReason.CELLS, limit=sheet.limits.cells)
    for col in range(first[1], first[1] + times):
        sheet.details[first[0], col] = details


def _add_merge(cell: Element, first: CellPosition, sheet: _Sheet) -> None:
    rows, columns = (
        _read_count(cell, "number-rows-spanned"),
        _read_count(cell, "number-columns-spanned"),
    )
    if rows > 1 or columns > 1:
        sheet.merged.append((first, (first[0] + rows - 1, first[1] + columns - 1)))
        if len(sheet.merged) > sheet.limits.merged:
            raise FileRefusal(
                FailureCode.TOO_LARGE, RefusalReason.MERGED, limit=sheet.limits.merged
            )


def _read_count(element: Element, name: str) -> int:
    """Return a number of repetitions or cells, at least 1."""
    text = element.get(f"{_TABLE}{name}", "1").strip()
    if not text.isascii() or not text.isdigit():
        raise FileRefusal(
            FailureCode.BROKEN_WORKBOOK, RefusalReason.ATTRIBUTE, detail=f"{name}={text[:20]}"
        )
    return max(1, int(text[:18]))


def _read_cell(cell: Element, limits: Limits) -> tuple[GridValue, CellDetails | None]:
    """Return a cell's value, and what stands behind it if that is not plain."""
    kind = cell.get(f"{_OFFICE}value-type") or cell.get(f"{_CALC}value-type") or ""
    text = _paragraph_text(cell, limits)
    formula = _formula_text(cell)
    error = _error_text(cell, text, formula)
    if error:
        return "", CellDetails(formula=formula, error=error)
    value = _typed_value(cell, kind, text)
    if formula:
        percent = kind == "percentage"
        return value, CellDetails(formula=formula, stored=bool(kind) or text != "", percent=percent)
    return value, CellDetails(percent=True) if kind == "percentage" else None


def _formula_text(cell: Element) -> str:
    """Return a formula's text without the prefix that names its grammar."""
    formula = cell.get(f"{_TABLE}formula", "")
    prefix, equals_sign, rest = formula.partition("=")
    return f"={rest}" if equals_sign and (not prefix or prefix.endswith(":")) else formula


def _error_text(cell: Element, text: str, formula: str) -> str:
    if cell.get(f"{_CALC}value-type") == "error":
        return text or "#N/A"
    return text if formula and _ERROR_TEXT.fullmatch(text) else ""


def _typed_value(cell: Element, kind: str, text: str) -> GridValue:
    """Return a value by the type that the cell states; its text where that can't be read."""
    if kind in _NUMBERS:
        return _parse_number(cell.get(f"{_OFFICE}value", ""), text)
    if kind == "boolean":
        return cell.get(f"{_OFFICE}boolean-value", "").strip().lower() == "true"
    if kind == "date":
        return _parse_date(cell.get(f"{_OFFICE}date-value", ""), text)
    if kind == "time":
        return _parse_duration(cell.get(f"{_OFFICE}time-value", ""), text)
    return text or cell.get(f"{_OFFICE}string-value", "")


def _parse_number(stated: str, text: str) -> GridValue:
    try:
        number = float(stated)
    except ValueError:
        return text or stated
    return number if abs(number) < float("inf") else text or stated


def _parse_date(stated: str, text: str) -> GridValue:
    try:
        return datetime.fromisoformat(stated) if "T" in stated else date.fromisoformat(stated)
    except ValueError:
        return text or stated


def _parse_duration(stated: str, text: str) -> GridValue:
    match = _DURATION.fullmatch(stated)
    if match is None:
        return text or stated
    days, hours, minutes, seconds = (int(part or 0) for part in match.group(2, 3, 4, 5))
    try:
        length = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    except OverflowError:
        return text or stated
    return -length if match[1] else length


def _paragraph_text(cell: Element, limits: Limits) -> str:
    """Return the text of a cell's own paragraphs; notes and drawings in it are none of them."""
    pieces: list[str] = []
    for number, paragraph in enumerate(p for p in cell if p.tag in _PARAGRAPHS):
        if number:
            pieces.append("\n")
        _collect_text(paragraph, pieces)
    text = "".join(pieces)
    if len(text) > limits.text:
        raise FileRefusal(FailureCode.TOO_LARGE, RefusalReason.TEXT, limit=limits.text)
    return text


def _collect_text(element: Element, pieces: list[str]) -> None:
    pieces.append(element.text or "")
    for child in element:
        if child.tag == f"{_TEXT}s":
            count = child.get(f"{_TEXT}c", "1")
            pieces.append(" " * (int(count[:5]) if count.isascii() and count.isdigit() else 1))
        elif child.tag == f"{_TEXT}tab":
            pieces.append("\t")
        elif child.tag == f"{_TEXT}line-break":
            pieces.append("\n")
        elif child.tag in (f"{_TEXT}span", f"{_TEXT}a"):
            _collect_text(child, pieces)
        pieces.append(child.tail or "")
