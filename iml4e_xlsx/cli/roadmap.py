"""Carries out `iml4e roadmap`: plans the way to the targets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from iml4e_xlsx.cli.options.output_options import table_options
from iml4e_xlsx.cli.options.reading_options import ReadingOptions, team_option
from iml4e_xlsx.cli.table_output import show_teams
from iml4e_xlsx.cli.voice import current_voice

if TYPE_CHECKING:
    from iml4e_xlsx.analysis.teams import TeamAssessment
    from iml4e_xlsx.report.tables.table import ResultTable


@click.command()
@team_option
@click.option(
    "--target",
    "targets",
    multiple=True,
    metavar="AREA=LEVEL",
    help="Use these targets, not the workbook's: 3 for all areas, DG=2 for one, or '3 DG=2'. "
    "Can be repeated.",
)
@click.option(
    "--issues",
    is_flag=True,
    help="Write CSV for issue trackers: title, body, labels, priority, team, area, statement, "
    "level.",
)
@table_options
def roadmap(
    paths: tuple[str, ...],
    *,
    reading: ReadingOptions,
    format_name: str | None,
    output: str,
    force: bool,
    targets: tuple[str, ...],
    issues: bool,
) -> None:
    """
    Plan the way to the target levels, statement by statement.

    That of several teams is long: choose one with `--team`, or write a file with `-o roadmap.md`.

    \b
    Example: iml4e roadmap returned/alpha.xlsx --target 3 -o roadmap.md
    """
    from iml4e_xlsx.analysis.team_roadmap import Roadmap, plan_roadmap
    from iml4e_xlsx.errors import TargetError
    from iml4e_xlsx.report.formats.issues_csv import render_issues
    from iml4e_xlsx.report.tables.team_tables import roadmap_table
    from iml4e_xlsx.roster import parse_targets

    def plan_teams(teams: Sequence[TeamAssessment]) -> list[tuple[Roadmap, str]]:
        try:
            levels = parse_targets(targets, teams[0].scheme)
        except TargetError as error:
            raise click.BadParameter(str(error), param_hint="--target") from error
        return [
            (plan_roadmap(team.result, team.scheme, targets=levels), team.name) for team in teams
        ]

    def make_tables(teams: Sequence[TeamAssessment]) -> list[ResultTable]:
        return [roadmap_table(plan, name) for plan, name in plan_teams(teams)]

    def write_issues(teams: Sequence[TeamAssessment]) -> None:
        data = render_issues(plan_teams(teams)).encode()
        current_voice().deliver(output, data, force=force)

    write = write_issues if issues else None
    show_teams(paths, reading, format_name, output, make_tables, force=force, write=write)
