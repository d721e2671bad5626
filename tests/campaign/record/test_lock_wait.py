"""Tests of a record that somebody else holds: the wait is told, and ends when the lock does."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from iml4e_xlsx.campaign.record.connection import Record, sqlite_url
from iml4e_xlsx.campaign.record.lock_wait import LockPatience
from iml4e_xlsx.errors import RecordError
from iml4e_xlsx.text.interface_texts import load_texts
from iml4e_xlsx.text.message import Message
from tests.support.campaigns import ROOT, new_campaign
from tests.support.recording import filled
from tests.support.servers.postgres import PostgresServer

SHORT = LockPatience(silent=0.05, whole=60)
NO_TIME = LockPatience(silent=0.05, whole=0.1)
CAMPAIGN = "abcd"


class Holder:
    """Holds the lock of a record, and lets it go at the first notice of who waits for it."""

    def __init__(self, database: str, *, statement: str = "BEGIN IMMEDIATE") -> None:
        self.notices: list[str] = []
        self._connection: sqlite3.Connection | psycopg.Connection[tuple[object, ...]]
        if database.startswith("sqlite"):
            path = str(make_url(database).database)
            self._connection = sqlite3.connect(path, isolation_level=None)
            self.take(statement)
            if statement == "BEGIN":
                self._connection.execute("SELECT count(*) FROM people").fetchone()
        else:
            url = make_url(database).set(drivername="postgresql")
            self._connection = psycopg.connect(url.render_as_string(hide_password=False))
            locking = "SELECT pg_advisory_xact_lock(hashtext(%s))"
            self._connection.execute(locking, (CAMPAIGN,))

    def take(self, statement: str = "BEGIN IMMEDIATE") -> None:
        """Take the lock of a file."""
        self._connection.execute(statement)

    def release(self) -> None:
        """Let the lock go."""
        self._connection.rollback()

    def note(self, notice: Message) -> None:
        """Keep what is told, and let the lock go."""
        self.notices.append(load_texts().render(notice))
        self.release()

    def close(self) -> None:
        """Let go of everything."""
        self._connection.close()


@contextmanager
def held(database: str, *, statement: str = "BEGIN IMMEDIATE") -> Iterator[Holder]:
    """Yield who holds the lock of a record that is there."""
    with closing(Record(database, CAMPAIGN)) as record:
        filled(record, "ann")
    with closing(Holder(database, statement=statement)) as holder:
        yield holder


def test_whoever_waits_says_so_and_goes_on(database: str) -> None:
    """Once, with the record and the time that is left; PostgreSQL tells who holds it."""
    with held(database) as holder:
        if database.startswith("sqlite"):
            holder.release()  # opening a file reads it, and waits as well
        with closing(Record(database, CAMPAIGN, notice=holder.note, patience=SHORT)) as record:
            if database.startswith("sqlite"):
                holder.take()
            filled(record, "ann", "ben")
            filled(record, "ann", "ben", "cay")
        (notice,) = holder.notices
        assert "Waiting for 60 more seconds at most." in notice
        assert record.where in notice
        if not database.startswith("sqlite"):
            assert "in use by postgres at 127.0.0.1 (process " in notice


def test_opening_a_locked_file_waits_as_well(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "record.sqlite")
    with held(url) as holder:
        Record(url, CAMPAIGN, notice=holder.note, patience=SHORT).close()
        assert len(holder.notices) == 1


def test_whoever_reads_a_file_holds_up_its_commit(tmp_path: Path) -> None:
    """As a program does that looks into databases; what was written arrives all the same."""
    url = sqlite_url(tmp_path / "record.sqlite")
    with (
        held(url, statement="BEGIN") as holder,
        closing(Record(url, CAMPAIGN, notice=holder.note, patience=SHORT)) as record,
    ):
        filled(record, "ann", "ben")
        assert len(holder.notices) == 1
    with closing(sqlite3.connect(tmp_path / "record.sqlite")) as connection:
        assert connection.execute("SELECT count(*) FROM people").fetchone() == (2,)


def test_a_lock_that_stays_is_an_error_with_what_to_do(database: str) -> None:
    """The record stays as it was, and can be used once the lock is gone."""
    with held(database) as holder:
        notices: list[Message] = []
        with (
            pytest.raises(RecordError, match="End it, or wait until it has ended"),
            closing(Record(database, CAMPAIGN, notice=notices.append, patience=NO_TIME)) as record,
        ):
            filled(record, "ann", "ben")
        assert len(notices) == 1
        holder.release()
        with closing(Record(database, CAMPAIGN, patience=NO_TIME)) as record:
            filled(record, "ann", "ben")


def test_a_command_says_what_it_waits_for(tmp_path: Path) -> None:
    """On stderr, before it has waited to the end; then it does what it was asked for."""
    campaign = new_campaign(tmp_path)
    path = campaign.folder / "record.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        with subprocess.Popen(
            [sys.executable, "-m", "iml4e_xlsx", "campaign", "status", str(campaign.folder)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        ) as process:
            assert process.stderr is not None
            said = process.stderr.readline()
            connection.execute("ROLLBACK")
            out, _ = process.communicate(timeout=120)

    assert "is in use by another program" in said
    assert process.returncode == 0
    assert "0 of" in out


def test_nobody_waits_for_other_rounds_of_the_database(postgres: PostgresServer) -> None:
    """Each campaign has a lock of its own there."""
    database = postgres.new_database()
    with (
        held(database) as holder,
        closing(Record(database, "other", notice=holder.note, patience=NO_TIME)) as record,
    ):
        filled(record, "ann")
        assert holder.notices == []
