"""What a returned file may claim: the limits of the guard and of the parsing process."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final, Self

_UNITS: Final = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
_AMOUNT: Final = re.compile(r"(\d+(?:\.\d+)?)\s*([kmg]?)b?", re.IGNORECASE)


def _limit(default: float, meaning: str) -> Any:
    return field(default=default, metadata={"meaning": meaning})


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """
    What a returned file may claim. A workbook as issued uses a twentieth of each, or less.

    Sizes are in bytes; each field's metadata says under `meaning` what it is of.
    """

    size: int = _limit(20 << 20, "bytes of a file")
    inflated: int = _limit(32 << 20, "bytes of all parts of a workbook that are read, inflated")
    ratio: int = _limit(400, "inflated over packed size of a part, from 1 MB on")
    parts: int = _limit(2_000, "parts of a workbook")
    sheets: int = _limit(250, "sheets of a workbook")
    cells: int = _limit(1_000_000, "rows times columns of a sheet, up to its furthest cell")
    strings: int = _limit(500_000, "entries of the table of texts")
    text: int = _limit(100_000, "characters of a cell")
    merged: int = _limit(20_000, "merged ranges of a sheet")
    nesting: int = _limit(100, "depth of the elements of a part")
    members: int = _limit(10_000, "files in a zip")
    zips: int = _limit(3, "depth of zips in zips")
    archive: int = _limit(4 << 30, "bytes of all files in a zip, inflated")
    message: int = _limit(40 << 20, "bytes of a mail, with what is attached")
    attachments: int = _limit(1_000, "parts of a mail: texts and attachments")
    mails: int = _limit(5, "depth of mails in mails")
    seconds: float = _limit(4.0, "seconds of computing for a file")
    memory: int = _limit(96 << 20, "bytes of memory that parsing a file may take")

    @classmethod
    def parse_settings(cls, settings: Iterable[str]) -> Self:
        """
        Return limits from settings such as `size=50MB` or `seconds=10`; the rest as they are.

        Raises:
            ValueError: For a name that is no limit, or an amount that is none; says which.
        """
        known = [one.name for one in fields(cls)]
        values: dict[str, Any] = {}
        for setting in settings:
            name, _, amount = setting.partition("=")
            if name.strip() not in known:
                raise ValueError(f"'{name}' is no limit; there are {', '.join(known)}")
            found = _AMOUNT.fullmatch(amount.strip())
            if found is None:
                raise ValueError(f"'{amount}' is no amount for {name}; write a number, or 50MB")
            value = float(found[1]) * _UNITS[found[2].lower()]
            values[name.strip()] = value if name.strip() == "seconds" else int(value)
        return replace(cls(), **values)
