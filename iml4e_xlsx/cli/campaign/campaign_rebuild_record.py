"""Carries out `iml4e campaign rebuild-record`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from iml4e_xlsx.cli.campaign.campaign_session import keep_record_copy
from iml4e_xlsx.cli.options.campaign_options import CampaignOptions, campaign_options
from iml4e_xlsx.cli.voice import command_text, common_options, current_voice
from iml4e_xlsx.text.spelling import printable_text

if TYPE_CHECKING:
    from iml4e_xlsx.campaign.corrections.rebuild_record import RebuildOutcome

_LISTED_NAMES = 10


@click.command("rebuild-record")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--imap", is_flag=True, help="Search the mailbox that the settings name.")
@campaign_options(positional=False)
@common_options
def rebuild_record(paths: tuple[str, ...], *, selection: CampaignOptions, imap: bool) -> None:
    """
    Make a lost record anew.

    Takes the newest copy, the roster, the workbooks, the returned files, and the mails in PATH or
    the mailbox, which tell who sent what. Holds everybody's mail as uncertain.

    \b
    Example: iml4e campaign rebuild-record --imap
    """
    from iml4e_xlsx.campaign.corrections.rebuild_record import rebuild_record as rebuild
    from iml4e_xlsx.campaign.folder.campaign import open_campaign
    from iml4e_xlsx.campaign.folder.clock import current_time

    campaign = open_campaign(selection.folder, database=selection.database)
    done = rebuild(campaign, paths, imap=imap, now=current_time())
    for line in _describe(done):
        click.echo(printable_text(line))
    if done.stop_cause is not None:
        raise done.stop_cause
    keep_record_copy(campaign)
    current_voice().say("rebuild_next")


def _describe(done: RebuildOutcome) -> Iterator[str]:
    from iml4e_xlsx.text.lists import list_names

    if done.copy is not None:
        yield command_text("rebuilt_from_copy", copy=done.copy.file)
    yield command_text("rebuilt", people=done.people, answered=done.answered, aside=done.aside)
    if done.without_workbook:
        names = list_names(done.without_workbook, _LISTED_NAMES)
        yield command_text("rebuilt_without_workbook", people=names)
    if done.strangers:
        names = list_names(done.strangers, _LISTED_NAMES)
        yield command_text("rebuilt_strangers", files=names)
