"""Goes through a roster's rows and notes whatever is wrong with any of their values."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.finding import Finding, Place
from iml4e_xlsx.model import PROFILE_LIMIT, ROSTER_FIELDS, Scheme
from iml4e_xlsx.roster.columns import LANGUAGE, MAIL, NAME, TARGET, Heading, label_of
from iml4e_xlsx.roster.mail_address import BadMail, MailFault
from iml4e_xlsx.roster.roster_table import Entry, Kind, Row, Table
from iml4e_xlsx.roster.targets import (
    TargetFault,
    WrongTarget,
    known_areas,
    known_levels,
    written_targets,
)
from iml4e_xlsx.text.addresses import address_key
from iml4e_xlsx.text.spelling import name_key

_BIDI: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_STEERING: Final = ("Cc", "Zl", "Zp")
"""Categories of characters that end a line, or steer a terminal or a mail's head."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One row's values by column, empty where nothing legible stands, and what they mean."""

    row: int
    values: Mapping[str, str]
    extra: Mapping[str, str]
    targets: Mapping[str, int]
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Checker:
    """
    Checks rows one after another; `found` grows by row, column and finding.

    `headings` has what stands in which column, `columns` where each known one stands.
    `address_of` is there where people are to be written to: then names and addresses must be.
    """

    table: Table
    headings: Mapping[int, Heading]
    columns: Mapping[str, int]
    scheme: Scheme
    make: FindingCatalogue
    languages: Sequence[str]
    address_of: Callable[[str], str] | None
    found: list[tuple[int, int, Finding]] = field(default_factory=list)
    first_mails: dict[str, int] = field(default_factory=dict)
    first_names: dict[tuple[str, ...], int] = field(default_factory=dict)

    def person(self, row: Row) -> Person | None:
        """Return what a row says; None for one that says nothing of a person."""
        columns = self.columns
        entries = dict(enumerate(row.entries))
        given = [col for col in columns.values() if entries.get(col, Entry()).given]
        if not given and self.address_of is None:
            return None
        texts = {
            col: entry.text
            for col, entry in entries.items()
            if entry.given and self._is_legible(row.number, col, entry)
        }
        doubtful = {col for col, entry in entries.items() if entry.given} - texts.keys()
        values = {column: texts.get(col, "") for column, col in columns.items()}
        address = ""
        if self.address_of is not None:
            self._require_name(row.number, values, doubtful)
            if MAIL in columns and columns[MAIL] not in doubtful:
                address = self._address(row.number, values[MAIL], self.address_of)
        return Person(
            row=row.number,
            values={**values, LANGUAGE: self._language(row.number, values.get(LANGUAGE, ""))},
            extra={
                heading.text: texts.get(col, "")
                for col, heading in self.headings.items()
                if heading.column is None
            },
            targets=self._targets(row.number, values.get(TARGET, "")),
            address=address,
        )

    def _note(self, row: int, col: int, make: Callable[[Place], Finding]) -> None:
        at = self.table.place(row, label_of(self.headings, col))
        self.found.append((row, col, make(at)))

    def _is_legible(self, row: int, col: int, entry: Entry) -> bool:
        """Return whether a cell holds text that can be used; note why, if not."""
        make, text = self.make, entry.text
        heading = self.headings.get(col)
        if heading is None:
            self._note(row, col, lambda at: make.roster_outside(at, text))
            return False
        known = heading.column is not None
        steering = None if text.isprintable() else next(filter(_steers, text), None)
        if entry.kind is Kind.ERROR:
            self._note(row, col, lambda at: make.roster_cell_error(at, text))
        elif entry.kind is Kind.FORMULA:
            self._note(row, col, make.roster_cell_formula)
        elif entry.kind is Kind.DATE and known:
            self._note(row, col, lambda at: make.roster_cell_date(at, text))
        elif entry.kind is Kind.TRUTH and known:
            self._note(row, col, lambda at: make.roster_cell_truth(at, text))
        elif entry.kind is Kind.NUMBER and heading.column == MAIL and self.address_of:
            self._note(row, col, lambda at: make.roster_mail_number(at, text))
        elif steering is not None:
            code = f"U+{ord(steering):04X}"
            self._note(row, col, lambda at: make.roster_control_character(at, text, code))
        elif heading.column in ROSTER_FIELDS and len(text) > PROFILE_LIMIT:
            length = len(text)
            self._note(row, col, lambda at: make.roster_text_too_long(at, length, PROFILE_LIMIT))
        else:
            return True
        return False

    def _require_name(self, row: int, values: Mapping[str, str], doubtful: set[int]) -> None:
        """Note a person without a name, or with that of another one in the same team."""
        col = self.columns.get(NAME)
        if col is None or col in doubtful:
            return
        name = values[NAME]
        if not name:
            self._note(row, col, self.make.roster_name_missing)
            return
        key = tuple(name_key(values.get(part, "")) for part in ("organisation", "team", NAME))
        first = self.first_names.setdefault(key, row)
        if first != row:
            self._note(row, col, lambda at: self.make.roster_name_twice(at, name, first))

    def _address(self, row: int, mail: str, address_of: Callable[[str], str]) -> str:
        """Return an address as mail servers take it, or empty text with a note of why not."""
        col, make = self.columns[MAIL], self.make
        if not mail:
            self._note(row, col, make.roster_mail_missing)
            return ""
        try:
            address = address_of(mail)
        except BadMail as bad:
            self._note(row, col, self._bad_mail(mail, bad))
            return ""
        first = self.first_mails.setdefault(address_key(address), row)
        if first != row:
            self._note(row, col, lambda at: make.roster_mail_twice(at, mail, first))
        return address

    def _bad_mail(self, mail: str, bad: BadMail) -> Callable[[Place], Finding]:
        make = self.make
        if bad.fault is MailFault.SEVERAL:
            return lambda at: make.roster_mail_several(at, mail)
        if bad.fault is MailFault.DRESSED:
            return lambda at: make.roster_mail_dressed(at, mail)
        reason = make.texts(f"mail_reason.{bad.reason}")
        return lambda at: make.roster_mail_malformed(at, mail, reason)

    def _language(self, row: int, text: str) -> str:
        """Return a language as it is known; note one that is not."""
        known = {language.casefold(): language for language in self.languages}
        if not text or not known:
            return text
        if text.casefold() not in known:
            named = ", ".join(self.languages)
            col = self.columns[LANGUAGE]
            self._note(row, col, lambda at: self.make.roster_language_unknown(at, text, named))
        return known.get(text.casefold(), "")

    def _targets(self, row: int, text: str) -> dict[str, int]:
        """Return the targets by area; note each that cannot be used."""
        targets, wrong = written_targets(text, self.scheme)
        for one in wrong:
            self._note(row, self.columns[TARGET], self._wrong_target(one))
        return targets

    def _wrong_target(self, wrong: WrongTarget) -> Callable[[Place], Finding]:
        make, scheme = self.make, self.scheme
        if wrong.fault is TargetFault.LEVEL:
            return lambda at: make.roster_target_level(at, wrong.found, known_levels(scheme))
        if wrong.fault is TargetFault.AREA:
            return lambda at: make.roster_target_area(at, wrong.found, known_areas(scheme))
        return lambda at: make.roster_target_twice(at, wrong.found)


def _steers(character: str) -> bool:
    return unicodedata.category(character) in _STEERING or character in _BIDI
