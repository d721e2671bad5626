"""Reads the values of the Excel formats with python-calamine."""

from __future__ import annotations

import io

import python_calamine

from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.spreadsheets.grid import Grid, find_ids, sparse_rows
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.refusal import FileRefusal, RefusalReason


def read_values(data: bytes, limits: Limits) -> list[Grid]:
    """
    Return the worksheets as calamine reads them.

    Raises:
        FileRefusal: If calamine refuses the file, or its sheets claim too much.
    """
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        names = [meta.name for meta in book.sheets_metadata if _is_worksheet(meta)]
        if len(names) > limits.sheets:
            count, limit = len(names), limits.sheets
            raise FileRefusal(FailureCode.TOO_LARGE, RefusalReason.SHEETS, found=count, limit=limit)
        return [_read_sheet(book, name, limits) for name in names]
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        if "password" in str(error).lower():  # calamine has no error of its own for this
            raise FileRefusal(FailureCode.ENCRYPTED) from error
        raise FileRefusal(
            FailureCode.BROKEN_WORKBOOK, RefusalReason.PARSER, detail=str(error)
        ) from error


def _is_worksheet(meta: python_calamine.SheetMetadata) -> bool:
    return meta.typ == python_calamine.SheetTypeEnum.WorkSheet


def _read_sheet(book: python_calamine.CalamineWorkbook, name: str, limits: Limits) -> Grid:
    sheet = book.get_sheet_by_name(name)
    if sheet.total_height * sheet.total_width > limits.cells:
        raise FileRefusal(FailureCode.TOO_LARGE, RefusalReason.CELLS, limit=limits.cells)
    merged = list(sheet.merged_cell_ranges or [])
    if len(merged) > limits.merged:
        raise FileRefusal(FailureCode.TOO_LARGE, RefusalReason.MERGED, limit=limits.merged)
    rows = sparse_rows(sheet.to_python(skip_empty_area=False))
    return Grid(name=name, rows=rows, merged=merged, ids=find_ids(rows))
