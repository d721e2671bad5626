"""
Defines the columns of a roster: one table, which the reader, the checks and the templates follow.

To add an optional column, add an entry to `COLUMNS` and its texts to `roster.yaml`: mail texts have
its value as `extra["<first heading>"]`, like that of people's own columns. A field of the profile
gets its column from `model.PROFILE_FIELDS`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from iml4e_xlsx.model import OPTIONAL_FIELDS, PROFILE_FIELDS, PROFILE_LIMIT
from iml4e_xlsx.roster.mail_address import split_addresses
from iml4e_xlsx.text.addresses import ascii_address

NAME: Final = "respondent"
MAIL: Final = "mail"
LANGUAGE: Final = "language"
TARGET: Final = "target"
ROLE: Final = "role"
AREAS: Final = "areas"
STATEMENTS: Final = "statements"
FORM: Final = "form"
COPIES: Final = "cc"

_IGNORED: Final = re.compile(r"[\s\-‐‑_.:*]+")
"""White space and marks that make no difference in a heading: `E-Mail:` is `email`."""


class ColumnContent(Enum):
    """The content of a column: it decides what is accepted and how a template helps."""

    TEXT = auto()  #: Text up to a limit.
    ADDRESS = auto()  #: One mail address.
    COPIES = auto()  #: Mail addresses, any number of them.
    LANGUAGE = auto()  #: A language of the assessment.
    TARGETS = auto()  #: Levels, for all areas or for some.
    PART = auto()  #: What the person is asked for: areas, statements or a form.


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterColumn:
    """
    One column of a roster.

    Attributes:
        name: The id of the column; that of a profile field where the column fills one.
        headings: The headings by which the column is recognised; templates use the first.
        width: The width of the column in a template, in characters.
        content: The content of its cells.
        limit: How many characters a text may have.
        is_required: Whether everybody must have a value where people are to be written to.
    """

    name: str
    headings: tuple[str, ...]
    width: float
    content: ColumnContent = ColumnContent.TEXT
    limit: int = PROFILE_LIMIT
    is_required: bool = False

    @property
    def heading(self) -> str:
        """Return the heading that people are shown."""
        return self.headings[0]

    @property
    def meaning_key(self) -> str:
        """Return the key of the text that says what to enter."""
        return f"roster_column.{self.heading}"

    @property
    def example_key(self) -> str:
        """Return the key of the text that is an example of a value."""
        return f"roster_example.{self.heading}"


_PROFILE_WIDTHS: Final = {NAME: 26, "organisation": 24, "team": 24, "role": 22, "size": 14}
_USUAL_WIDTH: Final = 18
_LONGEST_PART: Final = 1000

_PROFILE_COLUMNS: Final = tuple(
    RosterColumn(
        name=field.name,
        headings=field.headings,
        width=_PROFILE_WIDTHS.get(field.name, _USUAL_WIDTH),
        limit=field.limit,
        is_required=field.name == NAME,
    )
    for field in PROFILE_FIELDS
    if field.headings
)
"""A column for each profile field that a roster may fill."""

COLUMNS: Final = (
    *(column for column in _PROFILE_COLUMNS if column.name == NAME),
    RosterColumn(
        name=MAIL,
        headings=("mail", "email", "mailaddress", "emailaddress", "mailadresse", "emailadresse"),
        width=34,
        content=ColumnContent.ADDRESS,
        is_required=True,
    ),
    *(column for column in _PROFILE_COLUMNS if column.name not in {NAME, *OPTIONAL_FIELDS}),
    RosterColumn(
        name=LANGUAGE,
        headings=("language", "sprache"),
        width=15,
        content=ColumnContent.LANGUAGE,
    ),
    RosterColumn(name=TARGET, headings=("target", "ziel"), width=18, content=ColumnContent.TARGETS),
    *(column for column in _PROFILE_COLUMNS if column.name in OPTIONAL_FIELDS),
    *(
        RosterColumn(
            name=name,
            headings=(name, other),
            width=_USUAL_WIDTH,
            content=ColumnContent.PART,
            limit=_LONGEST_PART,
        )
        for name, other in ((AREAS, "bereiche"), (STATEMENTS, "aussagen"), (FORM, "fragebogen"))
    ),
    RosterColumn(
        name=COPIES,
        headings=("cc", "kopiean"),
        width=26,
        content=ColumnContent.COPIES,
        limit=_LONGEST_PART,
    ),
)
"""The columns in the order of the templates; a roster may have them in any order."""


def list_copies(extra: Mapping[str, str]) -> list[str]:
    """Return the addresses that get copies, as mail servers take them, by a row's extra values."""
    return [ascii_address(address) for address in split_addresses(extra.get(COPIES, ""))]


def heading_key(text: str) -> str:
    """Return a heading as headings are compared: without case, white space and marks."""
    return _IGNORED.sub("", unicodedata.normalize("NFKC", text).casefold())


def index_columns(columns: Iterable[RosterColumn]) -> Mapping[str, RosterColumn]:
    """Return columns by the keys of all their headings."""
    return {heading_key(heading): column for column in columns for heading in column.headings}


def find_column(text: str, columns: Sequence[RosterColumn] = COLUMNS) -> RosterColumn | None:
    """Return the column that a heading names; None for a column of the user's own."""
    return index_columns(columns).get(heading_key(text))
