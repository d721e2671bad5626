"""
Makes files that harm, or are harmful by accident: each by a few lines, none kept as a file.

`tests.support.hostile_cases` says what has to come of each.
"""

from __future__ import annotations

import io
import re
import struct
import tarfile
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

Maker: TypeAlias = Callable[[bytes], bytes]
"""Takes a good workbook (.xlsx, filled) and returns a hostile file."""

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MANY = 200_000
ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
ODS_NAMES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
)


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: Mapping[str, bytes] | Iterable[tuple[str, bytes]]) -> bytes:
    items = parts.items() if isinstance(parts, Mapping) else parts
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in items:
            archive.writestr(name, content)
    return buffer.getvalue()


def with_part(name: str, change: Callable[[bytes], bytes]) -> Maker:
    """Return a maker that changes one part; a part that is not there begins empty."""

    def make(good: bytes) -> bytes:
        parts = parts_of(good)
        return packed({**parts, name: change(parts.get(name, b""))})

    return make


def replaced(old: bytes, new: bytes, count: int = 1) -> Callable[[bytes], bytes]:
    def change(content: bytes) -> bytes:
        assert old in content, old
        return content.replace(old, new, count)

    return change


SHEET = "xl/worksheets/sheet2.xml"
BOOK = "xl/workbook.xml"
STRINGS = "xl/sharedStrings.xml"
STYLES = "xl/styles.xml"


def in_sheet(xml: bytes) -> Maker:
    """Return a maker that puts markup in front of the first row of an area's sheet."""
    return with_part(SHEET, replaced(b"<sheetData>", b"<sheetData>" + xml))


def after_rows(xml: bytes) -> Maker:
    return with_part(SHEET, replaced(b"</sheetData>", b"</sheetData>" + xml))


def prolog(text: bytes) -> Callable[[bytes], bytes]:
    """Return a change that puts a declaration behind a part's first line."""

    def change(content: bytes) -> bytes:
        head, mark, rest = content.partition(b"?>")
        return head + mark + text + rest

    return change


def ods(body: str, **parts: bytes) -> Maker:
    content = (
        f'<?xml version="1.0"?><office:document-content {ODS_NAMES}><office:body>'
        f"<office:spreadsheet>{body}</office:spreadsheet></office:body></office:document-content>"
    )
    return lambda _: packed({"mimetype": ODS_TYPE.encode(), "content.xml": content.encode()})


def encrypted_flags(good: bytes) -> bytes:
    """Return a zip whose members claim to be encrypted."""
    data = bytearray(good)
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = data.find(mark)
        while start >= 0:
            data[start + at] |= 1
            start = data.find(mark, start + 4)
    return bytes(data)


def lying_size(good: bytes) -> bytes:
    """Return a zip whose central directory understates a part that inflates to 60 MB."""
    data = bytearray(packed({**parts_of(good), SHEET: b"<a>" + b" " * (60 << 20)}))
    name = SHEET.encode()
    at = data.rfind(name) - 46
    struct.pack_into("<I", data, at + 24, 1000)
    return bytes(data)


def bad_crc(good: bytes) -> bytes:
    data = bytearray(good)
    at = data.rfind(SHEET.encode()) - 46
    data[at + 16] ^= 0xFF
    return bytes(data)


def strange_method(good: bytes) -> bytes:
    data = bytearray(good)
    at = data.rfind(SHEET.encode()) - 46
    struct.pack_into("<H", data, at + 10, 97)
    return bytes(data)


def overlapping(good: bytes) -> bytes:
    """Return a zip in which many entries share one body (a quine of Fifield's kind)."""
    body = zlib.compress(b"0" * (4 << 20), 9)[2:-4]
    local = struct.pack("<4sHHHHHIIIHH", b"PK\x03\x04", 20, 0, 8, 0, 0, 0, len(body), 4 << 20, 1, 0)
    head = local + b"a" + body
    entries = b"".join(
        struct.pack(
            "<4sHHHHHHIIIHHHHHII",
            *(b"PK\x01\x02", 20, 20, 0, 8, 0, 0, 0, len(body), 4 << 20, len(name)),
            *(0, 0, 0, 0, 0, 0),
        )
        + name
        for name in (f"xl/worksheets/sheet{n}.xml".encode() for n in range(400))
    )
    types = b"[Content_Types].xml"
    entries += struct.pack(
        "<4sHHHHHHIIIHHHHHII",
        *(b"PK\x01\x02", 20, 20, 0, 8, 0, 0, 0, len(body), 4 << 20, len(types)),
        *(0, 0, 0, 0, 0, 0),
    )
    entries += types
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 401, 401, len(entries), len(head), 0)
    return head + entries + end


def zip_in_zip(depth: int) -> Maker:
    def make(good: bytes) -> bytes:
        data = packed({"good.xlsx": good})
        for level in range(depth):
            data = packed({f"level{level}.zip": data})
        return data

    return make


def numbers_document(_: bytes) -> bytes:
    return packed({"Index/Document.iwa": b"\x00", "Metadata/Properties.plist": b"\x00"})


def tar(good: bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        info = tarfile.TarInfo("good.xlsx")
        info.size = len(good)
        archive.addfile(info, io.BytesIO(good))
    return buffer.getvalue()


def sector_loop(_: bytes) -> bytes:
    """Return an OLE file whose allocation table leads in a circle."""
    header = bytearray(512)
    header[:8] = OLE
    struct.pack_into("<HHHHH", header, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<III", header, 44, 1, 0, 0)
    struct.pack_into("<IIIII", header, 56, 4096, 0, 0, 0, 0)
    struct.pack_into("<I", header, 76, 0)
    return bytes(header) + struct.pack("<I", 0) * 128 * 8


def xlsb(content: bytes) -> Maker:
    relations = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        b'<Relationship Id="r1" Type="t" Target="worksheets/sheet1.bin"/></Relationships>'
    )
    name, key = "S".encode("utf-16-le"), "r1".encode("utf-16-le")
    bundle = struct.pack("<III", 0, 1, 2) + key + struct.pack("<I", 1) + name
    book = b"\x9c\x01" + bytes([len(bundle)]) + bundle
    return lambda _: packed(
        {
            "[Content_Types].xml": b"<Types/>",
            "xl/workbook.bin": book,
            "xl/_rels/workbook.bin.rels": relations,
            "xl/worksheets/sheet1.bin": content,
        }
    )


def many_sheets(count: int) -> Maker:
    def make(good: bytes) -> bytes:
        parts = parts_of(good)
        extra = b"".join(
            b'<sheet name="x%d" sheetId="%d" r:id="rId2"/>' % (n, n + 100) for n in range(count)
        )
        parts[BOOK] = parts[BOOK].replace(b"</sheets>", extra + b"</sheets>")
        return packed(parts)

    return make


def external_link(good: bytes) -> bytes:
    parts = parts_of(good)
    parts["xl/externalLinks/externalLink1.xml"] = (
        b'<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b'<ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>'
    )
    return packed(parts)


def utf16(content: bytes) -> bytes:
    text = content.decode().replace("UTF-8", "UTF-16")
    head, mark, rest = text.partition("?>")
    return f'{head}{mark}<!DOCTYPE x [<!ENTITY a "boom">]>{rest}'.encode("utf-16")


def laughs(content: bytes) -> bytes:
    entities = b"".join(
        b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10 if n else b"ha") for n in range(12)
    )
    return prolog(b"<!DOCTYPE x [" + entities + b"]>")(content)


def part_twice(good: bytes) -> bytes:
    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w") as archive:
        warnings.simplefilter("ignore")
        for name, content in (*parts_of(good).items(), (SHEET, b"<a/>")):
            archive.writestr(name, content)
    return buffer.getvalue()


def lying_dimension(xml: bytes) -> bytes:
    return re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:XFD1048576"', xml, count=1)


def table(rows: str) -> str:
    return f'<table:table table:name="S">{rows}</table:table>'


def row(cells: str, attributes: str = "") -> str:
    return f"<table:table-row {attributes}>{cells}</table:table-row>"


def repeated(name: str, count: int) -> str:
    return f'table:number-{name}-repeated="{count}"'
