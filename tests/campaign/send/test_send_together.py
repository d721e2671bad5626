"""Several that send, and the order and pace of mails."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iml4e_xlsx.campaign.record.mails import MailState
from iml4e_xlsx.campaign.send.send import send_mails
from iml4e_xlsx.campaign.servers.smtp import Smtp
from iml4e_xlsx.campaign.servers.transport import MailDeferral
from tests.support.campaigns import (
    built_campaign,
    change_settings,
    record_of,
    start,
)
from tests.support.mailing import (
    FakeClock,
    Opens,
    environment,
    invitations,
    mails_of,
    message_ids,
    send,
    states_of,
    to_whom,
)
from tests.support.sending import ANN, BEN, CAY
from tests.support.servers.faults import Fault
from tests.support.servers.fixtures import StartsSmtpServers

GATE = """
import pathlib, time
import iml4e_xlsx.campaign.send.send as sending
real = sending.send_mails
def gated(*args, **options):
    gate = pathlib.Path({gate!r})
    (gate / {name!r}).touch()
    end = time.monotonic() + 120
    while len(list(gate.iterdir())) < 2 and time.monotonic() < end:
        time.sleep(0.005)
    return real(*args, **options)
sending.send_mails = gated
"""


def test_two_send_at_the_same_time(
    campaign_at: Opens, tmp_path: Path, smtp_server: StartsSmtpServers, database: str
) -> None:
    """Both planned the same mails; each person gets one, and each process says what it left."""
    server = smtp_server(faults=[Fault("content", seconds=0.01)])
    gate = tmp_path / "gate"
    gate.mkdir()
    made = campaign_at(server, 20, database=database)
    with made as (campaign, record):
        both = [
            start(
                *("campaign", "send", campaign.folder, "--smtp", "--database", database),
                before=GATE.format(gate=str(gate), name=name),
                env=environment(server),
            )
            for name in ("one", "two")
        ]
        said = [one.communicate(timeout=300) for one in both]
        assert set(states_of(record).values()) == {"sent"}
        assert sorted(to_whom(server.messages)) == sorted(states_of(record))
    assert [one.returncode for one in both] == [0, 0], said
    counts = [[int(n) for n in re.findall(r"(\d+)\.", out)] for out, _ in said]
    assert all(len(one) == 2 and sum(one) == 20 for one in counts), said
    assert counts[0][0] + counts[1][0] == 20


@pytest.mark.slow
@pytest.mark.parametrize("state", ["", "deferred", "uncertain"])
def test_a_plan_is_carried_out_once(
    smtp_server: StartsSmtpServers, campaign_at: Opens, database: str, state: str
) -> None:
    """Who planned the same meanwhile finds each mail taken, new or taken up again."""
    faults = {
        "deferred": [Fault("rcpt", reply="450 4.2.0 Later")],
        "uncertain": [Fault("content", drop=True)],
    }
    server = smtp_server(faults=faults.get(state, []))
    with campaign_at(server, 2, database=database) as (campaign, record):
        if state:
            send(campaign, record)
        assert states_of(record) == {ANN: state, BEN: state}
        server.faults.clear()
        plan = invitations(campaign, record, *(["uncertain"] if state == "uncertain" else []))
        first, second = (send(campaign, record, plan=plan) for _ in range(2))
        assert len(first.in_state(MailState.SENT)) == len(second.in_state(None)) == 2
        assert [len(all_) for all_ in mails_of(record).values()] == [1, 1]
    assert to_whom(server.messages) == [ANN, BEN]


def test_leave_to_send_again_counts_once(
    smtp_server: StartsSmtpServers, campaign_at: Opens, database: str
) -> None:
    """What is uncertain once more after it was sent again is not what the leave was given for."""
    server = smtp_server(faults=[Fault("content", drop=True, kept=True)])
    with campaign_at(server, 1, database=database) as (campaign, record):
        send(campaign, record)
        plan = invitations(campaign, record, "uncertain")
        first, second = (send(campaign, record, plan=plan) for _ in range(2))
        assert len(first.in_state(MailState.UNCERTAIN)) == len(second.in_state(None)) == 1
    assert to_whom(server.messages) == [ANN, ANN]
    assert len(set(message_ids(server.messages))) == 1


def test_another_process_takes_up_what_waits(
    smtp_server: StartsSmtpServers, campaign_at: Opens, database: str
) -> None:
    """A mail that is deferred here and sent there meanwhile is not tried here again."""
    server = smtp_server(faults=[Fault("rcpt", reply="450 4.2.0 Later", times=1)])
    with campaign_at(server, 1, database=database) as (campaign, record):

        class Meanwhile(FakeClock):
            def sleep(self, seconds: float) -> None:
                super().sleep(seconds)
                send(campaign, record)

        done = send(campaign, record, clock=Meanwhile().clock)
        assert len(done.in_state(None)) == 1
        assert states_of(record) == {ANN: "sent"}
    assert to_whom(server.messages) == [ANN]


class Scripted(Smtp):
    """A connection to nowhere that notes when each mail was handed over, and defers some."""

    def __init__(self, clock: FakeClock, deferring: dict[str, int]) -> None:
        self.clock, self.deferring = clock, deferring
        self.tries: list[tuple[float, str]] = []
        self.refused_copies = {}

    def connect(self) -> Any:
        """Be there."""

    def deliver_mail(self, _sender: str, recipient: str, _data: bytes, _copies: object = ()) -> str:
        """Note it; every delivery takes a tenth of a second."""
        self.tries.append((self.clock.passed, recipient))
        self.clock.passed += 0.1
        left = self.deferring.get(recipient, 0)
        if left:
            self.deferring[recipient] = left - 1
            raise MailDeferral("450 Later")
        return "250 OK"


def test_the_order_of_tries(tmp_path: Path) -> None:
    """First everybody, then those that are due, after 2, 4 and 8 seconds, in that order."""
    clock = FakeClock()
    smtp = Scripted(clock, {ANN: 9, BEN: 1, CAY: 0})
    with built_campaign(tmp_path, 3) as (campaign, record):
        plan = invitations(campaign, record)
        done = send_mails(campaign, record, plan, smtp, clock=clock.clock)
        states = states_of(record)

    assert [(round(at, 1), who) for at, who in smtp.tries] == [
        (0.0, ANN),
        (0.1, BEN),
        (0.2, CAY),
        (2.1, ANN),
        (2.2, BEN),
        (6.2, ANN),
        (14.3, ANN),
    ]
    assert [(f.planned.person.mail, f.state) for f in done.outcomes] == [
        (CAY, MailState.SENT),
        (BEN, MailState.SENT),
        (ANN, MailState.DEFERRED),
    ]
    assert states == {ANN: "deferred", BEN: "sent", CAY: "sent"}


@pytest.fixture(scope="module")
def ten(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a built campaign of ten people."""
    with built_campaign(tmp_path_factory.mktemp("ten"), 10) as (campaign, _):
        return campaign.folder


@pytest.mark.slow
@settings(deadline=None, max_examples=8)
@given(
    per_minute=st.integers(1, 6000),
    people=st.integers(1, 7),
    deferring=st.lists(st.integers(0, 3), min_size=10, max_size=10),
)
def test_the_rate_is_kept(ten: Path, per_minute: int, people: int, deferring: list[int]) -> None:
    """In no minute more tries than the settings say, retries included; no time is lost either."""
    from iml4e_xlsx.campaign.folder.campaign import open_campaign
    from iml4e_xlsx.campaign.send.plan_part import narrow_plan

    change_settings(ten, **{"smtp.mails_per_minute": per_minute})
    campaign, clock = open_campaign(ten), FakeClock()
    with record_of(campaign) as record:
        with record.begin(clock.now()) as tx:
            tx.connection.exec_driver_sql("DELETE FROM mails")
        plan = narrow_plan(invitations(campaign, record), list(states_of(record))[:people])
        smtp = Scripted(clock, dict(zip(states_of(record), deferring, strict=True)))
        done = send_mails(campaign, record, plan, smtp, clock=clock.clock)

    assert len(done.in_state(MailState.SENT)) == people
    moments = [at for at, _ in smtp.tries]
    pairs = itertools.pairwise(moments)
    assert all(later - earlier >= 60 / per_minute - 1e-6 for earlier, later in pairs)
    for at in moments:
        assert sum(at <= other < at + 60 - 1e-6 for other in moments) <= per_minute
    first = smtp.tries[:people]
    assert [who for _, who in first] == list(dict.fromkeys(who for _, who in smtp.tries))
    assert first[-1][0] <= (people - 1) * max(60 / per_minute, 0.1) + 1e-6
