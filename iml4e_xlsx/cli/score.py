"""Carries out `iml4e score`: computes the results of returned workbooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from iml4e_xlsx.cli.options.output_options import output_options
from iml4e_xlsx.cli.options.reading_options import ReadingOptions, reading_options
from iml4e_xlsx.cli.outcome_tally import Tally, outcomes_at
from iml4e_xlsx.cli.voice import common_options, voice

if TYPE_CHECKING:
    from iml4e_xlsx.jobs.results import Results


SCORE_FORMATS = ("table", "json", "ndjson", "csv", "parquet", "xlsx")


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@reading_options
@click.option(
    "--format",
    "form",
    type=click.Choice(SCORE_FORMATS),
    help="What to write; by the file's suffix if there is one, else a table.",
)
@click.option(
    "-o",
    "--output",
    default="-",
    metavar="FILE",
    help="Where to; - is stdout. A radar where the suffix is .png or .svg.",
)
@click.option(
    "--group",
    type=click.Choice(["team"]),
    help="Make one result of the respondents of each team: the median of their ratings.",
)
@click.option(
    "--rows",
    type=click.Choice(["areas", "statements"]),
    default="areas",
    show_default=True,
    help="What a row of a csv or parquet table is.",
)
@click.option("--strict", is_flag=True, help="Warnings count as errors.")
@output_options
@common_options
def score(
    paths: tuple[str, ...],
    *,
    reading: ReadingOptions,
    form: str | None,
    output: str,
    group: str | None,
    rows: str,
    strict: bool,
    force: bool,
) -> None:
    """
    Compute the results of returned workbooks: files, folders, zips, mails.

    \b
    Example: iml4e score returned/ -o results.csv
    """
    from iml4e_xlsx.jobs.results import Results
    from iml4e_xlsx.output import check_target, write_output
    from iml4e_xlsx.report.formats.render import choose_format, render_outcomes, render_teams
    from iml4e_xlsx.report.tables.result_data import outcome_entry, render_json_line

    check_target(output, force=force)
    try:
        wanted = choose_format(output, form, (*SCORE_FORMATS, "png", "svg"))
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    tally = Tally(strict=strict)
    outcomes = tally.counted(outcomes_at(paths, reading))
    if wanted == "ndjson" and output == "-" and group is None:
        for outcome in outcomes:
            click.echo(render_json_line(outcome_entry(outcome)), nl=False)
        tally.finish(wanted)
        return
    results = Results.of(outcomes)
    for team in results.teams if group is not None else ():
        tally.add(team.findings)
    if wanted == "table" and output == "-":
        _show(results, grouped=group is not None)
    elif wanted in ("png", "svg", "xlsx", "parquet") and not results.assessments:
        voice().say(f"{output} is not written: none of the files could be read.")
    else:
        whole = rows == "statements"
        if group is None:
            data = render_outcomes(results.outcomes, wanted, statements=whole)
        else:
            data = render_teams(results.teams, results.failures, wanted, statements=whole)
        write_output(output, data, force=force)
    tally.finish(wanted)


def _show(results: Results, *, grouped: bool) -> None:
    """Show results on the terminal; of teams each respondent's own as well."""
    from iml4e_xlsx.report.formats.terminal import show_outcomes, show_tables
    from iml4e_xlsx.report.tables.team_tables import members_table

    console = voice().console()
    if not grouped:
        show_outcomes(console, results.outcomes)
        return
    teams = results.teams
    show_outcomes(console, [*(team.assessment for team in teams), *results.failures])
    show_tables(console, [members_table(team) for team in teams if len(team.members) > 1])
