"""Opens the record and runs transactions on it; turns the database's errors into words."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from iml4e_xlsx.campaign.record.migrations import migrate_record
from iml4e_xlsx.campaign.record.schema import events
from iml4e_xlsx.errors import RecordError

_PATIENCE: Final = 60
"""Seconds to wait for another process that is writing."""

_WAITING: Final = sa.text(f"SET LOCAL lock_timeout = '{_PATIENCE}s'")
_LOCKING: Final = sa.text("SELECT pg_advisory_xact_lock(hashtext(:campaign))")
"""What one reads and another one writes meanwhile would be lost: SQLite locks its file as well."""

_INSERTS: Final[Mapping[str, Callable[[sa.Table], Any]]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}
"""Both know ON CONFLICT DO NOTHING, which standard SQL does not have."""


@dataclass(frozen=True, slots=True)
class Transaction:
    """One transaction on the record: all of it happens, or none. `campaign` is whose rows count."""

    connection: sa.Connection
    campaign: str
    now: datetime

    def add_event(self, kind: str, person: int | None = None, detail: str = "") -> None:
        """Write down that something happened; `detail` never holds a name or an address."""
        row = {"campaign": self.campaign, "person": person, "at": self.now}
        self.connection.execute(events.insert().values(**row, kind=kind, detail=detail))

    def insert_or_skip(self, table: sa.Table, **values: Any) -> bool:
        """Insert a row unless one with its key is there; return whether it was inserted."""
        insert = _INSERTS[self.connection.dialect.name]
        row = insert(table).values(**values).on_conflict_do_nothing()
        # Not by the count of rows, which drivers leave open for an insert.
        return self.connection.execute(row.returning(*table.primary_key)).first() is not None


class Record:
    """
    A campaign's record, at its newest revision; open it once and run transactions on it.

    `where` is the file, or the database's URL without a password, as messages name it; `address`
    the URL by which it is found from every folder, without a password.
    """

    def __init__(self, url: str, campaign: str) -> None:
        """
        Open the record and migrate it if it is of an older revision.

        Args:
            url: A SQLAlchemy URL of SQLite or PostgreSQL.
            campaign: The campaign's id.

        Raises:
            RecordError: If it cannot be opened: no server, no permission, not a database, newer.
        """
        self.campaign = campaign
        self.where = _shown(url)
        self.address = relative_url(Path(), absolute_url(Path.cwd(), url))
        self._url = url
        with self._translated():
            self._engine = _engine(url)
            try:
                migrate_record(self._engine)
            except BaseException:
                self._engine.dispose()
                raise

    @contextlib.contextmanager
    def begin(self, now: datetime) -> Iterator[Transaction]:
        """
        Run a transaction: committed at the end, undone by any exception, one after another.

        Raises:
            RecordError: If the database cannot be read or written.
        """
        with self._translated(), self._engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(_WAITING)
                connection.execute(_LOCKING, {"campaign": self.campaign})
            yield Transaction(connection, self.campaign, now)

    def shares_database(self, other: Record) -> bool:
        """Return whether another record is in the same database, however that was named."""
        file, its = database_file(self._url), database_file(other._url)
        if file is None or its is None:
            return self.where == other.where
        return file.samefile(its)

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def compact(self) -> None:
        """Overwrite what was deleted, so that no erased row is left in the file's free pages."""
        if self._engine.dialect.name != "sqlite":
            return
        with self._translated(), contextlib.closing(self._engine.raw_connection()) as connection:
            connection.cursor().execute("VACUUM")

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            raise RecordError(_said(error, self.where)) from error
        except sqlite3.Error as error:
            raise RecordError(f"The record {self.where}: {error}.") from error


def sqlite_url(path: Path) -> str:
    """Return the URL of a database in a file."""
    return URL.create("sqlite", database=str(path)).render_as_string()


def database_file(url: str) -> Path | None:
    """Return the file of a database; None for a server. RecordError if it is no such URL."""
    parsed = _parsed(url)
    return Path(parsed.database or "") if parsed.get_backend_name() == "sqlite" else None


def relative_url(folder: Path, url: str) -> str:
    """
    Return a database's URL as a campaign's settings have it.

    Without a password, which belongs in no file of a campaign, and with the path of a file as
    seen from the campaign's folder, so that both can be moved together.

    Raises:
        RecordError: If it is no URL of a database.
    """
    bare, file = _passwordless(_parsed(url)), database_file(url)
    if file is not None and not file.is_absolute():
        bare = bare.set(database=Path(os.path.relpath(file, folder)).as_posix())
    return bare.render_as_string()


def absolute_url(folder: Path, url: str) -> str:
    """Return a database's URL with the path of a file as seen from here, not from a folder."""
    parsed, file = _parsed(url), database_file(url)
    if file is None or file.is_absolute():
        return url
    return parsed.set(database=str(folder / file)).render_as_string(hide_password=False)


def has_password(url: str) -> bool:
    """Return whether a database's URL holds a password; RecordError if it is no such URL."""
    parsed = _parsed(url)
    return parsed.password is not None or any(map(_is_secret, parsed.query))


def _passwordless(url: URL) -> URL:
    return URL.create(
        url.drivername,
        username=url.username,
        host=url.host,
        port=url.port,
        database=url.database,
        query={key: value for key, value in url.query.items() if not _is_secret(key)},
    )


def _is_secret(option: str) -> bool:
    """Return whether an option of a URL is a password; libpq knows password and sslpassword."""
    return option.casefold().endswith("password")


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:  # the latter for a port that is no number
        raise RecordError(
            "That is no URL of a database. Write one such as "
            "postgresql+psycopg://user@host/database or sqlite:///file.sqlite."
        ) from error
    backend, driver = parsed.get_backend_name(), parsed.drivername
    if backend not in ("sqlite", "postgresql"):
        raise RecordError(f"The record is kept in SQLite or PostgreSQL, not in {backend}.")
    if backend == "sqlite" and (driver not in ("sqlite", "sqlite+pysqlite") or not _names(parsed)):
        raise RecordError(
            f"{parsed.render_as_string()} names no file that a record can be kept in. Write "
            "sqlite:///file.sqlite, or sqlite:////folder/file.sqlite with the whole path."
        )
    return parsed


def _names(url: URL) -> bool:
    """Return whether a URL of SQLite names a file, and not memory that is gone at the end."""
    return url.database not in (None, "", ":memory:")


def _shown(url: str) -> str:
    parsed = _parsed(url)
    if parsed.get_backend_name() == "sqlite":
        return str(parsed.database)
    return _passwordless(parsed).set(query={}).render_as_string()


def _engine(url: str) -> sa.Engine:
    parsed = _parsed(url)
    if parsed.get_backend_name() == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
        try:
            return sa.create_engine(parsed, connect_args={"connect_timeout": 10})
        except (ImportError, NoSuchModuleError) as error:
            raise RecordError(
                "PostgreSQL needs its driver; install it with: pip install 'iml4e-xlsx[postgresql]'"
            ) from error
    engine = sa.create_engine(parsed, connect_args={"timeout": _PATIENCE})
    sa.event.listen(engine, "connect", _set_up)
    sa.event.listen(engine, "begin", _begin)
    return engine


def _set_up(connection: sqlite3.Connection, _: object) -> None:
    """Leave transactions to SQLAlchemy, hold foreign keys, overwrite what is deleted."""
    connection.isolation_level = None
    for pragma in ("foreign_keys = ON", "secure_delete = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: sa.Connection) -> None:
    """Take the lock at once: two that read first and write later could each wait for the other."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _said(error: SQLAlchemyError, where: str) -> str:
    words = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
    hints = {
        "disk is full": "Make room and run the command again; what was recorded is kept.",
        "database is locked": "Another program holds it for long; try again when that has ended.",
        "unable to open": "Check that the folder exists and that you may write to it.",
        "readonly database": "Check that you may write to it.",
        "not a database": "Restore the file from a copy.",
        "malformed": "Restore the file from a copy.",
        "password": "Give it as PGPASSWORD, in ~/.pgpass or in IML4E_DATABASE.",
        "connection failed": "Check the address, and that the server runs and lets you in.",
        "lock timeout": "Another program holds it for long; try again when that has ended.",
    }
    hint = next((hint for sign, hint in hints.items() if sign in words), "")
    return f"The record {where} cannot be used: {words.rstrip('.')}. {hint}".rstrip()
