"""Carries out `iml4e score`: computes the results of returned workbooks."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

import click

from iml4e_xlsx.cli.options.output_options import (
    format_option,
    output_options,
    refuse_picture,
    results_output_option,
)
from iml4e_xlsx.cli.options.reading_options import ReadingOptions, reading_options, team_option
from iml4e_xlsx.cli.outcome_tally import OutcomeTally, read_answers, read_outcomes
from iml4e_xlsx.cli.voice import command_text, common_options, current_voice, usage_error
from iml4e_xlsx.report.formats.format_registry import OutputFormat, OutputSubject, choose_format

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rich.console import Console

    from iml4e_xlsx.findings.failure import Failure
    from iml4e_xlsx.jobs.results import Results
    from iml4e_xlsx.model import Assessment
    from iml4e_xlsx.report.tables.result_data import Outcome, ResultStream


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
@click.option(
    "--by-source",
    default="",
    metavar="KEY",
    help="Group the statements by what this source of the scheme asks for, such as eu-ai-act; "
    "the rows of a csv or parquet table are that.",
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
    by_source: str,
    strict: bool,
    force: bool,
) -> None:
    """
    Compute the results of returned workbooks.

    Reads files, folders, zips and mails.

    \b
    Example: iml4e score returned/ -o results.csv
    """
    from iml4e_xlsx.output import check_target
    from iml4e_xlsx.report.formats.render import render_outcomes
    from iml4e_xlsx.report.tables.result_data import ResultStream

    if by_source and rows == "statements":
        raise usage_error("statements_or_source")
    check_target(output, force=force)
    chosen_format = choose_format(output, format_name, OutputSubject.RESULTS)
    refuse_picture(chosen_format, {"--by-source": by_source, "--rows": rows == "statements"})
    tally = OutcomeTally(strict=strict)
    outcomes = (read_outcomes if group is None else read_answers)(paths, reading, tally)
    if chosen_format.streams and group is None and not by_source:
        stream = ResultStream(outcomes, by_statement=rows == "statements", left_out=tally.left_out)
        _deliver_as_read(stream, chosen_format, output, force=force)
        tally.finish_command(shown_in=chosen_format.name if output == "-" else "")
        return
    results = _gather_results(outcomes, tally, grouped=group is not None)
    if by_source and results.assessments:
        _check_source(results, by_source)
    if chosen_format.name == "table" and output == "-":
        _show_results(results, grouped=group is not None, by_source=by_source)
    elif chosen_format.needs_result and not results.assessments:
        current_voice().say_error(command_text("nothing_read", output=output))
    else:
        teams: Sequence[Outcome] = (*results.teams, *results.failures)
        shown = results.outcomes if group is None else teams
        data = render_outcomes(
            shown,
            chosen_format.name,
            statements=rows == "statements",
            by_source=by_source,
            left_out=tally.left_out,
        )
        current_voice().deliver(output, data, force=force)
    tally.finish_command(shown_in=chosen_format.name if output == "-" else "")


def _deliver_as_read(
    stream: ResultStream, chosen_format: OutputFormat, output: str, *, force: bool
) -> None:
    """Write results while files are read, so that no number of them takes more memory."""
    outcomes = iter(stream.outcomes)
    before = _read_first(outcomes) if chosen_format.needs_result else []
    if chosen_format.needs_result and not before:
        current_voice().say_error(command_text("nothing_read", output=output))
        return
    pieces = chosen_format.stream_results(replace(stream, outcomes=chain(before, outcomes)))
    current_voice().deliver_pieces(output, pieces, force=force)


def _read_first(outcomes: Iterator[Outcome]) -> list[Outcome]:
    """Return the first result and what comes before it; nothing if there is none."""
    from iml4e_xlsx.findings.failure import Failure

    before: list[Outcome] = []
    for outcome in outcomes:
        before.append(outcome)
        if not isinstance(outcome, Failure):
            return before
    return []


def _gather_results(
    outcomes: Iterable[Assessment | Failure], tally: OutcomeTally, *, grouped: bool
) -> Results:
    """Gather the results, and of teams count what was found when their answers were joined."""
    from iml4e_xlsx.jobs.results import Results

    results = Results(tuple(outcomes))
    if grouped:
        tally.note_teams(results.teams)
        for team in results.teams:
            tally.add_findings(team.findings)
    return results


def _check_source(results: Results, key: str) -> None:
    """Refuse a source that the scheme of no result has; of some, the others have no figures."""
    from iml4e_xlsx.scheme.coverage import cover_source

    schemes = dict.fromkeys(assessment.scheme for assessment in results.assessments)
    if not any(source.key == key for scheme in schemes for source in scheme.sources):
        cover_source(next(iter(schemes)), key)  # raises, and says which sources there are


def _show_results(results: Results, *, grouped: bool, by_source: str) -> None:
    """Show results on the terminal."""
    from iml4e_xlsx.report.formats.terminal import show_outcomes, show_teams

    console = current_voice().open_console()
    if not grouped:
        show_outcomes(console, results.outcomes)
        _point_to_check(console, results.assessments)
        _show_by_source(console, results.outcomes, by_source)
        return
    show_teams(console, results.teams, results.failures)
    _point_to_check(console, [team.assessment for team in results.teams])
    _show_by_source(console, results.teams, by_source)


def _point_to_check(console: Console, assessments: Sequence[Assessment]) -> None:
    """Say which command lists what is only counted here, unless the exit code says it."""
    from iml4e_xlsx.findings.finding import Severity

    severities = {each.severity for one in assessments for each in one.findings}
    if severities and Severity.ERROR not in severities:
        console.print(command_text("score_findings"), style="dim")
        console.print()


def _show_by_source(console: Console, outcomes: Sequence[Outcome], key: str) -> None:
    """Show results by what a source asks for, if that was asked for."""
    from iml4e_xlsx.report.formats.terminal import show_tables
    from iml4e_xlsx.report.tables.result_data import ResultBundle
    from iml4e_xlsx.report.tables.source_tables import list_source_tables

    if key:
        named = ResultBundle(tuple(outcomes)).assessments_by_name
        show_tables(console, list_source_tables(named, key))
