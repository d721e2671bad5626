"""
Tells what a cell of an OpenDocument spreadsheet holds, by its attributes and its text.

Source: OASIS OpenDocument 1.3, part 3, 19.387 to 19.391 (values), 9.4.3 (cells).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from iml4e_xlsx.spreadsheets.formats.sheet_cells import PERCENTAGE
from iml4e_xlsx.spreadsheets.grid import CellDetails, CellFault, GridValue

OFFICE: Final = "urn:oasis:names:tc:opendocument:xmlns:office:1.0 "
TABLE: Final = "urn:oasis:names:tc:opendocument:xmlns:table:1.0 "
TEXT: Final = "urn:oasis:names:tc:opendocument:xmlns:text:1.0 "
_CALC: Final = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 "

_KIND, _CALC_KIND = f"{OFFICE}value-type", f"{_CALC}value-type"
_FORMULA: Final = f"{TABLE}formula"
_NUMBERS: Final = ("float", "percentage", "currency")
_TEXTS: Final = ("", "string", "error", "void")
_TRUTHS: Final = {"true": True, "false": False}
_DURATION: Final = re.compile(
    r"(-?)P(?:(\d{1,6})D)?T?(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})(?:[.,](\d{1,9}))?S)?"
)
_ERROR_TEXT: Final = re.compile(r"(?:Err:\d{3}|#[A-Z/0]+[!?]?)")


@dataclass(slots=True)
class CellContent:
    """A cell as it was read: its attributes, its paragraphs, whether what is in it is odd."""

    attributes: Mapping[str, str]
    text: str
    has_paragraph: bool
    is_odd: bool


def read_content(content: CellContent) -> tuple[GridValue, CellDetails | None]:
    """Return a cell's value, and what stands behind it if that is not plain."""
    attributes, text = content.attributes, content.text
    kind = attributes.get(_KIND) or attributes.get(_CALC_KIND) or ""
    formula = _formula_text(attributes)
    if not formula and kind == "string" and not content.is_odd:
        stated = attributes.get(f"{OFFICE}string-value")
        if stated is None and not content.has_paragraph:
            return "", CellDetails(fault=CellFault.MARKUP)  # a text that is not there
        return text if stated is None else stated, None
    error = _error_text(attributes, text, formula)
    if error:
        return "", CellDetails(formula=formula, error=error)
    value = None if content.is_odd else _typed_value(attributes, kind, text)
    if value is None:
        return "", CellDetails(fault=CellFault.MARKUP)
    is_percent = kind == "percentage"
    if formula:
        # LibreOffice writes an empty paragraph, and no type, where the result is empty text.
        is_stored = bool(kind) or content.has_paragraph
        return value, CellDetails(formula=formula, stored=is_stored, percent=is_percent)
    return value, PERCENTAGE if is_percent else None


def _formula_text(attributes: Mapping[str, str]) -> str:
    """Return a formula's text without the prefix that names its grammar."""
    formula = attributes.get(_FORMULA, "")
    prefix, equals_sign, rest = formula.partition("=")
    return f"={rest}" if equals_sign and (not prefix or prefix.endswith(":")) else formula


def _error_text(attributes: Mapping[str, str], text: str, formula: str) -> str:
    if attributes.get(_CALC_KIND) == "error":
        return text or "#N/A"
    return text if formula and _ERROR_TEXT.fullmatch(text) else ""


def _typed_value(attributes: Mapping[str, str], kind: str, text: str) -> GridValue | None:
    """Return a value by the type that the cell states; None where that cannot be told."""
    if kind in _NUMBERS:
        return _parse_number(attributes.get(f"{OFFICE}value", ""))
    if kind == "boolean":
        return _TRUTHS.get(attributes.get(f"{OFFICE}boolean-value", "").strip().lower())
    if kind == "date":
        return _parse_date(attributes.get(f"{OFFICE}date-value", ""))
    if kind == "time":
        return _parse_duration(attributes.get(f"{OFFICE}time-value", ""))
    if kind in _TEXTS:
        return attributes.get(f"{OFFICE}string-value", text)
    return None


def _parse_number(stated: str) -> GridValue | None:
    try:
        number = float(stated)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _parse_date(stated: str) -> GridValue | None:
    try:
        return datetime.fromisoformat(stated) if "T" in stated else date.fromisoformat(stated)
    except ValueError:
        return None


def _parse_duration(stated: str) -> GridValue | None:
    match = _DURATION.fullmatch(stated)
    if match is None:
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in match.group(2, 3, 4, 5))
    try:
        length = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    except OverflowError:
        return None
    return -length if match[1] else length
