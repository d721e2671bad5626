"""Draws the radar: indices by area, with reference profiles; needs the extra `report`."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from iml4e_xlsx.errors import ReportError
from iml4e_xlsx.findings.error_codes import ReportErrorCode
from iml4e_xlsx.model import Result, Scheme
from iml4e_xlsx.report.charts.chart_data import ChartLine, LineValues, RadarChart, make_radar
from iml4e_xlsx.report.charts.palette import SERIES
from iml4e_xlsx.report.charts.picture import new_figure, save_figure, shorten_name
from iml4e_xlsx.workbook.colours import CHART_BAND, CHART_MUTED, CHART_RULE, GREY, INK

if TYPE_CHECKING:
    from matplotlib.projections.polar import PolarAxes

_FEWEST_AXES = 3
_NEARLY = 0.05
"""How near to the vertical an axis counts as on it."""

_REFERENCE_DASHES = ((0, (4, 3)), (0, (1, 2)), (0, (6, 2, 1, 2)))
_LABEL = 18
_LEGEND = 20
"""Names that are longer are cut in the legend, where three are side by side."""

_OUTER = 0.8
"""From this share of the axis on a label stands on the inner side of its point, ..."""

_INWARD = 18.0
"""... by so many points, ..."""

_UPRIGHT = 0.3
"""... and ends there, unless the axis leans less than this from the vertical."""

_APART = 0.3
"""A line may be labelled at its point where it is at least so much index from the others."""


def draw_radar(
    results: Mapping[str, Result] | RadarChart,
    scheme: Scheme | None = None,
    *,
    kind: str = "png",
    title: str = "",
    profiles: Sequence[str] = (),
) -> bytes:
    """
    Draw the indices of results by name.

    More than five results are drawn as their median and the band of the middle half.

    Args:
        results: Results by the name that the picture shows, or a radar that is made already.
        scheme: Their scheme; not needed for a radar.
        kind: `png`, `svg` or `pdf`; an SVG tells its contents to screen readers.
        title: What stands above the picture.
        profiles: Ids of reference profiles of the scheme to draw as well.

    Raises:
        ResourceError: If matplotlib is not installed.
        ReportError: If there is no result, or no such profile.
    """
    if isinstance(results, RadarChart):
        radar = results
    else:
        if scheme is None:
            raise ReportError(ReportErrorCode.SCHEME_NOT_GIVEN)
        radar = make_radar(list(results.items()), scheme, profiles=profiles, title=title)
    figure = new_figure(7.5, 7.2)
    axes: Any = figure.add_subplot(projection="polar")
    angles = _axis_angles(len(radar.axes))
    _style_axes(axes, angles, radar)
    _draw_references(axes, angles, radar.references)
    if radar.band is not None:
        _draw_band(axes, angles, radar.band, radar.band_name)
    _draw_lines(axes, angles, radar)
    if radar.title:
        figure.text(
            0.5, 0.965, radar.title, ha="center", va="top", fontsize=14, weight="bold", color=INK
        )
    axes.legend(
        loc="upper center", bbox_to_anchor=(0.5, -0.09), ncol=3, frameon=False, labelcolor=INK,
        fontsize=10, handlelength=3.2,
    )  # fmt: skip
    figure.subplots_adjust(left=0.16, right=0.84, top=0.86, bottom=0.14)
    return save_figure(figure, kind, title=radar.title, alt=radar.alt)


def _axis_angles(count: int) -> list[float]:
    """Return the angle of each axis; fewer than three areas still get three axes."""
    return [2 * math.pi * i / max(count, _FEWEST_AXES) for i in range(count)]


def _style_axes(axes: PolarAxes, angles: Sequence[float], radar: RadarChart) -> None:
    axes.set_theta_zero_location("N")
    axes.set_theta_direction(-1)
    axes.set_ylim(0, radar.top)
    axes.set_yticks(list(range(radar.top + 1)))
    axes.set_yticklabels([str(i) for i in range(radar.top + 1)], color=CHART_MUTED, fontsize=9)
    axes.set_rlabel_position(math.degrees(angles[1] / 2) if len(angles) > 1 else 22)
    axes.set_xticks(angles)
    axes.set_xticklabels([])
    for angle, name in zip(angles, radar.axes, strict=True):
        side = math.sin(angle)
        align = "center" if abs(side) < _NEARLY else "left" if side > 0 else "right"
        axes.text(
            angle,
            radar.top * 1.07,
            name,
            ha=align,
            va="center" if abs(side) >= _NEARLY else "bottom" if math.cos(angle) > 0 else "top",
            fontsize=11,
            color=INK,
        )
    axes.grid(color=CHART_RULE, linewidth=0.8)
    axes.spines["polar"].set_color(CHART_RULE)
    axes.patch.set_alpha(0)


def _close_line(values: LineValues) -> list[float]:
    """Return values for a line that comes back to where it began; gaps where there is none."""
    numbers = [math.nan if value is None else value for value in values]
    return [*numbers, numbers[0]]


def _draw_references(axes: PolarAxes, angles: Sequence[float], lines: Sequence[ChartLine]) -> None:
    closed = [*angles, angles[0]]
    for number, line in enumerate(lines):
        dashes = _REFERENCE_DASHES[number % len(_REFERENCE_DASHES)]
        axes.plot(
            closed, _close_line(line.values), color=GREY, linestyle=dashes, linewidth=1.7,
            label=shorten_name(line.name, _LEGEND),
        )  # fmt: skip


def _draw_band(
    axes: PolarAxes, angles: Sequence[float], band: tuple[LineValues, LineValues], name: str
) -> None:
    closed = [*angles, angles[0]]
    low, high = map(_close_line, band)
    axes.fill_between(
        closed, low, high, color=CHART_BAND, alpha=0.55, linewidth=0,
        label=shorten_name(name, _LEGEND),
    )  # fmt: skip
    for edge in (low, high):  # the pale surface alone is hard to see
        axes.plot(closed, edge, color=CHART_MUTED, linewidth=0.9)


def _draw_lines(axes: PolarAxes, angles: Sequence[float], radar: RadarChart) -> None:
    closed = [*angles, angles[0]]
    taken: set[int] = set()
    for line, look in zip(radar.lines, SERIES, strict=False):
        axes.plot(
            closed, _close_line(line.values), color=look.colour, marker=look.symbol, markersize=6,
            linestyle=look.line, linewidth=2.2,
            label=shorten_name(line.name, _LEGEND),
        )  # fmt: skip
        if len(radar.lines) > 1:
            _label_line(axes, angles, line, radar, look.colour, taken)
        elif radar.band is None and None not in line.values:  # a surface would bridge the gap
            axes.fill(closed, _close_line(line.values), color=look.colour, alpha=0.08)


def _label_line(
    axes: PolarAxes,
    angles: Sequence[float],
    line: ChartLine,
    radar: RadarChart,
    colour: str,
    taken: set[int],
) -> None:
    """Write a line's name at the point where it is farthest from the others, if there is one."""
    distance, place = _APART, None
    for at, value in enumerate(line.values):
        others = [other.values[at] for other in radar.lines if other is not line]
        gaps = [abs(value - other) for other in others if value is not None and other is not None]
        if value is not None and at not in taken and gaps and min(gaps) > distance:
            distance, place = min(gaps), at
    value = None if place is None else line.values[place]
    if place is None or value is None:  # too near to others everywhere: the legend has to do
        return
    taken.add(place)
    short = line.name if len(line.name) <= _LABEL else f"{line.name[: _LABEL - 1]}…"
    offset, side = (0.0, 9.0), "center"
    if value > _OUTER * radar.top:  # outside of the circle stand the names of the areas
        across, up = math.sin(angles[place]), math.cos(angles[place])
        offset = (-_INWARD * across, -_INWARD * up)
        side = "center" if abs(across) < _UPRIGHT else "right" if across > 0 else "left"
    axes.annotate(
        short, (angles[place], value), textcoords="offset points", xytext=offset, ha=side,
        fontsize=8.5, weight="bold", color=colour,
        bbox={"boxstyle": "round,pad=0.15", "fc": "white", "ec": "none", "alpha": 0.75},
    )  # fmt: skip
