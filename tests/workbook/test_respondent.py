"""A respondent at a laptop: a whole area rated by keyboard alone, with figures."""

from __future__ import annotations

import zipfile
from contextlib import suppress
from pathlib import Path

import openpyxl

from iml4e_xlsx.model import RatingValue, Scheme
from iml4e_xlsx.reading.identity import Schemes
from iml4e_xlsx.reading.workbook_reader import WorkbookReader
from iml4e_xlsx.workbook.workbook_layout import AreaSheet, layout_of
from tests.support.builders import built
from tests.support.desktop import Desktop, open_desktop
from tests.support.servers.common import ServerError, wait_until

MORE_SHEETS = 20
"""More than a workbook has: this often back is at the first one, wherever one was."""

ATTEMPTS, SECONDS = 5, 90


def rate_area(desktop: Desktop, figures: list[str]) -> None:
    """Go to the second sheet, to its first score cell, and from each to the next; save."""
    desktop.press("Escape", *["ctrl+Prior"] * MORE_SHEETS, "ctrl+Next", "ctrl+Home", "Tab")
    for figure in figures:
        desktop.type_text(figure)
        desktop.press("Tab", "Tab")  # over the evidence
    desktop.press("ctrl+s")


def saved_figures(path: Path, sheet: AreaSheet) -> list[str]:
    """Return what the score cells of a sheet hold; nothing while the file is being written."""
    with suppress(zipfile.BadZipFile, OSError, KeyError):
        page = openpyxl.load_workbook(path)[sheet.sheet]
        return [str(page[sheet.rating_cell(id_).a1].value) for id_ in sheet.rows]
    return []


def test_an_area_is_rated_by_keyboard_alone(
    official: Scheme, office_programs: None, tmp_path: Path
) -> None:
    """No figure is refused, no dialog asks, and the reader has nothing to say about a rating."""
    del office_programs
    path = built(official, tmp_path / "blank.xlsx")
    sheet = next(iter(layout_of(official).areas.values()))
    ratings: dict[str, RatingValue] = {id_: n % 4 for n, id_ in enumerate(sheet.rows)}
    figures = [str(rating) for rating in ratings.values()]

    with open_desktop(path) as desktop:
        # A program that is still starting may lose keys; the same ones again do no harm.
        for _ in range(ATTEMPTS):
            rate_area(desktop, figures)
            with suppress(ServerError):
                wait_until(
                    lambda: saved_figures(path, sheet) == figures,
                    SECONDS,
                    lambda: "not all figures were saved",
                )
                break
        windows = desktop.open_windows()
    with WorkbookReader(Schemes.find_installed([])) as reader:
        assessment = reader.assess(path)

    assert saved_figures(path, sheet) == figures
    assert len(windows) == 1
    answers = assessment.response.answers
    assert {id_: answers[id_].rating for id_ in ratings} == ratings
    assert [one.code for one in assessment.findings if one.statement in ratings] == []
