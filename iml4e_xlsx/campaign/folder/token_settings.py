"""Holds the settings of logins by OAuth2: who gives tokens, to which application."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

TokenProvider: TypeAlias = Literal["microsoft", "google"]
TokenUse: TypeAlias = Literal["smtp", "imap", "graph"]
"""The service that a token opens; each wants one of its own."""

PROVIDERS: Final = ("microsoft", "google")
DEFAULT_TENANT: Final = "organizations"

_DOMAINS: Final = {
    "office365.com": "microsoft",
    "office.com": "microsoft",
    "outlook.com": "microsoft",
    "office365.us": "microsoft",
    "gmail.com": "google",
    "googlemail.com": "google",
    "google.com": "google",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenSettings:
    """
    The settings of logins by OAuth2.

    `authority` is where a login is asked for, empty for the provider's usual address. `command`
    prints a token; it is empty where the keyring or the environment has one. `proxy` is the way
    to the authority.
    """

    provider: TokenProvider | None = None
    client_id: str = ""
    tenant: str = DEFAULT_TENANT
    authority: str = ""
    command: tuple[str, ...] = ()
    proxy: str = ""


def make_token_settings(
    provider: TokenProvider | None, oauth2: Mapping[str, Any], command: Sequence[str]
) -> TokenSettings:
    """Make the settings of tokens for a service of the table [oauth2], which all services share."""
    return TokenSettings(
        provider=provider,
        client_id=oauth2["client_id"],
        tenant=oauth2["tenant"],
        authority=oauth2["authority"],
        command=tuple(command),
        proxy=oauth2["proxy"],
    )


def name_provider(host: str) -> TokenProvider | None:
    """Return whose mail server this is; None for all others."""
    for domain, provider in _DOMAINS.items():
        if host.lower() == domain or host.lower().endswith(f".{domain}"):
            return "microsoft" if provider == "microsoft" else "google"
    return None
