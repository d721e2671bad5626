"""What came in before it is read: its content, once, its digest, and how it came."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePath

from iml4e_xlsx.campaign.record.returns import Delivery
from iml4e_xlsx.errors import WorkbookReadError
from iml4e_xlsx.intake.finder import MailFailure, Source
from iml4e_xlsx.intake.mails.mail import Attachment, Origin
from iml4e_xlsx.spreadsheets.guard import FileRefused
from iml4e_xlsx.text.spelling import quote_value


@dataclass(frozen=True, slots=True)
class ArrivedFile:
    """
    A source whose content is known.

    `data` is None where there is none to keep: too large, or damaged on its way; `digest` tells
    it from all others even then. `shown` is its name without the path of this machine.
    """

    source: Source
    data: bytes | None
    digest: str
    delivery: Delivery
    shown: str


def read_arrival(one: Source | MailFailure, *, limit: int, now: datetime) -> ArrivedFile:
    """
    Read a source's content once.

    Args:
        one: A source, or what came with a mail and cannot be read: as it is attached, if it is.
        limit: How many bytes of a content are kept.
        now: The time; nothing came later.
    """
    return _unread(one, limit, now) if isinstance(one, MailFailure) else _read(one, limit, now)


def _read(source: Source, limit: int, now: datetime) -> ArrivedFile:
    delivery = _delivery(source.origin, source.modified, source.sent, now)
    shown = PurePath(source.name).name  # a path of this machine means nothing elsewhere
    try:
        data = source.read()
    except Exception as error:  # noqa: BLE001 - whatever it raises, reading it will say
        unread = replace(source, read=_raising(error))
        return ArrivedFile(unread, None, _key(source.name, delivery, error), delivery, shown)
    whole = data if len(data) <= limit else None  # the end of it was not read
    digest = hashlib.sha256(data).hexdigest()
    return ArrivedFile(replace(source, read=lambda: data), whole, digest, delivery, shown)


def _unread(failure: MailFailure, limit: int, now: datetime) -> ArrivedFile:
    error = WorkbookReadError(failure)
    delivery = _delivery(failure.origin, None, failure.sent, now)
    source = Source(failure.source, _raising(error), failure.origin)
    data = _attached(failure.attachment, limit)
    if failure.attachment is None or data is None:
        shown = PurePath(failure.source).name
        return ArrivedFile(source, None, _key(failure.source, delivery, error), delivery, shown)
    digest = hashlib.sha256(data).hexdigest()
    shown = quote_value(failure.attachment.name) or PurePath(failure.source).name
    return ArrivedFile(source, data, digest, delivery, shown)


def _delivery(
    origin: Origin | None, modified: datetime | None, sent: datetime | None, now: datetime
) -> Delivery:
    """Return how a file came; in a mail within a mail it is as old as the inner one."""
    received = min((origin.received if origin else None) or modified or now, now)
    return Delivery(
        message_id=origin.message_id if origin else "",
        sender=origin.sender if origin else "",
        received=min(received, sent or received),
        modified=modified,
    )


def _key(name: str, delivery: Delivery, error: Exception) -> str:
    """Return what stands for the digest of a content that is not at hand."""
    code = str(error)
    if isinstance(error, FileRefused):
        code = error.code
    elif isinstance(error, WorkbookReadError):
        code = error.failure.code
    where = delivery.message_id or name
    key = f"{where}\n{PurePath(name).name}\n{code}"
    return hashlib.sha256(key.encode(errors="surrogateescape")).hexdigest()


def _attached(attachment: Attachment | None, limit: int) -> bytes | None:
    """Return what is attached to a mail; None where it is damaged or larger than the limit."""
    try:
        return attachment.read(limit) if attachment else None
    except Exception:  # noqa: BLE001 - it is damaged, in whatever way
        return None


def _raising(error: Exception) -> Callable[[], bytes]:
    def read() -> bytes:
        raise error

    return read
