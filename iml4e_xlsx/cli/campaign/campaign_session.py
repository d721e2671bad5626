"""Opens the campaign of a command, and shows how far its work is."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from iml4e_xlsx.cli.options.campaign_options import CampaignOptions
from iml4e_xlsx.cli.voice import voice

if TYPE_CHECKING:
    from iml4e_xlsx.campaign.folder.campaign import Campaign
    from iml4e_xlsx.campaign.record.connection import Record


@contextlib.contextmanager
def opened(where: CampaignOptions) -> Iterator[tuple[Campaign, Record]]:
    """Open a campaign and its record."""
    from iml4e_xlsx.campaign.folder.campaign import open_campaign
    from iml4e_xlsx.errors import ResourceError

    try:
        from iml4e_xlsx.campaign.folder.record_access import open_record
    except ImportError as error:
        raise ResourceError(
            "Campaigns need SQLAlchemy and Alembic; install them with: "
            "pip install 'iml4e-xlsx[campaign]'"
        ) from error
    campaign = open_campaign(where.folder, database=where.database)
    record = open_record(campaign)
    try:
        yield campaign, record
    finally:
        record.close()


@contextlib.contextmanager
def progress(what: str) -> Iterator[Callable[[int | None], None]]:
    """
    Show a bar of progress where there is a terminal and nobody wants quiet.

    Yields what is to be called at each step, with the number of all steps or None if nobody knows.
    """
    console = voice().console(err=True)
    if voice().quiet or not console.is_terminal:
        yield lambda _: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda total: bar.update(task, advance=1, total=total)
