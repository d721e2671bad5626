"""Checks the rows of a roster and reports everything that is wrong with any of their values."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final, TypeAlias

from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.finding import Finding, Place
from iml4e_xlsx.model import ROSTER_FIELDS, Profile, Scheme
from iml4e_xlsx.roster.columns import (
    AREAS,
    COPIES,
    FORM,
    LANGUAGE,
    MAIL,
    NAME,
    STATEMENTS,
    TARGET,
    ColumnContent,
)
from iml4e_xlsx.roster.headings import RosterHeading, column_label
from iml4e_xlsx.roster.mail_address import AddressCheck, AddressError, AddressFault, split_addresses
from iml4e_xlsx.roster.parts import PartFault, PartMistake, read_part
from iml4e_xlsx.roster.roster_table import CellKind, RosterCell, RosterLine, RosterTable
from iml4e_xlsx.roster.targets import (
    TargetFault,
    TargetMistake,
    find_areas,
    list_areas,
    list_levels,
    read_targets,
)
from iml4e_xlsx.scheme.rules import list_nearest
from iml4e_xlsx.text.addresses import address_key
from iml4e_xlsx.text.lists import list_names
from iml4e_xlsx.text.message import message
from iml4e_xlsx.text.spelling import name_key

MakeFinding: TypeAlias = Callable[[Place], Finding]

_DIRECTION_MARKS: Final = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_STEERING_CATEGORIES: Final = ("Cc", "Zl", "Zp")
"""Categories of characters that end a line, or steer a terminal or a mail's head."""

_LOST_LETTERS: Final = re.compile(r"\?(?=\w)|\N{REPLACEMENT CHARACTER}")
"""What programs write for letters that an encoding lacks: no question ends within a word."""

_NAME_PARTS: Final = (NAME, "organisation", "team")
"""The values that must differ between two people, since they name a response."""

_USED_COLUMNS: Final = frozenset({*ROSTER_FIELDS, MAIL, LANGUAGE, TARGET, AREAS, STATEMENTS, FORM})
"""The columns that have a place of their own in a `RosterRow`; all others are extra."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterPerson:
    """One row's values by column, empty where nothing legible stands, and what they mean."""

    row: int
    values: Mapping[str, str]
    extra: Mapping[str, str]
    targets: Mapping[str, int]
    language: str
    address: str
    part: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RowChecker:
    """
    Checks rows one after another and collects what is wrong.

    Attributes:
        table: The roster.
        headings: The headings by position.
        positions: Where each column stands, by its name.
        scheme: The scheme whose areas and levels are targets.
        catalogue: The language of the findings.
        languages: The languages that a row may ask for; any where there are none.
        defaults: The values of the profile that fill in what a row leaves empty.
        check_address: The check of addresses where people are to be written to: then everybody
            must have a name and an address. None where nobody is written to.
        mistakes: The findings with their row and column; the list grows.
    """

    table: RosterTable
    headings: Mapping[int, RosterHeading]
    positions: Mapping[str, int]
    scheme: Scheme
    catalogue: FindingCatalogue
    languages: Sequence[str]
    defaults: Profile
    check_address: AddressCheck | None
    mistakes: list[tuple[int, int, Finding]] = field(default_factory=list)
    first_mails: dict[str, int] = field(default_factory=dict)
    first_names: dict[tuple[str, ...], int] = field(default_factory=dict)

    def check_row(self, line: RosterLine) -> RosterPerson | None:
        """Return the person of a row; None for one that says nothing of a person."""
        cells = {col: cell for col, cell in enumerate(line.cells) if cell.is_filled}
        # A row of notes alone is no person. Where people are written to it is reported all the
        # same: it may be the row of somebody whose name and address were lost.
        if self.check_address is None and not cells.keys() & set(self.positions.values()):
            return None
        texts = {
            col: cell.text
            for col, cell in cells.items()
            if self._check_cell(line.number, col, cell)
        }
        doubtful = cells.keys() - texts.keys()
        values = {name: texts.get(col, "") for name, col in self.positions.items()}
        address = ""
        self._check_name(line.number, values, doubtful)
        # A cell that was reported already would only be reported again, as missing.
        has_mail = MAIL in self.positions and self.positions[MAIL] not in doubtful
        if self.check_address is not None and has_mail:
            address = self._check_mail(line.number, values[MAIL], self.check_address)
            self._check_copies(line.number, values.get(COPIES, ""), self.check_address)
        return RosterPerson(
            row=line.number,
            values=values,
            extra=self._extra_values(texts),
            targets=self._check_targets(line.number, values.get(TARGET, "")),
            language=self._check_language(line.number, values.get(LANGUAGE, "")),
            address=address,
            part=self._check_part(line.number, values),
        )

    def _extra_values(self, texts: Mapping[int, str]) -> dict[str, str]:
        """Return the texts of columns without a place of their own, by the heading for people."""
        return {
            heading.column.heading if heading.column else heading.text: texts.get(col, "")
            for col, heading in self.headings.items()
            if heading.column is None or heading.column.name not in _USED_COLUMNS
        }

    def _report(self, row: int, col: int, make_finding: MakeFinding) -> None:
        place = self.table.make_place(row, column_label(self.headings, col))
        self.mistakes.append((row, col, make_finding(place)))

    def _check_cell(self, row: int, col: int, cell: RosterCell) -> bool:
        """Return whether a cell holds text that can be used; report why, if not."""
        heading = self.headings.get(col)
        make_finding = (
            self._find_kind_mistake(cell, heading) or self._find_text_mistake(cell.text, heading)
            if heading is not None
            # Nobody would ever see the value: nothing says what it is, and in CSV it shows that a
            # comma moved all values of the row.
            else lambda place: self.catalogue.roster_outside(place, cell.text)
        )
        if make_finding is not None:
            self._report(row, col, make_finding)
        return make_finding is None

    def _find_kind_mistake(self, cell: RosterCell, heading: RosterHeading) -> MakeFinding | None:
        """Return what is wrong with a cell by its kind."""
        catalogue, text, column = self.catalogue, cell.text, heading.column
        if cell.kind is CellKind.TEXT:
            return None
        if cell.kind is CellKind.FORMULA:
            return catalogue.roster_cell_formula
        if cell.kind is CellKind.FAULT:
            return catalogue.roster_cell_fault
        makers = {CellKind.ERROR: catalogue.roster_cell_error}
        # In the user's own columns dates and truth values are as good as any other value.
        if column is not None:
            makers[CellKind.DATE] = catalogue.roster_cell_date
            makers[CellKind.TRUTH] = catalogue.roster_cell_truth
        # A number elsewhere may be meant, as in a team called 7; an address never is a number.
        addresses = (ColumnContent.ADDRESS, ColumnContent.COPIES)
        if column is not None and column.content in addresses and self.check_address:
            makers[CellKind.NUMBER] = catalogue.roster_mail_number
        maker = makers.get(cell.kind)
        return None if maker is None else lambda place: maker(place, text)

    def _find_text_mistake(self, text: str, heading: RosterHeading) -> MakeFinding | None:
        """Return what is wrong with a text in any column: its characters, its length."""
        catalogue, column = self.catalogue, heading.column
        steering = None if text.isprintable() else next(filter(_is_steering, text), None)
        if steering is not None:
            code = f"U+{ord(steering):04X}"
            return lambda place: catalogue.roster_control_character(place, text, code)
        # Other contents have checks of their own, which say more than that it is too long.
        is_limited = column is not None and column.content is ColumnContent.TEXT
        if is_limited and _LOST_LETTERS.search(text):
            return lambda place: catalogue.roster_letters_lost(place, text)
        if column is not None and is_limited and len(text) > column.limit:
            length, limit = len(text), column.limit
            return lambda place: catalogue.roster_text_too_long(place, length, limit)
        return None

    def _check_name(self, row: int, values: Mapping[str, str], doubtful: set[int]) -> None:
        """Report a person without a name, or with that of another one in the same team."""
        col = self.positions.get(NAME, 0)
        # A cell that was reported already is reported once, and so is a column that is missing.
        if col in doubtful or (self.check_address is not None and NAME not in self.positions):
            return
        name, *others = (values.get(part) or self.defaults.values[part] for part in _NAME_PARTS)
        if not name:
            # Workbooks without names may be several for one team: who gets them says who it was.
            if self.check_address is not None:
                self._report(row, col, self.catalogue.roster_name_missing)
            return
        key = tuple(map(name_key, (name, *others)))
        first = self.first_names.setdefault(key, row)
        if first != row:
            self._report(
                row, col, lambda place: self.catalogue.roster_name_twice(place, name, first)
            )

    def _check_mail(self, row: int, mail: str, check_address: AddressCheck) -> str:
        """Return an address as mail servers take it; empty text if it cannot be used."""
        col, catalogue = self.positions[MAIL], self.catalogue
        if not mail:
            self._report(row, col, catalogue.roster_mail_missing)
            return ""
        try:
            address = check_address(mail)
        except AddressError as error:
            self._report(row, col, self._describe_address(mail, error.fault))
            return ""
        # Two people at one address could not be told apart by the sender of their answers.
        first = self.first_mails.setdefault(address_key(address), row)
        if first != row:
            self._report(row, col, lambda place: catalogue.roster_mail_twice(place, mail, first))
        return address

    def _check_copies(self, row: int, text: str, check_address: AddressCheck) -> None:
        """Report each address for copies that cannot be written to; many may share one."""
        for copy in split_addresses(text):
            try:
                check_address(copy)
            except AddressError as error:
                reason = message(f"mail_reason.{error.fault}")
                finding = partial(self.catalogue.roster_mail_malformed, value=copy, reason=reason)
                self._report(row, self.positions[COPIES], finding)

    def _describe_address(self, mail: str, fault: AddressFault) -> MakeFinding:
        catalogue = self.catalogue
        if fault is AddressFault.SEVERAL:
            return lambda place: catalogue.roster_mail_several(place, mail)
        if fault is AddressFault.DRESSED:
            return lambda place: catalogue.roster_mail_dressed(place, mail)
        reason = message(f"mail_reason.{fault}")
        return lambda place: catalogue.roster_mail_malformed(place, mail, reason)

    def _check_language(self, row: int, text: str) -> str:
        """Return a language as the assessment spells it; report one that it does not have."""
        spellings = {language.casefold(): language for language in self.languages}
        if not text or not spellings:
            return text
        if text.casefold() not in spellings:
            choices = list_names(self.languages, limit=len(self.languages))
            self._report(
                row,
                self.positions[LANGUAGE],
                lambda place: self.catalogue.roster_language_unknown(place, text, choices),
            )
        return spellings.get(text.casefold(), "")

    def _check_targets(self, row: int, text: str) -> dict[str, int]:
        """Return the targets by area; report each that cannot be used."""
        targets, mistakes = read_targets(text, self.scheme)
        for mistake in mistakes:
            self._report(row, self.positions[TARGET], self._describe_target(mistake))
        return targets

    def _check_part(self, row: int, values: Mapping[str, str]) -> str | None:
        """Return the form or part that a row asks for; report each entry that cannot be used."""
        part, mistakes = read_part(values, self.scheme)
        for mistake in mistakes:
            self._report(row, self.positions[mistake.column], self._describe_part(mistake))
        return part

    def _describe_part(self, mistake: PartMistake) -> MakeFinding:
        catalogue, scheme, text = self.catalogue, self.scheme, mistake.text
        if mistake.fault is PartFault.AREA:
            choices = list_areas(find_areas(text, scheme) or scheme.areas)
            return lambda place: catalogue.roster_area_unknown(place, text, choices)
        if mistake.fault is PartFault.STATEMENT:
            nearest = list_nearest(text, tuple(scheme.statements))
            return lambda place: catalogue.roster_statement_unknown(place, text, nearest)
        forms = tuple((scheme.whole or scheme).forms)
        if not forms:
            return lambda place: catalogue.roster_without_forms(place, text)
        named = list_names(forms, limit=len(forms))
        return lambda place: catalogue.roster_form_unknown(place, text, named)

    def _describe_target(self, mistake: TargetMistake) -> MakeFinding:
        catalogue, scheme, text = self.catalogue, self.scheme, mistake.text
        if mistake.fault is TargetFault.LEVEL:
            return lambda place: catalogue.roster_target_level(place, text, list_levels(scheme))
        if mistake.fault is TargetFault.AREA:
            return lambda place: catalogue.roster_target_area(place, text, list_areas(scheme.areas))
        return lambda place: catalogue.roster_target_twice(place, text)


def _is_steering(character: str) -> bool:
    return unicodedata.category(character) in _STEERING_CATEGORIES or character in _DIRECTION_MARKS
