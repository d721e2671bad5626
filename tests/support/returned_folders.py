"""Makes folders as they come back from a round: versions, copies, blanks, results, zips, mails."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from enum import Enum
from pathlib import Path

from iml4e_xlsx.model import Profile, RatingValue, Scheme
from iml4e_xlsx.workbook.builder import build_workbook
from tests.support.builders import response
from tests.support.hostile import packed
from tests.support.saved_mails import make_mail

START = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
_NAMES = ("Assessment", "final", "neu", "Kopie von Assessment", "~backup", "a", "zz", "Ada", "1")


class OrderSign(Enum):
    """Names the only sign that tells which of a person's versions is the later."""

    SAVED = "saved"
    DATED = "dated"
    RECEIVED = "received"


@dataclass(frozen=True)
class PersonFiles:
    """The workbook of a person as it was issued, and its filled versions, oldest first."""

    sign: OrderSign
    blank: bytes
    versions: tuple[bytes, ...]


def make_person(scheme: Scheme, number: int, sign: OrderSign) -> PersonFiles:
    """Make the files of a person; every third has no name, every fifth no team."""
    rng = random.Random(number)
    team = "" if number % 5 == 4 else rng.choice(("Alpha", "Beta", "Gamma"))
    name = "" if number % 3 == 2 else f"Person {number}"
    identity = f"{number:010d}"

    def build(age: int, *, filled: bool) -> bytes:
        ratings: dict[str, RatingValue | None] = {
            id_: rng.randrange(4) if filled and rng.random() < 0.9 else None
            for id_ in scheme.statements
        }
        saved = START + timedelta(hours=age if sign is OrderSign.SAVED else 0)
        day = START + timedelta(days=age if sign is OrderSign.DATED else 0)
        date = f"{day:%Y-%m-%d}" if filled else ""
        profile = Profile(team=team, respondent=name, date=date)
        return build_workbook(
            scheme,
            created=saved if filled else START,
            response=response(scheme, ratings, profile=profile),
            identity=identity,
        )

    versions = tuple(build(age, filled=True) for age in range(1, 4))
    return PersonFiles(sign, build(0, filled=False), versions)


@dataclass
class FolderWriter:
    """Writes contents to a folder under any names, loose, in zips and in mails."""

    folder: Path
    rng: random.Random
    names: set[str] = field(default_factory=set)

    def write_folder(
        self, people: Sequence[tuple[PersonFiles, int]], others: Sequence[bytes]
    ) -> None:
        """Write the first versions of each person, blanks, copies, and what is no answer."""
        waiting: list[tuple[bytes, datetime | None]] = [(data, None) for data in others]
        for person, count in people:
            if self.rng.random() < 0.5:
                waiting.append((person.blank, None))
            for age, data in enumerate(person.versions[:count], 1):
                by_mail = person.sign is OrderSign.RECEIVED
                waiting.append((data, START + timedelta(days=age) if by_mail else None))
                waiting += self._copy_version(data, age)
        self.rng.shuffle(waiting)
        for data, received in waiting:
            self.write_file(data, received)

    def _copy_version(self, data: bytes, age: int) -> list[tuple[bytes, datetime | None]]:
        """Return copies: some come loose, some are passed on by mail later."""
        later = START + timedelta(days=age + 20)
        return [
            (data, later if self.rng.random() < 0.3 else None)
            for _ in range(self.rng.choice((0, 0, 1, 2)))
        ]

    def write_file(self, data: bytes, received: datetime | None) -> None:
        """Write a content somewhere; as an attachment if it came by mail."""
        name = self._pick_name(".xlsx")
        if received is not None:
            mail = make_mail((name, data))
            del mail["Date"]
            mail["Date"] = format_datetime(received)
            name, data = self._pick_name(".eml"), mail.as_bytes()
        for _ in range(self.rng.choice((0, 0, 0, 1, 2))):
            name, data = self._pick_name(".zip"), packed({name: data})
        path = self.folder / self.rng.choice(("", "sub", "sub/deeper")) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    def _pick_name(self, suffix: str) -> str:
        number, base = 0, self.rng.choice(_NAMES)
        while (name := f"{base}{f' ({number})' * bool(number)}{suffix}") in self.names:
            number += 1
        self.names.add(name)
        return name
