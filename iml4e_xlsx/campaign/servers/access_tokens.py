"""
Yields access tokens of OAuth2, each as long as it is valid, and a fresh one after it.

A token comes from the environment, from a command, or from a provider that is given the refresh
token in the system's keyring. It is held in memory only, and no representation shows it.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from iml4e_xlsx.campaign.folder.token_settings import TokenSettings, TokenUse
from iml4e_xlsx.campaign.servers.token_command import run_token_command
from iml4e_xlsx.campaign.servers.token_grants import renew_grant
from iml4e_xlsx.errors import MailError
from iml4e_xlsx.findings.error_codes import MailErrorCode

_MARGIN: Final = 120.0
"""Seconds before its end from which a token is not used, since a mail takes time."""

_TOKEN: Final = re.compile(r"[A-Za-z0-9._~+/-]+=*")
"""The letters of a token (RFC 6750, 2.1)."""


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A token, and the second of `time.monotonic` at which it ends; None if nobody knows."""

    text: str = field(repr=False)
    end: float | None = None


class AccessTokens:
    """The access tokens of one account for one service."""

    def __init__(
        self,
        user: str,
        fetch: Callable[[], AccessToken],
        *,
        renewable: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """
        Set up tokens without asking for one.

        Args:
            user: Whose they are, as messages name the account.
            fetch: Asks for a token; MailError where there is none.
            renewable: Whether asking again may bring another one.
            clock: The time.
        """
        self.user = user
        self.renewable = renewable
        self._fetch = fetch
        self._clock = clock
        self._token: AccessToken | None = None

    @property
    def holds_token(self) -> bool:
        """Tell whether a token was asked for before, which may have ended since."""
        return self._token is not None

    def find_token(self) -> str:
        """
        Return a token that is valid for some minutes.

        Raises:
            MailError: If there is none.
        """
        token = self._token
        if token is None or (token.end is not None and self._clock() > token.end - _MARGIN):
            token = self._token = self._fetch()
        return token.text

    def discard_token(self) -> None:
        """Let go of the token, which a server no longer takes; the next one is a fresh one."""
        if self.renewable:
            self._token = None


def find_tokens(settings: TokenSettings, use: TokenUse, user: str) -> AccessTokens:
    """
    Return the tokens of an account.

    They come from IML4E_SMTP_TOKEN (or _IMAP_, _GRAPH_), else from the command, else from the
    provider, to whom the keyring's refresh token is given.

    Raises:
        MailError: If there is none of these.
    """
    variable = f"IML4E_{use.upper()}_TOKEN"
    if text := os.environ.get(variable, "").strip():
        if not _TOKEN.fullmatch(text):
            raise MailError(MailErrorCode.ACCESS_MALFORMED, origin=variable)
        return AccessTokens(user, lambda: AccessToken(text), renewable=False)
    if settings.command:
        return AccessTokens(user, lambda: _ask_command(settings.command))
    if settings.provider is None or not settings.client_id:
        raise MailError(MailErrorCode.NO_ACCESS, user=user, variable=variable, protocol=use)
    return AccessTokens(user, lambda: AccessToken(*renew_grant(settings, use, user)))


def _ask_command(command: tuple[str, ...]) -> AccessToken:
    text = run_token_command(command)
    if not _TOKEN.fullmatch(text):
        raise MailError(MailErrorCode.ACCESS_MALFORMED, origin=command[0])
    return AccessToken(text)
