"""The native chart of the summary: index, target and, where there is one, the previous index."""

from __future__ import annotations

from typing import Any

from iml4e_xlsx.workbook.canvas import Sheet
from iml4e_xlsx.workbook.cells import span
from iml4e_xlsx.workbook.colours import (
    GREY,
    INK,
    NAVY,
    PREVIOUS_LINE,
    RULE,
    TARGET_LINE,
    WHITE,
)
from iml4e_xlsx.workbook.draft import Draft
from iml4e_xlsx.workbook.layout import RADAR_COLUMN, SummarySheet
from iml4e_xlsx.workbook.styles import FONT

WIDTH, HEIGHT = 560, 470
FEWEST_AXES = 3
"""Below this a radar has no area; columns show the same figures."""


def insert_chart(draft: Draft, sheet: Sheet) -> None:
    """Put the chart beside the result table."""
    radar = len(draft.scheme.areas) >= FEWEST_AXES
    chart = draft.canvas.chart("radar" if radar else "column", "with_markers" if radar else None)
    calc, summary = draft.layout.calculation, draft.layout.summary
    areas = summary.areas
    names = span(calc.chart(areas[0], 0), calc.chart(areas[-1], 0))
    columns = (
        ("target", summary.column(summary.TARGET), TARGET_LINE, "dash", 2.0, "none"),
        ("previous", _calculated(draft, 2), PREVIOUS_LINE, "round_dot", 1.75, "diamond"),
        ("index", _calculated(draft, 1), NAVY, "solid", 2.75, "circle"),
    )
    for key, values, colour, dash, width, marker in columns:
        if key == "previous" and not draft.previous:
            continue
        series: dict[str, Any] = {
            "name": draft.texts(f"summary.chart_{key}"),
            "categories": f"={names}",
            "values": f"={values}",
        }
        chart.add_series(series | _look(colour, dash, width, marker, radar=radar))
    _set_up(draft, chart)
    alt = draft.texts("summary.chart_alt", top=draft.scheme.top)
    place = {"x_offset": 12, "y_offset": 0, "description": alt, "object_position": 2}
    sheet.raw.insert_chart(SummarySheet.TILES, RADAR_COLUMN, chart, place)


def _calculated(draft: Draft, col: int) -> str:
    calc, areas = draft.layout.calculation, draft.layout.summary.areas
    return span(calc.chart(areas[0], col), calc.chart(areas[-1], col))


def _look(colour: str, dash: str, width: float, marker: str, *, radar: bool) -> dict[str, Any]:
    if not radar:
        return {"fill": {"color": colour}, "border": {"none": True}, "gap": 80}
    line = {"color": colour, "width": width, "dash_type": dash}
    if marker == "none":
        return {"line": line, "marker": {"type": "none"}}
    point = {"type": marker, "size": 7, "fill": {"color": colour}, "border": {"color": WHITE}}
    return {"line": line, "marker": point}


def _set_up(draft: Draft, chart: Any) -> None:
    title = "chart_title" if draft.previous else "chart_title_current"
    font = {"name": FONT, "color": INK, "size": 10}
    chart.set_title(
        {
            "name": draft.texts(f"summary.{title}"),
            "name_font": {"name": FONT, "size": 13, "bold": True, "color": NAVY},
            "overlay": False,
        }
    )
    chart.set_x_axis({"num_font": font, "major_gridlines": {"visible": False}})
    chart.set_y_axis(
        {
            "min": 0,
            "max": draft.scheme.top,
            "major_unit": 1,
            "num_format": "0",
            "num_font": {"name": FONT, "size": 8, "color": GREY},
            "line": {"none": True},
            "major_tick_mark": "none",
            "minor_tick_mark": "none",
            "major_gridlines": {"visible": True, "line": {"color": RULE, "width": 0.75}},
        }
    )
    chart.set_legend({"position": "bottom", "font": font})
    chart.set_chartarea({"border": {"color": RULE}, "fill": {"color": WHITE}})
    chart.set_size({"width": WIDTH, "height": HEIGHT})
    chart.show_blanks_as("gap")
    chart.show_na_as_empty_cell()
