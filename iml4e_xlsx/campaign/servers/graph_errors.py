"""Words what Microsoft Graph refuses for a reason that every other request would meet as well."""

from __future__ import annotations

from typing import Final

from iml4e_xlsx.campaign.servers.graph_client import GraphClient, GraphInterruption, GraphRefusal
from iml4e_xlsx.errors import MailError
from iml4e_xlsx.findings.error_codes import MailErrorCode

_CODES: Final = {
    "InvalidAuthenticationToken": MailErrorCode.GRAPH_ACCESS_REFUSED,
    "ErrorSendAsDenied": MailErrorCode.GRAPH_SENDER,
    "ErrorAccessDenied": MailErrorCode.GRAPH_DENIED,
    "AccessDenied": MailErrorCode.GRAPH_DENIED,
    "Authorization_RequestDenied": MailErrorCode.GRAPH_DENIED,
    "MailboxNotEnabledForRESTAPI": MailErrorCode.GRAPH_MAILBOX,
    "MailboxNotSupportedForRESTAPI": MailErrorCode.GRAPH_MAILBOX,
    "ErrorInvalidUser": MailErrorCode.GRAPH_MAILBOX,
    "ErrorNonExistentMailbox": MailErrorCode.GRAPH_MAILBOX,
    "Request_ResourceNotFound": MailErrorCode.GRAPH_MAILBOX,
    "ResourceNotFound": MailErrorCode.GRAPH_MAILBOX,
    "ErrorExceededMessageLimit": MailErrorCode.ACCOUNT_QUOTA,
    "ErrorMessageSubmissionBlocked": MailErrorCode.ACCOUNT_QUOTA,
    "ErrorQuotaExceeded": MailErrorCode.ACCOUNT_QUOTA,
}
_STATUSES: Final = {401: MailErrorCode.GRAPH_ACCESS_REFUSED, 403: MailErrorCode.GRAPH_DENIED}
"""What an answer means whose code is not known."""


def stopping_error(
    client: GraphClient, refusal: GraphRefusal, *, sender: str = ""
) -> MailError | None:
    """Return the error that ends all work; None where only this request was refused."""
    code = _CODES.get(refusal.code) or _STATUSES.get(refusal.status)
    if code is None:
        return None
    return MailError(
        code,
        server=client.settings,
        mailbox=client.settings.mailbox,
        user=client.tokens.user,
        sender=sender,
        reason=str(refusal).rstrip("."),
    )


def failing_error(
    client: GraphClient,
    failure: GraphRefusal | GraphInterruption,
    code: MailErrorCode,
    folder: str = "",
) -> MailError:
    """Return the error of a request that all depends on."""
    if isinstance(failure, GraphRefusal) and (error := stopping_error(client, failure)):
        return error
    server, reason = client.settings, str(failure).rstrip(".")
    return MailError(code, server=server, protocol="graph", folder=folder, reason=reason)
