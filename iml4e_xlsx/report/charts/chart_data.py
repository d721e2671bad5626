"""Makes the data of charts; `radar` and `line_chart` draw it, the alt text says it in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

from iml4e_xlsx.analysis.peer_benchmark import compute_quartiles
from iml4e_xlsx.analysis.team_trend import Trend, Trends
from iml4e_xlsx.errors import ReportError
from iml4e_xlsx.findings.error_codes import ReportErrorCode
from iml4e_xlsx.model import Result, Scheme
from iml4e_xlsx.report.tables.table import format_figure
from iml4e_xlsx.text.interface_texts import scheme_texts
from iml4e_xlsx.text.texts import Texts

MOST_LINES = 5
"""More lines than this cannot be followed in one chart; a median and the middle half can."""

LineValues = tuple[float | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartLine:
    """
    One line: a value in 0..top for each axis or date, None where there is none.

    `gaps` are the places where it is missing because something is not assessed.
    """

    name: str
    values: LineValues
    gaps: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class RadarChart:
    """
    Indices by area: up to five lines, or a median with the band of the middle half.

    `references` are drawn thin and grey: reference profiles. A target is none: it is a level, and
    an index beyond it would look as if it were reached.
    """

    axes: tuple[str, ...]
    top: int
    lines: tuple[ChartLine, ...]
    references: tuple[ChartLine, ...] = ()
    band: tuple[LineValues, LineValues] | None = None
    band_name: str = ""
    title: str = ""
    alt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartPanel:
    """One small line chart: an area's index by round."""

    name: str
    lines: tuple[ChartLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineChart:
    """Small line charts side by side, one for each area, all with the same axes."""

    dates: tuple[str, ...]
    top: int
    panels: tuple[ChartPanel, ...]
    title: str = ""
    alt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableChart:
    """A chart, `radar` or `line`, of the table with this title: a series for each row."""

    table: str
    kind: str
    columns: tuple[str, ...]
    title: str


def make_line(name: str, result: Result) -> ChartLine:
    """Return a result's indices as a line."""
    return ChartLine(
        name=name,
        values=tuple(None if a.index is None else float(a.index) for a in result.areas),
        gaps=frozenset(at for at, area in enumerate(result.areas) if not area.is_assessed),
    )


def make_radar(
    results: Sequence[tuple[str, Result]],
    scheme: Scheme,
    *,
    profiles: Sequence[str] = (),
    title: str = "",
) -> RadarChart:
    """
    Return the radar of results by name; of more than can be followed, their median and middle half.

    Args:
        results: Names and results, at least one.
        scheme: Their scheme.
        profiles: Ids of reference profiles of the scheme to draw as well.
        title: What stands above the chart.

    Raises:
        ReportError: If the scheme has no such profile, or there is no result.
    """
    if not results:
        raise ReportError(ReportErrorCode.NOTHING_TO_DRAW)
    texts = scheme_texts(scheme)
    lines = tuple(make_line(name, result) for name, result in results)
    band = None
    if len(lines) > MOST_LINES:
        band, middle = _middle_half(lines)
        lines = (ChartLine(name=texts("report.median_of", count=len(results)), values=middle),)
    references = tuple(_profile_line(profile_id, scheme) for profile_id in profiles)
    radar = RadarChart(
        axes=tuple(area.short for area in scheme.areas),
        top=scheme.top,
        lines=lines,
        references=references,
        band=band,
        band_name=texts("report.middle_half"),
        title=title,
    )
    return _describe_radar(radar, scheme)


def _describe_radar(radar: RadarChart, scheme: Scheme) -> RadarChart:
    texts = scheme_texts(scheme)
    parts = [
        texts("report.alt_line", name=line.name, values=_list_values(radar.axes, line, texts))
        for line in (*radar.lines, *radar.references)
    ]
    alt = " ".join([texts("report.alt_radar", top=radar.top), *parts])
    return replace(radar, alt=alt)


def _list_values(names: Sequence[str], line: ChartLine, texts: Texts) -> str:
    figures = [
        texts("result.not_assessed") if at in line.gaps else format_figure(value)
        for at, value in enumerate(line.values)
    ]
    return ", ".join(f"{name} {figure}" for name, figure in zip(names, figures, strict=True))


def _profile_line(profile_id: str, scheme: Scheme) -> ChartLine:
    for profile in scheme.profiles:
        if profile.id == profile_id:
            values = tuple(float(profile.areas[area.code].index) for area in scheme.areas)
            return ChartLine(name=profile.name, values=values)
    if not scheme.profiles:
        raise ReportError(ReportErrorCode.NO_PROFILES, profile=profile_id)
    profiles = [profile.id for profile in scheme.profiles]
    raise ReportError(ReportErrorCode.UNKNOWN_PROFILE, profile=profile_id, profiles=profiles)


def _middle_half(lines: Sequence[ChartLine]) -> tuple[tuple[LineValues, LineValues], LineValues]:
    low: list[float | None] = []
    high: list[float | None] = []
    middle: list[float | None] = []
    for column in zip(*(line.values for line in lines), strict=True):
        values = [value for value in column if value is not None]
        if len(values) > 1:
            lower, _, upper = compute_quartiles(values)
            low.append(float(lower))
            high.append(float(upper))
        else:
            low.append(None)
            high.append(None)
        middle.append(median(values) if values else None)
    return (tuple(low), tuple(high)), tuple(middle)


def make_trend_chart(trends: Trends, scheme: Scheme) -> LineChart:
    """
    Return each area's index by round, a line for each team.

    Args:
        trends: At least one; of more than can be followed, their median is drawn.
        scheme: The scheme.
    """
    texts, dates = scheme_texts(scheme), trends.rounds
    panels = [
        ChartPanel(name=area.short, lines=_team_lines(trends, texts, at))
        for at, area in enumerate(scheme.areas)
    ]
    overall = ChartPanel(name=texts("result.overall"), lines=_team_lines(trends, texts, None))
    values = "; ".join(
        texts("report.alt_line", name=line.name, values=_list_values(dates, line, texts))
        for line in overall.lines
    )
    return LineChart(
        dates=tuple(dates),
        top=scheme.top,
        panels=(*panels, overall),
        alt=texts("report.alt_trend", values=values),
    )


def _team_lines(trends: Trends, texts: Texts, area: int | None) -> tuple[ChartLine, ...]:
    """Return a line for each team, of an area or the whole; of many teams their median."""
    lines = [_trend_line(trend, trends, area) for trend in trends.trends]
    if len(lines) <= MOST_LINES:
        return tuple(lines)
    columns = zip(*(line.values for line in lines), strict=True)
    values = ([value for value in column if value is not None] for column in columns)
    middle = tuple(median(column) if column else None for column in values)
    return (ChartLine(name=texts("report.median"), values=middle),)


def _trend_line(trend: Trend, trends: Trends, area: int | None) -> ChartLine:
    """Return a team's indices by round: a gap for a round without it, or without an answer."""
    indices: dict[str, float | None] = dict.fromkeys(trends.rounds)
    gaps = set()
    for name, point in zip(trend.rounds, trend.points, strict=True):
        result = point.result.overall if area is None else point.result.areas[area]
        indices[name] = None if result.index is None else float(result.index)
        if not result.is_assessed:
            gaps.add(trends.rounds.index(name))
    return ChartLine(name=trend.name, values=tuple(indices.values()), gaps=frozenset(gaps))
