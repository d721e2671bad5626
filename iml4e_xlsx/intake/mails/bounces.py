"""Reads bounces: which mail of ours reached whom not, and why (RFC 3464)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from iml4e_xlsx.intake.mails.header_fields import Headers, decode_words, parse_address, single_line
from iml4e_xlsx.intake.mails.mail import DeliveryReport
from iml4e_xlsx.intake.mails.mime_parts import Part, message_part

STATUS_TYPES: Final = ("message/delivery-status", "message/global-delivery-status")
_ORIGINAL_TYPES: Final = (
    *("message/rfc822", "text/rfc822-headers", "message/rfc822-headers"),
    *("message/global", "message/global-headers"),
)
_REPORTED: Final = ("failed", "delayed")
_GROUPS: Final = re.compile(rb"\n[ \t\r]*\n")
_CODE: Final = re.compile(r"\d\.\d{1,3}\.\d{1,3}")
_LONGEST: Final = 300


def read_reports(parts: Iterable[Part]) -> Iterator[DeliveryReport]:
    """Yield what the parts of a multipart/report say, one for each recipient not reached."""
    groups: list[Headers] = []
    original = ""
    for part in parts:
        if part.type in STATUS_TYPES:
            groups.extend(Headers.parse_block(group) for group in _GROUPS.split(part.read_head()))
        elif part.type in _ORIGINAL_TYPES and not original:
            original = message_part(part.read_head() + b"\n\n").headers.read_origin().message_id
    for group in groups:
        recipient = _parse_recipient(group["original-recipient"]) or _parse_recipient(
            group["final-recipient"]
        )
        action = group.bare_value("action")
        if recipient and action in _REPORTED:
            status = _CODE.search(group["status"])
            diagnostic = group["diagnostic-code"]
            yield DeliveryReport(
                recipient=recipient,
                action=action,
                status=status[0] if status else "",
                diagnostic=single_line(
                    decode_words(diagnostic.partition(";")[2] or diagnostic), _LONGEST
                ),
                original_id=original,
            )


def _parse_recipient(field: str) -> str:
    return parse_address(field.partition(";")[2] or field)
