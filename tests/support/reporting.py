"""Helpers for tests of a round's results: who answered, and what must not leak."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from iml4e_xlsx.campaign.folder.campaign import open_campaign
from tests.support.campaigns import (
    Row,
    person_of,
    record_of,
    run,
)

ANN = Row(name="Xenia Xylander", mail="xenia@xenon.example.org", team="Red", role="xylographer")
BEN = Row(name="Yorick Yttrium", mail="yorick@xenon.example.org", team="Red", role="yachtsman")
CAY = Row(name="Zelda Zworykin", mail="zelda@xenon.example.org", team="Blue", role="zoologist")
DAN = Row(name="Quincy Quartz", mail="quincy@xenon.example.org", team="Blue", role="quarrier")
PEOPLE = [ANN, BEN, CAY, DAN]
WORDS = (
    "xenia", "xylander", "xenon", "xylograph", "yorick", "yttrium", "yachts", "zelda", "zwory",
    "zoolog", "quincy", "quartz", "quarrier",
)  # fmt: skip
EVIDENCE = "evidence of the xebec"


def report(folder: Path, target: Path, *words: object) -> bytes:
    run("campaign", "report", folder, "-o", target, "--force", *words)
    return target.read_bytes()


def export(folder: Path, target: Path, *words: object) -> bytes:
    run("campaign", "export", folder, "-o", target, "--force", *words)
    return target.read_bytes()


def unpacked(data: bytes) -> bytes:
    if not zipfile.is_zipfile(io.BytesIO(data)):
        return data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return b"\n".join(name.encode() + archive.read(name) for name in archive.namelist())


def secrets_of(folder: Path) -> list[str]:
    """Return what leads to a person: names, addresses, roles, files' names, workbooks' ids."""
    campaign = open_campaign(folder)
    with record_of(campaign) as record:
        ids = [person_of(record, row.mail).workbook_id for row in PEOPLE]
    files = [path.stem for path in (*campaign.returned.iterdir(), *campaign.workbooks.iterdir())]
    return [*WORDS, *ids, *files]


def leaks(data: bytes, secrets: list[str]) -> list[str]:
    lowered = unpacked(data).lower()
    return [
        one
        for one in secrets
        if one.lower().encode() in lowered or one.lower().encode("utf-16-le") in lowered
    ]
