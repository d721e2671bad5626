"""Contents and views to bytes, by the suffix of the file that they are for."""

from __future__ import annotations

from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from iml4e_xlsx.findings.failure import Failure
from iml4e_xlsx.model import Assessment
from iml4e_xlsx.report.charts.chart_data import make_radar
from iml4e_xlsx.report.tables.result_data import (
    failure_entry,
    outcome_entry,
    render_csv,
    render_json,
    render_json_line,
    render_results_csv,
    results_document,
    team_entry,
    teams_document,
)
from iml4e_xlsx.report.tables.table import CellValue, ResultTable, plain_value, render_markdown

if TYPE_CHECKING:
    from iml4e_xlsx.analysis.teams import TeamAssessment
    from iml4e_xlsx.report.contents.contents import Contents

REPORT_FORMATS = ("html", "xlsx", "pdf", "png", "svg")
_STANDARD_OUTPUT = "-"


def choose_format(target: str, chosen: str | None, known: Sequence[str]) -> str:
    """
    Return the format to write: the one that was chosen, else by the suffix, else the first known.

    Raises:
        ValueError: If the suffix stands for none of them.
    """
    suffix = Path(target).suffix.lower().removeprefix(".")
    if chosen:
        return chosen
    if target == _STANDARD_OUTPUT or suffix in ("", "txt"):
        return known[0]
    if suffix not in known:
        listed = ", ".join(".txt" if one == "table" else f".{one}" for one in known)
        raise ValueError(f"{target}: no format has the suffix .{suffix}; use one of {listed}.")
    return suffix


def render_tables(tables: Sequence[ResultTable], form: str) -> bytes:
    """Return views as `table` (plain text), `json`, `csv`, `md` or `xlsx`."""
    if form == "json":
        return render_json({"views": [table_entry(table) for table in tables]}).encode()
    if form == "csv":
        return _csv(tables).encode()
    if form == "md":
        return render_markdown(tables).encode()
    if form == "xlsx":
        from iml4e_xlsx.report.formats.xlsx import render_workbook

        return render_workbook(tables, title=tables[0].title)
    from rich.console import Console

    from iml4e_xlsx.report.formats.terminal import show_tables

    buffer = StringIO()
    show_tables(Console(file=buffer, width=110, no_color=True, markup=False), tables)
    return buffer.getvalue().encode()


def render_outcomes(
    outcomes: Sequence[Assessment | Failure], form: str, *, statements: bool = False
) -> bytes:
    """
    Return results as `table`, `json`, `ndjson`, `csv`, `parquet`, `xlsx`; a radar: `png`, `svg`.

    Args:
        outcomes: What was read; a failure is part of the JSON documents and the table only.
        form: The format.
        statements: Whether a row of a table is a statement of a result, not an area.

    Raises:
        ResourceError: If a library that the format needs is not installed.
    """
    if form == "json":
        return render_json(results_document(outcomes)).encode()
    if form == "ndjson":
        return "".join(render_json_line(outcome_entry(one)) for one in outcomes).encode()
    named = [
        (one.response.profile.team or one.response.source, one)
        for one in outcomes
        if isinstance(one, Assessment)
    ]
    failures = [one for one in outcomes if isinstance(one, Failure)]
    return _tables(named, failures, form, statements=statements)


def render_teams(
    teams: Sequence[TeamAssessment],
    failures: Sequence[Failure],
    form: str,
    *,
    statements: bool = False,
) -> bytes:
    """Return a result for each team, as `render_outcomes` does for each response."""
    if form == "json":
        return render_json(teams_document(teams, failures)).encode()
    if form == "ndjson":
        lines = [*map(team_entry, teams), *map(failure_entry, failures)]
        return "".join(map(render_json_line, lines)).encode()
    named = [(team.name, team.assessment) for team in teams]
    return _tables(named, failures, form, statements=statements)


def _tables(
    named: Sequence[tuple[str, Assessment]],
    failures: Sequence[Failure],
    form: str,
    *,
    statements: bool,
) -> bytes:
    assessments = [one for _, one in named]
    if form == "csv":
        return render_results_csv(assessments, statements=statements).encode()
    if form == "parquet":
        from iml4e_xlsx.report.formats.frames import area_frame, render_parquet, statement_frame

        return render_parquet(
            statement_frame(assessments) if statements else area_frame(assessments)
        )
    if form == "xlsx":
        from iml4e_xlsx.report.formats.xlsx import render_workbook
        from iml4e_xlsx.report.tables.comparison_tables import tidy_tables

        return render_workbook(tidy_tables(assessments), title=assessments[0].scheme.title)
    if form in ("png", "svg"):
        from iml4e_xlsx.report.charts.radar import draw_radar

        scheme = assessments[0].scheme
        same = [(name, one.result) for name, one in named if one.scheme.id == scheme.id]
        return draw_radar(make_radar(same, scheme, title=scheme.title), kind=form)
    from rich.console import Console

    from iml4e_xlsx.report.formats.terminal import show_outcomes

    buffer = StringIO()
    console = Console(file=buffer, width=110, no_color=True, markup=False)
    show_outcomes(console, [*assessments, *failures])
    return buffer.getvalue().encode()


def table_entry(table: ResultTable) -> dict[str, Any]:
    """Return a view as data: rows as objects, figures as floats, not rounded."""
    return {
        "name": table.name,
        "title": table.title,
        "note": table.note,
        "rows": [_plain_row(table, row) for row in table.rows],
    }


def _plain_row(table: ResultTable, row: Sequence[CellValue]) -> dict[str, object]:
    return {c.name: plain_value(value) for c, value in zip(table.columns, row, strict=True)}


def _csv(tables: Sequence[ResultTable]) -> str:
    """Return the rows of all views under all their columns; `view` says which each belongs to."""
    columns = ["view", *dict.fromkeys(c.name for table in tables for c in table.columns)]
    rows = [
        {"view": table.title, **_plain_row(table, row)} for table in tables for row in table.rows
    ]
    return render_csv(columns, rows)


def render_report(contents: Contents, target: str) -> bytes:
    """
    Return a report in the format that the target's suffix names.

    Raises:
        ResourceError: If a library that the format needs is not installed.
        ValueError: If there is no such format.
    """
    form = choose_format(target, None, REPORT_FORMATS)
    if form == "xlsx":
        from iml4e_xlsx.report.formats.xlsx import render_workbook

        return render_workbook(contents.tables, title=contents.title, charts=contents.table_charts)
    if form in ("png", "svg"):
        from iml4e_xlsx.report.charts.radar import draw_radar

        return draw_radar(contents.radar, kind=form)
    from iml4e_xlsx.report.formats.html import render_html, render_pdf

    return render_html(contents).encode() if form == "html" else render_pdf(contents)
