"""Sending: everybody gets exactly one mail."""

from __future__ import annotations

import re
import time
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy

from iml4e_xlsx.campaign.record.mails import MailState
from tests.support.campaigns import (
    SENDER,
    run,
    workbook_of,
)
from tests.support.mailing import (
    Opens,
    mails_of,
    message_ids,
    parsed,
    send,
    states_of,
    to_whom,
)
from tests.support.sending import ANN, BEN, CAY, campaign_now, let_in
from tests.support.servers.certificates import Certificates
from tests.support.servers.faults import Fault, Stage
from tests.support.servers.fixtures import StartsSmtpServers
from tests.support.servers.smtp import Received, SmtpServer


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
    assert "develops, releases and operates machine learning" in body.get_content()
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


@pytest.mark.slow
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
