"""
Designs the chart of the summary: the index and, where there is one, the previous index.

A target is a level, and no point on the way of an index: it stands on the bars of the levels.
"""

from __future__ import annotations

from typing import Any

from iml4e_xlsx.workbook.canvas import Sheet
from iml4e_xlsx.workbook.cells import cell_range
from iml4e_xlsx.workbook.chart_design import ChartDesign
from iml4e_xlsx.workbook.colours import (
    GREY,
    INK,
    NAVY,
    PREVIOUS_LINE,
    RULE,
    WHITE,
)
from iml4e_xlsx.workbook.draft import WorkbookDraft
from iml4e_xlsx.workbook.styles import FONT

WIDTH, HEIGHT = 490, 400
FEWEST_AXES = 3
"""Below this a radar has no area; columns show the same figures."""


def insert_radar(draft: WorkbookDraft, sheet: Sheet) -> None:
    """Put the chart below the tables."""
    is_radar = len(draft.scheme.areas) >= FEWEST_AXES
    title = "chart_title" if draft.previous else "chart_title_current"
    font = {"name": FONT, "color": INK, "size": 10}
    design = ChartDesign(
        kind="radar" if is_radar else "column",
        subtype="with_markers" if is_radar else None,
        series=_chart_series(draft, is_radar=is_radar),
        title={
            "name": draft.texts(f"summary.{title}"),
            "name_font": {"name": FONT, "size": 13, "bold": True, "color": NAVY},
            "overlay": False,
        },
        x_axis={"num_font": font, "major_gridlines": {"visible": False}},
        y_axis=_level_axis(draft.scheme.top),
        legend={"position": "bottom", "font": font},
        area={"border": {"color": RULE}, "fill": {"color": WHITE}},
        width=WIDTH,
        height=HEIGHT,
        description=draft.texts("summary.chart_alt", top=draft.scheme.top),
        skips_gaps=True,
        shows_hidden=True,
    )
    layout = draft.layout.summary
    sheet.insert_chart(layout.radar_row, layout.NAME, design)


def _chart_series(draft: WorkbookDraft, *, is_radar: bool) -> list[dict[str, Any]]:
    """Return the series, the index last: it is drawn over the others."""
    columns = (
        ("previous", _calculated_range(draft, 2), PREVIOUS_LINE, "round_dot", 1.75, "diamond"),
        ("index", _calculated_range(draft, 1), NAVY, "solid", 2.75, "circle"),
    )
    return [
        {
            "name": draft.texts(f"summary.chart_{key}"),
            "categories": f"={_calculated_range(draft, 0)}",
            "values": f"={values}",
            **_series_look(colour, dash, width, marker, is_radar=is_radar),
        }
        for key, values, colour, dash, width, marker in columns
        if key != "previous" or draft.previous
    ]


def _calculated_range(draft: WorkbookDraft, col: int) -> str:
    calculation, areas = draft.layout.calculation, draft.layout.summary.areas
    return cell_range(calculation.chart_cell(areas[0], col), calculation.chart_cell(areas[-1], col))


def _series_look(
    colour: str, dash: str, width: float, marker: str, *, is_radar: bool
) -> dict[str, Any]:
    if not is_radar:
        return {"fill": {"color": colour}, "border": {"none": True}, "gap": 80}
    line = {"color": colour, "width": width, "dash_type": dash}
    if marker == "none":
        return {"line": line, "marker": {"type": "none"}}
    point = {"type": marker, "size": 7, "fill": {"color": colour}, "border": {"color": WHITE}}
    return {"line": line, "marker": point}


def _level_axis(top: int) -> dict[str, Any]:
    return {
        "min": 0,
        "max": top,
        "major_unit": 1,
        "num_format": "0",
        "num_font": {"name": FONT, "size": 8, "color": GREY},
        "line": {"none": True},
        "major_tick_mark": "none",
        "minor_tick_mark": "none",
        "major_gridlines": {"visible": True, "line": {"color": RULE, "width": 0.75}},
    }
