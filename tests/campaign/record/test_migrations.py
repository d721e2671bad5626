"""Tests of the migrations: records of earlier revisions are brought up to date, and go on."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from iml4e_xlsx.campaign.folder.campaign import Campaign, open_campaign
from iml4e_xlsx.campaign.folder.record_access import open_record
from iml4e_xlsx.campaign.people.status import read_status
from iml4e_xlsx.campaign.people.status_tables import status_document
from iml4e_xlsx.campaign.record import returns
from iml4e_xlsx.campaign.record.connection import Record
from iml4e_xlsx.campaign.record.returned_file import ReturnedFile
from iml4e_xlsx.campaign.record.schema import REVISION
from iml4e_xlsx.text.interface_texts import load_texts
from tests.support.campaigns import NOW, ROOT, collect
from tests.support.made_up import MARK as FOREIGN
from tests.support.made_up import made_up_texts
from tests.support.real import MARK
from tests.support.recording import open_at_once
from tests.support.servers.postgres import PostgresServer

LATER = datetime(2027, 1, 4, tzinfo=UTC)
"""A time after the old campaign began: mails from before it are those of another round."""

DATA = ROOT / "tests/data/made_by_48b076d"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=getattr(pytest.mark, MARK))])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Campaign:
    """Return a copy of a campaign of revision 0001, its record in a file or restored."""
    folder = tmp_path / "campaign"
    shutil.copytree(DATA / "campaign", folder)
    if request.param == "sqlite":
        return open_campaign(folder)
    server: PostgresServer = request.getfixturevalue("postgres")
    address = server.new_database()
    plain = address.replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute((DATA / "record.sql").read_bytes())
    (folder / "record.sqlite").unlink()
    return open_campaign(folder, database=address)


def query(campaign: Campaign, statement: str) -> list[Any]:
    """Return the rows of a statement on the database, which is not migrated by that."""
    engine = sa.create_engine(make_url(campaign.database))
    with engine.connect() as connection:
        rows = [tuple(row) for row in connection.execute(sa.text(statement))]
    engine.dispose()
    return rows


def returned_files(campaign: Campaign) -> list[ReturnedFile]:
    """Open the record, which migrates it, and return all files."""
    with closing(open_record(campaign)) as record, record.begin(NOW) as tx:
        return returns.all_returned(tx)


def test_old_failures_and_findings_are_shown_as_they_were_recorded(old: Campaign) -> None:
    """Sentences of revision 0001 stay what they were, in whatever language a status is shown."""
    sentences = dict(query(old, "SELECT source, message FROM returned WHERE code <> ''"))
    assert sentences

    files = returned_files(old)

    for texts in (load_texts(), made_up_texts()):
        failures = [file.restore_failure(texts) for file in files]
        assert {f.source: f.message for f in failures if f is not None} == sentences
    findings = [finding for file in files for finding in file.restore_findings(load_texts())]
    foreign = [finding for file in files for finding in file.restore_findings(made_up_texts())]
    assert findings
    assert findings == foreign


def test_an_old_record_is_migrated_once_and_keeps_every_row(old: Campaign) -> None:
    """Nothing but the new column differs; opening it again changes nothing."""
    tables = ("people", "returned", "answers", "deliveries", "mails", "events", "workbooks")
    counted = [query(old, f"SELECT count(*) FROM {table}") for table in tables]  # noqa: S608
    assert query(old, "SELECT version_num FROM alembic_version") == [("0001",)]

    first, second = returned_files(old), returned_files(old)

    assert first == second
    assert query(old, "SELECT version_num FROM alembic_version") == [(REVISION,)]
    assert [query(old, f"SELECT count(*) FROM {table}") for table in tables] == counted  # noqa: S608


def test_processes_that_open_an_old_record_at_once_migrate_it_once(old: Campaign) -> None:
    """Each succeeds, whoever is first."""
    open_at_once(old.database, old.settings.id, 3)

    assert query(old, "SELECT version_num FROM alembic_version") == [(REVISION,)]


def test_a_migration_that_is_cut_off_leaves_the_old_record(
    old: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next start does it."""
    from alembic.operations import Operations

    add_column: Callable[..., Any] = Operations.add_column

    def interrupt(*args: Any, **options: Any) -> None:
        add_column(*args, **options)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Operations, "add_column", interrupt)
        with pytest.raises(KeyboardInterrupt):
            Record(old.database, old.settings.id)
    assert query(old, "SELECT version_num FROM alembic_version") == [("0001",)]

    assert returned_files(old)


def test_a_migrated_record_takes_new_failures_as_codes_and_values(
    old: Campaign, tmp_path: Path
) -> None:
    """Beside the old sentences, which stay: no sentence of the new ones is in the database."""
    before = {file.digest for file in returned_files(old)}
    (tmp_path / "new.eml").write_bytes(
        b"From: eve@example.org\r\nMessage-ID: <new@example.org>\r\n"
        b"Date: Thu, 31 Dec 2026 10:00:00 +0000\r\n"
        b"Content-Type: application/octet-stream; name=answers.xlsx\r\n"
        b"Content-Disposition: attachment; filename=answers.xlsx\r\n\r\nPK\x03\x04 no zip\r\n"
    )

    with closing(open_record(old)) as record:
        collect(old, record, tmp_path / "new.eml", now=LATER)
        status = read_status(old, record, now=LATER)

    (file,) = [file for file in returned_files(old) if file.digest not in before]
    (row,) = query(old, f"SELECT message FROM returned WHERE id = {file.id}")  # noqa: S608
    assert row == ("",)
    english, foreign = (
        next(entry["problem"] for entry in document["persons"] if "eve" in entry["mail"])
        for document in (
            status_document(status, texts) for texts in (load_texts(), made_up_texts())
        )
    )
    assert "the workbook is damaged" in english
    assert FOREIGN in foreign
    assert foreign.replace(FOREIGN, "") == english
