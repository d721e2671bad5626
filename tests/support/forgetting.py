"""Holds what the tests of erasing a person share."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import make_url

from iml4e_xlsx.analysis.teams import group_by_team
from iml4e_xlsx.campaign.corrections.forget import ErasureOutcome, forget
from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.record.connection import Record
from iml4e_xlsx.campaign.record.mails import MailKind, MailState
from iml4e_xlsx.campaign.round_report import campaign_assessments
from tests.support.campaigns import (
    DAY,
    NOW,
    Row,
    build,
    collect,
    filled_in,
    person_of,
    rows,
    write_roster,
)
from tests.support.noting import note_mail

Settled = tuple[Campaign, Record, tuple[str, ...]]


MAIL = "quentin.quisling@quarry.example.org"


NAME = "Quentin Quisling"


QUENTIN = Row(name=NAME, mail=MAIL, role="quartermaster", extra={"Note": "quixotic notes"})


EVIDENCE = "a quotation from the quarterly"


WORDS = ("quentin", "quisling", "quarry", "quartermaster", "quixotic", "quotation", "quarterly")


def forms(text: str) -> list[bytes]:
    """Return a text as files have it: in UTF-8, UTF-16, and as JSON escapes it."""
    return [text.encode(), text.encode("utf-16-le"), text.encode("utf-16-be")]


def contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield every file's name and bytes, and those of what is packed in it."""
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        data = path.read_bytes()
        name = path.relative_to(folder).as_posix()
        yield name, name.encode() + b"\n" + data
        if zipfile.is_zipfile(BytesIO(data)):
            with zipfile.ZipFile(BytesIO(data)) as archive:
                for member in archive.namelist():
                    yield f"{name}!{member}", archive.read(member)


def tables(database: str) -> Iterator[tuple[str, bytes]]:
    """Yield every value of every table, as text."""
    engine = sa.create_engine(make_url(database))
    with engine.connect() as connection:
        for name in sa.inspect(connection).get_table_names():
            found = connection.execute(sa.text(f"SELECT * FROM {name}"))  # noqa: S608
            for row in found.mappings():
                yield name, json.dumps(dict(row), default=str, ensure_ascii=False).encode()
    engine.dispose()


def traces(campaign: Campaign, *secrets: str) -> list[tuple[str, str]]:
    """Return where one of these texts is, in any case, in the folder or in the record."""
    found = []
    for name, data in (*contents(campaign.folder), *tables(campaign.database)):
        lowered = data.lower()
        found += [
            (name, secret)
            for secret in secrets
            if any(form in lowered for form in forms(secret.lower()))
        ]
    return found


def settle_in(campaign: Campaign, record: Record) -> tuple[str, ...]:
    """Let much happen to Quentin: mails, several returns, mails that he sent; return his ids."""
    build(campaign, record)
    write_roster(campaign.folder, [QUENTIN, *rows(2)])
    build(campaign, record)
    person = person_of(record, MAIL)
    with record.begin(NOW) as tx:
        note_mail(tx, person, MailState.SENT, words=f"250 ok {MAIL}")
        note_mail(tx, person, MailState.BOUNCED, kind=MailKind.REMINDER, words=f"no {MAIL}")
    beside = campaign.folder.parent
    first = filled_in(
        campaign, record, MAIL, {"AA-01": 1}, evidence={"AA-02": EVIDENCE}, name="first.xlsx"
    )
    last = filled_in(
        campaign, record, MAIL, evidence={"AA-01": EVIDENCE}, now=NOW + DAY,
        name="Quisling, returned.xlsx",
    )  # fmt: skip
    colleague = filled_in(campaign, record, "ann@example.org", {"AA-01": 2}, name="ann.xlsx")
    broken = beside / "Quentin.xlsx"
    broken.write_bytes(b"PK\x03\x04" + EVIDENCE.encode())
    mails_ = [mailed(beside / "m1.eml", broken), mailed(beside / "m2.eml", colleague)]
    collect(campaign, record, first, last, *mails_, now=NOW + DAY)
    his = {path.read_bytes() for path in (first, last, broken)}
    kept = [*campaign.returned.iterdir(), *campaign.aside.glob("*")]
    digests = [path.name for path in kept if path.read_bytes() in his]
    assert len(digests) == 3
    for path in (first, last, colleague, broken, *mails_):
        path.unlink()
    return (person.workbook_id, *digests)


def mailed(target: Path, attached: Path, sender: str = MAIL) -> Path:
    """Write a mail with a file attached."""
    mail = EmailMessage()
    mail["From"] = f"{NAME} <{sender}>"
    mail["Message-ID"] = f"<{target.stem}@x>"
    mail["Date"] = "Mon, 23 Nov 2026 10:00:00 +0000"
    mail.set_content("here")
    mail.add_attachment(
        attached.read_bytes(), maintype="application", subtype="octet-stream",
        filename=attached.name,
    )  # fmt: skip
    target.write_bytes(mail.as_bytes())
    return target


def erase(
    campaign: Campaign, record: Record, mail: str = MAIL, *, keep_ratings: bool = False
) -> ErasureOutcome:
    return forget(campaign, record, mail, keep_ratings=keep_ratings, now=NOW + 2 * DAY)


def team_results(campaign: Campaign, record: Record) -> list[tuple[str, list[object]]]:
    teams = group_by_team(campaign_assessments(campaign, record, now=NOW))
    return [
        (team.response.profile.team, [(a.area, a.index, a.level) for a in team.result.areas])
        for team in teams
    ]
