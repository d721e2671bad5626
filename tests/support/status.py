"""Holds what the tests of the status share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from iml4e_xlsx.campaign.record.connection import Transaction
from iml4e_xlsx.campaign.record.mails import MailState
from iml4e_xlsx.campaign.record.people import Person, save_decline
from iml4e_xlsx.model import Scheme
from tests.support.campaigns import DAY, NOW, Row, run
from tests.support.noting import note_mail, note_returned, rated

STEPS = (
    "unmailed", "sent", "drafted", "sending", "uncertain", "refused", "bounced", "deferred",
    "complete", "incomplete", "empty", "errors", "unread", "issued", "unread-then-read",
    "read-then-unread", "read-unmailed", "again", "declined", "declined-then-read",
)  # fmt: skip


NO_ZIP = ("broken-workbook", "somewhere/Xerxes.xlsx is damaged.")


def xerxes(word: str) -> Row:
    """Return somebody whose every word can be told from all others."""
    return Row(
        name=f"Xerxes {word.title()}",
        mail=f"xerxes.{word}@xenon.example.org",
        organisation="Org",
        team="Red" if len(word) % 2 else "Blue",
        role=f"xylographer {word}",
        extra={"Note": "xanthic"},
    )


def prepare(tx: Transaction, scheme: Scheme, person: Person, word: str) -> None:
    """Record what makes somebody stand where a word says."""
    if word in {state.value for state in MailState}:
        note_mail(tx, person, MailState(word), words=f"words about {person.mail}")
        return
    if word not in ("unmailed", "read-unmailed"):
        note_mail(tx, person)
    if word.startswith("declined"):
        save_decline(tx, person, declined=True)
    full, part = rated(scheme, person), rated(scheme, person, {"AA-01": 2})
    steps: dict[str, list[Any]] = {
        "complete": [full],
        "incomplete": [part],
        "empty": [rated(scheme, person, {})],
        "unread": [NO_ZIP],
        "issued": [None],
        "unread-then-read": [NO_ZIP, full],
        "read-then-unread": [full, NO_ZIP],
        "read-unmailed": [full],
        "declined-then-read": [full],
    }
    for number, outcome in enumerate(steps.get(word, []), start=1):
        note_returned(tx, person, outcome, at=NOW + number * DAY, file=f"returned/{word}.xlsx")
    if word == "again":
        note_mail(tx, person, MailState.BOUNCED, number=2, at=NOW + DAY)
        note_mail(tx, person, MailState.SENT, number=3, at=NOW + 2 * DAY)


def shown(folder: Path, form: str, target: Path, *words: str) -> bytes:
    out = target / f"status.{form}"
    run("campaign", "status", folder, "-o", out, "--force", "--format", form, *words)
    return out.read_bytes()
