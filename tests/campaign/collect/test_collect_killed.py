"""A collection that is ended at any moment: the next run finds what is left, and nothing twice."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from random import Random

import pytest

from iml4e_xlsx.campaign.folder.campaign import Campaign, open_campaign
from iml4e_xlsx.campaign.folder.originals import list_originals
from iml4e_xlsx.campaign.people.participant import list_participants
from iml4e_xlsx.campaign.people.stages import Stage
from iml4e_xlsx.campaign.record import returns, schema
from iml4e_xlsx.campaign.record.connection import Record
from tests.support.campaigns import (
    NOW,
    Row,
    build,
    built_campaign,
    collect,
    record_of,
    rows,
    run,
    write_roster,
)
from tests.support.forking import ENDS, KILLED, Forks
from tests.support.returning import (
    Rounds,
    all_returned,
    filled,
    filled_of,
    imap_settings,
    mail,
    originals,
)
from tests.support.servers.mailhost import MailHost
from tests.support.servers.postgres import PostgresServer

PEOPLE = rows(8)
RANDOM_KILLS = 50
KILLS_IN_RECORD = 20
IMAP_KILLS = (0.3, 0.5, 0.7, 0.4, 0.6)
"""After which part of the time that a whole run takes."""
INBOX = "killed@example.org"

_KILL = f"""{ENDS}
def kill(*_args, **_options):
    os.kill(os.getpid(), signal.SIGKILL)
from pathlib import Path
from iml4e_xlsx.campaign.collect import collector as collecting
from iml4e_xlsx.campaign.folder import originals
from iml4e_xlsx.campaign.record import mailboxes, returns
"""

STEPS = {
    "before the original": "originals.write_output = ends(originals.write_output, before=1)",
    "in the original": "Path.replace = ends(Path.replace, before=1, at=3)",
    "after the original": "originals.write_output = ends(originals.write_output, at=3)",
    "before the record": "returns.save_arrival = ends(returns.save_arrival, before=1, at=3)",
    "in the record": "returns.save_arrival = ends(returns.save_arrival, at=3)",
    "after the record": "collecting.CollectedFile = ends(collecting.CollectedFile, at=3)",
    "before whose is settled": "collecting.assign_owner = ends(collecting.assign_owner, before=1)",
    "after the original was moved": "returns.save_owner = ends(returns.save_owner, before=1)",
    "after whose is settled": "collecting.sweep_originals = kill",
}


@pytest.fixture(scope="module")
def forks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forks]:
    with Forks(tmp_path_factory.mktemp("forks")) as one:
        yield one


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory, rounds: Rounds) -> Path:
    """Return a folder with three workbooks of each of eight people, and one broken file."""
    folder = tmp_path_factory.mktemp("answers")
    with rounds.opened(tmp_path_factory.mktemp("one"), PEOPLE) as (campaign, record):
        for number, person in enumerate(PEOPLE):
            for rating in (1, 2, 3):
                data = filled_of(campaign, record, person.mail, rating)
                (folder / f"{number:02}-{rating}.xlsx").write_bytes(data)
    (folder / "broken.xlsx").write_bytes(b"PK\x03\x04")
    return folder


def check(campaign: Campaign, record: Record, wanted: Sequence[bytes]) -> None:
    """Each content once, each original whole, nothing else in the folders, a sound record."""
    found, kept = all_returned(record), originals(campaign)
    digests = sorted(sha256(data).hexdigest() for data in wanted)
    assert sorted(one.digest for one in found) == digests
    assert sorted(sha256(data).hexdigest() for data in kept.values()) == digests
    assert {one.file for one in found} == set(kept)
    assert all(one.deliveries for one in found)
    for folder in (campaign.returned, campaign.aside):
        assert not [path.name for path in folder.glob(".*")]
    path = campaign.folder / "record.sqlite"
    if campaign.database.startswith("sqlite"):
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    with record.begin(NOW) as tx:
        for one in list_participants(tx):
            answered = one.response is not None and one.stage is Stage.COMPLETE
            assert answered == any(other.person == one.person.id for other in found)


def killed_until_done(forks: Forks, *command: object, kills: int, rng: Random, span: float) -> int:
    """Start a command again and again, end it at a random moment; return how often that was."""
    killed = 0
    while True:
        seconds = rng.uniform(0.1, 0.7) * span if killed < kills else None
        code, said = forks.run(*command, seconds=seconds)
        if code != KILLED:
            assert code in (0, 1), said
            assert "Traceback" not in said
            return killed
        killed += 1


def test_ended_at_fifty_random_moments(
    forks: Forks, rounds: Rounds, answers: Path, tmp_path: Path
) -> None:
    """Started again each time: nothing is lost, doubled, half or left over."""
    rng, killed, number = Random(4711), 0, 0
    wanted = [path.read_bytes() for path in answers.iterdir()]
    span = 0.0
    while killed < RANDOM_KILLS:
        number += 1
        with rounds.opened(tmp_path / str(number), PEOPLE) as (campaign, record):
            command = ("campaign", "collect", answers, "-C", campaign.folder)
            if not span:
                begin = time.monotonic()
                assert forks.run(*command)[0] == 1  # for the broken file
                span = time.monotonic() - begin
                continue
            left = RANDOM_KILLS - killed
            killed += killed_until_done(forks, *command, kills=left, rng=rng, span=span)
            check(campaign, record, wanted)


def test_ended_at_random_moments_with_originals_in_the_record(
    forks: Forks, answers: Path, database: str, tmp_path: Path
) -> None:
    """Each original is there if, and only if, its file is recorded."""
    with built_campaign(
        tmp_path, PEOPLE, database=database, roster="roster.csv", originals="record"
    ) as (campaign, record):
        folder = tmp_path / "filled"
        folder.mkdir()
        for number, person in enumerate(PEOPLE):
            for rating in (1, 2, 3):
                data = filled_of(campaign, record, person.mail, rating)
                (folder / f"{number}-{rating}.xlsx").write_bytes(data)
        shutil.copy(answers / "broken.xlsx", folder)
        command = ("campaign", "collect", folder, "-C", campaign.folder, "--database", database)
        rng, killed = Random(815), 0
        while killed < KILLS_IN_RECORD:
            code, said = forks.run(*command, seconds=rng.uniform(0.1, 3))
            assert "Traceback" not in said
            killed += code == KILLED
            with record.begin(NOW) as tx:
                kept = {one.name: one.read() for one in list_originals(tx, campaign)}
                recorded = {Path(one.file).name: one.digest for one in returns.all_returned(tx)}
            assert {name: sha256(data).hexdigest() for name, data in kept.items()} == recorded
            if code != KILLED:  # all of it is collected: begin anew
                with record.begin(NOW) as tx:
                    for table in (schema.returned, schema.originals):
                        tx.connection.execute(table.delete())
        # What the killed runs left; 1 if the broken file is among it.
        assert forks.run(*command)[0] in (0, 1)
        with record.begin(NOW) as tx:
            kept_contents = {one.read() for one in list_originals(tx, campaign)}
        assert kept_contents == {path.read_bytes() for path in folder.iterdir()}
        assert originals(campaign) == {}


def test_ended_while_looking_through_a_mailbox(
    forks: Forks, mail_host: MailHost, rounds: Rounds, answers: Path, tmp_path: Path
) -> None:
    """The mark is set behind what is recorded, never behind what is not."""
    wanted = [path.read_bytes() for path in sorted(answers.glob("*-*.xlsx"))]
    mails = [mail((f"{n}.xlsx", data), message_id=f"<{n}@x>") for n, data in enumerate(wanted)]
    mail_host.append(INBOX, [one.as_bytes() for one in mails])
    settings = {**imap_settings(mail_host), "sender.mail": INBOX}
    login = {"IML4E_IMAP_PASSWORD": mail_host.password}
    with rounds.opened(tmp_path / "whole", PEOPLE, **settings) as (campaign, _):
        begin = time.monotonic()
        forks.run("campaign", "collect", "--imap", "-C", campaign.folder, env=login)
        span = time.monotonic() - begin
    with rounds.opened(tmp_path, PEOPLE, **settings) as (campaign, record):
        command = ("campaign", "collect", "--imap", "-C", campaign.folder)
        for part in IMAP_KILLS:
            forks.run(*command, seconds=part * span, env=login)
        assert forks.run(*command, env=login)[0] == 0
        check(campaign, record, wanted)
        _, said = forks.run(*command, env=login)

    assert said.startswith("New responses: 0.\n")


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """
    Return a folder with a campaign that is about to collect the folder `inbox` beside it.

    A file lies aside in it that the run is to give to somebody.
    """
    return grow(tmp_path_factory.mktemp("grown"))


def grow(folder: Path, database: str = "") -> Path:
    with built_campaign(folder, PEOPLE[:4], database=database, roster="roster.csv") as both:
        made, record = both
        new = "new@example.org"
        (folder / "a.eml").write_bytes(mail(("x.xlsx", filled(made, 2)), sender=new).as_bytes())
        collect(made, record, folder / "a.eml")
        write_roster(made.folder, [*PEOPLE[:4], Row(name="New", mail=new)])
        build(made, record)
        inbox = folder / "inbox"
        inbox.mkdir()
        for number, person in enumerate(PEOPLE[:4]):
            (inbox / f"{number}.xlsx").write_bytes(filled_of(made, record, person.mail))
    return folder


@pytest.mark.parametrize("step", STEPS)
def test_ended_at_each_step(forks: Forks, grown: Path, tmp_path: Path, step: str) -> None:
    """Around the original and the record's transaction, and while whose it is is settled."""
    shutil.copytree(grown, tmp_path / "grown")
    ended_and_done(forks, tmp_path / "grown", step)


def test_ended_with_a_server_for_the_record(
    forks: Forks, postgres: PostgresServer, tmp_path: Path
) -> None:
    """PostgreSQL undoes what was not committed as SQLite does."""
    for step in ("after the original", "in the record", "after the original was moved"):
        database = postgres.new_database()
        ended_and_done(forks, grow(tmp_path / step.replace(" ", "-"), database), step, database)


def ended_and_done(forks: Forks, folder: Path, step: str, database: str = "") -> None:
    """End a run at a step, and see that the next one makes all of it good."""
    campaign = open_campaign(folder / "campaign", database=database)
    wanted = [path.read_bytes() for path in (folder / "inbox").iterdir()]
    wanted += originals(campaign).values()
    command = (
        *("campaign", "collect", folder / "inbox", "-C", campaign.folder),
        *("--database", campaign.database),
    )
    code, said = forks.run(*command, before=f"{_KILL}\n{STEPS[step]}")
    assert code == KILLED, said
    run(*command)
    with record_of(campaign) as record:
        check(campaign, record, wanted)
    assert all(name.startswith("returned/") for name in originals(campaign))
