"""Makes the tables that put results side by side: teams, areas, statements, other companies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final, TypeAlias

from iml4e_xlsx.analysis.comparison import AreaComparison, Comparison
from iml4e_xlsx.analysis.peer_benchmark import Benchmark, PeerGroup
from iml4e_xlsx.analysis.team_trend import Trends
from iml4e_xlsx.analysis.teams import TeamAssessment
from iml4e_xlsx.findings.finding import Severity
from iml4e_xlsx.findings.finding_groups import group_across_files, group_findings
from iml4e_xlsx.model import (
    AreaResult,
    Assessment,
    RatingValue,
    Scheme,
)
from iml4e_xlsx.report.tables.labels import (
    index_cell,
    label_columns,
    level_cell,
    missing_figure,
    open_figure,
    rating_label,
    shorten_list,
)
from iml4e_xlsx.report.tables.result_data import (
    AREA_COLUMNS,
    SOURCE_COLUMNS,
    STATEMENT_COLUMNS,
    area_rows,
    source_rows,
    statement_rows,
)
from iml4e_xlsx.report.tables.table import (
    NO_VALUE,
    CellValue,
    Column,
    ColumnKind,
    ResultTable,
    format_percent,
)
from iml4e_xlsx.text.interface_texts import scheme_texts
from iml4e_xlsx.text.texts import Texts


def _steps_cell(area: AreaResult, texts: Texts) -> CellValue:
    """Return the steps to the target, if there is one; a word if the area is open, or n/a."""
    if area.target is None:
        return None
    return missing_figure(area, texts) if area.way is None else area.steps_to_target


_AREA_CELLS: Final[Mapping[str, Callable[[AreaResult, Texts], CellValue]]] = {
    "index": index_cell,
    "level": level_cell,
    "steps": _steps_cell,
}


def area_tables(comparison: Comparison) -> tuple[ResultTable, ...]:
    """Return index, level and steps to the target of teams by area."""
    texts = scheme_texts(comparison.scheme)
    kinds = (("index", ColumnKind.INDEX), ("level", ColumnKind.LEVEL), ("steps", ColumnKind.COUNT))
    tables = []
    for figure, kind in kinds:
        codes = tuple(
            Column(area.code, area.short, kind, brief=area.code) for area in comparison.scheme.areas
        )
        rows = tuple(
            (team.name, *(_AREA_CELLS[figure](area, texts) for area in team.result.areas))
            for team in comparison.teams
        )
        tables.append(
            ResultTable(
                name=f"{figure}_by_area",
                top=None if figure == "steps" else comparison.scheme.top,
                title=texts(f"view.{figure}_title"),
                note=_area_note(figure, comparison, texts),
                columns=(*label_columns(texts, ("team", ColumnKind.TEXT)), *codes),
                rows=rows,
            )
        )
    return tuple(tables)


def _area_note(figure: str, comparison: Comparison, texts: Texts) -> str:
    """Return what a table of areas shows, and where a level is the highest that applies."""
    passed = format_percent(comparison.scheme.thresholds.passed_above)
    note = texts(f"view.{figure}_note", passed=passed)
    limited = [
        texts(
            "view.level_limited_area",
            area=comparison.scheme.area(area.area).short,
            team=team.name,
            level=area.level or 0,
        )
        for team in comparison.teams
        for area in team.result.areas
        if area.is_at_highest and area.is_limited
    ]
    if figure == "level" and limited:
        note = f"{note} {texts('view.level_limited', areas=shorten_list(limited, texts))}"
    return note


def difference_table(comparison: Comparison) -> ResultTable:
    """Return the areas in which teams differ most, and who could teach whom."""
    texts = scheme_texts(comparison.scheme)
    single = len(comparison.teams) == 1
    return ResultTable(
        name="differences",
        title=texts("view.differences_title"),
        note=texts("view.differences_single" if single else "view.differences_note"),
        columns=label_columns(
            texts,
            ("area", ColumnKind.TEXT),
            ("spread", ColumnKind.INDEX),
            ("highest", ColumnKind.TEXT),
            ("lowest", ColumnKind.TEXT),
        ),
        rows=()
        if single
        else tuple(_spread_row(area, texts) for area in comparison.areas_by_spread),
    )


def _spread_row(area: AreaComparison, texts: Texts) -> tuple[CellValue, ...]:
    if not area.spread:  # all alike: nobody is ahead
        return (area.area.short, area.spread, NO_VALUE, NO_VALUE)
    highest, lowest = shorten_list(area.highest, texts), shorten_list(area.lowest, texts)
    return (area.area.short, area.spread, highest, lowest)


def spread_table(comparison: Comparison, area_code: str) -> ResultTable:
    """Return an area's statements with how many teams gave each rating, for many teams."""
    texts, scheme = scheme_texts(comparison.scheme), comparison.scheme
    area = scheme.area(area_code)
    values: list[RatingValue | None] = [*(rating.value for rating in scheme.ratings), None]
    rating_columns = tuple(
        Column(f"rated_{value}", rating_label(value, scheme, texts), ColumnKind.COUNT)
        for value in values
    )
    rows: tuple[tuple[CellValue, ...], ...] = tuple(
        (
            statement.id,
            statement.level,
            statement.text,
            *(
                sum(
                    team.response.answers[statement.id].rating == value for team in comparison.teams
                )
                for value in values
            ),
        )
        for statement in area.statements
    )
    return ResultTable(
        name=f"spread_{area.code}",
        title=area.name,
        note=area.purpose,
        columns=(
            *label_columns(
                texts,
                ("statement", ColumnKind.CODE),
                ("statement_level", ColumnKind.LEVEL),
                ("text", ColumnKind.LONG),
            ),
            *rating_columns,
        ),
        rows=rows,
    )


_TIDY_KINDS = {
    "level": ColumnKind.LEVEL,
    "index": ColumnKind.INDEX,
    "completeness": ColumnKind.SHARE,
    "target": ColumnKind.LEVEL,
    "estimate": ColumnKind.LEVEL,
    "high_level": ColumnKind.LEVEL,
    "high_index": ColumnKind.INDEX,
    "rating": ColumnKind.COUNT,
    "evidence": ColumnKind.LONG,
    "statement": ColumnKind.CODE,
    "fulfilment": ColumnKind.SHARE,
    "rated": ColumnKind.COUNT,
    "open": ColumnKind.COUNT,
    "dont_know": ColumnKind.COUNT,
}


_TidyRows: TypeAlias = Callable[[Assessment], Iterable[Mapping[str, Any]]]


def tidy_tables(
    assessments: Sequence[Assessment], *, by_source: str = ""
) -> tuple[ResultTable, ...]:
    """Return the tidy tables: a row for each area, each statement, each locus of a source."""
    tables: list[tuple[str, tuple[str, ...], _TidyRows]] = [
        ("areas", AREA_COLUMNS, area_rows),
        ("statements", STATEMENT_COLUMNS, statement_rows),
    ]
    if by_source:
        tables.append(("by_source", SOURCE_COLUMNS, partial(source_rows, key=by_source)))
    texts = scheme_texts(assessments[0].scheme)
    return tuple(
        ResultTable(
            name=name,
            title=texts(f"view.tidy_{name}"),
            columns=tuple(Column(c, c, _TIDY_KINDS.get(c, ColumnKind.TEXT)) for c in columns),
            rows=tuple(
                tuple(_plain_cell(row.get(column)) for column in columns)
                for assessment in assessments
                for row in rows_of(assessment)
            ),
        )
        for name, columns, rows_of in tables
    )


def _plain_cell(value: object) -> CellValue:
    if isinstance(value, bool):
        return str(value).lower()
    assert value is None or isinstance(value, str | int | float)
    return value


def benchmark_tables(peers: Benchmark) -> tuple[ResultTable, ...]:
    """Return a table for each group: median and quartiles by area, and the own place."""
    texts = scheme_texts(peers.scheme)
    tables = []
    for group in peers.groups:
        title = texts("view.peers_title", group=group.value or texts("view.peers_all"))
        rows: list[tuple[CellValue, ...]] = []
        for area in peers.scheme.areas if group.areas else ():
            figures = group.areas[area.code]
            if figures is None:
                rows.append((area.short, *(None,) * 6))
                continue
            rank = None if figures.percentile is None else figures.percentile / 100
            quartiles = (figures.lower, figures.median, figures.upper)
            own = open_figure(texts) if figures.own_is_open else figures.own
            rows.append((area.short, figures.count, *quartiles, own, rank))
        tables.append(
            ResultTable(
                name="peers",
                title=title,
                note=_peers_note(group, peers.fewest, texts),
                columns=label_columns(
                    texts,
                    ("area", ColumnKind.TEXT),
                    ("assessments", ColumnKind.COUNT),
                    ("lower_quartile", ColumnKind.INDEX),
                    ("peer_median", ColumnKind.INDEX),
                    ("upper_quartile", ColumnKind.INDEX),
                    ("own", ColumnKind.INDEX),
                    ("percentile", ColumnKind.SHARE),
                ),
                rows=tuple(rows),
            )
        )
    return tuple(tables)


def _peers_note(group: PeerGroup, fewest: int, texts: Texts) -> str:
    """Return what a group's figures say; of the own place only where there is one."""
    if not group.areas:
        return texts("view.peers_too_few", count=fewest)
    is_placed = any(each and each.percentile is not None for each in group.areas.values())
    return texts("view.peers_note" if is_placed else "view.peers_spread", count=group.count)


def findings_table(
    teams: Iterable[TeamAssessment], scheme: Scheme, *, anonymous: bool = False
) -> ResultTable:
    """Return the findings in the responses; without names only how many there are."""
    texts = scheme_texts(scheme)
    findings = [finding for team in teams for finding in team.assessment.findings]
    note = texts("view.findings_note" if findings else "finding.none")
    if findings and anonymous:
        note = texts("view.findings_anonymous", count=len(findings))
    # What was lost or may be wrong is mended file by file; of what is good to know one row will do.
    notes = [finding for finding in findings if finding.severity is Severity.NOTE]
    others = [finding for finding in findings if finding.severity is not Severity.NOTE]
    placed = [((group.source, *group.places), group) for group in group_findings(others, texts)]
    placed += [(group.places, group) for group in group_across_files(notes, texts)]
    rows = [
        (
            texts(f"finding.severity_{group.severity.value}"),
            "; ".join(places),
            group.message,
            group.action,
        )
        for places, group in (() if anonymous else placed)
    ]
    return ResultTable(
        name="findings",
        title=texts("view.findings_title"),
        note=note,
        columns=label_columns(
            texts,
            ("severity", ColumnKind.TEXT),
            ("place", ColumnKind.TEXT),
            ("message", ColumnKind.LONG),
            ("to_do", ColumnKind.LONG),
        ),
        rows=tuple(rows),
    )


def progress_table(trends: Trends, scheme: Scheme) -> ResultTable:
    """Return each team's overall index by round; None for a round that it took no part in."""
    texts = scheme_texts(scheme)
    rows = []
    for trend in trends.trends:
        indices = [index_cell(point.result.overall, texts) for point in trend.points]
        index_of = dict(zip(trend.rounds, indices, strict=True))
        rows.append((trend.name, *(index_of.get(name) for name in trends.rounds)))
    return ResultTable(
        name="progress",
        top=scheme.top,
        title=texts("view.progress_title"),
        note=texts("view.progress_note"),
        columns=(
            *label_columns(texts, ("team", ColumnKind.TEXT)),
            *(Column(name, name, ColumnKind.INDEX) for name in trends.rounds),
        ),
        rows=tuple(rows),
    )
