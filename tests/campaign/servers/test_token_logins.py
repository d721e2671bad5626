"""Logins by access token: either way, refused, ended in the middle, and never shown."""

from __future__ import annotations

import traceback
from pathlib import Path

import pytest
from psutil import process_iter

from iml4e_xlsx.campaign.servers.access_tokens import AccessToken, AccessTokens
from iml4e_xlsx.campaign.servers.credentials import Login, TokenLogin
from iml4e_xlsx.errors import MailError
from iml4e_xlsx.findings.error_codes import MailErrorCode
from tests.support.campaigns import built_campaign, run
from tests.support.connecting import ADA, BOB, BODY, SENDER, connected, login_of
from tests.support.mailbox import ANN, BEN, CAY, DAN, collect, returned_by
from tests.support.mailing import ScriptedServer, smtp_settings
from tests.support.returning import Rounds, imap_settings
from tests.support.servers.certificates import Certificates
from tests.support.servers.fixtures import StartsSmtpServers
from tests.support.servers.mailhost import MailHost
from tests.support.servers.token_imap import TokenImapServer
from tests.support.servers.tokens import TokenGuard

MECHANISMS = pytest.mark.parametrize("mechanism", ["XOAUTH2", "OAUTHBEARER"])


@MECHANISMS
def test_a_token_opens_a_server(
    smtp_server: StartsSmtpServers, certificates: Certificates, mechanism: str
) -> None:
    """By either way, with a user whose address has the signs that OAUTHBEARER writes otherwise."""
    guard = TokenGuard("fay@example.org")
    server = smtp_server(tokens=guard, mechanism=mechanism)
    with connected(server, certificates, login=login_of(guard)) as smtp:
        smtp.deliver_mail(SENDER, ADA, BODY)
        smtp.deliver_mail(SENDER, BOB, BODY)
    assert (server.logins, len(server.messages), len(guard.issued)) == (1, 2, 1)


@MECHANISMS
def test_a_refused_token_is_given_once_and_not_shown(
    smtp_server: StartsSmtpServers, certificates: Certificates, mechanism: str
) -> None:
    """The server repeats it in its words; the message has them without it, and the status."""
    server = smtp_server(tokens=TokenGuard(), mechanism=mechanism)
    token = "Tr0ub4dor-of-another-tenant"
    login = TokenLogin(SENDER, AccessTokens(SENDER, lambda: AccessToken(token)))
    with (
        connected(server, certificates, login=login) as smtp,
        pytest.raises(MailError, match=r"refuses the access token of fay@") as raised,
    ):
        smtp.deliver_mail(SENDER, ADA, BODY)
    said = f"{raised.value} {raised.value!r} {login!r} {smtp!r}"
    assert "Credentials invalid: [...] (status 401)" in said
    assert "Tr0ub" not in said
    assert "VHIwdWI0" not in said  # as Base64 has it
    assert (server.reached["login"], server.connections) == (1, 1)


def test_a_token_that_cannot_be_renewed_ends(
    smtp_server: StartsSmtpServers, certificates: Certificates
) -> None:
    """Then the run stops with the server's words, after one more login and not after many."""
    guard = TokenGuard(lifetime=1)
    given = guard.issue()
    login = TokenLogin(
        guard.user, AccessTokens(guard.user, lambda: AccessToken(given), renewable=False)
    )
    server = smtp_server(tokens=guard)
    with connected(server, certificates, login=login) as smtp:
        smtp.deliver_mail(SENDER, ADA, BODY)
        with pytest.raises(MailError, match="refuses the access token"):
            smtp.deliver_mail(SENDER, BOB, BODY)
    assert (server.connections, len(server.messages)) == (2, 1)


def test_a_token_that_opens_the_server_and_sends_nothing(certificates: Certificates) -> None:
    """A fresh one would not help either; it is the sender who is refused."""
    answers = {
        "EHLO": "250-localhost\r\n250 AUTH XOAUTH2",
        "AUTH": "235 in",
        "MAIL": "530 5.7.57 Client not authenticated to send mail",
    }
    guard = TokenGuard()
    with (
        ScriptedServer(answers) as server,
        connected(server, login=login_of(guard)) as smtp,
        pytest.raises(MailError, match="refuses the sender"),
    ):
        smtp.deliver_mail(SENDER, ADA, BODY)
    assert len(guard.issued) == 1


@pytest.mark.parametrize(
    ("offer", "auth", "mail", "code", "words"),
    [
        ("AUTH XOAUTH2", "", "", MailErrorCode.NO_LOGIN_METHOD, 'login = "oauth2" under [smtp]'),
        (
            "AUTH LOGIN XOAUTH2 PLAIN",
            "535 5.7.139 Authentication unsuccessful, basic authentication is disabled.",
            "",
            MailErrorCode.PASSWORDS_OFF,
            'login = "oauth2" under [smtp]',
        ),
        (
            "AUTH LOGIN",
            "535 5.7.3 Authentication unsuccessful",
            "",
            MailErrorCode.PASSWORDS_OFF,
            "OAuth proxy on this computer",
        ),
        (
            "AUTH PLAIN",
            "535 5.7.139 SmtpClientAuthentication is disabled for the Tenant. Visit https://aka.ms/x",
            "",
            MailErrorCode.SMTP_LOGIN_OFF,
            "an administrator allows authenticated SMTP",
        ),
        (
            "AUTH PLAIN",
            "235 in",
            "530 5.7.57 Client not authenticated to send mail.",
            MailErrorCode.PASSWORDS_OFF,
            "drafts and saved mails need no login at all",
        ),
        (
            "AUTH PLAIN",
            "535 5.7.8 Error: authentication failed",
            "",
            MailErrorCode.LOGIN_REFUSED,
            "Check IML4E_SMTP_USER and the password",
        ),
    ],
)
def test_what_a_refusal_means(
    offer: str, auth: str, mail: str, code: MailErrorCode, words: str
) -> None:
    """Providers that take no passwords are told by their words; the message names the ways out."""
    answers = {"EHLO": f"250-localhost\r\n250 {offer}", "AUTH": auth, "MAIL": mail}
    with (
        ScriptedServer({key: value for key, value in answers.items() if value}) as server,
        connected(server, login=Login("ann", "x")) as smtp,
        pytest.raises(MailError) as raised,
    ):
        smtp.deliver_mail(SENDER, ADA, BODY)
    assert raised.value.code is code
    assert words in str(raised.value)


def test_smtp_login_is_off_for_tokens_as_well() -> None:
    """A token is not to blame where the mailbox lets no program send."""
    words = "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled"
    answers = {"EHLO": "250-localhost\r\n250 AUTH XOAUTH2", "AUTH": words}
    with (
        ScriptedServer(answers) as server,
        connected(server, login=login_of(TokenGuard())) as smtp,
        pytest.raises(MailError, match="Neither a password nor a token helps"),
    ):
        smtp.connect()


def test_a_server_that_takes_no_tokens(
    smtp_server: StartsSmtpServers, certificates: Certificates
) -> None:
    """It is said before a token is asked for."""
    guard = TokenGuard()
    with (
        connected(smtp_server(), certificates, login=login_of(guard)) as smtp,
        pytest.raises(MailError, match=r"takes no access tokens \(it offers: LOGIN PLAIN\)"),
    ):
        smtp.connect()
    assert guard.issued == []


@MECHANISMS
def test_a_mailbox_is_read_by_token(
    mail_host: MailHost,
    rounds: Rounds,
    inbox: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    mechanism: str,
) -> None:
    """A command of one's own prints a fresh token whenever the last one has ended."""
    guard = TokenGuard(inbox, lifetime=4)
    with TokenImapServer(mail_host, guard, mechanism) as server:
        settings = {"created": imap_settings(mail_host)["created"], **server.settings}
        with rounds.opened(tmp_path, **settings) as (campaign, record):
            mail_host.append(inbox, returned_by(campaign, record, ANN, BEN, CAY, DAN))
            monkeypatch.setattr(
                "iml4e_xlsx.campaign.servers.access_tokens.run_token_command",
                lambda _: guard.issue(),
            )
            path = campaign.folder / "campaign.toml"
            text = path.read_text(encoding="utf-8")
            path.write_text(
                text.replace("[imap]\n", '[imap]\ntoken_command = ["tokens"]\n', 1),
                encoding="utf-8",
            )
            said = collect(campaign)
    assert "New responses: 4." in said
    assert server.logins == len(guard.issued) > 1
    assert "Tr0ub" not in said


def test_a_mailbox_refuses_a_token(
    mail_host: MailHost,
    rounds: Rounds,
    inbox: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The server repeats it; the message does not."""
    monkeypatch.setenv("IML4E_IMAP_TOKEN", "Tr0ub4dor-expired")
    with (
        TokenImapServer(mail_host, TokenGuard(inbox)) as server,
        rounds.opened(tmp_path, **server.settings) as (campaign, _),
    ):
        said = collect(campaign, code=3)
    assert f"refuses the access token of {inbox}: AUTHENTICATE failed [...] (status 401)" in said
    assert "Tr0ub" not in said
    assert server.refusals == 1


def test_a_mailbox_that_takes_no_passwords(
    mail_host: MailHost, rounds: Rounds, inbox: str, tmp_path: Path
) -> None:
    """None is given to it, and the ways out are named, with and without a login."""
    with TokenImapServer(mail_host, TokenGuard(inbox)) as server:
        settings = {**server.settings, "imap.login": True}
        with rounds.opened(tmp_path, **settings) as (campaign, _):
            said = collect(campaign, code=3)
    assert "offers no login by password (it offers: XOAUTH2)" in said
    assert 'login = "oauth2" under [imap]' in said
    assert "iml4e campaign collect FOLDER" in said
    assert server.refusals == 0


def test_a_token_shows_nowhere(
    tmp_path: Path,
    smtp_server: StartsSmtpServers,
    certificates: Certificates,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Valid or not: not in what is said, not in any file of the campaign."""
    guard = TokenGuard("fay@example.org")
    server = smtp_server(tokens=guard)
    monkeypatch.setenv("IML4E_SMTP_USER", guard.user)
    settings = {**smtp_settings(server, certificates), "smtp.login": "oauth2"}
    with built_campaign(tmp_path, 2, **settings) as (campaign, _):
        pass
    args = ("campaign", "send", campaign.folder, "--smtp", "--verbose")
    monkeypatch.setenv("IML4E_SMTP_TOKEN", "Tr0ub4dor-expired")
    wrong = run(*args, code=3)
    monkeypatch.setenv("IML4E_SMTP_TOKEN", guard.issue())
    right = run(*args)
    assert "refuses the access token of fay@example.org" in wrong.output
    assert (server.logins, len(server.messages)) == (1, 2)
    files = [path.read_bytes() for path in campaign.folder.rglob("*") if path.is_file()]
    shown = (wrong.output + right.output).encode() + b"".join(files)
    assert b"Tr0ub" not in shown
    assert b"VHIwdWI0" not in shown


def test_a_token_is_in_no_traceback(
    smtp_server: StartsSmtpServers, certificates: Certificates
) -> None:
    """Neither the error nor what it came from holds it, with all local names left out."""
    server = smtp_server(tokens=TokenGuard())
    login = TokenLogin(SENDER, AccessTokens(SENDER, lambda: AccessToken("Tr0ub4dor-refused")))
    with (
        connected(server, certificates, login=login) as smtp,
        pytest.raises(MailError) as raised,
    ):
        smtp.connect()
    shown = "".join(traceback.format_exception(raised.value))
    assert "refuses the access token" in shown
    assert "Tr0ub4dor-r" not in shown.replace('AccessToken("Tr0ub4dor-refused")', "")
    assert "VHIwdWI0" not in shown


def test_a_token_is_in_no_process_list(
    tmp_path: Path,
    smtp_server: StartsSmtpServers,
    certificates: Certificates,
) -> None:
    """While a mail is sent with it: it is nobody's argument."""
    guard = TokenGuard()
    server, lines = smtp_server(tokens=guard), list[str]()

    def fetch() -> AccessToken:
        token = AccessToken(guard.issue())
        lines.extend(" ".join(one.info["cmdline"] or ()) for one in process_iter(["cmdline"]))
        return token

    login = TokenLogin(guard.user, AccessTokens(guard.user, fetch))
    with connected(server, certificates, login=login) as smtp:
        smtp.deliver_mail(SENDER, ADA, BODY)
        lines.extend(" ".join(one.info["cmdline"] or ()) for one in process_iter(["cmdline"]))
    assert any("python" in line for line in lines)
    assert [line for line in lines if guard.issued[0] in line] == []
