"""Commands that read what returned: check, repair, score."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from iml4e_xlsx.cli.common import common_options, output_options, voice
from iml4e_xlsx.cli.reading import How, Tally, outcomes_at, reading_options
from iml4e_xlsx.text.spelling import printable_text

if TYPE_CHECKING:
    from iml4e_xlsx.jobs.results import Results

SCORE_FORMATS = ("table", "json", "ndjson", "csv", "parquet", "xlsx")


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
def check(paths: tuple[str, ...], *, how: How, form: str, as_reply: bool, strict: bool) -> None:
    """
    Say what is wrong or doubtful in returned workbooks, and what to do.

    They are taken from files, folders, zips, mails. With `--reply`, in words for the respondent, as
    plain text to be pasted into a mail.

    \b
    Example: iml4e check returned/alpha.xlsx --reply
    """
    from iml4e_xlsx.report.formats.reply import write_reply
    from iml4e_xlsx.report.formats.terminal import show_findings
    from iml4e_xlsx.report.tables.result_data import findings_document, render_json

    if as_reply and form == "json":
        raise click.UsageError("--reply is text; leave out --format json.")
    tally = Tally(strict=strict)
    outcomes = tally.counted(outcomes_at(paths, how))
    if as_reply:
        for number, outcome in enumerate(outcomes):
            click.echo(
                ("\n" + "-" * 76 + "\n\n" if number else "") + write_reply(outcome), nl=False
            )
    elif form == "json":
        click.echo(render_json(findings_document(outcomes)), nl=False)
    else:
        show_findings(voice().console(), list(outcomes))
    tally.finish(form)


@click.command()
@click.argument("path", metavar="FILE")
@reading_options
@click.option("-o", "--output", required=True, metavar="FILE", help="Where to; - is stdout.")
@output_options
@common_options
def repair(path: str, *, how: How, output: str, force: bool) -> None:
    """
    Make a pristine workbook of a damaged one, with every legible answer.

    The cells of doubtful answers are highlighted and have a note that says what was found. What
    has no cell in a workbook as issued is said on stderr.

    \b
    Example: iml4e repair returned/alpha.xlsx -o alpha-repaired.xlsx
    """
    from iml4e_xlsx.jobs.workbook_repair import repair_workbook
    from iml4e_xlsx.output import check_target, write_output
    from iml4e_xlsx.reading.identity import Schemes
    from iml4e_xlsx.reading.workbook_reader import WorkbookReader

    check_target(output, force=force)
    schemes = Schemes.find_installed(how.schemes)
    with WorkbookReader(schemes, limits=how.limits, carry=how.carry) as reader:
        repaired = repair_workbook(path, reader)
    write_output(output, repaired.data, force=force)
    for finding in repaired.homeless:
        click.echo(printable_text(str(finding)), err=True)
    overall = repaired.assessment.result.overall
    kept = f"{overall.answered} of {overall.statements} ratings"
    voice().say(f"Wrote {output} with {kept}; {repaired.placed} cells are marked.")
    tally = Tally(strict=False)
    list(tally.counted([repaired.assessment]))
    tally.finish("")


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
    how: How,
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
    outcomes = tally.counted(outcomes_at(paths, how))
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
