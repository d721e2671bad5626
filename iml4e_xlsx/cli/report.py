"""Carries out `iml4e report`: writes the results to show."""

from __future__ import annotations

import click

from iml4e_xlsx.cli.options.anonymity_options import anonymity_options
from iml4e_xlsx.cli.options.output_options import output_options, refuse_picture, report_options
from iml4e_xlsx.cli.options.reading_options import ReadingOptions, reading_options, team_option
from iml4e_xlsx.cli.options.value_types import WholeNumber
from iml4e_xlsx.cli.outcome_tally import OutcomeTally, read_answers
from iml4e_xlsx.cli.voice import common_options, current_voice


@click.command()
@report_options("the scheme's title")
@team_option
@anonymity_options("the names of respondents and their files, and evidence")
@click.option(
    "--gap",
    type=WholeNumber(least=1),
    metavar="DAYS",
    help="Start a new round after this many days without a response; by default 45.",
)
@reading_options
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@output_options
@common_options
def report(
    paths: tuple[str, ...],
    *,
    reading: ReadingOptions,
    output: str,
    force: bool,
    anonymous: bool,
    fewest: int,
    title: str,
    profiles: tuple[str, ...],
    sources: tuple[str, ...],
    gap: int | None,
) -> None:
    """
    Write a report: teams side by side, agenda, roadmap, trend.

    Reads returned workbooks from files, folders, zips and mails.

    \b
    Example: iml4e report returned/ -o report.html
    """
    from iml4e_xlsx.analysis.rounds import GAP_DAYS
    from iml4e_xlsx.analysis.team_trend import trace_trends
    from iml4e_xlsx.model import Assessment
    from iml4e_xlsx.output import check_target
    from iml4e_xlsx.report.contents.contents import make_contents
    from iml4e_xlsx.report.formats.format_registry import OutputSubject, choose_format
    from iml4e_xlsx.report.formats.render import render_report

    check_target(output, force=force)
    # A wrong suffix is said before all is read.
    refuse_picture(choose_format(output, None, OutputSubject.REPORT), {"--by-source": sources})
    tally = OutcomeTally(strict=False)
    outcomes = read_answers(paths, reading, tally)
    if not tally.results:
        tally.finish_command()
        return
    contents = make_contents(
        [*outcomes, *tally.left_out],
        anonymous=anonymous,
        title=title,
        profiles=profiles,
        sources=sources,
        gap_days=gap or GAP_DAYS,
        smallest_group=fewest,
    )
    # Whoever makes a report without names has the files, and needs theirs to look after them.
    answers = [outcome for outcome in outcomes if isinstance(outcome, Assessment)]
    tally.note_trends(trace_trends(answers, gap_days=gap or GAP_DAYS))
    data = render_report(contents, output)
    current_voice().deliver(output, data, force=force)
    tally.finish_command()
