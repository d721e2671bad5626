"""
Lists files made to harm, or harmful by accident, and what has to come of each.

`CASES` maps a name to a maker and to what has to come of the file: the code of its failure, or
`READ` where a response has to come out of it all the same.
"""

from __future__ import annotations

import gzip
import re
import struct

from tests.support.hostile import (
    BOOK,
    MANY,
    ODS_TYPE,
    OLE,
    SHEET,
    STRINGS,
    STYLES,
    Maker,
    after_rows,
    bad_crc,
    encrypted_flags,
    external_link,
    in_sheet,
    laughs,
    lying_dimension,
    lying_size,
    many_sheets,
    numbers_document,
    ods,
    overlapping,
    packed,
    part_twice,
    parts_of,
    prolog,
    repeated,
    replaced,
    row,
    sector_loop,
    strange_method,
    table,
    tar,
    utf16,
    with_part,
    xlsb,
    zip_in_zip,
)

READ = "read"
FAR = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
WIDE_ROW = b'<row r="1">' + b'<c r="J1"><v>1</v></c>' * MANY + b"</row>"
DEEP = b"<a>" * MANY + b"</a>" * MANY
CELL = '<table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell>'

CASES: dict[str, tuple[Maker, str]] = {
    # --- what is no workbook ---
    "empty.xlsx": (lambda _: b"", "empty-file"),
    "zeros.xlsx": (lambda _: bytes(4096), "not-a-workbook"),
    "text.xlsx": (lambda _: b"Dear colleagues,\nplease find attached\n", "not-a-workbook"),
    "page.xls": (lambda _: b"<html><table><tr><td>AA-01</td></tr></table>", "not-a-workbook"),
    "excel2003.xls": (
        lambda _: (
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'
        ),
        "not-a-workbook",
    ),
    "flat.ods": (
        lambda _: (
            b'<?xml version="1.0"?><office:document '
            b'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"/>'
        ),
        "not-a-workbook",
    ),
    "area.xlsx": (lambda _: b"No.;Level;Rating\r\nAA-01;1;2\r\n", "not-a-workbook"),
    "wide-area.xlsx": (
        lambda _: "No.\tLevel\tRating\r\nAA-01\t1\t2\r\n".encode("utf-16"),
        "not-a-workbook",
    ),
    "print.xlsx": (lambda _: b"%PDF-1.7\n", "not-a-workbook"),
    "picture.xlsx": (lambda _: b"\x89PNG\r\n\x1a\n", "not-a-workbook"),
    "mail.xlsx": (lambda _: b"From: a@example.org\r\nSubject: x\r\n\r\nhello", "not-a-workbook"),
    "packed.xlsx": (gzip.compress, "not-a-workbook"),
    "tape.xlsx": (tar, "not-a-workbook"),
    "numbers.xlsx": (numbers_document, "not-a-workbook"),
    "letter.xlsx": (
        lambda _: packed({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<a/>"}),
        "not-a-workbook",
    ),
    # --- damaged or lying archives ---
    "cut-in-half.xlsx": (lambda good: good[: len(good) // 2], "broken-workbook"),
    "cut-short.xlsx": (lambda good: good[:-30], "broken-workbook"),
    "head-only.xlsx": (lambda _: b"PK\x03\x04", "broken-workbook"),
    "bad-checksum.xlsx": (bad_crc, "broken-workbook"),
    "strange-method.xlsx": (strange_method, "broken-workbook"),
    "lying-size.xlsx": (lying_size, "broken-workbook"),
    "overlapping.xlsx": (overlapping, "too-large"),
    "bomb.xlsx": (with_part(SHEET, lambda _: b"0" * (200 << 20)), "too-large"),
    "bomb-of-styles.xlsx": (with_part(STYLES, lambda _: b" " * (25 << 20)), "too-large"),
    "bomb-of-pictures.xlsx": (with_part("xl/media/a.png", lambda _: bytes(300 << 20)), READ),
    "too-big.xlsx": (lambda good: good + bytes(30 << 20), "too-large"),
    "many-parts.xlsx": (
        lambda good: packed({**parts_of(good), **{f"x/{n}": b"" for n in range(3000)}}),
        "too-large",
    ),
    "part-twice.xlsx": (part_twice, "broken-workbook"),
    "locked-zip.xlsx": (encrypted_flags, "encrypted"),
    "paths.xlsx": (with_part("../../../etc/cron.d/x.xml", lambda _: b"<a/>"), READ),
    "no-workbook-part.xlsx": (
        lambda good: packed({k: v for k, v in parts_of(good).items() if k != BOOK}),
        "broken-workbook",
    ),
    "no-relationships.xlsx": (
        lambda good: packed(
            {k: v for k, v in parts_of(good).items() if "workbook.xml.rels" not in k}
        ),
        "broken-workbook",
    ),
    # --- XML that harms ---
    "entity.xlsx": (
        with_part(BOOK, prolog(b'<!DOCTYPE x [<!ENTITY a "b">]>')),
        "broken-workbook",
    ),
    "external-entity.xlsx": (
        with_part(STRINGS, prolog(b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>')),
        "broken-workbook",
    ),
    "laughs.xlsx": (with_part(STRINGS, laughs), "broken-workbook"),
    "hidden-entity.xlsx": (with_part(SHEET, utf16), "broken-workbook"),
    "utf7.xlsx": (
        with_part(SHEET, replaced(b'encoding="UTF-8"', b'encoding="UTF-7"')),
        "broken-workbook",
    ),
    "bad-bytes.xlsx": (
        with_part(SHEET, replaced(b"<sheetData>", b"<sheetData>\xff\xfe<")),
        "broken-workbook",
    ),
    "no-xml.xlsx": (with_part(SHEET, lambda _: b"hello"), "broken-workbook"),
    "deep.xlsx": (in_sheet(DEEP), "broken-workbook"),
    "deep-book.xlsx": (with_part(BOOK, replaced(b"<sheets>", DEEP + b"<sheets>")), "too-large"),
    # --- sheets that claim too much ---
    "far-cell.xlsx": (in_sheet(FAR), READ),
    "far-row.xlsx": (
        in_sheet(b'<row r="4294967297"><c r="A4294967297"><v>1</v></c></row>'),
        READ,
    ),
    "far-column.xlsx": (in_sheet(b'<row r="1"><c r="ZZZZZZZ1"><v>1</v></c></row>'), READ),
    "row-zero.xlsx": (in_sheet(b'<row r="0"><c r="A0"><v>1</v></c></row>'), READ),
    "lying-dimension.xlsx": (with_part(SHEET, lying_dimension), READ),
    "many-cells.xlsx": (in_sheet(WIDE_ROW), READ),
    "many-sheets.xlsx": (many_sheets(5000), "too-large"),
    "many-strings.xlsx": (
        with_part(STRINGS, lambda _: b"<sst>" + b"<si/>" * 600_000 + b"</sst>"),
        "too-large",
    ),
    "lying-count.xlsx": (
        with_part(
            STRINGS, lambda xml: re.sub(rb'uniqueCount="\d+"', b'uniqueCount="9999999999"', xml)
        ),
        READ,
    ),
    "string-out-of-range.xlsx": (
        in_sheet(b'<row r="1"><c r="A1" t="s"><v>99999999</v></c></row>'),
        READ,
    ),
    "negative-string.xlsx": (
        in_sheet(b'<row r="1"><c r="A1" t="s"><v>-1</v></c></row>'),
        READ,
    ),
    "many-merges.xlsx": (
        after_rows(b"<mergeCells>" + b'<mergeCell ref="F7:F8"/>' * MANY + b"</mergeCells>"),
        "too-large",
    ),
    "one-merge-of-all.xlsx": (
        after_rows(b'<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'),
        READ,
    ),
    "many-validations.xlsx": (
        after_rows(
            b"<dataValidations>"
            + b'<dataValidation type="whole" sqref="A1"/>' * MANY
            + b"</dataValidations>"
        ),
        READ,
    ),
    "many-formats.xlsx": (
        after_rows(
            b'<conditionalFormatting sqref="A1"><cfRule type="expression" priority="1">'
            b"<formula>1</formula></cfRule></conditionalFormatting>" * (MANY // 4)
        ),
        READ,
    ),
    "many-styles.xlsx": (
        with_part(STYLES, replaced(b"</cellXfs>", b'<xf numFmtId="0"/>' * MANY + b"</cellXfs>")),
        READ,
    ),
    "error-and-many-styles.xlsx": (
        lambda good: with_part(
            STYLES, replaced(b"</cellXfs>", b'<xf numFmtId="0"/>' * MANY + b"</cellXfs>")
        )(in_sheet(b'<row r="1"><c r="J1" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>')(good)),
        READ,
    ),
    "long-text.xlsx": (
        in_sheet(
            b'<row r="1"><c r="J1" t="inlineStr"><is><t>' + b"x" * 500_000 + b"</t></is></c></row>"
        ),
        "too-large",
    ),
    "not-a-number.xlsx": (
        in_sheet(b'<row r="1"><c r="J1"><v>NaN</v></c><c r="K1"><v>1e999</v></c></row>'),
        READ,
    ),
    # --- what else lies in a workbook: left alone and reported ---
    "macros.xlsm": (with_part("xl/vbaProject.bin", lambda _: OLE + bytes(512)), READ),
    "links.xlsx": (external_link, READ),
    "objects.xlsx": (with_part("xl/embeddings/oleObject1.bin", lambda _: OLE), READ),
    "controls.xlsx": (with_part("xl/activeX/activeX1.xml", lambda _: b"<a/>"), READ),
    # --- OpenDocument ---
    "rows.ods": (ods(table(row(CELL, repeated("rows", 10**9)))), "not-an-assessment"),
    "columns.ods": (
        ods(table(row(CELL.replace(" ", f" {repeated('columns', 10**9)} ", 1)))),
        "too-large",
    ),
    "huge-count.ods": (ods(table(row(CELL, repeated("rows", 10**40)))), "not-an-assessment"),
    "odd-count.ods": (
        ods(table(row(CELL, 'table:number-rows-repeated="-5"'))),
        "broken-workbook",
    ),
    "many-tables.ods": (ods(table("") * 3000), "too-large"),
    "deep.ods": (ods(table("<table:table-row-group>" * 5000)), "broken-workbook"),
    "deep-text.ods": (
        ods(table(row(CELL.replace("x<", "<text:span>" * 5000 + "</text:span>" * 5000 + "<")))),
        "broken-workbook",
    ),
    "wide.ods": (ods(table(row(CELL * MANY))), "not-an-assessment"),
    "no-content.ods": (lambda _: packed({"mimetype": ODS_TYPE.encode()}), "not-a-workbook"),
    "locked.ods": (
        lambda _: packed(
            {
                "mimetype": ODS_TYPE.encode(),
                "content.xml": b"\x00\x01",
                "META-INF/manifest.xml": b"<a><manifest:encryption-data/></a>",
            }
        ),
        "encrypted",
    ),
    "locked-whole.ods": (
        lambda _: packed({"mimetype": ODS_TYPE.encode(), "encrypted-package": b"\x00\x01"}),
        "encrypted",
    ),
    # --- OLE files ---
    "locked.xlsx": (
        lambda _: OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
        "encrypted",
    ),
    "fake.xls": (lambda _: OLE + bytes(4096), "broken-workbook"),
    "head.xls": (lambda _: OLE, "broken-workbook"),
    "noise.xls": (lambda good: OLE + good, "broken-workbook"),
    "loop.xls": (sector_loop, "not-a-workbook"),
    # --- binary workbooks ---
    "lengths.xlsb": (xlsb(b"\x00\xff\xff\xff\x7f"), "broken-workbook"),
    "far-row.xlsb": (
        xlsb(b"\x00\x11" + struct.pack("<I", 0xFFFFFFF0) + bytes(13)),
        "broken-workbook",
    ),
    "far-column.xlsb": (
        xlsb(b"\x00\x11" + bytes(17) + b"\x05\x10" + struct.pack("<IId", 2**31, 0, 1)),
        "not-an-assessment",
    ),
    "text-index.xlsb": (
        xlsb(b"\x00\x11" + bytes(17) + b"\x07\x0c" + struct.pack("<III", 0, 0, 77)),
        "not-an-assessment",
    ),
    # --- zips of files ---
    "deep-zips.zip": (zip_in_zip(8), "too-large"),
    "no-workbooks.zip": (lambda _: packed({"readme.txt": b"hello"}), "no-workbooks"),
    "many-members.zip": (
        lambda _: packed({f"{n}.txt": b"" for n in range(20_000)}),
        "too-large",
    ),
}
