"""Brings sizes of organisations into one form, and tells what became of them in programs."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from iml4e_xlsx.model import PROFILE_LIMIT
from iml4e_xlsx.reading.day_reader import is_month

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
_UNIT_LAST: Final = re.compile(f"{_UNIT}$")
_ONE_NUMBER: Final = re.compile(rf"(?:[<>≤≥~≈]=? ?)?(?:{_NUMBER}|(?!0\d)\d+[.,]\d+)")
_FIGURES: Final = re.compile(r"[-‐‑‒–—−/.:,'’ \d]*\d[-‐‑‒–—−/.:,'’ \dt]*(?:[ap]m|z)?")
_GAP: Final = re.compile(r"[-‐‑‒–—−/.,' ]+")
_DAY_NUMBER: Final = re.compile(r"'?\d+(?:st|nd|rd|th)?")


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


def is_spoilt_size(text: str) -> bool:
    """
    Check whether a text is what programs make of a class of sizes: `Oct-49`, `2049-10-01`, `-5`.

    So is every other text of figures that is neither a number nor a class, such as `49-10`. Words
    are anybody's own.
    """
    if len(text) > PROFILE_LIMIT or usual_size(text) != text:
        return False
    plain = " ".join(unicodedata.normalize("NFKC", text).split()).casefold()
    plain = _UNIT_LAST.sub("", plain)
    if match := _RANGE.fullmatch(plain):
        return _plain_number(match[1]) >= _plain_number(match[2])
    if _ONE_NUMBER.fullmatch(plain):
        return False
    return _FIGURES.fullmatch(plain) is not None or _is_month_and_figures(plain)


def _is_month_and_figures(text: str) -> bool:
    words = [word for word in _GAP.split(text) if word]
    others = [word for word in words if not is_month(word)]
    return (
        len(words) - len(others) == 1 and bool(others) and all(map(_DAY_NUMBER.fullmatch, others))
    )


def _plain_number(digits: str) -> int:
    return int(re.sub(r"\D", "", digits))
