"""Carries out `iml4e score`: computes the results of returned workbooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from iml4e_xlsx.cli.options.output_options import (
    format_option,
    output_options,
    results_output_option,
)
from iml4e_xlsx.cli.options.reading_options import ReadingOptions, reading_options, team_option
from iml4e_xlsx.cli.outcome_tally import OutcomeTally, read_answers, read_outcomes
from iml4e_xlsx.cli.voice import command_text, common_options, current_voice
from iml4e_xlsx.report.formats.format_registry import OutputSubject, choose_format

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iml4e_xlsx.jobs.results import Results
    from iml4e_xlsx.report.tables.result_data import Outcome


@click.command()
@team_option
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@reading_options
@format_option(OutputSubject.RESULTS)
@results_output_option
@click.option(
    "--group",
    type=click.Choice(["team"]),
    help="Compute one result per team, from the median of its members' ratings; of two "
    "middle ones, the lower counts.",
)
@click.option(
    "--rows",
    type=click.Choice(["areas", "statements"]),
    default="areas",
    show_default=True,
    help="Choose the rows of a csv or parquet table.",
)
@click.option("--strict", is_flag=True, help="Treat warnings as errors.")
@output_options
@common_options
def score(
    paths: tuple[str, ...],
    *,
    reading: ReadingOptions,
    format_name: str | None,
    output: str,
    group: str | None,
    rows: str,
    strict: bool,
    force: bool,
) -> None:
    """
    Compute the results of returned workbooks.

    Reads files, folders, zips and mails.

    \b
    Example: iml4e score returned/ -o results.csv
    """
    from iml4e_xlsx.jobs.results import Results
    from iml4e_xlsx.output import check_target
    from iml4e_xlsx.report.formats.json_text import render_json_line
    from iml4e_xlsx.report.formats.render import render_outcomes
    from iml4e_xlsx.report.tables.result_data import outcome_entry

    check_target(output, force=force)
    chosen_format = choose_format(output, format_name, OutputSubject.RESULTS)
    tally = OutcomeTally(strict=strict)
    outcomes = (read_outcomes if group is None else read_answers)(paths, reading, tally)
    if chosen_format.name == "ndjson" and output == "-" and group is None:
        for outcome in outcomes:
            click.echo(render_json_line(outcome_entry(outcome)), nl=False)
        tally.finish_command(shown_in=chosen_format.name)
        return
    results = Results(tuple(outcomes))
    if group is not None:
        tally.note_teams(results.teams)
    for team in results.teams if group is not None else ():
        tally.add_findings(team.findings)
    if chosen_format.name == "table" and output == "-":
        _show_results(results, grouped=group is not None)
    elif chosen_format.needs_result and not results.assessments:
        current_voice().say_error(command_text("nothing_read", output=output))
    else:
        teams: Sequence[Outcome] = (*results.teams, *results.failures)
        shown = results.outcomes if group is None else teams
        data = render_outcomes(
            shown, chosen_format.name, statements=rows == "statements", left_out=tally.left_out
        )
        current_voice().deliver(output, data, force=force)
    tally.finish_command(shown_in=chosen_format.name if output == "-" else "")


def _show_results(results: Results, *, grouped: bool) -> None:
    """Show results on the terminal; of a team, each respondent's own and the n/a in dispute."""
    from iml4e_xlsx.report.formats.terminal import show_outcomes, show_tables
    from iml4e_xlsx.report.tables.team_tables import applicability_table, members_table

    console = current_voice().open_console()
    if not grouped:
        show_outcomes(console, results.outcomes)
        return
    teams = results.teams
    show_outcomes(console, [*(team.assessment for team in teams), *results.failures])
    show_tables(console, [members_table(team) for team in teams if len(team.members) > 1])
    disputed = [team for team in teams if team.applicability_disputes]
    show_tables(console, [applicability_table(team) for team in disputed])
