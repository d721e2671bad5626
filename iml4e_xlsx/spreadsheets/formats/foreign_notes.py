"""
Finds notes that somebody wrote in the parts of Excel packages, of both kinds.

What is not understood counts as such a note: it is reported, not passed over.

Source: ECMA-376, part 1, 18.7 (comments); Microsoft, [MS-XLSB] 2.1.7.10.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from iml4e_xlsx.spreadsheets.formats.xlsb_records import read_text, split_records
from iml4e_xlsx.spreadsheets.package import ZipPackage
from iml4e_xlsx.spreadsheets.refusal import FileRefusal
from iml4e_xlsx.text.own_notes import NOTE_END, is_own_note
from iml4e_xlsx.text.spelling import STATEMENT_ID

_LONGEST: Final = 1 << 18
"""In bytes: no part of an issued workbook's notes is as long."""

_LONGEST_KEPT: Final = 1 << 15
"""In bytes: the parts of a workbook as issued, which come again in each of a round, are shorter."""

_RUN: Final = re.compile(rb"<t(?: [^<>]*)?>([^<]*)</t>")
_AS_ISSUED: Final = re.compile(
    rb"<comment [^<>]*><text><r><rPr>(?:<[^<>]*>)*<t>%b\s[^<]*%b</t></r></text></comment>"
    % (STATEMENT_ID.pattern.encode(), NOTE_END.encode())
)
"""The notes of a workbook that no other program has saved, found in a tenth of the time."""

_NOTE, _NOTE_TEXT = 635, 637


def has_foreign_notes(package: ZipPackage, name: str) -> bool:
    """Return whether a part of a package has a note that somebody wrote."""
    part = package.read_start(name, _LONGEST + 1)
    if len(part) > _LONGEST:
        return True
    if name.endswith(".bin"):
        return _has_foreign_records(part)
    return _look_up_elements(part) if len(part) <= _LONGEST_KEPT else _has_foreign_elements(part)


@lru_cache(maxsize=64)
def _look_up_elements(part: bytes) -> bool:
    return _has_foreign_elements(part)


def _has_foreign_elements(part: bytes) -> bool:
    _, *notes = part.split(b"<comment ")
    if len(_AS_ISSUED.findall(part)) == len(notes):
        return not notes
    # The form of LibreOffice.
    texts = (
        b"".join(_RUN.findall(note)).replace(b"&#10;", b"\n").decode(errors="replace")
        for note in notes
    )
    return not all(map(is_own_note, texts))


def _has_foreign_records(part: bytes) -> bool:
    notes = own = 0
    try:
        for kind, body in split_records(part):
            notes += kind == _NOTE
            own += kind == _NOTE_TEXT and is_own_note(read_text(body, 1)[0] or "")
    except FileRefusal:
        return True
    return not notes or own < notes
