"""
What a file may be, before anything parses it.

The parser allocates what a file claims and can be aborted by 30 kilobytes, so size, number of
parts, inflated size and the furthest cell are checked first, with bounded reads only.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from typing import Final

_ZIP: Final = b"PK\x03\x04"
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_STREAM: Final = "EncryptedPackage".encode("utf-16-le")
_FAR_CELL: Final = re.compile(rb'r="(?:[A-Z]{2,}\d|[A-Z]?\d{5,})')
_CELL: Final = re.compile(rb'\br="([A-Z]*)(\d+)"')
_COUNT: Final = re.compile(rb'(?:uniqueCount|count)="(\d+)"')
_REPEATED: Final = re.compile(rb'number-(?:rows|columns)-repeated="(\d+)"')

_NEVER_PARSED: Final = (
    "_rels/",
    "[Content_Types]",
    "docProps/app",
    "xl/charts/",
    "xl/drawings/",
    "xl/media/",
    "xl/theme/",
    "xl/worksheets/_rels/",
)
"""Parts that the reader of values never opens; openpyxl does, hardened by defusedxml."""

_SIGNATURES: Final = (
    (b"%PDF", "pdf"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"PK\x05\x06", "zip"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a returned file may claim; sizes in bytes, time in seconds."""

    size: int = 20 * 1024 * 1024
    inflated: int = 64 * 1024 * 1024
    parts: int = 2_000
    cells: int = 2_000_000
    strings: int = 1_000_000
    seconds: float = 20.0
    memory: int = 1024 * 1024 * 1024


class Refused(Exception):  # noqa: N818 - it is the verdict, not a fault
    """Why a file is not parsed: a failure's code, and what its message is told."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Checked:
    """What a file is (xlsx, xlsb, ods or xls), and its inflated parts by name, if it has any."""

    kind: str
    parts: dict[str, bytes]


def check(data: bytes, limits: Limits) -> Checked:
    """
    Return what the content is.

    Raises:
        Refused: If it is no workbook, is encrypted or damaged, or claims too much.
    """
    if not data:
        raise Refused(code="empty-file")
    if data.startswith(_ZIP):
        return _check_zip(data, limits)
    if data.startswith(_OLE):
        if _ENCRYPTED_STREAM in data:
            raise Refused(code="encrypted")
        return Checked("xls", {})
    raise Refused(code="not-a-workbook", detail=_kind(data))


def _kind(data: bytes) -> str:
    """Return a name for what is no workbook, from its first bytes."""
    for signature, kind in _SIGNATURES:
        if data.startswith(signature):
            return kind
    head = data[:4096]
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<!doctype html", b"<html")):
        return "html"
    if text.startswith(b"<"):
        return "xml"
    if b"\x00" in head:
        return "unknown"
    lines = head.splitlines()[:2]
    separated = any(all(mark in line for line in lines) for mark in (b";", b",", b"\t"))
    return "csv" if len(lines) > 1 and separated else "text"


def _check_zip(data: bytes, limits: Limits) -> Checked:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _check_members(archive, limits)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        RuntimeError,
        NotImplementedError,
        ValueError,
    ) as error:
        raise Refused(code="broken-workbook", detail=str(error)) from error


def _check_members(archive: zipfile.ZipFile, limits: Limits) -> Checked:
    members = archive.infolist()
    names = {member.filename for member in members}
    if len(members) > limits.parts:
        raise Refused(code="too-large", detail=f"it has {len(members)} parts")
    if len(names) < len(members):
        raise Refused(code="broken-workbook", detail="a part is contained twice")
    if sum(member.file_size for member in members) > limits.inflated:
        raise Refused(code="too-large", detail="it inflates beyond the limit")
    if any(member.flag_bits & 1 for member in members):
        raise Refused(code="encrypted")
    kind = _zip_kind(archive, names)
    room = limits.inflated
    parts: dict[str, bytes] = {}
    for member in members:
        if _is_parsed(member.filename):
            content = bounded(archive, member, room)
            room -= len(content)
            _check_content(member.filename, content, limits)
            parts[member.filename] = content
    return Checked(kind, parts)


def _zip_kind(archive: zipfile.ZipFile, names: set[str]) -> str:
    if "xl/workbook.bin" in names:
        return "xlsb"
    if "[Content_Types].xml" in names and any(
        name.startswith("xl/") and name.endswith(".xml") for name in names
    ):
        return "xlsx"
    if "mimetype" in names:
        kind = bounded(archive, archive.getinfo("mimetype"), 200)
        if b"opendocument.spreadsheet" in kind:
            _refuse_encrypted_ods(archive, names)
            return "ods"
    documents = ("word/", "ppt/", "content.xml", "Index/")
    is_document = any(name.startswith(documents) for name in names)
    raise Refused(code="not-a-workbook", detail="document" if is_document else "zip")


def _refuse_encrypted_ods(archive: zipfile.ZipFile, names: set[str]) -> None:
    manifest = "META-INF/manifest.xml"
    if manifest in names:
        content = bounded(archive, archive.getinfo(manifest), 1024 * 1024)
        if b"encryption-data" in content:
            raise Refused(code="encrypted")


def _is_parsed(name: str) -> bool:
    """Return whether the parser will read this part; charts and pictures it never opens."""
    return name.endswith((".xml", ".rels", ".bin")) and not name.startswith(_NEVER_PARSED)


def bounded(archive: zipfile.ZipFile, member: zipfile.ZipInfo, limit: int) -> bytes:
    """Return a part's content, never inflating more than the limit, whatever its header says."""
    if member.file_size > limit:
        raise Refused(code="too-large", detail=f"{member.filename} inflates beyond the limit")
    with archive.open(member) as part:
        content = part.read(member.file_size + 1)
    if len(content) > member.file_size:
        raise Refused(code="broken-workbook", detail="a part is longer than it says")
    return content


def _check_content(name: str, content: bytes, limits: Limits) -> None:
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise Refused(code="broken-workbook", detail="it declares XML entities")
    if name.startswith("xl/worksheets/"):
        if _FAR_CELL.search(content) and _claimed_cells(content) > limits.cells:
            raise Refused(code="too-large", detail="its sheets claim too many cells")
    elif name == "xl/sharedStrings.xml":
        if any(int(n) > limits.strings for n in _COUNT.findall(content, 0, 4096)):
            raise Refused(code="too-large", detail="it claims too many texts")
    elif name == "content.xml" and len(_REPEATED.findall(content)) > limits.strings:
        raise Refused(code="too-large", detail="its sheets claim too many cells")


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
