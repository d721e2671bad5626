"""What a file is by its content; its name may say anything."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Final

ZIP: Final = b"PK\x03\x04"
OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
CONTENT_TYPES: Final = "[Content_Types].xml"
ARCHIVE: Final = "zip"
"""The kind of a zip that is no document of its own but holds files."""

_SIGNATURES: Final = (
    (b"%PDF", "pdf"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"PK\x05\x06", "zip"),
    (b"\x1f\x8b", "archive"),
    (b"BZh", "archive"),
    (b"\xfd7zXZ", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"Rar!", "archive"),
    (b"{\\rtf", "document"),
)
_HEAD: Final = 4096
_TAR: Final = 257
"""Where a tar archive says what it is."""

_MAIL: Final = (b"from:", b"received:", b"return-path:", b"delivered-to:", b"from ")
_WIDE: Final = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


def recognise_bytes(data: bytes) -> str:
    """Return the key of a name for what is neither a zip nor an OLE file, from its beginning."""
    for signature, kind in _SIGNATURES:
        if data.startswith(signature):
            return kind
    if data[_TAR:].startswith(b"ustar"):
        return "archive"
    return _kind_of_text(data)


def _kind_of_text(data: bytes) -> str:
    head = _as_single_bytes(data[:_HEAD])
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<!doctype html", b"<html")):
        return "html"
    if text.startswith(b"<"):
        return _kind_of_xml(text)
    if text.startswith(_MAIL):
        return "mail"
    if b"\x00" in head:
        return "unknown"
    lines = head.splitlines()[:2]
    separated = any(all(mark in line for line in lines) for mark in (b";", b",", b"\t"))
    return "csv" if len(lines) > 1 and separated else "text"


def _as_single_bytes(head: bytes) -> bytes:
    for mark, encoding in _WIDE:
        if head.startswith(mark):
            return head[2:].decode(encoding, errors="replace").encode("utf-8", errors="replace")
    return head


def _kind_of_xml(text: bytes) -> str:
    if b"office:document" in text and b"opendocument" in text:
        return "fods"
    if b"urn:schemas-microsoft-com:office:spreadsheet" in text:
        return "spreadsheet-xml"
    return "html" if b"<table" in text else "xml"


def recognise_zip(names: Collection[str], start_of: Callable[[str], bytes]) -> str:
    """
    Return what a zip is by the names in it: xlsx, xlsb, ods, another document, or a plain zip.

    Args:
        names: The names of its members.
        start_of: Returns the beginning of a member's content, bounded.
    """
    if "xl/workbook.bin" in names:
        return "xlsb"
    if CONTENT_TYPES in names:
        is_sheet = any(name.startswith("xl/") and name.endswith(".xml") for name in names)
        return "xlsx" if is_sheet else "document"
    if "mimetype" in names:
        is_sheet = b"opendocument.spreadsheet" in start_of("mimetype")
        return "ods" if is_sheet and "content.xml" in names else "document"
    if any(name.startswith("Index/") and name.endswith(".iwa") for name in names):
        return "numbers"
    if "Index.zip" in names or "index.xml" in names or "content.xml" in names:
        return "document"
    return ARCHIVE
