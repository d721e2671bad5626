"""Cells that cannot be understood: each costs itself, with a finding, and never looks empty."""

from __future__ import annotations

from dataclasses import replace

import pytest

from iml4e_xlsx.findings.finding import Severity
from iml4e_xlsx.model import Scheme
from iml4e_xlsx.spreadsheets.grid import CellDetails, CellFault, find_ids
from tests.support.grids import (
    EVIDENCE,
    FAULT,
    GUIDANCE,
    HEADING_ROW,
    ID,
    RATING,
    TEXT,
    area_rows,
    profile_grid,
    read_grids,
    statement_grid,
    statement_row,
    summary_grid,
)


@pytest.mark.parametrize("fault", CellFault)
def test_a_score_cell_that_cannot_be_read_stays_open(small: Scheme, fault: CellFault) -> None:
    """The finding says which cell, and why; all other statements are read."""
    rows = area_rows(small)
    del rows[0][RATING]
    read = read_grids(small, statement_grid(small, rows, {(1, RATING): CellDetails(fault=fault)}))

    (finding,) = read.found("rating-illegible")
    assert (finding.place.cell, finding.statement) == ("F2", "AA-01")
    assert finding.severity is Severity.ERROR
    assert finding.found
    assert read.answers["AA-01"].rating is None
    assert all(a.rating == 2 for id_, a in read.answers.items() if id_ != "AA-01")
    assert not read.found("cells-illegible")


def test_a_row_that_cannot_be_read_leaves_its_statement_open_in_other_rows(small: Scheme) -> None:
    """A second row does not settle what the first one said."""
    rows = [statement_row(small, "AA-01"), statement_row(small, "AA-01", "2 - Largely")]
    read = read_grids(small, statement_grid(small, rows, {(1, RATING): FAULT}))

    assert read.answers["AA-01"].rating is None
    assert read.found("rating-illegible")
    assert read.found("statement-twice-contradicting")[0].found == "2 - Largely / ?"


def test_evidence_that_cannot_be_read_is_no_reason(small: Scheme) -> None:
    """The rating counts, and n/a lacks its reason."""
    rows = [statement_row(small, "AA-01", "n/a")]
    read = read_grids(small, statement_grid(small, rows, {(1, EVIDENCE): FAULT}))

    assert read.found("evidence-illegible")[0].place.cell == "G2"
    assert read.found("not-applicable-without-reason")
    assert read.answers["AA-01"].rating == "n/a"
    assert read.answers["AA-01"].evidence == ""


@pytest.mark.parametrize(
    ("row", "col"), [(3, ID), (3, TEXT), (HEADING_ROW, RATING), (HEADING_ROW, EVIDENCE)]
)
def test_other_cells_of_a_table_are_reported_for_the_sheet(
    small: Scheme, row: int, col: int
) -> None:
    """Number, text and heading: what they cost is said, and no rating is lost by them."""
    grid = statement_grid(small, area_rows(small), {(row, col): FAULT})
    del grid.rows[row][col]
    grid = replace(grid, ids=find_ids(grid.rows))
    read = read_grids(small, grid)

    (finding,) = read.found("cells-illegible")
    assert finding.place.sheet == "AA"
    assert finding.found == f"{'ABCDEFG'[col]}{row + 1}"
    assert all(answer.rating == 2 for answer in read.answers.values())


def test_a_cell_that_nobody_needs_costs_nothing(small: Scheme) -> None:
    """Guidance beside the statements is not read."""
    read = read_grids(
        small,
        statement_grid(small, area_rows(small), {(3, GUIDANCE): FAULT}),
        profile_grid(small, respondent="Ada"),
        summary_grid(small, {}),
    )

    assert not {code for code in read.codes if "illegible" in code}


def test_many_illegible_cells_of_a_sheet_are_one_finding(small: Scheme) -> None:
    """It lists the first and counts the others."""
    rows = area_rows(small)
    details = {(row, TEXT): FAULT for row in range(1, 20)}
    for row in rows[:19]:
        del row[TEXT]
    read = read_grids(small, statement_grid(small, rows, details))

    (finding,) = read.found("cells-illegible")
    assert finding.found.startswith("D2, D3")
    assert finding.found.endswith("7 more")


def test_a_profile_field_that_cannot_be_read(small: Scheme) -> None:
    """It is not missing: something stands there."""
    sheet = profile_grid(small, {(3, 1): FAULT}, organisation="Org", respondent="Ada")
    read = read_grids(small, statement_grid(small, area_rows(small)), sheet)

    (finding,) = read.found("profile-illegible")
    assert (finding.place.cell, finding.subject) == ("B4", "profile.team")
    assert "Team" in finding.message
    assert read.response.profile.respondent == "Ada"


@pytest.mark.parametrize(
    "details", [CellDetails(error="#REF!"), CellDetails(formula="=A1", stored=False)]
)
def test_a_profile_field_with_an_error_says_so(small: Scheme, details: CellDetails) -> None:
    """Also where the field may be left out."""
    sheet = profile_grid(small, {(1, 1): details}, organisation="Org", team="T", respondent="Ada")
    read = read_grids(small, statement_grid(small, area_rows(small)), sheet)

    assert (details.error or details.formula) in read.found("profile-illegible")[0].found


def test_a_profile_label_that_cannot_be_read(small: Scheme) -> None:
    """The field is missing, and the finding for the sheet says why."""
    sheet = profile_grid(small, {(3, 0): FAULT}, team="T", respondent="Ada")
    del sheet.rows[3][0]
    read = read_grids(small, statement_grid(small, area_rows(small)), sheet)

    assert read.found("cells-illegible")[0].found == "A4"
    assert read.response.profile.team == ""


def test_targets_that_cannot_be_read(small: Scheme) -> None:
    """A damaged one, an error and a formula without a result are no empty cells."""
    details = {(1, 1): FAULT, (2, 1): CellDetails(error="#REF!"), (3, 0): FAULT}
    sheet = summary_grid(small, {"CC": 2.0}, details)
    del sheet.rows[3][0]
    read = read_grids(small, statement_grid(small, area_rows(small)), profile_grid(small), sheet)

    (finding,) = read.found("level-illegible")
    assert (finding.place.cell, finding.subject) == ("B2", "target.AA")
    assert read.found("level-unknown")[0].found == "#REF!"
    assert read.found("cells-illegible")[0].found == "A4"
    assert read.response.targets == {}


def test_sheets_that_are_not_recognised_for_their_faults(small: Scheme) -> None:
    """If something is missing, illegible cells of any sheet may be the reason."""
    sheet = summary_grid(small, {"AA": 2.0}, {(0, 1): FAULT})
    del sheet.rows[0][1]
    read = read_grids(small, statement_grid(small, area_rows(small)), profile_grid(small), sheet)

    assert read.found("cells-illegible")[0].place.sheet == "Summary"
