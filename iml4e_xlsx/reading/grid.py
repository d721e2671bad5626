"""
Any workbook format to plain grids of values: the only importer of python-calamine and openpyxl.

calamine reads the values. It shows an error value and a formula without a stored result as an
empty cell, so where a sheet of statements has formulas or errors, openpyxl looks inside.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, TypeAlias
from xml.etree import ElementTree

import python_calamine

from iml4e_xlsx.reading.guard import Limits, Refused, check

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

Value: TypeAlias = str | float | bool | date | datetime | time | timedelta
Position: TypeAlias = tuple[int, int]

STATEMENT_ID = re.compile(r"[A-Z][A-Z0-9]{0,5}-\d{2,4}")
"""The form of a statement's id; a sheet without any is no sheet of statements."""

_LONGEST_ID = 40
"""Beyond this a cell is no id, whatever white space is around it."""

_ID_COLUMNS = 26
"""How far to the right an id is looked for; issued ones stand in the first column."""

_PROPERTY_PARTS = ("docProps/custom.xml", "docProps/core.xml", "meta.xml")
_PROPERTY_LIMIT = 256 * 1024
_FORMULA_TAGS = (b"<f>", b"<f ", b":f>", b":f ")
"""How a formula begins, with a prefix of its name space or without."""
_CELL_REFERENCE = re.compile(rb'\br="[A-Z]+(\d+)"')
_ERROR_CELLS = (b't="e"', b"t='e'")


@dataclass(frozen=True, slots=True)
class Inner:
    """What stands behind a value: a formula's text, or an error value."""

    formula: str = ""
    error: str = ""
    stored: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """
    One sheet from its cell A1: `rows[r][c]` is a value, or empty text where there is none.

    `ids` holds row, column and text of every cell that looks like a statement's id.
    """

    name: str
    rows: list[list[Value]]
    merged: list[tuple[Position, Position]] = field(default_factory=list)
    inner: Mapping[Position, Inner] = field(default_factory=dict)
    ids: list[tuple[int, int, str]] = field(default_factory=list)

    def value(self, row: int, col: int) -> Value:
        """Return a cell's value; empty text beyond the grid."""
        if 0 <= row < len(self.rows) and 0 <= col < len(self.rows[row]):
            return self.rows[row][col]
        return ""

    def texts(self) -> Iterator[tuple[int, int, str]]:
        """Yield row, column and stripped text of every cell that holds text."""
        for r, row in enumerate(self.rows):
            for c, value in enumerate(row):
                if value and isinstance(value, str):
                    yield r, c, value.strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Grids:
    """A whole workbook: its sheets in order, and the text of its properties."""

    kind: str
    sheets: list[Grid]
    properties: str = ""


def load(data: bytes, limits: Limits) -> Grids:
    """
    Return a workbook's grids.

    Raises:
        Refused: If the guard refuses the file or no parser can make sense of it.
    """
    checked = check(data, limits)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = [_grid(book, meta.name) for meta in book.sheets_metadata if _is_sheet(meta)]
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        if "password" in str(error).lower():
            raise Refused(code="encrypted") from error
        raise Refused(code="broken-workbook", detail=str(error)) from error
    if checked.kind == "xlsx":
        sheets = _with_inner(data, checked.parts, sheets)
    return Grids(kind=checked.kind, sheets=sheets, properties=_properties(checked.parts))


def _is_sheet(meta: python_calamine.SheetMetadata) -> bool:
    return meta.typ == python_calamine.SheetTypeEnum.WorkSheet


def _grid(book: python_calamine.CalamineWorkbook, name: str) -> Grid:
    sheet = book.get_sheet_by_name(name)
    rows = sheet.to_python(skip_empty_area=False)
    merged = list(sheet.merged_cell_ranges or [])
    return Grid(name=name, rows=rows, merged=merged, ids=_ids(rows))


def _ids(rows: list[list[Value]]) -> list[tuple[int, int, str]]:
    return [
        (r, c, value.strip())
        for r, row in enumerate(rows)
        for c, value in enumerate(row[:_ID_COLUMNS])
        if value
        and isinstance(value, str)
        and len(value) <= _LONGEST_ID
        and "-" in value
        and STATEMENT_ID.fullmatch(value.strip())
    ]


def _properties(parts: Mapping[str, bytes]) -> str:
    """Return the text of the parts that hold document properties."""
    found = (parts.get(name, b"")[:_PROPERTY_LIMIT] for name in _PROPERTY_PARTS)
    return "\n".join(content.decode("utf-8", errors="replace") for content in found)


def _with_inner(data: bytes, parts: Mapping[str, bytes], sheets: list[Grid]) -> list[Grid]:
    """Return the grids with what stands behind their values, where that is not plain."""
    first_rows = {grid.name: grid.ids[0][0] for grid in sheets if grid.ids}
    suspects = _suspects(parts, first_rows)
    if not suspects:
        return sheets
    import openpyxl

    try:
        formulas = openpyxl.load_workbook(io.BytesIO(data))
        values = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
        found = {name: _inner_cells(formulas[name], values[name]) for name in suspects}
    except Exception as error:  # openpyxl raises ten unrelated types on damaged parts
        raise Refused(code="broken-workbook", detail=str(error)) from error
    return [replace(grid, inner=found.get(grid.name, {})) for grid in sheets]


def _suspects(parts: Mapping[str, bytes], first_rows: Mapping[str, int]) -> list[str]:
    """Return the sheets that have an error value, or a formula from the first statement on."""
    contents = _sheet_contents(parts)
    return [
        name
        for name, row in first_rows.items()
        if name not in contents
        or any(mark in contents[name] for mark in _ERROR_CELLS)
        or _formula_from(contents[name], row + 1)
    ]


def _sheet_contents(parts: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the part of each sheet by the sheet's name."""
    book, links = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
    try:
        targets = {
            link.get("Id", ""): link.get("Target", "").removeprefix("/xl/")
            for link in _parsed(parts.get(links, b"<none/>"))
        }
        sheets = _parsed(parts.get(book, b"<none/>")).iterfind(".//{*}sheet")
        found = {
            sheet.get("name", ""): f"xl/{targets.get(key, '')}"
            for sheet in sheets
            for attribute, key in sheet.items()
            if attribute.endswith("}id")
        }
    except ElementTree.ParseError as error:
        raise Refused(code="broken-workbook", detail=str(error)) from error
    return {name: parts[part] for name, part in found.items() if part in parts}


def _parsed(content: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(content)  # noqa: S314 - the guard refuses entities


def _formula_from(content: bytes, row_number: int) -> bool:
    """Return whether the last formula of a sheet stands in this row (from 1) or below."""
    last = max(content.rfind(tag) for tag in _FORMULA_TAGS)
    if last < 0:
        return False
    start = max(content.rfind(b"row ", 0, last), 0)
    references = _CELL_REFERENCE.findall(content, start, last)
    return not references or int(references[-1]) >= row_number


def _inner_cells(formulas: Worksheet, values: Worksheet) -> dict[Position, Inner]:
    """Return the cells of a sheet that hold a formula or an error."""
    inner: dict[Position, Inner] = {}
    for row in formulas.iter_rows():
        for cell in row:
            if cell.data_type not in ("f", "e"):
                continue
            at = (cell.row or 1, cell.column or 1)
            result = values.cell(*at)
            inner[at[0] - 1, at[1] - 1] = Inner(
                formula=_formula_text(cell.value) if cell.data_type == "f" else "",
                error=str(result.value) if result.data_type == "e" else "",
                stored=result.value is not None,
            )
    return inner


def _formula_text(value: object) -> str:
    """Return a formula's text, also that of an array formula, which is an object of its own."""
    return str(getattr(value, "text", None) or value)
