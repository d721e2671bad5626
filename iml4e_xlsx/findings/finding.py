"""Defines a finding: one thing that is wrong or doubtful, where it stands, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, NamedTuple

from iml4e_xlsx.text.interface_texts import load_texts
from iml4e_xlsx.text.message import Value
from iml4e_xlsx.text.texts import Texts


class Severity(Enum):
    """The weight of a finding."""

    ERROR = "error"  #: An answer is lost, or nothing can be used.
    WARNING = "warning"  #: An answer may not be what was meant.
    NOTE = "note"  #: Everything was read; it is good to know.

    @property
    def rank(self) -> int:
        """Return the order for listing: errors first."""
        return _RANKS[self]


_RANKS: Final = {severity: rank for rank, severity in enumerate(Severity)}


class Place(NamedTuple):
    """
    The place of something: a file and, as far as it is certain, a sheet and cell, or a line.

    In a table, `row` is the row's number as its author sees it, `column` the column's heading.
    """

    source: str
    sheet: str | None = None
    cell: str | None = None
    line: int | None = None
    row: int | None = None
    column: str | None = None

    def describe(self, texts: Texts) -> str:
        """Return the place as a person reads it, outermost first."""
        parts = [
            texts(f"place.{name}", **{name: value})
            for name in ("line", "sheet", "cell", "row", "column")
            if (value := getattr(self, name)) is not None
        ]
        return ", ".join([self.source, *parts])

    def __str__(self) -> str:
        """Return the place in English."""
        return self.describe(load_texts())


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """
    One thing wrong or doubtful; only the catalogue of `iml4e_xlsx.findings` makes one.

    `values` are what its texts are filled in with, so that they can be said in another language.
    `subject` names the input that is not a statement's: `profile.date`, `target.DG`, `estimate.DG`.
    """

    severity: Severity
    code: str
    place: Place
    message: str
    found: str = ""
    expected: str = ""
    action: str = ""
    statement: str | None = None
    subject: str | None = None
    values: Mapping[str, Value] = field(default_factory=dict, compare=False, repr=False)

    def __str__(self) -> str:
        """Return the finding as one paragraph: the place, the mistake and the action."""
        return f"{self.place}: {self.message} {self.action}".rstrip()
