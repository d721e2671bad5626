"""Grids made by hand: sheets as a format's reader gives them, also such as no program writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.finding import Finding
from iml4e_xlsx.model import PROFILE_NAMES, Answer, Response, Scheme
from iml4e_xlsx.reading.response_reader import ResponseReader
from iml4e_xlsx.spreadsheets.grid import (
    CellDetails,
    CellFault,
    CellPosition,
    Grid,
    Grids,
    GridValue,
    find_ids,
)
from iml4e_xlsx.text.interface_texts import scheme_texts
from iml4e_xlsx.workbook.workbook_layout import AreaSheet

ID, TEXT, GUIDANCE, RATING, EVIDENCE = (
    AreaSheet.COLUMNS.index(name) for name in ("id", "statement", "guidance", "rating", "evidence")
)
HEADING_ROW = 0
FAULT = CellDetails(fault=CellFault.MARKUP)


@dataclass(frozen=True)
class ReadGrids:
    """What was read from grids."""

    response: Response
    findings: list[Finding]

    @property
    def answers(self) -> Mapping[str, Answer]:
        return self.response.answers

    def found(self, code: str) -> list[Finding]:
        """Return the findings with a code."""
        return [finding for finding in self.findings if finding.code == code]

    @property
    def codes(self) -> set[str]:
        return {finding.code for finding in self.findings}


def statement_row(
    scheme: Scheme, statement: str, rating: GridValue | None = None, evidence: str = ""
) -> dict[int, GridValue]:
    """Return the row of a statement; `None` leaves the score cell empty."""
    row: dict[int, GridValue] = {ID: statement, TEXT: scheme.statements[statement].text}
    if rating is not None:
        row[RATING] = rating
    if evidence:
        row[EVIDENCE] = evidence
    return row


def statement_grid(
    scheme: Scheme,
    rows: Sequence[dict[int, GridValue]],
    details: Mapping[CellPosition, CellDetails] | None = None,
    **fields: Any,
) -> Grid:
    """Return a sheet with headings in its first row and these rows below."""
    texts = scheme_texts(scheme)
    heading: dict[int, GridValue] = {
        col: texts(f"area.{name}") for col, name in enumerate(AreaSheet.COLUMNS)
    }
    lines = {HEADING_ROW: heading, **dict(enumerate(rows, HEADING_ROW + 1))}
    return Grid(**{"name": "AA", **fields}, rows=lines, details=details or {}, ids=find_ids(lines))


def profile_grid(
    scheme: Scheme, details: Mapping[CellPosition, CellDetails] | None = None, **values: GridValue
) -> Grid:
    """Return a sheet with the labels of the profile in the first column, values beside them."""
    texts = scheme_texts(scheme)
    rows: dict[int, dict[int, GridValue]] = {}
    for row, name in enumerate(PROFILE_NAMES):
        rows[row] = {0: texts(f"profile.{name}")}
        if name in values:
            rows[row][1] = values[name]
    return Grid(name="Start", rows=rows, details=details or {})


def summary_grid(
    scheme: Scheme,
    targets: Mapping[str, GridValue],
    details: Mapping[CellPosition, CellDetails] | None = None,
) -> Grid:
    """Return a sheet with a row for each area: its name and its target."""
    texts = scheme_texts(scheme)
    rows: dict[int, dict[int, GridValue]] = {
        0: {0: texts("summary.area"), 1: texts("summary.target"), 2: texts("summary.level")}
    }
    for row, area in enumerate(scheme.areas, 1):
        rows[row] = {0: area.name}
        if area.code in targets:
            rows[row][1] = targets[area.code]
    return Grid(name="Summary", rows=rows, details=details or {})


def read_grids(scheme: Scheme, *sheets: Grid) -> ReadGrids:
    """Read a workbook that consists of these sheets."""
    catalogue = FindingCatalogue(scheme_texts(scheme))
    reader = ResponseReader(scheme, "w.xlsx", catalogue)
    response, _ = reader.read_response(Grids(format_name="xlsx", sheets=list(sheets)), None)
    return ReadGrids(response, reader.findings)


def area_rows(scheme: Scheme, rating: GridValue | None = "2 - Largely") -> list[Any]:
    """Return a row for each statement of the scheme, all with the same rating."""
    return [statement_row(scheme, id_, rating) for id_ in scheme.statements]
