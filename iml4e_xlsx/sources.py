"""
Where returned workbooks come from: files, folders, and zips with folders and zips in them.

Nothing is ever unpacked to the disk: what lies in a zip is read into memory, bounded, when its
turn comes, so a member's name is only ever shown.
"""

from __future__ import annotations

import contextlib
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from iml4e_xlsx.errors import WorkbookReadError
from iml4e_xlsx.findings import quoted
from iml4e_xlsx.model import Failure
from iml4e_xlsx.reading.guard import ZIP_ERRORS, Refused, bounded
from iml4e_xlsx.reading.kinds import ARCHIVE, OLE, ZIP, kind_of_zip
from iml4e_xlsx.reading.limits import Limits
from iml4e_xlsx.reading.reader import read_bounded
from iml4e_xlsx.reading.refusals import failure, failure_of
from iml4e_xlsx.scheme import load_texts
from iml4e_xlsx.texts import Texts

WORKBOOK_SUFFIXES: Final = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".fods", ".numbers")
"""Names under which a filled-in workbook may return, also in a form that is only refused."""

_TABLE_SUFFIXES: Final = (".csv", ".tsv", ".txt")
_ROW_OF_STATEMENT: Final = re.compile(rb'^"?[A-Z][A-Z0-9]{0,5}-\d{2,4}"?[;,\t]', re.MULTILINE)
_TABLE_HEAD: Final = 1 << 16
_OTHER_SUFFIXES: Final = (
    *(".docx", ".pptx", ".odt", ".odp", ".jar", ".doc", ".ppt"),
    *(".msg", ".eml", ".mbox"),
)
_HIDDEN: Final = (".", "~$", "__MACOSX")
_MIMETYPE_LENGTH: Final = 1 << 10


@dataclass(frozen=True, slots=True)
class Source:
    """One file that may be a workbook: what it is called, and how to get its content."""

    name: str
    read: Callable[[], bytes]


class Finder:
    """
    Finds workbooks at paths, lazily and in order.

    A file that is named itself is taken whatever it is. In a folder or a zip, files count that
    are called workbooks or begin as one does; lock files and hidden files are left alone, and
    all others are told to `passed_over` by their names.
    """

    def __init__(
        self,
        *,
        limits: Limits | None = None,
        texts: Texts | None = None,
        passed_over: Callable[[str], None] | None = None,
    ) -> None:
        self.limits = limits or Limits()
        self.texts = texts or load_texts()
        self.passed_over = passed_over or (lambda _: None)
        self._seen: set[Path] = set()

    def find(self, paths: Iterable[str | Path]) -> Iterator[Source | Failure]:
        """Yield a source for each workbook, and a failure for what holds none."""
        for given in paths:
            path = Path(given)
            if path.is_dir():
                yield from self._in_folder(path)
            else:
                yield from self._file(path, named=True)

    def _in_folder(self, folder: Path) -> Iterator[Source | Failure]:
        found = False
        for path in sorted(folder.rglob("*")):
            parts = path.relative_to(folder).parts
            if any(part.startswith(_HIDDEN) for part in parts) or not path.is_file():
                continue
            for one in self._file(path, named=False):
                found = True
                yield one
        if not found:
            yield _as_failure(failure(self.texts, "no-workbooks", str(folder)))

    def _file(self, path: Path, *, named: bool) -> Iterator[Source | Failure]:
        if not named and not _may_be_workbook(path.name, lambda: _start_of(path)):
            self.passed_over(str(path))
            return
        resolved = path.resolve()
        if resolved in self._seen:
            return
        self._seen.add(resolved)
        archive = _opened(path) if _start_of(path).startswith(ZIP) else None
        if archive is not None:
            yield from self._in_archive(archive, str(path), depth=1)
            return
        yield Source(str(path), lambda: read_bounded(path, self.limits))

    def _in_archive(
        self, archive: zipfile.ZipFile, name: str, depth: int
    ) -> Iterator[Source | Failure]:
        """Yield what lies in a zip; it stays open as long as a source of it is unread."""
        try:
            members = self._members(archive, depth)
        except Refused as refused:
            yield _as_failure(failure_of(refused, name, self.texts))
            return
        found = False
        for member in members:
            called = f"{name}/{quoted(member.filename)}"
            for one in self._member(archive, member, called, depth):
                found = True
                yield one
        if not found:
            yield _as_failure(failure(self.texts, "no-workbooks", name))

    def _members(self, archive: zipfile.ZipFile, depth: int) -> list[zipfile.ZipInfo]:
        members = archive.infolist()
        limits = self.limits
        if depth > limits.zips:
            raise Refused("too-large", "zips", limit=limits.zips)
        if len(members) > limits.members:
            raise Refused("too-large", "members", found=len(members), limit=limits.members)
        if sum(member.file_size for member in members) > limits.archive:
            raise Refused("too-large", "archive", limit=limits.archive)
        return [member for member in members if not _is_hidden(member)]

    def _member(
        self, archive: zipfile.ZipFile, member: zipfile.ZipInfo, called: str, depth: int
    ) -> Iterator[Source | Failure]:
        def read() -> bytes:
            return _content(archive, member, self.limits)

        if member.flag_bits & 1:
            yield _as_failure(failure(self.texts, "encrypted", called))
            return
        if not _may_be_workbook(member.filename, lambda: _member_start(archive, member)):
            self.passed_over(called)
        elif member.filename.lower().endswith(".zip"):
            yield from self._inner_archive(read, called, depth)
        else:
            yield Source(called, read)

    def _inner_archive(
        self, read: Callable[[], bytes], called: str, depth: int
    ) -> Iterator[Source | Failure]:
        try:
            inner = _opened(io.BytesIO(read()))
        except Refused as refused:
            yield _as_failure(failure_of(refused, called, self.texts))
            return
        if inner is not None:
            yield from self._in_archive(inner, called, depth + 1)
        else:
            yield Source(called, read)


def _as_failure(error: WorkbookReadError) -> Failure:
    return Failure(source=error.source, code=error.code, message=str(error))


def _may_be_workbook(name: str, start_of: Callable[[], bytes]) -> bool:
    suffix = Path(name).suffix.lower()
    if suffix in WORKBOOK_SUFFIXES or suffix == ".zip":
        return True
    if suffix in _TABLE_SUFFIXES:
        return _ROW_OF_STATEMENT.search(start_of().replace(b"\x00", b"")) is not None
    return suffix not in _OTHER_SUFFIXES and start_of().startswith((ZIP, OLE))


def _start_of(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_TABLE_HEAD)
    except OSError:
        return b""


def _opened(file: Path | BinaryIO) -> zipfile.ZipFile | None:
    """Return a zip that is no document of its own but holds files; None for all others."""
    archive: zipfile.ZipFile | None = None

    def start_of(name: str) -> bytes:
        assert archive is not None
        with archive.open(name) as member:
            return member.read(_MIMETYPE_LENGTH)

    with contextlib.suppress(*ZIP_ERRORS):
        archive = zipfile.ZipFile(file)
        if kind_of_zip(archive.NameToInfo.keys(), start_of) == ARCHIVE:
            return archive
    if archive is not None:
        archive.close()
    return None


def _is_hidden(member: zipfile.ZipInfo) -> bool:
    parts = member.filename.replace("\\", "/").split("/")
    return member.is_dir() or any(
        part.startswith(_HIDDEN) and part not in (".", "..") for part in parts
    )


def _member_start(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """Return a member's first bytes; none where it is damaged, which reading it will report."""
    try:
        with archive.open(member) as opened:
            return opened.read(_TABLE_HEAD)
    except ZIP_ERRORS:
        return b""


def _content(archive: zipfile.ZipFile, member: zipfile.ZipInfo, limits: Limits) -> bytes:
    if member.file_size > limits.size:
        raise Refused("too-large", "size", limit=limits.size)
    try:
        return bounded(archive, member, limits.size)
    except ZIP_ERRORS as error:
        raise Refused("broken-workbook", "archive-damaged", detail=str(error)) from error
