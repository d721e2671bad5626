"""Helpers for tests of collecting: people, mails as files, and who owns what was collected."""

from __future__ import annotations

from pathlib import Path

from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.record.connection import Record
from iml4e_xlsx.campaign.record.people import all_people
from tests.support.campaigns import NOW
from tests.support.hostile import packed
from tests.support.returning import all_returned, mail

ANN, BEN, CAY = "ann@example.org", "ben@example.org", "cay@example.org"
STRANGER = "stranger@example.net"
JSON = ("--format", "json")
Opened = tuple[Campaign, Record]


def eml(path: Path, *files: tuple[str, bytes], **options: object) -> Path:
    path.write_bytes(mail(*files, **options).as_bytes())  # type: ignore[arg-type]
    return path


def answers_of(record: Record) -> list[tuple[str, str, str]]:
    """Return whose each file is, by what, and what it is called."""
    with record.begin(NOW) as tx:
        names = {one.id: one.mail for one in all_people(tx)}
    return [
        (names.get(one.person or 0, ""), one.matched.value, one.source)
        for one in all_returned(record)
    ]


def locked_zip(data: bytes) -> bytes:
    """Return a zip whose one file is protected with a password, as far as its header says."""
    made = packed({"answer.xlsx": data})
    local, central = made.index(b"PK\x03\x04") + 6, made.index(b"PK\x01\x02") + 8
    flagged = bytearray(made)
    flagged[local] |= 1
    flagged[central] |= 1
    return bytes(flagged)
