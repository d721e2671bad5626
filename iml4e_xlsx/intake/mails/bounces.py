"""Bounces: to whom a mail of ours was not delivered, and why (RFC 3464)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from iml4e_xlsx.intake.mails.mail import DeliveryReport
from iml4e_xlsx.intake.mails.mail_headers import Headers, as_address, decoded_words, one_line
from iml4e_xlsx.intake.mails.mime_parts import Part, whole

STATUS_TYPES: Final = ("message/delivery-status", "message/global-delivery-status")
_ORIGINAL_TYPES: Final = (
    *("message/rfc822", "text/rfc822-headers", "message/rfc822-headers"),
    *("message/global", "message/global-headers"),
)
_REPORTED: Final = ("failed", "delayed")
_GROUPS: Final = re.compile(rb"\n[ \t\r]*\n")
_CODE: Final = re.compile(r"\d\.\d{1,3}\.\d{1,3}")
_LONGEST: Final = 300


def delivery_reports(parts: Iterable[Part]) -> Iterator[DeliveryReport]:
    """Yield what the parts of a multipart/report say, one for each recipient not reached."""
    groups: list[Headers] = []
    original = ""
    for part in parts:
        if part.type in STATUS_TYPES:
            groups.extend(Headers.of(group) for group in _GROUPS.split(part.head()))
        elif part.type in _ORIGINAL_TYPES and not original:
            original = whole(part.head() + b"\n\n").headers.origin().message_id
    for group in groups:
        recipient = _address(group["original-recipient"]) or _address(group["final-recipient"])
        action = group.value("action")
        if recipient and action in _REPORTED:
            status = _CODE.search(group["status"])
            said = group["diagnostic-code"]
            yield DeliveryReport(
                recipient=recipient,
                action=action,
                status=status[0] if status else "",
                diagnostic=one_line(decoded_words(said.partition(";")[2] or said), _LONGEST),
                original_id=original,
            )


def _address(field: str) -> str:
    return as_address(field.partition(";")[2] or field)
