"""The connection to a mail server: trust, login, and what is certain of each mail."""

from __future__ import annotations

import itertools
import re
import smtplib

import pytest

from iml4e_xlsx.campaign.folder.mail_server import Security
from iml4e_xlsx.campaign.servers.smtp import Smtp
from iml4e_xlsx.campaign.servers.transport import (
    AccountLimit,
    MailDeferral,
    MailRefusal,
    MailUncertainty,
)
from iml4e_xlsx.errors import MailError
from iml4e_xlsx.findings.error_codes import MailErrorCode
from tests.support.connecting import ADA, BOB, BODY, SENDER, connected
from tests.support.mailing import FOR_EVER, ScriptedServer, lose_patience
from tests.support.servers.certificates import Certificates
from tests.support.servers.faults import Fault, Stage
from tests.support.servers.fixtures import StartsSmtpServers


@pytest.mark.parametrize("security", ["starttls", "tls", "none"])
def test_mails_go_over_one_connection(
    smtp_server: StartsSmtpServers, certificates: Certificates, security: Security
) -> None:
    """One connection and one login for all; every byte arrives, dots and last lines too."""
    server = smtp_server(security=security)
    sent = [BODY, b"Subject: y\r\n\r\nno end", b"Subject: z\r\n\r\n.\r\n"]
    with connected(server, certificates) as smtp:
        answers = [smtp.deliver_mail(SENDER, ADA, data) for data in sent]
        assert smtp.connections == 1

    assert answers == ["250 2.0.0 OK"] * 3
    assert [m.content.removesuffix(b"\r\n") for m in server.messages] == [
        data.removesuffix(b"\r\n") for data in sent
    ]
    assert {(m.sender, m.recipients) for m in server.messages} == {(SENDER, (ADA,))}
    assert (server.connections, server.logins) == (1, 1)


@pytest.mark.parametrize(
    ("stage", "reply", "fate"),
    [
        ("mail", "451 4.3.0 Later", MailDeferral),
        ("rcpt", "450 4.2.0 Greylisted", MailDeferral),
        ("rcpt", "550 5.1.1 No such user", MailRefusal),
        ("data", "451 4.3.0 Later", MailDeferral),
        ("data", "554 5.7.1 No", MailRefusal),
        ("content", "452 4.3.1 Full", MailDeferral),
        ("content", "554 5.7.1 Spam", MailRefusal),
        ("content", "421 4.3.0 Down", MailDeferral),
        ("mail", "550 5.7.1 Not yours", MailError),
    ],
)
def test_what_an_answer_means(
    smtp_server: StartsSmtpServers,
    certificates: Certificates,
    stage: Stage,
    reply: str,
    fate: type[Exception],
) -> None:
    """4xx is later, 5xx is never, at each stage; the words are kept and the next mail leaves."""
    server = smtp_server(faults=[Fault(stage, reply=reply, times=1)])
    with connected(server, certificates) as smtp:
        with pytest.raises(fate, match=reply):
            smtp.deliver_mail(SENDER, ADA, BODY)
        if fate is not MailError:
            smtp.deliver_mail(SENDER, BOB, BODY)
    assert [m.recipients for m in server.messages] == ([] if fate is MailError else [(BOB,)])


@pytest.mark.parametrize(
    ("stage", "reply"),
    [
        ("mail", ""),
        ("rcpt", ""),
        ("data", ""),
        ("mail", "421 4.4.2 Timed out"),
        ("mail", "421 Too many messages in this connection"),
    ],
)
def test_a_connection_breaks_before_the_end(
    smtp_server: StartsSmtpServers, certificates: Certificates, stage: Stage, reply: str
) -> None:
    """Nothing was accepted, so the mail goes over another connection at once, and once."""
    ordinals = [2] if reply else [1]  # an answer to the first mail would be for all of them
    server = smtp_server(faults=[Fault(stage, drop=not reply, reply=reply, ordinals=ordinals)])
    with connected(server, certificates) as smtp:
        smtp.deliver_mail(SENDER, ADA, BODY)
        smtp.deliver_mail(SENDER, BOB, BODY)
        assert smtp.connections == 2
    assert [m.recipients for m in server.messages] == [(ADA,), (BOB,)]


def test_a_server_hangs_up_on_everybody(
    smtp_server: StartsSmtpServers, certificates: Certificates
) -> None:
    """With the third person it is the account's; one mail that goes through ends the suspicion."""
    server = smtp_server(faults=[Fault("rcpt", drop=True)])
    with connected(server, certificates) as smtp:
        for recipient in (ADA, ADA, BOB):
            with pytest.raises(MailDeferral) as raised:
                smtp.deliver_mail(SENDER, recipient, BODY)
            assert not isinstance(raised.value, AccountLimit)
        with pytest.raises(AccountLimit, match="connection-broken"):
            smtp.deliver_mail(SENDER, "cay@example.org", BODY)
        server.faults.clear()
        smtp.deliver_mail(SENDER, ADA, BODY)
        server.faults.append(Fault("rcpt", drop=True))
        with pytest.raises(MailDeferral) as raised:
            smtp.deliver_mail(SENDER, BOB, BODY)
        assert not isinstance(raised.value, AccountLimit)


@pytest.mark.parametrize(
    ("stage", "reply", "is_speed"),
    [
        ("login", "454 4.7.0 Temporary authentication failure", False),
        ("login", "421 4.7.0 Too many login attempts", False),
        ("login", "450 Later", False),
        ("connect", "421 4.7.0 Too many connections from your host", False),
        ("mail", "421 4.7.0 Too many messages, slow down", True),
        ("mail", "450 4.1.8 Later", False),
        ("rcpt", "452 4.5.3 Too many recipients", True),
        ("rcpt", "450 4.7.1 Error: sending rate limit exceeded", True),
        ("data", "451 4.7.0 Try again later", True),
        ("content", "421 Service not available", False),
        ("content", "454 Throttling failure: Maximum sending rate exceeded.", True),
        ("content", "550 5.7.1 Too many messages per hour", True),
    ],
)
def test_what_concerns_the_account_is_tried_once(
    smtp_server: StartsSmtpServers,
    certificates: Certificates,
    stage: Stage,
    reply: str,
    *,
    is_speed: bool,
) -> None:
    """The mail did not leave, the connection ends, and whoever asked decides when to go on."""
    server = smtp_server(faults=[Fault(stage, reply=reply, times=1)])
    with connected(server, certificates) as smtp:
        with pytest.raises(AccountLimit, match=re.escape(reply)) as raised:
            smtp.deliver_mail(SENDER, ADA, BODY)
        assert (raised.value.is_speed, raised.value.protocol) == (is_speed, "smtp")
        assert not server.messages
        smtp.deliver_mail(SENDER, BOB, BODY)
    assert (server.connections, server.reached["login"]) == (2, 1 if stage == "connect" else 2)
    assert [m.recipients for m in server.messages] == [(BOB,)]


@pytest.mark.parametrize("stage", ["connect", "login", "mail", "rcpt", "data", "content"])
@pytest.mark.parametrize("code", ["421 4.7.0", "454 4.7.0", "550 5.4.5"])
def test_a_daily_limit_ends_all(
    smtp_server: StartsSmtpServers, certificates: Certificates, stage: Stage, code: str
) -> None:
    """Whenever it is told and with whatever code: no mail is refused because of it."""
    if stage == "login" and code.startswith("5"):
        code = "454 4.7.0"  # a login that is refused for good ends all in any case
    reply = f"{code} Daily user sending limit exceeded."
    server = smtp_server(faults=[Fault(stage, reply=reply)])
    with (
        connected(server, certificates) as smtp,
        pytest.raises(MailError, match="usually after a day") as raised,
    ):
        smtp.deliver_mail(SENDER, ADA, BODY)
    assert raised.value.code is MailErrorCode.ACCOUNT_QUOTA
    assert server.connections == 1


def test_a_connection_breaks_again_and_again(
    smtp_server: StartsSmtpServers, certificates: Certificates
) -> None:
    """Then the mail is for later."""
    server = smtp_server(faults=[Fault("rcpt", drop=True, recipients=[ADA])])
    with connected(server, certificates) as smtp:
        with pytest.raises(MailDeferral, match="connection-broken "):
            smtp.deliver_mail(SENDER, ADA, BODY)
        smtp.deliver_mail(SENDER, BOB, BODY)
    assert server.reached["rcpt"] == 3


def test_a_connection_breaks_in_the_middle_of_a_content() -> None:
    """A large mail of which the server saw a part certainly did not leave."""
    large = b"Subject: x\r\n\r\n" + b"a line of sixteen\r\n" * 500_000
    with ScriptedServer({"HALF": None}) as server:
        with connected(server) as smtp, pytest.raises(MailDeferral):
            smtp.deliver_mail(SENDER, ADA, large)
        assert not server.contents
        assert server.lines.count("DATA") == 2


def test_who_is_interrupted_does_not_wait(
    smtp_server: StartsSmtpServers, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While an answer is awaited the connection is closed without a word."""
    server = smtp_server(faults=[Fault("content", seconds=FOR_EVER, kept=True, times=1)])
    real, asked = smtplib.SMTP.getreply, itertools.count(1)
    farewells: list[smtplib.SMTP] = []

    def interrupted(smtp: smtplib.SMTP) -> tuple[int, bytes]:
        if next(asked) == 4:  # after MAIL, RCPT and DATA
            raise KeyboardInterrupt
        return real(smtp)

    def deliver(smtp: Smtp) -> None:
        smtp.connect()
        monkeypatch.setattr(smtplib.SMTP, "getreply", interrupted)
        monkeypatch.setattr(smtplib.SMTP, "quit", farewells.append)
        smtp.deliver_mail(SENDER, ADA, BODY)

    with pytest.raises(KeyboardInterrupt), connected(server, certificates) as smtp:
        deliver(smtp)
    assert not farewells


@pytest.mark.parametrize("kept", [True, False])
def test_the_answer_is_lost(
    smtp_server: StartsSmtpServers, certificates: Certificates, *, kept: bool
) -> None:
    """Accepted or not, nobody knows; it is not tried again, and the next mail leaves."""
    server = smtp_server(faults=[Fault("content", drop=True, kept=kept, times=1)])
    with connected(server, certificates) as smtp:
        with pytest.raises(MailUncertainty):
            smtp.deliver_mail(SENDER, ADA, BODY)
        smtp.deliver_mail(SENDER, BOB, BODY)
    assert [m.recipients for m in server.messages] == [(ADA,), (BOB,)][not kept :]
    assert server.reached["content"] == 2


@pytest.mark.parametrize("stage", ["rcpt", "content"])
def test_a_server_is_slow(
    smtp_server: StartsSmtpServers,
    certificates: Certificates,
    monkeypatch: pytest.MonkeyPatch,
    stage: Stage,
) -> None:
    """After the last line a timeout is uncertain; before, the mail goes once more, and once."""
    server = smtp_server(faults=[Fault(stage, seconds=FOR_EVER, kept=stage == "content", times=1)])
    lose_patience(monkeypatch, stage)
    with connected(server, certificates) as smtp:
        if stage == "content":
            with pytest.raises(MailUncertainty, match="timed out"):
                smtp.deliver_mail(SENDER, ADA, BODY)
        else:
            smtp.deliver_mail(SENDER, ADA, BODY)
    assert [m.recipients for m in server.messages] == [(ADA,)]


@pytest.mark.parametrize("answer", ["no number", "199 odd", "354 odd"])
def test_an_answer_to_a_content_that_is_none(answer: str) -> None:
    """It says neither yes nor no: uncertain."""
    with ScriptedServer({"END": answer}) as server:
        with connected(server) as smtp, pytest.raises(MailUncertainty, match=answer[4:]):
            smtp.deliver_mail(SENDER, ADA, BODY)
        assert len(server.contents) == 1


def test_any_good_answer_is_one() -> None:
    """The first digit decides, as RFC 5321 has it; a mail taken with 299 is not sent again."""
    with ScriptedServer({"MAIL": "253 a", "RCPT": "252 b", "END": "299 c"}) as server:
        with connected(server) as smtp:
            assert smtp.deliver_mail(SENDER, ADA, BODY) == "299 c"
        assert server.lines[-1].upper() == "QUIT"


def test_a_mail_is_too_large(smtp_server: StartsSmtpServers, certificates: Certificates) -> None:
    """By the limit that the server tells, before anything is sent; both sizes are said."""
    server = smtp_server(size_limit=200)
    with connected(server, certificates) as smtp:
        with pytest.raises(MailRefusal, match="mail-too-large 214 > 200 bytes"):
            smtp.deliver_mail(SENDER, ADA, b"Subject: x\r\n\r\n" + b"x" * 200)
        smtp.deliver_mail(SENDER, BOB, BODY)
        assert smtp.largest_mail == 200
    assert server.reached["mail"] == 1


@pytest.mark.parametrize(
    ("told", "largest", "announced"),
    [
        ("SIZE 5000", 5000, True),
        ("SIZE 0", None, True),
        ("SIZE", None, True),
        ("8BITMIME", None, False),
    ],
)
def test_the_size_is_told(told: str, largest: int | None, *, announced: bool) -> None:
    """With the sender, to a server that knows SIZE (RFC 1870), in the bytes that follow."""
    with ScriptedServer({"EHLO": f"250-localhost\r\n250-{told}\r\n250 AUTH PLAIN"}) as server:
        with connected(server) as smtp:
            smtp.deliver_mail(SENDER, ADA, BODY)
            assert smtp.largest_mail == largest
        (line,) = [one for one in server.lines if one.upper().startswith("MAIL")]
        assert line.upper().endswith(f" SIZE={len(BODY)}") == announced
        assert len(server.contents[0].replace(b"\r\n..", b"\r\n.")) == len(BODY)


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", "END"])
@pytest.mark.parametrize(
    "answer",
    [
        "552 5.3.4 Message size exceeds fixed limit",
        "552 Error: Too much mail data",
        "554 5.2.3 Message length exceeds administrative limit",
    ],
)
def test_a_size_is_refused_afterwards(stage: str, answer: str) -> None:
    """It is the mail's own, also where the sender is answered: the next one leaves."""
    with ScriptedServer({stage: answer}) as server, connected(server) as smtp:
        with pytest.raises(MailRefusal, match=f"^mail-too-large {len(BODY)} bytes: {answer}$"):
            smtp.deliver_mail(SENDER, ADA, BODY)
        server.script[stage] = "354 go on" if stage == "DATA" else "250 fine"
        smtp.deliver_mail(SENDER, BOB, BODY)


def test_the_words_of_a_server_are_harmless() -> None:
    """On one line, without control characters, and not without end."""
    with ScriptedServer({"RCPT": "550-\x1b[31mred\r\n550 " + "x" * 2000}) as server:
        with connected(server) as smtp, pytest.raises(MailRefusal) as raised:
            smtp.deliver_mail(SENDER, ADA, BODY)
        assert str(raised.value).startswith("550  [31mred xxx")
        assert len(str(raised.value)) == 500
