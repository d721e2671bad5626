"""Defines the limits of a returned file, which the guard and the parsing process keep."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final, Self

from iml4e_xlsx.errors import LimitError
from iml4e_xlsx.findings.error_codes import ReadingErrorCode

_UNITS: Final = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
_AMOUNT: Final = re.compile(r"(\d+(?:\.\d+)?)\s*([kmg]?)b?", re.IGNORECASE)


def _limit_field(default: float, meaning: str) -> Any:
    return field(default=default, metadata={"meaning": meaning})


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """
    The limits of a returned file. A workbook as issued uses a twentieth of each, or less.

    Sizes are in bytes; each field's metadata explains it under `meaning`.
    """

    size: int = _limit_field(20 << 20, "bytes of a file")
    inflated: int = _limit_field(
        32 << 20, "inflated bytes of all parts of a workbook that are read"
    )
    ratio: int = _limit_field(400, "inflated over packed size of a part, from 1 MB on")
    parts: int = _limit_field(2_000, "parts of a workbook")
    sheets: int = _limit_field(250, "sheets of a workbook")
    cells: int = _limit_field(1_000_000, "cells of a sheet that hold anything")
    strings: int = _limit_field(500_000, "entries of the table of texts")
    text: int = _limit_field(100_000, "characters of a cell")
    merged: int = _limit_field(20_000, "merged ranges of a sheet")
    nesting: int = _limit_field(100, "depth of the elements of a part")
    members: int = _limit_field(
        10_000,
        "files in a zip; also in a file's zips and mails together, besides one for each 256 bytes",
    )
    zips: int = _limit_field(3, "depth of zips in zips")
    archive: int = _limit_field(4 << 30, "bytes of all files in a zip, inflated")
    message: int = _limit_field(40 << 20, "bytes of a mail, with what is attached")
    attachments: int = _limit_field(1_000, "parts of a mail: texts and attachments")
    mails: int = _limit_field(5, "depth of mails in mails")
    nested: int = _limit_field(
        24 << 20,
        "bytes that a file's zips and mails inflate to together, besides 20 times its size",
    )
    workbooks: int = _limit_field(
        50, "workbooks in a file's zips and mails together, besides one for each 2 KB"
    )
    stops: int = _limit_field(
        2, "files in a file's zips and mails at which reading is stopped, besides one for each 2 MB"
    )
    seconds: float = _limit_field(4.0, "seconds of computing for a file")
    memory: int = _limit_field(96 << 20, "bytes of memory that parsing a file may take")

    @classmethod
    def parse_settings(cls, settings: Iterable[str]) -> Self:
        """
        Return limits from settings such as `size=50MB` or `seconds=10`; the rest as they are.

        Raises:
            LimitError: For a name that is no limit, or an amount that is none.
        """
        names = [limit.name for limit in fields(cls)]
        values: dict[str, Any] = {}
        for setting in settings:
            name, _, amount = setting.partition("=")
            if name.strip() not in names:
                raise LimitError(ReadingErrorCode.UNKNOWN_LIMIT, name=name, limits=tuple(names))
            match = _AMOUNT.fullmatch(amount.strip())
            if match is None:
                raise LimitError(ReadingErrorCode.LIMIT_AMOUNT, name=name, amount=amount)
            value = float(match[1]) * _UNITS[match[2].lower()]
            values[name.strip()] = value if name.strip() == "seconds" else int(value)
        return replace(cls(), **values)
