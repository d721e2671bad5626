"""Carries out `iml4e campaign copy-record`."""

from __future__ import annotations

from contextlib import closing

import click

from iml4e_xlsx.cli.campaign.campaign_session import opened
from iml4e_xlsx.cli.options.campaign_options import CampaignOptions, campaign_options
from iml4e_xlsx.cli.voice import common_options
from iml4e_xlsx.text.lists import counted


@click.command("copy-record")
@click.argument("url", metavar="URL")
@campaign_options(positional=False)
@common_options
def copy_record(url: str, *, where: CampaignOptions) -> None:
    """
    Copy the record to another database, when a file is outgrown; the other one counts then.

    \b
    Example: iml4e campaign copy-record postgresql+psycopg://me@db.example.org/iml4e
    """
    from iml4e_xlsx.campaign.folder.clock import current_time
    from iml4e_xlsx.campaign.folder.settings import SETTINGS_FILE
    from iml4e_xlsx.campaign.record.connection import Record, relative_url
    from iml4e_xlsx.campaign.record.record_copy import copy_record as copy

    with opened(where) as (campaign, source):
        with closing(Record(url, campaign.settings.id)) as target:
            count = copy(source, target, now=current_time())
        click.echo(
            f"Copied {counted(count, 'row', 'rows')}. To use them, write into "
            f"{campaign.folder / SETTINGS_FILE}, in the place of its line #database = ...:\n\n"
            f'database = "{relative_url(campaign.folder, url)}"\n\n'
            f"The old record, {source.where}, is not used any more; delete it when that works."
        )
