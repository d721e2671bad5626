"""Copies among the sent mails: whatever becomes of one, its mail has left and leaves once."""

from __future__ import annotations

import itertools
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from iml4e_xlsx.campaign.folder.campaign import open_campaign
from iml4e_xlsx.campaign.folder.mail_server import MailServer
from iml4e_xlsx.campaign.servers.credentials import Login
from iml4e_xlsx.campaign.servers.sent_folder import SentFolder
from iml4e_xlsx.errors import SettingsError
from tests.support.campaigns import NOW, change_settings, new_campaign, run
from tests.support.killing import KILLED
from tests.support.mailing import Forking, Opens, environment, states_of, to_whom
from tests.support.returning import Relay, imap_settings
from tests.support.sending import ANN, BEN, CAY, let_in
from tests.support.servers.certificates import Certificates
from tests.support.servers.fixtures import StartsSmtpServers
from tests.support.servers.mailhost import MailHost
from tests.support.servers.smtp import SmtpServer

GERMAN, NAMED = "Gesendete Objekte", "Umfrage.Gesendet"


def settings_of(host: MailHost, **more: Any) -> dict[str, Any]:
    """Return settings that ask for copies in the mailbox at a mail host."""
    imap = imap_settings(host)
    del imap["created"]
    return {**imap, "imap.save_sent": True, **more}


def contents(host: MailHost, address: str, folder: str) -> list[tuple[bytes, bool]]:
    """Return the mails in a folder, and whether each counts as read."""
    with host.imap(address) as client:
        client.select_folder(folder, readonly=True)
        found = client.fetch(client.search(), ["BODY.PEEK[]", "FLAGS"])
    return [(found[uid][b"BODY[]"], b"\\Seen" in found[uid][b"FLAGS"]) for uid in sorted(found)]


def make_folder(host: MailHost, address: str, folder: str) -> None:
    """Make a folder of a mailbox."""
    with host.imap(address) as client:
        client.create_folder(folder)


@pytest.mark.parametrize(
    "folders",
    [
        ("Sent", GERMAN),  # the server marks the last as that of sent mails
        ("Sent",),  # it marks none, and this is what others are called
        ("Sent", GERMAN, NAMED),  # the settings name one
    ],
)
def test_the_copy_is_the_mail_that_left(
    smtp_server: StartsSmtpServers,
    campaign_at: Opens,
    mail_host: MailHost,
    inbox: str,
    monkeypatch: pytest.MonkeyPatch,
    folders: tuple[str, ...],
) -> None:
    """Byte for byte, read already, in the folder that the server or the settings name."""
    for folder in folders:
        make_folder(mail_host, inbox, folder)
    server = smtp_server()
    let_in(monkeypatch, server)
    named = NAMED if NAMED in folders else ""
    settings = settings_of(mail_host, **{"imap.sent_folder": named})
    with campaign_at(server, **settings) as (campaign, _):
        run("campaign", "send", campaign.folder, "--smtp")
        run("campaign", "send", campaign.folder, "--smtp")

    kept = contents(mail_host, inbox, folders[-1])
    assert [content for content, _ in kept] == [one.content for one in server.messages]
    assert [is_read for _, is_read in kept] == [True] * 3


@pytest.mark.parametrize("named", ["", "Gesendet"])
def test_a_folder_that_is_missing_is_told_before_anything_leaves(
    smtp_server: StartsSmtpServers,
    campaign_at: Opens,
    mail_host: MailHost,
    inbox: str,
    monkeypatch: pytest.MonkeyPatch,
    named: str,
) -> None:
    """With those that there are."""
    make_folder(mail_host, inbox, "Archive")
    server = smtp_server()
    let_in(monkeypatch, server)
    settings = settings_of(mail_host, **{"imap.sent_folder": named})
    with campaign_at(server, **settings) as (campaign, record):
        said = " ".join(run("campaign", "send", campaign.folder, "--smtp", code=3).stderr.split())
        assert set(states_of(record).values()) == {""}

    assert not server.messages
    wanted = named or r"\Sent"
    assert f"has no folder {wanted}. It has: Archive, INBOX." in said


class Watching(SmtpServer):
    """A server that does something once a mail of some number has come."""

    number: int = 0
    act: Callable[[], None] = staticmethod(lambda: None)

    def keep(self, envelope: Any) -> None:
        """Keep a mail, and act."""
        super().keep(envelope)
        if len(self.messages) == self.number:
            self.act()


def test_a_copy_that_cannot_be_kept_is_told_once(
    certificates: Certificates,
    campaign_at: Opens,
    mail_host: MailHost,
    inbox: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its mail has left and counts as sent, and no later one is kept back or sent again."""
    make_folder(mail_host, inbox, "Sent")

    def remove_folder() -> None:
        with mail_host.imap(inbox) as client:
            client.delete_folder("Sent")

    with Watching(certificates) as server:
        server.number, server.act = 2, remove_folder
        let_in(monkeypatch, server)
        with campaign_at(server, **settings_of(mail_host)) as (campaign, record):
            outcome = run("campaign", "send", campaign.folder, "--smtp")
            states = set(states_of(record).values())
            make_folder(mail_host, inbox, "Sent")
            again = run("campaign", "send", campaign.folder, "--smtp")
        assert to_whom(server.messages) == [ANN, BEN, CAY]

    assert states == {"sent"}
    assert outcome.stdout == "Sent: 3.\n"
    assert "2 mails have left without a copy among the sent mails: " in outcome.stderr
    assert outcome.stderr.count("without a copy") == 1
    assert "without a copy" not in again.stderr
    assert contents(mail_host, inbox, "Sent") == []


class Cutting(Relay):
    """A relay that cuts a connection when it is told to, once."""

    is_to_cut = False

    def _passed(self, client: socket.socket, server: Any) -> bool:
        if self.is_to_cut:
            self.is_to_cut = False
            return False
        return super()._passed(client, server)


@pytest.fixture
def cutting(mail_host: MailHost) -> Iterator[Cutting]:
    """Yield a relay before the mailbox."""
    with Cutting(mail_host) as relay:
        yield relay


def open_folder(relay: Relay, host: MailHost, inbox: str, base: Path) -> SentFolder:
    """Return the folder of sent mails behind a relay."""
    server = MailServer(protocol="imap", host="127.0.0.1", port=relay.port, security="none")
    return SentFolder(server, Login(inbox, host.password), "", base)


def test_a_connection_that_ended_meanwhile_is_made_anew(
    cutting: Cutting, mail_host: MailHost, inbox: str, tmp_path: Path
) -> None:
    """As servers end one after some time, while mails leave slowly."""
    make_folder(mail_host, inbox, "Sent")
    with open_folder(cutting, mail_host, inbox, tmp_path) as folder:
        folder.save_mail(b"Subject: one\r\n\r\n1\r\n", NOW)
        cutting.is_to_cut = True
        folder.save_mail(b"Subject: two\r\n\r\n2\r\n", NOW)

    assert folder.unsaved_count == 0
    assert len(contents(mail_host, inbox, "Sent")) == 2


def test_a_mailbox_that_is_gone_is_waited_for_once(
    cutting: Cutting, mail_host: MailHost, inbox: str, tmp_path: Path
) -> None:
    """Else each mail would wait for it."""
    make_folder(mail_host, inbox, "Sent")
    with open_folder(cutting, mail_host, inbox, tmp_path) as folder:
        cutting.cut_after = 0
        for _ in range(3):
            folder.save_mail(b"Subject: one\r\n\r\n1\r\n", NOW)
        greetings = len(cutting.commands("LOGIN"))

    assert folder.unsaved_count == 3
    assert "ended the connection" in folder.problem or "cannot be reached" in folder.problem
    assert greetings == 1


def test_a_kill_before_the_copy_sends_nothing_twice(
    smtp_server: StartsSmtpServers,
    campaign_at: Opens,
    mail_host: MailHost,
    inbox: str,
    tmp_path: Path,
) -> None:
    """The record has the mail as sent before the copy is made."""
    make_folder(mail_host, inbox, "Sent")
    server = smtp_server()
    login = {"IML4E_IMAP_USER": inbox, "IML4E_IMAP_PASSWORD": mail_host.password}
    kill = (
        "import signal\n"
        "from iml4e_xlsx.campaign.servers.sent_folder import SentFolder\n"
        "SentFolder.save_mail = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    with (
        campaign_at(server, **settings_of(mail_host)) as (campaign, record),
        Forking(tmp_path / "output", {**environment(server), **login}) as forking,
    ):
        args = ("campaign", "send", campaign.folder, "--smtp")
        for count in itertools.count(1):
            code = forking.run(*args, before=kill)
            assert len(server.messages) == min(count, 3)
            if code == 0:
                break
            assert code == KILLED, forking.said
        states = set(states_of(record).values())

    assert states == {"sent"}
    assert to_whom(server.messages) == [ANN, BEN, CAY]


def test_copies_need_a_mailbox(tmp_path: Path) -> None:
    """It is told when the settings are read."""
    campaign = new_campaign(tmp_path, 1)
    change_settings(campaign.folder, **{"imap.save_sent": True})
    with pytest.raises(SettingsError, match=r"\[imap\] save_sent"):
        open_campaign(campaign.folder)


def test_nobody_to_mail_needs_no_mailbox(
    smtp_server: StartsSmtpServers,
    campaign_at: Opens,
    mail_host: MailHost,
    inbox: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A run that sends nothing does not log in."""
    make_folder(mail_host, inbox, "Sent")
    server = smtp_server()
    let_in(monkeypatch, server)
    with campaign_at(server, **settings_of(mail_host)) as (campaign, _):
        run("campaign", "send", campaign.folder, "--smtp")
        monkeypatch.setenv("IML4E_IMAP_PASSWORD", "wrong")
        assert run("campaign", "send", campaign.folder, "--smtp").stdout.startswith("Sent: 0.")
        run("campaign", "send", campaign.folder, "--smtp", "--again", ANN, code=3)

    assert to_whom(server.messages) == [ANN, BEN, CAY]
