"""Carries out `iml4e benchmark`: shows the place among others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from iml4e_xlsx.cli.options.output_options import table_options
from iml4e_xlsx.cli.options.reading_options import ReadingOptions
from iml4e_xlsx.cli.options.value_types import WholeNumber
from iml4e_xlsx.cli.table_output import choose_team, show_teams
from iml4e_xlsx.cli.voice import command_text, current_voice, data_error

if TYPE_CHECKING:
    from iml4e_xlsx.analysis.teams import TeamAssessment
    from iml4e_xlsx.report.tables.table import ResultTable


@click.command()
@click.option(
    "--by", "field", metavar="FIELD", default="", help="Group by a profile field: sector, size."
)
@click.option("--own", metavar="TEAM", help="Show the place of this team among the others.")
@click.option(
    "--fewest",
    type=WholeNumber(least=2),
    help="Show no figures for groups smaller than this; by default 5.",
)
@table_options
def benchmark(
    paths: tuple[str, ...],
    *,
    reading: ReadingOptions,
    format_name: str | None,
    output: str,
    force: bool,
    field: str,
    own: str | None,
    fewest: int | None,
) -> None:
    """
    Show how assessments are spread, and your place among them.

    Has median, quartiles and your percentile by area, over any set of workbooks. Groups of fewer
    than five assessments show no figures: those could be traced to one of them.

    \b
    Example: iml4e benchmark all/ --by sector --own "Fraud Detection"
    """
    from iml4e_xlsx.analysis.peer_benchmark import FEWEST, benchmark_assessments
    from iml4e_xlsx.model import PROFILE_NAMES
    from iml4e_xlsx.report.tables.comparison_tables import benchmark_tables

    if field and field not in PROFILE_NAMES:
        words = command_text("benchmark_no_field", field=field, names=PROFILE_NAMES)
        raise click.BadParameter(words, param_hint="--by")

    def make_tables(teams: Sequence[TeamAssessment]) -> list[ResultTable]:
        peers = benchmark_assessments(
            [team.assessment for team in teams],
            teams[0].scheme,
            field=field,
            own=choose_team(teams, own).result if own else None,
            fewest=fewest or FEWEST,
        )
        if peers.without_field:
            current_voice().say("benchmark_without", count=peers.without_field, field=field)
        if not peers.groups:
            raise data_error("benchmark_no_groups", field=field)
        return list(benchmark_tables(peers))

    show_teams(paths, reading, format_name, output, make_tables, force=force)
