"""Reads OpenDocument spreadsheets (.ods). Source: OASIS OpenDocument 1.3, part 3."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.spreadsheets.formats.ods_content import ContentWalk
from iml4e_xlsx.spreadsheets.grid import ExtraContent
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.readable_formats import (
    ENCRYPTED_PACKAGE,
    CheckedFile,
    LoadedSheets,
)
from iml4e_xlsx.spreadsheets.refusal import FileRefusal, RefusalReason

_CONTENT: Final = "content.xml"


def load_sheets(file: CheckedFile, limits: Limits) -> LoadedSheets:
    """
    Return the sheets of an OpenDocument spreadsheet in order.

    Raises:
        FileRefusal: If its content is no XML, or its sheets claim too much.
    """
    content = file.parts.get(_CONTENT)
    if content is None:
        if ENCRYPTED_PACKAGE in file.names:
            raise FileRefusal(FailureCode.ENCRYPTED)
        raise FileRefusal(FailureCode.BROKEN_WORKBOOK, RefusalReason.PART_MISSING, part=_CONTENT)
    walk = ContentWalk(limits)
    sheets = walk.read_part(content)
    return LoadedSheets(sheets, list(_find_extras(file, content, has_notes=walk.has_foreign_notes)))


def _find_extras(file: CheckedFile, content: bytes, *, has_notes: bool) -> Iterator[ExtraContent]:
    if any(name.startswith(("Basic/", "Scripts/")) for name in file.names):
        yield ExtraContent.MACROS
    if b"<table:table-source" in content or b"<table:cell-range-source" in content:
        yield ExtraContent.LINKS
    if b"office:dde-source" in content or b"DDE(" in content:
        yield ExtraContent.DDE
    if b"<draw:object-ole" in content or b"<draw:plugin" in content:
        yield ExtraContent.OBJECTS
    if has_notes:
        yield ExtraContent.COMMENTS
