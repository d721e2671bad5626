"""Files of rosters that were filtered, or keep an old list out of sight, as programs save them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from iml4e_xlsx.model import Scheme
from tests.support.campaigns import new_campaign, run
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


def test_a_filtered_roster_is_read_as_it_is_seen(official: Scheme, tmp_path: Path) -> None:
    """Whoever filters a list for one team wants workbooks for this team."""
    path = write_filtered(tmp_path / "roster.xlsx", filtered=True, old_list=True)
    roster = read_mailed(path, official)

    assert [(row.row, row.profile.respondent) for row in roster] == [(2, "Ann"), (5, "Cid")]
    assert [finding.code for finding in roster.findings] == [
        "roster-sheets-hidden", "roster-rows-hidden",
    ]  # fmt: skip
    assert '"Old list"' in roster.findings[0].message
    assert "3-4" in roster.findings[1].message


@pytest.mark.parametrize("kind", ["xlsx", "ods", "xls"])
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


def test_a_round_makes_no_workbook_for_people_who_are_hidden(tmp_path: Path) -> None:
    """And says whom it left out."""
    folder = new_campaign(tmp_path, 0).folder
    write_filtered(folder / "roster.xlsx", filtered=True, old_list=True)
    built = run("campaign", "build", folder)

    assert "2 people" in built.stdout
    assert "Hidden rows were not read: 3-4." in built.stderr
    assert '"Old list"' in built.stderr
    assert len(list((folder / "workbooks").iterdir())) == 2
