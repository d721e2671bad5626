"""The facilitator of a round: writes the roster, runs the commands, and reads what they say."""

from __future__ import annotations

import csv
import json
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import openpyxl

from iml4e_xlsx.model import Scheme
from tests.support.campaigns import run
from tests.support.moving_clock import MovingClock
from tests.support.two_rounds.expectation import Expectation

_HEADINGS: Final = ("Name", "E-Mail-Adresse", "Organisation", "Team", "Rolle", "Sprache", "Ziel")
_USUAL: Final = frozenset("äöüßéóÄÖÜÉÓ")
_WITHOUT_PARTS: Final = {"Ł": "L", "ł": "l", "ı": "i", "ø": "o", "Ø": "O"}
Ending = tuple[str, str, str, tuple[str, ...], tuple[str, ...], tuple[str, ...]]
"""Stage, answer that counts, how its owner was found, oddities, letters that wait, mails."""


@dataclass(frozen=True)
class RosterRow:
    """A row of the roster, as a person types it."""

    name: str
    mail: str
    team: str
    language: str = "de"
    target: str = "3"

    @property
    def cells(self) -> tuple[str, ...]:
        """Return its cells, below the headings."""
        return (
            self.name, self.mail, "Beispiel AG", self.team, "Data Scientist", self.language,
            self.target,
        )  # fmt: skip


def make_rows(people: Iterable[Expectation]) -> list[RosterRow]:
    """Return the rows of people; every fifth has English mails."""
    return [
        RosterRow(one.name, one.mail, one.team, "en" if one.number % 5 == 4 else "de")
        for one in people
    ]


def spell_plainly(name: str) -> str:
    """Return a name as somebody types it who has only the letters of a German keyboard."""
    plain = ""
    for letter in name:
        parts = letter if letter in _USUAL else unicodedata.normalize("NFD", letter)[0]
        plain += _WITHOUT_PARTS.get(parts, parts)
    return plain


def write_german_csv(path: Path, rows: Sequence[RosterRow], encoding: str) -> None:
    """Write a roster as a German Excel does: with semicolons, and `?` for what it cannot write."""
    with path.open("w", encoding=encoding, errors="replace", newline="") as stream:
        csv.writer(stream, delimiter=";").writerows([_HEADINGS, *(row.cells for row in rows)])


def write_xlsx(path: Path, rows: Sequence[RosterRow]) -> None:
    """Write a roster as a workbook."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for cells in (_HEADINGS, *(row.cells for row in rows)):
        sheet.append(cells)
    book.save(path)


def change_row(rows: Sequence[RosterRow], mail: str, /, **values: str) -> list[RosterRow]:
    """Return rows with other values in the one of an address."""
    return [replace(row, **values) if row.mail == mail else row for row in rows]


@dataclass(frozen=True)
class Facilitator:
    """
    Somebody who runs commands in the folder of a round.

    `words` are options for each command.
    """

    folder: Path
    clock: MovingClock
    scheme: Scheme
    words: tuple[str, ...] = ()

    def run(self, command: str, *args: object, code: int = 0) -> str:
        """Run a command of the campaign; return all that it says, in one line."""
        given = ("campaign", command, *args, "-C", self.folder, *self.words)
        return " ".join(run(*given, code=code).output.split())

    def status(self) -> dict[str, Any]:
        """Return what `status` says, as data."""
        given = ("campaign", "status", "--format", "json", "-C", self.folder, *self.words)
        found: dict[str, Any] = json.loads(run(*given).stdout)
        return found

    def export(self, target: Path, *args: object) -> dict[str, Any]:
        """Return the exported results."""
        self.run("export", "-o", target, "--force", *args)
        found: dict[str, Any] = json.loads(target.read_text(encoding="utf-8"))
        return found

    def endings(
        self, people: Sequence[Expectation], export: Mapping[str, Any]
    ) -> dict[str, Ending]:
        """Return where each person stands, by address, and whose answer the results have."""
        status = self.status()
        results = {one["profile"]["respondent"]: one["ratings"] for one in export["results"]}
        by_mail = {one.mail: one for one in people}
        letters = waiting_letters(status)
        ends = {}
        for person in status["persons"]:
            one = by_mail[person["mail"]]
            given = results.get(person["name"])
            ends[one.mail] = (
                person["stage"],
                "" if given is None else one.name_answer(self.scheme, given),
                person["matched"] or "",
                tuple(person["oddities"]),
                letters.get(one.mail, ()),
                tuple(mail["kind"] for mail in person["mails"]),
            )
        return ends


def expected_endings(people: Iterable[Expectation]) -> dict[str, Ending]:
    """Return where each person is to stand, by address."""
    return {
        one.mail: (one.stage, one.counts, one.matched, one.oddities, one.letters, one.mails)
        for one in people
    }


def waiting_letters(status: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return the kinds of letters that wait, by the address that they are about."""
    letters: dict[str, tuple[str, ...]] = {}
    for letter in status["letters"]:
        about = letter["about"]
        letters[about] = (*letters.get(about, ()), letter["kind"])
    return letters


def handle_of(status: Mapping[str, Any], mail: str) -> str:
    """Return the name of the letter that waits about an address."""
    return str(next(one["letter"] for one in status["letters"] if one["about"] == mail))
