"""What the commands of a campaign share: which one it is, its record, a bar of progress."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, cast

import click

from iml4e_xlsx.cli.common import F, voice

if TYPE_CHECKING:
    from iml4e_xlsx.campaign.folder.campaign import Campaign
    from iml4e_xlsx.campaign.record.connection import Record


@dataclass(frozen=True, slots=True)
class Where:
    """Which campaign a command works on: its folder, and its record if that was named."""

    folder: str
    database: str


def campaign_options(*, positional: bool) -> Callable[[F], F]:
    """
    Add `--campaign` and `--database`; the command gets them as `where`.

    A command without other arguments also takes the folder as its argument.
    """

    def decorate(command: F) -> F:
        @click.option(
            "-C",
            "--campaign",
            "named",
            default="",
            metavar="DIR",
            help="The campaign's folder; the current one by default.",
        )
        @click.option(
            "--database",
            default="",
            metavar="URL",
            help="The record's database, if it is another than the settings say.",
        )
        @wraps(command)
        def with_where(
            *args: Any, named: str, database: str, folder: str | None = None, **rest: Any
        ) -> Any:
            if named and folder:
                raise click.UsageError("Name the campaign's folder once.")
            return command(*args, where=Where(named or folder or ".", database), **rest)

        if positional:
            return cast("F", click.argument("folder", required=False, metavar="[DIR]")(with_where))
        return cast("F", with_where)

    return decorate


@contextlib.contextmanager
def opened(where: Where) -> Iterator[tuple[Campaign, Record]]:
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
