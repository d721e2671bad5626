"""Makes the smallest Excel workbooks around markup, and reads sheets by pattern and by parser."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from iml4e_xlsx.spreadsheets.formats import load_grids, ooxml
from iml4e_xlsx.spreadsheets.formats.sheet_content import DetailsMap, SheetContent, SheetTables
from iml4e_xlsx.spreadsheets.formats.sheet_reader import parse_sheet
from iml4e_xlsx.spreadsheets.formats.sheet_scan import scan_sheet
from iml4e_xlsx.spreadsheets.formats.workbook_part import read_workbook
from iml4e_xlsx.spreadsheets.grid import CellDetails, Grid
from iml4e_xlsx.spreadsheets.guard import check_file
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.refusal import FileRefusal
from tests.support.hostile import packed

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE_LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
LIMITS = Limits()

FORMATS = (0, 9, 14, 46, 164)
"""The number formats of the styles 0 to 4: general, 0 %, a date, hours gone by, one of its own."""


def links(*entries: tuple[str, str, str]) -> bytes:
    """Return the relationships with these ids, kinds and targets."""
    lines = "".join(
        f'<Relationship Id="{key}" Type="{LINKS}/{kind}" Target="{target}"/>'
        for key, kind, target in entries
    )
    return f'<Relationships xmlns="{PACKAGE_LINKS}">{lines}</Relationships>'.encode()


def sheet_part(rows: str, after: str = "") -> bytes:
    """Return a sheet's part with these rows."""
    return f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>{after}</worksheet>'.encode()


def book_parts(
    sheet: bytes, texts: Sequence[str] = ("zero", "one"), book: str = ""
) -> dict[str, bytes]:
    """Return the parts of a workbook of one sheet; `book` stands in front of the list of sheets."""
    items = "".join(f"<si><t>{text}</t></si>" for text in texts)
    styles = "".join(f'<xf numFmtId="{number}"/>' for number in FORMATS)
    return {
        "[Content_Types].xml": b"<Types/>",
        "_rels/.rels": links(("rId1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": (
            f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}">{book}'
            '<sheets><sheet name="One" sheetId="1" r:id="rId1"/></sheets></workbook>'
        ).encode(),
        "xl/_rels/workbook.xml.rels": links(
            ("rId1", "worksheet", "worksheets/sheet1.xml"),
            ("rId2", "sharedStrings", "sharedStrings.xml"),
            ("rId3", "styles", "styles.xml"),
        ),
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{items}</sst>'.encode(),
        "xl/styles.xml": (
            f'<styleSheet xmlns="{MAIN}"><numFmts><numFmt numFmtId="164" formatCode="0.0 %"/>'
            f"</numFmts><cellXfs>{styles}</cellXfs></styleSheet>"
        ).encode(),
        "xl/worksheets/sheet1.xml": sheet,
    }


def read_parts(parts: Mapping[str, bytes], limits: Limits = LIMITS) -> Grid:
    """Return the first sheet of a package, with its cells read."""
    grid = load_grids(packed(parts), limits).sheets[0]
    _ = grid.rows  # a sheet without ids is read when it is asked for
    return grid


def read_cell(markup: str) -> Grid:
    """Return the sheet in which the second cell of the second row has this markup."""
    return read_parts(book_parts(sheet_part(f'<row r="2">{markup}</row>')))


@dataclass(frozen=True, slots=True)
class BothReadings:
    """A sheet as the pattern reads it, None if it does not, and as the parser does."""

    scanned: SheetContent | None
    parsed: SheetContent | FileRefusal | None


def read_both(data: bytes) -> list[BothReadings]:
    """Return both readings of every sheet of a workbook; FileRefusal if there is none."""
    package = check_file(data, LIMITS).package
    assert package is not None
    workbook = read_workbook(package, LIMITS)
    tables = ooxml.read_tables(package, workbook, LIMITS)
    return [compare_part(package[sheet.part], tables) for sheet in workbook.sheets]


def compare_part(part: bytes, tables: SheetTables) -> BothReadings:
    """Return both readings of a part."""
    parsed: SheetContent | FileRefusal | None
    try:
        parsed = parse_sheet(part, tables, LIMITS)
    except FileRefusal as refused:
        parsed = refused
    return BothReadings(scan_sheet(part, tables, LIMITS.cells), parsed)


def listed(content: SheetContent) -> tuple[object, ...]:
    """Return all of a sheet's content, in order, in a form that can be compared."""
    details: dict[tuple[int, int], CellDetails] = dict(
        DetailsMap(content.behind, has_entities=content.has_entities)
    )
    cells = [(row, list(values.items())) for row, values in content.rows.items()]
    typed = [type(value) for values in content.rows.values() for value in values.values()]
    return cells, typed, details, content.merged, sorted(content.hidden)
