"""The table of people and teams that get a workbook: CSV or xlsx, columns in any order."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from iml4e_xlsx.errors import WorkbookReadError
from iml4e_xlsx.model import Profile, Scheme
from iml4e_xlsx.reading.guard import Refused
from iml4e_xlsx.reading.limits import Limits
from iml4e_xlsx.reading.profile import as_text
from iml4e_xlsx.reading.sandbox import Sandbox

COLUMNS = ("organisation", "sector", "size", "team", "respondent", "role", "target")
_ALIASES = {"name": "respondent", "organization": "organisation"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterRow:
    """One workbook to make: its profile, its targets by area, and its file's name."""

    profile: Profile
    targets: dict[str, int]
    file_name: str


def read_roster(path: Path, scheme: Scheme) -> tuple[RosterRow, ...]:
    """
    Read a roster; columns that it does not know are left alone.

    Raises:
        WorkbookReadError: If the file cannot be read, or with every mistake in it, by row.
    """
    table = _table(path)
    if not table:
        raise WorkbookReadError("roster", str(path), f"{path}: the roster is empty.")
    heading = [_column(cell) for cell in table[0]]
    if not set(heading) & set(COLUMNS):
        known = ", ".join(COLUMNS)
        message = f"{path}: the first row names none of the columns {known}. Add a heading row."
        raise WorkbookReadError("roster", str(path), message)
    rows: list[RosterRow] = []
    mistakes: list[str] = []
    taken: set[str] = set()
    for number, cells in enumerate(table[1:], start=2):
        values = dict(zip(heading, (cell.strip() for cell in cells), strict=False))
        if not any(values.get(column) for column in COLUMNS):
            continue
        try:
            targets = parse_targets(values.get("target", "").replace(";", " ").split(), scheme)
        except ValueError as error:
            mistakes.append(f"{path}, row {number}, column target: {error}")
            continue
        profile = Profile(**{name: values.get(name, "") for name in COLUMNS[:-1]})
        rows.append(
            RosterRow(profile=profile, targets=targets, file_name=_file_name(profile, taken))
        )
    if mistakes:
        raise WorkbookReadError("roster", str(path), "\n".join(mistakes))
    return tuple(rows)


def parse_targets(items: Iterable[str], scheme: Scheme) -> dict[str, int]:
    """
    Return targets by area from `AREA=LEVEL`, or a bare `LEVEL` for all areas.

    Raises:
        ValueError: For an unknown area or level, saying which there are.
    """
    codes = [area.code for area in scheme.areas]
    levels = {str(level.number): level.number for level in scheme.levels}
    targets: dict[str, int] = {}
    for item in items:
        area, _, level = item.rpartition("=")
        if level not in levels:
            raise ValueError(f"'{level}' is not a level; use one of {', '.join(levels)}")
        if area and area.upper() not in codes:
            raise ValueError(f"'{area}' is not an area; use one of {', '.join(codes)}")
        targets.update(dict.fromkeys([area.upper()] if area else codes, levels[level]))
    return targets


def _column(cell: str) -> str:
    name = cell.strip().casefold()
    return _ALIASES.get(name, name)


def _table(path: Path) -> Sequence[Sequence[str]]:
    try:
        data = path.read_bytes()
    except OSError as error:
        message = f"{path}: the roster cannot be opened ({error.strerror or error})."
        raise WorkbookReadError("roster", str(path), message) from error
    if data.startswith((b"PK", b"\xd0\xcf")):
        return _from_workbook(path, data)
    text = _decoded(data)
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    return [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if any(row)]


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _from_workbook(path: Path, data: bytes) -> Sequence[Sequence[str]]:
    with Sandbox(Limits()) as sandbox:
        try:
            sheets = sandbox.load(data).sheets
        except Refused as refused:
            message = f"{path}: the roster cannot be read ({refused.code})."
            raise WorkbookReadError("roster", str(path), message) from refused
    rows = sheets[0].rows if sheets else []
    return [[as_text(value) for value in row] for row in rows if any(v != "" for v in row)]


def _file_name(profile: Profile, taken: set[str]) -> str:
    """Return a name that every file system takes, and no other row has."""
    parts = (profile.organisation, profile.team, profile.respondent)
    base = "-".join(filter(None, map(_slug, parts)))[:80].rstrip("-") or "workbook"
    name, number = base, 2
    while name in taken:
        name, number = f"{base}-{number}", number + 1
    taken.add(name)
    return f"{name}.xlsx"


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")
