"""Carries out `iml4e campaign originals`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from iml4e_xlsx.cli.campaign.campaign_session import open_session, say_other_places
from iml4e_xlsx.cli.options.campaign_options import CampaignOptions, campaign_options
from iml4e_xlsx.cli.voice import command_text, common_options
from iml4e_xlsx.text.spelling import printable_text

if TYPE_CHECKING:
    from iml4e_xlsx.campaign.corrections.move_originals import OriginalPlaces

_LISTED_NAMES = 10


@click.command()
@click.option("--move", is_flag=True, help="Move all of them to where the settings keep them.")
@click.option("--copy", "target", default="", metavar="DIR", help="Copy all of them to a folder.")
@campaign_options(positional=True)
@common_options
def originals(*, selection: CampaignOptions, move: bool, target: str) -> None:
    """
    Show where the returned files are kept, move or copy them.

    \b
    Example: iml4e campaign originals --move
    """
    from iml4e_xlsx.campaign.corrections.move_originals import (
        copy_originals,
        find_places,
        move_originals,
    )
    from iml4e_xlsx.campaign.folder.clock import current_time
    from iml4e_xlsx.output import check_folder

    check_folder(target or ".")
    with open_session(selection) as (campaign, record):
        if move:
            count = move_originals(campaign, record, now=current_time())
            place = campaign.settings.originals
            click.echo(command_text("originals_moved", count=count, place=place))
        if target:
            count = copy_originals(campaign, record, Path(target), now=current_time())
            click.echo(command_text("originals_copied", count=count, place=target))
        if move or target:
            return
        _show(find_places(campaign, record, now=current_time()))
        say_other_places(campaign, record)


def _show(places: OriginalPlaces) -> None:
    from iml4e_xlsx.text.lists import list_names

    for place, count in (places.counts or {places.chosen: 0}).items():
        click.echo(printable_text(command_text("originals_at", count=count, place=place)))
    if places.missing:
        names = list_names(places.missing, _LISTED_NAMES)
        click.echo(printable_text(command_text("originals_missing", files=names)))
