"""The radar as a picture: index against target, by area; needs the extra `report`."""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Mapping, Sequence

from iml4e_xlsx.errors import ResourceError
from iml4e_xlsx.model import Result, Scheme
from iml4e_xlsx.scheme import scheme_texts

_COLOURS = ("#1F3864", "#C55A11", "#2E7D6B", "#7B4EA3", "#6B7280")
_MARKERS = ("o", "s", "^", "D", "v")
_TARGET = "#8A8F98"
_INK = "#1F2933"
_FEWEST_AXES = 3
_NEARLY = 0.05
"""How near to the vertical an axis counts as on it."""
_MOST_TEAMS = len(_COLOURS)


def draw_radar(
    results: Mapping[str, Result], scheme: Scheme, *, kind: str = "png", title: str = ""
) -> bytes:
    """
    Draw the indices of up to five results, by name, and the targets if all have the same.

    Args:
        results: Results by the name that the legend shows.
        scheme: Their scheme.
        kind: `png` or `svg`.
        title: What stands above the picture.

    Raises:
        ResourceError: If matplotlib is not installed.
        ValueError: If there is no result, or more than a radar can show.
    """
    if not 1 <= len(results) <= _MOST_TEAMS:
        raise ValueError(f"a radar shows 1 to {_MOST_TEAMS} results, not {len(results)}")
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ResourceError(
            "Pictures need matplotlib; install it with: pip install 'iml4e-xlsx[report]'"
        ) from error
    figure = Figure(figsize=(7.5, 7.2), dpi=144, facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot(projection="polar")
    angles = _angles(len(scheme.areas))
    _axes(axes, angles, scheme)
    _lines(axes, angles, results, scheme_texts(scheme)("summary.chart_target"))
    if title:
        figure.text(
            0.5, 0.965, title, ha="center", va="top", fontsize=14, fontweight="bold", color=_INK
        )
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.09), ncol=3, frameon=False, fontsize=10)
    figure.subplots_adjust(left=0.16, right=0.84, top=0.86, bottom=0.14)
    buffer = io.BytesIO()
    metadata = {"Date": None} if kind == "svg" else {"Software": None}
    figure.savefig(buffer, format=kind, metadata=metadata)
    return buffer.getvalue()


def _angles(count: int) -> list[float]:
    """Return the angle of each axis; fewer than three areas still get three axes."""
    return [2 * math.pi * i / max(count, _FEWEST_AXES) for i in range(count)]


def _axes(axes: object, angles: Sequence[float], scheme: Scheme) -> None:
    from matplotlib.projections.polar import PolarAxes

    assert isinstance(axes, PolarAxes)
    axes.set_theta_zero_location("N")
    axes.set_theta_direction(-1)
    axes.set_ylim(0, scheme.top)
    axes.set_yticks(list(range(scheme.top + 1)))
    axes.set_yticklabels([str(i) for i in range(scheme.top + 1)], color="#6B7280", fontsize=8)
    axes.set_rlabel_position(0)
    axes.set_xticks(angles)
    axes.set_xticklabels([])
    for angle, area in zip(angles, scheme.areas, strict=True):
        side = math.sin(angle)
        align = "center" if abs(side) < _NEARLY else "left" if side > 0 else "right"
        axes.text(
            angle,
            scheme.top * 1.07,
            area.short,
            ha=align,
            va="center" if abs(side) >= _NEARLY else "bottom" if math.cos(angle) > 0 else "top",
            fontsize=11,
            color=_INK,
        )
    axes.grid(color="#D9D9D9", linewidth=0.8)
    axes.spines["polar"].set_color("#D9D9D9")


def _common_targets(results: Iterable[Result]) -> list[float] | None:
    """Return the targets that all results share, or None: no line could stand for several."""
    targets = {
        tuple(math.nan if a.target is None else float(a.target) for a in result.areas)
        for result in results
    }
    only = next(iter(targets))
    return list(only) if len(targets) == 1 and not all(map(math.isnan, only)) else None


def _lines(
    axes: object, angles: Sequence[float], results: Mapping[str, Result], target: str
) -> None:
    from matplotlib.projections.polar import PolarAxes

    assert isinstance(axes, PolarAxes)
    closed = [*angles, angles[0]]
    targets = _common_targets(results.values())
    if targets is not None:
        axes.plot(
            closed,
            [*targets, targets[0]],
            color=_TARGET,
            linestyle=(0, (4, 3)),
            linewidth=1.8,
            label=target,
        )
    looks = zip(results.items(), _COLOURS, _MARKERS, strict=False)
    for (name, result), colour, marker in looks:
        values = [math.nan if a.index is None else float(a.index) for a in result.areas]
        axes.plot(
            closed, [*values, values[0]], color=colour, marker=marker, linewidth=2.2, label=name
        )
        if len(results) == 1:
            axes.fill(closed, [*values, values[0]], color=colour, alpha=0.08)
