"""
Gets tokens of Google by the library google-auth-oauthlib: in a browser on this computer, and again.

Google's codes for devices do not open mailboxes, so that a person logs in in the browser, which
then brings the answer to a port on this computer.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from iml4e_xlsx.campaign.folder.token_settings import TokenSettings, TokenUse
from iml4e_xlsx.campaign.servers.token_grants import (
    LoginPrompt,
    ShowPrompt,
    TokenGrant,
    library_missing,
    name_service,
    open_web_session,
    unreachable,
)
from iml4e_xlsx.campaign.servers.token_keyring import read_secret, save_secret
from iml4e_xlsx.errors import MailError
from iml4e_xlsx.findings.error_codes import MailErrorCode
from iml4e_xlsx.text.spelling import printable_text

_SCOPES: Final = ("https://mail.google.com/",)
_PATIENCE: Final = 600
"""Seconds that a person has for the login."""

SECRET_USER: Final = "client-secret"  # noqa: S105 - the name of an entry, not what it holds
_VARIABLE: Final = "IML4E_OAUTH2_SECRET"
_LONGEST_WORDS: Final = 300


def log_in(
    settings: TokenSettings, uses: Sequence[TokenUse], user: str, show: ShowPrompt
) -> TokenGrant:
    """
    Show the address of Google's login, and wait until a person has been there.

    Raises:
        MailError: If the login is aborted, takes too long or is refused.
    """
    del uses  # one scope opens both SMTP and IMAP
    try:
        from google_auth_oauthlib.flow import InstalledAppFlow
        from oauthlib.oauth2 import OAuth2Error
    except ImportError as error:
        raise library_missing("google-auth-oauthlib") from error
    import requests

    client = {
        "client_id": settings.client_id,
        "client_secret": _find_client_secret(settings),
        "auth_uri": _name_endpoint(settings, "auth"),
        "token_uri": _name_endpoint(settings, "token"),
    }
    flow = InstalledAppFlow.from_client_config({"installed": client}, scopes=list(_SCOPES))
    flow.oauth2session.proxies = open_web_session(settings).proxies
    _show_address(flow, show)
    try:
        credentials = flow.run_local_server(
            port=0,
            open_browser=False,
            authorization_prompt_message=None,
            timeout_seconds=_PATIENCE,
            login_hint=user,
            prompt="consent",
        )
    except requests.RequestException as error:
        raise unreachable(settings, error) from None
    except OAuth2Error as error:
        raise _aborted(user, str(error.error)) from None
    except Exception as error:  # noqa: BLE001 - of the local server, which waits for the browser
        raise _aborted(user, type(error).__name__) from None
    if client["client_secret"]:  # each fresh token wants it again
        save_secret(name_service(settings), SECRET_USER, client["client_secret"])
    return _read_grant(credentials)


def refresh_grant(settings: TokenSettings, use: TokenUse, user: str, refresh: str) -> TokenGrant:
    """
    Return a fresh token.

    Raises:
        MailError: If the login has ended.
    """
    del use
    try:
        from google.auth.exceptions import GoogleAuthError, TransportError
        from google.auth.transport.requests import Request
        from google.oauth2.credentials import Credentials
    except ImportError as error:
        raise library_missing("google-auth-oauthlib") from error
    credentials: Any = Credentials(  # type: ignore[no-untyped-call]
        None,
        refresh_token=refresh,
        token_uri=_name_endpoint(settings, "token"),
        client_id=settings.client_id,
        client_secret=_find_client_secret(settings),
    )
    try:
        credentials.refresh(Request(session=open_web_session(settings)))
    except TransportError as error:
        raise unreachable(settings, error) from None
    except GoogleAuthError as error:
        reason = printable_text(str(error.args[0] if error.args else ""))[:_LONGEST_WORDS]
        raise MailError(
            MailErrorCode.LOGIN_ENDED, provider="Google", user=user, reason=reason.rstrip(". ")
        ) from None
    return _read_grant(credentials)


def _show_address(flow: Any, show: ShowPrompt) -> None:
    """Let a flow show its address, and open it in the browser where there is one."""
    import webbrowser

    make_address = flow.authorization_url

    def authorization_url(**options: Any) -> tuple[str, str]:
        address, state = make_address(**options)
        show(LoginPrompt(address=address))
        webbrowser.open(address)
        return address, state

    flow.authorization_url = authorization_url


def _find_client_secret(settings: TokenSettings) -> str:
    """Return the secret of the application, which Google wants of programs as well."""
    return os.environ.get(_VARIABLE, "") or read_secret(name_service(settings), SECRET_USER)


def _name_endpoint(settings: TokenSettings, name: str) -> str:
    if settings.authority:
        return f"{settings.authority.rstrip('/')}/{name}"
    return {
        "auth": "https://accounts.google.com/o/oauth2/auth",
        "token": "https://oauth2.googleapis.com/token",
    }[name]


def _read_grant(credentials: Any) -> TokenGrant:
    end = credentials.expiry  # in UTC, without a zone
    now = datetime.now(UTC).replace(tzinfo=None)
    return TokenGrant(
        access=str(credentials.token),
        seconds=(end - now).total_seconds() if end else 0.0,
        refresh=str(credentials.refresh_token or ""),
    )


def _aborted(user: str, reason: str) -> MailError:
    words = printable_text(reason)[:_LONGEST_WORDS]
    return MailError(MailErrorCode.LOGIN_ABORTED, provider="Google", user=user, reason=words)
