"""Carries out `iml4e campaign forget`."""

from __future__ import annotations

import click

from iml4e_xlsx.cli.campaign.campaign_session import opened
from iml4e_xlsx.cli.options.campaign_options import CampaignOptions, campaign_options
from iml4e_xlsx.cli.voice import common_options
from iml4e_xlsx.text.lists import counted


@click.command()
@click.argument("mail", metavar="MAIL")
@click.option(
    "--keep-ratings",
    is_flag=True,
    help="Leave the ratings that count, for the team's result, without anything else.",
)
@campaign_options(positional=False)
@common_options
def forget(mail: str, *, where: CampaignOptions, keep_ratings: bool) -> None:
    """
    Erase a person from roster, files and record.

    \b
    Example: iml4e campaign forget ann@example.org --keep-ratings
    """
    from iml4e_xlsx.campaign.corrections.forget import forget as erase
    from iml4e_xlsx.campaign.folder.clock import current_time

    with opened(where) as (campaign, record):
        done = erase(campaign, record, mail, keep_ratings=keep_ratings, now=current_time())
    ratings = "the ratings stay without a name" if done.ratings_kept else "no rating is left"
    rosters = f", rows in {' and '.join(done.rosters)}" if done.rosters else ""
    click.echo(
        f"Erased: {counted(done.files, 'file', 'files')}{rosters}, and the record's entries; "
        f"{ratings}. Reports, exports and drafts that were written before, the mailbox and "
        "backups are not reached."
    )
    for one in done.of_others:
        click.echo(
            f"{one.handle} was made for them and given to somebody else by hand: it stays, and may "
            "name them."
        )
