"""Renders reports, results and tables to bytes, in any format of the registry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from iml4e_xlsx.findings.finding import Finding
from iml4e_xlsx.report.formats.format_registry import OutputSubject, choose_format, find_format
from iml4e_xlsx.report.tables.result_data import Outcome, ResultBundle
from iml4e_xlsx.report.tables.table import ResultTable

if TYPE_CHECKING:
    from iml4e_xlsx.report.charts.chart_data import LineChart
    from iml4e_xlsx.report.contents.contents import Contents


def render_tables(tables: Sequence[ResultTable], form: str) -> bytes:
    """Return tables in the format of a name."""
    return find_format(form).encode(OutputSubject.TABLES, tables)


def render_outcomes(
    outcomes: Sequence[Outcome],
    form: str,
    *,
    statements: bool = False,
    by_source: str = "",
    left_out: Sequence[Finding] = (),
) -> bytes:
    """
    Return results in the format of a name.

    Args:
        outcomes: What was read, or the teams' results; a failure is part of the JSON documents,
            the table and the workbook only.
        form: The format's name.
        statements: Whether a row of a table is a statement of a result, not an area.
        by_source: The key of the source by which results are grouped as well; a row of a table
            is what it asks for then.
        left_out: Findings on the files that are no answers; part of the JSON document
            and the workbook only.

    Raises:
        ResourceError: If a library that the format needs is not installed.
    """
    results = ResultBundle(
        tuple(outcomes),
        by_statement=statements,
        by_source=by_source,
        left_out=tuple(left_out),
    )
    return find_format(form).encode(OutputSubject.RESULTS, results)


def render_trend(chart: LineChart, form: str) -> bytes:
    """
    Return teams over time as a picture.

    Raises:
        ResourceError: If matplotlib is not installed.
    """
    return find_format(form).encode(OutputSubject.TREND, chart)


def render_report(contents: Contents, target: str) -> bytes:
    """
    Return a report in the format that the target's suffix names.

    Raises:
        ResourceError: If a library that the format needs is not installed.
        ReportError: If there is no such format.
    """
    return choose_format(target, None, OutputSubject.REPORT).encode(OutputSubject.REPORT, contents)
