"""What a server answers to a mail, and what becomes of the mail then."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from iml4e_xlsx.campaign.record.connection import Record
from iml4e_xlsx.campaign.record.mails import MailState
from iml4e_xlsx.campaign.servers import smtp as smtp_module
from iml4e_xlsx.campaign.servers.smtp import Smtp
from tests.support.campaigns import (
    SENDER,
    change_settings,
    new_campaign,
    run,
)
from tests.support.mailing import (
    FOR_EVER,
    Opens,
    lose_patience,
    mails_of,
    message_ids,
    send,
    smtp_settings,
    states_of,
    to_whom,
)
from tests.support.sending import ANN, BEN, CAY, campaign_now, let_in
from tests.support.servers.certificates import Certificates
from tests.support.servers.common import free_ports
from tests.support.servers.faults import Fault, Stage
from tests.support.servers.fixtures import StartsSmtpServers


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the command wait for nothing long before it tries to connect again."""
    monkeypatch.setattr(smtp_module, "Smtp", partial(Smtp, wait=0.01))


@pytest.mark.parametrize(
    "fault",
    [
        Fault("mail", reply="451 4.3.0 Later", times=1),
        Fault("rcpt", reply="450 4.2.0 Greylisted", times=1, recipients=[ANN]),
        Fault("content", reply="451 4.7.1 Greylisted", times=1, recipients=[ANN]),
        Fault("content", reply="452 4.2.2 Mailbox full", times=1, recipients=[ANN]),
    ],
    ids=lambda fault: f"{fault.stage}-{fault.reply[:3]}",
)
def test_a_mail_that_is_not_taken_now_leaves_later(
    smtp_server: StartsSmtpServers, campaign_at: Opens, fault: Fault
) -> None:
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
        return [row[0] for row in found if row[0] not in ("built", "roster")]


def test_a_mail_that_is_never_taken_is_left_for_the_next_run(
    smtp_server: StartsSmtpServers, campaign_at: Opens
) -> None:
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


def test_a_refused_mail_is_sent_again_only_when_asked_for(
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
    advice = "or try again: iml4e campaign send --smtp --again refused\n"
    assert [advice in one.stderr for one in (first, second, reminding)] == [True] * 3
    assert "try again" not in third.stderr
    assert "refused by the server: 550 5.1.1" in dry.stdout
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
        assert (
            f"{BEN}: uncertain, the server's answer was lost: the connection broke, "
            in first.stdout
        )
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
        assert "cannot be reached" in str(done.stopped)
        assert list(states_of(record).values()) == ["sent", "sent", "deferred", "", ""]
        server.faults.clear()
        send(campaign, record)
        assert to_whom(server.messages) == list(states_of(record))


def test_no_server_is_named(tmp_path: Path) -> None:
    """The message says where one is written."""
    campaign = new_campaign(tmp_path)
    run("campaign", "build", campaign.folder)
    outcome = run("campaign", "send", campaign.folder, "--smtp", code=1)
    assert "Write its name as host under [smtp]" in outcome.stderr
    both = run("campaign", "send", campaign.folder, "--smtp", "--eml", "x", code=2)
    assert "Choose one" in both.stderr
