"""Reading evidence: the text returns as it was written, or a finding says what is wrong."""

from __future__ import annotations

from pathlib import Path
from random import Random

import openpyxl
import pytest

from iml4e_xlsx.analysis.teams import group_by_team
from iml4e_xlsx.analysis.workshop_agenda import build_agenda
from iml4e_xlsx.model import Scheme
from iml4e_xlsx.reading.workbook_reader import WorkbookReader
from iml4e_xlsx.spreadsheets.grid import CellDetails
from tests.support.assessments import findings_with, rated
from tests.support.builders import built, response
from tests.support.grids import EVIDENCE as EVIDENCE_COLUMN
from tests.support.grids import read_grids, statement_grid, statement_row
from tests.support.habits import edited, rows_of

EVIDENCE = [
    "first\nsecond\n\nfourth",
    "\U0001f600 \U0001f469\u200d\U0001f4bb",
    "\u0645\u0631\u062d\u0628\u0627 \u200f(\u0648\u064a\u0643\u064a)",
    "\u05e9\u05dc\u05d5\u05dd",
    "\uff12",
    "x" * 32_767,
    '=HYPERLINK("https://example.org")',
    "@import",
    "_x000D_ and _x0041_",
]


@pytest.mark.parametrize("text", EVIDENCE, ids=lambda text: repr(text[:12]))
def test_evidence_comes_back_as_it_is(
    small: Scheme, reader: WorkbookReader, tmp_path: Path, text: str
) -> None:
    """Line breaks, emoji, writing from right to left, and as much as a cell holds."""
    path = built(
        small, tmp_path / "w.xlsx", response(small, {"AA-01": 2}, evidence={"AA-01": text})
    )

    assert reader.assess(path).response.answers["AA-01"].evidence == text


def test_evidence_that_is_an_error_is_reported(
    small: Scheme, reader: WorkbookReader, tmp_path: Path
) -> None:
    """Evidence typed with an equals sign in front is lost, and said to be."""

    def write(book: openpyxl.Workbook, scheme: Scheme, rng: Random) -> None:
        rows_of(book, scheme)["AA-01"].cell("evidence").value = "=see wiki"

    filled = response(small, rated(small))
    found = reader.assess(edited(small, tmp_path / "w.xlsx", filled, write))

    (finding,) = findings_with(found, "evidence-unreadable")
    assert finding.found == "=see wiki"


def test_evidence_that_could_not_be_read_is_not_called_missing(
    small: Scheme, reader: WorkbookReader, tmp_path: Path
) -> None:
    """An agenda asks for evidence where there was none, not where it was lost."""

    def write(book: openpyxl.Workbook, scheme: Scheme, rng: Random) -> None:
        rows_of(book, scheme)["AA-01"].cell("evidence").value = "=see wiki"

    filled = response(small, {"AA-01": 3, "AA-02": 3})
    found = reader.assess(edited(small, tmp_path / "w.xlsx", filled, write))
    (team,) = group_by_team([found])

    assert [each.statement.id for each in build_agenda(team).unsupported] == ["AA-02"]


PICTURE = 'DISPIMG("ID_A1B2C3D4",1)'


@pytest.mark.parametrize(
    ("value", "details"),
    [
        (f"={PICTURE}", CellDetails(formula=f"_xlfn.{PICTURE}")),
        (f"={PICTURE}", None),
        (f"=_xlfn.{PICTURE}", CellDetails(formula=f"=_xlfn.{PICTURE}")),
        ("", CellDetails(formula=f"={PICTURE}")),
        ("", CellDetails(formula='=_xlfn.IMAGE("https://example.org/a.png")')),
        ("", CellDetails(error="#NAME?", formula=f"={PICTURE}")),
        ("", CellDetails(formula=f"={PICTURE}", stored=False)),
    ],
)
def test_a_picture_is_no_evidence(small: Scheme, value: str, details: CellDetails | None) -> None:
    """Nor the reason of n/a, whatever its program stored as its result."""
    behind = {(1, EVIDENCE_COLUMN): details} if details else {}
    grid = statement_grid(small, [statement_row(small, "AA-01", "n/a", value)], behind)
    read = read_grids(small, grid)

    assert read.answers["AA-01"].evidence == ""
    assert read.found("evidence-unreadable")[0].place.cell == "G2"
    assert read.found("not-applicable-without-reason")


@pytest.mark.parametrize(
    ("value", "formula"),
    [
        ("our wiki", '=HYPERLINK("https://example.org","our wiki")'),
        ('=HYPERLINK("https://example.org")', ""),
        ("DISPIMG is not used", ""),
        ("a and b", '="a"&" and b"'),
    ],
)
def test_a_formula_with_a_stored_text_is_that_text(small: Scheme, value: str, formula: str) -> None:
    """The text is what the respondent saw."""
    behind = {(1, EVIDENCE_COLUMN): CellDetails(formula=formula)} if formula else {}
    grid = statement_grid(small, [statement_row(small, "AA-01", "n/a", value)], behind)
    read = read_grids(small, grid)

    assert read.answers["AA-01"].evidence == value
    assert not read.found("evidence-unreadable")
