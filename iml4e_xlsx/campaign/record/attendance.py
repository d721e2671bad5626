"""Records who has taken part in an anonymous round: that something came, never what was in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import sqlalchemy as sa

from iml4e_xlsx.campaign.record.connection import Transaction
from iml4e_xlsx.campaign.record.schema import attendance, people
from iml4e_xlsx.findings.failure import FailureCode

_RETURNED = "returned-anonymous"
_UNREAD = "unread-anonymous"
"""The kinds of the events that a workbook of a person came, or a file that cannot be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendance:
    """
    What is known of a person's answers in an anonymous round.

    `returned` is the last day on which a workbook came, None if none did; `unread` the day on which
    a file came since that cannot be read, None if none did, and `code` why it cannot.
    """

    returned: date | None = None
    unread: date | None = None
    code: FailureCode | None = None


NOTHING_RETURNED: Final = Attendance()


def all_attendance(tx: Transaction) -> dict[int, Attendance]:
    """Return what is known of the answers of each person of whom something came."""
    chosen = sa.select(attendance).join(people, people.c.id == attendance.c.person)
    rows = tx.connection.execute(chosen.where(people.c.campaign == tx.campaign))
    return {row.person: _make_attendance(row) for row in rows}


def _make_attendance(row: sa.Row[tuple[object, ...]]) -> Attendance:
    return Attendance(
        returned=date.fromisoformat(row.returned) if row.returned else None,
        unread=date.fromisoformat(row.unread) if row.unread else None,
        code=FailureCode(row.unread_code) if row.unread_code else None,
    )


def note_returned(tx: Transaction, person: int, day: date) -> bool:
    """Record that a workbook of a person came on a day; return whether that is news."""
    known = all_attendance(tx).get(person, NOTHING_RETURNED)
    is_later = known.returned is None or day > known.returned
    is_mended = known.unread is not None and day >= known.unread
    if not is_later and not is_mended:
        return False
    values = {"returned": max(day, known.returned or day).isoformat()}
    if is_mended:
        values |= {"unread": "", "unread_code": ""}
    _save(tx, person, values)
    tx.add_event(_RETURNED, person)
    return True


def note_unread(tx: Transaction, person: int, day: date, code: FailureCode) -> bool:
    """Record that a file of a person came on a day and cannot be read; return if that is news."""
    known = all_attendance(tx).get(person, NOTHING_RETURNED)
    # What came since can be read, or is known to be a problem already.
    if (known.returned or day) > day or (known.unread or date.min) >= day:
        return False
    _save(tx, person, {"unread": day.isoformat(), "unread_code": code.value})
    tx.add_event(_UNREAD, person)
    return True


def _save(tx: Transaction, person: int, values: dict[str, str]) -> None:
    tx.insert_or_skip(attendance, person=person, returned="", unread="", unread_code="")
    own = attendance.update().where(attendance.c.person == person)
    tx.connection.execute(own.values(**values))
