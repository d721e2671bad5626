"""Gets tokens of Microsoft 365 by the library msal: by a code that a person enters, and again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from iml4e_xlsx.campaign.folder.token_settings import TokenSettings, TokenUse
from iml4e_xlsx.campaign.servers.token_grants import (
    LoginPrompt,
    ShowPrompt,
    TokenGrant,
    find_authority,
    library_missing,
    open_web_session,
    unreachable,
)
from iml4e_xlsx.errors import MailError
from iml4e_xlsx.findings.error_codes import MailErrorCode
from iml4e_xlsx.text.spelling import printable_text

if TYPE_CHECKING:
    import msal

SCOPES: Final[Mapping[TokenUse, Sequence[str]]] = {
    "smtp": ("https://outlook.office.com/SMTP.Send",),
    "imap": ("https://outlook.office.com/IMAP.AccessAsUser.All",),
    "graph": (
        "https://graph.microsoft.com/Mail.Send",
        "https://graph.microsoft.com/Mail.ReadWrite",
    ),
}
"""What each service wants; a token is for those of one resource."""

_ABORTED: Final = ("authorization_declined", "access_denied", "expired_token", "code_expired")
_ENDED: Final = ("invalid_grant", "interaction_required")
_LONGEST_WORDS: Final = 300


def log_in(
    settings: TokenSettings, uses: Sequence[TokenUse], user: str, show: ShowPrompt
) -> TokenGrant:
    """
    Show a code, and wait until a person has entered it at Microsoft's.

    Raises:
        MailError: If the login is aborted, takes too long or is refused.
    """
    # A code is for one resource; a refresh token is for all that the person agreed to.
    resource = SCOPES[uses[0]][0].rpartition("/")[0]
    scopes = [scope for use in uses for scope in SCOPES[use] if scope.startswith(resource)]
    application = _open_application(settings)
    flow = _ask(settings, lambda: application.initiate_device_flow(scopes))
    if "user_code" not in flow:
        raise _refusal(user, flow)
    show(LoginPrompt(address=str(flow["verification_uri"]), code=str(flow["user_code"])))
    return _read_grant(user, _ask(settings, lambda: application.acquire_token_by_device_flow(flow)))


def refresh_grant(settings: TokenSettings, use: TokenUse, user: str, refresh: str) -> TokenGrant:
    """
    Return a fresh token for a service.

    Raises:
        MailError: If the login has ended.
    """
    application, scopes = _open_application(settings), list(SCOPES[use])
    return _read_grant(
        user,
        _ask(settings, lambda: application.acquire_token_by_refresh_token(refresh, scopes)),
    )


def _open_application(settings: TokenSettings) -> msal.PublicClientApplication:
    try:
        import msal
    except ImportError as error:
        raise library_missing("msal") from error
    authority = f"{find_authority(settings)}/{settings.tenant}"
    return _ask(
        settings,
        lambda: msal.PublicClientApplication(
            settings.client_id,
            authority=authority,
            instance_discovery=False if settings.authority else None,
            http_client=open_web_session(settings),
        ),
    )


def _ask(settings: TokenSettings, request: Any) -> Any:
    """Return an answer of Microsoft's; the library's errors may hold what was sent."""
    import requests

    try:
        return request()
    except requests.RequestException as error:
        raise unreachable(settings, error) from None
    except (ValueError, RuntimeError, KeyError):  # no such tenant, or no answer in JSON
        raise MailError(
            MailErrorCode.TENANT_UNKNOWN,
            address=find_authority(settings),
            tenant=settings.tenant,
        ) from None


def _read_grant(user: str, answer: Mapping[str, Any]) -> TokenGrant:
    if "access_token" not in answer:
        raise _refusal(user, answer)
    claims = answer.get("id_token_claims") or {}
    return TokenGrant(
        access=str(answer["access_token"]),
        seconds=float(answer.get("expires_in", 0)),
        refresh=str(answer.get("refresh_token", "")),
        account=str(claims.get("preferred_username", "")),
    )


def _refusal(user: str, answer: Mapping[str, Any]) -> MailError:
    """Make the error of an answer without a token; its first line says why."""
    error = str(answer.get("error", ""))
    words = str(answer.get("error_description", "")).strip().partition("\n")[0] or error
    code = MailErrorCode.PROVIDER_REFUSAL
    if error in _ABORTED:
        code = MailErrorCode.LOGIN_ABORTED
    elif error in _ENDED:
        code = MailErrorCode.LOGIN_ENDED
    reason = printable_text(words)[:_LONGEST_WORDS].rstrip(". ")
    return MailError(code, provider="Microsoft", user=user, reason=reason)
