"""The hidden sheet by which the reader knows its own workbook again."""

from __future__ import annotations

from collections.abc import Mapping

from iml4e_xlsx.workbook.draft import Draft
from iml4e_xlsx.workbook.layout import CUSTOM_PROPERTY, META_KEYS, META_SHEET


def write(draft: Draft, values: Mapping[str, str]) -> None:
    """Write the sheet and the document's property; both name the same reference."""
    sheet = draft.canvas.sheet(META_SHEET)
    sheet.widths((20, 44))
    for row, key in enumerate(META_KEYS):
        sheet.text(row, 0, key)
        sheet.text(row, 1, values[key])
    sheet.protect(rows=False)
    sheet.raw.very_hidden()
    draft.canvas.custom_property(CUSTOM_PROPERTY, draft.reference)
