"""
Makes binary workbooks record by record: what real programs seldom write, and damaged ones.

`xlsb_file` and `xls_file` take the records of a sheet's cells; the rest of the workbook is the
least that a reader needs.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

from tests.support.hostile import OLE, packed

FREE, END, FAT_SECTOR, NONE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
SECTOR = 512
SMALLEST_STREAM = 4096
BIFF8, BIFF5 = 0x0600, 0x0500
PERCENT, DATE, DURATION = 1, 2, 3
"""The styles of each workbook made here, besides 0 for plain cells."""

STYLE_FORMATS = (0, 9, 14, 46)
"""The built-in number formats of these styles."""


def record(kind: int, body: bytes = b"") -> bytes:
    """Return a record of .xlsb."""
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    length = b""
    rest = len(body)
    while rest >= 0x80:
        length += bytes([rest & 0x7F | 0x80])
        rest >>= 7
    return head + length + bytes([rest]) + body


def wide(text: str) -> bytes:
    """Return a text as .xlsb has it, its length before it."""
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def row_record(row: int, *, hidden: bool = False) -> bytes:
    """Return the head of a row of .xlsb."""
    flags = bytes([0, 0x10 if hidden else 0, 0])
    return record(0, struct.pack("<IIH", row, 0, 300) + flags + struct.pack("<I", 0))


def cell_record(kind: int, col: int, value: bytes, style: int = 0) -> bytes:
    """Return a cell of .xlsb in its full form."""
    return record(kind, struct.pack("<II", col, style) + value)


def short_record(kind: int, value: bytes, style: int = 0) -> bytes:
    """Return a cell of .xlsb in its short form: its column is the next one."""
    return record(kind, struct.pack("<I", style) + value)


def xlsb_file(
    cells: bytes,
    *,
    texts: Sequence[str] = (),
    from_1904: bool = False,
    state: int = 0,
    entries: Sequence[tuple[str, str | None]] = (("S", "r1"),),
    after: bytes = b"",
) -> bytes:
    """Return a workbook whose sheet has these cells; `entries` are names and relationships."""
    book = record(153, struct.pack("<II", int(from_1904), 0) + wide(""))
    for number, (name, key) in enumerate(entries):
        relationship = wide(key) if key is not None else struct.pack("<I", NONE)
        book += record(156, struct.pack("<II", state, number + 1) + relationship + wide(name))
    styles = record(617, struct.pack("<I", len(STYLE_FORMATS)))
    for number_format in STYLE_FORMATS:
        styles += record(47, struct.pack("<HH", 0, number_format) + bytes(12))
    table = record(159, struct.pack("<II", len(texts), len(texts)))
    table += b"".join(record(19, b"\x00" + wide(text)) for text in texts) + record(160)
    relations = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        b'<Relationship Id="r1" Target="worksheets/sheet1.bin" Type="http://schemas.openxml'
        b'formats.org/officeDocument/2006/relationships/worksheet"/></Relationships>'
    )
    parts = {
        "[Content_Types].xml": b"<Types/>",
        "xl/workbook.bin": book,
        "xl/_rels/workbook.bin.rels": relations,
        "xl/styles.bin": styles + record(618),
        "xl/sharedStrings.bin": table,
        "xl/worksheets/sheet1.bin": record(145) + cells + record(146) + after,
    }
    return packed(parts)


def biff(kind: int, body: bytes = b"") -> bytes:
    """Return a record of .xls."""
    return struct.pack("<HH", kind, len(body)) + body


def biff_text(text: str) -> bytes:
    """Return a text as .xls has had it since Excel 97, its length before it."""
    return struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")


def biff_cell(kind: int, row: int, col: int, value: bytes = b"", style: int = 0) -> bytes:
    """Return a cell of .xls."""
    return biff(kind, struct.pack("<HHH", row, col, style) + value)


def shared_cell(row: int, col: int, index: int) -> bytes:
    """Return a cell of .xls that refers to the table of texts."""
    return biff_cell(0x00FD, row, col, struct.pack("<I", index))


def text_table(texts: Sequence[str]) -> bytes:
    """Return the table of texts of .xls."""
    head = struct.pack("<II", len(texts), len(texts))
    return biff(0x00FC, head + b"".join(map(biff_text, texts)))


def xls_file(
    cells: bytes,
    *,
    texts: Sequence[str] = (),
    table: bytes | None = None,
    codepage: int | None = None,
    from_1904: bool = False,
    state: int = 0,
    more_sheets: Sequence[bytes] = (),
) -> bytes:
    """
    Return a workbook whose first sheet has these cells; others are called T1, T2 and so on.

    With a code page it is one of Excel 95.
    """
    version = BIFF8 if codepage is None else BIFF5
    names = ["S", *(f"T{number + 1}" for number in range(len(more_sheets)))]
    start = biff(0x0809, struct.pack("<HH", version, 5) + bytes(12))
    start += biff(0x0042, struct.pack("<H", codepage or 1200))
    start += biff(0x0022, struct.pack("<H", from_1904))
    start += b"".join(biff(0x00E0, struct.pack("<HH", 0, n) + bytes(16)) for n in STYLE_FORMATS)
    end = (text_table(texts) if table is None else table) + biff(0x000A)
    sheets = [
        biff(0x0809, struct.pack("<HH", version, 16) + bytes(12)) + content + biff(0x000A)
        for content in (cells, *more_sheets)
    ]
    flags = b"\x00" if version == BIFF8 else b""
    length = sum(4 + 7 + len(flags) + len(name) for name in names)
    offset = len(start) + length + len(end)
    entries = b""
    for name, content in zip(names, sheets, strict=True):
        head = struct.pack("<IBBB", offset, state if name == "S" else 0, 0, len(name))
        entries += biff(0x0085, head + flags + name.encode())
        offset += len(content)
    name = "Workbook" if version == BIFF8 else "Book"
    return compound_file(name, start + entries + end + b"".join(sheets))


def compound_file(name: str, content: bytes) -> bytes:
    """Return an OLE compound file with one stream."""
    content = content.ljust(SMALLEST_STREAM, b"\x00")
    count = -(-len(content) // SECTOR)
    fats = -(-(count + 2) // (SECTOR // 4))
    while fats * (SECTOR // 4) < count + 1 + fats:
        fats += 1
    first = fats + 1
    chain = [FAT_SECTOR] * fats + [END] + [first + n + 1 for n in range(count - 1)] + [END]
    chain += [FREE] * (fats * (SECTOR // 4) - len(chain))
    head = OLE + bytes(16) + struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<9I", 0, fats, fats, 0, SMALLEST_STREAM, END, 0, END, 0)
    head += struct.pack("<109I", *range(fats), *[FREE] * (109 - fats))
    directory = _entry("Root Entry", 5, END, 0, child=1) + _entry(name, 2, first, len(content))
    directory += _entry("", 0, 0, 0) * 2
    table = struct.pack(f"<{len(chain)}I", *chain)
    return head + table + directory + content.ljust(count * SECTOR, b"\x00")


def _entry(name: str, form: int, start: int, size: int, child: int = NONE) -> bytes:
    wide_name = name.encode("utf-16-le")
    length = len(wide_name) + 2 if name else 0
    head = wide_name.ljust(64, b"\x00") + struct.pack("<HBB", length, form, 1)
    return (
        head
        + struct.pack("<III", NONE, NONE, child)
        + bytes(36)
        + struct.pack("<III", start, size, 0)
    )
