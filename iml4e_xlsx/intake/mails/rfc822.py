"""Reads RFC 822 messages: attachments, however they are nested, encoded and named."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial
from html import unescape
from typing import Final

from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.intake.mails.bounces import STATUS_TYPES, read_reports
from iml4e_xlsx.intake.mails.header_fields import clean_name, decode_bytes, decode_text, parse_time
from iml4e_xlsx.intake.mails.mail import Attachment, AttachmentKind, DeliveryReport, Mail
from iml4e_xlsx.intake.mails.mime_parts import MESSAGE_TYPE, Part, message_part, part_at
from iml4e_xlsx.intake.mails.transfer import (
    HEAD,
    Encoding,
    UuencodedFile,
    decode_body,
    decode_head,
    find_uuencoded,
)
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.refusal import FileRefusal, RefusalReason

_DEEPEST: Final = 10
"""Multiparts lie in each other; programs nest five, and each costs a search."""

_TAG: Final = re.compile(r"<[^<>]{0,2000}>")
_MESSAGE_TYPES: Final = (MESSAGE_TYPE, "message/global")
_WINMAIL_TYPES: Final = ("application/ms-tnef", "application/vnd.ms-tnef")
_SEALED_TYPES: Final = ("application/pkcs7-mime", "application/x-pkcs7-mime", "multipart/encrypted")
_SIGNATURE_TYPES: Final = (
    *("application/pkcs7-signature", "application/x-pkcs7-signature"),
    *("application/pgp-signature", "application/pgp-keys"),
)
_PROGRAM_TYPES: Final = (
    *STATUS_TYPES,
    "application/applefile",
    "message/disposition-notification",
    "text/rfc822-headers",
)
"""Parts for programs. The Apple one has the file's name, but holds only how to show its icon."""


def read_message(data: bytes, limits: Limits | None = None) -> Mail:
    """
    Return what a message holds; nothing of it is decoded before it is asked for.

    Raises:
        FileRefusal: If it claims too much.
    """
    allowed = limits or Limits()
    if len(data) > allowed.message:
        raise FileRefusal(FailureCode.TOO_LARGE, RefusalReason.SIZE, limit=allowed.message)
    return _MessageWalk(allowed).read_part(message_part(data))


class _MessageWalk:
    """Goes through a message once, and gives up when it has too many parts."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.count = 0
        self.bounced = False
        self.reports: list[DeliveryReport] = []
        self.texts: list[Part] = []

    def read_part(self, top: Part) -> Mail:
        """Return the mail that a part is."""
        origin = top.headers.read_origin()
        self.bounced = (
            top.headers["return-path"] == "<>" or origin.sender.partition("@")[0] == "mailer-daemon"
        )
        attachments = tuple(self._find_attachments(top, 0))
        return Mail(
            origin=origin,
            attachments=attachments,
            reports=tuple(self.reports),
            read_text=partial(_join_texts, self.texts),
        )

    def _find_attachments(self, part: Part, depth: int) -> Iterator[Attachment]:
        self._count_part()
        if depth > _DEEPEST:
            raise FileRefusal(FailureCode.TOO_LARGE, RefusalReason.MULTIPARTS, limit=_DEEPEST)
        if part.type == "multipart/report":
            # What lies in a report is our own mail that comes back, with its blank workbook.
            self.reports.extend(read_reports(self._count_parts(part)))
        elif part.type.startswith("multipart/") and part.type not in _SEALED_TYPES:
            for inner in part.split_parts():
                yield from self._find_attachments(inner, depth + 1)
        elif not self._is_text(part):
            yield self._make_attachment(part)
        elif part.type.startswith("text/"):
            self.texts.append(part)
            for file in find_uuencoded(self._read_text(part)):
                self._count_part()
                yield _make_uuencoded(file)

    def _count_part(self) -> None:
        self.count += 1
        if self.count > self.limits.attachments:
            raise FileRefusal(
                FailureCode.TOO_LARGE, RefusalReason.ATTACHMENTS, limit=self.limits.attachments
            )

    def _count_parts(self, part: Part) -> Iterator[Part]:
        for inner in part.split_parts():
            self._count_part()
            yield inner

    def _read_text(self, part: Part) -> bytes:
        """Return a text that may have uuencoded files in it; none where it is damaged."""
        if part.encoding in (Encoding.PLAIN, Encoding.UU):
            return part.data[part.start : part.end]
        try:
            return part.read_content(self.limits.size)
        except FileRefusal:
            return b""

    def _is_text(self, part: Part) -> bool:
        if part.type in _PROGRAM_TYPES or (self.bounced and part.type in _MESSAGE_TYPES):
            return True
        is_attached = part.headers.bare_value("content-disposition") == "attachment"
        return (
            part.type.startswith("text/") and not is_attached and not part.headers.read_file_name()
        )

    def _make_attachment(self, part: Part) -> Attachment:
        name = part.headers.read_file_name()
        changed = part.headers.read_parameters("content-disposition").get("modification-date", "")
        return Attachment(
            name=name,
            kind=_attachment_kind(part, name.lower()),
            head=part.read_head,
            read=part.read_content,
            modified=parse_time(changed),
            opened=partial(_read_inner_mail, part, self.limits)
            if part.type in _MESSAGE_TYPES
            else None,
        )


def _join_texts(parts: Sequence[Part]) -> str:
    """Return the beginning of each text of a mail, HTML without its tags."""
    texts = []
    for part in parts:
        charset = part.headers.read_parameters("content-type").get("charset", "")
        text = decode_bytes(part.read_head(), charset)
        texts.append(unescape(_TAG.sub(" ", text)) if part.type == "text/html" else text)
    return "\n".join(texts)


def _make_uuencoded(file: UuencodedFile) -> Attachment:
    """Return a file that stands in a text, as mail programs sent them before there were parts."""

    def read_content(limit: int) -> bytes:
        content = decode_body(file.lines, Encoding.UU)
        if len(content) > limit:
            raise FileRefusal(FailureCode.TOO_LARGE, RefusalReason.SIZE, limit=limit)
        return content

    return Attachment(
        name=clean_name(decode_text(file.name)),
        kind=AttachmentKind.FILE,
        head=lambda: decode_head(file.lines[: 2 * HEAD], Encoding.UU),
        read=read_content,
    )


def _attachment_kind(part: Part, name: str) -> AttachmentKind:
    if part.type in _WINMAIL_TYPES or name == "winmail.dat":
        return AttachmentKind.WINMAIL
    if part.type in _SEALED_TYPES or name == "smime.p7m":
        return AttachmentKind.SEALED
    shown = part.headers["content-id"] or part.headers.bare_value("content-disposition") == "inline"
    if part.type in _SIGNATURE_TYPES or (part.type.startswith("image/") and shown):
        return AttachmentKind.INCIDENTAL
    return AttachmentKind.FILE


def _read_inner_mail(part: Part, limits: Limits) -> Mail:
    """Return the mail in a part, in place; encoded against the rules, it is decoded first."""
    if part.encoding is Encoding.PLAIN:
        return _MessageWalk(limits).read_part(part_at(part.data, part.start, part.end))
    return read_message(part.read_content(limits.message), limits)
