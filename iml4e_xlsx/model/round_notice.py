"""Defines what respondents are told about the round that their workbook belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundNotice:
    """
    What respondents are told about a round: until when it runs, and whom they can ask.

    `contact` is a text for people, such as a name and a mail address. What is not known is left
    out wherever the notice is shown.
    """

    deadline: date | None = None
    contact: str = ""
