"""Writes the hidden sheet, by which the reader recognises a workbook of ours."""

from __future__ import annotations

from collections.abc import Mapping

from iml4e_xlsx.workbook.draft import WorkbookDraft
from iml4e_xlsx.workbook.workbook_layout import CUSTOM_PROPERTY, META_KEYS, META_SHEET


def write_meta_sheet(draft: WorkbookDraft, values: Mapping[str, str]) -> None:
    """Write the sheet and the document's property; both state the same reference."""
    sheet = draft.canvas.add_sheet(META_SHEET)
    sheet.set_widths((20, 44))
    for row, key in enumerate(key for key in META_KEYS if key in values):
        sheet.write_text(row, 0, key)
        sheet.write_text(row, 1, values[key])
    sheet.protect_cells()
    sheet.hide_sheet(from_menus=True)
    draft.canvas.set_property(CUSTOM_PROPERTY, draft.reference)
