"""Orders the findings about a workbook as a person goes through it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

from iml4e_xlsx.findings.finding import Finding, Place

_ADDRESS: Final = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_LONGEST_ADDRESS: Final = 10


def order_findings(findings: Iterable[Finding], sheets: Sequence[str]) -> tuple[Finding, ...]:
    """
    Order the findings about a workbook: errors first, then by sheet, row and column.

    Args:
        findings: In the order in which they arose, which they keep where nothing else tells.
        sheets: The names of the workbook's sheets, in its order; what is about no sheet of them
            comes last.
    """
    position = {name: number for number, name in reversed(list(enumerate(sheets)))}

    def rank(finding: Finding) -> tuple[int, int, int, int]:
        row, column = find_cell(finding.place)
        sheet = position.get(finding.place.sheet or "", len(sheets))
        return (finding.severity.rank, sheet, row, column)

    return tuple(sorted(findings, key=rank))


def find_cell(place: Place) -> tuple[int, int]:
    """Return row and column of a place's cell, both from 1; zeros for what is about no cell."""
    address = place.cell or ""
    return _split_address(address) if len(address) <= _LONGEST_ADDRESS else (0, 0)


@lru_cache(maxsize=4096)
def _split_address(address: str) -> tuple[int, int]:
    match = _ADDRESS.fullmatch(address)
    if match is None:
        return (0, 0)
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return (int(match[2]), column)
