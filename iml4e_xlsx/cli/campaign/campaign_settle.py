"""Carries out `iml4e campaign settle`."""

from __future__ import annotations

import click

from iml4e_xlsx.cli.campaign.campaign_session import opened
from iml4e_xlsx.cli.options.campaign_options import CampaignOptions, campaign_options
from iml4e_xlsx.cli.voice import common_options
from iml4e_xlsx.text.lists import counted


@click.command()
@click.argument("mails", nargs=-1, required=True, metavar="MAIL...")
@click.option(
    "--sent/--not-sent", "was_sent", default=None, help="Whether it left, as you found out."
)
@campaign_options(positional=False)
@common_options
def settle(mails: tuple[str, ...], *, where: CampaignOptions, was_sent: bool | None) -> None:
    """
    Say of mails that are uncertain, or drafts, whether they left.

    The server's log and the folder of sent mails tell; each mail has the Message-ID that
    `status --format json` shows. What was not sent goes out with the next send.

    \b
    Example: iml4e campaign settle ann@example.org --sent
    """
    from iml4e_xlsx.campaign.folder.clock import current_time
    from iml4e_xlsx.campaign.send.settle import settle_mails

    if was_sent is None:
        raise click.UsageError("Say which: --sent if it left, --not-sent if it did not.")
    with opened(where) as (_, record):
        settled = settle_mails(record, mails, was_sent=was_sent, now=current_time())
    click.echo(f"Settled {counted(settled, 'mail', 'mails')}.")
