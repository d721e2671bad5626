"""Estimates how long a person takes to answer a scheme: the one rule behind each such figure."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from iml4e_xlsx.model import Scheme
from iml4e_xlsx.text.message import Message, message

WORDS_A_MINUTE: Final = 220
"""How fast an adult reads a factual text with care."""

SECONDS_A_STATEMENT: Final = 20
"""How long it takes to decide on a rating, apart from reading; evidence takes as long again."""

_HOUR: Final = 60
_COARSE_FROM, _COARSE, _FINE = 30, 15, 5
"""From so many minutes on, the estimate is in quarters of an hour; below, in five minutes."""


def estimate_minutes(scheme: Scheme, shown: Collection[str] | None = None) -> int:
    """
    Return the minutes that a person takes to read and rate all statements, or these, rounded.

    Counted are the words of each statement and of the guidance for rating it.
    """
    statements = [one for id_, one in scheme.statements.items() if shown is None or id_ in shown]
    words = sum(len(" ".join((one.text, *one.guidance.texts)).split()) for one in statements)
    minutes = words / WORDS_A_MINUTE + len(statements) * SECONDS_A_STATEMENT / 60
    step = _COARSE if minutes >= _COARSE_FROM else _FINE
    return max(_FINE, round(minutes / step) * step)


def describe_minutes(minutes: int) -> Message:
    """Return a time as people say it: in hours where it is whole hours."""
    if minutes % _HOUR == 0:
        return message("time.hours", count=minutes // _HOUR)
    return message("time.minutes", count=minutes)
