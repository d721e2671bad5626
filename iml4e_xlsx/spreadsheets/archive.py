"""Opens zips of files and reads their members, bounded and never unpacked to the disk."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, BinaryIO, Final, cast

from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.spreadsheets.guard import inflate_member
from iml4e_xlsx.spreadsheets.kinds import recognise_zip
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.package import damaged_archives
from iml4e_xlsx.spreadsheets.readable_formats import ZIP, recognise_package
from iml4e_xlsx.spreadsheets.refusal import ContentKind, FileRefusal, RefusalReason

HIDDEN: Final = (".", "~$", "__MACOSX")
"""Starts of the names of files that programs add by themselves."""

_ENTRY: Final = b"PK\x01\x02"
_LONGEST_ENTRY: Final = 1 << 10
_LONGEST_END: Final = (1 << 16) + 1_024
"""How long the end of a zip is at most, with its comment; `zipfile` looks for it first."""

_LENGTH_AT, _NAME_AT = 26, 30
"""Where the header of a member says how long its name is, and where that stands."""

_DOCUMENT_STARTS: Final = frozenset(
    (
        *(b"[Content_Types].xml", b"mimetype", b"_rels/.rels", b"docProps/app.xml"),
        *(b"docProps/core.xml", b"xl/workbook.xml", b"xl/workbook.bin"),
        b"xl/_rels/workbook.xml.rels",
    )
)
"""The first parts of documents, as their programs write them; no zip of files has any of them."""

_START_LENGTH: Final = 1 << 16
_NO_TIME: Final = (1980, 1, 1, 0, 0, 0)
"""The time that programs write which do not know when a member was changed."""


class FileArchive(zipfile.ZipFile):
    """
    A zip whose directory was looked at before it was parsed: an entry of it costs a kilobyte.

    Attributes:
        is_on_disk: Whether it is read from the disk; the others lie in memory.
    """

    def __init__(self, file: Path | BinaryIO, most: int) -> None:
        """
        Open a zip.

        Args:
            file: A path, or what lies in memory.
            most: How many entries its directory may have.

        Raises:
            FileRefusal: If it has more.
            Exception: Whatever `zipfile` raises if it is damaged.
        """
        self._opened: BinaryIO | None = None
        self.is_on_disk = isinstance(file, Path)
        source = self._opened = file.open("rb") if isinstance(file, Path) else file
        super().__init__(cast(IO[bytes], _DirectoryMeter(source, most)))
        self.fp = source  # members are read without a detour

    def close(self) -> None:
        """Close it; its file on the disk as well, which `zipfile` leaves to whoever opened it."""
        super().close()
        if self.is_on_disk and self._opened is not None:
            self._opened.close()


class _DirectoryMeter:
    """A file from which `zipfile` reads its directory; refuses that if it has too many entries."""

    def __init__(self, file: BinaryIO, most: int) -> None:
        self._file = file
        self._most = most
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable

    def read(self, size: int = -1) -> bytes:
        room = self._most * _LONGEST_ENTRY + _LONGEST_END
        data = self._file.read(room + 1 if size < 0 else min(size, room + 1))
        if data.count(_ENTRY) > self._most or len(data) > room:
            raise FileRefusal(FailureCode.TOO_LARGE, RefusalReason.MEMBERS, limit=self._most)
        return data


def open_zip(file: Path | BinaryIO, limits: Limits) -> FileArchive | None:
    """
    Open a zip, whatever it holds; None if it is damaged, which reading it will report.

    Raises:
        FileRefusal: If its directory has too many entries.
    """
    try:
        return FileArchive(file, limits.members)
    except FileRefusal:
        raise
    except Exception:  # noqa: BLE001 - each kind of damage has errors of its own
        return None


def recognise_archive(archive: FileArchive) -> ContentKind | None:
    """Return what a zip holds that is no workbook; None for a workbook."""
    names = archive.NameToInfo.keys()

    def read_start(name: str) -> bytes:
        with archive.open(name) as member:
            return member.read(_START_LENGTH)

    try:
        is_workbook = recognise_package(names, read_start) is not None
    except Exception:  # noqa: BLE001 - a member of it is damaged
        return ContentKind.UNKNOWN
    return None if is_workbook else recognise_zip(names)


def is_document(start: bytes) -> bool:
    """Return whether a zip begins with a part that only a document has, so it holds no files."""
    length = int.from_bytes(start[_LENGTH_AT : _LENGTH_AT + 2], "little")
    return start.startswith(ZIP) and start[_NAME_AT : _NAME_AT + length] in _DOCUMENT_STARTS


def list_members(archive: zipfile.ZipFile, limits: Limits) -> list[zipfile.ZipInfo]:
    """
    Return the files in a zip, without hidden ones.

    Raises:
        FileRefusal: If it claims too much.
    """
    members = archive.infolist()
    if len(members) > limits.members:
        raise FileRefusal(FailureCode.TOO_LARGE, RefusalReason.MEMBERS, limit=limits.members)
    if sum(member.file_size for member in members) > limits.archive:
        raise FileRefusal(FailureCode.TOO_LARGE, RefusalReason.ARCHIVE, limit=limits.archive)
    return [member for member in members if not _is_hidden(member)]


def _is_hidden(member: zipfile.ZipInfo) -> bool:
    parts = member.filename.replace("\\", "/").split("/")
    is_folder = parts[-1] == "" and len(parts) > 1  # `ZipInfo.is_dir` fails where there is no name
    return is_folder or any(part.startswith(HIDDEN) and part not in (".", "..") for part in parts)


def read_member_start(archive: zipfile.ZipFile, member: zipfile.ZipInfo, length: int) -> bytes:
    """Return a member's first bytes; none where it is damaged, which reading it will report."""
    try:
        with archive.open(member) as part:
            return part.read(length)
    except Exception:  # noqa: BLE001 - each way of packing has errors of its own
        return b""


def read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, limit: int) -> bytes:
    """
    Return a member's content.

    Raises:
        FileRefusal: If it is damaged or larger than the limit.
    """
    if member.file_size > limit:
        raise FileRefusal(FailureCode.TOO_LARGE, RefusalReason.SIZE, limit=limit)
    with damaged_archives():
        return inflate_member(archive, member, limit)


@dataclass(frozen=True, slots=True)
class MemberStream:
    """A member that is read bit by bit."""

    part: IO[bytes]

    def read(self, size: int) -> bytes:
        """
        Return the next bytes; none at the end.

        Raises:
            FileRefusal: If it is damaged.
        """
        with damaged_archives():
            return self.part.read(size)


@contextmanager
def open_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[MemberStream]:
    """
    Open a member for reading bit by bit.

    Raises:
        FileRefusal: If it is damaged.
    """
    with damaged_archives():
        part = archive.open(member)
    with part:
        yield MemberStream(part)


def member_time(member: zipfile.ZipInfo) -> datetime | None:
    """Return when a member was changed; zips do not tell the zone, so it is taken to be UTC."""
    if member.date_time == _NO_TIME:
        return None
    try:
        return datetime(*member.date_time, tzinfo=UTC)
    except ValueError:
        return None
