"""
Tells which texts stand on the sheet of an Excel workbook, without reading its cells.

A sheet on which no statement's id stands holds no answers, and is read only if it is asked for:
those with calculations and explanations take as long as all others.
"""

from __future__ import annotations

import re
from typing import Final

from iml4e_xlsx.spreadsheets.formats.sheet_content import SheetTables
from iml4e_xlsx.spreadsheets.grid import may_be_id

_SHARED: Final = re.compile(rb't="s"><v>([0-9]{1,7})</v></c>')
_INLINE: Final = re.compile(rb't="inlineStr"><is><t(?: xml:space="preserve")?>([^<]*)</t></is></c>')
_INLINE_ID: Final = re.compile(rb"<t>[A-Z][A-Z0-9]{0,5}-[0-9]{2,4}</t>")
_RESULT: Final = re.compile(rb't="str"><f>[^<]*</f><v>([^<]*)</v></c>')
_TYPE: Final = re.compile(rb"\st\s*=\s*(?:\"[^\"]*\"|'[^']*')")
_KNOWN_TYPES: Final = frozenset(
    b' t="' + kind + b'"' for kind in (b"s", b"n", b"b", b"e", b"str", b"inlineStr")
)
_ODD: Final = (b"\0", b"<!", b"&#", b"='", b"_x", b'"d"', b"<is ")
"""What may hide a text from the patterns: wide letters, CDATA, entities, other quotes, escapes."""


def find_id_indexes(tables: SheetTables) -> frozenset[bytes]:
    """Return the indexes of texts that look like a statement's id, as they are written."""
    return frozenset(
        index.encode() for index, text in tables.texts.items() if "-" in text and may_be_id(text)
    )


def find_texts(
    part: bytes, tables: SheetTables, id_indexes: frozenset[bytes]
) -> frozenset[str] | None:
    """
    Return all texts of a sheet; None if an id is among them, or that cannot be told for certain.

    Args:
        part: The sheet's part.
        tables: The tables that its cells refer to.
        id_indexes: What `find_id_indexes` found in the table of texts.
    """
    if _INLINE_ID.search(part):  # near the beginning, on the sheet of an area
        return None
    indexes = set()
    shared_count = 0
    for match in _SHARED.finditer(part):
        if match[1] in id_indexes:
            return None
        indexes.add(match[1])
        shared_count += 1
    inline, results = _INLINE.findall(part), _RESULT.findall(part)
    # Each cell of these types has to be in the form that its pattern knows; and a text that stands
    # in its cell is read whatever the type of the cell.
    counts = tuple(part.count(mark) for mark in (b'"s"', b'"inlineStr"', b"is>", b'"str"'))
    known = (shared_count, len(inline), 2 * len(inline), len(results))
    is_usual = _KNOWN_TYPES.issuperset(_TYPE.findall(part)) and part.count(b"<is") == len(inline)
    if counts != known or not is_usual or any(mark in part for mark in _ODD):
        return None
    written = {*inline, *results}
    try:
        texts = {tables.texts[index.decode()] for index in indexes}
        texts.update(text.decode() for text in written)
    except (KeyError, UnicodeDecodeError):  # its reader says what is wrong with the cell
        return None
    if any(b"&" in text for text in written) or any(map(may_be_id, texts)):
        return None
    return frozenset(texts)
