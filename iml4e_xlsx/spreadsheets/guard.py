"""
Checks what a file is and claims, before anything parses it.

Parsers allocate what a file claims and can be aborted by 30 kilobytes, so parts, inflated size and
ratio are checked first, with bounded reads only.
"""

from __future__ import annotations

import re
import zipfile
from typing import Final

from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.spreadsheets.kinds import recognise_bytes, recognise_zip
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.package import ZipPackage
from iml4e_xlsx.spreadsheets.readable_formats import (
    OLE,
    ZIP,
    CheckedFile,
    recognise_package,
    recognise_start,
)
from iml4e_xlsx.spreadsheets.refusal import FileRefusal, RefusalReason

_ENCRYPTED_STREAM: Final = "EncryptedPackage".encode("utf-16-le")
_ENCODING: Final = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
_PLAIN_ENCODINGS: Final = (b"utf-8", b"utf8", b"us-ascii", b"ascii")
_WIDE_MARKS: Final = (b"\xff\xfe", b"\xfe\xff", b"\x00<", b"<\x00")
_MANIFEST: Final = "META-INF/manifest.xml"
_START_LENGTH: Final = 1 << 16

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
    package = ZipPackage(data, limits)
    names = package.names.values()
    file_format = recognise_package(names, lambda name: package.read_start(name, _START_LENGTH))
    if file_format is None:
        raise FileRefusal(FailureCode.NOT_A_WORKBOOK, kind=recognise_zip(names))
    # Counted by name, before a parser allocates anything for each.
    sheets = sum(name.startswith("xl/worksheets/sheet") for name in package.names)
    if sheets > limits.sheets:
        raise FileRefusal(
            FailureCode.TOO_LARGE, RefusalReason.SHEETS, found=sheets, limit=limits.sheets
        )
    if not file_format.opens_parts_alone:
        _check_parts(package)
        package = ZipPackage(data, limits)  # whose reader may inflate as much again
    return CheckedFile(file_format=file_format, data=data, package=package)


def _check_parts(package: ZipPackage) -> None:
    """Refuse a workbook if any part is damaged or too large that a reader may open."""
    # LibreOffice encrypts the parts one by one and says so in the manifest only.
    if b"encryption-data" in package.get(_MANIFEST, b""):
        raise FileRefusal(FailureCode.ENCRYPTED)
    for name in filter(_is_needed, package):
        content = package[name]
        if not name.endswith(".bin"):  # records, which their reader checks as it walks
            _check_markup(content)


def _is_needed(name: str) -> bool:
    return name.endswith((".xml", ".rels", ".bin")) and not name.startswith(_NEVER_READ)


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
