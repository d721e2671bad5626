"""Lists every row of the record that is about a person, whatever table it stands in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from iml4e_xlsx.campaign.record.connection import Transaction
from iml4e_xlsx.campaign.record.people import Person
from iml4e_xlsx.campaign.record.schema import metadata, people, returned
from iml4e_xlsx.text.addresses import address_key


def list_rows(tx: Transaction, person: Person) -> dict[str, list[Mapping[str, Any]]]:
    """
    Return the rows about a person by table: the person's own, of their files, and what they sent.

    The tables say themselves what refers to a person, so that a new one is not forgotten.
    """
    found: dict[str, list[Mapping[str, Any]]] = {}
    for table in metadata.sorted_tables:
        conditions = list(_conditions(table, tx, person))
        if conditions:
            rows = tx.connection.execute(sa.select(table).where(sa.or_(*conditions))).mappings()
            listed = [{str(key): value for key, value in row.items()} for row in rows]
            if listed:
                found[table.name] = [*listed]
    return found


def _conditions(
    table: sa.Table, tx: Transaction, person: Person
) -> Iterator[sa.ColumnElement[bool]]:
    """Yield what tells that a row of a table is about a person."""
    of_campaign = sa.select(returned.c.id).where(returned.c.campaign == tx.campaign)
    if table is people:
        yield people.c.id == person.id
    for key in table.foreign_keys:
        if key.column.table is people:
            yield key.parent == person.id
        elif key.column.table is returned:
            yield key.parent.in_(of_campaign.where(returned.c.person == person.id))
    if "sender" in table.c:
        is_theirs = table.c.sender == address_key(person.mail)
        scope = table.c.campaign == tx.campaign if "campaign" in table.c else None
        if scope is None:
            scope = table.c.returned.in_(of_campaign)
        yield is_theirs & scope
