"""Finds what stands between the values of a roster that is text."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from itertools import islice
from typing import Final

from iml4e_xlsx.roster.columns import find_column

DELIMITERS: Final = ",;\t|"
"""What may stand between values; of two that fit equally well the first counts."""

SEPARATOR_LINE: Final = re.compile(r"sep=([^\r\n])(?:\r?\n|\r|\Z)", re.IGNORECASE)
"""A first line that tells spreadsheet programs the delimiter; they show no row for it."""

_SEARCHED_RECORDS: Final = 100
"""How many rows may be empty above the headings, as far as the search goes."""


def find_delimiter(text: str) -> str:
    """
    Return what stands between the values: what the first line says, or what fits the headings.

    The delimiter is the one by which most known headings are found, since a heading may hold
    other delimiters as well; of those that find as many, the one that makes the most values.
    """
    separator = SEPARATOR_LINE.match(text)
    if separator:
        return separator[1]

    def rank_delimiter(delimiter: str) -> tuple[int, int]:
        headings = _read_headings(text, delimiter)
        return sum(find_column(heading) is not None for heading in headings), len(headings)

    return max(DELIMITERS, key=rank_delimiter)


def _read_headings(text: str, delimiter: str) -> Sequence[str]:
    """Return the values of the first row that is not empty, those in quotation marks whole."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows = islice(reader, _SEARCHED_RECORDS)
    try:
        return next((row for row in rows if any(map(str.strip, row))), ())
    except csv.Error:  # a value without end, which is reported by reading the table
        return ()
