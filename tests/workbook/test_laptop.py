"""A laptop of 1366 x 768: what of a sheet with statements can be seen there, and what stays."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from iml4e_xlsx.model import Scheme
from iml4e_xlsx.scheme import load_scheme
from iml4e_xlsx.workbook.typography import count_lines
from iml4e_xlsx.workbook.workbook_layout import AreaSheet, layout_of
from tests.support.builders import built, regular_table, scheme_fields, write_scheme

HEAD = 100
"""What the rows that stay may take of the height, in pixels."""

WINDOW_HEIGHT, WINDOW_WIDTH = 586, 1133
"""
What LibreOffice leaves of 1366 x 768 to the cells, with menu, two toolbars and sidebar.

It draws columns wider than Excel does, whose pixels these are.
"""

STATEMENTS = 8
PIXELS_PER_POINT = 4 / 3
PIXELS_PER_CHARACTER = 7


def pixels(page: Worksheet, rows: range) -> list[float]:
    """Return the heights of rows on the screen, rows and columns counted from 0."""
    zoom = (page.sheet_view.zoomScale or 100) / 100
    return [page.row_dimensions[row + 1].height * PIXELS_PER_POINT * zoom for row in rows]


@pytest.fixture(scope="module")
def pages(
    official: Scheme, tmp_path_factory: pytest.TempPathFactory
) -> list[tuple[AreaSheet, Worksheet]]:
    """Return the sheets with statements of a blank workbook, each with its layout."""
    path = built(official, tmp_path_factory.mktemp("laptop") / "w.xlsx")
    book = openpyxl.load_workbook(path)
    return [(area, book[area.sheet]) for area in layout_of(official).areas.values()]


def test_the_head_is_low(pages: list[tuple[AreaSheet, Worksheet]]) -> None:
    """What stays on the screen takes it from the statements."""
    for area, page in pages:
        assert sum(pixels(page, range(area.HEADING + 1))) < HEAD, area.sheet


def test_statements_are_seen_together(pages: list[tuple[AreaSheet, Worksheet]]) -> None:
    """Below the head the first ones stand whole."""
    for area, page in pages:
        heights = pixels(page, range(area.last_row + 1))
        seen = [row for row in area.rows.values() if sum(heights[: row + 1]) <= WINDOW_HEIGHT]

        assert len(seen) >= STATEMENTS, area.sheet


def test_all_columns_are_seen_and_the_statement_stays(
    pages: list[tuple[AreaSheet, Worksheet]],
) -> None:
    """Evidence needs no scrolling; where somebody does scroll, the statement goes along."""
    for area, page in pages:
        widths = [
            page.column_dimensions[get_column_letter(col + 1)].width * PIXELS_PER_CHARACTER
            for col in range(area.EVIDENCE + 1)
        ]

        assert sum(widths) * (page.sheet_view.zoomScale or 100) / 100 <= WINDOW_WIDTH
        assert page.freeze_panes == f"{get_column_letter(area.STATEMENT + 2)}{area.HEADING + 2}"


def test_the_head_begins_what_the_levels_say_whole(official: Scheme, tmp_path: Path) -> None:
    """A purpose of several lines is shown as far as whole sentences fill one."""
    book = openpyxl.load_workbook(built(official, tmp_path / "w.xlsx"))
    layout = layout_of(official)
    told = {str(cell.value) for row in book[layout.levels.sheet].iter_rows() for cell in row}
    shortened = []
    for area in official.areas:
        shown = str(book[layout.areas[area.code].sheet].cell(AreaSheet.PURPOSE + 1, 1).value)

        assert area.purpose.startswith(shown)
        assert shown.endswith(".")
        assert area.purpose in told
        shortened += [area.code] * (shown != area.purpose)
    assert 0 < len(shortened) < len(official.areas)


def test_a_purpose_of_one_long_sentence_is_shown_whole(tmp_path: Path) -> None:
    """It has as many lines as it needs."""
    purpose = f"This area covers {'one thing and another, ' * 20}and no more."
    fields = scheme_fields(regular_table(["AA"], 4, 1))
    fields["areas"][0]["purpose"] = purpose
    scheme = load_scheme(write_scheme(tmp_path / "s", fields))
    page = openpyxl.load_workbook(built(scheme, tmp_path / "w.xlsx"))[
        layout_of(scheme).areas["AA"].sheet
    ]

    assert page.cell(AreaSheet.PURPOSE + 1, 1).value == purpose
    assert count_lines(purpose, 188, 9) > 1
    assert page.row_dimensions[AreaSheet.PURPOSE + 1].height > 20
