"""Tests of records that cannot be opened, read or written: each is refused with a reason."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from iml4e_xlsx.campaign.record.connection import (
    Record,
    has_password,
    relative_url,
    sqlite_url,
)
from iml4e_xlsx.campaign.record.schema import REVISION
from iml4e_xlsx.errors import RecordError
from tests.support.campaigns import ROOT
from tests.support.recording import filled, tables_of
from tests.support.servers.common import free_ports
from tests.support.servers.postgres import PostgresServer

PASSWORD = "open-sesame-4711"


def failure(url: str) -> str:
    """Return what opening a record says, which is an error of one line."""
    with pytest.raises(RecordError) as caught:
        Record(url, "abcd").close()
    said = str(caught.value)
    assert "\n" not in said
    assert PASSWORD not in said
    return said


def test_a_newer_record_is_refused(database: str) -> None:
    """A record of a revision that nobody here knows stays as it is, and the reason is said."""
    Record(database, "abcd").close()
    engine = sa.create_engine(make_url(database))
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    said = failure(database)

    assert "9999" in said
    assert REVISION in said
    assert "newer version" in said
    assert tables_of(database)["alembic_version"] == 1


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    """The file is named and stays as it is."""
    path = tmp_path / "record.sqlite"
    path.write_bytes(b"no database at all, but long enough to have a header" * 100)
    said = failure(sqlite_url(path))

    assert str(path) in said
    assert "Restore it from a copy" in said
    assert path.read_bytes().startswith(b"no database")


def test_a_damaged_database_is_said(tmp_path: Path) -> None:
    """A database with damaged pages is a RecordError, not a traceback."""
    path = tmp_path / "record.sqlite"
    Record(sqlite_url(path), "abcd").close()
    data = bytearray(path.read_bytes())
    data[100:] = b"\xff" * (len(data) - 100)
    path.write_bytes(bytes(data))

    assert "Restore it from a copy" in failure(sqlite_url(path))


@pytest.mark.parametrize("name", ["nowhere/record.sqlite", "folder"])
def test_a_place_that_cannot_be_opened_is_said(tmp_path: Path, name: str) -> None:
    """A folder that is not there, or a folder in the file's place."""
    (tmp_path / "folder").mkdir()

    assert "Check that the folder exists" in failure(sqlite_url(tmp_path / name))


def test_a_record_that_may_not_be_written_is_said() -> None:
    """Without permission to write, the file is named, and nothing is half done."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "record.sqlite"
        with closing(Record(sqlite_url(path), "abcd")) as record:
            filled(record, "ann")
        path.chmod(0o444)
        Path(folder).chmod(0o555)
        code = (
            "import os, sys\n"
            "from iml4e_xlsx.campaign.record import people\n"
            "from iml4e_xlsx.campaign.record.connection import Record, datetime\n"
            "from iml4e_xlsx.errors import RecordError\n"
            "from iml4e_xlsx.text.interface_texts import load_texts\n"
            "load_texts()  # the other user may not be able to read this installation\n"
            "if os.geteuid() == 0: os.setuid(65534)\n"
            "try:\n"
            "    record = Record(sys.argv[1], 'abcd')\n"
            "    with record.begin(datetime.now()) as tx: people.save_roster(tx, [], 'x')\n"
            "except RecordError as error: print(error)\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, sqlite_url(path)],
            capture_output=True,
            text=True,
            check=False,
            cwd=ROOT,
        )
        Path(folder).chmod(0o755)

    assert done.stderr == ""
    assert str(path) in done.stdout
    assert "Check that you may write to it" in done.stdout


def test_a_server_that_is_not_there_is_said() -> None:
    """Host and port are named, the password is not."""
    port = free_ports(1)[0]
    said = failure(f"postgresql+psycopg://iml4e:{PASSWORD}@127.0.0.1:{port}/record")

    assert f"127.0.0.1:{port}" in said
    assert "Check the address" in said


def test_postgresql_refuses_a_login(postgres: PostgresServer) -> None:
    """A wrong password, none, or an unknown database: in a line, without the password."""
    good = make_url(postgres.new_database())
    wrong = good.set(password=PASSWORD).render_as_string(hide_password=False)
    nowhere = good.set(database="nowhere").render_as_string(hide_password=False)
    none = relative_url(Path(), postgres.new_database())

    assert "password authentication failed" in failure(wrong)
    assert "PGPASSWORD" in failure(wrong)
    assert "PGPASSWORD" in failure(none)
    said = failure(nowhere)
    assert '"nowhere" does not exist' in said
    assert postgres.password not in said


def test_postgresql_without_the_right_to_make_tables(postgres: PostgresServer) -> None:
    """A user who may log in and no more is told what the server says."""
    url = make_url(postgres.new_database())
    admin = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS guest")
        connection.execute(f"CREATE ROLE guest LOGIN PASSWORD '{PASSWORD}'".encode())
        connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    guest = url.set(username="guest", password=PASSWORD)

    assert "permission denied" in failure(guest.render_as_string(hide_password=False))


@pytest.mark.parametrize("drivername", ["postgresql", "postgresql+psycopg"])
def test_either_name_of_the_driver_will_do(postgres: PostgresServer, drivername: str) -> None:
    """`postgresql://` is what people write."""
    url = make_url(postgres.new_database()).set(drivername=drivername)
    with closing(Record(url.render_as_string(hide_password=False), "abcd")) as record:
        filled(record, "ann")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        (f"mysql://u:{PASSWORD}@h/d", "SQLite or PostgreSQL, not in mysql"),
        (f"no url {PASSWORD}", "not the URL of a database"),
        ("", "not the URL of a database"),
        (f"oracle+x://u:{PASSWORD}@h/d", "SQLite or PostgreSQL"),
        (f"postgresql://u:{PASSWORD}@h:port/d", "not the URL of a database"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("sqlite+aiosqlite:///file", "names no file"),
        (f"postgresql+nosuchdriver://u:{PASSWORD}@127.0.0.1:1/d", "cannot be used"),
        (f"postgresql://u@127.0.0.1:1/d?password={PASSWORD}&nonsense=1", "cannot be used"),
    ],
)
def test_urls_that_name_no_database_are_refused(url: str, words: str) -> None:
    """What cannot be used is refused in a line, which does not repeat it."""
    assert words in failure(url)


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql+psycopg://u:{PASSWORD}@h:5433/d?sslmode=verify-full",
        f"postgresql://u@h/d?sslmode=verify-full&password={PASSWORD}",
        f"postgresql://u@h/d?sslpassword={PASSWORD}&sslmode=verify-full",
        f"postgresql://h/d?user=u&password={PASSWORD}&password={PASSWORD}&sslmode=verify-full",
        f"postgresql://h/d?PASSWORD={PASSWORD}&sslmode=verify-full",
    ],
)
def test_a_password_is_taken_out_of_a_url_wherever_it_stands(url: str) -> None:
    """Before the host or among the options; all else stays."""
    bare = relative_url(Path(), url)

    assert has_password(url)
    assert not has_password(bare)
    assert PASSWORD not in bare
    assert make_url(bare).query["sslmode"] == "verify-full"
    assert (make_url(bare).host, make_url(bare).database) == ("h", "d")


def test_a_database_from_elsewhere_is_left_alone(tmp_path: Path) -> None:
    """Tables of another program that has them in the same database stay."""
    path = tmp_path / "shared.sqlite"
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("CREATE TABLE theirs (x)")
        other.execute("INSERT INTO theirs VALUES (1)")
    Record(sqlite_url(path), "abcd").close()

    assert tables_of(sqlite_url(path))["theirs"] == 1
