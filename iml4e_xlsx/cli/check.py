"""Carries out `iml4e check`: says what is wrong in returned workbooks."""

from __future__ import annotations

import click

from iml4e_xlsx.cli.options.reading_options import ReadingOptions, reading_options
from iml4e_xlsx.cli.outcome_tally import Tally, outcomes_at
from iml4e_xlsx.cli.voice import common_options, voice


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="FILE...")
@reading_options
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    help="What to write.",
)
@click.option("--reply", "as_reply", is_flag=True, help="Write the reply to the respondent.")
@click.option("--strict", is_flag=True, help="Warnings count as errors.")
@common_options
def check(
    paths: tuple[str, ...], *, reading: ReadingOptions, form: str, as_reply: bool, strict: bool
) -> None:
    """
    Say what is wrong or doubtful in returned workbooks, and what to do.

    They are taken from files, folders, zips, mails. With `--reply`, in words for the respondent, as
    plain text to be pasted into a mail.

    \b
    Example: iml4e check returned/alpha.xlsx --reply
    """
    from iml4e_xlsx.report.formats.json_text import render_json
    from iml4e_xlsx.report.formats.reply import write_reply
    from iml4e_xlsx.report.formats.terminal import show_findings
    from iml4e_xlsx.report.tables.result_data import findings_document

    if as_reply and form == "json":
        raise click.UsageError("--reply is text; leave out --format json.")
    tally = Tally(strict=strict)
    outcomes = tally.counted(outcomes_at(paths, reading))
    if as_reply:
        for number, outcome in enumerate(outcomes):
            click.echo(
                ("\n" + "-" * 76 + "\n\n" if number else "") + write_reply(outcome), nl=False
            )
    elif form == "json":
        click.echo(render_json(findings_document(outcomes)), nl=False)
    else:
        show_findings(voice().console(), list(outcomes))
    tally.finish("table" if form == "text" else form)
