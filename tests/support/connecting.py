"""Holds what the tests of connections to an SMTP server share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from iml4e_xlsx.campaign.folder.mail_server import MailServer
from iml4e_xlsx.campaign.servers.access_tokens import AccessToken, AccessTokens
from iml4e_xlsx.campaign.servers.credentials import TokenLogin
from iml4e_xlsx.campaign.servers.smtp import Smtp
from tests.support.mailing import LOGIN, ScriptedServer
from tests.support.servers.certificates import Certificates
from tests.support.servers.smtp import SmtpServer
from tests.support.servers.tokens import TokenGuard

SENDER, ADA, BOB = "fay@example.org", "ada@example.org", "bob@example.org"
BODY = b"Subject: x\r\n\r\n.dot\r\n..two\r\nend\r\n"


@contextmanager
def connected(
    server: SmtpServer | ScriptedServer, certificates: Certificates | None = None, **options: Any
) -> Iterator[Smtp]:
    """Yield a connection that waits for nothing long."""
    where = MailServer(
        protocol="smtp",
        host=options.pop("host", server.host),
        port=options.pop("port", server.port),
        security=options.pop("security", getattr(server, "security", "none")),
        ca_file=str(certificates.authority) if certificates else "",
    )
    options = {"timeout": 60, "wait": 0.01, **options}
    with Smtp(where, options.pop("login", LOGIN), Path(), **options) as smtp:
        yield smtp


def login_of(guard: TokenGuard) -> TokenLogin:
    """Return a login that gets a fresh token whenever it asks for one."""
    tokens = AccessTokens(guard.user, lambda: AccessToken(guard.issue()))
    return TokenLogin(guard.user, tokens)
