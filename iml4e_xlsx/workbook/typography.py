"""Computes the height of rows from their texts, with which they open."""

from __future__ import annotations

import math
import unicodedata
from functools import lru_cache

from iml4e_xlsx.workbook.canvas import pixel_width

_PIXELS_PER_CHARACTER = 7
_PADDING = 5
_INDENT = 9
_METRICS_SIZE = 11


def line_height(size: float) -> float:
    """Return the height of a line in points for a font size in points."""
    return size * 1.32 + 0.5


@lru_cache(maxsize=65_536)
def _word_width(word: str) -> int:
    wide = sum(1 for c in word if unicodedata.east_asian_width(c) in "WF")
    return pixel_width(word) + wide * _PIXELS_PER_CHARACTER


@lru_cache(maxsize=16_384)
def count_lines(text: str, width: float, size: float = 11, *, indent: bool = True) -> int:
    """
    Count the lines of a wrapped text in a column.

    Args:
        text: The text; line breaks in it count.
        width: The column's width in characters.
        size: The font size in points.
        indent: Whether the cell is indented by one step.
    """
    available = width * _PIXELS_PER_CHARACTER + _PADDING - 2 * _PADDING - (_INDENT if indent else 0)
    # The library's widths are rounded up letter by letter, which leaves room enough.
    scale = size / _METRICS_SIZE
    return sum(_count_wrapped(line, available / scale) for line in text.split("\n"))


def _count_wrapped(line: str, available: float) -> int:
    """Count the lines by filling each with words; a word longer than a line is broken."""
    space = _word_width(" ")
    count, used = 1, 0.0
    for word in line.split(" "):
        width = _word_width(word)
        if used and used + space + width > available:
            count, used = count + 1, 0.0
        if width > available:
            count += math.ceil(width / available) - 1
            width = int(width % available)
        used += width + (space if used else 0)
    return count


def row_height(count: int, size: float = 11, padding: float = 7, least: int = 1) -> float:
    """Return the height in points of a row with this many lines, at least `least`."""
    return round(max(count, least) * line_height(size) + padding, 2)
