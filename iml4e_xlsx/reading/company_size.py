"""Brings sizes of organisations into one form, so that a benchmark does not split by spelling."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from iml4e_xlsx.model import PROFILE_LIMIT

_NUMBER: Final = r"(\d{1,3}(?:[ .,'’]\d{3})+|\d+)"
_UNIT: Final = (
    r"(?: ?(?:people|persons|employees|staff|fte|personen|beschäftigte|mitarbeiter(?:innen)?"
    r"|mitarbeitende))?"
)
_DASH: Final = r" ?(?:[-‐‑‒–—−~]|\bto\b|\bbis\b) ?"
_RANGE: Final = re.compile(f"{_NUMBER}{_DASH}{_NUMBER}{_UNIT}")
_AT_LEAST: Final = re.compile(
    rf"{_NUMBER} ?(?:\+|or more|and more|oder mehr|und mehr){_UNIT}"
    rf"|(?:≥|>=|at least|from|ab|mindestens) ?{_NUMBER}{_UNIT}"
)


def usual_size(text: str) -> str:
    """
    Return a size in its usual form: `10-49` for "10 – 49" and "10 to 49", `250+` for "250 or more".

    What is no such class stays as it is.
    """
    if len(text) > PROFILE_LIMIT:
        return text
    plain = " ".join(unicodedata.normalize("NFKC", text).split()).casefold()
    if match := _RANGE.fullmatch(plain):
        lowest, highest = _plain_number(match[1]), _plain_number(match[2])
        return f"{lowest}-{highest}" if lowest < highest else text
    if match := _AT_LEAST.fullmatch(plain):
        return f"{_plain_number(match[1] or match[2])}+"
    return text


def _plain_number(digits: str) -> int:
    return int(re.sub(r"\D", "", digits))
