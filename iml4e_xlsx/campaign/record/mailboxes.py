"""Remembers how far each mailbox has been searched."""

from __future__ import annotations

import sqlalchemy as sa

from iml4e_xlsx.campaign.record.connection import Transaction
from iml4e_xlsx.campaign.record.schema import mailboxes


def last_uid(tx: Transaction, name: str, validity: int) -> int:
    """
    Return the greatest UID that was looked at, 0 if none was.

    Another UIDVALIDITY than the one remembered means that the server has numbered its mails anew
    (RFC 3501, 2.3.1.1), so that nothing was looked at.
    """
    chosen = sa.select(mailboxes.c.last).where(
        mailboxes.c.campaign == tx.campaign,
        mailboxes.c.name == name,
        mailboxes.c.validity == validity,
    )
    return tx.connection.scalar(chosen) or 0


def save_last_uid(tx: Transaction, name: str, validity: int, last: int) -> None:
    """Remember how far a mailbox was looked through; never less far than before."""
    values = {"validity": validity, "last": last}
    if tx.insert_or_skip(mailboxes, campaign=tx.campaign, name=name, **values):
        return
    chosen = mailboxes.update().where(
        mailboxes.c.campaign == tx.campaign,
        mailboxes.c.name == name,
        (mailboxes.c.validity != validity) | (mailboxes.c.last < last),
    )
    tx.connection.execute(chosen.values(**values))
