"""Carries out `iml4e roadmap`: plans the way to the targets."""

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


_team = click.option("--team", metavar="NAME", help="This team only; all of them by default.")


@click.command()
@_team
@click.option(
    "--target",
    "targets",
    multiple=True,
    metavar="AREA=LEVEL",
    help="A target in place of the workbook's; a bare LEVEL is for all areas. Can be given again.",
)
@click.option(
    "--issues", is_flag=True, help="As CSV that issue trackers import: title, description."
)
@view_options
def roadmap(
    paths: tuple[str, ...],
    *,
    reading: ReadingOptions,
    form: str | None,
    output: str,
    force: bool,
    team: str | None,
    targets: tuple[str, ...],
    issues: bool,
) -> None:
    """
    Plan the way from the level reached to the target, statement by statement.

    \b
    Example: iml4e roadmap returned/alpha.xlsx --target 3 -o roadmap.md
    """
    from iml4e_xlsx.analysis.team_roadmap import Roadmap, plan_roadmap
    from iml4e_xlsx.output import write_output
    from iml4e_xlsx.report.formats.issues_csv import render_issues
    from iml4e_xlsx.report.tables.team_tables import roadmap_table
    from iml4e_xlsx.roster import parse_targets

    def plans(teams: Sequence[TeamAssessment]) -> list[tuple[TeamAssessment, Roadmap]]:
        chosen = chosen_teams(teams, team)
        try:
            wanted = parse_targets(targets, chosen[0].scheme)
        except ValueError as error:
            raise click.BadParameter(f"{error}.", param_hint="--target") from error
        return [(one, plan_roadmap(one.result, one.scheme, targets=wanted)) for one in chosen]

    def views(teams: Sequence[TeamAssessment]) -> list[ResultTable]:
        return [roadmap_table(found, one.name) for one, found in plans(teams)]

    def write_issues(teams: Sequence[TeamAssessment]) -> None:
        text = render_issues((found, one.name) for one, found in plans(teams))
        write_output(output, text.encode(), force=force)

    show_teams(
        paths, reading, form, output, views, force=force, write=write_issues if issues else None
    )
