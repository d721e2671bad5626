"""Any workbook format to plain grids; the content decides which, not the file's name."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Final

import python_calamine

from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.spreadsheets.formats import ods, ooxml, xls, xlsb
from iml4e_xlsx.spreadsheets.grid import Grid, Grids, GridValue, find_ids
from iml4e_xlsx.spreadsheets.guard import CheckedFile, FileRefused, check_file
from iml4e_xlsx.spreadsheets.limits import Limits

_PROPERTY_PARTS: Final = ("docProps/custom.xml", "docProps/core.xml", "meta.xml")
_PROPERTY_LIMIT: Final = 256 * 1024


def load_grids(data: bytes, limits: Limits) -> Grids:
    """
    Return a workbook's grids.

    Raises:
        FileRefused: If the guard refuses the file or no parser can make sense of it.
    """
    checked = check_file(data, limits)
    if checked.kind == "ods":
        sheets, extras = ods.load(checked, limits), tuple(ods.extras(checked))
    elif checked.kind == "xls":
        sheets, extras = _xls(data, limits)
    elif checked.kind == "xlsb":
        sheets, extras = _xlsb(data, checked, limits), tuple(ooxml.extras(checked))
    else:
        sheets = ooxml.with_inner(
            checked, _values(ooxml.keeping_blanks(checked, data), limits), limits
        )
        extras = tuple(ooxml.extras(checked))
        ooxml.check_texts(checked, sheets, limits)
    if not sheets:
        raise FileRefused(FailureCode.BROKEN_WORKBOOK, "no-sheets")
    return Grids(
        kind=checked.kind,
        sheets=sheets,
        properties=_properties(checked.parts),
        extras=tuple(dict.fromkeys(sorted(extras))),
    )


def _values(data: bytes, limits: Limits) -> list[Grid]:
    """Return the worksheets as calamine reads them."""
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = [meta.name for meta in book.sheets_metadata if _is_sheet(meta)]
        if len(sheets) > limits.sheets:
            raise FileRefused(
                FailureCode.TOO_LARGE, "sheets", found=len(sheets), limit=limits.sheets
            )
        return [_grid(book, name, limits) for name in sheets]
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        if "password" in str(error).lower():
            raise FileRefused(FailureCode.ENCRYPTED) from error
        raise FileRefused(FailureCode.BROKEN_WORKBOOK, "parser", detail=str(error)) from error


def _is_sheet(meta: python_calamine.SheetMetadata) -> bool:
    return meta.typ == python_calamine.SheetTypeEnum.WorkSheet


def _grid(book: python_calamine.CalamineWorkbook, name: str, limits: Limits) -> Grid:
    sheet = book.get_sheet_by_name(name)
    if sheet.total_height * sheet.total_width > limits.cells:
        raise FileRefused(FailureCode.TOO_LARGE, "cells", limit=limits.cells)
    merged = list(sheet.merged_cell_ranges or [])
    if len(merged) > limits.merged:
        raise FileRefused(FailureCode.TOO_LARGE, "merged", limit=limits.merged)
    rows = sheet.to_python(skip_empty_area=False)
    return Grid(name=name, rows=rows, merged=merged, ids=find_ids(rows))


def _xls(data: bytes, limits: Limits) -> tuple[list[Grid], tuple[str, ...]]:
    facts = xls.facts(data, limits)
    sheets = _values(data, limits)
    if len(sheets) != len(facts.sheets):
        raise FileRefused(FailureCode.BROKEN_WORKBOOK, "sheets-differ")
    for grid in sheets:
        grid.check_texts(limits)
    grids = [
        Grid(name=g.name, rows=_as_floats(g.rows), merged=g.merged, ids=g.ids, details=inner)
        for g, inner in zip(sheets, facts.sheets, strict=True)
    ]
    return grids, facts.extras


def _as_floats(rows: list[list[GridValue]]) -> list[list[GridValue]]:
    """Return rows in which every number is a float: calamine has integers in .xls alone."""
    return [[float(v) if type(v) is int else v for v in row] for row in rows]


def _xlsb(data: bytes, checked: CheckedFile, limits: Limits) -> list[Grid]:
    """Return what calamine reads, with the cells that it skips filled in."""
    walked = xlsb.sheets(checked, limits)
    by_name = {grid.name: grid for grid in _values(data, limits)}
    grids = [_filled(sheet, by_name.get(sheet.name)) for sheet in walked]
    for grid in grids:
        grid.check_texts(limits)
    return grids


def _filled(sheet: xlsb.BinarySheet, grid: Grid | None) -> Grid:
    rows: list[list[GridValue]] = [list(row) for row in grid.rows] if grid is not None else []
    for (row, col), value in sheet.cells.items():
        while len(rows) <= row:
            rows.append([])
        rows[row].extend([""] * (col + 1 - len(rows[row])))
        if rows[row][col] == "":
            rows[row][col] = value
    return Grid(
        name=sheet.name, rows=rows, merged=sheet.merged, details=sheet.details, ids=find_ids(rows)
    )


def _properties(parts: Mapping[str, bytes]) -> str:
    """Return the text of the parts that hold document properties."""
    found = (parts.get(name, b"")[:_PROPERTY_LIMIT] for name in _PROPERTY_PARTS)
    return "\n".join(content.decode("utf-8", errors="replace") for content in found)
