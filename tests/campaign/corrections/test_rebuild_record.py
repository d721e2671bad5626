"""A lost record that is made anew: everybody and every answer, and no mail until it is settled."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

import pytest

from iml4e_xlsx.campaign.corrections.rebuild_record import rebuild_record
from iml4e_xlsx.campaign.folder.campaign import Campaign, open_campaign
from iml4e_xlsx.campaign.people.participant import list_participants
from iml4e_xlsx.campaign.record import mails, people
from iml4e_xlsx.campaign.record.answers import load_responses
from iml4e_xlsx.campaign.record.mails import MailState
from iml4e_xlsx.errors import RecordError
from iml4e_xlsx.findings.error_codes import RecordErrorCode
from iml4e_xlsx.model import Answer
from tests.support.campaigns import (
    NOW,
    answer,
    built_campaign,
    collect,
    record_of,
    run,
)
from tests.support.forking import Forks
from tests.support.returning import filled, mail, originals
from tests.support.servers.postgres import PostgresServer

KILLED = -9
CHAINS, KILLS = 10, 5
"""So many rebuilds are interrupted so often each: fifty kills on each database."""

Known: TypeAlias = dict[str, tuple[str, dict[str, Answer]]]
"""Of everybody by address the id of the workbook and the answers that count."""

Lost: TypeAlias = tuple[Campaign, Known]
"""A campaign without its record, and what that knew."""

_KILL = """
import os, signal
import sqlalchemy as sa
count = iter(range(1, 100000))
@sa.event.listens_for(sa.Engine, "before_cursor_execute")
def kill(*_args):
    if next(count) == {at}:
        os.kill(os.getpid(), signal.SIGKILL)
"""


def known(campaign: Campaign) -> Known:
    """Return of everybody by address the id of the workbook and the answers that count."""
    with record_of(campaign) as record, record.begin(NOW) as tx:
        found = {}
        for one in list_participants(tx):
            given = load_responses(tx, [one.response])[0].answers if one.response else {}
            found[one.person.mail] = (one.person.workbook_id, dict(given))
        return found


def fill_round(folder: Path, database: str = "") -> Campaign:
    """Make a campaign of four people: two answers by id, one by sender alone, one of nobody."""
    with built_campaign(folder, 4, database=database) as (campaign, record):
        answer(campaign, record, "ann@example.org")
        answer(campaign, record, "ben@example.org", evidence={"AA-01": "see the wiki"})
        sent = mail(("x.xlsx", filled(campaign, 2)), sender="cay@example.org")
        (folder / "mails").mkdir()
        (folder / "mails" / "cay.eml").write_bytes(sent.as_bytes())
        strange = mail(("y.xlsx", filled(campaign, 1)), sender="stranger@example.org")
        (folder / "mails" / "stranger.eml").write_bytes(strange.as_bytes())
        collect(campaign, record, folder / "mails")
    return campaign


def lose(campaign: Campaign) -> None:
    (campaign.folder / "record.sqlite").unlink()
    shutil.rmtree(campaign.copies, ignore_errors=True)


@pytest.fixture
def lost(tmp_path: Path) -> Lost:
    campaign = fill_round(tmp_path)
    before = known(campaign)
    lose(campaign)
    return campaign, before


def test_everybody_and_every_answer_is_there_again(
    lost: Lost,
) -> None:
    """From the folder and the mails, without database and copies."""
    campaign, before = lost
    kept = originals(campaign)
    run("campaign", "rebuild-record", campaign.folder.parent / "mails", "-C", campaign.folder)
    assert known(campaign) == before
    assert originals(campaign) == kept
    assert sum(bool(answers) for _, answers in before.values()) == 3


def test_without_the_mails_the_answer_of_a_sender_lies_aside(
    lost: Lost,
) -> None:
    """It is not lost, and given to nobody by guess."""
    campaign, before = lost
    count = len(originals(campaign))
    said = run("campaign", "rebuild-record", "-C", campaign.folder).stdout
    assert "of them with an answer: 2; returned files without an owner: 2" in said
    assert len(originals(campaign)) == count
    after = known(campaign)
    assert {mail: id_ for mail, (id_, _) in after.items()} == {
        mail: id_ for mail, (id_, _) in before.items()
    }
    assert after["ben@example.org"] == before["ben@example.org"]


def test_nobody_is_mailed_before_it_is_settled(
    lost: Lost,
) -> None:
    """Neither before the build that must come first, nor after it."""
    campaign, _ = lost
    run("campaign", "rebuild-record", "-C", campaign.folder)
    assert "campaign build" in run("campaign", "send", campaign.folder, code=1).stderr
    run("campaign", "build", campaign.folder)
    said = run("campaign", "send", campaign.folder).stderr
    assert "it may have left before the record was made anew" in said
    assert "server's answer" not in said
    for command in ("send", "remind", "answer"):
        assert "@example.org" not in _planned(run("campaign", command, campaign.folder).stdout)
    run("campaign", "settle", "dan@example.org", "--not-sent", "-C", campaign.folder)
    assert "dan@example.org" in _planned(run("campaign", "send", campaign.folder).stdout)
    run("campaign", "settle", "ben@example.org", "--not-sent", "-C", campaign.folder)
    planned = _planned(run("campaign", "answer", campaign.folder).stdout)
    assert "ben@example.org" in planned
    assert "ann@example.org" not in planned


def _planned(said: str) -> str:
    """Return the part of what is said that lists the mails that would leave."""
    return said.partition("attention")[0] if "No mails" not in said else ""


def test_the_copy_knows_what_the_folder_does_not(tmp_path: Path) -> None:
    """What was assigned by hand, and to whom mails have left; what came later is added."""
    campaign = fill_round(tmp_path)
    with record_of(campaign) as record, record.begin(NOW) as tx:
        ann = people.find_by_mail(tx, "ann@example.org")
        assert ann is not None
        mails.claim_mail(
            tx, ann.id, mails.MailKind.INVITATION, message_id="<1>", number=1, workbook_digest=""
        )
        mails.settle_mail(tx, "<1>", MailState.SENT)
    (aside,) = campaign.aside.iterdir()
    run("campaign", "assign", aside.name, "dan@example.org", "-C", campaign.folder)
    before = known(campaign)
    (campaign.folder / "record.sqlite").unlink()
    said = run("campaign", "rebuild-record", "-C", campaign.folder).stdout
    assert "begins with the copy" in said
    assert known(campaign) == before
    with record_of(campaign) as record, record.begin(NOW) as tx:
        held = mails.all_mails(tx)[person_id(tx, "ann@example.org")]
    assert sorted((one.kind.value, one.state.value) for one in held) == [
        ("invitation", "sent"),
        ("receipt", "uncertain"),
        ("reminder", "uncertain"),
    ]


def person_id(tx: object, address: str) -> int:
    person = people.find_by_mail(tx, address)  # type: ignore[arg-type]
    assert person is not None
    return person.id


def test_a_record_that_is_there_is_left_alone(tmp_path: Path) -> None:
    campaign = fill_round(tmp_path)
    before = (campaign.folder / "record.sqlite").read_bytes()
    with pytest.raises(RecordError) as caught:
        rebuild_record(campaign, imap=False, now=NOW)
    assert caught.value.code == RecordErrorCode.RECORD_PRESENT
    assert (campaign.folder / "record.sqlite").read_bytes() == before


def test_a_corrected_name_is_told(
    lost: Lost,
) -> None:
    """Its workbook is of nobody in the roster, so that its id cannot be given back."""
    campaign, _ = lost
    roster = campaign.folder / "roster.csv"
    roster.write_text(roster.read_text().replace("Ann", "Anna"))
    said = run("campaign", "rebuild-record", "-C", campaign.folder).stdout
    assert "No workbook in the folder is of ann@example.org" in said
    assert "workbooks/org-red-ann.xlsx" in said


@pytest.fixture(scope="module")
def forks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forks]:
    with Forks(tmp_path_factory.mktemp("forks")) as one:
        yield one


@pytest.mark.slow
def test_killed_fifty_times(forks: Forks, tmp_path: Path) -> None:
    """At any statement: no record that lets a mail leave, and in the end everything."""
    campaign = fill_round(tmp_path / "whole")
    before, kept = known(campaign), originals(campaign)
    lose(campaign)
    for chain in range(CHAINS):
        shutil.copytree(tmp_path / "whole", tmp_path / str(chain))
        copied = open_campaign(tmp_path / str(chain) / "campaign")
        kill_and_finish(forks, copied, chain)
        assert known(copied) == before
        assert originals(copied) == kept
        assert not list(copied.folder.glob(".record*"))


@pytest.mark.slow
def test_killed_fifty_times_with_a_server_for_the_record(
    forks: Forks, postgres: PostgresServer, tmp_path: Path
) -> None:
    """PostgreSQL undoes what was not committed as SQLite does."""
    whole = fill_round(tmp_path / "whole", postgres.new_database())
    before, kept = known(whole), originals(whole)
    for chain in range(CHAINS):
        shutil.copytree(tmp_path / "whole", tmp_path / str(chain))
        folder = tmp_path / str(chain) / "campaign"
        copied = open_campaign(folder, database=postgres.new_database())
        kill_and_finish(forks, copied, chain)
        assert known(copied) == before
        assert originals(copied) == kept


def kill_and_finish(forks: Forks, campaign: Campaign, chain: int) -> None:
    """Kill five rebuilds, each at a later statement than the one before, and let one finish."""
    place = ("-C", campaign.folder, "--database", campaign.database)
    command = ("campaign", "rebuild-record", campaign.folder.parent / "mails", *place)
    for number in range(KILLS):
        at = 1 + chain * 2 + number * 23
        code, said = forks.run(*command, before=_KILL.format(at=at))
        assert code == KILLED, said
        code, said = forks.run("campaign", "send", *place)
        assert code in (1, 3), said  # there is no record, or it is not whole
    code, said = forks.run(*command)
    assert code == 0, said


@pytest.mark.parametrize("command", ["status", "rebuild-record"])
def test_a_truncated_record_names_the_way_out(tmp_path: Path, command: str) -> None:
    """The command that makes it anew, and that the damaged one is in its way."""
    campaign = fill_round(tmp_path)
    path = campaign.folder / "record.sqlite"
    path.write_bytes(path.read_bytes()[:5000])
    outcome = run("campaign", command, "-C", campaign.folder, code=3)

    assert "is damaged" in outcome.stderr
    assert "move it away, then run: iml4e campaign rebuild-record" in outcome.stderr
