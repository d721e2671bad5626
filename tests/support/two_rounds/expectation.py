"""Reads the tables of people: what each does, and where a careful human would see them end."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from iml4e_xlsx.model import RatingValue, Scheme

_OPTIONS: Final = 4
"""How many ratings there are: 0 to 3."""
_DIGITS: Final = 4
_VERSIONS: Final = 3


@dataclass(frozen=True, kw_only=True)
class Deed:
    """Something that a person does, or that happens to them, on a day of the round."""

    day: int
    name: str
    other: str = ""
    """The local part of the address of somebody else who has to do with it."""


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """
    A person, and what the round is to know of them at its end.

    `counts` says which of the person's own answers counts: its number, `half` for one that is half
    filled in, or nothing. `mails` are the kinds of all mails to them, in their order.
    """

    number: int
    name: str
    mail: str
    team: str
    deeds: tuple[Deed, ...]
    stage: str
    counts: str
    matched: str
    oddities: tuple[str, ...]
    letters: tuple[str, ...]
    mails: tuple[str, ...]

    def ratings(self, scheme: Scheme, version: int = 1) -> dict[str, RatingValue]:
        """Return the ratings of an answer, which are nobody else's and of no other version."""
        code = self.number * _VERSIONS + version
        ratings: dict[str, RatingValue] = dict.fromkeys(scheme.statements, code % _OPTIONS)
        for place, id_ in enumerate([*scheme.statements][:_DIGITS]):
            ratings[id_] = code // _OPTIONS**place % _OPTIONS
        return ratings

    def half_of_ratings(self, scheme: Scheme) -> dict[str, RatingValue]:
        """Return the ratings of every second statement."""
        return dict([*self.ratings(scheme).items()][::2])

    def name_answer(self, scheme: Scheme, given: Mapping[str, RatingValue | None]) -> str:
        """Return which of the person's answers these ratings are; `other` for none of them."""
        rated = {id_: rating for id_, rating in given.items() if rating is not None}
        if rated == self.half_of_ratings(scheme):
            return "half"
        versions = range(1, _VERSIONS)
        own = (str(one) for one in versions if rated == self.ratings(scheme, one))
        return next(own, "other")


def read_expectations(path: Path, first: int = 0) -> tuple[Expectation, ...]:
    """Read a table; `first` is the number of its first person, whose ratings follow from it."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return tuple(_read_row(row, number) for number, row in enumerate(rows, first))


def _read_row(row: Mapping[str, str], number: int) -> Expectation:
    mail = row["mail"] if "@" in row["mail"] else f"{row['mail']}@example.org"
    return Expectation(
        number=number,
        name=row["name"],
        mail=mail,
        team=row["team"],
        deeds=tuple(_read_deed(text) for text in row["deeds"].split()),
        stage=row["stage"],
        counts=row["counts"],
        matched=row["matched"],
        oddities=tuple(row["oddities"].split()),
        letters=tuple(row["letters"].split()),
        mails=tuple(row["mails"].split()),
    )


def _read_deed(text: str) -> Deed:
    day, name, *others = text.split(":")
    return Deed(day=int(day), name=name, other=f"{others[0]}@example.org" if others else "")


def find_person(people: Sequence[Expectation], mail: str) -> Expectation:
    """Return the person with an address."""
    return next(one for one in people if one.mail == mail)
