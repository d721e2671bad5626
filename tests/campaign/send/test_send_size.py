"""Mails that are too large for the server: not handed over, not recorded, and named."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from iml4e_xlsx.campaign.folder.campaign import Campaign, open_campaign
from iml4e_xlsx.campaign.record import people
from iml4e_xlsx.campaign.record.connection import Record
from iml4e_xlsx.campaign.record.mails import MailState
from iml4e_xlsx.findings.file_traits import content_digest
from tests.support.campaigns import NOW, change_settings, run, workbook_of
from tests.support.mailing import Opens, mails_of, send, states_of, to_whom
from tests.support.sending import ANN, BEN, CAY, let_in
from tests.support.servers.faults import Fault, Stage
from tests.support.servers.fixtures import StartsSmtpServers
from tests.support.servers.smtp import SmtpServer

LIMIT = 100_000
WAY_OUT = "set form or most_statements in campaign.toml"


def put_workbook(campaign: Campaign, record: Record, mail: str, data: bytes) -> None:
    """Put other bytes in the place of somebody's workbook, as another build might."""
    path = workbook_of(campaign, record, mail)
    path.write_bytes(data)
    with record.begin(NOW) as tx:
        person = people.find_by_mail(tx, mail)
        assert person is not None
        built = people.built_workbooks(tx)[person.id]
        people.save_workbook(tx, person.id, replace(built, digest=content_digest(data)))


@pytest.fixture
def opened(
    smtp_server: StartsSmtpServers, campaign_at: Opens, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Campaign, Record]]:
    """Yield a campaign of three people, in which Ben's workbook is a large one."""
    server = smtp_server()
    let_in(monkeypatch, server)
    with campaign_at(server) as (campaign, record):
        for mail in (ANN, BEN, CAY):
            put_workbook(campaign, record, mail, b"x" * (90_000 if mail == BEN else 1000))
        yield campaign, record


def sending_by(campaign: Campaign, server: SmtpServer) -> Campaign:
    """Return a campaign that sends by another server."""
    change_settings(campaign.folder, **{"smtp.port": server.port})
    return open_campaign(campaign.folder)


def test_who_would_be_refused_is_not_handed_over(
    smtp_server: StartsSmtpServers, opened: tuple[Campaign, Record]
) -> None:
    """The others leave; once the workbook is smaller, the mail leaves by itself."""
    server, (campaign, record) = smtp_server(size_limit=LIMIT), opened
    sending_by(campaign, server)
    first = run("campaign", "send", campaign.folder, "--smtp", code=1)
    assert states_of(record) == {ANN: "sent", BEN: "", CAY: "sent"}
    assert mails_of(record)[BEN] == []
    second = run("campaign", "send", campaign.folder, "--smtp", code=1)
    put_workbook(campaign, record, BEN, b"small")
    third = run("campaign", "send", campaign.folder, "--smtp")

    assert server.reached["mail"] == 3
    assert to_whom(server.messages) == [ANN, CAY, BEN]
    found = re.match(
        rf"{BEN}: not sent: the server takes no mail of this size \((\d+) > {LIMIT} bytes\)\n"
        r"Sent: 2\. Not sent, too large: 1\.\n",
        first.stdout,
    )
    assert found
    assert 120_000 < int(found[1]) < 130_000
    assert WAY_OUT in first.stderr
    assert "--again refused" not in first.stderr
    assert "Sent: 0. Not sent, too large: 1." in second.stdout
    assert third.stdout == "Sent: 1.\nNo mail now: 2 mailed already.\n"


def test_the_limit_is_kept_to_the_byte(
    smtp_server: StartsSmtpServers, opened: tuple[Campaign, Record]
) -> None:
    """A mail as large as the limit leaves; what counts is the mail as it goes over the wire."""
    campaign, record = opened
    for excess in (0, 1):
        all_of_them = smtp_server()
        send(sending_by(campaign, all_of_them), record)
        size = len(all_of_them.messages[1].content)
        with record.begin(NOW) as tx:
            tx.connection.exec_driver_sql("DELETE FROM mails")
        limited = smtp_server(size_limit=size - excess)
        done = send(sending_by(campaign, limited), record)
        assert states_of(record) == {ANN: "sent", BEN: "" if excess else "sent", CAY: "sent"}
        assert len(done.too_large) == excess
        assert not done.in_state(None)
        with record.begin(NOW) as tx:
            tx.connection.exec_driver_sql("DELETE FROM mails")


@pytest.mark.parametrize("stage", ["mail", "rcpt", "content"])
def test_what_is_refused_afterwards_is_told_in_the_same_words(
    smtp_server: StartsSmtpServers, opened: tuple[Campaign, Record], stage: Stage
) -> None:
    """As a refusal of this mail alone, with the way out and how it is sent again."""
    words = "552 5.3.4 Message size exceeds fixed limit"
    server, (campaign, record) = (
        smtp_server(faults=[Fault(stage, reply=words, ordinals=[2])]),
        opened,
    )
    sending_by(campaign, server)
    first = run("campaign", "send", campaign.folder, "--smtp", code=1)
    assert states_of(record) == {ANN: "sent", BEN: "refused", CAY: "sent"}
    status = run("campaign", "status", campaign.folder, "--format", "json")
    run("campaign", "send", campaign.folder, "--smtp", "--again", "refused")
    assert mails_of(record)[BEN][-1].state is MailState.SENT

    assert re.match(
        rf"{BEN}: refused: the server takes no mail of this size \(\d+ bytes: {words}\)\n"
        r"Sent: 2\. Refused: 1\.\n",
        first.stdout,
    )
    assert WAY_OUT in first.stderr
    assert "iml4e campaign send --smtp --again refused" in first.stderr
    assert "correct the address" not in first.stderr
    assert "takes no mail of this size" in status.stdout


def test_a_test_mail_says_its_size(
    smtp_server: StartsSmtpServers, opened: tuple[Campaign, Record]
) -> None:
    """A mail that is tried out meets the limit before all the others do."""
    server, (campaign, _) = smtp_server(size_limit=500), opened
    sending_by(campaign, server)
    done = run("campaign", "send", campaign.folder, "--test", "me@example.org", code=1)
    assert "the server takes no mail of this size (" in done.stderr
    assert server.reached["mail"] == 0
