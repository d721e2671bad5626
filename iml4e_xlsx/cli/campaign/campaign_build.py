"""Carries out `iml4e campaign build`."""

from __future__ import annotations

import click

from iml4e_xlsx.cli.campaign.campaign_session import open_session, show_progress
from iml4e_xlsx.cli.options.campaign_options import CampaignOptions, campaign_options
from iml4e_xlsx.cli.voice import common_options, current_voice, usage_error
from iml4e_xlsx.text.spelling import printable_text


@click.command()
@click.option(
    "--previous",
    multiple=True,
    metavar="PATH",
    help="Show the result of the previous round on the radar. PATH is a campaign's folder or "
    "returned workbooks; later builds remember it. Can be repeated.",
)
@click.option("--no-previous", is_flag=True, help="Stop showing a previous result.")
@click.option(
    "--this-roster", is_flag=True, help="Build from it although a newer one was built from."
)
@campaign_options(positional=True)
@common_options
def build(
    *, selection: CampaignOptions, previous: tuple[str, ...], no_previous: bool, this_roster: bool
) -> None:
    """
    Make a workbook for each row of the roster.

    Keeps workbooks that are up to date, and makes a new one for each changed row.

    \b
    Example: iml4e campaign build --previous ../spring
    """
    from iml4e_xlsx.campaign.folder.clock import current_time
    from iml4e_xlsx.campaign.workbooks import build_campaign
    from iml4e_xlsx.cli.campaign.send_messages import describe_build

    if previous and no_previous:
        raise usage_error("previous_or_not")
    with open_session(selection) as (campaign, record), show_progress("workbooks") as advance:
        done = build_campaign(
            campaign,
            record,
            now=current_time(),
            previous=previous or (() if no_previous else None),
            takes_older=this_roster,
            progress=lambda _, total: advance(total),
        )
    for finding in done.doubts:
        current_voice().say_text(str(finding))
    for line in describe_build(done, campaign):
        click.echo(printable_text(line))
    if done.made:
        current_voice().say("next_send")
