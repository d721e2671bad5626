"""Carries out `iml4e campaign send`."""

from __future__ import annotations

import click

from iml4e_xlsx.cli.campaign.campaign_session import open_session
from iml4e_xlsx.cli.campaign.mailing import (
    MailingOptions,
    again_option,
    carry_out_plan,
    mailing_options,
)
from iml4e_xlsx.cli.options.campaign_options import CampaignOptions


@click.command()
@again_option("Also send this person another mail, although one was sent")
@mailing_options
def send(
    *,
    selection: CampaignOptions,
    mailing: MailingOptions,
    again: tuple[str, ...],
) -> None:
    """
    Send each person their workbook.

    Without --smtp, --graph or --eml, only lists the mails. Each mail is recorded before it leaves.
    If nobody can know whether a mail left, it is listed as uncertain and sent again only with
    --again.

    \b
    Example: iml4e campaign send --smtp
    """
    from iml4e_xlsx.campaign.folder.clock import current_time
    from iml4e_xlsx.campaign.send.plan import plan_invitations

    with open_session(selection) as (campaign, record):
        with record.begin(current_time()) as tx:
            plan = plan_invitations(tx, campaign, mailing.choose_again(again))
        carry_out_plan(campaign, record, plan, mailing)
