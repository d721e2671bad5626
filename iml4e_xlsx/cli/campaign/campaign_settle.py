"""Carries out `iml4e campaign settle`."""

from __future__ import annotations

import click

from iml4e_xlsx.cli.campaign.campaign_session import open_session
from iml4e_xlsx.cli.options.campaign_options import CampaignOptions, campaign_options
from iml4e_xlsx.cli.voice import command_text, common_options, usage_error


@click.command()
@click.argument("mails", nargs=-1, required=True, metavar="MAIL|WORD...")
@click.option(
    "--sent/--not-sent",
    "was_sent",
    default=None,
    help="Record that the mails left, or that they did not.",
)
@campaign_options(positional=False)
@common_options
def settle(mails: tuple[str, ...], *, selection: CampaignOptions, was_sent: bool | None) -> None:
    """
    Record whether uncertain mails or drafts left.

    Instead of an address, the words uncertain and drafted stand for everybody with such a mail.
    Check the server's log or the folder of sent mails first; `status --format json` shows the
    Message-ID of each mail. The next send sends the mails that did not leave.

    \b
    Example: iml4e campaign settle ann@example.org --sent
    """
    from iml4e_xlsx.campaign.folder.clock import current_time
    from iml4e_xlsx.campaign.send.settle import settle_mails

    if was_sent is None:
        raise usage_error("settle_which")
    with open_session(selection) as (_, record):
        settled = settle_mails(record, mails, was_sent=was_sent, now=current_time())
    click.echo(command_text("settled", count=settled))
