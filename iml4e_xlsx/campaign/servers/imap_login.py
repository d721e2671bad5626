"""Logs in to an IMAP server, by password or by token, and hides what the server repeats of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iml4e_xlsx.campaign.folder.mail_server import MailServer
from iml4e_xlsx.campaign.servers.bearer_login import (
    MECHANISMS,
    answer_refusal,
    choose_mechanism,
    encode_message,
    hide_secrets,
    make_first_message,
    read_refusal,
)
from iml4e_xlsx.campaign.servers.credentials import Login, TokenLogin
from iml4e_xlsx.campaign.servers.refusals import choose_refusal
from iml4e_xlsx.errors import MailError
from iml4e_xlsx.findings.error_codes import MailErrorCode

if TYPE_CHECKING:
    from imapclient import IMAPClient


def log_in(client: IMAPClient, server: MailServer, login: Login | TokenLogin) -> None:
    """
    Log in.

    Raises:
        IMAPClientError: If the server refuses.
        MailError: If it offers no way to log in like this, or there is no token.
    """
    capabilities = {str(name, "ascii", "replace").upper() for name in client.capabilities()}
    offered = sorted(name.removeprefix("AUTH=") for name in capabilities if "AUTH=" in name)
    methods = " ".join(offered) or "-"
    if isinstance(login, TokenLogin):
        if not choose_mechanism(offered):
            raise _method_error(MailErrorCode.NO_BEARER_METHOD, server, methods)
        _give_token(client, server, choose_mechanism(offered), login)
    elif "LOGINDISABLED" in capabilities and "PLAIN" not in offered:
        raise _method_error(MailErrorCode.NO_LOGIN_METHOD, server, methods)
    else:
        _give_password(client, server, login, offered)


def login_error(server: MailServer, login: Login | TokenLogin, words: str) -> MailError:
    """Make the error of a login that the server refuses in these words."""
    code = choose_refusal(server, words, by_token=isinstance(login, TokenLogin))
    return MailError(
        code,
        server=server,
        protocol=server.protocol,
        user=login.user,
        prefix=f"IML4E_{server.protocol.upper()}",
        reason=words,
    )


def _give_password(
    client: IMAPClient, server: MailServer, login: Login, offered: list[str]
) -> None:
    from imapclient.exceptions import IMAPClientAbortError, LoginError

    user, password = login.user, login.password
    try:
        if user.isascii() and password.isascii():
            client.login(user, password)
        else:  # which LOGIN does not know (RFC 3501)
            client.plain_login(user, password)
    except LoginError as error:
        is_abort = isinstance(error.__context__, IMAPClientAbortError)
        # A server that takes tokens and not even names passwords will not take another one.
        if not is_abort and "PLAIN" not in offered and {*MECHANISMS} & {*offered}:
            code = MailErrorCode.NO_LOGIN_METHOD
            raise _method_error(code, server, " ".join(offered)) from None
        raise


def _give_token(client: IMAPClient, server: MailServer, mechanism: str, login: TokenLogin) -> None:
    """Give a token; a fresh one, where one that was used before has ended."""
    from imapclient.exceptions import IMAPClientAbortError, LoginError

    held = login.tokens.holds_token
    try:
        _try_token(client, server, mechanism, login)
    except LoginError as error:
        is_abort = isinstance(error.__context__, IMAPClientAbortError)
        if is_abort or not (held and login.tokens.renewable):
            raise
        login.tokens.discard_token()
        _try_token(client, server, mechanism, login)


def _try_token(client: IMAPClient, server: MailServer, mechanism: str, login: TokenLogin) -> None:
    from imapclient.exceptions import IMAPClientAbortError, LoginError

    token = login.tokens.find_token()
    first = make_first_message(mechanism, server, login.user, token)
    messages: list[bytes] = []
    status = ""

    def answer(challenge: bytes) -> bytes:
        nonlocal status
        if not messages:
            messages.append(first)
            return first
        status = read_refusal(challenge)
        return answer_refusal(mechanism)

    try:
        client.sasl_login(mechanism, answer)
    except ValueError:  # a challenge that is no Base64
        raise LoginError(mechanism) from None
    except LoginError as error:
        if isinstance(error.__context__, IMAPClientAbortError):
            raise
        words = hide_secrets(str(error), token, encode_message(first))
        # Not from the library's error, whose words may repeat the token.
        raise LoginError(f"{words} (status {status})" if status else words) from None


def _method_error(code: MailErrorCode, server: MailServer, methods: str) -> MailError:
    return MailError(code, server=server, protocol=server.protocol, methods=methods)
