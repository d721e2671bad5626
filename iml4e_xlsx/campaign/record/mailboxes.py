"""Remembers how far each mailbox has been searched."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from iml4e_xlsx.campaign.record.connection import Transaction
from iml4e_xlsx.campaign.record.schema import mailboxes


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderPosition:
    """
    How far a folder of a mailbox was looked through, as its server counts.

    Attributes:
        validity: The numbering that `last` belongs to; with another one nothing was looked at
            (UIDVALIDITY, RFC 3501, 2.3.1.1).
        last: The greatest number that was looked at.
        link: Where the server goes on, if it says that by an address; without numbers then.
    """

    validity: int = 0
    last: int = 0
    link: str = ""


def find_position(tx: Transaction, name: str) -> FolderPosition | None:
    """Return how far a folder was looked through; None if it never was."""
    chosen = sa.select(mailboxes).where(
        mailboxes.c.campaign == tx.campaign, mailboxes.c.name == name
    )
    row = tx.connection.execute(chosen).one_or_none()
    if row is None:
        return None
    return FolderPosition(validity=row.validity, last=row.last, link=row.link or "")


def save_position(tx: Transaction, name: str, position: FolderPosition) -> None:
    """Remember how far a folder was looked through; by its numbers never less far than before."""
    values = {"validity": position.validity, "last": position.last, "link": position.link or None}
    if tx.insert_or_skip(mailboxes, campaign=tx.campaign, name=name, **values):
        return
    chosen = mailboxes.update().where(
        mailboxes.c.campaign == tx.campaign,
        mailboxes.c.name == name,
    )
    if not position.link:  # what addresses say cannot be compared: the last one counts
        chosen = chosen.where(
            (mailboxes.c.validity != position.validity) | (mailboxes.c.last < position.last)
        )
    tx.connection.execute(chosen.values(**values))
