"""Sending on a full disk, on a terminal, and through Postfix."""

from __future__ import annotations

import contextlib
import os
import pty
import sys
from pathlib import Path
from typing import Any

import pytest

from iml4e_xlsx.text.interface_texts import load_texts
from tests.support.campaigns import (
    ROOT,
    Row,
    built_campaign,
    record_of,
    run,
    run_process,
    workbook_of,
)
from tests.support.mailing import (
    Opens,
    environment,
    mailhost_settings,
    mails_of,
    parsed,
    send,
    smtp_settings,
    states_of,
    to_whom,
)
from tests.support.sending import CAY, campaign_now, let_in
from tests.support.servers.certificates import Certificates
from tests.support.servers.disk import MakesSmallDisks
from tests.support.servers.faults import Fault
from tests.support.servers.fixtures import StartsSmtpServers
from tests.support.servers.mailhost import MailHost
from tests.support.servers.smtp import SmtpServer


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
        assert "Error: The record " in outcome.stderr
        assert "disk is full. Make room and run the command again" in outcome.stderr
        assert len(server.messages) == 3
        (disk / "filler").unlink()
        with record_of(campaign) as record:
            assert list(states_of(record).values()) == ["sent", "sent", "sending", "", "", ""]
            outcome = run(*args)
            assert outcome.stdout.startswith("Sent: 3.\n")
            assert load_texts()("send.uncertain_sending") in outcome.stderr
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
