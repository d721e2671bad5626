"""Reads the styles of an Excel workbook as far as they change what a number means."""

from __future__ import annotations

import re
from typing import Final

from iml4e_xlsx.spreadsheets.formats.numbers import CellStyles, NumberFormats
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.xml import keep_readings, local_name, stream_markup

_CODE: Final = ["numFmts", "numFmt"]
_STYLE: Final = ["cellXfs", "xf"]
_FORMAT: Final = re.compile(r"\s*(\d{1,9})\s*")
_GENERAL: Final = 0

NO_STYLES: Final = CellStyles.from_numbers(NumberFormats(), [])


@keep_readings
def read_styles(content: bytes, limits: Limits, *, is_1904: bool) -> CellStyles:
    """
    Return the number formats of a workbook's styles; whatever else they say makes no difference.

    Raises:
        FileRefusal: If they are no XML: whether a 3 is shown as 300 % could then not be told.
    """
    formats = NumberFormats(from_1904=is_1904)
    numbers: list[int] = []
    path: list[str] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        path.append(local_name(tag))
        if path[1:] == _STYLE:
            numbers.append(_read_number(attributes))
        elif path[1:] == _CODE and "formatCode" in attributes:
            formats.add_code(_read_number(attributes), attributes["formatCode"])

    stream_markup(content, limits, start, lambda _: path.pop())
    return CellStyles.from_numbers(formats, numbers)


def _read_number(attributes: dict[str, str]) -> int:
    """Return the number of a format; the general one where it is missing or none."""
    match = _FORMAT.fullmatch(attributes.get("numFmtId", ""))
    return int(match[1]) if match else _GENERAL
