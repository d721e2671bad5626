"""Commands that show a campaign: status, report, export."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from iml4e_xlsx.campaign.people.stages import Stage
from iml4e_xlsx.cli.campaign.common import Where, campaign_options, opened
from iml4e_xlsx.cli.common import common_options, output_options, voice
from iml4e_xlsx.cli.read import SCORE_FORMATS
from iml4e_xlsx.cli.views import VIEW_FORMATS, report_options
from iml4e_xlsx.text.spelling import printable_text

if TYPE_CHECKING:
    from iml4e_xlsx.campaign.people.status import Status


@click.command()
@click.option(
    "--only",
    multiple=True,
    type=click.Choice([stage.value for stage in Stage]),
    help="Only people at this stage; can be given again.",
)
@click.option(
    "--reply", "replies", is_flag=True, help="Write the replies to those with problems, as text."
)
@click.option("--anonymous", is_flag=True, help="Leave names and addresses out.")
@click.option(
    "--format",
    "form",
    type=click.Choice(VIEW_FORMATS),
    help="What to write; by the file's suffix if there is one, else a table.",
)
@click.option("-o", "--output", default="-", metavar="FILE", help="Where to; - is stdout.")
@output_options
@campaign_options(positional=True)
@common_options
def status(
    *,
    where: Where,
    only: tuple[str, ...],
    replies: bool,
    anonymous: bool,
    form: str | None,
    output: str,
    force: bool,
) -> None:
    """
    Show who is missing, who is incomplete, and whose file had problems.

    \b
    Example: iml4e campaign status --only missing --format csv
    """
    from iml4e_xlsx.campaign.folder.clock import current_time
    from iml4e_xlsx.campaign.people.status import render_status, replies_text, status_of
    from iml4e_xlsx.output import check_target, write_output
    from iml4e_xlsx.report.formats.render import choose_format
    from iml4e_xlsx.text.interface_texts import load_texts

    if replies and form:
        raise click.UsageError("--reply writes plain text; leave out --format.")
    if replies and anonymous:
        raise click.UsageError("--reply says who each reply is to; leave out --anonymous.")
    check_target(output, force=force)
    try:
        wanted = "" if replies else choose_format(output, form, VIEW_FORMATS)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    with opened(where) as (campaign, record):
        found = status_of(campaign, record, now=current_time())
    chosen = [Stage(name) for name in only]
    _say_if_empty(found, chosen, replies=replies)
    if replies:
        text = printable_text(replies_text(found, only=chosen))
        if output == "-":
            click.echo(text, nl=False)
        else:
            write_output(output, text.encode(), force=force)
        return
    texts = load_texts(campaign.settings.language)
    if wanted == "table" and output == "-":
        from iml4e_xlsx.campaign.people.status import status_views
        from iml4e_xlsx.report.formats.terminal import show_tables

        views = status_views(found, texts, only=chosen, anonymous=anonymous, brief=True)
        show_tables(voice().console(), views)
        return
    data = render_status(found, wanted, texts, only=chosen, anonymous=anonymous)
    write_output(output, data, force=force)


def _say_if_empty(found: Status, chosen: list[Stage], *, replies: bool) -> None:
    """Say why nothing is shown, where nothing is."""
    if not found.people:
        voice().say("Nobody is in the campaign. Fill in the roster, then: iml4e campaign build")
    elif chosen and not any(one.stage in chosen for one in found.people):
        voice().say(f"Nobody is at the stage {' or '.join(stage.value for stage in chosen)}.")
    elif replies and not found.replies:
        voice().say("Nobody's file had problems.")


@click.command()
@report_options("the campaign's name")
@click.option(
    "--anonymous", is_flag=True, help="Leave the names of respondents and their files out."
)
@click.option(
    "--previous",
    multiple=True,
    metavar="PATH",
    help="An earlier round, for the trend: a campaign's folder, or returned workbooks. By default "
    "what build --previous was last given. Can be given again.",
)
@click.option("--no-previous", is_flag=True, help="Show no earlier round.")
@click.option(
    "--gap",
    type=click.IntRange(min=1),
    metavar="DAYS",
    help="So many days without a response end a round of the workbooks that --previous names; 45 "
    "by default. A campaign is always one round.",
)
@output_options
@campaign_options(positional=True)
@common_options
def report(
    *,
    where: Where,
    output: str,
    anonymous: bool,
    title: str,
    profiles: tuple[str, ...],
    previous: tuple[str, ...],
    no_previous: bool,
    gap: int | None,
    force: bool,
) -> None:
    """
    Write the results of what was collected, and how many have answered.

    \b
    Example: iml4e campaign report -o report.html
    """
    from iml4e_xlsx.analysis.rounds import GAP_DAYS
    from iml4e_xlsx.campaign.folder.clock import current_time
    from iml4e_xlsx.campaign.round_report import Wanted, campaign_contents
    from iml4e_xlsx.output import check_target, write_output
    from iml4e_xlsx.report.formats.render import render_report

    if previous and no_previous:
        raise click.UsageError("Choose one: --previous, or --no-previous.")
    check_target(output, force=force)
    wanted = Wanted(
        anonymous=anonymous,
        title=title,
        profiles=profiles,
        earlier=previous or (() if no_previous else None),
        gap_days=gap or GAP_DAYS,
    )
    try:
        with opened(where) as (campaign, record):
            contents = campaign_contents(campaign, record, wanted, now=current_time())
        data = render_report(contents, output)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    write_output(output, data, force=force)
    voice().say(f"Wrote {output}." if output != "-" else "")


@click.command()
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
    help="Where to; - is stdout. By suffix: .txt (a table), .json, .ndjson, .csv, .parquet, .xlsx, "
    "or the radar as .png or .svg.",
)
@click.option("--group", type=click.Choice(["team"]), help="Make one result of each team.")
@click.option(
    "--rows",
    type=click.Choice(["areas", "statements"]),
    default="areas",
    show_default=True,
    help="What a row of a csv or parquet table is.",
)
@click.option(
    "--anonymous", is_flag=True, help="Leave names, roles, files, ids, evidence and findings out."
)
@output_options
@campaign_options(positional=True)
@common_options
def export(
    *,
    where: Where,
    form: str | None,
    output: str,
    group: str | None,
    rows: str,
    anonymous: bool,
    force: bool,
) -> None:
    """
    Write the results as data, as `iml4e score` does.

    \b
    Example: iml4e campaign export --anonymous -o results.csv
    """
    from iml4e_xlsx.campaign.folder.clock import current_time
    from iml4e_xlsx.campaign.round_report import campaign_assessments, render_results
    from iml4e_xlsx.output import check_target, write_output
    from iml4e_xlsx.report.formats.render import choose_format

    check_target(output, force=force)
    try:
        wanted = choose_format(output, form, (*SCORE_FORMATS, "png", "svg"))
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    with opened(where) as (campaign, record):
        found = campaign_assessments(campaign, record, now=current_time(), anonymous=anonymous)
    data = render_results(found, wanted, by_team=group is not None, statements=rows == "statements")
    write_output(output, data, force=force)
