"""
Delivers mails by Microsoft Graph, whole as they are composed (MIME).

Graph accepts a mail with its answer to `sendMail`, or to `send` of a draft. Until that request
nothing leaves; from it on, until the answer is there, nobody can know.
"""

from __future__ import annotations

import base64
import contextlib
import json
from collections.abc import Sequence
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import getaddresses
from types import TracebackType
from typing import Final, Self

from iml4e_xlsx.campaign.servers.graph_client import (
    BUSY,
    GraphClient,
    GraphInterruption,
    GraphRefusal,
)
from iml4e_xlsx.campaign.servers.graph_errors import stopping_error
from iml4e_xlsx.campaign.servers.transport import (
    MAIL_TOO_LARGE,
    AccountLimit,
    MailDeferral,
    MailRefusal,
    MailUncertainty,
)
from iml4e_xlsx.errors import MailError

_MOST_AT_ONCE: Final = 3_900_000
"""Bytes of a request; Graph takes four million, with its header."""

_MOST_ATTACHED: Final = 2_800_000
"""Bytes of an attachment that is added by one request; from three million on it is uploaded."""

_LARGEST_MAIL: Final = 150_000_000
"""Bytes of the largest mail and attachment that Exchange Online may be set to; most take less."""

_PART_OF_UPLOAD: Final = 10 * 320 * 1024
_MIME: Final = {"Content-Type": "text/plain"}
_JSON: Final = {"Content-Type": "application/json"}
_ACCEPTED: Final = 202
_TOO_MANY: Final = 429
_TOO_LARGE: Final = 413
_TOO_LARGE_CODE: Final = "ErrorMessageSizeExceeded"
_TRY_LATER: Final = (301, 302, 303, 307, 308, 408, 409, 412)
"""Answers of something in between, or to what will be different another time."""
_BROKEN: Final = "connection-broken"
"""A note of ours in the place of the service's words, as for SMTP."""

_POLICY: Final = SMTP.clone(cte_type="7bit")


class GraphTransport:
    """The way of mails through Microsoft Graph; a context manager."""

    largest_mail: int | None = _LARGEST_MAIL

    def __init__(self, client: GraphClient) -> None:
        """Set it up without asking for anything."""
        self._client = client
        self.refused_copies: dict[str, str] = {}

    @property
    def per_minute(self) -> int | None:
        """Return how many mails may leave in a minute."""
        return self._client.settings.per_minute

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
        /,
    ) -> None:
        """End the connections."""
        self._client.close()

    def connect(self) -> None:
        """
        Get a token.

        Raises:
            MailError: If there is no token.
        """
        self._client.connect()

    def deliver_mail(
        self,
        sender: str,
        recipient: str,
        data: bytes,
        copies: Sequence[str] = (),
    ) -> str:
        """
        Hand over one mail; return the words of the answer.

        Graph has no envelope: it goes by the header, which must name the recipient, and those who
        get copies.

        Raises:
            MailRefusal: If Graph will not take it.
            MailDeferral: If it did not take it this time.
            AccountLimit: If it takes no mail of this account for a time.
            MailUncertainty: If the answer was lost.
            MailError: If no mail can be sent at all.
        """
        mail = message_from_bytes(data, policy=_POLICY)
        _check_recipients(mail, recipient, copies)
        encoded = base64.b64encode(data)
        draft = "" if len(encoded) <= _MOST_AT_ONCE else self._prepare_draft(sender, mail)
        address = self._client.mailbox_address(f"messages/{draft}/send" if draft else "sendMail")
        try:
            if draft:
                answer = self._client.ask("POST", address)
            else:
                answer = self._client.ask("POST", address, content=encoded, headers=_MIME)
        except (GraphRefusal, GraphInterruption) as failure:
            outcome = self._outcome(sender, failure, len(data), is_last=True)
            if draft and not isinstance(outcome, MailUncertainty):
                self._delete_draft(draft)
            raise outcome from failure
        if answer.status != _ACCEPTED:  # something in between has answered, whatever it did
            note = f"{answer.status}"
            raise MailUncertainty(note)
        return f"{answer.status} Accepted"

    def _prepare_draft(self, sender: str, mail: EmailMessage) -> str:
        """Make a draft of a large mail, and add its attachments one by one; return its id."""
        attachments = list(mail.iter_attachments())
        body = mail.get_body()
        assert body is not None
        text = EmailMessage(policy=_POLICY)
        for name, value in mail.items():
            if not name.lower().startswith(("content-", "mime-")):
                text[name] = value
        text.set_content(body.get_content())
        draft = ""
        try:
            content = base64.b64encode(text.as_bytes())
            address = self._client.mailbox_address("messages")
            made = self._client.ask("POST", address, content=content, headers=_MIME)
            draft = str(made.json().get("id") or "")
            for attachment in attachments:
                self._attach(draft, attachment)
        except (GraphRefusal, GraphInterruption) as failure:
            self._delete_draft(draft)
            size = len(mail.as_bytes())
            raise self._outcome(sender, failure, size, is_last=False) from failure
        return draft

    def _attach(self, draft: str, attachment: EmailMessage) -> None:
        data = attachment.get_content()
        content = data if isinstance(data, bytes) else str(data).encode()
        name, kind = attachment.get_filename() or "", attachment.get_content_type()
        address = self._client.mailbox_address(f"messages/{draft}/attachments")
        if len(content) <= _MOST_ATTACHED:
            item = {
                "@odata.type": "#microsoft.graph.fileAttachment",
                "name": name,
                "contentType": kind,
                "contentBytes": base64.b64encode(content).decode(),
            }
            self._client.ask("POST", address, content=json.dumps(item).encode(), headers=_JSON)
            return
        about = {"attachmentType": "file", "name": name, "size": len(content), "contentType": kind}
        wanted = json.dumps({"AttachmentItem": about}).encode()
        session = self._client.ask(
            "POST", f"{address}/createUploadSession", content=wanted, headers=_JSON
        )
        target = str(session.json().get("uploadUrl") or "")
        for start in range(0, len(content), _PART_OF_UPLOAD):
            part = content[start : start + _PART_OF_UPLOAD]
            span = f"bytes {start}-{start + len(part) - 1}/{len(content)}"
            headers = {"Content-Type": "application/octet-stream", "Content-Range": span}
            # The same bytes at the same place do no harm, so they may be handed over twice.
            self._client.ask_patiently(
                "PUT", target, content=part, headers=headers, with_token=False
            )

    def _delete_draft(self, draft: str) -> None:
        """Take a draft away that will not be sent; where that fails, it stays among the drafts."""
        if draft:
            with contextlib.suppress(GraphRefusal, GraphInterruption, MailError):
                self._client.ask("DELETE", self._client.mailbox_address(f"messages/{draft}"))

    def _outcome(
        self, sender: str, failure: GraphRefusal | GraphInterruption, size: int, *, is_last: bool
    ) -> Exception:
        """
        Return what a failure means for a mail of so many bytes.

        `is_last` is said of the request that sends it.
        """
        if isinstance(failure, GraphInterruption):
            kind = MailUncertainty if is_last and failure.reached else MailDeferral
            return kind(f"{_BROKEN} {failure}")
        if failure.status in BUSY:  # 429 and 503 speak of the mailbox, or of the service
            return AccountLimit(
                str(failure),
                server=self._client.settings,
                protocol="graph",
                is_speed=failure.status == _TOO_MANY,
                wait=failure.wait,
            )
        if failure.status == _TOO_LARGE or failure.code == _TOO_LARGE_CODE:
            return MailRefusal(f"{MAIL_TOO_LARGE} {size} bytes: {failure}")
        if error := stopping_error(self._client, failure, sender=sender):
            return error
        if failure.status >= 500:  # noqa: PLR2004 - it failed in the middle of what it did
            return (MailUncertainty if is_last else MailDeferral)(str(failure))
        return (MailDeferral if failure.status in _TRY_LATER else MailRefusal)(str(failure))


def _check_recipients(mail: EmailMessage, recipient: str, copies: Sequence[str]) -> None:
    """Make sure that a mail goes to whom it is meant for, and to nobody else."""
    named = [
        [address for _, address in getaddresses([str(value) for value in mail.get_all(name, [])])]
        for name in ("To", "Cc", "Bcc")
    ]
    if recipient not in named[0] or {*named[1], *named[2]} != {*copies}:
        raise ValueError(recipient)
