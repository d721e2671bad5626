"""Reads the profile of the respondent: labels in any language, values to the right of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.finding import Finding, Place
from iml4e_xlsx.model import OPTIONAL_FIELDS, PROFILE_NAMES, Profile
from iml4e_xlsx.spreadsheets.grid import Grid, GridValue, cell_text
from iml4e_xlsx.text.message import message
from iml4e_xlsx.workbook.cells import cell_address

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?")
_DAY_FIRST = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})")
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_FEWEST_LABELS = 3


def profile_labels(texts: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Return the labels of the profile, casefolded, to their field, in all languages."""
    return {
        entries[f"profile.{field}"].casefold(): field
        for entries in texts
        for field in PROFILE_NAMES
        if f"profile.{field}" in entries
    }


def read_profile(
    sheets: Iterable[Grid],
    labels: Mapping[str, str],
    source: str,
    catalogue: FindingCatalogue,
    findings: list[Finding],
) -> Profile:
    """Return the profile; add a finding for each field that is missing or could be misread."""
    for grid in sheets:
        positions = _find_labels(grid, labels)
        # Fewer may be words of a respondent's own sheet that happen to be labels.
        if len(positions) >= _FEWEST_LABELS:
            return _read_fields(grid, positions, source, catalogue, findings)
    findings.append(catalogue.profile_not_found(Place(source=source)))
    return Profile()


def _find_labels(grid: Grid, labels: Mapping[str, str]) -> dict[str, tuple[int, int]]:
    positions: dict[str, tuple[int, int]] = {}
    for row, col, text in grid.find_texts():
        field = labels.get(text.casefold())
        if field is not None:
            positions.setdefault(field, (row, col))
    return positions


def _read_fields(
    grid: Grid,
    positions: Mapping[str, tuple[int, int]],
    source: str,
    catalogue: FindingCatalogue,
    findings: list[Finding],
) -> Profile:
    values: dict[str, str] = {}
    for field in PROFILE_NAMES:
        if field not in positions and field in OPTIONAL_FIELDS:
            continue  # older workbooks were issued without these
        if field not in positions:
            label = message(f"profile.{field}")  # the sheet's own is not there to be quoted
            findings.append(catalogue.profile_missing(Place(source=source, sheet=grid.name), label))
            continue
        row, col = positions[field]
        place = Place(source=source, sheet=grid.name, cell=cell_address(row, col + 1))
        raw = grid.cell_value(row, col + 1)
        values[field] = read_date(raw) or "" if field == "date" else cell_text(raw).strip()
        if field == "date" and not values[field] and cell_text(raw).strip():
            findings.append(catalogue.date_unknown(place, cell_text(raw)))
        elif not values[field] and field not in OPTIONAL_FIELDS:
            heading = str(grid.cell_value(row, col)).strip()
            findings.append(catalogue.profile_missing(place, heading))
    return Profile(**values)


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
