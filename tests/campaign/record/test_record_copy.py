"""Copying a record to another database: everything arrives, under numbers of its own."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from iml4e_xlsx.campaign.people.status import read_status
from iml4e_xlsx.campaign.people.status_tables import status_document
from iml4e_xlsx.campaign.record import mails, people
from iml4e_xlsx.campaign.record.answers import load_responses
from iml4e_xlsx.campaign.record.connection import Record
from iml4e_xlsx.campaign.record.mails import MailKind
from iml4e_xlsx.campaign.record.record_copy import copy_record
from iml4e_xlsx.campaign.record.returns import all_returned
from iml4e_xlsx.errors import RecordError
from iml4e_xlsx.text.interface_texts import load_texts
from tests.support.campaigns import NOW, answer, built_campaign, person_of, run
from tests.support.servers.postgres import PostgresServer


def test_everything_arrives_beside_other_campaigns(
    tmp_path: Path, postgres: PostgresServer
) -> None:
    """A database that holds a campaign already gives the rows of another their own numbers."""
    url = postgres.new_database()
    for size, name in ((3, "first"), (4, "second")):  # of one size they would be the same campaign
        (tmp_path / name).mkdir()
        with built_campaign(tmp_path / name, size) as (campaign, source):
            answer(campaign, source, "ann@example.org", {"AA-01": 2, "BB-02": "n/a"})
            with source.begin(NOW) as tx:
                ben = people.all_people(tx)[1]
                kind, message_id = MailKind.INVITATION, f"<1@{name}>"
                assert mails.claim_mail(
                    tx, ben.id, kind, message_id=message_id, number=1, workbook_digest=""
                )
            with closing(Record(url, campaign.settings.id)) as target:
                copied = copy_record(source, target, now=NOW)

                assert copied > 10
                texts = load_texts()
                before, after = (read_status(campaign, one, now=NOW) for one in (source, target))
                assert status_document(before, texts) == status_document(after, texts)
                assert _contents(source) == _contents(target)
                assert person_of(target, "ben@example.org").workbook_id


def _contents(record: Record) -> list[object]:
    """Return what a record holds, without the numbers of its rows."""
    with record.begin(NOW) as tx:
        returned = all_returned(tx)
        given = load_responses(tx, returned)
        names = {person.id: person.mail for person in people.all_people(tx)}
        return [
            [(one.digest, names.get(one.person or 0), one.deliveries) for one in returned],
            given,
            [
                (names[id_], mail.message_id, mail.state, mail.words)
                for id_, found in mails.all_mails(tx).items()
                for mail in found
            ],
            sorted((names[id_], one.digest) for id_, one in people.built_workbooks(tx).items()),
        ]


def test_nothing_is_copied_twice(tmp_path: Path) -> None:
    """A target that holds the campaign is left as it is."""
    with built_campaign(tmp_path, 2) as (campaign, source):
        url = f"sqlite:///{tmp_path / 'other.sqlite'}"
        with closing(Record(url, campaign.settings.id)) as target:
            copy_record(source, target, now=NOW)

            with pytest.raises(RecordError, match="already"):
                copy_record(source, target, now=NOW)

            assert _contents(target) == _contents(source)


def test_command_says_what_to_write(tmp_path: Path) -> None:
    """The settings are not changed by themselves, and no password is shown."""
    with built_campaign(tmp_path, 2) as (campaign, _):
        url = f"sqlite:///{tmp_path / 'other.sqlite'}"

        said = run("campaign", "copy-record", "-C", campaign.folder, url).stdout

    assert f'database = "{url}"' in said
    assert "2 people" in run("campaign", "build", campaign.folder, "--database", url).stdout
