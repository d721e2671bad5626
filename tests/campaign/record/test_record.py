"""The record: its tables on SQLite and PostgreSQL, its transactions, and what it says of faults."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from iml4e_xlsx.campaign.record import campaigns, mails, people
from iml4e_xlsx.campaign.record.connection import (
    Record,
    Transaction,
    sqlite_url,
)
from iml4e_xlsx.campaign.record.mailboxes import FolderPosition, find_position, save_position
from iml4e_xlsx.campaign.record.mails import MailKind, MailState
from iml4e_xlsx.campaign.record.migrations import alembic_config
from iml4e_xlsx.campaign.record.schema import REVISION, metadata
from iml4e_xlsx.errors import RecordError
from tests.support.campaigns import DAY, NOW, ROOT
from tests.support.noting import note_mail
from tests.support.recording import filled, open_at_once, rows_of, tables_of


def test_migrations_make_the_tables_that_the_code_names(database: str) -> None:
    """Alembic finds nothing to change in a record that was just made."""
    with closing(Record(database, "abcd")) as record, record.begin(NOW) as tx:
        context = MigrationContext.configure(tx.connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        found = tx.connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
        assert found == REVISION


def test_the_revision_is_the_newest_script(database: str) -> None:
    """REVISION is the one head of the migrations."""
    with closing(Record(database, "abcd")) as record, record.begin(NOW) as tx:
        scripts = ScriptDirectory.from_config(alembic_config(tx.connection))

    assert scripts.get_heads() == [REVISION]


def test_opening_again_changes_nothing(database: str) -> None:
    """What is recorded is there the next time."""
    with closing(Record(database, "abcd")) as record:
        filled(record, "ann")
    with closing(Record(database, "abcd")) as record, record.begin(NOW) as tx:
        (ann,) = people.all_people(tx)

    assert (ann.mail, ann.name, ann.targets, ann.extra) == (
        "ann@example.org",
        "ann",
        {"AA": 2},
        {"Büro": "3"},
    )


def test_processes_that_open_at_once_migrate_once(database: str) -> None:
    """Of several that start on an empty database each succeeds, and the tables are made once."""
    open_at_once(database, "abcd", 2)

    counts = tables_of(database)
    assert counts.pop("alembic_version") == 1
    assert set(counts) == set(metadata.tables)


def test_a_migration_that_is_cut_off_leaves_nothing(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tables come all or not at all, and the next start makes them."""
    from alembic.operations import Operations

    made = Operations.create_table
    count = 0

    def interrupted(self: Operations, *args: object, **options: object) -> object:
        nonlocal count
        count += 1
        if count == 5:
            raise KeyboardInterrupt
        return made(self, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Operations, "create_table", interrupted)
    with pytest.raises(KeyboardInterrupt):
        Record(database, "abcd")
    assert tables_of(database) == {}
    monkeypatch.undo()
    Record(database, "abcd").close()

    assert set(tables_of(database)) == {*metadata.tables, "alembic_version"}


def test_a_transaction_happens_whole_or_not_at_all(database: str) -> None:
    """An exception anywhere in it undoes everything before it."""
    with closing(Record(database, "abcd")) as record:
        filled(record, "ann")
        before = tables_of(database)

        def half() -> None:
            with record.begin(NOW) as tx:
                people.save_roster(tx, rows_of("ben", "cay"), "other")
                note_mail(tx, people.all_people(tx)[0])
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            half()
        with record.begin(NOW) as tx:
            assert campaigns.roster_digest(tx) == "digest"
            assert [(one.name, one.listed) for one in people.all_people(tx)] == [("ann", True)]

    assert tables_of(database) == before


def test_an_error_of_the_database_undoes_the_transaction(database: str) -> None:
    """What the database refuses is a RecordError, and nothing of the transaction is left."""
    with closing(Record(database, "abcd")) as record:
        filled(record, "ann")

        def refused() -> None:
            with record.begin(NOW) as tx:
                campaigns.ensure_campaign(Transaction(tx.connection, "other", NOW), "x", "y", "z")
                tx.add_event("kind", person=4711)

        with pytest.raises(RecordError, match="cannot be used"):
            refused()

    assert tables_of(database)["campaigns"] == 1


def test_a_process_that_is_killed_leaves_no_half_transaction(database: str) -> None:
    """What was not committed is gone, and the record can be opened at once."""
    with closing(Record(database, "abcd")) as record:
        filled(record, "ann")
    code = (
        "import os, signal, sys\n"
        "from tests.campaign.record.test_record import NOW, Record, people, rows_of\n"
        "record = Record(sys.argv[1], 'abcd')\n"
        "with record.begin(NOW) as tx:\n"
        "    people.save_roster(tx, rows_of('ben'), 'other')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, database],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert done.returncode == -9

    with closing(Record(database, "abcd")) as record, record.begin(NOW) as tx:
        assert [one.name for one in people.all_people(tx)] == ["ann"]


def test_campaigns_in_one_database_do_not_see_each_other(database: str) -> None:
    """The same people in two campaigns have ids, mails and digests of their own."""
    with closing(Record(database, "one1")) as one, closing(Record(database, "two2")) as two:
        filled(one, "ann", "ben")
        filled(two, "ann")
        with one.begin(NOW) as tx:
            first = people.find_by_mail(tx, "ANN@example.org")
            assert first is not None
            message_id = note_mail(tx, first)
        with two.begin(NOW) as tx:
            second = people.find_by_mail(tx, "ann@example.org")
            assert second is not None
            assert second.workbook_id != first.workbook_id
            assert people.find_by_workbook(tx, first.workbook_id) is None
            assert [person.id for person in people.all_people(tx)] == [second.id]
            assert mails.all_mails(tx) == {}
            assert not mails.is_own_mail(tx, message_id)
            assert not mails.settle_mail(tx, message_id, MailState.BOUNCED)
            assert not mails.record_bounce(tx, message_id, "x")
            people.save_roster(tx, [], "none")
        with one.begin(NOW) as tx:
            assert [person.listed for person in people.all_people(tx)] == [True, True]
            assert mails.all_mails(tx)[first.id][0].state is MailState.SENT


def test_a_mail_is_claimed_once(database: str) -> None:
    """Of two that would write down the same mail the second is told so."""
    with closing(Record(database, "abcd")) as record:
        filled(record, "ann")
        with record.begin(NOW) as tx:
            person = people.all_people(tx)[0].id
            claims = [
                mails.claim_mail(
                    tx,
                    person,
                    MailKind.INVITATION,
                    message_id=message_id,
                    number=1,
                    workbook_digest="",
                )
                for message_id in ("<a@x>", "<b@x>")
            ]
            assert claims == [True, False]
            assert [mail.message_id for mail in mails.all_mails(tx)[person]] == ["<a@x>"]


def test_mails_of_a_kind_stand_by_their_numbers(database: str) -> None:
    """Also where the clock that wrote the second was behind; between kinds the time decides."""
    with closing(Record(database, "abcd")) as record:
        filled(record, "ann")
        with record.begin(NOW) as tx:
            ann = people.all_people(tx)[0]
            note_mail(tx, ann, at=NOW)
            note_mail(tx, ann, at=NOW - DAY, number=2)
            note_mail(tx, ann, at=NOW + DAY, kind=MailKind.REMINDER)
            note_mail(tx, ann, at=NOW + 2 * DAY, number=3)
            found = [(one.kind, one.number) for one in mails.all_mails(tx)[ann.id]]
    invited, reminded = MailKind.INVITATION, MailKind.REMINDER
    assert found == [(invited, 1), (invited, 2), (reminded, 1), (invited, 3)]


def test_moments_are_kept_in_utc(database: str) -> None:
    """What goes in with any zone comes out as the same moment, aware and in UTC."""
    from datetime import timedelta, timezone

    there = NOW.astimezone(timezone(timedelta(hours=-7)))
    with closing(Record(database, "abcd")) as record:
        filled(record, "ann")
        with record.begin(there) as tx:
            note_mail(tx, people.all_people(tx)[0], at=there)
        with record.begin(NOW) as tx:
            ((mail,),) = mails.all_mails(tx).values()

    assert mail.changed == NOW
    assert mail.changed.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "name", ["a?b", "a#b", "a%20b", "a b", "ä:@b", "'", "a;b", "a&b=c"], ids=lambda name: name
)
def test_a_file_may_have_any_name(tmp_path: Path, name: str) -> None:
    """The record is in the folder that was meant, whatever it is called."""
    folder = tmp_path / name
    folder.mkdir()
    with closing(Record(sqlite_url(folder / "record.sqlite"), "abcd")) as record:
        filled(record, "ann")

    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert [path.name for path in folder.iterdir()] == ["record.sqlite"]


def test_erased_rows_leave_no_bytes(tmp_path: Path) -> None:
    """SQLite overwrites what is deleted, and `compact` gives the pages back."""
    path = tmp_path / "record.sqlite"
    with closing(Record(sqlite_url(path), "abcd")) as record:
        filled(record, *(f"somebody{number}" for number in range(300)))
        size = path.stat().st_size
        assert b"somebody7@" in path.read_bytes()
        with record.begin(NOW) as tx:
            tx.connection.execute(metadata.tables["people"].delete())
        assert b"somebody7" not in path.read_bytes()
        record.compact()

    assert path.stat().st_size < size


def test_two_writers_wait_for_each_other(database: str) -> None:
    """A second transaction begins when the first has ended, and sees what it did."""
    import threading

    with closing(Record(database, "abcd")) as record:
        filled(record)
        ready, seen = threading.Event(), []

        def second() -> None:
            ready.wait()
            with closing(Record(database, "abcd")) as other, other.begin(NOW) as tx:
                people.save_roster(tx, rows_of("ann", "ben"), "second")
                seen.append([one.name for one in people.all_people(tx)])

        thread = threading.Thread(target=second)
        thread.start()
        with record.begin(NOW) as tx:
            people.save_roster(tx, rows_of("ann"), "first")
            ready.set()
            thread.join(0.2)
            assert seen == []
        thread.join(20)

    assert seen == [["ann", "ben"]]


def test_foreign_keys_hold(database: str) -> None:
    """What belongs to a person goes with the person, on SQLite too."""
    with closing(Record(database, "abcd")) as record:
        filled(record, "ann")
        with record.begin(NOW) as tx:
            note_mail(tx, people.all_people(tx)[0])
        with record.begin(NOW) as tx:
            tx.connection.execute(metadata.tables["people"].delete())
            assert mails.all_mails(tx) == {}


def test_a_folder_is_searched_on_from_where_the_search_came_last(database: str) -> None:
    """By numbers never from less far than before; by an address from the last one that was told."""
    first = FolderPosition(validity=7, last=30)
    with closing(Record(database, "abcd")) as record, record.begin(NOW) as tx:
        campaigns.ensure_campaign(tx, "Round", "s", "1")
        assert find_position(tx, "inbox") is None
        save_position(tx, "inbox", first)
        save_position(tx, "inbox", FolderPosition(validity=7, last=20))
        assert find_position(tx, "inbox") == first
        save_position(tx, "inbox", FolderPosition(validity=8, last=2))
        assert find_position(tx, "inbox") == FolderPosition(validity=8, last=2)
        for link in ("https://x/2", "https://x/1"):
            save_position(tx, "graph", FolderPosition(link=link))
            assert find_position(tx, "graph") == FolderPosition(link=link)
