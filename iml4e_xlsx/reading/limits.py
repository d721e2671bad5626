"""What a returned file may claim: the limits of the guard and of the parsing process."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Final, Self

_UNITS: Final = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
_AMOUNT: Final = re.compile(r"(\d+(?:\.\d+)?)\s*([kmg]?)b?", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """
    What a returned file may claim. A workbook as issued uses a twentieth of each, or less.

    `size` is of the file, `inflated` of all its parts that are read, `archive` of all files in a
    zip together, `memory` of what parsing may take; these four in bytes. `ratio` is a part's
    inflated size over its packed size. `cells` is rows times columns of a sheet up to its
    furthest cell, `strings` the entries of the table of texts, `text` the characters of one
    cell, `merged` the merged ranges of a sheet, `nesting` the depth of a part's elements.
    `members` is how many files a zip may hold, `zips` how deep zips may lie in zips. `seconds`
    is the time for one file.
    """

    size: int = 20 << 20
    inflated: int = 32 << 20
    ratio: int = 400
    parts: int = 2_000
    sheets: int = 250
    cells: int = 1_000_000
    strings: int = 500_000
    text: int = 100_000
    merged: int = 20_000
    nesting: int = 100
    members: int = 10_000
    zips: int = 3
    archive: int = 4 << 30
    seconds: float = 4.0
    memory: int = 96 << 20

    @classmethod
    def parsed(cls, settings: Iterable[str]) -> Self:
        """
        Return limits from settings such as `size=50MB` or `seconds=10`; the rest as they are.

        Raises:
            ValueError: For a name that is no limit, or an amount that is none; says which.
        """
        known = {field.name: field.type for field in fields(cls)}
        values: dict[str, float] = {}
        for setting in settings:
            name, _, amount = setting.partition("=")
            if name.strip() not in known:
                raise ValueError(f"'{name}' is no limit; there are {', '.join(known)}")
            found = _AMOUNT.fullmatch(amount.strip())
            if found is None:
                raise ValueError(f"'{amount}' is no amount for {name}; write a number, or 50MB")
            value = float(found[1]) * _UNITS[found[2].lower()]
            values[name.strip()] = value if name.strip() == "seconds" else int(value)
        return replace(cls(), **values)  # type: ignore[arg-type]
