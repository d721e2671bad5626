"""Reads a roster: every row as a person who gets a workbook, or all that is wrong at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import overload

from iml4e_xlsx.errors import RosterError
from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.finding import Finding
from iml4e_xlsx.model import ROSTER_FIELDS, Profile, Scheme
from iml4e_xlsx.roster.columns import COLUMNS, MAIL, RosterColumn
from iml4e_xlsx.roster.file_names import file_names
from iml4e_xlsx.roster.headings import column_positions, read_headings
from iml4e_xlsx.roster.mail_address import load_address_check
from iml4e_xlsx.roster.roster_table import (
    MOST_ROWS,
    RosterTable,
    list_doubtful_values,
    read_table,
)
from iml4e_xlsx.roster.row_checks import RosterPerson, RowChecker
from iml4e_xlsx.roster.text_encoding import Certainty
from iml4e_xlsx.text.interface_texts import scheme_texts


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterRow:
    """
    One workbook to make, and the person it is for.

    `row` is the row's number as a spreadsheet program shows it, `mail` the address as written,
    `address` the same as mail servers take it: its domain in ASCII; empty where addresses were
    not asked for. `part` is the form or part of the scheme that the row asks for, empty for all of
    it; None if it says nothing of that. `extra` maps the headings of all
    other columns to this row's texts.
    """

    profile: Profile
    targets: dict[str, int]
    file_name: str
    row: int
    mail: str = ""
    address: str = ""
    language: str = ""
    part: str | None = None
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster(Sequence[RosterRow]):
    """The rows of a roster that can be used, and what is doubtful about it."""

    rows: tuple[RosterRow, ...]
    findings: tuple[Finding, ...] = ()

    @overload
    def __getitem__(self, index: int) -> RosterRow: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[RosterRow, ...]: ...

    def __getitem__(self, index: int | slice) -> RosterRow | tuple[RosterRow, ...]:
        """Return a row by its place among the rows."""
        return self.rows[index]

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self.rows)


def read_roster(
    path: Path,
    scheme: Scheme,
    *,
    mails: bool = False,
    languages: Sequence[str] = (),
    columns: Sequence[RosterColumn] = COLUMNS,
    defaults: Profile | None = None,
    language: str = "",
) -> Roster:
    """
    Read a roster: a sequence of its rows, whose `findings` name what is doubtful.

    Args:
        path: A table as CSV, or a workbook whose first visible sheet is the table.
        scheme: The scheme whose areas and levels are targets.
        mails: Whether people are to be written to: each must have a name and an address then.
        languages: The languages that a row may ask for; any where there are none.
        columns: The columns that a heading may name.
        defaults: The values of the profile that the caller uses where a row has none: two rows
            that are one person once they are filled in are refused.
        language: The language of people whose row names none, by which files are named.

    Raises:
        ResourceError: If addresses are to be checked and email-validator is not installed.
        RosterError: With every mistake, by row and column.
    """
    catalogue = FindingCatalogue(scheme_texts(scheme))
    check_address = load_address_check() if mails else None
    table = read_table(path, catalogue)
    mistakes, doubts = _sort_doubts(table, catalogue, is_mailed=mails)
    try:
        _check_length(table, catalogue)
        headings, findings = read_headings(table, catalogue, columns, is_mailed=mails)
        checker = RowChecker(
            table=table,
            headings=headings,
            positions=column_positions(headings),
            scheme=scheme,
            catalogue=catalogue,
            languages=languages,
            defaults=defaults or Profile(),
            check_address=check_address,
        )
        people = _check_rows(checker, (*mistakes, *findings))
    except RosterError as error:
        # What was left out may be the reason, as where the headings are hidden.
        raise RosterError([*error.findings, *doubts]) from None
    return Roster(rows=_make_rows(people, language), findings=doubts)


def _check_rows(checker: RowChecker, findings: Sequence[Finding]) -> list[RosterPerson]:
    """Return the people of all rows; RosterError for anything wrong with them or before them."""
    table = checker.table
    people = [person for line in table.lines[1:] if (person := checker.check_row(line)) is not None]
    if not people:
        findings = (*findings, checker.catalogue.roster_empty(table.make_place()))
    checker.mistakes.sort(key=lambda mistake: mistake[:2])
    findings = (*findings, *(finding for *_, finding in checker.mistakes))
    if findings:
        raise RosterError(findings)
    return people


def _sort_doubts(
    table: RosterTable, catalogue: FindingCatalogue, *, is_mailed: bool
) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """Return what is too doubtful to be used, and what only has to be said."""
    if table.doubt is None:
        return (), table.findings
    place, values = table.make_place(table.doubt.row), list_doubtful_values(table.doubt)
    # A workbook with a wrong name can be made again; a mail to "Bjšrn" cannot be taken back.
    if is_mailed and table.doubt.certainty is Certainty.UNSURE:
        return (catalogue.roster_encoding_unknown(place, values),), ()
    return (), (catalogue.roster_encoding_assumed(place, values),)


def _check_length(table: RosterTable, catalogue: FindingCatalogue) -> None:
    if not table.lines:
        raise RosterError([catalogue.roster_empty(table.make_place())])
    if len(table.lines) - 1 > MOST_ROWS:
        raise RosterError([catalogue.roster_too_many_rows(table.make_place(), MOST_ROWS)])


def _make_rows(people: Sequence[RosterPerson], language: str) -> tuple[RosterRow, ...]:
    profiles = [
        Profile(**{name: person.values.get(name, "") for name in ROSTER_FIELDS})
        for person in people
    ]
    names = file_names(profiles, [person.language or language for person in people])
    return tuple(
        RosterRow(
            profile=profile,
            targets=dict(person.targets),
            file_name=file_name,
            row=person.row,
            mail=person.values.get(MAIL, ""),
            address=person.address,
            language=person.language,
            part=person.part,
            extra=person.extra,
        )
        for person, profile, file_name in zip(people, profiles, names, strict=True)
    )
