"""Logs in to an SMTP server, by password or by token, and hides what the server repeats of it."""

from __future__ import annotations

import base64
import smtplib
from typing import TypeAlias

from iml4e_xlsx.campaign.folder.mail_server import MailServer
from iml4e_xlsx.campaign.servers.bearer_login import (
    answer_refusal,
    choose_mechanism,
    encode_message,
    hide_secrets,
    make_first_message,
    read_refusal,
)
from iml4e_xlsx.campaign.servers.credentials import Login, TokenLogin
from iml4e_xlsx.errors import MailError
from iml4e_xlsx.findings.error_codes import MailErrorCode

Answer: TypeAlias = tuple[int, bytes]

_GO_ON, _NEVER = 3, 5
"""The first digit of an answer (RFC 5321, 4.2.1)."""


def log_in(smtp: smtplib.SMTP, server: MailServer, login: Login | TokenLogin) -> Answer:
    """
    Return the answer to a login.

    Raises:
        MailError: If the server offers no way to log in like this, or there is no token.
    """
    offered = smtp.esmtp_features.get("auth", "").upper().split()
    if isinstance(login, Login):
        return _give_password(smtp, server, login, offered)
    mechanism, held = choose_mechanism(offered), login.tokens.holds_token
    if not mechanism:
        raise _method_error(MailErrorCode.NO_BEARER_METHOD, server, offered)
    answer = _give_token(smtp, server, mechanism, login)
    # One that was used before may have ended; a fresh one that is refused stays so, and servers
    # that count lock an account the sooner.
    if answer[0] // 100 == _NEVER and held and login.tokens.renewable:
        login.tokens.discard_token()
        answer = _give_token(smtp, server, mechanism, login)
    return answer


def _give_password(
    smtp: smtplib.SMTP, server: MailServer, login: Login, offered: list[str]
) -> Answer:
    """
    Return the answer to a password.

    Other than by smtplib, it may have any letters, and a wrong one is given once.
    """
    both = encode_message(f"\0{login.user}\0{login.password}".encode())
    password = encode_message(login.password.encode())
    if "PLAIN" in offered:
        answer = smtp.docmd("AUTH", f"PLAIN {both}")
    elif "LOGIN" in offered:
        answer = smtp.docmd("AUTH", f"LOGIN {encode_message(login.user.encode())}")
        answer = smtp.docmd(password) if answer[0] // 100 == _GO_ON else answer
    else:
        raise _method_error(MailErrorCode.NO_LOGIN_METHOD, server, offered)
    return _hide_in_answer(answer, both, password, login.password)


def _give_token(
    smtp: smtplib.SMTP, server: MailServer, mechanism: str, login: TokenLogin
) -> Answer:
    token = login.tokens.find_token()
    secret = encode_message(make_first_message(mechanism, server, login.user, token))
    answer = smtp.docmd("AUTH", f"{mechanism} {secret}")
    if answer[0] // 100 == _GO_ON:  # it says why, and its final word after an answer
        status = read_refusal(_decode_challenge(answer[1]))
        code, words = smtp.docmd(encode_message(answer_refusal(mechanism)))
        answer = (code, words + f" (status {status})".encode() if status else words)
    return _hide_in_answer(answer, secret, token)


def _decode_challenge(text: bytes) -> bytes:
    try:
        return base64.b64decode(text)
    except ValueError:
        return b""


def _hide_in_answer(answer: Answer, *secrets: str) -> Answer:
    """Return an answer without what the server repeats of a login."""
    words = answer[1].decode("utf-8", "replace")
    return answer[0], hide_secrets(words, *secrets).encode()


def _method_error(code: MailErrorCode, server: MailServer, offered: list[str]) -> MailError:
    return MailError(
        code, server=server, protocol=server.protocol, methods=" ".join(offered) or "-"
    )
