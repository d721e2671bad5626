"""Carries out `iml4e campaign answer`."""

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

_KINDS = ("receipt", "findings", "nudge", "result")


@click.command()
@again_option("Also answer this person once more")
@click.option(
    "--kind",
    "kind_names",
    multiple=True,
    type=click.Choice(_KINDS),
    metavar="KIND",
    help=f"Send only answers of this kind: {', '.join(_KINDS)}. Without result, whoever has "
    "finished gets a receipt. Can be repeated.",
)
@mailing_options
def answer(
    *,
    selection: CampaignOptions,
    mailing: MailingOptions,
    again: tuple[str, ...],
    kind_names: tuple[str, ...],
) -> None:
    """
    Answer the people who have returned something.

    A receipt says what has arrived; findings name the cells that could not be read, with a mended
    copy of the workbook; whoever has finished gets a page with their own result. Whoever leaves
    statements open gets one nudge after the interval of the reminders. Like send, this only lists
    the mails unless --smtp or --eml is given, and answers each file once.

    \b
    Example: iml4e campaign answer --smtp
    """
    from iml4e_xlsx.campaign.folder.clock import current_time
    from iml4e_xlsx.campaign.record.mails import MailKind
    from iml4e_xlsx.campaign.send.answer_plan import ANSWER_KINDS, plan_answers

    now = current_time()
    kinds = tuple(MailKind(name) for name in kind_names) or ANSWER_KINDS
    with open_session(selection) as (campaign, record):
        with record.begin(now) as tx:
            plan = plan_answers(
                tx, campaign, now=now, again=mailing.choose_again(again), kinds=kinds
            )
        carry_out_plan(campaign, record, plan, mailing)
