"""
Lists every colour of workbooks, charts and reports; no other file writes a colour down.

The first part names colours by what they do in a workbook, the second by the series of a chart,
the third by the variables of the report's page (`--ink`, `--heat-3`), for light, dark and paper.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

WHITE: Final = "#FFFFFF"
NAVY: Final = "#1F3864"  #: Titles, headings, the chart of the index.
INK: Final = "#1F2933"  #: Text.
GREY: Final = "#5A6371"  #: Text that explains.
RULE: Final = "#D9D9D9"  #: Borders of cells.
BAND: Final = "#DCE6F2"  #: The row that opens a level.
PANEL: Final = "#F3F6FA"  #: Behind totals and large figures.
LINK: Final = "#1F4E99"
INPUT: Final = "#FFF9E5"  #: Cells to fill in.
INPUT_EDGE: Final = "#A17F14"
DOUBTFUL: Final = "#FBD5B5"  #: A cell whose answer has to be looked at.
ALERT: Final = "#B42318"  #: A figure that must catch the eye.
TARGET_LINE: Final = "#C55A11"
PREVIOUS_LINE: Final = "#7F7F7F"

BAR_PASSED: Final = "#2E7D32"  #: The bar of a level that is passed.
BAR_REACHED: Final = "#1F4E99"  #: The bar of the level reached, where it is not passed.

GOOD: Final = "#C6E0B4"
FAIR: Final = "#E2F0D9"
WEAK: Final = "#FCE5CD"
POOR: Final = "#F4CCCC"
NEUTRAL: Final = "#EDEDED"  #: Not applicable.
RATING_RAMP: Final = (POOR, WEAK, FAIR, GOOD)

LEVEL_RAMP: Final = ("#EAF1FB", "#CFE0F4", "#A9C8EA", "#7CA6D8", "#2F5FA3", NAVY)
"""The fill of a level, from pale to dark; the number in it says the same."""

SHADE: Final = (WHITE, "#7FA8D9")
"""From the lowest figure to the highest; dark text stays readable on both."""

SERIES_COLOURS: Final = ("#0072B2", "#B84A00", "#00775A", "#A8558A", "#000000", "#8A6000")
"""
The series of a chart, also as colours of text: the colours of Okabe and Ito (2008), darker.

People with any of the common colour vision deficiencies can tell them apart, and on white each has
the contrast of 4.5 that WCAG 2.1 AA wants of text. In the dark the report shows those of
`PAGE_THEMES` instead.
"""

CHART_MUTED: Final = "#5B6472"  #: Figures along an axis.
CHART_RULE: Final = "#D5D9DF"  #: The grid.
CHART_BAND: Final = "#9DB7D5"  #: The middle half of many results.

_PAGE: Final = {
    "paper": "#FFFFFF", "ink": INK, "muted": "#55606E", "rule": "#D5D9DF", "panel": PANEL,
    "accent": NAVY, "link": "#174EA6", "band": CHART_BAND,
    "heat-0": "#FFFFFF", "heat-1": "#E6EEF8", "heat-2": "#CFDFF2", "heat-3": "#B2CBE8",
    "heat-4": "#8FB3DC", "heat-5": "#6D9BD0", "on-heat": "#10202F", "none": "#ECECEC",
}  # fmt: skip
_PAGE_SERIES: Final = {f"series-{at}": colour for at, colour in enumerate(SERIES_COLOURS)}
_DARK_PAGE: Final = {
    "paper": "#14181D", "ink": "#E8ECF1", "muted": "#A9B4C1", "rule": "#39424D", "panel": "#1D232A",
    "accent": "#A9C8EA", "link": "#9CC3FF", "band": "#3D5A7D",
    "series-0": "#56B4E9", "series-1": "#FF9A5C", "series-2": "#3FD0A4", "series-3": "#E59FC8",
    "series-4": "#F5F5F5", "series-5": "#F0C24D",
    "heat-0": "#1D232A", "heat-1": "#21344A", "heat-2": "#25425F", "heat-3": "#285076",
    "heat-4": "#2B5E8D", "heat-5": "#2E6CA4", "on-heat": "#FFFFFF", "none": "#2B3138",
}  # fmt: skip

PAGE_THEMES: Final[Mapping[str, Mapping[str, str]]] = {
    "all": {**_PAGE, **_PAGE_SERIES},
    "(prefers-color-scheme: dark)": _DARK_PAGE,
    "print": {**_PAGE, **_PAGE_SERIES, "rule": "#C5CAD1", "link": NAVY},
}
"""
The variables of the report's page by media query; a later theme wins where several hold.
"""
