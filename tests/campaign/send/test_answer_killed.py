"""Answering that is killed, anywhere: nobody gets two answers, and nobody is forgotten."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator

import pytest

from iml4e_xlsx.campaign import workbooks as building
from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.record import people
from iml4e_xlsx.campaign.record.connection import Record
from tests.support.campaigns import NOW
from tests.support.killing import KILLED, Killer
from tests.support.mailing import (
    Forking,
    Opens,
    mails_of,
    message_ids,
    states_of,
    to_whom,
)
from tests.support.noting import note_returned, rated
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
    monkeypatch.setattr(building, "build_workbook", lambda *_, **__: b"workbook" * 20)


def respond(campaign: Campaign, record: Record) -> None:
    """Let everybody answer, every third person with open statements."""
    scheme = campaign.load_scheme()
    with record.begin(NOW) as tx:
        for number, person in enumerate(people.all_people(tx)):
            outcome = rated(scheme, person, {"AA-01": 3}) if number % 3 else rated(scheme, person)
            note_returned(tx, person, outcome)


def count_uncertain(record: Record, server: SmtpServer) -> int:
    """Hold record and server against each other; return how many answers are uncertain."""
    arrived = Counter(to_whom(server.messages))
    assert max(arrived.values(), default=0) <= 1, "somebody got two answers"
    uncertain = 0
    for mail, recorded in mails_of(record).items():
        (only,) = recorded
        assert only.kind.is_answer, mail
        assert only.state.is_uncertain or arrived[mail] == 1, mail
        uncertain += only.state.is_uncertain
    return uncertain


@pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
def test_killed_at_random(
    smtp_server: StartsSmtpServers, campaign_at: Opens, forking: Forking, database: str
) -> None:
    """However often, each person has exactly one answer or it is known to be uncertain."""
    seed = random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}")  # noqa: T201 - where it fails, this says how to repeat it
    kills, count = 50, 300
    faults = [
        Fault("content", seconds=0.004, kept=True, every=2),
        Fault("content", seconds=0.004),
    ]
    server = smtp_server(faults=faults)
    with campaign_at(server, count, database=database) as (campaign, record):
        respond(campaign, record)
        args = ["campaign", "answer", campaign.folder, "--smtp", "--kind", "receipt"]
        args += ["--database", database]
        killer, killed = Killer(server, seed), 0
        for _ in range(kills):
            code = forking.run(*args, meanwhile=killer)
            assert code in (0, KILLED), forking.said
            killed += code == KILLED
        assert forking.run(*args) == 0, forking.said
        uncertain = count_uncertain(record, server)
        assert killed == kills, "everybody was answered too early"
        assert 0 < uncertain <= kills
        server.faults.clear()
        assert forking.run(*args, "--again", "uncertain") == 0, forking.said
        assert set(states_of(record).values()) == {"sent"}
        both = Counter(message_ids(server.messages))
        assert len(both) == count
        assert sum(both.values()) <= count + uncertain
