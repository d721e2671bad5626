"""Carries out `iml4e campaign readdress`."""

from __future__ import annotations

import click

from iml4e_xlsx.cli.campaign.campaign_session import opened
from iml4e_xlsx.cli.options.campaign_options import CampaignOptions, campaign_options
from iml4e_xlsx.cli.voice import common_options
from iml4e_xlsx.text.spelling import printable_text


@click.command()
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@campaign_options(positional=False)
@common_options
def readdress(old: str, new: str, *, where: CampaignOptions) -> None:
    """
    Give a person another mail address; workbook, answers and mails stay theirs.

    \b
    Example: iml4e campaign readdress ann@old.example ann@example.org
    """
    from iml4e_xlsx.campaign.corrections.readdress import readdress as give
    from iml4e_xlsx.campaign.folder.clock import current_time

    with opened(where) as (campaign, record):
        done = give(campaign, record, old, new, now=current_time())
    mailed = " The invitation, which did not arrive, is to leave anew." if done.invited_anew else ""
    click.echo(
        printable_text(
            f"{done.person.name} is {done.person.mail} now.{mailed} Write it into the roster as "
            "well, then: iml4e campaign build"
        )
    )
