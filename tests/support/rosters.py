"""Rosters for tests: people, tables of either format, and every kind of mistake in a cell."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
import pytest

from iml4e_xlsx.errors import RosterError
from iml4e_xlsx.findings.finding import Finding
from iml4e_xlsx.model import Scheme
from iml4e_xlsx.roster import Roster, read_roster
from iml4e_xlsx.roster.columns import COLUMNS, RosterColumn
from iml4e_xlsx.roster.mail_address import AddressFault

HEADINGS = [column.heading for column in COLUMNS]


def make_row(**values: str) -> list[str]:
    """Return a row in the order of the headings, with an empty cell where no value is named."""
    return [values.get(heading, "") for heading in HEADINGS]


_TEAM = {"organisation": "Org", "team": "Red", "role": "analyst"}
ANN = make_row(name="Ann", mail="ann@example.org", language="en", target="3", **_TEAM)
BEN = make_row(name="Ben", mail="ben@example.org", **_TEAM)
TABLE_FORMATS = ("csv", "xlsx")
LANGUAGES = ("en", "de")


class CellMistake(NamedTuple):
    """A row with one mistake: its code, the column it stands in, and the value there."""

    code: str
    column: str
    value: object


WRONG_VALUES = [
    CellMistake("roster-name-missing", "name", ""),
    CellMistake("roster-name-twice", "name", " ANN "),
    CellMistake("roster-mail-missing", "mail", ""),
    CellMistake("roster-mail-several", "mail", "b@example.org; c@example.org"),
    CellMistake("roster-mail-dressed", "mail", "Ben <ben@example.org>"),
    CellMistake("roster-mail-dressed", "mail", "mailto:ben@example.org"),
    CellMistake("roster-mail-malformed", "mail", "ben"),
    CellMistake("roster-mail-twice", "mail", "ANN@Example.ORG"),
    CellMistake("roster-language-unknown", "language", "fr"),
    CellMistake("roster-target-level", "target", "9"),
    CellMistake("roster-target-area", "target", "XX=1"),
    CellMistake("roster-target-twice", "target", "DG=1 DG=2"),
    CellMistake("roster-control-character", "role", "a\nBcc: all@example.org"),
    CellMistake("roster-letters-lost", "name", "?ukasz Wi?niewski"),
    CellMistake("roster-letters-lost", "name", "V?ra"),
    CellMistake("roster-letters-lost", "organisation", "Ça?la"),
    CellMistake("roster-letters-lost", "role", "Pr\N{REPLACEMENT CHARACTER}fer"),
    CellMistake("roster-control-character", "mail", "ben\n@example.org"),
    CellMistake("roster-control-character", "name", "Be\u202en"),
    CellMistake("roster-control-character", "team", "Re\u2028d"),
    CellMistake("roster-text-too-long", "organisation", "x" * 121),
    CellMistake("roster-cell-error", "size", "#REF!"),
]


WRONG_KINDS = [
    CellMistake("roster-cell-formula", "name", '="B"&"en"'),
    CellMistake("roster-cell-date", "size", date(2049, 10, 1)),
    CellMistake("roster-cell-truth", "role", True),  # noqa: FBT003
    CellMistake("roster-mail-number", "mail", 42),
]


MALFORMED_ADDRESSES = {
    AddressFault.NO_AT: "ben.example.org",
    AddressFault.TWO_AT: "ben@@example.org",
    AddressFault.NO_LOCAL: "@example.org",
    AddressFault.NO_DOMAIN: "ben@",
    AddressFault.SPACE: "ben ny@example.org",
    AddressFault.TRAILING_DOT: "ben@example.org.",
    AddressFault.TRAILING_MARK: "ben@example.org;",
    AddressFault.COMMA: "ben@example,org",
    AddressFault.DOUBLE_DOT: "ben@example..org",
    AddressFault.EDGE_DOT: ".ben@example.org",
    AddressFault.NOT_ASCII: "bén@example.org",
    AddressFault.TOO_LONG: "b@" + "x." * 130 + "org",
    AddressFault.NO_DOT: "ben@example",
    AddressFault.SYNTAX: "ben@exam!ple.org",
}


def write_table(folder: Path, kind: str, rows: Sequence[Sequence[object]]) -> Path:
    """Write a table as CSV, or as a workbook with the sheet Staff."""
    path = folder / f"roster.{kind}"
    if kind == "csv":
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows(rows)
        return path
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.title = "Staff"
    for number, row in enumerate(rows, start=1):
        for col, value in enumerate(row, start=1):
            sheet.cell(number, col).value = value if value != "" else None
    book.save(path)
    return path


def change_row(row: Sequence[str], **values: object) -> list[object]:
    """Return a row with other values under some headings."""
    return [values.get(heading, value) for heading, value in zip(HEADINGS, row, strict=True)]


def read_mailed(path: Path, scheme: Scheme) -> Roster:
    """Read a roster of people who are to be written to."""
    return read_roster(path, scheme, mails=True, languages=LANGUAGES)


def roster_findings(
    path: Path,
    scheme: Scheme,
    columns: Sequence[RosterColumn] = COLUMNS,
    *,
    mails: bool = True,
) -> tuple[Finding, ...]:
    """Return what is wrong with a roster, by default of people who are to be written to."""
    with pytest.raises(RosterError) as caught:
        read_roster(path, scheme, mails=mails, languages=LANGUAGES, columns=columns)
    return caught.value.findings


def brief_findings(findings: Sequence[Finding]) -> list[tuple[str, int | None, str | None]]:
    """Return code, row and column of findings."""
    return [(finding.code, finding.place.row, finding.place.column) for finding in findings]


def type_people(path: Path, *people: Sequence[object]) -> Path:
    """Type people into a template, with the links that programs make of addresses."""
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    for number, person in enumerate(people, start=2):
        for col, value in enumerate(person, start=1):
            sheet.cell(number, col).value = value  # type: ignore[assignment]
        sheet.cell(number, 2).hyperlink = f"mailto:{person[1]}"
    book.save(path)
    return path
