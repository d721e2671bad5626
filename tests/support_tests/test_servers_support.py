"""The servers of the tests themselves: what they take, refuse, keep, and how they fail."""

from __future__ import annotations

import base64
import errno
import os
import smtplib
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import imapclient
import pytest
import sqlalchemy

from tests.support.mailing import FOR_EVER, lose_patience
from tests.support.servers import common, disk
from tests.support.servers.certificates import Certificates
from tests.support.servers.common import ServerError
from tests.support.servers.disk import MakesSmallDisks
from tests.support.servers.faults import Fault
from tests.support.servers.fixtures import StartsSmtpServers
from tests.support.servers.mailhost import MailHost
from tests.support.servers.postgres import PostgresServer
from tests.support.servers.smtp import Security, SmtpServer

ADA, BOB, CLARA = "ada@example.org", "bob@example.org", "clara@example.org"
SENDER = "campaign@example.org"
BODY = b"Subject: Test\r\n\r\n.dot\r\n..\r\nend\r\n"


@contextmanager
def client(
    server: SmtpServer, certificates: Certificates, *, login: bool = True
) -> Iterator[smtplib.SMTP]:
    """Yield a client that is connected as the server wants it, and close it whatever happens."""
    context = certificates.client_context()
    if server.security == "tls":
        one: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, context=context, timeout=120)
    else:
        one = smtplib.SMTP(server.host, server.port, timeout=120)
    try:
        if server.security == "starttls":
            one.starttls(context=context)
        if login:
            one.login(server.user, server.password)
        yield one
    finally:
        one.close()


@pytest.mark.parametrize("security", ["starttls", "tls", "none"])
def test_mail_is_kept_as_it_came(
    smtp_server: StartsSmtpServers, certificates: Certificates, security: Security
) -> None:
    """Sender, recipients and content, in order, after a login over a verified connection."""
    server = smtp_server(security=security)
    with client(server, certificates) as one:
        one.sendmail(SENDER, [ADA, BOB], BODY)
        one.sendmail(SENDER, [CLARA], b"Subject: two\r\n\r\n")

    assert [(m.sender, m.recipients, m.content) for m in server.messages] == [
        (SENDER, (ADA, BOB), BODY),
        (SENDER, (CLARA,), b"Subject: two\r\n\r\n"),
    ]
    assert (server.connections, server.logins) == (1, 1)


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize("kind", ["stranger", "expired", "elsewhere"])
def test_a_wrong_certificate_is_refused(
    smtp_server: StartsSmtpServers, certificates: Certificates, security: Security, kind: str
) -> None:
    """A client that verifies does not go on."""
    server = smtp_server(security=security, certificate=getattr(certificates, kind))

    with pytest.raises(ssl.SSLCertVerificationError), client(server, certificates):
        pass
    assert server.logins == 0


def test_nothing_is_taken_without_a_login(
    smtp_server: StartsSmtpServers, certificates: Certificates
) -> None:
    """Neither before TLS, nor with a wrong password, nor without one."""
    server = smtp_server()
    with smtplib.SMTP(server.host, server.port) as one:
        assert one.docmd("MAIL", f"FROM:<{SENDER}>")[0] == 530
        one.ehlo()
        assert not one.has_extn("auth")
    with client(server, certificates, login=False) as one:
        with pytest.raises(smtplib.SMTPAuthenticationError):
            one.login("campaign", "wrong")
        with pytest.raises(smtplib.SMTPSenderRefused, match="Authentication required"):
            one.sendmail(SENDER, [ADA], BODY)
    assert (server.messages, server.logins) == ((), 0)

    open_server = smtp_server(login=False)
    with client(open_server, certificates, login=False) as one:
        one.sendmail(SENDER, [ADA], BODY)
    assert len(open_server.messages) == 1


def test_limits_are_kept(smtp_server: StartsSmtpServers, certificates: Certificates) -> None:
    """A message that is too large, told or not, and a line that is too long."""
    server = smtp_server(size_limit=1200)
    with client(server, certificates) as one:
        with pytest.raises(smtplib.SMTPSenderRefused, match="552"):
            one.sendmail(SENDER, [ADA], b"x\r\n" * 500)
        one.mail(SENDER)
        one.rcpt(ADA)
        assert one.data(b"x\r\n" * 500)[0] == 552
        with pytest.raises(smtplib.SMTPDataError, match="Line too long"):
            one.sendmail(SENDER, [ADA], b"x" * 999)
        one.sendmail(SENDER, [ADA], b"x" * 998)
    assert len(server.messages) == 1


def test_many_large_messages_are_taken(
    smtp_server: StartsSmtpServers, certificates: Certificates
) -> None:
    """A hundred of 100 kB in one connection over TLS."""
    server = smtp_server()
    content = base64.encodebytes(os.urandom(75_000)).replace(b"\n", b"\r\n")
    with client(server, certificates) as one:
        for number in range(100):
            one.sendmail(SENDER, [f"{number}@example.org"], b"Subject: x\r\n\r\n" + content)

    assert [m.recipients for m in server.messages] == [(f"{n}@example.org",) for n in range(100)]
    assert server.messages[99].content.endswith(content)


def test_the_connection_drops_after_so_many_mails(
    smtp_server: StartsSmtpServers, certificates: Certificates
) -> None:
    """The mails before it were answered and kept."""
    server = smtp_server(faults=[Fault("answered", drop=True, every=2)])
    for _ in range(2):
        with client(server, certificates) as one:
            one.sendmail(SENDER, [ADA], BODY)
            one.sendmail(SENDER, [ADA], BODY)
            with pytest.raises(smtplib.SMTPServerDisconnected):
                one.sendmail(SENDER, [ADA], BODY)
    assert (len(server.messages), server.connections) == (4, 2)


@pytest.mark.parametrize("kept", [True, False])
def test_the_answer_to_a_content_is_lost(
    smtp_server: StartsSmtpServers, certificates: Certificates, *, kept: bool
) -> None:
    """For a recipient once, and for the third content; kept or not, the client cannot tell."""
    faults = [
        Fault("content", drop=True, kept=kept, recipients=[BOB], times=1),
        Fault("content", drop=True, kept=kept, ordinals=[3]),
    ]
    server = smtp_server(faults=faults)
    lost = []
    for number, recipient in enumerate([ADA, BOB, CLARA, BOB]):
        with client(server, certificates) as one:
            try:
                one.sendmail(SENDER, [recipient], BODY)
            except smtplib.SMTPServerDisconnected:
                lost.append(number)
    there = [m.recipients[0] for m in server.messages]

    assert lost == [1, 2]
    assert there == ([ADA, BOB, CLARA, BOB] if kept else [ADA, BOB])
    assert server.reached["content"] == 4


def test_recipients_are_refused(smtp_server: StartsSmtpServers, certificates: Certificates) -> None:
    """For good, in the words given; and at first, each on its own, as greylisting does."""
    faults = [
        Fault("rcpt", reply="550 5.1.1 No such user here", recipients=[BOB]),
        Fault("rcpt", reply="451 4.2.0 Greylisted", times=1, each=True),
    ]
    server = smtp_server(faults=faults)
    with client(server, certificates) as one:
        for expected in ({ADA: 451, BOB: 550, CLARA: 451}, {BOB: 550}):
            with pytest.raises(smtplib.SMTPRecipientsRefused, match="No such user") as raised:
                one.sendmail(SENDER, [BOB], BODY)
            assert raised.value.recipients[BOB] == (550, b"5.1.1 No such user here")
            codes = {}
            for recipient in (ADA, BOB, CLARA):
                one.mail(SENDER)
                codes[recipient] = one.rcpt(recipient)[0]
                one.rset()
            assert {to: code for to, code in codes.items() if code != 250} == expected


def test_a_refusal_passes(smtp_server: StartsSmtpServers, certificates: Certificates) -> None:
    """At each stage the first attempts fail, and the next one succeeds."""
    server = smtp_server(
        faults=[
            Fault("login", reply="454 4.7.0 Try later", times=2),  # smtplib tries two ways
            Fault("mail", reply="451 4.3.0 Try later", times=2),
            Fault("data", reply="451 4.3.0 Try later", times=1),
            Fault("content", reply="452 4.3.1 Disk full", times=1),
            Fault("content", reply="452 4.3.1 Kept all the same", kept=True, times=1),
        ]
    )
    with pytest.raises(smtplib.SMTPAuthenticationError), client(server, certificates):
        pass
    with client(server, certificates) as one:
        for error in [smtplib.SMTPSenderRefused] * 2 + [smtplib.SMTPDataError] * 3:
            with pytest.raises(error):
                one.sendmail(SENDER, [ADA], BODY)
        one.sendmail(SENDER, [ADA], BODY)
    assert len(server.messages) == 2


def test_the_connection_ends_before_the_content(
    smtp_server: StartsSmtpServers, certificates: Certificates
) -> None:
    """In the middle of a transaction; then the server still takes others."""
    server = smtp_server(faults=[Fault("data", drop=True, recipients=[ADA])])
    with client(server, certificates) as one, pytest.raises(smtplib.SMTPServerDisconnected):
        one.sendmail(SENDER, [ADA], BODY)
    with client(server, certificates) as one:
        one.sendmail(SENDER, [BOB], BODY)
    assert [m.recipients for m in server.messages] == [(BOB,)]


def test_a_connection_is_turned_away(
    smtp_server: StartsSmtpServers, certificates: Certificates
) -> None:
    """With 421 instead of the greeting, or in the middle, or without a word."""
    faults = [
        Fault("connect", reply="421 4.7.0 Too many connections", times=1),
        Fault("connect", drop=True, times=1),
        Fault("mail", reply="421 4.3.2 Going down", times=1),
    ]
    server = smtp_server(faults=faults)
    with pytest.raises(smtplib.SMTPConnectError, match="Too many"), client(server, certificates):
        pass
    with pytest.raises(smtplib.SMTPServerDisconnected), client(server, certificates):
        pass
    with client(server, certificates) as one, pytest.raises(smtplib.SMTPSenderRefused):
        one.sendmail(SENDER, [ADA], BODY)
    server.faults.clear()
    with client(server, certificates) as one:
        one.sendmail(SENDER, [ADA], BODY)
    assert server.connections == 4


def test_an_answer_is_late(
    smtp_server: StartsSmtpServers, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client that does not wait leaves a message behind that it knows nothing of."""
    server = smtp_server(faults=[Fault("content", seconds=0.4, kept=True)])
    with client(server, certificates) as one:
        start = time.monotonic()
        one.sendmail(SENDER, [ADA], BODY)
        assert time.monotonic() - start >= 0.4
        server.faults[:] = [Fault("content", seconds=FOR_EVER, kept=True)]
        lose_patience(monkeypatch, "content")
        with pytest.raises(smtplib.SMTPServerDisconnected, match="timed out"):
            one.sendmail(SENDER, [BOB], BODY)
    assert [m.recipients for m in server.messages] == [(ADA,), (BOB,)]


def test_a_fault_without_sense_is_refused() -> None:
    """Where no recipient is known, none can be named; where there is no message, none is kept."""
    with pytest.raises(ValueError, match="no recipient is known"):
        Fault("mail", recipients=[ADA])
    with pytest.raises(ValueError, match="message to keep"):
        Fault("rcpt", kept=True)


def logged_in(host: MailHost, *, tls: bool = False) -> smtplib.SMTP:
    """Return a client that may send through Postfix."""
    context = host.certificates.client_context()
    if tls:
        one: smtplib.SMTP = smtplib.SMTP_SSL(host.host, host.submissions_port, context=context)
    else:
        one = smtplib.SMTP(host.host, host.submission_port)
        one.starttls(context=context)
    one.login(SENDER, host.password)
    return one


@pytest.mark.parametrize("tls", [False, True])
def test_postfix_delivers_to_dovecot(mail_host: MailHost, *, tls: bool) -> None:
    """A mail to an address that nobody named before is there by IMAP, unread."""
    address = f"new-{tls}@example.org"
    with logged_in(mail_host, tls=tls) as one:
        one.sendmail(SENDER, [address], BODY)
    (message,) = mail_host.wait_for(address, 1)

    assert message.endswith(b".dot\r\n..\r\nend\r\n")
    with mail_host.imap(address, tls=tls) as mailbox:
        mailbox.select_folder("INBOX")
        assert len(mailbox.search("UNSEEN")) == 1


def test_postfix_refuses(mail_host: MailHost) -> None:
    """Unknown mailboxes, all other hosts, mail without a login, a login without TLS."""
    with logged_in(mail_host) as one:
        for recipient, words in (
            ("x@bounce.example.org", "5.1.1 .* No such mailbox"),
            ("x@example.com", "5.4.4 .* Nothing leaves this host"),
        ):
            with pytest.raises(smtplib.SMTPRecipientsRefused, match=f"550, .*{words}"):
                one.sendmail(SENDER, [recipient], BODY)
    with smtplib.SMTP(mail_host.host, mail_host.submission_port) as one:
        assert one.docmd("MAIL", f"FROM:<{SENDER}>")[0] == 530
        one.starttls(context=mail_host.certificates.client_context())
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            one.sendmail(SENDER, [ADA], BODY)
        with pytest.raises(smtplib.SMTPAuthenticationError):
            one.login(SENDER, "wrong")


def test_postfix_reports_what_it_could_not_deliver(mail_host: MailHost) -> None:
    """A recipient accepted at first comes back as a report by the standard."""
    sender = "reports@example.org"
    with logged_in(mail_host) as one:
        one.sendmail(sender, ["gone@late.example.org"], BODY)
    report: Message = message_from_bytes(mail_host.wait_for(sender, 1)[0])

    assert report.get_content_type() == "multipart/report"
    status = next(p for p in report.walk() if p.get_content_type() == "message/delivery-status")
    fields = status.get_payload(1)
    assert isinstance(fields, Message)
    assert fields["Final-Recipient"] == "rfc822; gone@late.example.org"
    assert (fields["Action"], fields["Status"]) == ("failed", "5.1.1")


def test_mailboxes_are_filled(mail_host: MailHost) -> None:
    """By IMAP and on the disk; both keep the order and every byte."""
    many = [b"Subject: %d\r\n\r\nsmall\r\n" % number for number in range(1000)]
    mail_host.append("appended@example.org", many)
    mail_host.fill("filled@example.org", many)
    mail_host.fill("filled@example.org", many[:1], first=1_800_000_000)
    mail_host.append("appended@example.org", many[:1], "Archive")

    assert mail_host.wait_for("appended@example.org", 1000) == many
    assert mail_host.wait_for("filled@example.org", 1001) == [*many, many[0]]
    with pytest.raises(ServerError, match=r"0 of 1 mails came to nobody@example\.org"):
        mail_host.wait_for("nobody@example.org", 1, timeout=0.1)


def test_dovecot_refuses(mail_host: MailHost, certificates: Certificates) -> None:
    """A login without TLS, one with a wrong password, and clients that do not know it."""
    with imapclient.IMAPClient(mail_host.host, mail_host.imap_port, ssl=False) as mailbox:
        assert b"LOGINDISABLED" in mailbox.capabilities()
        with pytest.raises(imapclient.exceptions.LoginError):
            mailbox.login(ADA, mail_host.password)
    with (
        imapclient.IMAPClient(
            mail_host.host, mail_host.imaps_port, ssl_context=certificates.client_context()
        ) as mailbox,
        pytest.raises(imapclient.exceptions.LoginError),
    ):
        mailbox.login(ADA, "wrong")
    with pytest.raises(ssl.SSLCertVerificationError):
        imapclient.IMAPClient(mail_host.host, mail_host.imaps_port)


def test_postgres_answers(postgres: PostgresServer) -> None:
    """Each database is empty and its own, and holds any text."""
    first, second = postgres.new_database(), postgres.new_database()
    engine = sqlalchemy.create_engine(first)
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("CREATE TABLE one (name text)"))
        connection.execute(sqlalchemy.text("INSERT INTO one VALUES (:name)"), {"name": "Wörk ☂"})
    with engine.connect() as connection:
        assert connection.scalar(sqlalchemy.text("SELECT name FROM one")) == "Wörk ☂"
        assert "PostgreSQL" in str(connection.scalar(sqlalchemy.text("SELECT version()")))
    engine.dispose()
    other = sqlalchemy.create_engine(second)
    assert sqlalchemy.inspect(other).get_table_names() == []
    other.dispose()


def test_a_small_disk_fills_up(small_disk: MakesSmallDisks) -> None:
    """Writing more than fits fails; afterwards nothing is left, even of an open file."""
    with small_disk(64) as folder:
        (folder / "fits").write_bytes(b"x" * 32_000)
        with pytest.raises(OSError, match="No space") as raised:
            (folder / "full").write_bytes(b"x" * 100_000)
        assert raised.value.errno == errno.ENOSPC
        kept = (folder / "fits").open("rb")
    kept.close()
    assert not folder.exists()
    assert str(folder) not in Path("/proc/mounts").read_text(encoding="utf-8")


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing program or right makes a test fail, and says what to do."""
    with pytest.raises(ServerError, match="apt-get install nothing"):
        common.program("no-such-program", "nothing", Path("/usr/bin"))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(ServerError, match="needs root"), disk.small_disk(1):
        pass
