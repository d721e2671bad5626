"""
Reads Excel workbooks (.xlsx, .xlsm): values by calamine, details of cells by openpyxl.

calamine shows an error value and a formula without a stored result as an empty cell, and a
percentage as a number. Only sheets of statements that may hold one are read by openpyxl as well,
since it takes ten times as long.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, TypeAlias

from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.spreadsheets.formats.calamine_values import read_values
from iml4e_xlsx.spreadsheets.formats.numbers import is_percent_code
from iml4e_xlsx.spreadsheets.formats.relationships import sheet_targets
from iml4e_xlsx.spreadsheets.grid import CellDetails, CellPosition, ExtraContent, Grid
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.readable_formats import CheckedFile, LoadedSheets
from iml4e_xlsx.spreadsheets.refusal import FileRefusal, RefusalReason
from iml4e_xlsx.spreadsheets.xml import parse_events, parse_part

_WORKBOOK: Final = "xl/workbook.xml"
_FORMULA_TAGS: Final = (b"f>", b"<f ", b":f ", b"f/>")
"""How a formula begins or ends, with a prefix of its name space or without."""

_CELL_REFERENCE: Final = re.compile(rb'\br="[A-Z]+(\d+)"')
_ERROR_VALUE: Final = b">#"
"""How every error value begins: #REF!, #N/A."""

_NOT_STORED: Final = (b"</f></c>", b"</f><v></v>", b"</f><v/>", b"</f><v />")
_BLANK_EDGES: Final = (b"<t> ", b"<t>\n", b"<t>\t", b" </t>", b"\n</t>", b"\t</t>")
_INLINE_TEXT: Final = b"inlineStr"
_MEANT: Final = re.compile(rb"<t>(?=\s|[^<]*\s</t>)")

_SENTENCE, _SEVERAL = 40, 4
"""Characters of a sentence; how many of them in a column make it one of statements."""

_PLAIN_NUMBERS: Final = 1
"""A row of a statement has one number as issued, its level."""

_EXTRAS: Final = {
    "xl/vbaProject": ExtraContent.MACROS,
    "xl/macrosheets/": ExtraContent.MACROS,
    "xl/externalLinks/": ExtraContent.LINKS,
    "xl/connections": ExtraContent.LINKS,
    "xl/queryTables/": ExtraContent.LINKS,
    "xl/embeddings/": ExtraContent.OBJECTS,
    "xl/activeX/": ExtraContent.CONTROLS,
}


def load_sheets(file: CheckedFile, limits: Limits) -> LoadedSheets:
    """
    Return the sheets of an Excel workbook in order.

    Raises:
        FileRefusal: If calamine or openpyxl can make no sense of it, or it claims too much.
    """
    sheets = read_values(_preserve_blanks(file), limits)
    sheets = _add_details(file, sheets, limits)
    _check_texts(file, sheets, limits)
    return LoadedSheets(sheets, list(find_extras(file)))


def find_extras(file: CheckedFile) -> Iterator[ExtraContent]:
    """Yield what else is in a package of Excel, by the names and contents of its parts."""
    for name in file.names:
        for start, extra in _EXTRAS.items():
            if name.startswith(start):
                yield extra
        if name.startswith("xl/externalLinks/") and b"ddeLink" in file.parts.get(name, b""):
            yield ExtraContent.DDE


def _preserve_blanks(file: CheckedFile) -> bytes:
    """
    Return a workbook in which texts that begin or end with blanks are marked to be preserved.

    Gnumeric leaves the mark out, and calamine then drops the blanks.
    """
    changed = {
        name: _MEANT.sub(b'<t xml:space="preserve">', part)
        for name, part in file.parts.items()
        if (name.startswith("xl/sharedStrings") or _INLINE_TEXT in part)
        and any(mark in part for mark in _BLANK_EDGES)
    }
    if all(file.parts[name] == part for name, part in changed.items()):
        return file.data
    return _pack_parts({**file.parts, **changed})


def _check_texts(file: CheckedFile, sheets: list[Grid], limits: Limits) -> None:
    """Refuse texts beyond the limit; cells are gone through only where a part may hold one."""
    if any(_has_long_run(part, limits.text) for part in file.parts.values()):
        for grid in sheets:
            grid.check_texts(limits)


def _has_long_run(part: bytes, length: int) -> bool:
    """Return whether so many bytes stand somewhere without a tag between them."""
    at = 0
    while at + length < len(part):
        following = part.rfind(b"<", at + 1, at + length + 1)
        if following < 0:
            return True
        at = following
    return False


def _add_details(file: CheckedFile, sheets: list[Grid], limits: Limits) -> list[Grid]:
    """
    Return the grids with the details of their cells.

    Raises:
        FileRefusal: If openpyxl can make no sense of the workbook.
    """
    suspects = _find_suspects(_sheet_contents(file.parts, limits), sheets)
    if not suspects:
        return sheets
    markup = {name: part for name, part in file.parts.items() if name.endswith((".xml", ".rels"))}
    for part in markup.values():
        _check_depth(part, limits)
    package = _pack_parts(markup)
    try:
        details = _read_details(package, suspects)
    except MemoryError:
        raise
    except Exception as error:  # openpyxl raises ten unrelated types on damaged parts
        raise FileRefusal(
            FailureCode.BROKEN_WORKBOOK, RefusalReason.MARKUP, detail=str(error)
        ) from error
    return [replace(grid, details=details.get(grid.name, {})) for grid in sheets]


def _check_depth(part: bytes, limits: Limits) -> None:
    """Refuse elements that lie too deep for a parser that calls itself for each."""
    for _, element, _ in parse_events(part, limits):
        element.clear()


def _pack_parts(parts: Mapping[str, bytes]) -> bytes:
    """Return an archive of the checked parts alone: what was not checked is never opened."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def _read_details(
    package: bytes, suspects: Sequence[str]
) -> dict[str, dict[CellPosition, CellDetails]]:
    """Return the details of the cells of each suspect sheet."""
    formulas = _read_cells(package, suspects, results=False)
    # Without any formula or error, opening the workbook a second time would show nothing new.
    if not any(kind != "n" for cells in formulas.values() for kind, _, _ in cells.values()):
        return {name: _percentage_details(cells) for name, cells in formulas.items()}
    results = _read_cells(package, suspects, results=True)
    return {name: _cell_details(cells, results[name]) for name, cells in formulas.items()}


_Cells: TypeAlias = dict[CellPosition, tuple[str, Any, bool]]
"""By position: openpyxl's letter for a type, the content, whether it is shown as a percentage."""


def _read_cells(package: bytes, suspects: Sequence[str], *, results: bool) -> dict[str, _Cells]:
    """Return the cells that hold a value, by sheet: with formulas, or with their results."""
    import openpyxl

    book = openpyxl.load_workbook(
        io.BytesIO(package), read_only=True, keep_links=False, data_only=results
    )
    cells_of: dict[str, _Cells] = {}
    for name in suspects:
        sheet = book[name]
        sheet.reset_dimensions()
        cells_of[name] = {
            (cell.row - 1, cell.column - 1): (
                cell.data_type,
                cell.value,
                cell.data_type == "n" and is_percent_code(str(cell.number_format)),
            )
            for row in sheet.iter_rows()
            for cell in row
            if cell.value is not None
        }
    return cells_of


def _percentage_details(cells: _Cells) -> dict[CellPosition, CellDetails]:
    return {at: CellDetails(percent=True) for at, (_, _, percent) in cells.items() if percent}


def _cell_details(formulas: _Cells, results: _Cells) -> dict[CellPosition, CellDetails]:
    details = _percentage_details(formulas)
    for at, (kind, content, _) in formulas.items():
        if kind not in ("f", "e"):
            continue
        result_kind, result, percent = results.get(at, ("n", None, False))
        details[at] = CellDetails(
            formula=_formula_text(content) if kind == "f" else "",
            error=str(result) if result_kind == "e" else "",
            stored=result is not None,
            percent=percent,
        )
    return details


def _formula_text(value: object) -> str:
    """Return a formula's text, also that of an array formula, which is an object of its own."""
    return str(getattr(value, "text", None) or value)


def _find_suspects(contents: Mapping[str, bytes], sheets: Sequence[Grid]) -> list[str]:
    """
    Return the names of the sheets that openpyxl has to read as well.

    These are the sheets of statements with an error, a formula or more numbers than issued, and
    sheets that may have lost their ids where the result of a formula was not stored.
    """
    return [
        grid.name
        for grid in sheets
        if (content := contents.get(grid.name, b"")) == b""
        or _ERROR_VALUE in content
        or (
            _has_formula_from(content, grid.ids[0][0] + 1) or _has_bare_numbers(grid)
            if grid.ids
            else any(mark in content for mark in _NOT_STORED) and _may_have_lost_ids(grid)
        )
    ]


def _may_have_lost_ids(grid: Grid) -> bool:
    """Return whether a column holds several sentences, as that of the statements does."""
    sentences = Counter(
        col
        for row in grid.rows.values()
        for col, value in row.items()
        if isinstance(value, str) and len(value) >= _SENTENCE
    )
    return max(sentences.values(), default=0) >= _SEVERAL


def _has_bare_numbers(grid: Grid) -> bool:
    return any(
        list(map(type, grid.rows[row].values())).count(float) > _PLAIN_NUMBERS
        for row, _, _ in grid.ids
    )


def _has_formula_from(content: bytes, row_number: int) -> bool:
    """Return whether the last formula of a sheet stands in this row (from 1) or below."""
    last = max(content.rfind(tag) for tag in _FORMULA_TAGS)
    if last < 0:
        return False
    start = max(content.rfind(b"row ", 0, last), 0)
    references = _CELL_REFERENCE.findall(content, start, last)
    return not references or int(references[-1]) >= row_number


def _sheet_contents(parts: Mapping[str, bytes], limits: Limits) -> dict[str, bytes]:
    """Return the part of each sheet by the sheet's name."""
    targets = sheet_targets(parts, _WORKBOOK, limits)
    if _WORKBOOK not in parts:
        return {}
    return {
        sheet.get("name", ""): parts[targets[key]]
        for sheet in parse_part(parts[_WORKBOOK], limits).iterfind(".//{*}sheet")
        for attribute, key in sheet.items()
        if attribute.endswith("}id") and targets.get(key) in parts
    }
