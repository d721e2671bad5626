"""Reads a roster: every row as a person who gets a workbook, or all that is wrong at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from iml4e_xlsx.errors import RosterError
from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.finding import Finding
from iml4e_xlsx.model import PROFILE_NAMES, Profile, Scheme
from iml4e_xlsx.roster.columns import LANGUAGE, MAIL, NAME, places_of, read_headings
from iml4e_xlsx.roster.file_names import file_names
from iml4e_xlsx.roster.mail_address import mail_checker
from iml4e_xlsx.roster.roster_table import MOST_ROWS, Table, read_table
from iml4e_xlsx.roster.row_checks import Checker, Person
from iml4e_xlsx.text.interface_texts import scheme_texts


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterRow:
    """
    One workbook to make, and whom it is for.

    `row` is the row's number as a spreadsheet program shows it, `mail` the address as written,
    `address` the same as mail servers take it: its domain in ASCII; empty where addresses were
    not asked for. `extra` maps the headings of unknown columns to this row's texts.
    """

    profile: Profile
    targets: dict[str, int]
    file_name: str
    row: int
    mail: str = ""
    address: str = ""
    language: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)


def read_roster(
    path: Path, scheme: Scheme, *, mails: bool = False, languages: Sequence[str] = ()
) -> tuple[RosterRow, ...]:
    """
    Read a roster.

    Args:
        path: A table as CSV, or a workbook whose first sheet is the table.
        scheme: The scheme whose areas and levels are targets.
        mails: Whether people are to be written to: each must have a name and an address then.
        languages: The languages that a row may ask for; any where there are none.

    Raises:
        ResourceError: If addresses are to be checked and email-validator is not installed.
        RosterError: With every mistake, by row and column.
    """
    make = FindingCatalogue(scheme_texts(scheme))
    address_of = mail_checker() if mails else None
    table = read_table(path, make)
    if not table.rows:
        raise RosterError([make.roster_empty(table.place())])
    headings, wrong = read_headings(table, make, (NAME, MAIL) if mails else ())
    _check_length(table, make)
    checker = Checker(
        table=table,
        headings=headings,
        columns=places_of(headings),
        scheme=scheme,
        make=make,
        languages=languages,
        address_of=address_of,
    )
    people = [person for row in table.rows[1:] if (person := checker.person(row)) is not None]
    if not people:
        wrong = [*wrong, make.roster_empty(table.place())]
    checker.found.sort(key=lambda one: one[:2])
    _refuse([*wrong, *(finding for _, _, finding in checker.found)])
    return _rows(people)


def _check_length(table: Table, make: FindingCatalogue) -> None:
    count = len(table.rows) - 1
    if count > MOST_ROWS:
        raise RosterError([make.roster_too_many_rows(table.place(), count, MOST_ROWS)])


def _refuse(findings: Sequence[Finding]) -> None:
    """Raise RosterError if there are findings."""
    if findings:
        raise RosterError(findings)


def _rows(people: Sequence[Person]) -> tuple[RosterRow, ...]:
    profiles = [
        Profile(**{name: person.values.get(name, "") for name in PROFILE_NAMES if name != "date"})
        for person in people
    ]
    return tuple(
        RosterRow(
            profile=profile,
            targets=dict(person.targets),
            file_name=name,
            row=person.row,
            mail=person.values.get(MAIL, ""),
            address=person.address,
            language=person.values[LANGUAGE],
            extra=person.extra,
        )
        for person, profile, name in zip(people, profiles, file_names(profiles), strict=True)
    )
