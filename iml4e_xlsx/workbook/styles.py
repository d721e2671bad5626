"""Defines the styles of cells by name, in the terms of the writing library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from iml4e_xlsx.workbook.colours import (
    ALERT,
    BAND,
    DOUBTFUL,
    GREY,
    INK,
    INPUT,
    INPUT_EDGE,
    LEVEL_RAMP,
    LINK,
    NAVY,
    PANEL,
    RATING_RAMP,
    RULE,
    TARGET_LINE,
    WHITE,
)

FONT: Final = "Calibri"
_FIRST_DARK: Final = 4
"""From this step of the ramp on, figures are white."""

_BASE: Final = {"font_name": FONT, "font_size": 11, "font_color": INK, "valign": "vcenter"}
_BOX: Final = {"border": 1, "border_color": RULE}
_WRAP: Final = {"text_wrap": True, "indent": 1, "align": "left"}
"""Left, and said so: at the top of a cell, the library takes an indent for a vertical one."""
_INPUT: Final = {
    "bg_color": INPUT,
    "border": 1,
    "border_color": INPUT_EDGE,
    "locked": False,
}
_CENTRE: Final = {"align": "center"}
_TOP: Final = {"valign": "top"}
_HEAD: Final = {
    "bold": True,
    "font_color": WHITE,
    "bg_color": NAVY,
    "border": 1,
    "border_color": WHITE,
}
_TILE: Final = {
    "bold": True,
    "font_size": 22,
    "font_color": NAVY,
    "align": "center",
    "bg_color": PANEL,
}
_FIGURE: Final = {"bold": True, "font_size": 14, "font_color": NAVY}
_TOTAL: Final = {"bold": True, "bg_color": PANEL, "top": 2, "top_color": NAVY}

TOP_SUFFIX: Final = " top"
"""The end of a level's style by which its figure stands at the top of its cell."""

DOUBTFUL_SUFFIX: Final = " doubtful"
"""The end of a style's name that marks a cell with a doubtful answer."""

_DOUBTFUL: Final = {"bg_color": DOUBTFUL, "border": 2, "border_color": TARGET_LINE}

STYLES: Final[Mapping[str, Mapping[str, Any]]] = {
    "plain": {},
    "title": {"bold": True, "font_size": 20, "font_color": NAVY},
    "subtitle": {"font_color": GREY, "text_wrap": True, "valign": "top"},
    "small": {"font_size": 9, "font_color": GREY},
    "small_wrap": {"font_size": 9, "font_color": GREY, "text_wrap": True},
    "notice": {**_WRAP, "bg_color": PANEL, "left": 5, "left_color": NAVY},
    "section": {
        "bold": True,
        "font_size": 13,
        "font_color": NAVY,
        "bottom": 1,
        "bottom_color": NAVY,
    },
    "label": {"font_color": GREY, "indent": 1},
    "headline": {"font_color": NAVY, "indent": 1},
    "body": {**_WRAP},
    "head": {**_HEAD, **_WRAP},
    "head_line": {**_HEAD, "indent": 1, "font_size": 10},
    "head_narrow": {**_HEAD, "align": "left", "font_size": 10},
    "head_centre": {**_HEAD, **_CENTRE, "text_wrap": True},
    "cell": {**_BOX, **_WRAP},
    "cell_bold": {**_BOX, **_WRAP, "bold": True},
    "cell_small": {**_BOX, **_WRAP, "font_size": 9, "font_color": GREY},
    "cell_centre": {**_BOX, **_CENTRE},
    "cell_link": {**_BOX, **_WRAP, "font_color": LINK, "underline": 1},
    "id": {**_BOX, **_CENTRE, **_TOP, "font_color": GREY, "font_size": 10},
    "topic": {**_BOX, **_WRAP, **_TOP, "font_color": GREY, "font_size": 10},
    "statement": {**_BOX, **_WRAP, **_TOP},
    "guidance": {**_BOX, **_WRAP, **_TOP, "font_color": GREY, "font_size": 9.5},
    "band": {"bold": True, "font_color": NAVY, "bg_color": BAND, "indent": 1},
    "band_note": {"font_color": NAVY, "bg_color": BAND, "font_size": 10, "indent": 1},
    # As text, so that a program makes neither a date of "1-2" nor a number of "50 %".
    "rating": {**_INPUT, **_CENTRE, **_TOP, "num_format": "@"},
    "evidence": {**_INPUT, **_WRAP, **_TOP, "font_size": 10},
    "input_text": {**_INPUT, "indent": 1},
    "input_plain": {**_INPUT, "indent": 1, "num_format": "@"},
    "input_date": {**_INPUT, "indent": 1, "num_format": "yyyy-mm-dd", "align": "left"},
    "input_level": {**_INPUT, **_CENTRE, "num_format": "0"},
    # Programs draw the pieces in different widths: what is too wide is drawn smaller.
    "bar": {**_BOX, "font_name": "Arial", "font_size": 8, "font_color": GREY, "shrink": True},
    "count": {**_BOX, **_CENTRE, "num_format": "0"},
    "percent": {**_BOX, **_CENTRE, "num_format": "0%"},
    "index": {**_BOX, **_CENTRE, "num_format": "0.00"},
    "level": {**_BOX, **_CENTRE, "num_format": "0", "bold": True},
    "total": {**_TOTAL, "indent": 1},
    "total_count": {**_TOTAL, **_CENTRE, "num_format": "0"},
    "total_percent": {**_TOTAL, **_CENTRE, "num_format": "0%"},
    "total_index": {**_TOTAL, **_CENTRE, "num_format": "0.00"},
    "tile": _TILE,
    "tile_index": {**_TILE, "num_format": "0.00"},
    "tile_percent": {**_TILE, "num_format": "0%"},
    "tile_name": {
        "font_size": 10,
        "font_color": GREY,
        **_CENTRE,
        "bg_color": PANEL,
        "bottom": 2,
        "bottom_color": NAVY,
        "valign": "top",
    },
    "area_title": {"bold": True, "font_size": 14, "font_color": NAVY},
    "area_level": {**_FIGURE, **_CENTRE, "num_format": "0"},
    "area_index": {**_FIGURE, "align": "left", "num_format": "0.00"},
    "open_link": {"bold": True, "font_size": 12, "font_color": LINK, "underline": 1},
    "small_link": {"font_size": 9, "font_color": LINK, "underline": 1},
    "small_centre": {"font_size": 9, "font_color": GREY, **_CENTRE},
    "small_right": {"font_size": 9, "font_color": GREY, "align": "right"},
    "purpose": {"font_size": 9, "font_color": GREY, "text_wrap": True, "valign": "top"},
    "legend": {"font_size": 9, "font_color": INK, "text_wrap": True, "valign": "top"},
    "reference": {"font_size": 9, "font_color": GREY, "indent": 1},
    "warn": {"font_color": ALERT, "bold": True},
}


def cell_style(name: str) -> dict[str, Any]:
    """Return the properties of a style, also for a doubtful cell; KeyError for an unknown name."""
    properties = {**_BASE, **STYLES[name.removesuffix(DOUBTFUL_SUFFIX)]}
    return {**properties, **_DOUBTFUL} if name.endswith(DOUBTFUL_SUFFIX) else properties


def rating_fills(count: int) -> Sequence[str]:
    """Return a fill for each step of a rating scale, poor to good, spread over the ramp."""
    last = len(RATING_RAMP) - 1
    return [RATING_RAMP[round(step * last / (count - 1))] for step in range(count)]


def level_style(level: int, top: int, *, at_top: bool = False) -> dict[str, Any]:
    """Return the style of a level's number: the higher the level, the darker."""
    step = round((level - 1) * (len(LEVEL_RAMP) - 2) / max(1, top - 1))
    colour = NAVY if step < _FIRST_DARK else WHITE
    return {
        **_BASE,
        **_BOX,
        **_CENTRE,
        "bold": True,
        "bg_color": LEVEL_RAMP[step],
        "font_color": colour,
        **(_TOP if at_top else {}),
    }
