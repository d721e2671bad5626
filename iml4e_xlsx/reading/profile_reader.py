"""Reads the profile of the respondent: labels in any language, values to the right of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta

from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.finding import Finding, Place
from iml4e_xlsx.model import OPTIONAL_FIELDS, PROFILE_NAMES, Profile
from iml4e_xlsx.reading.company_size import is_spoilt_size, usual_size
from iml4e_xlsx.reading.day_reader import read_date
from iml4e_xlsx.reading.illegible_cells import IllegibleCells, describe_fault
from iml4e_xlsx.spreadsheets.grid import CellDetails, CellPosition, Grid, GridValue, cell_text
from iml4e_xlsx.text.message import Message, message
from iml4e_xlsx.text.spelling import heading_key, quote_value
from iml4e_xlsx.workbook.cells import cell_address

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
        # Programs turn 10-49 and 3/4 into days and times; what was typed cannot be told from them.
        if field != "date" and isinstance(raw, date | time | timedelta):
            self.findings.append(self.catalogue.profile_is_date(place, field, heading, text))
            return ""
        if field == "size" and (isinstance(raw, bool) or is_spoilt_size(text)):
            self.findings.append(self.catalogue.size_unknown(place, text))
            return ""
        value = _read_value(field, raw, text)
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


def _read_value(field: str, raw: GridValue, text: str) -> str:
    """Return an entry as the profile holds it; an empty text for a date that cannot be read."""
    if field == "date":
        return read_date(raw) or ""
    return usual_size(text) if field == "size" else text
