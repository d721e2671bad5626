"""Holds what the tests of Microsoft Graph share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from iml4e_xlsx.campaign.folder.graph_settings import GraphSettings
from iml4e_xlsx.campaign.folder.token_settings import TokenSettings
from iml4e_xlsx.campaign.servers.access_tokens import AccessToken, AccessTokens
from iml4e_xlsx.campaign.servers.graph_client import GraphClient
from tests.support.servers.graph import GOOD_KEY, MAILBOX, GraphServer

ADA = "ada@example.org"


@dataclass
class Waiting:
    """Keeps how long somebody would have slept."""

    slept: list[float] = field(default_factory=list)

    def __call__(self, seconds: float) -> None:
        """Do not sleep."""
        self.slept.append(seconds)


def graph_client(
    server: GraphServer,
    *,
    keys: tuple[str, ...] = (GOOD_KEY,),
    address: str = "",
    mailbox: str = MAILBOX,
    sleep: Callable[[float], None] | None = None,
    **options: Any,
) -> GraphClient:
    """Return a client that shows one token after another, each once it is asked for a fresh one."""
    settings = GraphSettings(
        mailbox=mailbox,
        folders=("inbox",),
        address=address or server.address,
        per_minute=0,
        tokens=TokenSettings(),
    )
    rest = list(keys)
    tokens = AccessTokens(
        MAILBOX,
        lambda: AccessToken(rest.pop(0) if len(rest) > 1 else rest[0]),
        renewable=len(keys) > 1,
    )
    return GraphClient(settings, tokens, sleep=sleep or Waiting(), **options)


def graph_settings(server: GraphServer, **more: object) -> dict[str, Any]:
    """Return the settings of a campaign that mails by Graph."""
    return {
        "graph.mailbox": MAILBOX,
        "graph.address": server.address,
        "graph.mails_per_minute": 0,
        **more,
    }


def a_mail(recipient: str = ADA, *attached: bytes, text: str = "Hello.\n") -> bytes:
    """Return a mail as it goes over the wire."""
    mail = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    mail["From"] = f"Fay <{MAILBOX}>"
    mail["To"] = f"Ada <{recipient}>"
    mail["Subject"] = "Größe"
    mail["Message-ID"] = "<one@example.org>"
    mail["In-Reply-To"] = "<zero@example.org>"
    mail["References"] = "<zero@example.org>"
    mail.set_content(text)
    for number, data in enumerate(attached):
        mail.add_attachment(
            data, maintype="application", subtype="octet-stream", filename=f"büro{number}.xlsx"
        )
    return mail.as_bytes()
