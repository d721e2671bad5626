"""Defines the looks of series: by colour, line and marker, so that black and white will do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from iml4e_xlsx.workbook.colours import SERIES_COLOURS


@dataclass(frozen=True, slots=True)
class Series:
    """The look of one series; `dash` and `marker` are XlsxWriter's words, the rest matplotlib's."""

    colour: str
    line: str
    symbol: str
    dash: str
    marker: str


SERIES: Final = (
    Series(SERIES_COLOURS[0], "solid", "o", "solid", "circle"),
    Series(SERIES_COLOURS[1], "dashed", "s", "dash", "square"),
    Series(SERIES_COLOURS[2], "dashdot", "^", "dash_dot", "triangle"),
    Series(SERIES_COLOURS[3], "dotted", "D", "round_dot", "diamond"),
    Series(SERIES_COLOURS[4], "solid", "v", "long_dash", "x"),
    Series(SERIES_COLOURS[5], "dashed", "P", "square_dot", "plus"),
)
