"""
Checks what a file is and claims, before anything parses it.

The parsers allocate what a file claims and can be aborted by 30 kilobytes, so size, parts,
inflated size, ratio and the furthest cell are checked first, with bounded reads only.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.spreadsheets.kinds import recognise_bytes, recognise_zip
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.readable_formats import (
    OLE,
    ZIP,
    CheckedFile,
    recognise_package,
    recognise_start,
)
from iml4e_xlsx.spreadsheets.refusal import FileRefusal, RefusalReason

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


def check_file(data: bytes, limits: Limits) -> CheckedFile:
    """
    Return the file with its format and the parts to read, once nothing speaks against it.

    Raises:
        FileRefusal: If it is no workbook, is encrypted or damaged, or claims too much.
    """
    # Zero bytes are a failed upload, which deserves better advice than "not a workbook".
    if not data:
        raise FileRefusal(FailureCode.EMPTY_FILE)
    # Before anything looks inside: only so much of the file was read, so the rest is missing.
    if len(data) > limits.size:
        raise FileRefusal(FailureCode.TOO_LARGE, RefusalReason.SIZE, limit=limits.size)
    if data.startswith(ZIP):
        return _check_zip(data, limits)
    file_format = recognise_start(data)
    if file_format is None:
        raise FileRefusal(FailureCode.NOT_A_WORKBOOK, kind=recognise_bytes(data))
    # Excel wraps a workbook with a password, .xlsx too, into an OLE file with this stream.
    if data.startswith(OLE) and _ENCRYPTED_STREAM in data:
        raise FileRefusal(FailureCode.ENCRYPTED)
    return CheckedFile(file_format=file_format, data=data)


def _check_zip(data: bytes, limits: Limits) -> CheckedFile:
    with damaged_archives(), zipfile.ZipFile(io.BytesIO(data)) as archive:
        return _check_members(archive, data, limits)


@contextmanager
def damaged_archives() -> Iterator[None]:
    """
    Turn whatever `zipfile` raises into the verdict that the zip is damaged.

    Raises:
        FileRefusal: If anything is raised within, but for what says nothing against the zip.
    """
    try:
        yield
    except (FileRefusal, MemoryError):
        raise
    except Exception as error:
        raise FileRefusal(
            FailureCode.BROKEN_WORKBOOK, RefusalReason.ARCHIVE_DAMAGED, detail=str(error)
        ) from error


def _check_members(archive: zipfile.ZipFile, data: bytes, limits: Limits) -> CheckedFile:
    members = archive.infolist()
    if len(members) > limits.parts:
        count = len(members)
        raise FileRefusal(
            FailureCode.TOO_LARGE, RefusalReason.PARTS, found=count, limit=limits.parts
        )
    names = frozenset(member.filename for member in members)
    # Of two parts with one name, we would check one and a parser might read the other.
    if len(names) < len(members):
        raise FileRefusal(FailureCode.BROKEN_WORKBOOK, RefusalReason.PART_TWICE)
    # Bit 0 marks a member with a password.
    if any(member.flag_bits & 1 for member in members):
        raise FileRefusal(FailureCode.ENCRYPTED)
    file_format = recognise_package(names, lambda name: _read_start(archive, name))
    if file_format is None:
        raise FileRefusal(FailureCode.NOT_A_WORKBOOK, kind=recognise_zip(names))
    # Counted by name, before a parser allocates anything for each.
    sheets = sum(name.startswith("xl/worksheets/sheet") for name in names)
    if sheets > limits.sheets:
        raise FileRefusal(
            FailureCode.TOO_LARGE, RefusalReason.SHEETS, found=sheets, limit=limits.sheets
        )
    parts = _read_parts(archive, members, limits)
    return CheckedFile(file_format=file_format, data=data, names=names, parts=parts)


def _read_start(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as part:
        return part.read(1 << 16)


def _read_parts(
    archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], limits: Limits
) -> dict[str, bytes]:
    needed = [member for member in members if _is_needed(member.filename)]
    # What the headers claim together, before a byte is inflated; they may still lie.
    if sum(member.file_size for member in needed) > limits.inflated:
        raise FileRefusal(FailureCode.TOO_LARGE, RefusalReason.INFLATED, limit=limits.inflated)
    room = limits.inflated  # and what the parts really inflate to, whatever their headers say
    parts: dict[str, bytes] = {}
    for member in needed:
        _check_ratio(member, limits)
        content = inflate_member(archive, member, room)
        room -= len(content)
        _check_content(member.filename, content, limits)
        parts[member.filename] = content
    # LibreOffice encrypts the parts one by one and says so in the manifest only.
    if _MANIFEST in parts and b"encryption-data" in parts[_MANIFEST]:
        raise FileRefusal(FailureCode.ENCRYPTED)
    return parts


def _is_needed(name: str) -> bool:
    return name.endswith((".xml", ".rels", ".bin")) and not name.startswith(_NEVER_READ)


def _check_ratio(member: zipfile.ZipInfo, limits: Limits) -> None:
    packed = max(member.compress_size, 1)
    if member.file_size > _RATIO_FROM and member.file_size / packed > limits.ratio:
        raise FileRefusal(
            FailureCode.TOO_LARGE, RefusalReason.RATIO, part=member.filename, limit=limits.ratio
        )


def inflate_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, limit: int) -> bytes:
    """
    Return a member's content, never inflating more than the limit, whatever its header says.

    Raises:
        FileRefusal: If it is longer than the limit, or than it says.
    """
    if member.file_size > limit:
        raise FileRefusal(FailureCode.TOO_LARGE, RefusalReason.INFLATED, limit=limit)
    with archive.open(member) as part:
        content = part.read(member.file_size + 1)
    if len(content) > member.file_size:
        raise FileRefusal(FailureCode.BROKEN_WORKBOOK, RefusalReason.LONGER_THAN_SAID)
    return content


def _check_content(name: str, content: bytes, limits: Limits) -> None:
    if name.endswith(".bin"):
        return  # records, no markup; their reader checks them as it walks
    _check_markup(content)
    if name.startswith("xl/worksheets/"):
        # Calamine allocates the rectangle up to the furthest cell, so one far cell is enough to
        # take all memory; the quick search spares counting the cells of honest sheets.
        if _FAR_CELL.search(content) and _claimed_cells(content) > limits.cells:
            raise FileRefusal(FailureCode.TOO_LARGE, RefusalReason.CELLS, limit=limits.cells)
        # Calamine would silently show the first text of the table in such a cell: a wrong answer.
        if _BROKEN_INDEX.search(content):
            raise FileRefusal(FailureCode.BROKEN_WORKBOOK, RefusalReason.TEXT_INDEX)
    elif name == "xl/sharedStrings.xml" and any(
        int(n) > limits.strings for n in _COUNT.findall(content, 0, 4096)
    ):
        raise FileRefusal(FailureCode.TOO_LARGE, RefusalReason.STRINGS, limit=limits.strings)


def _check_markup(content: bytes) -> None:
    """Refuse declarations of entities, and encodings in which they could hide from this."""
    # UTF-16, by its mark or by its zero bytes: "<!DOCTYPE" would not be found in it.
    if content.startswith(_WIDE_MARKS) or content[3:5].startswith(_WIDE_MARKS):
        raise FileRefusal(FailureCode.BROKEN_WORKBOOK, RefusalReason.ENCODING)
    # UTF-7 and its kind can spell a declaration in other bytes.
    declared = _ENCODING.search(content, 0, 300)
    if declared is not None and declared[1].lower() not in _PLAIN_ENCODINGS:
        raise FileRefusal(FailureCode.BROKEN_WORKBOOK, RefusalReason.ENCODING)
    # No program writes one into a workbook, and nothing else can declare entities.
    if b"<!DOCTYPE" in content:
        raise FileRefusal(FailureCode.BROKEN_WORKBOOK, RefusalReason.ENTITIES)


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
