"""
How series are told apart in charts: by colour, line and marker, so also in black and white.

The colours are those of Okabe and Ito (2008), which people with any of the common colour vision
deficiencies can tell apart; the order is from dark to light.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Series:
    """The look of one series; `dash` and `marker` are XlsxWriter's words, the rest matplotlib's."""

    colour: str
    line: str
    symbol: str
    dash: str
    marker: str


SERIES: Final = (
    Series("#0072B2", "solid", "o", "solid", "circle"),
    Series("#D55E00", "dashed", "s", "dash", "square"),
    Series("#009E73", "dashdot", "^", "dash_dot", "triangle"),
    Series("#CC79A7", "dotted", "D", "round_dot", "diamond"),
    Series("#000000", "solid", "v", "long_dash", "x"),
    Series("#E69F00", "dashed", "P", "square_dot", "plus"),
)

INK: Final = "#1F2933"
MUTED: Final = "#5B6472"
RULE: Final = "#D5D9DF"
TARGET: Final = "#6B7280"
PAPER: Final = "#FFFFFF"
BAND: Final = "#9DB7D5"
