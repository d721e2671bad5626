"""Files of rosters that were filtered, or keep an old list out of sight, as programs save them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from iml4e_xlsx.model import Scheme
from tests.support.office import Office
from tests.support.rosters import read_mailed

PEOPLE = [
    ("name", "mail", "team"),
    ("Ann", "ann@example.org", "Alpha"),
    ("Ben", "ben@example.org", "Beta"),
    ("Bea", "bea@example.org", "Beta"),
    ("Cid", "cid@example.org", "Alpha"),
]


def write_filtered(path: Path, *, filtered: bool, old_list: bool) -> Path:
    """Write a roster of which only team Alpha is shown, or behind a hidden older list."""
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.title = "People"
    for person in PEOPLE:
        sheet.append(person)
    if filtered:
        sheet.auto_filter.ref = "A1:C5"
        sheet.auto_filter.add_filter_column(2, ["Alpha"])
        for row in (3, 4):
            sheet.row_dimensions[row].hidden = True
    if old_list:
        old: Any = book.create_sheet("Old list", 0)
        for person in (PEOPLE[0], ("Zoe", "zoe@example.org", "Alpha")):
            old.append(person)
        old.sheet_state = "hidden"
        book.active = 1
    book.save(path)
    return path


@pytest.mark.parametrize("kind", ["ods", "xls"])
@pytest.mark.parametrize("filtered", [True, False])
def test_libreoffice_hides_rows_and_sheets(
    official: Scheme, tmp_path: Path, office: Office, kind: str, *, filtered: bool
) -> None:
    """In each of its formats."""
    made = write_filtered(tmp_path / "made.xlsx", filtered=filtered, old_list=not filtered)
    path = tmp_path / f"roster.{kind}"
    office.edit(made, targets={kind: path})
    roster = read_mailed(path, official)
    names = [row.profile.respondent for row in roster]

    assert names == (["Ann", "Cid"] if filtered else ["Ann", "Ben", "Bea", "Cid"])
    assert [finding.code for finding in roster.findings] == [
        "roster-rows-hidden" if filtered else "roster-sheets-hidden"
    ]
