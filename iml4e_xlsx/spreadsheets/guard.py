"""
What a file may be, before anything parses it.

The parsers allocate what a file claims and can be aborted by 30 kilobytes, so size, parts,
inflated size, ratio and the furthest cell are checked first, with bounded reads only.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.spreadsheets.kinds import OLE, ZIP, recognise_bytes, recognise_zip
from iml4e_xlsx.spreadsheets.limits import Limits

_ENCRYPTED_STREAM: Final = "EncryptedPackage".encode("utf-16-le")
_FAR_CELL: Final = re.compile(rb'r="(?:[A-Z]{2,}\d|[A-Z]?\d{5,})')
_CELL: Final = re.compile(rb'\br="([A-Z]*)(\d+)"')
_BROKEN_INDEX: Final = re.compile(
    rb"""t=["']s["'](?!><v>\d{1,9}<)[^>]*>\s*<(?:\w{1,20}:)?v(?:\s[^>]*)?>(?!\d{1,9}<)(?!</)"""
)
"""A cell that refers to the table of texts by what is no number; calamine takes the first text."""

_COUNT: Final = re.compile(rb'(?:uniqueCount|count)="(\d+)"')
_ENCODING: Final = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
_PLAIN_ENCODINGS: Final = (b"utf-8", b"utf8", b"us-ascii", b"ascii")
_WIDE_MARKS: Final = (b"\xff\xfe", b"\xfe\xff", b"\x00<", b"<\x00")
_MANIFEST: Final = "META-INF/manifest.xml"
_RATIO_FROM: Final = 1 << 20
"""Parts that inflate to less than this may be as repetitive as they like."""

_NEVER_READ: Final = (
    "xl/charts/",
    "xl/drawings/",
    "xl/media/",
    "xl/theme/",
    "xl/worksheets/_rels/",
    "xl/calcChain",
    "docProps/app",
    "Object ",
    "settings.xml",
    "styles.xml",
)
"""Parts that no reader opens; they stay as they are in the archive."""


class FileRefused(Exception):  # noqa: N818 - it is the verdict, not a fault
    """
    Why a file is not parsed.

    `code` is a failure's code; `reason` the key of a text under `reason.`, filled from `values`;
    `kind` the key of a text under `kind.`, where the file is something else than a workbook.
    """

    def __init__(
        self, code: FailureCode, reason: str = "", *, kind: str = "", **values: object
    ) -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason
        self.kind = kind
        self.values = values


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """What a file is (xlsx, xlsb, ods, xls), the names in it, and the parts that are read."""

    kind: str
    names: frozenset[str] = frozenset()
    parts: dict[str, bytes] = field(default_factory=dict)


def check_file(data: bytes, limits: Limits) -> CheckedFile:
    """
    Return what the content is.

    Raises:
        FileRefused: If it is no workbook, is encrypted or damaged, or claims too much.
    """
    if not data:
        raise FileRefused(FailureCode.EMPTY_FILE)
    if len(data) > limits.size:
        raise FileRefused(FailureCode.TOO_LARGE, "size", limit=limits.size)
    if data.startswith(ZIP):
        return _check_zip(data, limits)
    if data.startswith(OLE):
        if _ENCRYPTED_STREAM in data:
            raise FileRefused(FailureCode.ENCRYPTED)
        return CheckedFile("xls")
    raise FileRefused(FailureCode.NOT_A_WORKBOOK, kind=recognise_bytes(data))


def _check_zip(data: bytes, limits: Limits) -> CheckedFile:
    with damaged_archives(), zipfile.ZipFile(io.BytesIO(data)) as archive:
        return _check_members(archive, limits)


@contextmanager
def damaged_archives() -> Iterator[None]:
    """
    Take whatever `zipfile` raises for what it is: a zip that is damaged or packed in a strange way.

    Raises:
        FileRefused: If anything is raised within, but for what says nothing against the zip.
    """
    try:
        yield
    except (FileRefused, MemoryError):
        raise
    except Exception as error:
        raise FileRefused(
            FailureCode.BROKEN_WORKBOOK, "archive-damaged", detail=str(error)
        ) from error


def _check_members(archive: zipfile.ZipFile, limits: Limits) -> CheckedFile:
    members = archive.infolist()
    if len(members) > limits.parts:
        raise FileRefused(FailureCode.TOO_LARGE, "parts", found=len(members), limit=limits.parts)
    names = frozenset(member.filename for member in members)
    if len(names) < len(members):
        raise FileRefused(FailureCode.BROKEN_WORKBOOK, "part-twice")
    if any(member.flag_bits & 1 for member in members):
        raise FileRefused(FailureCode.ENCRYPTED)
    kind = recognise_zip(names, lambda name: _start_of(archive, name))
    if kind not in ("xlsx", "xlsb", "ods"):
        raise FileRefused(FailureCode.NOT_A_WORKBOOK, kind=kind)
    sheets = sum(name.startswith("xl/worksheets/sheet") for name in names)
    if sheets > limits.sheets:
        raise FileRefused(FailureCode.TOO_LARGE, "sheets", found=sheets, limit=limits.sheets)
    return CheckedFile(kind, names, _parts(archive, members, limits))


def _start_of(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as part:
        return part.read(1 << 16)


def _parts(
    archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], limits: Limits
) -> dict[str, bytes]:
    wanted = [member for member in members if _is_read(member.filename)]
    if sum(member.file_size for member in wanted) > limits.inflated:
        raise FileRefused(FailureCode.TOO_LARGE, "inflated", limit=limits.inflated)
    room = limits.inflated
    parts: dict[str, bytes] = {}
    for member in wanted:
        _check_ratio(member, limits)
        content = inflate_member(archive, member, room)
        room -= len(content)
        _check_content(member.filename, content, limits)
        parts[member.filename] = content
    if _MANIFEST in parts and b"encryption-data" in parts[_MANIFEST]:
        raise FileRefused(FailureCode.ENCRYPTED)
    return parts


def _is_read(name: str) -> bool:
    return name.endswith((".xml", ".rels", ".bin")) and not name.startswith(_NEVER_READ)


def _check_ratio(member: zipfile.ZipInfo, limits: Limits) -> None:
    packed = max(member.compress_size, 1)
    if member.file_size > _RATIO_FROM and member.file_size / packed > limits.ratio:
        raise FileRefused(FailureCode.TOO_LARGE, "ratio", part=member.filename, limit=limits.ratio)


def inflate_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, limit: int) -> bytes:
    """
    Return a member's content, never inflating more than the limit, whatever its header says.

    Raises:
        FileRefused: If it is longer than the limit, or than it says.
    """
    if member.file_size > limit:
        raise FileRefused(FailureCode.TOO_LARGE, "inflated", limit=limit)
    with archive.open(member) as part:
        content = part.read(member.file_size + 1)
    if len(content) > member.file_size:
        raise FileRefused(FailureCode.BROKEN_WORKBOOK, "longer-than-said")
    return content


def _check_content(name: str, content: bytes, limits: Limits) -> None:
    if name.endswith(".bin"):
        return
    _check_markup(content)
    if name.startswith("xl/worksheets/"):
        if _FAR_CELL.search(content) and _claimed_cells(content) > limits.cells:
            raise FileRefused(FailureCode.TOO_LARGE, "cells", limit=limits.cells)
        if _BROKEN_INDEX.search(content):
            raise FileRefused(FailureCode.BROKEN_WORKBOOK, "text-index")
    elif name == "xl/sharedStrings.xml" and any(
        int(n) > limits.strings for n in _COUNT.findall(content, 0, 4096)
    ):
        raise FileRefused(FailureCode.TOO_LARGE, "strings", limit=limits.strings)


def _check_markup(content: bytes) -> None:
    """Refuse declarations of entities, and encodings in which they could hide from this."""
    if content.startswith(_WIDE_MARKS) or content[3:5].startswith(_WIDE_MARKS):
        raise FileRefused(FailureCode.BROKEN_WORKBOOK, "encoding")
    declared = _ENCODING.search(content, 0, 300)
    if declared is not None and declared[1].lower() not in _PLAIN_ENCODINGS:
        raise FileRefused(FailureCode.BROKEN_WORKBOOK, "encoding")
    if b"<!DOCTYPE" in content:  # nothing else can declare any
        raise FileRefused(FailureCode.BROKEN_WORKBOOK, "entities")


def _claimed_cells(content: bytes) -> int:
    """Return the size of the rectangle that reaches from A1 to the furthest row and column."""
    rows, columns = 1, 1
    for letters, digits in _CELL.findall(content):
        rows = max(rows, int(digits[:12]))
        if letters:
            columns = max(columns, _column_number(letters[:8]))
    return rows * columns


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number
