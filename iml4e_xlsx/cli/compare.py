"""Carries out `iml4e compare`: puts teams side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from iml4e_xlsx.cli.options.anonymity_options import anonymity_options
from iml4e_xlsx.cli.options.output_options import table_options
from iml4e_xlsx.cli.options.reading_options import ReadingOptions, team_option
from iml4e_xlsx.cli.table_output import show_teams

if TYPE_CHECKING:
    from iml4e_xlsx.analysis.teams import TeamAssessment
    from iml4e_xlsx.report.tables.table import ResultTable


@click.command()
@anonymity_options("the names of files")
@team_option
@table_options
def compare(
    paths: tuple[str, ...],
    *,
    reading: ReadingOptions,
    format_name: str | None,
    output: str,
    force: bool,
    anonymous: bool,  # noqa: ARG001 - the options for reading know it
    fewest: int,  # noqa: ARG001 - the options for reading know it
) -> None:
    """
    Compare teams: where they differ, and who could teach whom.

    \b
    Example: iml4e compare returned/
    """
    from iml4e_xlsx.analysis.comparison import compare_teams
    from iml4e_xlsx.report.tables.comparison_tables import area_tables, difference_table
    from iml4e_xlsx.report.tables.overview_table import overview_table

    def make_tables(teams: Sequence[TeamAssessment]) -> list[ResultTable]:
        comparison = compare_teams(teams)
        return [overview_table(comparison), *area_tables(comparison), difference_table(comparison)]

    show_teams(paths, reading, format_name, output, make_tables, force=force)
