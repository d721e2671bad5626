"""Describes a file that may be a workbook, wherever it lies: on disk, in a zip, in a mail."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import Final, Self

from iml4e_xlsx.intake.mails.mail import Attachment, Origin
from iml4e_xlsx.intake.mails.mbox import ByteStream, is_mbox
from iml4e_xlsx.intake.mails.mime_parts import message_part
from iml4e_xlsx.reading.workbook_reader import read_file_bytes
from iml4e_xlsx.spreadsheets.archive import (
    member_time,
    open_archive,
    open_member,
    read_member,
    read_member_start,
)
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.readable_formats import OLE, READABLE_SUFFIXES, REFUSED_SUFFIXES, ZIP
from iml4e_xlsx.text.spelling import path_text

WORKBOOK_SUFFIXES: Final = (*READABLE_SUFFIXES, *REFUSED_SUFFIXES)
"""Suffixes that a filled-in workbook may return with, also of formats that are refused."""

MESSAGE_SUFFIXES: Final = (".eml", ".msg")
_MBOX_SUFFIX: Final = ".mbox"
_TABLE_SUFFIXES: Final = (".csv", ".tsv", ".txt")
_ROW_OF_STATEMENT: Final = re.compile(rb'^"?[A-Z][A-Z0-9]{0,5}-\d{2,4}"?[;,\t]', re.MULTILINE)
_OTHER_SUFFIXES: Final = (".docx", ".pptx", ".odt", ".odp", ".jar", ".doc", ".ppt")
_HEAD: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class FileNesting:
    """
    The mail that a file lies in, and how many zips and mails deep.

    `origin` is that of the outermost mail; `sent` is the time of the innermost, where it lies in
    another one; `attachment` is the attachment of it that holds the file, or is it.
    """

    origin: Origin | None = None
    zips: int = 0
    mails: int = 0
    sent: datetime | None = None
    attachment: Attachment | None = None

    def add_origin(self, head: bytes) -> Self:
        """Return the nesting of a mail with its origin, if it is the outermost mail."""
        if self.origin is not None or head.startswith(OLE):
            return self
        try:
            origin = message_part(head).headers.read_origin()
        except Exception:  # noqa: BLE001 - it may be what makes the mail illegible
            return self
        return replace(self, origin=origin) if origin.sender else self


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """
    A file, wherever it lies.

    Attributes:
        name: Its own name; the suffix counts.
        called: Its full name, with the way through zips and mails.
        head: Returns its first bytes; none where it is damaged.
        content: Returns its content; raises OSError, or FileRefusal where it is damaged or larger
            than the limit given.
        stream: Opens it for reading bit by bit; raises as `content` does.
        archive: Opens it as a zip of files; None if it is none.
        modified: When it was last changed, in UTC.
        within: The mail and the zips that it lies in.
    """

    name: str
    called: str
    head: Callable[[], bytes]
    content: Callable[[int], bytes]
    stream: Callable[[], AbstractContextManager[ByteStream]]
    archive: Callable[[], zipfile.ZipFile | None]
    modified: datetime | None
    within: FileNesting

    @property
    def name_suffix(self) -> str:
        """Return the end of its name, in lower case."""
        return Path(self.name).suffix.lower()

    def is_mail(self) -> bool:
        """Tell whether it holds mails: by its name, a mailbox without a suffix by its content."""
        if self.name_suffix in (*MESSAGE_SUFFIXES, _MBOX_SUFFIX):
            return not self.head().startswith(ZIP)
        return not self.name_suffix and is_mbox(self.head())

    def may_be_workbook(self) -> bool:
        """Tell whether its name is that of a workbook or a zip, or it begins as one does."""
        if self.name_suffix in WORKBOOK_SUFFIXES or self.name_suffix == ".zip":
            return True
        if self.name_suffix in _TABLE_SUFFIXES:
            return _ROW_OF_STATEMENT.search(self.head().replace(b"\x00", b"")) is not None
        return self.name_suffix not in _OTHER_SUFFIXES and self.head().startswith((ZIP, OLE))


def file_at(path: Path, limits: Limits) -> File:
    """Return the file at a path, which need not exist."""
    head = cache(partial(_read_start, path))
    return File(
        name=path.name,
        called=path_text(path),
        head=head,
        content=lambda limit: read_file_bytes(path, replace(limits, size=limit)),
        stream=lambda: path.open("rb"),
        archive=lambda: open_archive(path) if head().startswith(ZIP) else None,
        modified=_modification_time(path),
        within=FileNesting(),
    )


def file_in_zip(
    archive: zipfile.ZipFile,
    member: zipfile.ZipInfo,
    called: str,
    within: FileNesting,
    limits: Limits,
) -> File:
    """Return a member of a zip."""
    content = partial(read_member, archive, member)
    return File(
        name=member.filename,
        called=called,
        head=cache(partial(read_member_start, archive, member, _HEAD)),
        content=content,
        stream=partial(open_member, archive, member),
        archive=partial(_inner_archive, member.filename, content, limits),
        modified=member_time(member),
        within=within,
    )


def file_in_mail(attachment: Attachment, called: str, within: FileNesting, limits: Limits) -> File:
    """Return the file that is attached to a mail."""
    return File(
        name=attachment.name,
        called=called,
        head=cache(attachment.head),
        content=attachment.read,
        stream=lambda: io.BytesIO(attachment.read(limits.message)),
        archive=partial(_inner_archive, attachment.name, attachment.read, limits),
        modified=attachment.modified,
        within=within,
    )


def _read_start(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_HEAD)
    except OSError:
        return b""


def _modification_time(path: Path) -> datetime | None:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except (OSError, OverflowError, ValueError):
        return None


def _inner_archive(
    name: str, content: Callable[[int], bytes], limits: Limits
) -> zipfile.ZipFile | None:
    """Return the zip in a zip or a mail, if it is called one and is one."""
    if not name.lower().endswith(".zip"):
        return None
    return open_archive(io.BytesIO(content(limits.size)))
