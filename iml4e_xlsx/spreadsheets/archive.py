"""Opens zips of files and reads their members, bounded and never unpacked to the disk."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, BinaryIO, Final

from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.spreadsheets.guard import inflate_member
from iml4e_xlsx.spreadsheets.kinds import holds_files
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.package import damaged_archives
from iml4e_xlsx.spreadsheets.refusal import FileRefusal, RefusalReason

HIDDEN: Final = (".", "~$", "__MACOSX")
"""Starts of the names of files that programs add by themselves."""

_MIMETYPE_LENGTH: Final = 1 << 10
_NO_TIME: Final = (1980, 1, 1, 0, 0, 0)
"""The time that programs write which do not know when a member was changed."""


def open_archive(file: Path | BinaryIO) -> zipfile.ZipFile | None:
    """Open a zip that holds files; None for a zip that is a document, and for all other files."""
    archive: zipfile.ZipFile | None = None

    def read_start(name: str) -> bytes:
        assert archive is not None
        with archive.open(name) as member:
            return member.read(_MIMETYPE_LENGTH)

    try:
        archive = zipfile.ZipFile(file)
        if holds_files(archive.NameToInfo.keys(), read_start):
            return archive
    except Exception:  # noqa: BLE001, S110 - damaged, which reading it as a workbook will report
        pass
    if archive is not None:
        archive.close()
    return None


def list_members(archive: zipfile.ZipFile, limits: Limits) -> list[zipfile.ZipInfo]:
    """
    Return the files in a zip, without hidden ones.

    Raises:
        FileRefusal: If it claims too much.
    """
    members = archive.infolist()
    if len(members) > limits.members:
        raise FileRefusal(
            FailureCode.TOO_LARGE, RefusalReason.MEMBERS, found=len(members), limit=limits.members
        )
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
