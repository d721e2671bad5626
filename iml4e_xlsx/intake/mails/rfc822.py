"""RFC 822 messages: what is attached, however it is nested, encoded and named."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.intake.mails.bounces import STATUS_TYPES, delivery_reports
from iml4e_xlsx.intake.mails.mail import Attachment, DeliveryReport, Kind, Mail
from iml4e_xlsx.intake.mails.mail_headers import as_time
from iml4e_xlsx.intake.mails.mime_parts import Part, part_at, whole
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.refusal import FileRefused, RefusalReason

_DEEPEST: Final = 10
"""Multiparts lie in each other; programs nest five, and each costs a search."""

_MESSAGE_TYPES: Final = ("message/rfc822", "message/global")
_WINMAIL_TYPES: Final = ("application/ms-tnef", "application/vnd.ms-tnef")
_SEALED_TYPES: Final = ("application/pkcs7-mime", "application/x-pkcs7-mime", "multipart/encrypted")
_SIGNATURE_TYPES: Final = (
    *("application/pkcs7-signature", "application/x-pkcs7-signature"),
    *("application/pgp-signature", "application/pgp-keys"),
)
_NEVER_TYPES: Final = (
    *STATUS_TYPES,
    "application/applefile",
    "message/disposition-notification",
    "text/rfc822-headers",
)
"""Parts for programs. The Apple one has the file's name, but holds only how to show its icon."""

_PLAIN: Final = ("", "7bit", "8bit", "binary")


def read_message(data: bytes, limits: Limits | None = None) -> Mail:
    """
    Return what a message holds; nothing of it is decoded before it is asked for.

    Raises:
        FileRefused: If it claims too much.
    """
    allowed = limits or Limits()
    if len(data) > allowed.message:
        raise FileRefused(FailureCode.TOO_LARGE, RefusalReason.SIZE, limit=allowed.message)
    return _Walk(allowed).mail(whole(data))


class _Walk:
    """Goes through a message once, and gives up when it has too many parts."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.count = 0
        self.bounced = False
        self.reports: list[DeliveryReport] = []

    def mail(self, top: Part) -> Mail:
        """Return the mail that a part is."""
        origin = top.headers.origin()
        self.bounced = (
            top.headers["return-path"] == "<>" or origin.sender.partition("@")[0] == "mailer-daemon"
        )
        attachments = tuple(self._attachments(top, 0))
        return Mail(origin=origin, attachments=attachments, reports=tuple(self.reports))

    def _attachments(self, part: Part, depth: int) -> Iterator[Attachment]:
        self.count += 1
        if self.count > self.limits.attachments:
            raise FileRefused(
                FailureCode.TOO_LARGE, RefusalReason.ATTACHMENTS, limit=self.limits.attachments
            )
        if depth > _DEEPEST:
            raise FileRefused(FailureCode.TOO_LARGE, RefusalReason.MULTIPARTS, limit=_DEEPEST)
        if part.type == "multipart/report":
            # What lies in a report is our own mail that comes back, with its blank workbook.
            self.reports.extend(delivery_reports(self._counted(part)))
        elif part.type.startswith("multipart/") and part.type not in _SEALED_TYPES:
            for inner in part.parts():
                yield from self._attachments(inner, depth + 1)
        elif not self._is_passed(part):
            yield self._attachment(part)

    def _counted(self, part: Part) -> Iterator[Part]:
        for inner in part.parts():
            self.count += 1
            if self.count > self.limits.attachments:
                raise FileRefused(
                    FailureCode.TOO_LARGE, RefusalReason.ATTACHMENTS, limit=self.limits.attachments
                )
            yield inner

    def _is_passed(self, part: Part) -> bool:
        if part.type in _NEVER_TYPES or (self.bounced and part.type in _MESSAGE_TYPES):
            return True
        is_attached = part.headers.value("content-disposition") == "attachment"
        return part.type.startswith("text/") and not is_attached and not part.headers.file_name()

    def _attachment(self, part: Part) -> Attachment:
        name = part.headers.file_name()
        changed = part.headers.parameters("content-disposition").get("modification-date", "")
        return Attachment(
            name=name,
            kind=_kind(part, name.lower()),
            head=part.head,
            read=part.content,
            modified=as_time(changed),
            opened=partial(_inner, part, self.limits) if part.type in _MESSAGE_TYPES else None,
        )


def _kind(part: Part, name: str) -> Kind:
    if part.type in _WINMAIL_TYPES or name == "winmail.dat":
        return Kind.WINMAIL
    if part.type in _SEALED_TYPES or name == "smime.p7m":
        return Kind.SEALED
    shown = part.headers["content-id"] or part.headers.value("content-disposition") == "inline"
    if part.type in _SIGNATURE_TYPES or (part.type.startswith("image/") and shown):
        return Kind.INCIDENTAL
    return Kind.FILE


def _inner(part: Part, limits: Limits) -> Mail:
    """Return the mail in a part, in place; encoded against the rules, it is decoded first."""
    if part.encoding in _PLAIN:
        return _Walk(limits).mail(part_at(part.data, part.start, part.end))
    return read_message(part.content(limits.message), limits)
