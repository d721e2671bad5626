"""Opens the campaign of a command, and shows how far its work is."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from iml4e_xlsx.cli.error_messages import EnvironmentMessage
from iml4e_xlsx.cli.options.campaign_options import CampaignOptions
from iml4e_xlsx.cli.voice import command_text, current_voice
from iml4e_xlsx.text.interface_texts import load_texts

if TYPE_CHECKING:
    from iml4e_xlsx.campaign.folder.campaign import Campaign
    from iml4e_xlsx.campaign.record.connection import Record
    from iml4e_xlsx.text.message import Message


@contextlib.contextmanager
def open_session(
    selection: CampaignOptions, *, closed_too: bool = False
) -> Iterator[tuple[Campaign, Record]]:
    """Open a campaign and its record; that of a closed round only for what it is good for."""
    from iml4e_xlsx.campaign.folder.campaign import open_campaign
    from iml4e_xlsx.campaign.folder.clock import current_time

    try:
        from iml4e_xlsx.campaign.folder.record_access import open_record
        from iml4e_xlsx.campaign.record.campaigns import check_running
        from iml4e_xlsx.campaign.record.closing import find_closed_round
    except ImportError as error:
        raise EnvironmentMessage(
            command_text("campaign_needs", library=error.name or "SQLAlchemy")
        ) from error
    campaign = open_campaign(selection.folder, database=selection.database)
    record = open_record(campaign, notice=say_notice)
    try:
        with record.begin(current_time()) as tx:
            if not closed_too:
                check_running(tx)
            is_closed = find_closed_round(tx) is not None
        if not is_closed:  # of a closed round there is nobody to be erased
            _settle_folder(campaign, record)
        yield campaign, record
    finally:
        record.close()
        keep_record_copy(campaign)


def is_closed(record: Record) -> bool:
    """Tell whether the round of a record is closed."""
    from iml4e_xlsx.campaign.folder.clock import current_time
    from iml4e_xlsx.campaign.record.closing import find_closed_round

    with record.begin(current_time()) as tx:
        return find_closed_round(tx) is not None


def _settle_folder(campaign: Campaign, record: Record) -> None:
    """Erase here who was erased in another folder, and say if the record is a copy."""
    from iml4e_xlsx.campaign.corrections.left_traces import erase_left_traces
    from iml4e_xlsx.campaign.folder.clock import current_time
    from iml4e_xlsx.campaign.folder.folder_identity import find_copied_record
    from iml4e_xlsx.text.message import message

    traces = erase_left_traces(campaign, record, now=current_time())
    if traces is not None and (traces.files or traces.rosters):
        names = message("commands.erased_rosters", names=traces.rosters) if traces.rosters else ""
        files = message("commands.count_files", count=traces.files)
        current_voice().say("left_erased", files=files, rosters=names)
    if traces is not None and traces.rows_missed:
        current_voice().say("left_rows")
    if copied := find_copied_record(campaign):
        current_voice().say("record_is_copied", folder=copied)


def keep_record_copy(campaign: Campaign) -> None:
    """Copy the record if the command has changed it; what fails is said, and stops nothing."""
    import sqlite3

    from iml4e_xlsx.campaign.folder.kept_copies import keep_copy

    try:
        keep_copy(campaign)
    except (OSError, sqlite3.Error) as error:
        reason = getattr(error, "strerror", None) or error
        current_voice().say("copy_not_kept", folder=campaign.copies, reason=reason)


def say_notice(notice: Message) -> None:
    """Say what a command waits for."""
    current_voice().say_text(load_texts().render(notice))


def say_other_places(campaign: Campaign, record: Record) -> None:
    """Say if originals lie elsewhere than the settings keep them."""
    from iml4e_xlsx.campaign.folder.clock import current_time
    from iml4e_xlsx.campaign.folder.originals import list_other_places

    with record.begin(current_time()) as tx:
        others = list_other_places(tx, campaign)
    if others:
        place = campaign.settings.originals
        current_voice().say("originals_elsewhere", place=place, others=tuple(others))


@contextlib.contextmanager
def show_progress(work: str) -> Iterator[Callable[[int | None], None]]:
    """
    Show a bar of progress on a terminal, unless quiet was asked for.

    Yields a function to call at each step, with the number of all steps, or None if it is unknown.
    """
    console = current_voice().open_console(err=True)
    if current_voice().quiet or not console.is_terminal:
        yield lambda _: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as bar:
        task = bar.add_task(command_text(f"progress_{work}"), total=None)
        yield lambda total: bar.update(task, advance=1, total=total)
