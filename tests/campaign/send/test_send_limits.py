"""Providers that limit an account: the run waits once for all, and everybody gets one mail."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from iml4e_xlsx.campaign.record.mails import MailState
from iml4e_xlsx.campaign.send import send as sending
from iml4e_xlsx.campaign.send.pace import MailPause
from iml4e_xlsx.errors import MailError
from iml4e_xlsx.findings.error_codes import MailErrorCode
from tests.support.campaigns import NOW, change_settings, run
from tests.support.campaigns import answer as respond
from tests.support.killing import KILLED
from tests.support.mailing import (
    FakeClock,
    Forking,
    Opens,
    mails_of,
    message_ids,
    send,
    states_of,
    to_whom,
)
from tests.support.sending import ANN, BEN, CAY, let_in
from tests.support.servers.certificates import Certificates
from tests.support.servers.faults import Fault, Stage
from tests.support.servers.fixtures import StartsSmtpServers
from tests.support.servers.smtp import SmtpServer

SLOW_DOWN = "421 4.7.0 Too many messages, slow down"


class LimitingServer(SmtpServer):
    """
    A server that takes so many mails in any minute, by a clock of the test.

    Whoever sends more is told so at the sender and cut off, as is whoever logs in too often.
    """

    def limit(self, clock: FakeClock, per_minute: int, reply: str = SLOW_DOWN) -> None:
        """Say how many."""
        self.clock, self.most, self.reply = clock, per_minute, reply
        self.taken: list[float] = []
        self.refused = 0

    def meet(self, stage: Stage, recipients: Any = ()) -> Fault | None:
        """Refuse a sender above the limit."""
        if stage == "mail":
            now = self.clock.passed
            if sum(now - at < 60 for at in self.taken) >= self.most:
                self.refused += 1
                return Fault(stage, reply=self.reply)
        return super().meet(stage, recipients)

    def keep(self, envelope: Any) -> None:
        """Note when a mail was taken."""
        self.taken.append(self.clock.passed)
        super().keep(envelope)


@pytest.fixture
def clock() -> FakeClock:
    """Return a clock on which nobody waits."""
    return FakeClock()


@pytest.fixture
def limiting(certificates: Certificates, clock: FakeClock) -> Iterator[LimitingServer]:
    """Yield a server that takes five mails a minute."""
    with LimitingServer(certificates) as server:
        server.limit(clock, 5)
        yield server


def check_everybody(server: SmtpServer, record: Any) -> None:
    """Check that each person has exactly one mail, and that the record says so."""
    known = mails_of(record)
    assert Counter(to_whom(server.messages)) == Counter(known.keys())
    assert [[one.state for one in all_] for all_ in known.values()] == [[MailState.SENT]] * len(
        known
    )
    assert sorted(message_ids(server.messages)) == sorted(
        one.message_id for all_ in known.values() for one in all_
    )


def test_a_limit_of_mails_a_minute_is_learnt(
    limiting: LimitingServer, campaign_at: Opens, clock: FakeClock
) -> None:
    """One refusal, one pause, one more login; then as fast as the server takes them."""
    pauses: list[MailPause] = []
    with campaign_at(limiting, 23) as (campaign, record):
        done = send(campaign, record, clock=clock.clock, paused=pauses.append)
        check_everybody(limiting, record)

    assert (limiting.refused, limiting.logins, limiting.connections) == (1, 2, 2)
    assert len(done.in_state(MailState.SENT)) == 23
    assert done.stopped is None
    assert [(pause.taken, pause.reason) for pause in pauses] == [(5, SLOW_DOWN)]
    assert tuple(pauses) == done.pauses
    assert clock.passed == pytest.approx(60 + 17 * 61 / 5)


@pytest.mark.slow
def test_a_wrong_setting_is_corrected(
    limiting: LimitingServer, campaign_at: Opens, clock: FakeClock
) -> None:
    """A pace in the settings that is too fast for the server is only where it begins."""
    options: dict[str, Any] = {"smtp.mails_per_minute": 30}
    with campaign_at(limiting, 12, **options) as (campaign, record):
        send(campaign, record, clock=clock.clock)
        check_everybody(limiting, record)
    assert (limiting.refused, limiting.logins) == (1, 2)


def test_the_command_says_it(
    limiting: LimitingServer,
    campaign_at: Opens,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Why and until when it waits, and which setting saves the next run from it."""
    let_in(monkeypatch, limiting)
    monkeypatch.setattr(sending, "Clock", lambda: clock.clock)
    with campaign_at(limiting, 8) as (campaign, record):
        done = run("campaign", "send", campaign.folder, "--smtp")
        check_everybody(limiting, record)
        change_settings(campaign.folder, **{"smtp.mails_per_minute": 5})
        quiet = run("campaign", "send", campaign.folder, "--smtp")

    server = f"{limiting.host}:{limiting.port}"
    until = (NOW + timedelta(seconds=60)).astimezone()
    assert done.stdout == "Sent: 8.\n"
    assert (
        f"{server} takes no mails of this account for now: {SLOW_DOWN}. It took 5 mails in the "
        f"minute before. Waiting until {until:%H:%M:%S}, then going on at 5 a minute.\n"
    ) in done.stderr
    assert (
        f"{server} took 5 mails in a minute and refused the next. "
        "Set mails_per_minute = 5 under [smtp] in campaign.toml"
    ) in done.stderr
    assert "mails_per_minute" not in quiet.output


def test_reminders_and_answers_wait_as_well(
    limiting: LimitingServer,
    campaign_at: Opens,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """All mails go the same way: each kind pauses once, and nobody gets one twice."""
    let_in(monkeypatch, limiting)
    monkeypatch.setattr(sending, "Clock", lambda: clock.clock)
    with campaign_at(limiting, 7) as (campaign, record):
        run("campaign", "send", campaign.folder, "--smtp")
        people = list(states_of(record))
        again = [part for mail in people for part in ("--again", mail)]
        for command in ("remind", "answer"):
            if command == "answer":
                for mail in people:
                    respond(campaign, record, mail)
            clock.passed += 3600
            before, logins = len(limiting.messages), limiting.logins
            done = run("campaign", command, campaign.folder, "--smtp", *again)
            assert sorted(to_whom(limiting.messages[before:])) == people
            assert done.stderr.count("Waiting until") == 1
            assert limiting.logins - logins == 2


@pytest.mark.parametrize(
    "fault",
    [
        Fault("connect", reply="421 4.7.0 Too many connections", ordinals=[1]),
        Fault("login", reply="454 4.7.0 Temporary authentication failure", times=1),
        Fault("login", reply="421 4.7.0 Too many logins", times=1),
        Fault("mail", reply="450 4.7.1 Sender rate limit exceeded", ordinals=[2]),
        Fault("mail", reply="421 Service not available", ordinals=[1]),
        Fault("rcpt", reply="452 4.5.3 Too many recipients", ordinals=[2]),
        Fault("data", reply="421 4.7.0 Slow down", ordinals=[2]),
        Fault("content", reply="454 Throttling failure: Maximum sending rate exceeded.", times=1),
        Fault("content", reply="550 5.7.1 Too many messages per minute", times=1),
    ],
    ids=lambda fault: f"{fault.stage}-{fault.reply[:9]}",
)
def test_wherever_it_is_told(
    smtp_server: StartsSmtpServers, campaign_at: Opens, clock: FakeClock, fault: Fault
) -> None:
    """The run waits a minute, once, and goes on over one new connection."""
    server = smtp_server(faults=[fault])
    with campaign_at(server, 4) as (campaign, record):
        done = send(campaign, record, clock=clock.clock)
        check_everybody(server, record)
    assert clock.slept[0] == 60
    assert len(done.pauses) == 1
    assert server.connections == 2


@pytest.mark.parametrize(
    "fault",
    [
        Fault("rcpt", reply="450 4.2.0 Greylisted", recipients=[ANN], times=1),
        Fault("rcpt", reply="451 4.7.1 Greylisting in action", recipients=[ANN], times=1),
        Fault("rcpt", reply="450 Later", recipients=[ANN], times=1),
        Fault("rcpt", reply="452 4.2.2 Mailbox full", recipients=[ANN], times=1),
        Fault("rcpt", reply="450 4.2.1 is receiving mail too quickly", recipients=[ANN], times=1),
        Fault("content", reply="451 4.3.0 Later", recipients=[ANN], times=1),
    ],
    ids=lambda fault: fault.reply[:9],
)
def test_what_concerns_one_person_holds_up_nobody(
    smtp_server: StartsSmtpServers, campaign_at: Opens, clock: FakeClock, fault: Fault
) -> None:
    """The others leave meanwhile, over the same connection."""
    server = smtp_server(faults=[fault])
    with campaign_at(server) as (campaign, record):
        done = send(campaign, record, clock=clock.clock)
        check_everybody(server, record)
    assert to_whom(server.messages) == [BEN, CAY, ANN]
    assert not done.pauses
    assert server.connections == server.logins == 1
    assert sum(clock.slept) < 10


@pytest.mark.parametrize("stage", ["login", "mail"])
def test_an_account_that_stays_limited_ends_the_run(
    smtp_server: StartsSmtpServers, campaign_at: Opens, clock: FakeClock, stage: Stage
) -> None:
    """After six tries in half an hour; the rest is left, and the next run sends it once."""
    reply = "454 4.7.0 Temporary failure"
    server = smtp_server(
        faults=[Fault(stage, reply=reply, ordinals=range(1 if stage == "login" else 3, 99))]
    )
    with campaign_at(server, 40) as (campaign, record):
        done = send(campaign, record, clock=clock.clock)
        left = 0 if stage == "login" else 2
        assert isinstance(done.stopped, MailError)
        assert done.stopped.code is MailErrorCode.ACCOUNT_LIMIT
        assert "waited 5 times, 30 minutes in all" in str(done.stopped)
        assert (len(done.outcomes), done.unsent) == (left, 40 - left)
        assert clock.slept == [60, 120, 240, 480, 900]
        assert server.reached["login"] == 6
        states = Counter(states_of(record).values())
        assert states["sent"] == left
        assert set(states) <= {"sent", "deferred", ""}
        server.faults.clear()
        send(campaign, record, clock=clock.clock)
        check_everybody(server, record)


def test_a_server_that_hangs_up_on_everybody(
    smtp_server: StartsSmtpServers, campaign_at: Opens, clock: FakeClock
) -> None:
    """Without a word: after three people the run pauses, instead of 320 logins for 40 people."""
    server = smtp_server(faults=[Fault("mail", drop=True)])
    with campaign_at(server, 40) as (campaign, record):
        done = send(campaign, record, clock=clock.clock)
        assert isinstance(done.stopped, MailError)
        assert server.logins <= 6 + 2 * 5
        assert not server.messages
        server.faults.clear()
        send(campaign, record, clock=clock.clock)
        check_everybody(server, record)


@pytest.mark.parametrize("code", ["550 5.4.5", "421 4.7.0", "452 4.5.3"])
def test_a_daily_limit_ends_the_run_at_once(
    smtp_server: StartsSmtpServers,
    campaign_at: Opens,
    monkeypatch: pytest.MonkeyPatch,
    code: str,
) -> None:
    """Nobody is refused because of it; the next day's run sends the rest."""
    fault = Fault("content", reply=f"{code} Daily user sending limit exceeded.", ordinals=[2])
    server = smtp_server(faults=[fault])
    let_in(monkeypatch, server)
    with campaign_at(server, 4) as (campaign, record):
        first = run("campaign", "send", campaign.folder, "--smtp", code=3)
        assert sorted(states_of(record).values()) == ["", "", "deferred", "sent"]
        second = run("campaign", "send", campaign.folder, "--smtp")
        check_everybody(server, record)
    assert first.stdout == "Sent: 1. Left for the next time: 3.\n"
    assert f"of this account for now: {code} Daily user sending limit exceeded." in first.stderr
    assert "usually after a day" in first.stderr
    assert second.stdout.startswith("Sent: 3.\n")


def test_one_mail_that_is_taken_for_a_limit(
    smtp_server: StartsSmtpServers, campaign_at: Opens, clock: FakeClock
) -> None:
    """Its words speak of the account, but it alone meets them: the others leave, and it waits."""
    fault = Fault("rcpt", reply="450 4.7.0 Try later", recipients=[ANN])
    server = smtp_server(faults=[fault])
    with campaign_at(server, 4) as (campaign, record):
        done = send(campaign, record, clock=clock.clock)
        assert len(done.in_state(MailState.SENT)) == 3
        assert [one.planned.person.mail for one in done.in_state(MailState.DEFERRED)] == [ANN]
        assert done.stopped is None
        assert len(done.pauses) == 2
        assert states_of(record)[ANN] == "deferred"


@pytest.fixture(scope="module")
def forking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forking]:
    """Return what starts processes, any login of which is right."""
    env = {"IML4E_SMTP_USER": "campaign", "IML4E_SMTP_PASSWORD": "secret"}
    with Forking(tmp_path_factory.mktemp("forking") / "output", env) as one:
        yield one


def kill_in_pause(forking: Forking, pauses: int = 1) -> Callable[[int], None]:
    """Return what kills a process as soon as it says that it waits."""

    def kill(process: int) -> None:
        end = time.monotonic() + 120
        while forking.said.count("Waiting until") < pauses:
            assert time.monotonic() < end, forking.said
            time.sleep(0.005)
        assert process > 1
        os.kill(process, signal.SIGKILL)

    return kill


@pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
@pytest.mark.parametrize("stage", ["login", "mail", "content"])
def test_killed_in_a_pause(
    smtp_server: StartsSmtpServers,
    campaign_at: Opens,
    forking: Forking,
    database: str,
    stage: Stage,
) -> None:
    """Nothing is uncertain then: the next run mails everybody who is left, and nobody twice."""
    ordinal = 1 if stage == "login" else 3
    fault = Fault(stage, reply="421 4.7.0 Slow down", ordinals=range(ordinal, 99))
    server = smtp_server(faults=[fault])
    with campaign_at(server, 6, database=database) as (campaign, record):
        args = ["campaign", "send", campaign.folder, "--smtp", "--database", database]
        assert forking.run(*args, meanwhile=kill_in_pause(forking)) == KILLED, forking.said
        states = Counter(states_of(record).values())
        assert states["sent"] == len(server.messages) == ordinal - 1
        assert set(states) <= {"sent", "deferred", ""}
        server.faults.clear()
        assert forking.run(*args) == 0, forking.said
        check_everybody(server, record)
