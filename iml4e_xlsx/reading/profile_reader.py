"""Reads the profile of the respondent: labels in any language, values to the right of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.finding import Finding, Place
from iml4e_xlsx.model import OPTIONAL_FIELDS, PROFILE_NAMES, Profile
from iml4e_xlsx.reading.illegible_cells import IllegibleCells, describe_fault
from iml4e_xlsx.spreadsheets.grid import CellDetails, CellPosition, Grid, GridValue, cell_text
from iml4e_xlsx.text.message import Message, message
from iml4e_xlsx.text.spelling import heading_key, quote_value
from iml4e_xlsx.workbook.cells import cell_address

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?")
_DAY_FIRST = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})")
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_FEWEST_LABELS = 3
_LONGEST_LABEL = 120


def profile_labels(texts: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Return the field of each label of the profile, by its key, in all languages."""
    return {
        heading_key(entries[f"profile.{field}"]): field
        for entries in texts
        for field in PROFILE_NAMES
        if f"profile.{field}" in entries
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileReader:
    """
    Reads the profile of one workbook.

    Attributes:
        labels: The field of each label.
        source: The name of the workbook.
        catalogue: The language of the findings.
        findings: What is missing or could be misread; the list grows.
        illegible: The cells that cannot be understood.
    """

    labels: Mapping[str, str]
    source: str
    catalogue: FindingCatalogue
    findings: list[Finding]
    illegible: IllegibleCells

    def read_profile(self, sheets: Iterable[Grid]) -> Profile | None:
        """Return the profile; None if no sheet has one."""
        for grid in sheets:
            positions = self._find_labels(grid)
            # Fewer may be words of a respondent's own sheet that happen to be labels.
            if len(positions) >= _FEWEST_LABELS:
                return self._read_fields(grid, positions)
        self.findings.append(self.catalogue.profile_not_found(Place(source=self.source)))
        return None

    def _find_labels(self, grid: Grid) -> dict[str, CellPosition]:
        positions: dict[str, CellPosition] = {}
        for row, values in grid.rows.items():
            for col, value in values.items():
                if isinstance(value, str) and len(value) <= _LONGEST_LABEL:
                    field = self.labels.get(heading_key(value))
                    if field is not None:
                        positions.setdefault(field, (row, col))
        return positions

    def _read_fields(self, grid: Grid, positions: Mapping[str, CellPosition]) -> Profile:
        values: dict[str, str] = {}
        for field in PROFILE_NAMES:
            if field in positions:
                values[field] = self._read_field(grid, positions[field], field)
            elif field not in OPTIONAL_FIELDS:  # older workbooks were issued without these
                label = message(f"profile.{field}")  # the sheet's own is not there to be quoted
                place = Place(source=self.source, sheet=grid.name)
                self.findings.append(self.catalogue.profile_missing(place, label))
        label_cols = {col for _, col in positions.values()}
        self.illegible.report_sheet(grid, lambda _, col: col in label_cols or col - 1 in label_cols)
        return Profile(**values)

    def _read_field(self, grid: Grid, position: CellPosition, field: str) -> str:
        row, col = position[0], position[1] + 1
        place = Place(source=self.source, sheet=grid.name, cell=cell_address(row, col))
        raw = grid.cell_value(row, col)
        heading = str(grid.cell_value(*position)).strip()
        details = grid.details.get((row, col))
        if details is not None and (reason := self._find_reason(details)) is not None:
            self.illegible.claim(grid, row, col)
            finding = self.catalogue.profile_illegible(place, field, heading, reason)
            self.findings.append(finding)
            return ""
        text = cell_text(raw).strip()
        value = read_date(raw) or "" if field == "date" else text
        if field == "date" and not value and text:
            self.findings.append(self.catalogue.date_unknown(place, text))
        elif not value and field not in OPTIONAL_FIELDS:
            self.findings.append(self.catalogue.profile_missing(place, heading))
        return value

    def _find_reason(self, details: CellDetails) -> Message | None:
        """Return the reason why a cell with something behind it has no value; None if it has."""
        if details.fault is not None:
            return describe_fault(details.fault)
        shown = details.error or ("" if details.stored else details.formula)
        return message("fault.error", error=quote_value(shown)) if shown else None


def read_date(value: GridValue) -> str | None:
    """Return a date as ISO 8601 if it can be read in one way only, else None."""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if not isinstance(value, str):
        return None
    return _parse_date(value.strip())


def _parse_date(text: str) -> str | None:
    if match := _ISO.fullmatch(text):
        return _iso_date(match[1], match[2], match[3])
    if match := _DAY_FIRST.fullmatch(text):
        return _iso_date(match[3], match[2], match[1])
    # With slashes, the day comes first in most countries and the month in the United States: only
    # a date that is the same or possible in one order alone is read.
    match = _SLASHED.fullmatch(text)
    if match is None:
        return None
    readings = {
        iso_date
        for day, month in ((match[1], match[2]), (match[2], match[1]))
        if (iso_date := _iso_date(match[3], month, day)) is not None
    }
    return readings.pop() if len(readings) == 1 else None


def _iso_date(year: str, month: str, day: str) -> str | None:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None
