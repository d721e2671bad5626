"""Carries out `iml4e campaign remind`."""

from __future__ import annotations

import click

from iml4e_xlsx.cli.campaign.campaign_session import open_session
from iml4e_xlsx.cli.campaign.letter_notice import say_letters
from iml4e_xlsx.cli.campaign.mailing import (
    MailingOptions,
    again_option,
    carry_out_plan,
    mailing_options,
)
from iml4e_xlsx.cli.options.campaign_options import CampaignOptions


@click.command()
@again_option("Also remind this person, regardless of the limits and of the last reminder")
@click.option(
    "--moved",
    is_flag=True,
    help="Tell the deadline to everybody who has not finished and does not know it, however soon "
    "after another mail. Each is told once for each deadline.",
)
@mailing_options
def remind(
    *,
    selection: CampaignOptions,
    mailing: MailingOptions,
    again: tuple[str, ...],
    moved: bool,
) -> None:
    """
    Remind people who have not returned their workbook.

    Like send, this only lists the mails unless --smtp, --graph or --eml is given. The settings
    limit how soon and how often a person is reminded; --again overrides them. People who have
    returned their workbook never get a reminder. After a change of the deadline in the settings,
    --moved tells everybody who has not finished.

    \b
    Example: iml4e campaign remind --smtp
    """
    from iml4e_xlsx.campaign.folder.clock import current_time
    from iml4e_xlsx.campaign.record.letters import open_letters
    from iml4e_xlsx.campaign.send.deadline_plan import plan_deadline_notices
    from iml4e_xlsx.campaign.send.plan import plan_reminders

    now = current_time()
    with open_session(selection) as (campaign, record):
        with record.begin(now) as tx:
            plan_mails = plan_deadline_notices if moved else plan_reminders
            plan = plan_mails(tx, campaign, now=now, again=mailing.choose_again(again))
            waiting = open_letters(tx)
        say_letters(waiting)
        carry_out_plan(campaign, record, plan, mailing)
