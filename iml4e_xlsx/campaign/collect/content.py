"""Takes the content of a source once, before it is read: its bytes, digest and delivery."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePath

from iml4e_xlsx.campaign.record.returned_file import Delivery
from iml4e_xlsx.errors import WorkbookReadError
from iml4e_xlsx.findings.failure import Failure
from iml4e_xlsx.findings.file_traits import content_digest
from iml4e_xlsx.intake.mails.mail import Attachment
from iml4e_xlsx.intake.source import Source, SourceFailure
from iml4e_xlsx.model import Assessment
from iml4e_xlsx.spreadsheets.refusal import FileRefusal
from iml4e_xlsx.text.spelling import quote_value


@dataclass(frozen=True, slots=True)
class ArrivedFile:
    """
    A source whose content was taken.

    Attributes:
        source: The source; its content is in memory now, or reading it raises what is wrong.
        data: The bytes to keep; None where there are none: too large, or damaged on their way.
        digest: The digest of the content; without content, of what tells the file from all others.
        delivery: How it came.
        shown_name: Its name without the path, which means nothing on another machine.
    """

    source: Source
    data: bytes | None
    digest: str
    delivery: Delivery
    shown_name: str


def take_content(source: Source | SourceFailure, *, limit: int, now: datetime) -> ArrivedFile:
    """
    Take the content of a source once.

    Args:
        source: A source, or what came with a mail and cannot be read; the original of that is
            the attachment that holds it.
        limit: How many bytes of a content are kept.
        now: The time; nothing came later.
    """
    if isinstance(source, SourceFailure):
        return _take_attachment(source, limit, now)
    delivery = _make_delivery(source, now)
    shown_name = PurePath(source.name).name
    try:
        data = source.read()
    except Exception as error:  # noqa: BLE001 - whatever it raises, reading it will say
        unreadable = replace(source, read=_raise_again(error))
        digest = _substitute_digest(source.name, delivery, error)
        return ArrivedFile(unreadable, None, digest, delivery, shown_name)
    whole = data if len(data) <= limit else None  # the end of a longer one was not read
    digest = content_digest(data)
    return ArrivedFile(replace(source, read=lambda: data), whole, digest, delivery, shown_name)


def _take_attachment(source: SourceFailure, limit: int, now: datetime) -> ArrivedFile:
    """Take the attachment that holds what cannot be read: a facilitator may open it by hand."""
    error = WorkbookReadError(source.failure)
    delivery = _make_delivery(source, now)
    unreadable = Source(source.name, _raise_again(error), source.origin)
    shown_name = PurePath(source.name).name
    data = _attached_bytes(source.attachment, limit)
    if source.attachment is None or data is None:
        digest = _substitute_digest(source.name, delivery, error)
        return ArrivedFile(unreadable, None, digest, delivery, shown_name)
    digest = content_digest(data)
    shown_name = quote_value(source.attachment.name) or shown_name
    return ArrivedFile(unreadable, data, digest, delivery, shown_name)


def _make_delivery(source: Source | SourceFailure, now: datetime) -> Delivery:
    """Return how a file came; in a mail within a mail it is as old as the inner mail."""
    origin = source.origin
    modified = source.modified if isinstance(source, Source) else None
    received = min((origin.received if origin else None) or modified or now, now)
    return Delivery(
        message_id=origin.message_id if origin else "",
        sender=origin.sender if origin else "",
        received=min(received, source.sent or received),
        modified=modified,
    )


def _substitute_digest(name: str, delivery: Delivery, error: Exception) -> str:
    """Return a digest in place of that of a content which is not at hand."""
    code = str(error)
    if isinstance(error, FileRefusal | WorkbookReadError):
        code = error.code
    parts = (delivery.message_id or name, PurePath(name).name, code)
    return hashlib.sha256("\n".join(parts).encode(errors="surrogateescape")).hexdigest()


def _attached_bytes(attachment: Attachment | None, limit: int) -> bytes | None:
    """Return the content of an attachment; None where it is damaged or larger than the limit."""
    try:
        return attachment.read(limit) if attachment else None
    except Exception:  # noqa: BLE001 - it is damaged, in whatever way
        return None


def _raise_again(error: Exception) -> Callable[[], bytes]:
    def read() -> bytes:
        raise error

    return read


def rename_source(
    outcome: Assessment | Failure, source_name: str, shown_name: str
) -> Assessment | Failure:
    """Return a response whose places are in a file of another name; a failure as it is."""
    if isinstance(outcome, Failure):
        return outcome  # the record keeps its code and values; the file's name stands beside them
    findings = tuple(
        replace(finding, place=finding.place._replace(source=shown_name))
        if finding.place.source == source_name
        else finding
        for finding in outcome.findings
    )
    return replace(
        outcome, findings=findings, response=replace(outcome.response, source=shown_name)
    )
