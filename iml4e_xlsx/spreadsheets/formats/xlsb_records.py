"""
Names the records of binary workbooks that matter here, and splits a part into records.

Source: Microsoft, [MS-XLSB] 2.1.4 and 2.3.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.spreadsheets.refusal import FileRefusal, RefusalReason

ROW, TEXT_ITEM, FORMAT, STYLE = 0, 19, 44, 47
BLANK, PACKED, ERROR, TRUTH, REAL, TEXT, SHARED, RICH_TEXT = 1, 2, 3, 4, 5, 6, 7, 62
FORMULA_TEXT, FORMULA_REAL, FORMULA_TRUTH, FORMULA_ERROR = 8, 9, 10, 11
SHORT_FIRST, SHORT_LAST = 12, 18
"""Short cells are 12 to 18 for what is 1 to 7 in full; their column is the next one."""

TABLE_OF_TEXTS, TABLE_OF_TEXTS_END = 159, 160
CELL_STYLES, CELL_STYLES_END = 617, 618
BOOK_PROPERTIES, SHEET_ENTRY, MERGE = 153, 156, 176
SHEET_DATA, SHEET_DATA_END = 145, 146

AMONG_CELLS: Final = frozenset({35, 36, 37, 38, 49, 50, 426, 427, 428, 1024, 1025, 1045})
"""Records that lie among those of cells: what newer programs add, formulas of several cells."""

_LENGTH_SHIFTS: Final = (0, 7, 14, 21)


def split_records(content: bytes) -> Iterator[tuple[int, bytes]]:
    """
    Yield kind and body of each record; both kind and length have seven bits a byte.

    Raises:
        FileRefusal: If a record ends before its announced length.
    """
    at, end = 0, len(content)
    while at < end:
        try:
            kind = content[at]
            at += 1
            if kind & 0x80:
                kind = kind & 0x7F | (content[at] & 0x7F) << 7
                at += 1
            length = 0
            for shift in _LENGTH_SHIFTS:
                byte = content[at]
                at += 1
                length |= (byte & 0x7F) << shift
                if not byte & 0x80:
                    break
        except IndexError:
            break
        body = content[at : at + length]
        if len(body) < length:
            break
        yield kind, body
        at += length
    else:
        return
    raise FileRefusal(FailureCode.BROKEN_WORKBOOK, RefusalReason.CUT_OFF)


def read_text(body: bytes, at: int) -> tuple[str | None, int]:
    """Return a text that is preceded by its length, None if it is not all there; and its end."""
    start = at + 4
    end = start + 2 * int.from_bytes(body[at:start], "little")
    if start > len(body) or end > len(body):
        return None, start
    return body[start:end].decode("utf-16-le", errors="replace"), end
