"""Carries out `iml4e campaign report`."""

from __future__ import annotations

import click

from iml4e_xlsx.cli.campaign.campaign_session import open_session
from iml4e_xlsx.cli.options.campaign_options import CampaignOptions, campaign_options
from iml4e_xlsx.cli.options.output_options import output_options, refuse_picture, report_options
from iml4e_xlsx.cli.options.value_types import WholeNumber
from iml4e_xlsx.cli.voice import common_options, current_voice, usage_error


@click.command()
@report_options("the campaign's name")
@click.option(
    "--anonymous", is_flag=True, help="Leave out the names of respondents and their files."
)
@click.option(
    "--previous",
    multiple=True,
    metavar="PATH",
    help="Show the trend since this previous round: a campaign's folder or returned workbooks. By "
    "default the round that the last build --previous named. Can be repeated.",
)
@click.option("--no-previous", is_flag=True, help="Show no previous round.")
@click.option(
    "--gap",
    type=WholeNumber(least=1),
    metavar="DAYS",
    help="Split the workbooks of --previous into rounds after this many days without a response; "
    "by default 45. A campaign is always one round.",
)
@output_options
@campaign_options(positional=True)
@common_options
def report(
    *,
    selection: CampaignOptions,
    output: str,
    anonymous: bool,
    title: str,
    profiles: tuple[str, ...],
    sources: tuple[str, ...],
    previous: tuple[str, ...],
    no_previous: bool,
    gap: int | None,
    force: bool,
) -> None:
    """
    Write a report of the responses, with the response rate.

    \b
    Example: iml4e campaign report -o report.html
    """
    from iml4e_xlsx.analysis.rounds import GAP_DAYS
    from iml4e_xlsx.campaign.folder.clock import current_time
    from iml4e_xlsx.campaign.round_report import ReportOptions, campaign_contents
    from iml4e_xlsx.output import check_target
    from iml4e_xlsx.report.formats.format_registry import OutputSubject, choose_format
    from iml4e_xlsx.report.formats.render import render_report

    if previous and no_previous:
        raise usage_error("previous_or_not")
    check_target(output, force=force)
    refuse_picture(choose_format(output, None, OutputSubject.REPORT), {"--by-source": sources})
    wanted = ReportOptions(
        anonymous=anonymous,
        title=title,
        profiles=profiles,
        sources=sources,
        previous=previous or (() if no_previous else None),
        gap_days=gap or GAP_DAYS,
    )
    with open_session(selection) as (campaign, record):
        contents = campaign_contents(campaign, record, wanted, now=current_time())
    data = render_report(contents, output)
    current_voice().deliver(output, data, force=force)
