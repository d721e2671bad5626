"""Carries out `iml4e check`: says what is wrong in returned workbooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from iml4e_xlsx.cli.options.reading_options import ReadingOptions, reading_options, team_option
from iml4e_xlsx.cli.outcome_tally import (
    OutcomeTally,
    keep_assessments,
    read_outcomes,
    report_versions,
)
from iml4e_xlsx.cli.voice import common_options, current_voice, usage_error

if TYPE_CHECKING:
    from iml4e_xlsx.model import Assessment


@click.command()
@team_option
@click.argument("paths", nargs=-1, required=True, metavar="FILE...")
@reading_options
@click.option(
    "--format",
    "format_name",
    type=click.Choice(["text", "json"]),
    default="text",
    help="Write this format.",
)
@click.option("--reply", "as_reply", is_flag=True, help="Write a reply to the respondent.")
@click.option("--strict", is_flag=True, help="Treat warnings as errors.")
@common_options
def check(
    paths: tuple[str, ...],
    *,
    reading: ReadingOptions,
    format_name: str,
    as_reply: bool,
    strict: bool,
) -> None:
    """
    List what is wrong or doubtful in workbooks, and what to do.

    Reads files, folders, zips and mails. With `--reply`, writes a reply to the respondent instead,
    as plain text to paste into a mail.

    \b
    Example: iml4e check returned/alpha.xlsx --reply
    """
    from iml4e_xlsx.findings.failure import Failure
    from iml4e_xlsx.report.formats.json_text import render_json
    from iml4e_xlsx.report.formats.reply import compose_reply
    from iml4e_xlsx.report.formats.terminal import show_findings
    from iml4e_xlsx.report.tables.result_data import findings_document

    if as_reply and format_name == "json":
        raise usage_error("reply_is_text")
    tally = OutcomeTally(strict=strict)
    read: list[Assessment] = []
    outcomes = keep_assessments(read_outcomes(paths, reading, tally), read)
    if as_reply:
        for number, outcome in enumerate(outcomes):
            if number:
                click.echo("\n" + "-" * 76 + "\n")
            reply = compose_reply(outcome)
            click.echo(reply.text, nl=False)
            if reply.unlisted and not isinstance(outcome, Failure):
                current_voice().say("reply_needs_copy", source=outcome.response.source)
    elif format_name == "json":
        # What gives way to another version is known only when everything has been read.
        found = list(outcomes)
        report_versions(read, tally)
        current_voice().deliver_document(render_json(findings_document(found, tally.left_out)))
    else:
        show_findings(current_voice().open_console(), list(outcomes))
    if format_name != "json":
        report_versions(read, tally)
    tally.finish_command(shown_in="table" if format_name == "text" else format_name)
