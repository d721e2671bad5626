"""
Finds the login of a mail server: in the environment or the system keyring, and nowhere else.

A file of the campaign is mailed, zipped and kept under version control, and a command line is
seen by everybody on the machine and kept in its history; neither is asked for a password.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from iml4e_xlsx.campaign.folder.mail_server import MailServer
from iml4e_xlsx.campaign.servers.access_tokens import AccessTokens, find_tokens
from iml4e_xlsx.errors import MailError
from iml4e_xlsx.findings.error_codes import MailErrorCode


@dataclass(frozen=True, slots=True)
class Login:
    """A user and a password, which no message and no representation shows."""

    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class TokenLogin:
    """A user and the access tokens that open the user's mailbox."""

    user: str
    tokens: AccessTokens = field(repr=False)


def find_login(server: MailServer, default_user: str) -> Login | TokenLogin | None:
    """
    Return the login for a server; None where its settings say that it wants none.

    The user is `IML4E_SMTP_USER` (or `IML4E_IMAP_USER`), else the default. The password is
    `IML4E_SMTP_PASSWORD`, else what the keyring keeps for that user under `iml4e-smtp@HOST`.

    With login = "oauth2" the login is by tokens, for the same user.

    Raises:
        MailError: If there is no user, no password or no token; names where they are looked for.
    """
    if not server.login:
        return None
    prefix = f"IML4E_{server.protocol.upper()}"
    user = os.environ.get(f"{prefix}_USER", "") or default_user
    if server.tokens is not None:
        if not user:
            raise MailError(MailErrorCode.NO_ACCOUNT, server=server, prefix=prefix)
        return TokenLogin(user, find_tokens(server.tokens, server.protocol, user))
    password = os.environ.get(f"{prefix}_PASSWORD", "")
    service = f"iml4e-{server.protocol}@{server.host}"
    if not password and user:
        password = _from_keyring(service, user)
    if user and password:
        return Login(user, password)
    raise MailError(
        MailErrorCode.LOGIN_INCOMPLETE if user else MailErrorCode.NO_USER,
        server=server,
        protocol=server.protocol,
        user=user,
        prefix=prefix,
        service=service,
    )


def name_keyring() -> str:
    """Return the name of this computer's keyring; empty if there is none."""
    import keyring

    found = keyring.get_keyring()
    return "" if type(found).__module__ == "keyring.backends.fail" else found.name


def _from_keyring(service: str, user: str) -> str:
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        return ""
    try:
        return keyring.get_password(service, user) or ""
    except (KeyringError, OSError):  # no keyring on this system, or it stays locked
        return ""
