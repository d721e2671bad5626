"""Carries out `iml4e campaign export`."""

from __future__ import annotations

import click

from iml4e_xlsx.cli.campaign.campaign_session import opened
from iml4e_xlsx.cli.options.campaign_options import CampaignOptions, campaign_options
from iml4e_xlsx.cli.options.output_options import output_options
from iml4e_xlsx.cli.score import SCORE_FORMATS
from iml4e_xlsx.cli.voice import common_options


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
    where: CampaignOptions,
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
