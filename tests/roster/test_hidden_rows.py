"""Rosters as people see them: hidden rows and sheets are left out, merged cells are named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from iml4e_xlsx.errors import RosterError
from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.finding import Severity
from iml4e_xlsx.model import Scheme
from iml4e_xlsx.roster import MOST_ROWS, read_roster, roster_reader
from iml4e_xlsx.roster.roster_table import RosterTable, choose_sheet, make_grid_table
from iml4e_xlsx.spreadsheets.grid import CellDetails, CellFault, Grid
from iml4e_xlsx.text.interface_texts import load_texts
from tests.support.rosters import brief_findings, roster_findings

PEOPLE = ["name mail team", *(f"P{n} p{n}@example.org Red" for n in range(2, 10))]
CATALOGUE = FindingCatalogue(load_texts())


def make_grid(lines: list[str], **values: Any) -> Grid:
    """Make a grid of words."""
    rows = {r: dict(enumerate(line.split())) for r, line in enumerate(lines) if line}
    return Grid(**{"name": "People", "rows": rows, **values})


def make_table(*sheets: Grid) -> RosterTable:
    """Make the table that is read of a workbook with these sheets."""
    grid, passed = choose_sheet("r.xlsx", sheets, CATALOGUE)
    return make_grid_table("r.xlsx", grid, CATALOGUE, passed)


def row_numbers(table: RosterTable) -> list[int]:
    return [line.number for line in table.lines]


def use_table(monkeypatch: pytest.MonkeyPatch, table: RosterTable) -> None:
    """Let a table stand for any file."""
    monkeypatch.setattr(roster_reader, "read_table", lambda *_: table)


def test_hidden_rows_are_left_out_and_named() -> None:
    """By the numbers that are missing beside the list; empty ones are not worth a word."""
    table = make_table(make_grid(PEOPLE, hidden_rows=frozenset({1, 2, 3, 6, 40})))
    (finding,) = table.findings

    assert row_numbers(table) == [1, 5, 6, 8, 9]
    assert (finding.code, finding.severity) == ("roster-rows-hidden", Severity.WARNING)
    assert finding.message == "Hidden rows were not read: 2-4, 7."
    assert finding.place.row == 2


def test_the_first_visible_sheet_is_read_and_hidden_ones_before_it_are_named() -> None:
    """An old list is not; an empty hidden sheet, or one behind, is not worth a word."""
    old, empty = make_grid(PEOPLE, name="Old", is_visible=False), make_grid([], is_visible=False)
    table = make_table(old, empty, make_grid(PEOPLE[:2]), make_grid(PEOPLE, name="B"), old)
    (finding,) = table.findings

    assert (table.sheet, row_numbers(table)) == ("People", [1, 2])
    assert (finding.code, finding.severity) == ("roster-sheets-hidden", Severity.WARNING)
    assert '"Old".' in finding.message
    assert finding.place.sheet == "People"


def test_a_workbook_that_shows_no_sheet_is_refused() -> None:
    with pytest.raises(RosterError, match="all of its sheets are hidden"):
        make_table(make_grid(PEOPLE, is_visible=False))


def test_a_roster_is_read_with_what_was_left_out(
    official: Scheme, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The people who are seen get workbooks."""
    use_table(monkeypatch, make_table(make_grid(PEOPLE, hidden_rows=frozenset({1, 8}))))
    roster = read_roster(Path("r.xlsx"), official, mails=True)

    assert [row.profile.respondent for row in roster] == [f"P{n}" for n in range(3, 9)]
    assert [finding.code for finding in roster.findings] == ["roster-rows-hidden"]


@pytest.mark.parametrize(
    ("hidden", "code"), [({0}, "roster-no-heading"), (set(range(9)), "roster-empty")]
)
def test_a_mistake_that_hiding_causes_is_explained(
    official: Scheme, monkeypatch: pytest.MonkeyPatch, hidden: set[int], code: str
) -> None:
    use_table(monkeypatch, make_table(make_grid(PEOPLE, hidden_rows=frozenset(hidden))))
    with pytest.raises(RosterError) as caught:
        read_roster(Path("r.xlsx"), official)

    assert [finding.code for finding in caught.value.findings] == [code, "roster-rows-hidden"]


def test_equal_rows_that_are_written_once_are_all_read() -> None:
    """Two workbooks for a team without names, or a person who stands in the list twice."""
    table = make_table(make_grid(["team", "Red", "", "Blue"], repeated={1: 2}))
    hidden = make_table(make_grid(["team", "Red", "", "Blue"], repeated={1: 2},
                                  hidden_rows=frozenset({1})))  # fmt: skip
    endless = make_table(make_grid(["team", "Red"], repeated={1: 1_000_000}))

    assert row_numbers(table) == [1, 2, 3, 4]
    assert hidden.findings[0].message == "Hidden rows were not read: 2-3."
    assert len(endless.lines) == MOST_ROWS + 2


def test_a_cell_that_is_not_understood_is_reported(
    official: Scheme, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not taken for an empty one."""
    details = {(1, 2): CellDetails(fault=CellFault.TWICE)}
    use_table(monkeypatch, make_table(make_grid(["name role", "Ann x"], details=details)))
    with pytest.raises(RosterError) as caught:
        read_roster(Path("r.xlsx"), official)
    assert brief_findings(caught.value.findings) == [("roster-outside", 2, "C")]
    details = {(1, 0): CellDetails(fault=CellFault.TWICE)}
    use_table(monkeypatch, make_table(make_grid(["name role", "Ann x"], details=details)))
    with pytest.raises(RosterError) as caught:
        read_roster(Path("r.xlsx"), official)
    assert brief_findings(caught.value.findings) == [("roster-cell-fault", 2, "name")]


MERGED = [
    (["C2:C3"], "C2:C3"),
    (["A5:A6", "C2:C3"], "C2:C3, A5:A6"),
    (["B1:C1"], "B1:C1"),
    (["A2:B2"], "A2:B2"),
    (["C1:C9"], "C1:C9"),
]
"""Groups of merged cells, and how they are named."""


@pytest.mark.parametrize(("groups", "named"), MERGED)
@pytest.mark.parametrize("mails", [True, False])
def test_merged_cells_are_named(
    official: Scheme, tmp_path: Path, groups: list[str], named: str, *, mails: bool
) -> None:
    """A value in the first cell alone seems to be there for all of them."""
    findings = roster_findings(write_merged(tmp_path, *groups), official, mails=mails)
    merged = [finding for finding in findings if finding.code == "roster-merged"]

    assert [finding.severity for finding in merged] == [Severity.ERROR]
    assert f": {named}." in merged[0].message
    assert merged[0].place.row == int(named[1])


def test_merged_cells_without_a_value_or_beside_the_table_do_not_matter(
    official: Scheme, tmp_path: Path
) -> None:
    """Nobody takes them for a person's value."""
    roster = read_roster(write_merged(tmp_path, "D2:D3", "F1:G9", "A20:C21"), official)

    assert len(roster) == 8


def write_merged(folder: Path, *groups: str) -> Path:
    """Write people into a workbook with an empty column "role", and merge cells."""
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for line in PEOPLE:
        sheet.append(line.split())
    sheet["D1"] = "role"
    for group in groups:
        sheet.merge_cells(group)
    path = folder / "roster.xlsx"
    book.save(path)
    return path
