"""Tells from a server's words why it lets nobody in, so that the message names what helps."""

from __future__ import annotations

import re
from typing import Final

from iml4e_xlsx.campaign.folder.mail_server import MailServer
from iml4e_xlsx.campaign.folder.token_settings import name_provider
from iml4e_xlsx.findings.error_codes import MailErrorCode

_MAILBOX_SWITCH: Final = re.compile(r"SmtpClientAuthentication|smtp_auth_disabled", re.IGNORECASE)
"""Exchange's words for a mailbox from which programs must not send, whatever they log in with."""

_NO_PASSWORDS: Final = re.compile(
    r"\b5\.7\.(139|3|57)\b|basic authentication is disabled", re.IGNORECASE
)
"""Exchange's words for a password that it does not take, or for a login that it misses."""


def choose_refusal(
    server: MailServer,
    reason: str,
    *,
    by_token: bool,
    default: MailErrorCode = MailErrorCode.LOGIN_REFUSED,
) -> MailErrorCode:
    """
    Return what a refusal means.

    Args:
        server: Who refuses.
        reason: Its words.
        by_token: Whether a token was given, and not a password.
        default: The meaning of a refusal in any other words.
    """
    if _MAILBOX_SWITCH.search(reason) and server.protocol == "smtp":
        return MailErrorCode.SMTP_LOGIN_OFF
    is_login = default is MailErrorCode.LOGIN_REFUSED
    if by_token:
        return MailErrorCode.ACCESS_REFUSED if is_login else default
    # Exchange Online's IMAP says no more than that the login failed.
    if _NO_PASSWORDS.search(reason) or (is_login and name_provider(server.host) == "microsoft"):
        return MailErrorCode.PASSWORDS_OFF
    return default
