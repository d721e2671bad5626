"""Copies a campaign's record to another database: for those who outgrow a file."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from iml4e_xlsx.campaign.record.campaigns import has_campaign, mark_superseded
from iml4e_xlsx.campaign.record.connection import MemoryRecord, Record, Transaction
from iml4e_xlsx.campaign.record.schema import (
    answers,
    attendance,
    campaigns,
    deliveries,
    erased,
    events,
    folders,
    letters,
    mailboxes,
    mails,
    original_places,
    originals,
    participation,
    people,
    returned,
    workbooks,
)
from iml4e_xlsx.errors import RecordError
from iml4e_xlsx.findings.error_codes import RecordErrorCode

_OWNERS: Final[Mapping[sa.Table, tuple[str, sa.Table] | None]] = {
    campaigns: None,
    people: None,
    returned: ("person", people),
    attendance: ("person", people),
    workbooks: ("person", people),
    mails: ("person", people),
    events: ("person", people),
    answers: ("returned", returned),
    deliveries: ("returned", returned),
    letters: ("person", people),
    mailboxes: None,
    erased: None,
    originals: None,
    original_places: None,
    folders: None,
    participation: None,
}
"""Each table in an order in which rows can be inserted, and the numbered row that its own name."""


def copy_record(source: Record, target: Record, *, now: datetime) -> int:
    """
    Copy a campaign's rows to another record, where they get numbers of its own; return how many.

    The source says from then on that the other one counts: two that go on apart would mail
    everybody twice.

    Raises:
        RecordError: If the target holds the campaign already, is the source itself, or one of
            both cannot be used; nothing is copied then.
    """
    if source.shares_database(target):
        raise RecordError(RecordErrorCode.SAME_DATABASE, record=source.where)
    with source.begin(now) as old, target.begin(now) as new:
        if has_campaign(new):
            raise RecordError(RecordErrorCode.CAMPAIGN_RECORDED, record=target.where)
        count = _Copy(old, new).run()
        mark_superseded(old, target.address)
    return count


def copy_for_reading(source: Record, target: MemoryRecord, *, now: datetime) -> None:
    """
    Copy all that tells whose a file is to a record in memory, in which the round has names.

    Nothing of what has come back is copied; the source stays the one that counts.
    """
    with source.begin(now) as old, target.begin(now) as new:
        _Copy(old, new).run(left_out=(attendance, returned, answers, deliveries, originals))
        new.connection.execute(campaigns.update().values(promised_fewest=None))


class _Copy:
    def __init__(self, old: Transaction, new: Transaction) -> None:
        self.old = old
        self.new = new
        self.numbers: dict[sa.Table, dict[int, int]] = {people: {}, returned: {}}
        self.count = 0

    def run(self, left_out: Collection[sa.Table] = ()) -> int:
        for table, owner in _OWNERS.items():
            if table in left_out:
                continue
            for row in self.old.connection.execute(self._rows(table)).mappings():
                self._insert(table, owner, {str(key): value for key, value in row.items()})
        return self.count

    def _rows(self, table: sa.Table) -> sa.Select[Any]:
        chosen = sa.select(table)
        if table is campaigns:
            return chosen.where(campaigns.c.id == self.old.campaign)
        if "campaign" in table.c:
            return chosen.where(table.c.campaign == self.old.campaign)
        owner = _OWNERS[table]
        assert owner is not None
        column, parent = owner
        joined = chosen.join(parent, parent.c.id == table.c[column])
        return joined.where(parent.c.campaign == self.old.campaign)

    def _insert(
        self, table: sa.Table, owner: tuple[str, sa.Table] | None, values: dict[str, Any]
    ) -> None:
        is_numbered = table not in (campaigns, folders) and "id" in table.c
        number = values.pop("id") if is_numbered else None
        if owner is not None and values[owner[0]] is not None:
            values[owner[0]] = self.numbers[owner[1]][values[owner[0]]]
        done = self.new.connection.execute(table.insert().values(**values))
        self.count += 1
        if table in self.numbers and number is not None:
            assert done.inserted_primary_key is not None
            self.numbers[table][number] = done.inserted_primary_key[0]
