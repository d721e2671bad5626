"""How commands show views: their options, the teams they are of, and where they are written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from iml4e_xlsx.cli.common import F, common_options, output_options, voice
from iml4e_xlsx.cli.reading import How, Tally, outcomes_at, reading_options

if TYPE_CHECKING:
    from iml4e_xlsx.analysis.teams import TeamAssessment
    from iml4e_xlsx.model import Assessment
    from iml4e_xlsx.report.tables.table import ResultTable

VIEW_FORMATS = ("table", "json", "csv", "md", "xlsx")
_PICTURES = ("png", "svg")


def view_options(command: F) -> F:
    """Add the arguments and options of the commands that show views."""
    for option in (
        click.option("-o", "--output", default="-", metavar="FILE", help="Where to; - is stdout."),
        click.option(
            "--format",
            "form",
            type=click.Choice(VIEW_FORMATS),
            help="What to write; by the file's suffix if there is one, else a table.",
        ),
        reading_options,
        click.argument("paths", nargs=-1, required=True, metavar="PATH..."),
        output_options,
        common_options,
    ):
        command = option(command)
    return command


def report_options(title: str) -> Callable[[F], F]:
    """Add the options of every report: where to, profiles, and a title, `title` by default."""

    def decorate(command: F) -> F:
        for option in (
            click.option(
                "--profile",
                "profiles",
                multiple=True,
                metavar="ID",
                help="Draw a reference profile of the scheme on the radar.",
            ),
            click.option(
                "--title", default="", help=f"What stands above the report; {title} by default."
            ),
            click.option(
                "-o",
                "--output",
                required=True,
                metavar="FILE",
                help="By suffix: .html, .xlsx, .pdf, .png, .svg.",
            ),
        ):
            command = option(command)
        return command

    return decorate


def chosen_teams(teams: Sequence[TeamAssessment], name: str | None) -> list[TeamAssessment]:
    """Return the team of a name, or all."""
    from iml4e_xlsx.text.spelling import name_key

    chosen = [one for one in teams if name is None or name_key(one.name) == name_key(name)]
    if not chosen:
        known = ", ".join(one.name for one in teams)
        raise click.UsageError(f"There is no team {name!r}; there are: {known}.")
    return chosen


def show_teams(
    paths: tuple[str, ...],
    how: How,
    form: str | None,
    output: str,
    views: Callable[[Sequence[TeamAssessment]], list[ResultTable]],
    *,
    force: bool,
    write: Callable[[Sequence[TeamAssessment]], None] | None = None,
) -> None:
    """Show views of teams as they are now; those of another scheme are named and left out."""
    from iml4e_xlsx.analysis.comparison import group_by_scheme
    from iml4e_xlsx.analysis.team_trend import current_teams

    def of_teams(assessments: Sequence[Assessment]) -> list[ResultTable]:
        first, *others = group_by_scheme(current_teams(assessments))
        for group in others:
            names = ", ".join(one.name for one in group)
            voice().say(
                f"Left out, since results of different schemes cannot be compared: {names} "
                f"({group[0].scheme.id}; the others are {first[0].scheme.id})."
            )
        for finding in (f for one in first for f in one.findings):
            voice().say(str(finding))
        if write is not None:
            write(first)
            return []
        return views(first)

    show(paths, how, form, output, of_teams, force=force)


def show(
    paths: tuple[str, ...],
    how: How,
    form: str | None,
    output: str,
    views: Callable[[Sequence[Assessment]], list[ResultTable]],
    *,
    force: bool,
    draw: Callable[[Sequence[Assessment], str], bytes] | None = None,
) -> None:
    """Read, make the views or the picture, write them, and exit as the findings demand."""
    from iml4e_xlsx.model import Assessment
    from iml4e_xlsx.output import check_target, write_output
    from iml4e_xlsx.report.formats.render import choose_format, render_tables
    from iml4e_xlsx.report.formats.terminal import show_tables

    check_target(output, force=force)
    try:
        wanted = choose_format(output, form, (*VIEW_FORMATS, *(_PICTURES if draw else ())))
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    tally = Tally(strict=False)
    outcomes = list(tally.counted(outcomes_at(paths, how)))
    assessments = [one for one in outcomes if isinstance(one, Assessment)]
    if assessments and draw is not None and wanted in _PICTURES:
        write_output(output, draw(assessments, wanted), force=force)
    elif assessments:
        found = views(assessments)
        if found and wanted == "table" and output == "-":
            show_tables(voice().console(), found)
        elif found:
            write_output(output, render_tables(found, wanted), force=force)
    tally.finish("")
