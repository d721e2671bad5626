"""The sheet of the result: as wide as a laptop shows, and without figures before any answer."""

from __future__ import annotations

from pathlib import Path

import openpyxl

from iml4e_xlsx.model import Scheme
from iml4e_xlsx.workbook.sheets.summary_radar import WIDTH
from iml4e_xlsx.workbook.workbook_layout import layout_of
from tests.support.builders import built
from tests.support.recalculation import stored_figures

SHOWN_PIXELS = 1150
"""
What a window of 1366 pixels shows at 100 %, in Excel's pixels.

LibreOffice has a side bar and draws everything a ninth wider.
"""

PIXELS_PER_CHARACTER = 7


def test_a_blank_workbook_shows_no_zero(official: Scheme, tmp_path: Path) -> None:
    """Only the share that is answered is 0; what is not known yet is empty, or called open."""
    summary = layout_of(official).summary
    figures = stored_figures(built(official, tmp_path / "blank.xlsx"))
    shares = {
        summary.figure_cell(code, summary.COMPLETENESS).a1 for code in (*summary.areas, "overall")
    } | {"E4"}

    zeros = {
        cell
        for (sheet, cell), value in figures.items()
        if sheet == summary.sheet and not value and value is not None
    }

    assert zeros == shares


def test_the_tables_fit_a_laptop(official: Scheme, tmp_path: Path) -> None:
    """Figures, bars and the way on stand side by side on a screen of 1366 pixels."""
    summary = layout_of(official).summary
    sheet = openpyxl.load_workbook(built(official, tmp_path / "blank.xlsx"))[summary.sheet]
    pixels = [
        round(group.width * PIXELS_PER_CHARACTER)
        for group in sheet.column_dimensions.values()
        for _ in range(int(group.min or 0), int(group.max or 0) + 1)
    ]

    assert len(pixels) == summary.last_col + 1
    zoom = sheet.sheet_view.zoomScale or 100
    assert max(sum(pixels), WIDTH) * zoom / 100 < SHOWN_PIXELS
