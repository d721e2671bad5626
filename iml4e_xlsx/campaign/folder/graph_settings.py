"""Holds the settings of Microsoft Graph: the other way to a mailbox of Microsoft 365."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from iml4e_xlsx.campaign.folder.mail_server import make_folders
from iml4e_xlsx.campaign.folder.token_settings import TokenSettings, make_token_settings

GRAPH_FIELDS: Final[Mapping[str, tuple[type, Any]]] = {
    "mailbox": (str, ""),
    "folder": (str, "inbox"),
    "token_command": (list, []),
    "address": (str, "https://graph.microsoft.com/v1.0"),
    "mails_per_minute": (int, 30),
}
"""The keys of [graph]: type and default."""

_ADDRESS: Final = re.compile(
    r"https://[^\s/@?#]+(/[^\s@?#]*)?|http://(localhost|127\.0\.0\.1)(:\d+)?(/[^\s@?#]*)?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphSettings:
    """
    The settings of Microsoft Graph.

    `mailbox` is whose mailbox sends and receives, `folders` are those of its folders that are
    looked through; `address` where the service is, with its version. `per_minute` is how many
    mails may leave in a minute.
    """

    mailbox: str
    folders: tuple[str, ...]
    address: str
    per_minute: int
    tokens: TokenSettings

    def name_user(self, sender: str) -> str:
        """Return who logs in: the owner of the mailbox, or the sender where it is one's own."""
        return sender if self.mailbox == "me" else self.mailbox

    def __str__(self) -> str:
        """Return the host, as messages name a server."""
        return self.address.partition("://")[2].partition("/")[0]


def is_service_address(address: str) -> bool:
    """Return whether tokens may be sent to an address: it is encrypted, or on this machine."""
    return bool(_ADDRESS.fullmatch(address))


def make_graph(values: Mapping[str, Any], oauth2: Mapping[str, Any]) -> GraphSettings | None:
    """
    Make the settings of the table [graph]; None where it names no mailbox.

    Which application logs in stands in [oauth2], as for SMTP and IMAP.
    """
    if not values["mailbox"]:
        return None
    return GraphSettings(
        mailbox=values["mailbox"],
        folders=make_folders(values["folder"]),
        address=values["address"].rstrip("/"),
        per_minute=values["mails_per_minute"],
        tokens=make_token_settings("microsoft", oauth2, values["token_command"]),
    )
