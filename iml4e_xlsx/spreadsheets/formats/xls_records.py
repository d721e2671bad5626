"""
Names the records of Excel 97-2003 workbooks that matter here, and splits a stream into records.

Source: Microsoft, [MS-XLS] 2.1.4 and 2.3.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias

from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.spreadsheets.refusal import FileRefusal, RefusalReason

BOF, EOF, CONTINUE = 0x0809, 0x000A, 0x003C
BOUNDSHEET, CODEPAGE, DATEMODE, FILEPASS = 0x0085, 0x0042, 0x0022, 0x002F
FORMAT, SST, XF = 0x041E, 0x00FC, 0x00E0
ROW, MERGED_CELLS, NOTE, NOTE_TEXT = 0x0208, 0x00E5, 0x001C, 0x01B6
BLANK, MULBLANK, NUMBER, RK, MULRK = 0x0201, 0x00BE, 0x0203, 0x027E, 0x00BD
BOOLERR, LABEL, RSTRING, LABELSST, FORMULA, STRING = 0x0205, 0x0204, 0x00D6, 0x00FD, 0x0006, 0x0207

AMONG_CELLS: Final = frozenset(
    {ROW, STRING, CONTINUE, 0x00D7, 0x0221, 0x0236, 0x04BC, 0x01C1, 0x01C2}
)
"""Records that lie among those of cells: indexes, and the formulas of several cells."""

BIFF8: Final = 0x0600
"""The version of the records since Excel 97, with which texts became Unicode."""

_LAST_KIND: Final = 0x10FF
"""No record has a higher kind, or 0: what follows a wrong length reads like such ones."""

_HEAD: Final = struct.Struct("<HH")

Record: TypeAlias = tuple[int, bytes, Sequence[bytes]]
"""A record's kind, its content, and its content with what continues it, piece by piece."""


def split_records(stream: bytes, start: int, end: int) -> Iterator[Record]:
    """
    Yield the records of the substream that begins here; not those of charts that lie in it.

    Args:
        stream: The whole stream.
        start: Where the substream begins.
        end: Where the next one begins; a damaged length must not lead into another sheet.

    Raises:
        FileRefusal: If it does not begin as one, or does not end there.
    """
    at, depth = start, 0
    while at + _HEAD.size <= end:
        kind, length = _HEAD.unpack_from(stream, at)
        at += _HEAD.size
        if at + length > end or not 0 < kind <= _LAST_KIND or (depth == 0 and kind != BOF):
            break
        body = stream[at : at + length]
        at += length
        if kind == BOF:
            depth += 1
        elif kind == EOF and not length:
            depth -= 1
            if not depth:
                return
        if depth > 1:
            continue
        pieces = [body]
        while stream[at : at + 2] == b"\x3c\x00" and at + _HEAD.size <= end:
            (length,) = struct.unpack_from("<H", stream, at + 2)
            pieces.append(stream[at + _HEAD.size : at + _HEAD.size + length])
            at += _HEAD.size + length
        yield kind, body, pieces
    raise FileRefusal(FailureCode.BROKEN_WORKBOOK, RefusalReason.CUT_OFF)
