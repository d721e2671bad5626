"""Reads who answered from the first sheet: labels in any language, values to their right."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.finding import Finding, Place
from iml4e_xlsx.model import OPTIONAL_FIELDS, PROFILE_NAMES, Profile
from iml4e_xlsx.spreadsheets.grid import Grid, GridValue, cell_text
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
    make: FindingCatalogue,
    findings: list[Finding],
) -> Profile:
    """Return the profile; findings for what is missing or cannot be read without guessing."""
    for grid in sheets:
        found = _labelled(grid, labels)
        if len(found) >= _FEWEST_LABELS:
            return _profile(grid, found, source, make, findings)
    findings.append(make.profile_not_found(Place(source=source)))
    return Profile()


def _labelled(grid: Grid, labels: Mapping[str, str]) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for row, col, text in grid.texts():
        field = labels.get(text.casefold())
        if field is not None:
            found.setdefault(field, (row, col))
    return found


def _profile(
    grid: Grid,
    found: Mapping[str, tuple[int, int]],
    source: str,
    make: FindingCatalogue,
    findings: list[Finding],
) -> Profile:
    values: dict[str, str] = {}
    for field in PROFILE_NAMES:
        if field not in found and field in OPTIONAL_FIELDS:
            continue
        if field not in found:
            findings.append(make.profile_missing(Place(source=source, sheet=grid.name), field))
            continue
        row, col = found[field]
        at = Place(source=source, sheet=grid.name, cell=cell_address(row, col + 1))
        raw = grid.value(row, col + 1)
        values[field] = read_date(raw) or "" if field == "date" else cell_text(raw).strip()
        if field == "date" and not values[field] and cell_text(raw).strip():
            findings.append(make.date_unknown(at, cell_text(raw)))
        elif not values[field] and field not in OPTIONAL_FIELDS:
            label = str(grid.value(row, col)).strip()
            findings.append(make.profile_missing(at, label))
    return Profile(**values)


def read_date(value: GridValue) -> str | None:
    """Return a date as ISO 8601 if it can be read in one way only, else None."""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if not isinstance(value, str):
        return None
    return _written_date(value.strip())


def _written_date(text: str) -> str | None:
    if match := _ISO.fullmatch(text):
        return _date(match[1], match[2], match[3])
    if match := _DAY_FIRST.fullmatch(text):
        return _date(match[3], match[2], match[1])
    match = _SLASHED.fullmatch(text)
    if match is None:
        return None
    readings = {
        read
        for day, month in ((match[1], match[2]), (match[2], match[1]))
        if (read := _date(match[3], month, day)) is not None
    }
    return readings.pop() if len(readings) == 1 else None


def _date(year: str, month: str, day: str) -> str | None:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None
