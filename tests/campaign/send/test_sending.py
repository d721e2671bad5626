"""Sending: everybody gets exactly one mail, or is listed as uncertain."""

from __future__ import annotations

import contextlib
import itertools
import os
import pty
import re
import sys
import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from hypothesis import given, settings
from hypothesis import strategies as st

from iml4e_xlsx.campaign.record.connection import Record
from iml4e_xlsx.campaign.record.mails import MailState
from iml4e_xlsx.campaign.send import plan as outbox
from iml4e_xlsx.campaign.send.send import send_mails
from iml4e_xlsx.campaign.servers import smtp as smtp_module
from iml4e_xlsx.campaign.servers.smtp import MailDeferred, Smtp
from iml4e_xlsx.errors import CampaignError
from tests.support.campaigns import (
    NOW,
    ROOT,
    SENDER,
    Row,
    built_campaign,
    change_settings,
    new_campaign,
    note_mail,
    person_of,
    record_of,
    run,
    run_process,
    start,
    workbook_of,
)
from tests.support.mailing import (
    FOR_EVER,
    Campaigns,
    FakeClock,
    Opens,
    environment,
    invitations,
    lose_patience,
    mailhost_settings,
    mails_of,
    message_ids,
    opener,
    parsed,
    send,
    smtp_settings,
    states_of,
    to_whom,
)
from tests.support.servers.certificates import Certificates
from tests.support.servers.common import free_ports
from tests.support.servers.disk import MakesSmallDisks
from tests.support.servers.faults import Fault, Stage
from tests.support.servers.fixtures import StartsSmtpServers
from tests.support.servers.mailhost import MailHost
from tests.support.servers.smtp import Received, SmtpServer

ANN, BEN, CAY = "ann@example.org", "ben@example.org", "cay@example.org"


@pytest.fixture(scope="module")
def campaigns(tmp_path_factory: pytest.TempPathFactory) -> Campaigns:
    """Return campaigns that are built once."""
    return Campaigns(tmp_path_factory.mktemp("campaigns"))


@pytest.fixture
def campaign_at(campaigns: Campaigns, tmp_path: Path, certificates: Certificates) -> Opens:
    """Return what opens campaigns."""
    return opener(campaigns, tmp_path, certificates)


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the command wait for nothing long before it tries to connect again."""
    monkeypatch.setattr(smtp_module, "Smtp", partial(Smtp, wait=0.01))


def let_in(monkeypatch: pytest.MonkeyPatch, server: SmtpServer) -> None:
    """Put the right login into the environment."""
    for name, value in environment(server).items():
        monkeypatch.setenv(name, value)


def test_dry_by_default(smtp_server: StartsSmtpServers, campaign_at: Opens) -> None:
    """A table says what would go to whom; nothing leaves, nothing is recorded."""
    server = smtp_server()
    with campaign_at(server) as (campaign, record):
        with record.begin(campaign_now()) as tx:
            before = tx.connection.exec_driver_sql("SELECT count(*) FROM events").scalar()
        outcome = run("campaign", "send", campaign.folder)
        reminded = run("campaign", "remind", campaign.folder)
        with record.begin(campaign_now()) as tx:
            after = tx.connection.exec_driver_sql("SELECT count(*) FROM events").scalar()
        assert set(states_of(record).values()) == {""}
        for mail in (ANN, BEN, CAY):
            name = workbook_of(campaign, record, mail).name
            (line,) = [one for one in outcome.stdout.splitlines() if mail in one]
            assert name in line
            assert "Round: your workbook for Red" in line

    assert before == after
    assert server.connections == 0
    assert "Nothing was sent. 3 mails would leave with --smtp" in outcome.stdout
    assert "3 not invited yet" in reminded.stdout


def campaign_now() -> Any:
    """Return a moment for transactions that only read."""
    return FakeClock().now()


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_everybody_gets_one_mail(
    smtp_server: StartsSmtpServers,
    campaign_at: Opens,
    monkeypatch: pytest.MonkeyPatch,
    security: str,
) -> None:
    """Over one connection, with one login, as it was built; sending again sends nothing."""
    server = smtp_server(security=security)
    let_in(monkeypatch, server)
    asked: dict[str, Any] = {"sender.reply_to": "answers@example.org"}
    with campaign_at(server, **asked) as (campaign, record):
        first = run("campaign", "send", campaign.folder, "--smtp")
        again = run("campaign", "send", campaign.folder, "--smtp")
        known = mails_of(record)
        assert first.stdout == "Sent: 3.\n"
        assert again.stdout == "Sent: 0.\nNo mail now: 3 mailed already.\n"
        assert (server.connections, server.logins) == (1, 1)
        assert to_whom(server.messages) == [ANN, BEN, CAY]
        for one, (mail, recorded) in zip(server.messages, known.items(), strict=True):
            assert [m.state for m in recorded] == [MailState.SENT]
            assert [m.message_id for m in recorded] == message_ids([one])
            assert recorded[0].words == "250 2.0.0 OK"
            check_mail(one, mail, workbook_of(campaign, record, mail))


def check_mail(one: Received, mail: str, workbook: Path) -> None:
    """Compare a mail as it came with what was to be sent."""
    got, name = parsed(one.content), mail[:3].title()
    assert (one.sender, one.recipients) == (SENDER, (mail,))
    assert got["From"] == f"Fay <{SENDER}>"
    assert got["To"] == f"{name} <{mail}>"
    assert got["Reply-To"] == "answers@example.org"
    assert got["Subject"] == "Round: your workbook for Red"
    assert abs(parsedate_to_datetime(got["Date"]).timestamp() - time.time()) < 300
    assert re.fullmatch(r"<[0-9a-f]{32}@example\.org>", got["Message-ID"])
    body = got.get_body()
    assert body is not None
    assert body.get_content().startswith(f"Hello {name},\r\n")
    assert (
        "machine learning is developed, released and operated in your organisation"
        in body.get_content()
    )
    (attached,) = got.iter_attachments()
    assert attached.get_filename() == workbook.name
    assert attached.get_content() == workbook.read_bytes()
    assert max(map(len, one.content.split(b"\r\n"))) <= 79  # of which one cannot be folded
    assert one.content.isascii()


class Watching(SmtpServer):
    """A server that reads the record when a mail is announced and when it is there."""

    def watch(self, database: str) -> None:
        """Say which record."""
        self.engine = sqlalchemy.create_engine(database)
        self.announced: list[set[tuple[str, str]]] = []
        self.there: list[tuple[str, set[tuple[str, str]]]] = []

    def recorded(self) -> set[tuple[str, str]]:
        """Return what of mails is committed."""
        with self.engine.connect() as connection:
            found = connection.exec_driver_sql("SELECT message_id, state FROM mails")
            return {(row[0], row[1]) for row in found}

    def meet(self, stage: Stage, recipients: Any = ()) -> Fault | None:
        """Read the record before anything of a mail was said."""
        if stage == "mail":
            self.announced.append(self.recorded())
        return super().meet(stage, recipients)

    def keep(self, envelope: Any) -> None:
        """Read the record before a mail is accepted."""
        self.there.append((str(parsed(envelope.content)["Message-ID"]), self.recorded()))
        super().keep(envelope)


def test_a_mail_is_recorded_before_it_leaves(
    campaign_at: Opens, certificates: Certificates, database: str
) -> None:
    """When the server first hears of a mail, its Message-ID stands in the record as being sent."""
    with Watching(certificates) as server:
        server.watch(database)
        options: dict[str, Any] = {"database": database}
        with campaign_at(server, 4, **options) as (campaign, record):
            send(campaign, record)
        server.engine.dispose()

    assert len(server.announced) == len(server.there) == 4
    for number, (message_id, recorded) in enumerate(server.there):
        assert (message_id, "sending") in server.announced[number]
        assert (message_id, "sending") in recorded
        assert sorted(state for _, state in recorded) == ["sending", *["sent"] * number]


def test_the_connection_ends_every_seven_mails(
    smtp_server: StartsSmtpServers, campaign_at: Opens
) -> None:
    """Each mail arrives once, in order, and none waits for another try."""
    server = smtp_server(faults=[Fault("answered", drop=True, every=7)])
    with campaign_at(server, 20) as (campaign, record):
        done = send(campaign, record)
        assert len(done.in_state(MailState.SENT)) == 20
        assert to_whom(server.messages) == list(states_of(record))
    assert server.connections == server.logins == 3


def test_a_server_takes_one_mail_for_each_connection(
    smtp_server: StartsSmtpServers, campaign_at: Opens
) -> None:
    """All arrive, however often the connection is opened again."""
    server = smtp_server(faults=[Fault("answered", drop=True)])
    with campaign_at(server, 20) as (campaign, record):
        send(campaign, record)
        assert to_whom(server.messages) == list(states_of(record))


@pytest.mark.parametrize(
    "fault",
    [
        Fault("mail", reply="451 4.3.0 Later", times=1),
        Fault("rcpt", reply="450 4.2.0 Greylisted", times=1, recipients=[ANN]),
        Fault("content", reply="451 4.7.1 Greylisted", times=1, recipients=[ANN]),
        Fault("content", reply="421 4.3.0 Down", times=1, recipients=[ANN]),
    ],
    ids=lambda fault: f"{fault.stage}-{fault.reply[:3]}",
)
def test_not_now(smtp_server: StartsSmtpServers, campaign_at: Opens, fault: Fault) -> None:
    """Others go on meanwhile; the mail is tried again later, under its Message-ID, and once."""
    server = smtp_server(faults=[fault])
    with campaign_at(server) as (campaign, record):
        done = send(campaign, record)
        known = mails_of(record)
        events = events_of(record)
    assert to_whom(server.messages) == [BEN, CAY, ANN]
    assert message_ids(server.messages) == [known[mail][0].message_id for mail in (BEN, CAY, ANN)]
    assert [f.planned.person.mail for f in done.in_state(MailState.SENT)] == [BEN, CAY, ANN]
    assert [len(all_) for all_ in known.values()] == [1, 1, 1]
    assert known[ANN][0].words == "250 2.0.0 OK"
    assert events[:2] == ["sending", "deferred"]
    assert events[-2:] == ["sending", "sent"]


def events_of(record: Record) -> list[str]:
    """Return what happened to mails, in order."""
    with record.begin(campaign_now()) as tx:
        found = tx.connection.exec_driver_sql("SELECT kind FROM events ORDER BY id")
        return [row[0] for row in found if row[0] != "built"]


def test_never_now(smtp_server: StartsSmtpServers, campaign_at: Opens) -> None:
    """What is deferred time and again is left for the next run, which sends it once."""
    server = smtp_server(faults=[Fault("rcpt", reply="450 4.2.0 Full", recipients=[ANN])])
    with campaign_at(server) as (campaign, record):
        done = send(campaign, record)
        assert [f.words for f in done.in_state(MailState.DEFERRED)] == ["450 4.2.0 Full"]
        assert states_of(record) == {ANN: "deferred", BEN: "sent", CAY: "sent"}
        assert server.reached["rcpt"] == 6
        (before,) = mails_of(record)[ANN]
        server.faults.clear()
        send(campaign, record)
        (after,) = mails_of(record)[ANN]
        assert after.message_id == before.message_id == message_ids(server.messages)[-1]
    assert to_whom(server.messages) == [BEN, CAY, ANN]


def test_never(
    smtp_server: StartsSmtpServers, campaign_at: Opens, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A refusal stands with the server's words, is tried again when told so, and exits with 1."""
    words = "550 5.1.1 <ben@example.org>: No such user here"
    server = smtp_server(faults=[Fault("rcpt", reply=words, recipients=[BEN])])
    let_in(monkeypatch, server)
    with campaign_at(server) as (campaign, record):
        first = run("campaign", "send", campaign.folder, "--smtp", code=1)
        second = run("campaign", "send", campaign.folder, "--smtp")
        held = "No mail now: 2 mailed already, 1 refused by the server.\n"
        assert (second.stdout, server.reached["rcpt"]) == (f"Sent: 0.\n{held}", 3)
        assert mails_of(record)[BEN][0].words == words
        dry = run("campaign", "send", campaign.folder)
        status = run("campaign", "status", campaign.folder, "--format", "json")
        server.faults.clear()
        reminding = run("campaign", "remind", campaign.folder, "--smtp")
        third = run("campaign", "send", campaign.folder, "--smtp", "--again", "refused")
        refused, sent = mails_of(record)[BEN]
        assert refused.message_id != sent.message_id
        assert (refused.state, sent.state) == (MailState.REFUSED, MailState.SENT)

    assert first.stdout == f"{BEN}: refused: {words}\nSent: 2. Refused: 1.\n"
    assert third.stdout == "Sent: 1.\nNo mail now: 2 mailed already.\n"
    advice = "or try once more: iml4e campaign send --smtp --again refused\n"
    assert [advice in one.stderr for one in (first, second, reminding)] == [True] * 3
    assert "try once more" not in third.stderr
    assert "was refused by the server: 550 5.1.1" in dry.stdout
    assert words in status.stdout
    assert to_whom(server.messages) == [ANN, CAY, BEN]


@pytest.mark.parametrize("kept", [True, False])
@pytest.mark.parametrize("left", ["again", "sent", "not-sent"])
def test_an_answer_is_lost(
    smtp_server: StartsSmtpServers,
    campaign_at: Opens,
    monkeypatch: pytest.MonkeyPatch,
    left: str,
    *,
    kept: bool,
) -> None:
    """Uncertain, listed, and not sent again but when told so; then under the same Message-ID."""
    fault = Fault("content", drop=True, kept=kept, recipients=[BEN], times=1)
    server = smtp_server(faults=[fault])
    let_in(monkeypatch, server)
    with campaign_at(server) as (campaign, record):
        folder = campaign.folder
        first = run("campaign", "send", folder, "--smtp", code=1)
        second = run("campaign", "send", folder, "--smtp")
        status = run("campaign", "status", folder, "--only", "mail_uncertain", "--format", "csv")
        (uncertain,) = mails_of(record)[BEN]
        assert uncertain.state is MailState.UNCERTAIN
        assert f"{BEN}: uncertain, the server's answer was lost: The connect" in first.stdout
        assert (second.stdout.partition("\n")[0], server.reached["rcpt"]) == ("Sent: 0.", 3)
        for said in (first.stderr, second.stderr):
            assert "iml4e campaign settle MAIL --sent (or --not-sent)" in said
            assert "interrupted" not in said
        assert f"  {BEN}  since " in second.stderr
        assert [one for one in (ANN, BEN, CAY) if one in status.stdout] == [BEN]
        if left == "again":
            run("campaign", "send", folder, "--smtp", "--again", "uncertain")
        else:
            run("campaign", "settle", "-C", folder, BEN, f"--{left}")
            run("campaign", "send", folder, "--smtp")
        (settled,) = mails_of(record)[BEN]
        assert (settled.message_id, settled.state) == (uncertain.message_id, MailState.SENT)

    bens = [one for one in server.messages if one.recipients == (BEN,)]
    assert len(bens) == kept + (left != "sent")
    assert set(message_ids(bens)) <= {uncertain.message_id}
    assert sorted({*to_whom(server.messages), BEN}) == [ANN, BEN, CAY]


def test_a_retry_that_is_cut_off_has_no_old_words(
    smtp_server: StartsSmtpServers, campaign_at: Opens
) -> None:
    """What is uncertain does not show the answer to an earlier try."""
    faults = [
        Fault("rcpt", reply="450 4.2.0 Greylisted", times=1),
        Fault("content", drop=True, times=1),
    ]
    server = smtp_server(faults=faults)
    with campaign_at(server, 1) as (campaign, record):
        seen = []
        record_begin = record.begin

        @contextlib.contextmanager
        def begin(now: Any) -> Iterator[Any]:
            with record_begin(now) as tx:
                yield tx
                seen.append(tuple(tx.connection.exec_driver_sql("SELECT state, words FROM mails")))

        record.begin = begin  # type: ignore[method-assign]
        send(campaign, record)
    told = [(row[0], row[1]) for rows_ in seen for row in rows_]
    assert told[1:3] == [("deferred", "450 4.2.0 Greylisted"), ("sending", "")]


@pytest.mark.parametrize("stage", ["rcpt", "content"])
def test_a_server_is_slow(
    smtp_server: StartsSmtpServers,
    campaign_at: Opens,
    monkeypatch: pytest.MonkeyPatch,
    stage: Stage,
) -> None:
    """After the content the mail is uncertain; before, it is tried again and arrives once."""
    slow = Fault(stage, seconds=FOR_EVER, kept=stage == "content", recipients=[ANN], times=1)
    server = smtp_server(faults=[slow])
    with campaign_at(server, 2) as (campaign, record):
        lose_patience(monkeypatch, stage)
        send(campaign, record)
        states = states_of(record)
    assert states == {ANN: "uncertain" if stage == "content" else "sent", BEN: "sent"}
    assert sorted(to_whom(server.messages)) == [ANN, BEN]


def test_a_limit_of_size(smtp_server: StartsSmtpServers, campaign_at: Opens) -> None:
    """Mails above it are refused with both sizes, and nothing of them is sent."""
    server = smtp_server(size_limit=5000)
    with campaign_at(server, 2) as (campaign, record):
        done = send(campaign, record)
        assert len(done.in_state(MailState.REFUSED)) == 2
        assert "5.3.4 SIZE" in mails_of(record)[ANN][0].words
    assert server.reached["mail"] == 0


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("password", "refuses the login of campaign: 535"),
        ("certificate", "cannot be trusted: "),
        ("starttls", "offers no STARTTLS"),
        ("sender", f"refuses the sender {SENDER}: 550 5.7.1 Not yours"),
        ("host", "no.such.host.invalid:587 cannot be reached: "),
        ("port", "cannot be reached: Connection refused"),
        ("closing", "cannot be reached: 421 4.3.2 Busy"),
    ],
)
def test_no_mail_can_be_sent(
    smtp_server: StartsSmtpServers,
    campaign_at: Opens,
    certificates: Certificates,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    words: str,
) -> None:
    """One message, exit code 3, nobody uncertain; the next run sends to everybody."""
    options: dict[str, dict[str, Any]] = {
        "certificate": {"certificate": certificates.stranger},
        "starttls": {"security": "none"},
    }
    server = smtp_server(**options.get(kind, {}))
    let_in(monkeypatch, server)
    with campaign_at(server) as (campaign, record):
        good = smtp_settings(server, certificates)
        if kind == "password":
            monkeypatch.setenv("IML4E_SMTP_PASSWORD", "Wr0ng-one")
        if kind == "starttls":
            change_settings(campaign.folder, **{"smtp.security": "starttls"})
        if kind == "host":
            wrong = {"smtp.host": "no.such.host.invalid", "smtp.port": 587}
            change_settings(campaign.folder, **wrong)
        if kind == "port":
            change_settings(campaign.folder, **{"smtp.port": free_ports(1)[0]})
        if kind == "sender":
            server.faults.append(Fault("mail", reply="550 5.7.1 Not yours"))
        if kind == "closing":
            server.faults.append(Fault("connect", reply="421 4.3.2 Busy"))
        outcome = run("campaign", "send", campaign.folder, "--smtp", code=3)
        assert outcome.stdout == "Sent: 0. Left for the next time: 3.\n"
        assert outcome.stderr.count("Error: ") == 1
        assert words in outcome.stderr.splitlines()[-1]
        assert ("Trying again." in outcome.stderr) == (kind in ("host", "port", "closing"))
        assert set(states_of(record).values()) == ({"", "deferred"} if kind == "sender" else {""})
        assert "Wr0ng" not in outcome.output
        assert b"Wr0ng" not in (campaign.folder / "record.sqlite").read_bytes()
        if kind in ("certificate", "starttls"):
            assert server.reached["login"] == 0
            server = smtp_server()
            good = smtp_settings(server, certificates)
        server.faults.clear()
        change_settings(campaign.folder, **good)
        let_in(monkeypatch, server)
        run("campaign", "send", campaign.folder, "--smtp")
    assert to_whom(server.messages) == [ANN, BEN, CAY]


def test_the_server_goes_away(smtp_server: StartsSmtpServers, campaign_at: Opens) -> None:
    """What left is known, the rest is left for the next time, and then everybody has one mail."""
    server = smtp_server(faults=[Fault("mail", drop=True, ordinals=[3])])
    with campaign_at(server, 5) as (campaign, record):
        server.faults.append(Fault("connect", drop=True, ordinals=range(2, 50)))
        done = send(campaign, record)
        assert (len(done.outcomes), done.unsent) == (2, 3)
        assert "cannot be used" in str(done.stopped)
        assert list(states_of(record).values()) == ["sent", "sent", "deferred", "", ""]
        server.faults.clear()
        send(campaign, record)
        assert to_whom(server.messages) == list(states_of(record))


def test_no_server_is_named(tmp_path: Path) -> None:
    """The message says where one is written."""
    campaign = new_campaign(tmp_path)
    run("campaign", "build", campaign.folder)
    outcome = run("campaign", "send", campaign.folder, "--smtp", code=1)
    assert "names no server to send by: write host under [smtp]" in outcome.stderr
    both = run("campaign", "send", campaign.folder, "--smtp", "--eml", "x", code=2)
    assert "Choose one" in both.stderr


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

    def connect(self) -> Any:
        """Be there."""

    def deliver(self, _sender: str, recipient: str, _data: bytes) -> str:
        """Note it; every delivery takes a tenth of a second."""
        self.tries.append((self.clock.passed, recipient))
        self.clock.passed += 0.1
        left = self.deferring.get(recipient, 0)
        if left:
            self.deferring[recipient] = left - 1
            raise MailDeferred("450 Later")
        return "250 OK"


def test_the_order_of_tries(tmp_path: Path) -> None:
    """First everybody, then those that are due, after 2, 4 and 8 seconds, in that order."""
    clock = FakeClock()
    smtp = Scripted(clock, {ANN: 9, BEN: 1, CAY: 0})
    with built_campaign(tmp_path, 3) as (campaign, record):
        plan = invitations(campaign, record)
        done = send_mails(campaign, record, plan, smtp, clock=clock.clock, wait=2)
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


@settings(deadline=None, max_examples=8)
@given(
    per_minute=st.integers(1, 6000),
    people=st.integers(1, 7),
    deferring=st.lists(st.integers(0, 3), min_size=10, max_size=10),
)
def test_the_rate_is_kept(ten: Path, per_minute: int, people: int, deferring: list[int]) -> None:
    """In no minute more tries than the settings say, retries included; no time is lost either."""
    from iml4e_xlsx.campaign.folder.campaign import open_campaign
    from iml4e_xlsx.campaign.send.plan import narrow_plan

    change_settings(ten, **{"smtp.mails_per_minute": per_minute})
    campaign, clock = open_campaign(ten), FakeClock()
    with record_of(campaign) as record:
        with record.begin(clock.now()) as tx:
            tx.connection.exec_driver_sql("DELETE FROM mails")
        plan = narrow_plan(invitations(campaign, record), list(states_of(record))[:people])
        smtp = Scripted(clock, dict(zip(states_of(record), deferring, strict=True)))
        done = send_mails(campaign, record, plan, smtp, clock=clock.clock, wait=2)

    assert len(done.in_state(MailState.SENT)) == people
    moments = [at for at, _ in smtp.tries]
    pairs = itertools.pairwise(moments)
    assert all(later - earlier >= 60 / per_minute - 1e-6 for earlier, later in pairs)
    for at in moments:
        assert sum(at <= other < at + 60 - 1e-6 for other in moments) <= per_minute
    first = smtp.tries[:people]
    assert [who for _, who in first] == list(dict.fromkeys(who for _, who in smtp.tries))
    assert first[-1][0] <= (people - 1) * max(60 / per_minute, 0.1) + 1e-6


def test_a_domain_of_any_letters(
    tmp_path: Path, smtp_server: StartsSmtpServers, certificates: Certificates
) -> None:
    """The server is given it in ASCII, in the envelope and in the headers."""
    server = smtp_server()
    people = [
        Row(name="Ünal Çelik", mail="unal@bücher.example"),
        Row(name="李", mail="li@例え.jp"),
    ]
    settings_ = smtp_settings(server, certificates)
    with built_campaign(tmp_path, people, **settings_) as (campaign, record):
        send(campaign, record)
        assert set(states_of(record)) == {"unal@bücher.example", "li@例え.jp"}
    assert to_whom(server.messages) == ["unal@xn--bcher-kva.example", "li@xn--r8jz45g.jp"]
    got = parsed(server.messages[0].content)
    assert got["To"].addresses[0].addr_spec == "unal@xn--bcher-kva.example"
    assert got["To"].addresses[0].display_name == "Ünal Çelik"
    assert server.messages[0].content.isascii()


class Filling(SmtpServer):
    """A server that fills a disk when the third mail is there."""

    disk: Path

    def keep(self, envelope: Any) -> None:
        """Keep a mail, the third on a disk that is full from then on."""
        super().keep(envelope)
        if len(self.messages) == 3:
            fill_up(self.disk)


def fill_up(disk: Path) -> None:
    """Leave no room on a disk."""
    with (disk / "filler").open("wb", buffering=0) as stream, contextlib.suppress(OSError):
        while True:
            stream.write(bytes(4096))


def test_the_disk_is_full_in_the_middle(
    campaign_at: Opens,
    certificates: Certificates,
    small_disk: MakesSmallDisks,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Sending stops with exit code 3; one mail is uncertain, and later nothing goes out twice."""
    with small_disk(20_000) as disk, Filling(certificates) as server:
        server.disk = disk
        let_in(monkeypatch, server)
        with campaign_at(server, 6, folder=disk) as (campaign, _):
            pass
        args = ("campaign", "send", campaign.folder, "--smtp")
        outcome = run(*args, code=3)
        assert outcome.stdout == ""
        assert outcome.stderr.startswith("Error: The record ")
        assert "disk is full. Make room and run the command again" in outcome.stderr
        assert len(server.messages) == 3
        (disk / "filler").unlink()
        with record_of(campaign) as record:
            assert list(states_of(record).values()) == ["sent", "sent", "sending", "", "", ""]
            outcome = run(*args)
            assert outcome.stdout.startswith("Sent: 3.\n")
            assert ": sending or drafting it was interrupted, or is going on" in outcome.stderr
            assert f"  {CAY}  " in outcome.stderr
            assert to_whom(server.messages) == list(states_of(record))
            with record.begin(campaign_now()) as tx:
                assert tx.connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"


def test_the_disk_is_full_before(
    campaign_at: Opens,
    certificates: Certificates,
    small_disk: MakesSmallDisks,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No mail leaves that cannot be recorded."""
    with small_disk(20_000) as disk, SmtpServer(certificates) as server:
        with campaign_at(server, 2, folder=disk) as (campaign, _):
            pass
        fill_up(disk)
        let_in(monkeypatch, server)
        outcome = run("campaign", "send", campaign.folder, "--smtp", code=3)
        assert "The record " in outcome.stderr
        assert server.reached["mail"] == 0


@pytest.mark.parametrize("quiet", [False, True])
def test_a_bar_of_progress(
    smtp_server: StartsSmtpServers, campaign_at: Opens, *, quiet: bool
) -> None:
    """On a terminal stderr shows it, unless nobody wants it; stdout has the result alone."""
    server = smtp_server(faults=[Fault("content", seconds=0.15)])
    with campaign_at(server) as (campaign, _):
        pass
    args = ["campaign", "send", str(campaign.folder), "--smtp", *(["--quiet"] if quiet else [])]
    out, err = on_terminal(args, environment(server))
    assert out == "Sent: 3.\n"
    assert ("3/3" in err) != quiet
    assert ("Mails" in err) != quiet
    assert quiet == (err == "")


def on_terminal(args: list[str], env: dict[str, str]) -> tuple[str, str]:
    """Run the command with a terminal as its stderr; return stdout and what the terminal got."""
    import subprocess

    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", "from iml4e_xlsx.cli import main; main()", *args],
        stdout=subprocess.PIPE,
        stderr=theirs,
        cwd=ROOT,
        env={**os.environ, "TERM": "xterm", **env},
    )
    os.close(theirs)
    seen = b""
    with contextlib.suppress(OSError):  # which is how a terminal ends
        while piece := os.read(ours, 4096):
            seen += piece
    os.close(ours)
    out, _ = process.communicate(timeout=300)
    assert process.returncode == 0, seen
    return out.decode(), seen.decode()


def test_without_a_terminal_there_is_no_bar(
    smtp_server: StartsSmtpServers, campaign_at: Opens
) -> None:
    """Neither in a file nor in a pipe."""
    server = smtp_server()
    with campaign_at(server) as (campaign, _):
        pass
    args = ("campaign", "send", campaign.folder, "--smtp")
    said, seen = run_process(*args, env=environment(server))
    assert said == "Sent: 3.\n"
    assert seen == "Next, when answers come back: iml4e campaign collect\n"


@pytest.mark.parametrize("tls", [False, True])
def test_through_postfix(
    tmp_path: Path, mail_host: MailHost, monkeypatch: pytest.MonkeyPatch, *, tls: bool
) -> None:
    """A real server takes the mails, Dovecot keeps them, and one is refused in Postfix's words."""
    sender, name = f"fay-{tls}@example.org".lower(), f"ann-{tls}".lower()
    people = [
        Row(name="Änn", mail=f"{name}@example.org"),
        Row(name="Gone", mail="x@bounce.example.org"),
        Row(name="Ben", mail=f"{name}-ben@example.org"),
    ]
    monkeypatch.setenv("IML4E_SMTP_PASSWORD", mail_host.password)
    settings_ = mailhost_settings(mail_host, sender, tls=tls)
    with built_campaign(tmp_path, people, **settings_) as (campaign, record):
        outcome = run("campaign", "send", campaign.folder, "--smtp", code=1)
        run("campaign", "send", campaign.folder, "--smtp")
        known = mails_of(record)
        for person in people[::2]:
            (message,) = mail_host.wait_for(person.mail, 1)
            got = parsed(message)
            (attached,) = got.iter_attachments()
            assert got["Message-ID"] == known[person.mail][0].message_id
            assert got["To"] == f"{person.name} <{person.mail}>"
            assert got["Return-Path"] == f"<{sender}>"
            workbook = workbook_of(campaign, record, person.mail)
            assert attached.get_content() == workbook.read_bytes()
            assert known[person.mail][0].words.startswith("250 2.0.0 Ok: queued as ")
    assert "550 5.1.1 <x@bounce.example.org>: Recipient address rejected" in outcome.stdout
    assert "Sent: 2. Refused: 1." in outcome.stdout


def test_reminders_leave_like_invitations(
    smtp_server: StartsSmtpServers, campaign_at: Opens, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once each, with the workbook; a lost answer is uncertain, and not sent again."""
    server = smtp_server()
    let_in(monkeypatch, server)
    asked: dict[str, Any] = {"reminders.interval_days": 0}
    with campaign_at(server, **asked) as (campaign, record):
        run("campaign", "send", campaign.folder, "--smtp")
        server.faults.append(Fault("content", drop=True, kept=True, recipients=[BEN]))
        run("campaign", "remind", campaign.folder, "--smtp", code=1)
        assert list(states_of(record).values()) == ["sent", "uncertain", "sent"]
        run("campaign", "remind", campaign.folder, "--smtp", "--to", BEN)
        reminders = server.messages[3:]
        assert to_whom(reminders) == [ANN, BEN, CAY]
        assert {str(parsed(m.content)["Subject"]) for m in reminders} == {"Reminder: Round, Red"}
        for one in reminders:
            (attached,) = parsed(one.content).iter_attachments()
            workbook = workbook_of(campaign, record, one.recipients[0])
            assert attached.get_content() == workbook.read_bytes()


def test_a_reminder_belongs_to_its_invitation(
    smtp_server: StartsSmtpServers, campaign_at: Opens, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mail programs show it below: it names the Message-ID, and an invitation names none."""
    server = smtp_server()
    let_in(monkeypatch, server)
    asked: dict[str, Any] = {"reminders.interval_days": 0}
    with campaign_at(server, people=1, **asked) as (campaign, _):
        run("campaign", "send", campaign.folder, "--smtp")
        run("campaign", "remind", campaign.folder, "--smtp")
    invitation, reminder = (parsed(one.content) for one in server.messages)
    for name in ("In-Reply-To", "References"):
        assert reminder[name] == invitation["Message-ID"]
        assert name not in invitation


def test_a_draft_is_written_down_with_its_file(tmp_path: Path) -> None:
    """Where the file cannot be written the mail did not leave; an old plan writes none twice."""
    from iml4e_xlsx.campaign.send.drafts import write_drafts
    from iml4e_xlsx.errors import WorkbookWriteError

    clock = FakeClock()
    with built_campaign(tmp_path, 2) as (campaign, record):
        plan = invitations(campaign, record)
        target = tmp_path / "drafts"
        target.mkdir()
        name = f"{workbook_of(campaign, record, BEN).stem}-invitation.eml"
        (target / name).mkdir()
        with pytest.raises(WorkbookWriteError):
            write_drafts(campaign, record, plan, target, now=clock.now(), force=True)
        assert states_of(record) == {ANN: "drafted", BEN: "deferred"}

        (target / name).rmdir()
        assert write_drafts(campaign, record, plan, target, now=clock.now(), force=True) == ()
        plan = invitations(campaign, record)
        paths = write_drafts(campaign, record, plan, target, now=clock.now(), force=True)
        assert [path.name for path in paths] == [name]
        assert states_of(record) == {ANN: "drafted", BEN: "drafted"}


def test_a_workbook_changes_while_mails_leave(
    smtp_server: StartsSmtpServers, campaign_at: Opens, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sending stops before that mail, of which nothing is recorded; what left is told."""
    server = smtp_server()
    let_in(monkeypatch, server)
    with campaign_at(server) as (campaign, record):
        plan = invitations(campaign, record)
        path = workbook_of(campaign, record, BEN)
        path.write_bytes(b"the workbook of somebody else")
        done = send(campaign, record, plan=plan)
        assert (len(done.outcomes), done.unsent) == (1, 2)
        assert "has changed since" in str(done.stopped)
        assert BEN in str(done.stopped)
        assert states_of(record) == {ANN: "sent", BEN: "", CAY: ""}
        assert to_whom(server.messages) == [ANN]

        monkeypatch.setattr(outbox, "plan_invitations", lambda *_: plan)
        with record.begin(campaign_now()) as tx:
            tx.connection.exec_driver_sql("DELETE FROM mails")
        outcome = run("campaign", "send", campaign.folder, "--smtp", code=1)
        assert outcome.stdout == "Sent: 1. Left for the next time: 2.\n"
        assert "Run build and send again" in outcome.stderr


@pytest.mark.parametrize("state", ["deferred", "uncertain"])
def test_a_draft_that_cannot_be_written_leaves_a_mail_as_it_was(tmp_path: Path, state: str) -> None:
    """One that certainly did not leave does so no more; one that may have stays uncertain."""
    from iml4e_xlsx.campaign.send.drafts import write_drafts
    from iml4e_xlsx.errors import WorkbookWriteError

    with built_campaign(tmp_path, 1) as (campaign, record):
        ann = person_of(record, ANN)
        with record.begin(NOW) as tx:
            note_mail(tx, ann, MailState(state), words="as it was")
        target = tmp_path / "drafts"
        (target / f"{workbook_of(campaign, record, ANN).stem}-invitation.eml").mkdir(parents=True)
        plan = invitations(campaign, record, ANN)
        with pytest.raises(WorkbookWriteError):
            write_drafts(campaign, record, plan, target, now=NOW, force=True)
        (mail,) = mails_of(record)[ANN]
    assert (mail.state.value, mail.words) == (state, "as it was")


def test_a_draft_is_recorded_before_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ended in the worst moment, the file lies there and the mail is told as uncertain."""
    from iml4e_xlsx.campaign.send import drafts

    def end(path: Path, data: bytes, *, force: bool) -> None:
        path.write_bytes(data)
        raise KeyboardInterrupt

    with built_campaign(tmp_path, 2) as (campaign, record):
        plan = invitations(campaign, record)
        monkeypatch.setattr(drafts, "write_output", end)
        with pytest.raises(KeyboardInterrupt):
            drafts.write_drafts(campaign, record, plan, tmp_path / "d", now=NOW)
        assert states_of(record) == {ANN: "sending", BEN: ""}
        assert [one.person.mail for one in invitations(campaign, record).mails] == [BEN]
    assert len(list((tmp_path / "d").iterdir())) == 1


def test_a_workbook_changes_before_its_draft(tmp_path: Path) -> None:
    """Nothing of it is written or recorded."""
    from iml4e_xlsx.campaign.send.drafts import write_drafts

    with built_campaign(tmp_path, 2) as (campaign, record):
        plan = invitations(campaign, record)
        workbook_of(campaign, record, BEN).write_bytes(b"of somebody else")
        with pytest.raises(CampaignError, match="has changed since"):
            write_drafts(campaign, record, plan, tmp_path / "d", now=NOW)
        assert states_of(record) == {ANN: "drafted", BEN: ""}
    assert len(list((tmp_path / "d").iterdir())) == 1


def test_only_some(
    smtp_server: StartsSmtpServers, campaign_at: Opens, monkeypatch: pytest.MonkeyPatch
) -> None:
    """--to narrows, --again repeats under a new Message-ID; nobody else gets anything."""
    server = smtp_server()
    let_in(monkeypatch, server)
    with campaign_at(server) as (campaign, record):
        run("campaign", "send", campaign.folder, "--smtp", "--to", BEN)
        run("campaign", "send", campaign.folder, "--smtp", "--to", BEN, "--again", BEN)
        first, second = mails_of(record)[BEN]
        assert message_ids(server.messages) == [first.message_id, second.message_id]
        outcome = run("campaign", "send", campaign.folder, "--smtp", "--to", "x@y.org", code=2)
        assert "x@y.org is no mail address of the roster" in outcome.stderr
    assert to_whom(server.messages) == [BEN, BEN]


def test_a_text_that_cannot_be_filled_in(
    smtp_server: StartsSmtpServers, campaign_at: Opens, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody gets anything while somebody's mail cannot be written."""
    server = smtp_server()
    let_in(monkeypatch, server)
    with campaign_at(server) as (campaign, _):
        text = campaign.mail_texts / "en" / "invitation.txt"
        text.write_text(text.read_text() + "{% if name == 'Cay' %}{{ nothing }}{% endif %}")
        outcome = run("campaign", "send", campaign.folder, "--smtp", code=1)
    assert "nothing" in outcome.stderr
    assert server.connections == 0
