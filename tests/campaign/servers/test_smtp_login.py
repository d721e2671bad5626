"""Tests of connections to SMTP servers: trust, login, and servers that are not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from iml4e_xlsx.campaign.folder.mail_server import MailServer, Security
from iml4e_xlsx.campaign.servers.credentials import Login
from iml4e_xlsx.campaign.servers.smtp import Smtp
from iml4e_xlsx.errors import MailError
from iml4e_xlsx.findings.error_codes import MailErrorCode
from iml4e_xlsx.text.message import Message
from tests.support.connecting import ADA, BODY, SENDER, connected
from tests.support.mailing import LOGIN, ScriptedServer
from tests.support.servers.certificates import Certificates
from tests.support.servers.common import free_ports
from tests.support.servers.faults import Fault
from tests.support.servers.fixtures import StartsSmtpServers


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("stranger", "unable to get local issuer certificate"),
        ("expired", "certificate has expired"),
        ("elsewhere", "certificate is not valid for '127.0.0.1'"),
    ],
)
def test_a_wrong_certificate_ends_everything(
    smtp_server: StartsSmtpServers,
    certificates: Certificates,
    security: Security,
    kind: str,
    reason: str,
) -> None:
    """Neither mail nor password leaves; the message names server, reason and remedy."""
    server = smtp_server(security=security, certificate=getattr(certificates, kind))
    with connected(server, certificates) as smtp:
        with pytest.raises(MailError) as raised:
            smtp.deliver_mail(SENDER, ADA, BODY)
        assert smtp.connections == 0
    said = str(raised.value)

    assert f"The certificate of 127.0.0.1:{server.port} cannot be trusted: " in said
    assert reason in said
    assert "ca_file under [smtp]" in said
    assert server.reached["login"] == server.reached["mail"] == server.logins == 0
    assert not server.messages


def test_an_unknown_authority_is_a_strangers(smtp_server: StartsSmtpServers) -> None:
    """Without ca_file the system's authorities count, and the tests' is none of them."""
    server = smtp_server()
    with connected(server) as smtp, pytest.raises(MailError, match="cannot be trusted"):
        smtp.deliver_mail(SENDER, ADA, BODY)
    assert server.reached["login"] == 0


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_an_authority_that_cannot_be_read(
    smtp_server: StartsSmtpServers, tmp_path: Path, content: str | None
) -> None:
    """The message names the file and the setting."""
    path = tmp_path / "authority.pem"
    if content is not None:
        path.write_text(content)
    server = MailServer(
        protocol="smtp",
        host="127.0.0.1",
        port=smtp_server().port,
        security="starttls",
        ca_file="authority.pem",
    )
    with (
        Smtp(server, LOGIN, tmp_path) as smtp,
        pytest.raises(MailError, match=r"authority\.pem, the ca_file under \[smtp\]"),
    ):
        smtp.connect()


def test_a_wrong_password_is_given_once(
    smtp_server: StartsSmtpServers, certificates: Certificates
) -> None:
    """Servers count; the message has user and server's words, and not the password."""
    server = smtp_server()
    wrong = Login("campaign", "Wr0ng-ß")
    with connected(server, certificates, login=wrong) as smtp:
        with pytest.raises(
            MailError, match=r"refuses the login of campaign: 535 5\.7\.8"
        ) as raised:
            smtp.deliver_mail(SENDER, ADA, BODY)
        assert "Wr0ng" not in f"{raised.value} {raised.value!r} {wrong!r} {smtp!r}"
    assert (server.reached["login"], server.connections, server.logins) == (1, 1, 0)


@pytest.mark.parametrize("ways", ["PLAIN LOGIN", "login"])
def test_a_password_has_any_letters(ways: str) -> None:
    """They go in UTF-8, by either way that a server may know."""
    answers = {"EHLO": f"250-localhost\r\n250 AUTH {ways}"}
    if ways == "login":
        answers |= {"AUTH": "334 UGFzc3dvcmQ6", "CMO8": "235 in"}
    with ScriptedServer(answers) as server:
        with connected(server, login=Login("ann", "pü")) as smtp:
            smtp.connect()
        if ways == "login":
            assert server.lines[1:3] == ["AUTH LOGIN YW5u", "cMO8"]
        else:
            assert server.lines[1] == "AUTH PLAIN AGFubgBww7w="


def test_a_real_server_understands_such_a_password(
    smtp_server: StartsSmtpServers, certificates: Certificates
) -> None:
    """It lets in."""
    server = smtp_server(password="Grüße ß 漢字")
    with connected(server, certificates, login=Login("campaign", "Grüße ß 漢字")) as smtp:
        smtp.deliver_mail(SENDER, ADA, BODY)
    assert server.logins == 1


@pytest.mark.parametrize(
    ("offer", "words"),
    [("SIZE 100000", "it offers: -"), ("AUTH XOAUTH2 NTLM", "it offers: XOAUTH2 NTLM")],
)
def test_a_server_without_login_by_password(offer: str, words: str) -> None:
    """It is said at once, with what the server offers instead."""
    with ScriptedServer({"EHLO": f"250-localhost\r\n250 {offer}"}) as server:
        with connected(server) as smtp, pytest.raises(MailError, match=words):
            smtp.connect()
        assert [line.split()[0].upper() for line in server.lines] == ["EHLO"]


def test_a_server_without_starttls(
    smtp_server: StartsSmtpServers, certificates: Certificates
) -> None:
    """No password goes over it in the clear."""
    server = smtp_server(security="none")
    with (
        connected(server, certificates, security="starttls") as smtp,
        pytest.raises(MailError, match="offers no STARTTLS"),
    ):
        smtp.deliver_mail(SENDER, ADA, BODY)
    assert server.reached["login"] == server.reached["mail"] == 0


@pytest.mark.parametrize(
    ("host", "port", "words"),
    [
        (
            "no.such.host.invalid",
            587,
            "cannot be reached: (Name or service|Temporary failure|No addr)",
        ),
        ("a..example.org", 587, "is not the address of a server"),
        ("127.0.0.1", 0, "cannot be reached: Connection refused"),
    ],
)
def test_no_server_is_there(host: str, port: int, words: str) -> None:
    """It is tried again where that may help, which is said; the end is a remedy."""
    notices: list[Message] = []
    where = port or free_ports(1)[0]
    server = MailServer(protocol="smtp", host=host, port=where, security="starttls")
    with (
        Smtp(server, LOGIN, Path(), wait=0.01, notice=notices.append) as smtp,
        pytest.raises(MailError, match=words) as raised,
    ):
        smtp.connect()

    assert "under [smtp] in campaign.toml" in str(raised.value)
    assert len(notices) == (0 if raised.value.code is MailErrorCode.SERVER_ADDRESS else 4)
    assert all(notice.values["server"] == f"{host}:{where}" for notice in notices)


@pytest.mark.parametrize(
    "fault",
    [
        Fault("connect", reply="421 4.3.2 Busy", times=3),
        Fault("connect", drop=True, times=2),
        Fault("login", drop=True, times=2),
    ],
    ids=lambda fault: f"{fault.stage}-{fault.reply[:3] or 'drop'}",
)
def test_a_server_is_busy_at_first(
    smtp_server: StartsSmtpServers, certificates: Certificates, fault: Fault
) -> None:
    """It is tried again, and the waiting is said with the server's words."""
    server, notices = smtp_server(faults=[fault]), list[Message]()
    with connected(server, certificates, notice=notices.append) as smtp:
        smtp.deliver_mail(SENDER, ADA, BODY)

    assert (len(server.messages), server.logins) == (1, 1)
    assert len(notices) == fault.times
    assert all(fault.reply in str(notice.values["reason"]) for notice in notices)


def test_tls_meets_a_server_without(smtp_server: StartsSmtpServers) -> None:
    """The wrong setting of security ends in words, not in a wait without end."""
    server = smtp_server(security="none")
    with (
        connected(server, security="tls") as smtp,
        pytest.raises(MailError, match=r"cannot be reached: .*Check host, port and security"),
    ):
        smtp.connect()
