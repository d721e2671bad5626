"""Finds formulas of an Excel sheet whose results were not stored; parsers show them as empty."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final
from xml.etree.ElementTree import Element

from iml4e_xlsx.spreadsheets.formats.relationships import sheet_targets
from iml4e_xlsx.spreadsheets.grid import CellPosition
from iml4e_xlsx.spreadsheets.guard import check_file
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.xml import END, local_name, parse_events, parse_part

STORING_FORMAT: Final = "xlsx"
"""The readable format whose reader does not say by itself which results were not stored."""

_WORKBOOK: Final = "xl/workbook.xml"
_FORMULA: Final = re.compile(rb"<(?:\w+:)?f[\s/>]")
_REFERENCE: Final = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_LETTERS: Final = 26


def find_unstored_formulas(data: bytes, sheet: str, limits: Limits) -> frozenset[CellPosition]:
    """
    Return where a sheet has formulas without a stored result; row and column from 0.

    Raises:
        FileRefusal: If the guard refuses the file, or its markup is damaged.
    """
    content = _find_part(check_file(data, limits).parts, sheet, limits)
    # Most rosters have no formula at all, and this is much quicker than parsing the part.
    if not _FORMULA.search(content):
        return frozenset()
    return frozenset(_find_positions(content, limits))


def _find_part(parts: Mapping[str, bytes], sheet: str, limits: Limits) -> bytes:
    """Return the part of the sheet with this name, or nothing."""
    if _WORKBOOK not in parts:
        return b""
    targets = sheet_targets(parts, _WORKBOOK, limits)
    for element in parse_part(parts[_WORKBOOK], limits).iter():
        if local_name(element.tag) == "sheet" and element.get("name") == sheet:
            keys = [value for name, value in element.items() if local_name(name) == "id"]
            return next((parts[targets[key]] for key in keys if targets.get(key) in parts), b"")
    return b""


def _find_positions(content: bytes, limits: Limits) -> Iterator[CellPosition]:
    for event, element, _ in parse_events(content, limits):
        if event != END or local_name(element.tag) != "c":
            continue
        reference = _REFERENCE.fullmatch(element.get("r", ""))
        if reference is not None and _lacks_result(element):
            yield int(reference[2]) - 1, _column_number(reference[1])
        element.clear()


def _lacks_result(cell: Element) -> bool:
    """Return whether a cell has a formula and no value; a stored empty text is a value."""
    children = {local_name(child.tag): child for child in cell}
    value = children.get("v")
    stored = cell.get("t") == "str" or (value is not None and bool(value.text))
    return "f" in children and not stored


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * _LETTERS + ord(letter) - ord("A") + 1
    return number - 1
