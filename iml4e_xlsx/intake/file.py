"""Describes a file that may be a workbook, wherever it lies: on disk, in a zip, in a mail."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import BinaryIO, Final, Self

from iml4e_xlsx.intake.allowance import Allowance, MeteredStream
from iml4e_xlsx.intake.held_content import hold_content
from iml4e_xlsx.intake.mails.mail import Attachment, Origin
from iml4e_xlsx.intake.mails.mbox import ByteStream, is_mbox
from iml4e_xlsx.intake.mails.mime_parts import message_part
from iml4e_xlsx.reading.workbook_reader import read_file_bytes
from iml4e_xlsx.spreadsheets.archive import (
    FileArchive,
    is_document,
    member_time,
    open_member,
    open_zip,
    read_member,
    read_member_start,
    recognise_archive,
)
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.readable_formats import OLE, READABLE_SUFFIXES, REFUSED_SUFFIXES, ZIP
from iml4e_xlsx.spreadsheets.refusal import ContentKind, FileRefusal
from iml4e_xlsx.text.spelling import path_text

WORKBOOK_SUFFIXES: Final = (*READABLE_SUFFIXES, *REFUSED_SUFFIXES)
"""Suffixes that a filled-in workbook may return with, also of formats that are refused."""

MESSAGE_SUFFIXES: Final = (".eml", ".msg")
_MBOX_SUFFIX: Final = ".mbox"
FOUND_SUFFIXES: Final = (*WORKBOOK_SUFFIXES, *MESSAGE_SUFFIXES, _MBOX_SUFFIX, ".zip")
"""Suffixes of workbooks, and of what they come in."""

_TABLE_SUFFIXES: Final = (".csv", ".tsv", ".txt")
_ROW_OF_STATEMENT: Final = re.compile(rb'^"?[A-Z][A-Z0-9]{0,5}-\d{2,4}"?[;,\t]', re.MULTILINE)
_ZIP_SUFFIX: Final = ".zip"
_PROGRAM_SUFFIXES: Final = (
    *(".jar", ".war", ".whl", ".egg", ".apk", ".nupkg", ".vsix", ".xpi"),
    *(".npz", ".pt", ".pth", ".keras"),
)
"""Suffixes of programs and of models, which are zips that nobody collects answers in."""

_OTHER_SUFFIXES: Final = (".docx", ".pptx", ".odt", ".odp", ".doc", ".ppt", *_TABLE_SUFFIXES)
"""Suffixes of documents, which begin as workbooks do, and of what mail filters let through."""

_BOOK_STREAMS: Final = tuple(name.encode("utf-16-le") for name in ("Workbook\0", "Book\0"))
_OTHER_STREAMS: Final = tuple(
    name.encode("utf-16-le") for name in ("WordDocument\0", "PowerPoint Document\0")
)
"""How the directory of an OLE file names the stream that says what document it is."""

_HEAD: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class FileNesting:
    """
    The mail that a file lies in, and how many zips and mails deep.

    `origin` is that of the outermost mail; `sent` is the time of the innermost, where it lies in
    another one; `attachment` is the attachment of it that holds the file, or is it. `allowance` is
    what is left for all files within the same path.
    """

    origin: Origin | None = None
    zips: int = 0
    mails: int = 0
    sent: datetime | None = None
    attachment: Attachment | None = None
    allowance: Allowance = field(default_factory=lambda: Allowance("", 0, Limits()))

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
        zip_source: Returns what it is opened from as a zip; raises as `content` does.
        modified: When it was last changed, in UTC.
        within: The mail and the zips that it lies in.
        limits: What it may claim.
        inflates_to: How many bytes reading it inflates; none for what is packed in no zip.
        is_held: Whether what it lies in stays in memory as long as its content is not read.
    """

    name: str
    called: str
    head: Callable[[], bytes]
    content: Callable[[int], bytes]
    stream: Callable[[], AbstractContextManager[ByteStream]]
    zip_source: Callable[[], Path | BinaryIO]
    modified: datetime | None
    within: FileNesting
    limits: Limits
    inflates_to: int = 0
    is_held: bool = False

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
        """Tell whether it begins as a workbook or a zip does, or its name is that of one."""
        if self.name_suffix in (*WORKBOOK_SUFFIXES, _ZIP_SUFFIX):
            return True
        head = self.head()
        if head.startswith((ZIP, OLE)):
            return (
                self.name_suffix not in (*_OTHER_SUFFIXES, *_PROGRAM_SUFFIXES) or self._is_renamed()
            )
        if self.name_suffix in _TABLE_SUFFIXES:
            return _ROW_OF_STATEMENT.search(head.replace(b"\x00", b"")) is not None
        return False

    def _is_renamed(self) -> bool:
        """Tell whether it is a workbook or a zip of files under the name of something else."""
        try:
            if self.head().startswith(OLE):
                content = self._take_content(self.limits.size)
                has_book = any(name in content for name in _BOOK_STREAMS)
                return has_book and not any(name in content for name in _OTHER_STREAMS)
            archive = self._open_zip()
        except FileRefusal:
            if self.within.allowance.is_spent:
                raise
            return False
        if archive is None:
            return False
        kind = recognise_archive(archive)
        archive.close()
        return kind is None or (
            kind is ContentKind.ZIP and self.name_suffix not in _PROGRAM_SUFFIXES
        )

    def open_archive(self) -> FileArchive | None:
        """
        Open it as a zip that holds files; None for a document, and for all other files.

        Raises:
            FileRefusal: If it or its directory claims too much.
        """
        is_zip = self.head().startswith(ZIP) or self.name_suffix == _ZIP_SUFFIX
        archive = self._open_zip() if is_zip and not is_document(self.head()) else None
        if archive is None or recognise_archive(archive) is ContentKind.ZIP:
            return archive
        archive.close()
        return None

    def _open_zip(self) -> FileArchive | None:
        self.within.allowance.take_bytes(self.inflates_to)
        try:
            source = self.zip_source()
        except FileRefusal:  # reading it as a workbook will say it again
            return None
        archive = open_zip(source, self.limits)
        if archive is not None:
            self.within.allowance.take_members(len(archive.infolist()))
        return archive

    def _take_content(self, limit: int) -> bytes:
        self.within.allowance.take_bytes(min(self.inflates_to, limit))
        return self.content(limit)

    def take_head(self) -> bytes:
        """
        Return its first bytes, within what is left for all files of its path.

        Raises:
            FileRefusal: If nothing is left.
        """
        self.within.allowance.take_bytes(min(self.inflates_to, _HEAD))
        return self.head()

    def take_message(self) -> bytes:
        """
        Return its content, which is a mail.

        Raises:
            FileRefusal: If it is too large or damaged, or nothing is left for it.
            OSError: If it cannot be read.
        """
        return self._take_content(self.limits.message)

    @contextmanager
    def open_stream(self) -> Iterator[ByteStream]:
        """
        Open it for reading bit by bit.

        Raises:
            FileRefusal: If it is damaged, or nothing is left for it.
            OSError: If it cannot be read.
        """
        with self.stream() as stream:
            yield MeteredStream(stream, self.within.allowance) if self.inflates_to else stream

    def take_workbook(self) -> Callable[[], bytes]:
        """
        Return what reads its content, as that of a workbook.

        Raises:
            FileRefusal: If nothing is left for it.
        """
        allowance = self.within.allowance
        allowance.take_workbook()
        if self.inflates_to <= self.limits.size:  # a larger one is refused unread
            allowance.take_bytes(self.inflates_to)
        read = partial(self.content, self.limits.size)
        return hold_content(read) if self.is_held else read


def file_at(path: Path, limits: Limits) -> File:
    """Return the file at a path, which need not exist."""
    return File(
        name=path.name,
        called=path_text(path),
        head=cache(partial(_read_start, path)),
        content=lambda limit: read_file_bytes(path, replace(limits, size=limit)),
        stream=lambda: path.open("rb"),
        zip_source=lambda: path,
        modified=_modification_time(path),
        within=FileNesting(allowance=Allowance(path_text(path), _find_size(path), limits)),
        limits=limits,
    )


def file_in_zip(
    archive: FileArchive, member: zipfile.ZipInfo, called: str, within: FileNesting, limits: Limits
) -> File:
    """Return a member of a zip."""
    content = partial(read_member, archive, member)
    return File(
        name=member.filename,
        called=called,
        head=cache(partial(read_member_start, archive, member, _HEAD)),
        content=content,
        stream=partial(open_member, archive, member),
        zip_source=lambda: io.BytesIO(content(limits.size)),
        modified=member_time(member),
        within=within,
        limits=limits,
        inflates_to=member.file_size,
        is_held=not archive.is_on_disk,
    )


def file_in_mail(attachment: Attachment, called: str, within: FileNesting, limits: Limits) -> File:
    """Return the file that is attached to a mail."""
    return File(
        name=attachment.name,
        called=called,
        head=cache(attachment.head),
        content=attachment.read,
        stream=lambda: io.BytesIO(attachment.read(limits.message)),
        zip_source=lambda: io.BytesIO(attachment.read(limits.size)),
        modified=attachment.modified,
        within=within,
        limits=limits,
        is_held=True,
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


def _find_size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
