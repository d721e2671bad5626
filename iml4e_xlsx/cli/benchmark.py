"""Carries out `iml4e benchmark`: shows the place among others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from iml4e_xlsx.cli.options.output_options import view_options
from iml4e_xlsx.cli.options.reading_options import ReadingOptions
from iml4e_xlsx.cli.table_output import chosen_teams, show_teams
from iml4e_xlsx.cli.voice import voice

if TYPE_CHECKING:
    from iml4e_xlsx.analysis.teams import TeamAssessment
    from iml4e_xlsx.report.tables.table import ResultTable


@click.command()
@click.option(
    "--by", "field", metavar="FIELD", default="", help="Group by a profile field: sector, size."
)
@click.option("--own", metavar="TEAM", help="The team whose place among the others is wanted.")
@click.option(
    "--fewest",
    type=click.IntRange(min=2),
    help="Show no figure of a group of fewer assessments; 5 by default.",
)
@view_options
def benchmark(
    paths: tuple[str, ...],
    *,
    reading: ReadingOptions,
    form: str | None,
    output: str,
    force: bool,
    field: str,
    own: str | None,
    fewest: int | None,
) -> None:
    """
    Show median, quartiles and the own percentile by area, over any set of workbooks.

    Of a group of fewer than five assessments no figure is shown: it could be traced to one.

    \b
    Example: iml4e benchmark all/ --by sector --own "Fraud Detection"
    """
    from iml4e_xlsx.analysis.peer_benchmark import FEWEST, benchmark_assessments
    from iml4e_xlsx.model import PROFILE_NAMES
    from iml4e_xlsx.report.tables.comparison_tables import benchmark_tables

    if field and field not in PROFILE_NAMES:
        known = ", ".join(PROFILE_NAMES)
        raise click.BadParameter(
            f"there is no field {field!r}; use one of {known}.", param_hint="--by"
        )

    def views(teams: Sequence[TeamAssessment]) -> list[ResultTable]:
        mine = chosen_teams(teams, own)[0].result if own else None
        given = [one.assessment for one in teams]
        found = benchmark_assessments(
            given, teams[0].scheme, field=field, own=mine, fewest=fewest or FEWEST
        )
        if found.without_field:
            voice().say(f"{found.without_field} assessments do not state their {field}.")
        if not found.groups:
            raise click.UsageError(f"No assessment states its {field}, so there are no groups.")
        return list(benchmark_tables(found))

    show_teams(paths, reading, form, output, views, force=force)
