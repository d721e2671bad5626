"""Carries out `iml4e agenda`: lists what a team should talk about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from iml4e_xlsx.cli.options.anonymity_options import anonymity_options
from iml4e_xlsx.cli.options.output_options import table_options
from iml4e_xlsx.cli.options.reading_options import ReadingOptions, team_option
from iml4e_xlsx.cli.options.value_types import WholeNumber
from iml4e_xlsx.cli.table_output import show_teams

if TYPE_CHECKING:
    from iml4e_xlsx.analysis.teams import TeamAssessment
    from iml4e_xlsx.report.tables.table import ResultTable


@click.command()
@anonymity_options("the names of respondents and their files")
@team_option
@click.option("--most", type=WholeNumber(least=1), help="List this many statements; by default 12.")
@table_options
def agenda(
    paths: tuple[str, ...],
    *,
    reading: ReadingOptions,
    format_name: str | None,
    output: str,
    force: bool,
    most: int | None,
    anonymous: bool,
    fewest: int,  # noqa: ARG001 - the options for reading know it
) -> None:
    """
    List the statements on which a team's members disagree most.

    This is what they should discuss, with the evidence that is missing.

    \b
    Example: iml4e agenda returned/ --team "Fraud Detection" --anonymous
    """
    from iml4e_xlsx.analysis.workshop_agenda import MOST_ITEMS, build_agenda
    from iml4e_xlsx.report.tables.team_tables import (
        agenda_table,
        evidence_gap_table,
        unknown_answer_table,
    )

    def make_tables(teams: Sequence[TeamAssessment]) -> list[ResultTable]:
        tables = []
        for chosen in teams:
            plan = build_agenda(chosen, most=most or MOST_ITEMS)
            tables.append(agenda_table(plan, anonymous=anonymous))
            if plan.unknown_answers:
                tables.append(unknown_answer_table(plan, anonymous=anonymous))
            tables.append(evidence_gap_table(plan, anonymous=anonymous))
        return tables

    show_teams(paths, reading, format_name, output, make_tables, force=force)
