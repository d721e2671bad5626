"""Carries out `iml4e campaign copy-record`."""

from __future__ import annotations

from contextlib import closing

import click

from iml4e_xlsx.cli.campaign.campaign_session import open_session
from iml4e_xlsx.cli.options.campaign_options import CampaignOptions, campaign_options
from iml4e_xlsx.cli.voice import command_text, common_options
from iml4e_xlsx.text.message import message


@click.command("copy-record")
@click.argument("url", metavar="URL")
@campaign_options(positional=False)
@common_options
def copy_record(url: str, *, selection: CampaignOptions) -> None:
    """
    Copy the record to another database.

    For example, from SQLite to PostgreSQL.

    \b
    Example: iml4e campaign copy-record postgresql://me@db.example.org/iml4e
    """
    from iml4e_xlsx.campaign.folder.clock import current_time
    from iml4e_xlsx.campaign.folder.settings import SETTINGS_FILE
    from iml4e_xlsx.campaign.record.connection import Record, relative_url
    from iml4e_xlsx.campaign.record.record_copy import copy_record as copy

    with open_session(selection, closed_too=True) as (campaign, source):
        with closing(Record(url, campaign.settings.id)) as target:
            count = copy(source, target, now=current_time())
        click.echo(
            command_text(
                "record_copied",
                rows=message("commands.count_rows", count=count),
                settings=campaign.folder / SETTINGS_FILE,
            )
        )
        click.echo(f'\ndatabase = "{relative_url(campaign.folder, url)}"\n')
        click.echo(command_text("record_old", record=source.where))
