"""Keeps originals of returned files in the record, and the URLs at which others may lie."""

from __future__ import annotations

import sqlalchemy as sa

from iml4e_xlsx.campaign.record.connection import Transaction
from iml4e_xlsx.campaign.record.schema import original_places, originals


def save_original(tx: Transaction, name: str, data: bytes) -> None:
    """Write an original into the record, unless it is there."""
    tx.insert_or_skip(originals, campaign=tx.campaign, name=name, content=data)


def load_original(tx: Transaction, name: str) -> bytes | None:
    """Return the content of an original; None if the record has none of this name."""
    data: bytes | None = tx.connection.scalar(sa.select(originals.c.content).where(_is(tx, name)))
    return data


def has_original(tx: Transaction, name: str) -> bool:
    """Return whether an original lies in the record."""
    return tx.connection.scalar(sa.select(originals.c.name).where(_is(tx, name))) is not None


def remove_original(tx: Transaction, name: str) -> None:
    """Remove an original from the record, if it is there."""
    tx.connection.execute(originals.delete().where(_is(tx, name)))


def list_original_names(tx: Transaction) -> list[str]:
    """Return the names of the originals that lie in the record, sorted."""
    chosen = sa.select(originals.c.name).where(originals.c.campaign == tx.campaign)
    return sorted(tx.connection.scalars(chosen))


def note_place(tx: Transaction, url: str) -> bool:
    """Record that originals may lie at a URL from now on; return whether that is new."""
    return tx.insert_or_skip(original_places, campaign=tx.campaign, url=url)


def list_places(tx: Transaction) -> list[str]:
    """Return the URLs at which originals may lie, sorted."""
    chosen = sa.select(original_places.c.url).where(original_places.c.campaign == tx.campaign)
    return sorted(tx.connection.scalars(chosen))


def remove_place(tx: Transaction, url: str) -> None:
    """Record that no original lies at a URL any more."""
    of_campaign = original_places.c.campaign == tx.campaign
    tx.connection.execute(original_places.delete().where(of_campaign, original_places.c.url == url))


def _is(tx: Transaction, name: str) -> sa.ColumnElement[bool]:
    return sa.and_(originals.c.campaign == tx.campaign, originals.c.name == name)
