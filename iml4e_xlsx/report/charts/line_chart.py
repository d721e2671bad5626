"""Draws small line charts, one for each area: indices by round; needs the extra `report`."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from iml4e_xlsx.report.charts.chart_data import ChartPanel, LineChart
from iml4e_xlsx.report.charts.palette import SERIES
from iml4e_xlsx.report.charts.picture import new_figure, save_figure, shorten_name
from iml4e_xlsx.workbook.colours import CHART_MUTED, CHART_RULE, INK

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ACROSS = 4
_WIDTH, _HEIGHT = 2.6, 2.15
_LEGEND = 40
"""Names that are longer are cut in the legend, where three are side by side."""


def draw_lines(chart: LineChart, *, kind: str = "svg") -> bytes:
    """
    Draw the panels of a line chart in rows of four.

    Args:
        chart: What to draw; at least one panel and one date.
        kind: `png`, `svg` or `pdf`.

    Raises:
        ResourceError: If matplotlib is not installed.
    """
    down = math.ceil(len(chart.panels) / _ACROSS)
    figure = new_figure(_WIDTH * _ACROSS, _HEIGHT * down + 0.7)
    grid = figure.subplots(down, _ACROSS, squeeze=False, sharey=True)
    cells = [axes for row in grid for axes in row]
    for axes, panel in zip(cells, chart.panels, strict=False):
        _draw_panel(axes, panel, chart)
    for axes in cells[len(chart.panels) :]:
        axes.set_visible(False)
    handles, names = cells[0].get_legend_handles_labels()
    labels = [shorten_name(name, _LEGEND) for name in names]
    figure.legend(
        handles, labels, loc="lower center", ncol=3, frameon=False, labelcolor=INK, fontsize=9,
        handlelength=3.2,
    )  # fmt: skip
    figure.subplots_adjust(
        left=0.05, right=0.98, top=0.93, bottom=0.95 / (_HEIGHT * down + 0.7), hspace=0.55
    )
    return save_figure(figure, kind, title=chart.title, alt=chart.alt)


def _draw_panel(axes: Axes, panel: ChartPanel, chart: LineChart) -> None:
    places = list(range(len(chart.dates)))
    for line, look in zip(panel.lines, SERIES, strict=False):
        values = [math.nan if value is None else value for value in line.values]
        axes.plot(
            places, values, color=look.colour, marker=look.symbol, markersize=5,
            linestyle=look.line, linewidth=1.9, label=line.name, clip_on=False,
        )  # fmt: skip
        last = values[-1]
        if not math.isnan(last) and len(panel.lines) == 1:
            axes.annotate(
                f"{last:.2f}", (places[-1], last), textcoords="offset points", xytext=(0, 6),
                ha="right", fontsize=8, color=look.colour, weight="bold",
            )  # fmt: skip
    axes.set_title(panel.name, fontsize=9.5, color=INK, loc="left")
    axes.set_ylim(0, chart.top)
    axes.set_yticks(range(chart.top + 1))
    axes.set_xlim(-0.25, max(len(places) - 1, 1) + 0.25)
    axes.set_xticks(places)
    shown = chart.dates if len(places) <= _ACROSS else _end_dates(chart.dates)
    axes.set_xticklabels([date[:7] for date in shown])
    axes.tick_params(colors=CHART_MUTED, labelsize=8, length=0)
    axes.grid(axis="y", color=CHART_RULE, linewidth=0.7)
    axes.patch.set_alpha(0)
    for side, spine in axes.spines.items():
        spine.set_visible(side == "bottom")
        spine.set_color(CHART_RULE)


def _end_dates(dates: tuple[str, ...]) -> list[str]:
    """Return the first and the last of many dates; the ones between them have no room."""
    return [date if at in (0, len(dates) - 1) else "" for at, date in enumerate(dates)]
