"""
Excel workbooks (.xlsx, .xlsm): what stands behind the values that calamine reads.

calamine shows an error value and a formula without a stored result as an empty cell, and a
percentage as a number. Where a sheet of statements may have one, openpyxl looks inside.
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
from iml4e_xlsx.spreadsheets.formats.numbers import is_percent_code
from iml4e_xlsx.spreadsheets.formats.relationships import sheet_targets
from iml4e_xlsx.spreadsheets.grid import CellDetails, CellPosition, Grid
from iml4e_xlsx.spreadsheets.guard import CheckedFile, FileRefused
from iml4e_xlsx.spreadsheets.limits import Limits
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
    "xl/vbaProject": "macros",
    "xl/macrosheets/": "macros",
    "xl/externalLinks/": "links",
    "xl/connections": "links",
    "xl/queryTables/": "links",
    "xl/embeddings/": "objects",
    "xl/activeX/": "controls",
}


def extras(checked: CheckedFile) -> Iterator[str]:
    """Yield what else is in the file: macros, links, objects of other programs, controls."""
    for name in checked.names:
        for start, extra in _EXTRAS.items():
            if name.startswith(start):
                yield extra
        if name.startswith("xl/externalLinks/") and b"ddeLink" in checked.parts.get(name, b""):
            yield "dde"


def keeping_blanks(checked: CheckedFile, data: bytes) -> bytes:
    """
    Return a workbook in which texts that begin or end with blanks say that these are meant.

    Gnumeric leaves that out, and calamine then drops the blanks.
    """
    changed = {
        name: _MEANT.sub(b'<t xml:space="preserve">', part)
        for name, part in checked.parts.items()
        if (name.startswith("xl/sharedStrings") or _INLINE_TEXT in part)
        and any(mark in part for mark in _BLANK_EDGES)
    }
    if all(checked.parts[name] == part for name, part in changed.items()):
        return data
    return _package({**checked.parts, **changed})


def check_texts(checked: CheckedFile, sheets: list[Grid], limits: Limits) -> None:
    """Refuse texts beyond the limit; cells are gone through only where a part may hold one."""
    if any(_has_long_run(part, limits.text) for part in checked.parts.values()):
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


def with_inner(checked: CheckedFile, sheets: list[Grid], limits: Limits) -> list[Grid]:
    """
    Return the grids with what stands behind their values, where that is not plain.

    Raises:
        FileRefused: If openpyxl can make no sense of the workbook.
    """
    suspects = _suspects(_sheet_contents(checked.parts, limits), sheets)
    if not suspects:
        return sheets
    markup = {
        name: part for name, part in checked.parts.items() if name.endswith((".xml", ".rels"))
    }
    for part in markup.values():
        _check_depth(part, limits)
    package = _package(markup)
    try:
        found = _looked_inside(package, suspects)
    except MemoryError:
        raise
    except Exception as error:  # openpyxl raises ten unrelated types on damaged parts
        raise FileRefused(FailureCode.BROKEN_WORKBOOK, "markup", detail=str(error)) from error
    return [replace(grid, details=found.get(grid.name, {})) for grid in sheets]


def _check_depth(part: bytes, limits: Limits) -> None:
    """Refuse elements that lie too deep for a parser that calls itself for each."""
    for _, element, _ in parse_events(part, limits):
        element.clear()


def _package(parts: Mapping[str, bytes]) -> bytes:
    """Return an archive of the checked parts alone: what was not checked is never opened."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def _looked_inside(
    package: bytes, suspects: Sequence[str]
) -> dict[str, dict[CellPosition, CellDetails]]:
    """Return what stands behind the notable cells of each suspect sheet."""
    formulas = _notable(package, suspects, results=False)
    if not any(kind != "n" for found in formulas.values() for kind, _, _ in found.values()):
        return {name: _percentages(found) for name, found in formulas.items()}
    results = _notable(package, suspects, results=True)
    return {name: _behind(found, results[name]) for name, found in formulas.items()}


_Notable: TypeAlias = dict[CellPosition, tuple[str, Any, bool]]
"""By position: openpyxl's letter for a type, the content, whether it is shown as a percentage."""


def _notable(package: bytes, suspects: Sequence[str], *, results: bool) -> dict[str, _Notable]:
    """Return the cells that hold a value, by sheet: with formulas, or with their results."""
    import openpyxl

    book = openpyxl.load_workbook(
        io.BytesIO(package), read_only=True, keep_links=False, data_only=results
    )
    found: dict[str, _Notable] = {}
    for name in suspects:
        sheet = book[name]
        sheet.reset_dimensions()
        found[name] = {
            (cell.row - 1, cell.column - 1): (
                cell.data_type,
                cell.value,
                cell.data_type == "n" and is_percent_code(str(cell.number_format)),
            )
            for row in sheet.iter_rows()
            for cell in row
            if cell.value is not None
        }
    return found


def _percentages(found: _Notable) -> dict[CellPosition, CellDetails]:
    return {at: CellDetails(percent=True) for at, (_, _, percent) in found.items() if percent}


def _behind(formulas: _Notable, results: _Notable) -> dict[CellPosition, CellDetails]:
    inner = _percentages(formulas)
    for at, (kind, content, _) in formulas.items():
        if kind not in ("f", "e"):
            continue
        result_kind, result, percent = results.get(at, ("n", None, False))
        inner[at] = CellDetails(
            formula=_formula_text(content) if kind == "f" else "",
            error=str(result) if result_kind == "e" else "",
            stored=result is not None,
            percent=percent,
        )
    return inner


def _formula_text(value: object) -> str:
    """Return a formula's text, also that of an array formula, which is an object of its own."""
    return str(getattr(value, "text", None) or value)


def _suspects(contents: Mapping[str, bytes], sheets: Sequence[Grid]) -> list[str]:
    """
    Return the sheets of statements with an error, a formula, or more numbers than issued.

    A sheet that may have lost its ids counts where the result of a formula was not stored.
    """
    return [
        grid.name
        for grid in sheets
        if (content := contents.get(grid.name, b"")) == b""
        or _ERROR_VALUE in content
        or (
            _formula_from(content, grid.ids[0][0] + 1) or _has_bare_numbers(grid)
            if grid.ids
            else any(mark in content for mark in _NOT_STORED) and _may_have_lost_ids(grid)
        )
    ]


def _may_have_lost_ids(grid: Grid) -> bool:
    """Return whether a column holds several sentences, as that of the statements does."""
    sentences = Counter(
        col
        for row in grid.rows
        for col, value in enumerate(row)
        if isinstance(value, str) and len(value) >= _SENTENCE
    )
    return max(sentences.values(), default=0) >= _SEVERAL


def _has_bare_numbers(grid: Grid) -> bool:
    return any(
        list(map(type, grid.rows[row])).count(float) > _PLAIN_NUMBERS for row, _, _ in grid.ids
    )


def _formula_from(content: bytes, row_number: int) -> bool:
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
