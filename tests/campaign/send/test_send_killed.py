"""Sending that is killed, anywhere: nobody gets two mails, and nobody is forgotten."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator

import pytest

from iml4e_xlsx.campaign import workbooks as building
from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.record.connection import Record
from tests.support.campaigns import NOW, run
from tests.support.killing import KILLED, Killer
from tests.support.mailing import (
    Forking,
    Opens,
    mails_of,
    message_ids,
    states_of,
    to_whom,
)
from tests.support.servers.faults import Fault
from tests.support.servers.fixtures import StartsSmtpServers
from tests.support.servers.smtp import SmtpServer


@pytest.fixture(scope="module")
def forking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forking]:
    """Return what starts processes, any login of which is right."""
    env = {"IML4E_SMTP_USER": "campaign", "IML4E_SMTP_PASSWORD": "secret"}
    with Forking(tmp_path_factory.mktemp("forking") / "output", env) as one:
        yield one


@pytest.fixture(autouse=True)
def hollow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let workbooks be made quickly; here nobody opens one."""
    monkeypatch.setattr(building, "build_workbook", lambda *_, **__: b"workbook" * 2000)


def uncertain_of(campaign: Campaign, database: str) -> set[str]:
    """Return whom the command `status` lists as uncertain."""
    args = ("campaign", "status", campaign.folder, "--format", "json")
    document = json.loads(run(*args, "--database", database).stdout)
    return {one["mail"] for one in document["persons"] if one["stage"] == "mail_uncertain"}


def check(campaign: Campaign, record: Record, server: SmtpServer, database: str) -> int:
    """Hold record and server against each other; return how many are uncertain."""
    arrived, known = Counter(to_whom(server.messages)), mails_of(record)
    uncertain = uncertain_of(campaign, database)
    assert max(arrived.values(), default=0) <= 1, "somebody got two mails"
    for mail, recorded in known.items():
        assert len(recorded) == 1, mail
        assert mail in uncertain or arrived[mail] == 1, mail
        assert (mail in uncertain) == recorded[0].state.is_uncertain, mail
    recorded_ids = {one.message_id for all_ in known.values() for one in all_}
    assert set(message_ids(server.messages)) <= recorded_ids
    with record.begin(NOW) as tx:
        if tx.connection.dialect.name == "sqlite":
            assert tx.connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    return len(uncertain)


@pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
def test_killed_at_random(
    smtp_server: StartsSmtpServers, campaign_at: Opens, forking: Forking, database: str
) -> None:
    """However often, each person has exactly one mail or is listed as uncertain."""
    seed = random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}")  # noqa: T201 - where it fails, this says how to repeat it
    # More than four mails for each: where the machine is busy, a kill comes late.
    kills, people = (50, 300) if database.startswith("sqlite") else (15, 100)
    faults = [
        Fault("content", seconds=0.004, kept=True, every=2),
        Fault("content", seconds=0.004),
    ]
    server = smtp_server(faults=faults)
    with campaign_at(server, people, database=database) as (campaign, record):
        args = ["campaign", "send", campaign.folder, "--smtp"]
        args += ["--database", database]
        killer, killed = Killer(server, seed), 0
        for _ in range(kills):
            code = forking.run(*args, meanwhile=killer)
            assert code in (0, KILLED), forking.said
            killed += code == KILLED
        assert forking.run(*args) == 0, forking.said
        uncertain = check(campaign, record, server, database)
        assert killed == kills, "everybody was mailed too early"
        assert 0 < uncertain <= kills
        server.faults.clear()
        assert forking.run(*args, "--again", "uncertain") == 0, forking.said
        assert set(states_of(record).values()) == {"sent"}
        both = Counter(message_ids(server.messages))
        assert len(both) == people
        assert sum(both.values()) <= people + uncertain


POINTS = {
    "before the claim": "",
    "before the row is claimed": "",
    "after the row is claimed": "",
    "after the claim is committed": "sending",
    "before delivery": "sending",
    "before the envelope's first line": "sending",
    "after the envelope": "sending",
    "after all but the last line": "sending",
    "after the last line": "sending",
    "after delivery": "sending",
    "before the row is settled": "sending",
    "after the row is settled": "sending",
    "after the settlement is committed": "sent",
}
DEATH = "from tests.support.dying import die_at; die_at({point!r})"
LEFT = ("after the last line", "after delivery", "settle")


@pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
def test_killed_at_each_point(
    smtp_server: StartsSmtpServers, campaign_at: Opens, forking: Forking, database: str
) -> None:
    """With the second mail: what is known of it, whether it left, and that the rest is mailed."""
    server = smtp_server()
    with campaign_at(server, 3, database=database) as (campaign, record):
        args = ["campaign", "send", campaign.folder, "--smtp", "--database", database]
        points = list(POINTS.items())[:: 1 if database.startswith("sqlite") else 3]
        for point, state in points:
            with record.begin(NOW) as tx:
                tx.connection.exec_driver_sql("DELETE FROM mails")
            before = len(server.messages)
            assert forking.run(*args, before=DEATH.format(point=point)) == KILLED, point
            assert list(states_of(record).values()) == ["sent", state, ""], point
            assert forking.run(*args) == 0, forking.said
            check_point(record, server, before, point, state, forking.said)


def check_point(
    record: Record, server: SmtpServer, before: int, point: str, state: str, said: str
) -> None:
    """Check what was sent around a death and after it."""
    messages = server.messages[before:]
    ann, ben, cay = states_of(record)
    wanted = [ann, ben, cay] if state != "sending" or any(x in point for x in LEFT) else [ann, cay]
    assert to_whom(messages) == wanted, point
    assert ("1 uncertain" in said) == (state == "sending"), point
    assert states_of(record)[ben] == (state or "sent"), point
    known = {one.message_id for all_ in mails_of(record).values() for one in all_}
    assert set(message_ids(messages)) <= known, point
