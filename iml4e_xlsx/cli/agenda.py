"""Carries out `iml4e agenda`: lists what a team should talk about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from iml4e_xlsx.cli.options.output_options import view_options
from iml4e_xlsx.cli.options.reading_options import ReadingOptions
from iml4e_xlsx.cli.table_output import chosen_teams, show_teams

if TYPE_CHECKING:
    from iml4e_xlsx.analysis.teams import TeamAssessment
    from iml4e_xlsx.report.tables.table import ResultTable


_anonymous = click.option("--anonymous", is_flag=True, help="Leave the respondents' names out.")


_team = click.option("--team", metavar="NAME", help="This team only; all of them by default.")


@click.command()
@_anonymous
@_team
@click.option(
    "--most", type=click.IntRange(min=1), help="ReadingOptions many statements; 12 by default."
)
@view_options
def agenda(
    paths: tuple[str, ...],
    *,
    reading: ReadingOptions,
    form: str | None,
    output: str,
    force: bool,
    team: str | None,
    most: int | None,
    anonymous: bool,
) -> None:
    """
    List what a team should talk about: statements on which its members disagree most.

    \b
    Example: iml4e agenda returned/ --team "Fraud Detection" --anonymous
    """
    from iml4e_xlsx.analysis.workshop_agenda import MOST_ITEMS, build_agenda
    from iml4e_xlsx.report.tables.team_tables import agenda_table, unsupported_table

    def views(teams: Sequence[TeamAssessment]) -> list[ResultTable]:
        found = [build_agenda(one, most=most or MOST_ITEMS) for one in chosen_teams(teams, team)]
        shown = (agenda_table, unsupported_table)
        return [show(one, anonymous=anonymous) for one in found for show in shown]

    show_teams(paths, reading, form, output, views, force=force)
