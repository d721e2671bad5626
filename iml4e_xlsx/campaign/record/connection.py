"""Opens the record and runs transactions on it; turns the database's errors into ours."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import StaticPool

from iml4e_xlsx.campaign.record.lock_wait import LockPatience, LockWait
from iml4e_xlsx.campaign.record.migrations import migrate_record
from iml4e_xlsx.campaign.record.schema import events, metadata
from iml4e_xlsx.errors import RecordError
from iml4e_xlsx.findings.error_codes import RecordErrorCode
from iml4e_xlsx.text.message import Message, message

_REWRITING: Final = sa.text("SET lock_timeout = '10s'")
_REWRITTEN: Final = sa.text("RESET lock_timeout")
"""To write a table anew locks it, and the database may hold the records of other campaigns."""

_ADVICE: Final[Mapping[str, str]] = {
    "disk is full": "disk-full",
    "database is locked": "locked",
    "unable to open": "unable-to-open",
    "readonly database": "read-only",
    "password": "no-password",
    "connection failed": "no-connection",
    "lock timeout": "locked",
}
"""Signs in the words of SQLite and PostgreSQL, and the advice to give: texts of `database`."""

_DAMAGE: Final = ("not a database", "malformed")
"""What SQLite says of a file that is cut off or was written over."""

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

    def __init__(
        self,
        url: str,
        campaign: str,
        *,
        notice: Callable[[Message], None] = lambda _: None,
        patience: LockPatience | None = None,
    ) -> None:
        """
        Open the record and migrate it if it is of an older revision.

        Args:
            url: A SQLAlchemy URL of SQLite or PostgreSQL.
            campaign: The campaign's id.
            notice: Is called with a message where another process makes this one wait.
            patience: How long to wait for such a process; a minute, unless given.

        Raises:
            RecordError: If it cannot be opened: no server, no permission, not a database, newer.
        """
        self.campaign = campaign
        self.where = _display_url(url)
        self.address = relative_url(Path(), absolute_url(Path.cwd(), url))
        self._url = url
        with self._translate_errors():
            self._lock = LockWait(
                where=self.where, notice=notice, patience=patience or LockPatience()
            )
            self._engine = _make_engine(url, self._lock)
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
        with self._translate_errors(), self._engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                self._lock.lock_campaign(connection, self.campaign)
            yield Transaction(connection, self.campaign, now)

    @property
    def is_file(self) -> bool:
        """Return whether the record is a file, and not in the database of a server."""
        return database_file(self._url) is not None

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
        """
        Write the tables anew, so that no erased row is left in the database's free pages.

        Raises:
            RecordError: If the database refuses, such as while another process works with it.
        """
        with self._translate_errors():
            if self._engine.dialect.name == "postgresql":
                self._rewrite_tables()
                return
            with contextlib.closing(self._engine.raw_connection()) as connection:
                connection.cursor().execute("VACUUM")

    def _rewrite_tables(self) -> None:
        engine = self._engine.execution_options(isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(_REWRITING)
            try:
                # Without FULL, PostgreSQL leaves the bytes of deleted rows where they are.
                for table in metadata.sorted_tables:
                    connection.exec_driver_sql(f"VACUUM (FULL) {table.name}")
                    _forget_frequent_values(connection, table)
                connection.exec_driver_sql("VACUUM (FULL) pg_statistic")
            finally:
                connection.execute(_REWRITTEN)

    @contextlib.contextmanager
    def _translate_errors(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            raise _unusable(error, self.where) from error
        except sqlite3.Error as error:  # of a connection that SQLAlchemy does not wrap
            raise _unusable(error, self.where) from error


def _forget_frequent_values(connection: sa.Connection, table: sa.Table) -> None:
    """Let the server forget which values its columns had most often, the erased ones among them."""
    types = {
        column.name: column.type.compile(connection.dialect)
        for column in table.columns
        if not isinstance(column.type, sa.Integer | sa.Boolean)
    }
    # A column that gets a type, be it the one that it has, begins without such values.
    changes = [f"ALTER COLUMN {name} TYPE {type_}" for name, type_ in types.items()]
    if changes:
        connection.exec_driver_sql(f"ALTER TABLE {table.name} {', '.join(changes)}")


class MemoryRecord(Record):
    """A record that nothing is left of: what is read into it, is read and forgotten."""

    def __init__(self, campaign: str) -> None:
        """Make an empty record of a campaign."""
        self.campaign = campaign
        self.where = self.address = self._url = "sqlite://"
        # One connection: each other one would be another database.
        options = {"check_same_thread": False}
        self._engine = sa.create_engine(self._url, poolclass=StaticPool, connect_args=options)
        self._lock = LockWait(
            where=self.where, notice=lambda _: None, patience=LockPatience()
        )  # nobody else can hold it
        _listen(self._engine, self._lock)
        metadata.create_all(self._engine)


def sqlite_url(path: Path) -> str:
    """Return the URL of a database in a file."""
    return URL.create("sqlite", database=str(path)).render_as_string()


def database_file(url: str) -> Path | None:
    """Return the file of a database; None for a server. RecordError if it is no such URL."""
    parsed = _parse_url(url)
    return Path(parsed.database or "") if parsed.get_backend_name() == "sqlite" else None


def relative_url(folder: Path, url: str) -> str:
    """
    Return a database's URL as a campaign's settings have it.

    Without a password, which belongs in no file of a campaign, and with the path of a file as
    seen from the campaign's folder, so that both can be moved together.

    Raises:
        RecordError: If it is no URL of a database.
    """
    bare, file = _without_password(_parse_url(url)), database_file(url)
    if file is not None and not file.is_absolute():
        bare = bare.set(database=Path(os.path.relpath(file, folder)).as_posix())
    return bare.render_as_string()


def absolute_url(folder: Path, url: str) -> str:
    """Return a database's URL with the path of a file as seen from here, not from a folder."""
    parsed, file = _parse_url(url), database_file(url)
    if file is None or file.is_absolute():
        return url
    return parsed.set(database=str(folder / file)).render_as_string(hide_password=False)


def has_password(url: str) -> bool:
    """Return whether a database's URL holds a password; RecordError if it is no such URL."""
    parsed = _parse_url(url)
    return parsed.password is not None or any(map(_is_secret, parsed.query))


def _without_password(url: URL) -> URL:
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


def _parse_url(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:  # the latter for a port that is no number
        raise RecordError(RecordErrorCode.DATABASE_URL) from error
    backend, driver = parsed.get_backend_name(), parsed.drivername
    if backend not in ("sqlite", "postgresql"):
        raise RecordError(RecordErrorCode.DATABASE_KIND, kind=backend)
    if backend == "sqlite" and (
        driver not in ("sqlite", "sqlite+pysqlite") or not _names_file(parsed)
    ):
        raise RecordError(RecordErrorCode.DATABASE_FILE, url=parsed.render_as_string())
    return parsed


def _names_file(url: URL) -> bool:
    """Return whether a URL of SQLite names a file, and not memory that is gone at the end."""
    return url.database not in (None, "", ":memory:")


def _display_url(url: str) -> str:
    parsed = _parse_url(url)
    if parsed.get_backend_name() == "sqlite":
        return str(parsed.database)
    return _without_password(parsed).set(query={}).render_as_string()


def _make_engine(url: str, lock: LockWait) -> sa.Engine:
    parsed = _parse_url(url)
    if parsed.get_backend_name() == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
        try:
            return sa.create_engine(parsed, connect_args={"connect_timeout": 10})
        except (ImportError, NoSuchModuleError) as error:
            raise RecordError(RecordErrorCode.DATABASE_DRIVER) from error
    _make_own_file(Path(str(parsed.database)))
    engine = sa.create_engine(parsed, connect_args={"timeout": lock.patience.whole})
    _listen(engine, lock)
    return engine


def _listen(engine: sa.Engine, lock: LockWait) -> None:
    """Let each connection of SQLite be configured, and each transaction be one from its start."""
    sa.event.listen(engine, "connect", _configure)
    # At once: two that read first and write later could each wait for the other.
    sa.event.listen(engine, "begin", partial(lock.run_in_file, statement="BEGIN IMMEDIATE"))
    # Whoever reads the file does not keep anybody from beginning, but from this.
    sa.event.listen(engine, "commit", partial(lock.run_in_file, statement="COMMIT"))


def _make_own_file(path: Path) -> None:
    """Make the file that only its owner may read; SQLite gives its mode to the journal as well."""
    with contextlib.suppress(OSError):  # also of a file that is there; SQLite says what is wrong
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _configure(connection: sqlite3.Connection, _: object) -> None:
    """Leave transactions to SQLAlchemy, hold foreign keys, overwrite what is deleted."""
    connection.isolation_level = None
    for pragma in ("foreign_keys = ON", "secure_delete = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _unusable(error: Exception, where: str) -> RecordError:
    """Make the error of a database that refuses, in its own words."""
    words = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
    if any(sign in words for sign in _DAMAGE):
        return RecordError(RecordErrorCode.RECORD_DAMAGED, record=where, reason=words.rstrip("."))
    advice = next((name for sign, name in _ADVICE.items() if sign in words), "unexpected")
    return RecordError(
        RecordErrorCode.RECORD_UNUSABLE,
        record=where,
        reason=words.rstrip("."),
        advice=message(f"database.{advice}"),
    )
