"""Carries out `iml4e campaign forget`."""

from __future__ import annotations

from typing import Final

import click

from iml4e_xlsx.cli.campaign.campaign_session import open_session
from iml4e_xlsx.cli.options.campaign_options import CampaignOptions, campaign_options
from iml4e_xlsx.cli.voice import command_text, common_options
from iml4e_xlsx.text.lists import list_names
from iml4e_xlsx.text.message import message
from iml4e_xlsx.text.spelling import printable_text

_LISTED_FILES: Final = 20
"""How many files are named before the others are counted."""


@click.command()
@click.argument("mail", metavar="MAIL")
@click.option(
    "--keep-ratings",
    is_flag=True,
    help="Keep only the ratings that count, without a name, for the team's result.",
)
@click.option("--dry-run", is_flag=True, help="Only say what would be erased, and what would not.")
@campaign_options(positional=False)
@common_options
def forget(mail: str, *, selection: CampaignOptions, keep_ratings: bool, dry_run: bool) -> None:
    """
    Erase a person from the roster, the files and the record.

    \b
    Example: iml4e campaign forget ann@example.org --keep-ratings
    """
    from iml4e_xlsx.campaign.corrections.forget import forget as erase
    from iml4e_xlsx.campaign.corrections.forget import preview_erasure
    from iml4e_xlsx.campaign.folder.clock import current_time
    from iml4e_xlsx.campaign.folder.folder_identity import describe_folder

    with open_session(selection) as (campaign, record):
        run = preview_erasure if dry_run else erase
        done = run(campaign, record, mail, keep_ratings=keep_ratings, now=current_time())
    click.echo(
        command_text(
            "would_erase" if dry_run else "erased",
            files=message("commands.count_files", count=done.files),
            rosters=message("commands.erased_rosters", names=done.rosters) if done.rosters else "",
            ratings=message(
                "commands.ratings_stay" if done.ratings_stay else "commands.ratings_go"
            ),
        )
    )
    for returned in done.files_of_others:
        click.echo(command_text("erased_others", file=returned.handle))
    for folder in done.other_folders:
        click.echo(command_text("erased_folder", folder=describe_folder(folder)))
    if done.extra_files:
        names, count = list_names(done.extra_files, _LISTED_FILES), len(done.extra_files)
        click.echo(printable_text(command_text("erased_extra", count=count, files=names)))
    click.echo(command_text("erased_unreached"))
