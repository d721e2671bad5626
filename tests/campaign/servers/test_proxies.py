"""Connections by a proxy: the name of the server goes to the proxy, and TLS through it."""

from __future__ import annotations

from pathlib import Path

import pytest

from iml4e_xlsx.campaign.folder.mail_server import MailServer, Security
from iml4e_xlsx.campaign.servers.smtp import Smtp
from iml4e_xlsx.errors import MailError
from tests.support.connecting import ADA, BODY, SENDER
from tests.support.mailbox import ANN, collect, returned_by
from tests.support.mailing import LOGIN
from tests.support.returning import Rounds, imap_settings
from tests.support.servers.certificates import Certificates
from tests.support.servers.fixtures import StartsSmtpServers
from tests.support.servers.mailhost import MailHost
from tests.support.servers.proxy import ProxyServer

KINDS = pytest.mark.parametrize("kind", ["http", "socks5"])


@KINDS
@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_mails_leave_by_a_proxy(
    smtp_server: StartsSmtpServers,
    certificates: Certificates,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    security: Security,
) -> None:
    """With a login of the proxy; a wrong one is told without it."""
    server = smtp_server(security=security)
    with ProxyServer(kind, ("ann", "Tr0ub")) as proxy:
        where = MailServer(
            protocol="smtp",
            host="localhost",
            port=server.port,
            security=security,
            ca_file=str(certificates.authority),
            proxy=proxy.address,
        )
        monkeypatch.setenv("IML4E_PROXY_USER", "ann")
        monkeypatch.setenv("IML4E_PROXY_PASSWORD", "Tr0ub")
        with Smtp(where, LOGIN, Path()) as smtp:
            smtp.deliver_mail(SENDER, ADA, BODY)
        monkeypatch.setenv("IML4E_PROXY_PASSWORD", "Wr0ng-Tr0ub")
        with (
            Smtp(where, LOGIN, Path(), wait=0.01) as smtp,
            pytest.raises(MailError, match="cannot be reached") as raised,
        ):
            smtp.connect()
    assert proxy.targets == [("localhost", server.port)]
    assert len(server.messages) == 1
    assert "Tr0ub" not in str(raised.value)


@KINDS
@pytest.mark.parametrize("tls", [True, False], ids=["tls", "starttls"])
def test_a_mailbox_is_read_by_a_proxy(
    mail_host: MailHost, rounds: Rounds, inbox: str, tmp_path: Path, kind: str, *, tls: bool
) -> None:
    with ProxyServer(kind) as proxy:
        settings = {**imap_settings(mail_host, tls=tls), "imap.proxy": proxy.address}
        with rounds.opened(tmp_path, **settings) as (campaign, record):
            mail_host.append(inbox, returned_by(campaign, record, ANN))
            said = collect(campaign)
    assert "New responses: 1." in said
    assert proxy.targets == [(mail_host.host, settings["imap.port"])]
