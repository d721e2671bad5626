"""Waits for a lock of the record's database, and tells that if it takes longer than a moment."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from iml4e_xlsx.text.message import Message, message

_LOCK_NOT_AVAILABLE: Final = "55P03"
"""What PostgreSQL calls a lock that somebody else has held for too long."""

_LOCKING: Final = sa.text("SELECT pg_advisory_xact_lock(hashtext(:campaign))")
"""What one reads and another one writes meanwhile would be lost: SQLite locks its file as well."""

_HOLDER: Final = sa.text(
    "SELECT usename, client_addr, pg_locks.pid FROM pg_locks JOIN pg_stat_activity USING (pid)"
    " WHERE locktype = 'advisory' AND granted AND objsubid = 1"
    " AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    " AND objid::bigint = (hashtext(:campaign)::bigint & 4294967295) LIMIT 1"
)
"""Who holds the lock: user, address and process of the connection."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LockPatience:
    """How many seconds to wait for a lock: in silence, and altogether."""

    silent: float = 2
    whole: float = 60

    @property
    def remaining(self) -> float:
        """Return how many seconds are left after those in silence."""
        return max(self.whole - self.silent, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class LockWait:
    """
    Takes the locks of one record.

    Attributes:
        where: The record, as messages name it.
        notice: Is called with a message before a wait that takes longer than a moment.
        patience: How long to wait.
    """

    where: str
    notice: Callable[[Message], None]
    patience: LockPatience

    def run_in_file(self, connection: sa.Connection, statement: str) -> None:
        """Run a statement that takes a lock of a SQLite file: BEGIN IMMEDIATE, or COMMIT."""
        _set_timeout(connection, self.patience.silent)
        try:
            connection.exec_driver_sql(statement)
        except OperationalError as error:
            if not _is_lock(error):
                raise
            self._tell()
            _set_timeout(connection, self.patience.remaining)
            connection.exec_driver_sql(statement)
        finally:
            _set_timeout(connection, self.patience.whole)

    def lock_campaign(self, connection: sa.Connection, campaign: str) -> None:
        """Take the lock of a campaign in PostgreSQL; it goes with the transaction."""
        names = {"campaign": campaign}
        _limit_wait(connection, self.patience.silent)
        try:
            # A statement that fails ends the transaction, unless it has one of its own.
            with connection.begin_nested():
                connection.execute(_LOCKING, names)
        except OperationalError as error:
            if not _is_lock(error):
                raise
            self._tell(connection.execute(_HOLDER, names).one_or_none())
            _limit_wait(connection, self.patience.remaining)
            connection.execute(_LOCKING, names)
        _limit_wait(connection, self.patience.whole)

    def _tell(self, holder: sa.Row[Any] | None = None) -> None:
        seconds = max(round(self.patience.remaining), 1)
        if holder is None:  # a file does not tell who holds it
            self.notice(message("database.waiting", record=self.where, count=seconds))
            return
        self.notice(
            message(
                "database.waiting_for",
                record=self.where,
                count=seconds,
                user=holder.usename or "",
                address=str(holder.client_addr or "localhost"),
                process=holder.pid,
            )
        )


def _is_lock(error: OperationalError) -> bool:
    if isinstance(error.orig, sqlite3.OperationalError):
        return error.orig.sqlite_errorcode == sqlite3.SQLITE_BUSY
    return getattr(error.orig, "sqlstate", "") == _LOCK_NOT_AVAILABLE


def _set_timeout(connection: sa.Connection, seconds: float) -> None:
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {round(seconds * 1000)}")


def _limit_wait(connection: sa.Connection, seconds: float) -> None:
    # 0 would mean no limit.
    connection.execute(sa.text(f"SET LOCAL lock_timeout = '{max(round(seconds * 1000), 1)}ms'"))
