"""
Reads Excel workbooks (.xlsx, .xlsm): the sheets, and the tables that their cells refer to.

Nothing else in the package is opened: neither pictures nor custom XML nor what only shows cells can
cost an answer. Each sheet goes through `sheet_scan`, and through `sheet_reader` if it has forms
that the scan does not know.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import Final

from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.spreadsheets.formats.cell_styles import NO_STYLES, read_styles
from iml4e_xlsx.spreadsheets.formats.foreign_notes import has_foreign_notes
from iml4e_xlsx.spreadsheets.formats.shared_strings import read_texts
from iml4e_xlsx.spreadsheets.formats.sheet_content import DetailsMap, SheetContent, SheetTables
from iml4e_xlsx.spreadsheets.formats.sheet_reader import parse_sheet
from iml4e_xlsx.spreadsheets.formats.sheet_scan import find_formula_texts, scan_sheet
from iml4e_xlsx.spreadsheets.formats.sheet_texts import find_id_indexes, find_texts
from iml4e_xlsx.spreadsheets.formats.workbook_part import ListedSheet, WorkbookPart, read_workbook
from iml4e_xlsx.spreadsheets.grid import ExtraContent, Grid, UnreadGrid, find_ids, may_be_id
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.package import ZipPackage
from iml4e_xlsx.spreadsheets.readable_formats import CheckedFile, LoadedSheets
from iml4e_xlsx.spreadsheets.refusal import FileRefusal, RefusalReason

_NOTES: Final = "xl/comments"
_EXTRAS: Final = {
    "xl/vbaproject": ExtraContent.MACROS,
    "xl/macrosheets/": ExtraContent.MACROS,
    "xl/externallinks/": ExtraContent.LINKS,
    "xl/connections": ExtraContent.LINKS,
    "xl/querytables/": ExtraContent.LINKS,
    "xl/embeddings/": ExtraContent.OBJECTS,
    "xl/activex/": ExtraContent.CONTROLS,
    _NOTES: ExtraContent.COMMENTS,
    "xl/threadedcomments/": ExtraContent.COMMENTS,
}
_LINK_LENGTH: Final = 1 << 16
MEDIUM_SHEET: Final = 1 << 16
"""In bytes: of an issued workbook the calculation alone is longer, where little evidence stands."""

SHORT_SHEET: Final = 1 << 17
"""In bytes: no sheet of an issued workbook is longer, the calculation of many areas aside."""


def load_sheets(file: CheckedFile, limits: Limits) -> LoadedSheets:
    """
    Return the sheets of an Excel workbook in order.

    Raises:
        FileRefusal: If a part that answers need is missing or damaged, or claims too much.
    """
    assert file.package is not None
    workbook = read_workbook(file.package, limits)
    tables = read_tables(file.package, workbook, limits)
    id_indexes = cache(partial(find_id_indexes, tables))
    loaded = (
        _load_sheet(sheet, file.package, tables, id_indexes, limits) for sheet in workbook.sheets
    )
    sheets = [grid for grid in loaded if grid is not None]
    return LoadedSheets(sheets, list(find_extras(file)))


def _load_sheet(
    sheet: ListedSheet,
    package: ZipPackage,
    tables: SheetTables,
    id_indexes: Callable[[], frozenset[bytes]],
    limits: Limits,
) -> Grid | None:
    """Return the grid of a sheet, unread if no answer can stand there; None for no worksheet."""
    part = package[sheet.part]
    read_later = partial(_read_or_skip, sheet, part, tables, limits)
    if len(part) > MEDIUM_SHEET:
        texts = find_formula_texts(part, tables)
        if texts is not None and not any(map(may_be_id, texts)):
            return UnreadGrid(
                name=sheet.name, is_visible=sheet.is_visible, texts=texts, read=read_later
            )
    # To scan a short sheet takes as long as to tell that nobody needs it.
    if len(part) <= SHORT_SHEET and (content := scan_sheet(part, tables, limits.cells)) is not None:
        return _make_checked_grid(sheet, part, content, limits)
    texts = find_texts(part, tables, id_indexes())
    if texts is None:
        return _read_sheet(sheet, part, tables, limits)
    return UnreadGrid(name=sheet.name, is_visible=sheet.is_visible, texts=texts, read=read_later)


def _read_sheet(
    sheet: ListedSheet, part: bytes, tables: SheetTables, limits: Limits
) -> Grid | None:
    """Return the grid of a sheet; None if its part is no worksheet."""
    content = read_content(part, tables, limits)
    return None if content is None else _make_checked_grid(sheet, part, content, limits)


def _read_or_skip(sheet: ListedSheet, part: bytes, tables: SheetTables, limits: Limits) -> Grid:
    """Return the grid of a sheet; an empty one if its part is no worksheet."""
    grid = _read_sheet(sheet, part, tables, limits)
    return grid or Grid(name=sheet.name, rows={}, is_visible=sheet.is_visible)


def find_extras(file: CheckedFile) -> Iterator[ExtraContent]:
    """Yield what else is in a package of Excel, by the names and contents of its parts."""
    if file.package is None:
        return
    starts = tuple(_EXTRAS)
    for name in file.package.names:
        if name.startswith(starts):
            found = [extra for start, extra in _EXTRAS.items() if name.startswith(start)]
            # Issued workbooks have notes of their own, which say what each rating means.
            if not name.startswith(_NOTES) or has_foreign_notes(file.package, name):
                yield from found
        if name.startswith("xl/externallinks/") and _is_dde(file.package, name):
            yield ExtraContent.DDE


def _is_dde(package: ZipPackage, name: str) -> bool:
    return b"ddeLink" in package.read_start(name, _LINK_LENGTH).replace(b"\0", b"")


def read_tables(package: ZipPackage, workbook: WorkbookPart, limits: Limits) -> SheetTables:
    """Return the tables that the cells of a workbook refer to."""
    texts = read_texts(package[workbook.texts], limits) if workbook.texts else {}
    styles = NO_STYLES
    if workbook.styles:
        styles = read_styles(package[workbook.styles], limits, is_1904=workbook.is_1904)
    return SheetTables.from_tables(texts, styles)


def read_content(part: bytes, tables: SheetTables, limits: Limits) -> SheetContent | None:
    """Return the content of a sheet's part; None if it is no worksheet."""
    content = scan_sheet(part, tables, limits.cells)
    return parse_sheet(part, tables, limits) if content is None else content


def _make_checked_grid(
    sheet: ListedSheet, part: bytes, content: SheetContent, limits: Limits
) -> Grid:
    """Return the grid of a sheet's content; FileRefusal if that is beyond a limit."""
    if len(content.merged) > limits.merged:
        raise FileRefusal(FailureCode.TOO_LARGE, RefusalReason.MERGED, limit=limits.merged)
    grid = Grid(
        name=sheet.name,
        rows=content.rows,
        merged=content.merged,
        details=DetailsMap(content.behind, has_entities=content.has_entities),
        ids=find_ids(content.rows),
        hidden_rows=_find_hidden(content),
        is_visible=sheet.is_visible,
    )
    if len(part) > limits.text:  # else none of its own texts can be longer
        grid.check_texts(limits)
    return grid


def _find_hidden(content: SheetContent) -> frozenset[int]:
    """Return the rows that nobody sees and in which something stands."""
    if not content.hidden:
        return frozenset()
    return frozenset(content.hidden & (content.rows.keys() | {row for row, _ in content.behind}))
