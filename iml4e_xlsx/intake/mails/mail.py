"""Defines a mail, in whatever format it was saved: its origin and its attachments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from iml4e_xlsx.findings.failure import FailureCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """
    The mail that a file came with; all as the mail says, which anybody can forge.

    Attributes:
        sender: The bare address it is from, in lower case; empty if there is none.
        message_id: With its angle brackets; empty if there is none.
        received: When it arrived, else when it was sent; in UTC.
        subject: Decoded, one line, not too long.
        answers: The Message-IDs of the mails that it answers, the nearest first.
        is_automatic: Whether a program sent it by itself (RFC 3834).
        is_returned: Whether a mail system sent it, as it does if a mail cannot be delivered.
    """

    sender: str = ""
    message_id: str = ""
    received: datetime | None = None
    subject: str = ""
    answers: tuple[str, ...] = ()
    is_automatic: bool = False
    is_returned: bool = False


class AttachmentKind(Enum):
    """Kinds of attachments, by the way in which they came to the mail."""

    FILE = "file"
    INCIDENTAL = "incidental"
    """A picture in the text or a signature: nobody attached it."""

    WINMAIL = FailureCode.WINMAIL.value
    """Outlook's own package of attachments (TNEF), which is not opened."""

    SEALED = FailureCode.ENCRYPTED_MAIL.value
    """Encrypted, or signed as a whole; not opened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """
    Something attached to a mail.

    Attributes:
        name: Its file name, without folders and control characters; empty if it has none.
        kind: What it is to the reader.
        head: Returns its first bytes; none where it is damaged.
        read: Returns its content; raises FileRefusal where it is damaged or larger than the limit
            given.
        modified: When the file was last changed, as the mail says; in UTC.
        opened: Returns the mail that it is, for a forwarded one; raises FileRefusal.
    """

    name: str
    kind: AttachmentKind
    head: Callable[[], bytes]
    read: Callable[[int], bytes]
    modified: datetime | None = None
    opened: Callable[[], Mail] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReport:
    """
    That a mail of ours did not reach somebody, or not yet.

    Attributes:
        recipient: The address that it was sent to, in lower case.
        action: `failed` or `delayed`.
        status: The code of RFC 3463, such as 5.1.1; empty if none is given.
        diagnostic: What the other side said, one line, not too long.
        original_id: The Message-ID of our mail; empty if the report does not tell.
        origin: The mail that reports it; None where that is not known.
    """

    recipient: str
    action: str
    status: str
    diagnostic: str
    original_id: str
    origin: Origin | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """
    A mail: where it came from, what is attached, and which mails of ours it says failed.

    `read_text` returns the beginning of what it says, to be searched and never kept.
    """

    origin: Origin
    attachments: tuple[Attachment, ...] = ()
    reports: tuple[DeliveryReport, ...] = ()
    read_text: Callable[[], str] = str
