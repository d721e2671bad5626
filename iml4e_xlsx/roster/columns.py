"""What a roster's headings mean: by any of their names, or not at all."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from iml4e_xlsx.errors import RosterError
from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.finding import Finding
from iml4e_xlsx.model import OPTIONAL_FIELDS, PROFILE_FIELDS, ROSTER_FIELDS
from iml4e_xlsx.roster.roster_table import Row, Table
from iml4e_xlsx.workbook.cells import column_letters

NAME, MAIL, TARGET, LANGUAGE = "respondent", "mail", "target", "language"

_PROFILE_HEADINGS: Final = {
    field.name: field.headings for field in PROFILE_FIELDS if field.headings
}
_REQUIRED: Final = [name for name in ROSTER_FIELDS if name not in OPTIONAL_FIELDS]

ALIASES: Final = {
    NAME: _PROFILE_HEADINGS[NAME],
    MAIL: ("mail", "email", "mailaddress", "emailaddress", "mailadresse", "emailadresse"),
    **{name: _PROFILE_HEADINGS[name] for name in _REQUIRED},
    LANGUAGE: ("language", "sprache"),
    TARGET: ("target", "ziel"),
    **_PROFILE_HEADINGS,  # the optional ones come last
}
"""The names of each column, the one for people first, without what `_squashed` takes away."""

COLUMNS: Final = tuple(ALIASES)
HEADINGS: Final = tuple(names[0] for names in ALIASES.values())
"""The columns as people are told them, in the order of the templates."""

_SQUASHED_AWAY: Final = re.compile(r"[\s\-‐‑_.:*]+")
_NEARLY: Final = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """One column: where it stands, what it is called, and which one it is, if a known one."""

    col: int
    text: str
    column: str | None


def read_headings(
    table: Table, make: FindingCatalogue, required: Sequence[str]
) -> tuple[dict[int, Heading], list[Finding]]:
    """
    Return the columns that have a heading, and what is wrong with the headings.

    Raises:
        RosterError: If the first row is none of headings, so that nothing can be told.
    """
    first = table.rows[0]
    headings = {
        col: Heading(col=col, text=entry.text, column=column_of(entry.text))
        for col, entry in enumerate(first.entries)
        if entry.text
    }
    if not any(heading.column for heading in headings.values()):
        found = ", ".join(heading.text for heading in headings.values())
        at = table.place(first.number)
        raise RosterError([make.roster_no_heading(at, found, ", ".join(HEADINGS))])
    wrong = [
        *_twice(table, first, headings, make),
        *_absent(table, first, headings, make, required),
    ]
    return headings, [finding for _, finding in sorted(wrong, key=lambda one: one[0])]


def column_of(text: str) -> str | None:
    """Return the column that a heading names, if it is one that is known."""
    return _KNOWN.get(_squashed(text))


def places_of(headings: Mapping[int, Heading]) -> dict[str, int]:
    """Return where each known column stands: the first of its name."""
    places: dict[str, int] = {}
    for col, heading in headings.items():
        if heading.column is not None:
            places.setdefault(heading.column, col)
    return places


def label_of(headings: Mapping[int, Heading], col: int) -> str:
    """Return what a column is called: its heading, or its letter where it has none."""
    return headings[col].text if col in headings else column_letters(col)


def _squashed(text: str) -> str:
    """Return a heading as it is compared: no case, no white space, no marks in it."""
    return _SQUASHED_AWAY.sub("", unicodedata.normalize("NFKC", text).casefold())


_KNOWN: Final = {_squashed(name): column for column, names in ALIASES.items() for name in names}


def _twice(
    table: Table, row: Row, headings: Mapping[int, Heading], make: FindingCatalogue
) -> list[tuple[int, Finding]]:
    findings = []
    first: dict[str, str] = {}
    for heading in headings.values():
        key = heading.column or _squashed(heading.text)
        if key in first:
            at = table.place(row.number, heading.text)
            finding = make.roster_column_twice(at, heading.text, first[key])
            findings.append((heading.col, finding))
        first.setdefault(key, heading.text)
    return findings


def _absent(
    table: Table,
    row: Row,
    headings: Mapping[int, Heading],
    make: FindingCatalogue,
    required: Sequence[str],
) -> list[tuple[int, Finding]]:
    """Report columns that are not there: under a name that is nearly theirs, or at all."""
    findings = []
    absent = [
        column
        for column in COLUMNS
        if column not in {heading.column for heading in headings.values()}
    ]
    for heading in headings.values():
        meant = None if heading.column else _meant(heading.text, absent)
        if meant is not None:
            absent.remove(meant)
            at = table.place(row.number, heading.text)
            finding = make.roster_column_misspelt(at, heading.text, ALIASES[meant][0])
            findings.append((heading.col, finding))
    for column in required:
        if column in absent:
            at = table.place(row.number)
            finding = make.roster_column_missing(at, ALIASES[column][0])
            findings.append((len(row.entries), finding))
    return findings


def _meant(text: str, absent: Sequence[str]) -> str | None:
    """Return the absent column that a heading nearly names, the nearest first."""
    heading = _squashed(text)
    near = [
        (SequenceMatcher(None, heading, name).ratio(), column)
        for column in absent
        for name in map(_squashed, ALIASES[column])
        if _is_near(heading, name)
    ]
    return max(near)[1] if near else None


def _is_near(heading: str, name: str) -> bool:
    """Return whether letters differ, or two were exchanged, as typing does."""
    exchanged = heading[:1] == name[:1] and sorted(heading) == sorted(name)
    return exchanged or SequenceMatcher(None, heading, name).ratio() >= _NEARLY
