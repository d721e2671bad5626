"""A workbook as text: every sheet with cells, locks, lists and prompts, to review in a diff."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl


def dump(path: Path) -> str:
    """Return what a workbook holds, line by line."""
    book: Any = openpyxl.load_workbook(path)
    lines = [f"properties: {book.properties.title} | {book.properties.keywords}"]
    lines += [f"property {p.name} = {p.value}" for p in book.custom_doc_props.props]
    for sheet in book.worksheets:
        lines += _sheet(sheet)
    return "\n".join(lines) + "\n"


def _sheet(sheet: Any) -> Iterator[str]:
    protected = "protected" if sheet.protection.sheet else "open"
    yield f"== {sheet.title} [{sheet.sheet_state}, {protected}, freeze {sheet.freeze_panes}]"
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value is not None or not cell.protection.locked:
                lock = "" if cell.protection.locked else " (input)"
                yield f"{cell.coordinate}{lock}: {cell.value!r}"
    for rule in sheet.data_validations.dataValidation:
        told = f"{rule.formula1!r} {rule.errorStyle} {rule.prompt!r}"
        yield f"validation {rule.sqref}: {rule.type} {told}"
    for cells in sheet.conditional_formatting:
        yield f"look {cells.sqref}: {[r.formula for r in cells.rules]}"
    for chart in sheet._charts:
        yield f"chart {type(chart).__name__}"
        for series in chart.series:
            names = series.cat.strRef or series.cat.numRef
            yield f"  {names.f} -> {series.val.numRef.f}"
