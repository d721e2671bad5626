"""
Logins of mail servers: from the environment or the system keyring, and from nowhere else.

A file of the campaign is mailed, zipped and kept under version control, and a command line is
seen by everybody on the machine and kept in its history; neither is asked for a password.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from iml4e_xlsx.campaign.folder.settings import MailServer
from iml4e_xlsx.errors import MailError


@dataclass(frozen=True, slots=True)
class Login:
    """A user and a password, which no message and no representation shows."""

    user: str
    password: str = field(repr=False)


def find_login(server: MailServer, default_user: str) -> Login | None:
    """
    Return the login for a server; None where its settings say that it wants none.

    The user is `IML4E_SMTP_USER` (or `IML4E_IMAP_USER`), else the default. The password is
    `IML4E_SMTP_PASSWORD`, else what the keyring keeps for that user under `iml4e-smtp@HOST`.

    Raises:
        MailError: If there is no password; says where one is looked for.
    """
    if not server.login:
        return None
    prefix = f"IML4E_{server.protocol.upper()}"
    user = os.environ.get(f"{prefix}_USER", "") or default_user
    password = os.environ.get(f"{prefix}_PASSWORD", "")
    service = f"iml4e-{server.protocol}@{server.host}"
    if not password and user:
        password = _from_keyring(service, user)
    if user and password:
        return Login(user, password)
    what = f"password for {user}" if user else "user"
    raise MailError(
        f"There is no {what} at {server}. Set {prefix}_USER and {prefix}_PASSWORD in the "
        f"environment, or store the password in the system keyring: keyring set {service} "
        f"{user or 'USER'}. A server that wants no login: login = false under "
        f"[{server.protocol}]."
    )


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
