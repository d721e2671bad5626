"""Writes tables and results as plain text, as wide as a mail or a log takes it."""

from __future__ import annotations

from collections.abc import Sequence
from io import StringIO
from typing import Final

from rich.console import Console

from iml4e_xlsx.report.formats.terminal import show_outcomes, show_tables
from iml4e_xlsx.report.tables.result_data import ResultBundle
from iml4e_xlsx.report.tables.source_tables import list_source_tables
from iml4e_xlsx.report.tables.table import ResultTable

_WIDTH: Final = 110


def encode_tables(tables: Sequence[ResultTable]) -> bytes:
    """Return tables as text, each with its title and its note."""
    buffer = StringIO()
    show_tables(_make_console(buffer), tables)
    return buffer.getvalue().encode()


def encode_results(results: ResultBundle) -> bytes:
    """Return a table for each of a few results, or a row for each of many, then the failures."""
    buffer = StringIO()
    show_outcomes(_make_console(buffer), [*results.assessments, *results.failures])
    if results.by_source:
        tables = list_source_tables(results.assessments_by_name, results.by_source)
        show_tables(_make_console(buffer), tables)
    return buffer.getvalue().encode()


def _make_console(buffer: StringIO) -> Console:
    return Console(file=buffer, width=_WIDTH, no_color=True, markup=False)
