"""Records the letters of a campaign: mails without a workbook that a person has to read."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Final

import sqlalchemy as sa

from iml4e_xlsx.campaign.record.connection import Transaction
from iml4e_xlsx.campaign.record.schema import letters

_HANDLE: Final = 8
"""How many characters of the key people see: enough for a few hundred letters."""


class LetterKind(Enum):
    """The kind of a letter."""

    REPLY = "reply"  #: Somebody wrote.
    ABSENCE = "absence"  #: A program replied by itself, as for somebody who is away (RFC 3834).
    BOUNCE = "bounce"  #: It says that a mail did not arrive, and cannot prove it.


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """
    A mail that brought no workbook and waits for a person to read it; never its text.

    `person` is whom it is about, None if nobody can tell; `until` the day that an automatic reply
    names; `handled` when somebody saw to it, None until then.
    """

    key: str
    message_id: str
    person: int | None
    kind: LetterKind
    sender: str
    subject: str
    received: datetime
    until: date | None = None
    handled: datetime | None = None

    @property
    def handle(self) -> str:
        """Return the name that people use."""
        return self.key[:_HANDLE]


def letter_key(message_id: str, sender: str, subject: str, received: datetime | None) -> str:
    """Return what tells a letter from all others; without a Message-ID, of what else it says."""
    parts = (message_id,) if message_id else (sender, subject, str(received or ""))
    return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()


def save_letter(tx: Transaction, letter: Letter) -> bool:
    """Record a letter; False if it is known, handled or not."""
    is_new = tx.insert_or_skip(
        letters,
        campaign=tx.campaign,
        person=letter.person,
        key=letter.key,
        message_id=letter.message_id,
        kind=letter.kind.value,
        sender=letter.sender,
        subject=letter.subject,
        received=letter.received,
        until=letter.until.isoformat() if letter.until else "",
        handled=None,
    )
    if is_new:
        tx.add_event(f"letter-{letter.kind.value}", letter.person)
    return is_new


def all_letters(tx: Transaction) -> list[Letter]:
    """Return all letters, handled ones as well, in the order in which they came."""
    chosen = (
        sa.select(letters)
        .where(letters.c.campaign == tx.campaign)
        .order_by(letters.c.received, letters.c.id)
    )
    return [_make_letter(row) for row in tx.connection.execute(chosen).mappings()]


def open_letters(tx: Transaction) -> list[Letter]:
    """Return the letters that nobody has seen to yet."""
    return [letter for letter in all_letters(tx) if letter.handled is None]


def mark_handled(tx: Transaction, handled: Sequence[Letter]) -> None:
    """Record that somebody saw to letters."""
    for letter in handled:
        chosen = letters.update().where(
            letters.c.campaign == tx.campaign, letters.c.key == letter.key
        )
        tx.connection.execute(chosen.values(handled=tx.now))
        tx.add_event("letter-handled", letter.person)


def readdress_letters(tx: Transaction, old: str, new: str) -> None:
    """Give the letters from an address another one, which the same person has."""
    chosen = letters.update().where(letters.c.campaign == tx.campaign, letters.c.sender == old)
    tx.connection.execute(chosen.values(sender=new))


def erase_letters(tx: Transaction, sender: str) -> None:
    """Erase the letters from an address; those about a person go with the person."""
    chosen = letters.delete().where(letters.c.campaign == tx.campaign, letters.c.sender == sender)
    tx.connection.execute(chosen)


def _make_letter(row: sa.RowMapping) -> Letter:
    return Letter(
        key=row["key"],
        message_id=row["message_id"],
        person=row["person"],
        kind=LetterKind(row["kind"]),
        sender=row["sender"],
        subject=row["subject"],
        received=row["received"],
        until=date.fromisoformat(row["until"]) if row["until"] else None,
        handled=row["handled"],
    )
