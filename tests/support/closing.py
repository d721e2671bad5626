"""Plays a round that is to be closed: answers, a decline, mails, drafts, letters, files aside."""

from __future__ import annotations

import shutil

from iml4e_xlsx.campaign.corrections.decline import decline
from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.folder.kept_copies import keep_copy
from iml4e_xlsx.campaign.record.connection import Record
from iml4e_xlsx.campaign.record.mails import MailState
from iml4e_xlsx.campaign.send.drafts import write_drafts
from iml4e_xlsx.campaign.send.plan import plan_invitations
from tests.support.campaigns import (
    DAY,
    NOW,
    Row,
    build,
    collect,
    filled_in,
    person_of,
    rows,
)
from tests.support.forgetting import mailed
from tests.support.noting import note_mail

TEAMS = ("Red",) * 5 + ("Green",) * 3 + ("Blue",) * 3
ROWS = [
    Row(name=f"{row.name} Quisling", mail=f"{row.name.lower()}@quarry.example.org", team=team,
        role="quartermaster", extra={"Note": "quixotic"})
    for row, team in zip(rows(11), TEAMS, strict=False)
]  # fmt: skip
WORDS = ("quisling", "quarry", "quartermaster", "quixotic", "quotation")
STATEMENTS = ("AA-01", "AA-02", "AA-03", "AA-04", "BB-01", "BB-02", "BB-03", "BB-04")


def ratings_of(number: int) -> dict[str, int]:
    """Return ratings that no other person has given."""
    return {id_: (number >> place) % 4 for place, id_ in enumerate(STATEMENTS)}


def settle(campaign: Campaign, record: Record) -> tuple[str, ...]:
    """Let 9 of the 11 people answer, one decline, and mails, drafts, letters be there."""
    build(campaign, record)
    person = person_of(record, ROWS[0].mail)
    with record.begin(NOW) as tx:
        note_mail(tx, person, MailState.SENT, words=f"250 ok {person.mail}")
    with record.begin(NOW) as tx:
        plan = plan_invitations(tx, campaign)
    assert write_drafts(campaign, record, plan, campaign.folder / "drafts", now=NOW)
    mails = campaign.folder.parent / "mails"
    mails.mkdir()
    for number, row in enumerate(ROWS[:9]):
        filled = filled_in(
            campaign, record, row.mail, ratings_of(number * 7 + 1),
            evidence={"AA-01": "a quotation"}, name=f"{row.name}.xlsx",
        )  # fmt: skip
        mailed(mails / f"m{number}.eml", filled, row.mail)
        filled.unlink()
    broken = campaign.folder.parent / "Quisling.xlsx"
    broken.write_bytes(b"PK\x03\x04quotation")
    mailed(mails / "x.eml", broken, ROWS[9].mail)
    broken.unlink()
    collect(campaign, record, mails, now=NOW + DAY)
    shutil.rmtree(mails)
    decline(campaign, record, ROWS[10].mail, now=NOW + DAY)
    keep_copy(campaign)
    with record.begin(NOW) as tx:
        ids = tx.connection.exec_driver_sql("SELECT workbook_id, id FROM people").all()
        digests = tx.connection.exec_driver_sql("SELECT sha256 FROM returned").all()
    return (*(row[0] for row in ids), *(row[0][:20] for row in digests))
