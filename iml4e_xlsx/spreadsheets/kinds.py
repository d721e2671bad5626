"""Recognises what a file holds that is not read as a workbook; its name may say anything."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from iml4e_xlsx.spreadsheets.package import fold_name
from iml4e_xlsx.spreadsheets.readable_formats import CONTENT_TYPES
from iml4e_xlsx.spreadsheets.refusal import ContentKind

_SIGNATURES: Final = (
    (b"%PDF", ContentKind.PDF),
    (b"\x89PNG", ContentKind.IMAGE),
    (b"\xff\xd8\xff", ContentKind.IMAGE),
    (b"GIF8", ContentKind.IMAGE),
    (b"PK\x05\x06", ContentKind.ZIP),
    (b"\x1f\x8b", ContentKind.ARCHIVE),
    (b"BZh", ContentKind.ARCHIVE),
    (b"\xfd7zXZ", ContentKind.ARCHIVE),
    (b"7z\xbc\xaf", ContentKind.ARCHIVE),
    (b"Rar!", ContentKind.ARCHIVE),
    (b"{\\rtf", ContentKind.DOCUMENT),
)
_HEAD_LENGTH: Final = 4096
_TAR_OFFSET: Final = 257
"""The offset at which a tar archive says what it is."""

_MAIL_STARTS: Final = (b"from:", b"received:", b"return-path:", b"delivered-to:", b"from ")
_WIDE_MARKS: Final = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


def recognise_bytes(data: bytes) -> ContentKind:
    """Return what a file holds that is neither a zip nor a workbook, from its beginning."""
    for signature, kind in _SIGNATURES:
        if data.startswith(signature):
            return kind
    if data[_TAR_OFFSET:].startswith(b"ustar"):
        return ContentKind.ARCHIVE
    return _recognise_text(data)


def _recognise_text(data: bytes) -> ContentKind:
    head = _narrow_text(data[:_HEAD_LENGTH])
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    # A web page first: it may be XML as well, and programs save "Excel files" that are web pages.
    if text.startswith((b"<!doctype html", b"<html")):
        return ContentKind.HTML
    if text.startswith(b"<"):
        return _recognise_xml(text)
    if text.startswith(_MAIL_STARTS):
        return ContentKind.MAIL
    # Text has no zero bytes once UTF-16 is narrowed, so a separator in such data means nothing.
    if b"\x00" in head:
        return ContentKind.UNKNOWN
    # One line with a comma is a sentence; two with the same separator are a table.
    lines = head.splitlines()[:2]
    has_separator = any(all(mark in line for line in lines) for mark in (b";", b",", b"\t"))
    return ContentKind.CSV if len(lines) > 1 and has_separator else ContentKind.TEXT


def _narrow_text(head: bytes) -> bytes:
    """Return text in UTF-16 as UTF-8, anything else as it is."""
    for mark, encoding in _WIDE_MARKS:
        if head.startswith(mark):
            return head[2:].decode(encoding, errors="replace").encode("utf-8", errors="replace")
    return head


def _recognise_xml(text: bytes) -> ContentKind:
    if b"office:document" in text and b"opendocument" in text:
        return ContentKind.FODS
    if b"urn:schemas-microsoft-com:office:spreadsheet" in text:
        return ContentKind.SPREADSHEET_XML
    return ContentKind.HTML if b"<table" in text else ContentKind.XML


def recognise_zip(names: Collection[str]) -> ContentKind:
    """Return what a zip holds that is no workbook, by the names in it."""
    folded = {fold_name(name) for name in names}
    # These two parts make a document of a zip, whatever else is in it: .docx, .odt, .epub.
    if CONTENT_TYPES in folded or "mimetype" in names:
        return ContentKind.DOCUMENT
    # Apple's programs pack their documents as Index/*.iwa; of these only Numbers is worth advice.
    if any(name.startswith("Index/") and name.endswith(".iwa") for name in names):
        return ContentKind.NUMBERS
    # Older documents of Apple, and OpenDocument that lost its mimetype.
    if "Index.zip" in names or "index.xml" in names or "content.xml" in names:
        return ContentKind.DOCUMENT
    return ContentKind.ZIP
