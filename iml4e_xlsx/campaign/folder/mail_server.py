"""Holds the settings of a mail server: where it is, how one gets there and who logs in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from iml4e_xlsx.campaign.folder.token_settings import (
    DEFAULT_TENANT,
    TokenSettings,
    make_token_settings,
    name_provider,
)

Security: TypeAlias = Literal["starttls", "tls", "none"]

LOCAL_HOSTS: Final = ("localhost", "127.0.0.1", "::1")
"""Hosts to which a connection may go without encryption: it does not leave the machine."""

SECURITIES: Final = ("starttls", "tls", "none")
OAUTH2: Final = "oauth2"
"""The value of `login` that asks for a token in the place of a password."""

SERVER_FIELDS: Final[Mapping[str, tuple[type, Any]]] = {
    "host": (str, ""),
    "port": (int, 0),
    "security": (str, "starttls"),
    "login": (bool, True),
    "token_command": (list, []),
    "ca_file": (str, ""),
    "proxy": (str, ""),
}
"""The keys of [smtp], most of which [imap] has as well: type and default."""

OAUTH2_FIELDS: Final[Mapping[str, tuple[type, Any]]] = {
    "provider": (str, ""),
    "client_id": (str, ""),
    "tenant": (str, DEFAULT_TENANT),
    "authority": (str, ""),
    "proxy": (str, ""),
}
"""The keys of [oauth2], which all services share."""

_PORTS: Final = {
    ("smtp", "starttls"): 587,
    ("smtp", "tls"): 465,
    ("smtp", "none"): 25,
    ("imap", "starttls"): 143,
    ("imap", "tls"): 993,
    ("imap", "none"): 143,
}


def is_folder_setting(value: object) -> bool:
    """Return whether a setting names a folder of a mailbox, or several in a list."""
    names = value if isinstance(value, list) else [value]
    return bool(names) and all(isinstance(name, str) and name.strip() for name in names)


def make_folders(value: str | list[str]) -> tuple[str, ...]:
    """Return the folders that a setting names, each once, in its order."""
    return tuple(dict.fromkeys(value if isinstance(value, list) else [value]))


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """
    A mail server: its address, the security of the connection, and whether it wants a login.

    `proxy` is the way to it, empty for none. `tokens` says where tokens of OAuth2 come from; None
    where passwords are used.
    """

    protocol: Literal["smtp", "imap"]
    host: str
    port: int
    security: Security
    ca_file: str = ""
    login: bool = True
    tokens: TokenSettings | None = None
    proxy: str = ""

    def __str__(self) -> str:
        """Return host and port, as messages name a server."""
        return f"{self.host}:{self.port}"


def make_server(
    protocol: Literal["smtp", "imap"], values: Mapping[str, Any], oauth2: Mapping[str, Any]
) -> MailServer | None:
    """Make a server of the values of its table; None where it names no host."""
    if not values["host"]:
        return None
    wants_token = values["login"] == OAUTH2
    return MailServer(
        protocol=protocol,
        host=values["host"],
        port=values["port"] or _PORTS[protocol, values["security"]],
        security=values["security"],
        ca_file=values["ca_file"],
        login=bool(values["login"]),
        tokens=make_token_settings(
            oauth2["provider"] or name_provider(values["host"]), oauth2, values["token_command"]
        )
        if wants_token
        else None,
        proxy=values["proxy"],
    )
