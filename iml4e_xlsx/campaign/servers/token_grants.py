"""Asks providers for tokens: at a login, and again with the refresh token of that login."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from iml4e_xlsx.campaign.folder.token_settings import TokenSettings, TokenUse
from iml4e_xlsx.campaign.servers.token_keyring import read_secret, save_secret
from iml4e_xlsx.errors import MailError, ResourceError
from iml4e_xlsx.findings.error_codes import MailErrorCode, ReportErrorCode

if TYPE_CHECKING:
    import requests

AUTHORITIES: Final = {
    "microsoft": "https://login.microsoftonline.com",
    "google": "https://accounts.google.com",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenGrant:
    """What a provider grants: an access token for some seconds, and how to ask for the next."""

    access: str = field(repr=False)
    seconds: float
    refresh: str = field(repr=False)
    account: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginPrompt:
    """What a person is to do: open an address, and enter a code there if there is one."""

    address: str
    code: str = ""


ShowPrompt = Callable[[LoginPrompt], None]


def log_in_account(
    settings: TokenSettings, uses: Sequence[TokenUse], user: str, show: ShowPrompt
) -> str:
    """
    Let a person log in at the provider; keep the refresh token; return whose account it is.

    Raises:
        MailError: If the login is aborted or refused, or cannot be kept.
    """
    check_application(settings, user)
    if settings.provider == "google":
        from iml4e_xlsx.campaign.servers.google_tokens import log_in
    else:
        from iml4e_xlsx.campaign.servers.microsoft_tokens import log_in
    grant = log_in(settings, uses, user, show)
    if not grant.refresh:
        raise MailError(
            MailErrorCode.LOGIN_ABORTED, provider=settings.provider, user=user, reason="-"
        )
    save_secret(name_service(settings), user, grant.refresh)
    return grant.account


def renew_grant(settings: TokenSettings, use: TokenUse, user: str) -> tuple[str, float]:
    """
    Return an access token, and the second of `time.monotonic` at which it ends.

    Raises:
        MailError: If nobody has logged in, or the login has ended.
    """
    refresh = read_secret(name_service(settings), user)
    if not refresh:
        variable = f"IML4E_{use.upper()}_TOKEN"
        raise MailError(MailErrorCode.NO_ACCESS, user=user, variable=variable, protocol=use)
    if settings.provider == "google":
        from iml4e_xlsx.campaign.servers.google_tokens import refresh_grant
    else:
        from iml4e_xlsx.campaign.servers.microsoft_tokens import refresh_grant
    grant = refresh_grant(settings, use, user, refresh)
    if grant.refresh and grant.refresh != refresh:
        with contextlib.suppress(MailError):  # the last one still counts, for a while
            save_secret(name_service(settings), user, grant.refresh)
    return grant.access, time.monotonic() + grant.seconds


def check_application(settings: TokenSettings, user: str) -> None:
    """Raise MailError unless the settings say which application asks whom."""
    if settings.provider is None or not settings.client_id:
        raise MailError(MailErrorCode.NO_APPLICATION, user=user)


def name_service(settings: TokenSettings) -> str:
    """Return the name under which the keyring keeps refresh tokens of an application."""
    host = urlsplit(find_authority(settings)).netloc
    return f"iml4e-oauth2@{host}/{settings.client_id}"


def find_authority(settings: TokenSettings) -> str:
    """Return the address of the provider."""
    return (settings.authority or AUTHORITIES[settings.provider or "microsoft"]).rstrip("/")


def open_web_session(settings: TokenSettings) -> requests.Session:
    """Return what talks to the provider; by the proxy of the settings, else of the system."""
    try:
        import requests
    except ImportError as error:
        raise library_missing("requests") from error
    session = requests.Session()
    if settings.proxy:
        session.proxies = {"https": settings.proxy}
    return session


def library_missing(library: str) -> ResourceError:
    """Make the error of a library that the extra `oauth` brings."""
    return ResourceError(ReportErrorCode.LIBRARY_MISSING, library=library, extra="oauth")


def unreachable(settings: TokenSettings, error: Exception) -> MailError:
    """Make the error of a provider that does not answer; of its words only what they are about."""
    return MailError(
        MailErrorCode.PROVIDER_UNREACHABLE,
        address=find_authority(settings),
        reason=type(error).__name__,
    )
