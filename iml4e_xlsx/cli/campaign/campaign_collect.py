"""Carries out `iml4e campaign collect`."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from iml4e_xlsx.cli.campaign.campaign_session import opened, progress
from iml4e_xlsx.cli.error_messages import FINDINGS
from iml4e_xlsx.cli.options.campaign_options import CampaignOptions, campaign_options
from iml4e_xlsx.cli.voice import common_options, voice
from iml4e_xlsx.text.spelling import printable_text

if TYPE_CHECKING:
    from iml4e_xlsx.campaign.collect.outcome import CollectionOutcome


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--imap", is_flag=True, help="Look through the mailbox in the settings.")
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help="Look through all mails since the campaign began again, not only new ones.",
)
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DAY",
    help="Look through all mails since a day again, also since one before the campaign began.",
)
@click.option(
    "--move",
    "move_to",
    default="",
    metavar="FOLDER",
    help="Move mails whose workbooks were taken in to this folder of the mailbox; what could not "
    "be read stays if it is nobody's. Without it the mailbox stays as it is.",
)
@click.option(
    "--limit",
    "limits",
    multiple=True,
    metavar="NAME=AMOUNT",
    help="Another limit for what a file may claim, such as size=50MB; can be given again.",
)
@campaign_options(positional=False)
@common_options
def collect(
    paths: tuple[str, ...],
    *,
    where: CampaignOptions,
    imap: bool,
    everything: bool,
    since: datetime | None,
    move_to: str,
    limits: tuple[str, ...],
) -> None:
    """
    Take in what came back: from files, folders, zips, .eml, .msg and .mbox, or the mailbox.

    Each content is taken in once, however often it is found, and its original is kept. Whose a
    workbook is says its id, or else who sent it.

    \b
    Example: iml4e campaign collect --imap
    """
    from iml4e_xlsx.campaign.collect.collect import MailboxSearch
    from iml4e_xlsx.campaign.collect.collect import collect as collect_returns
    from iml4e_xlsx.spreadsheets.limits import Limits

    if not paths and not imap:
        raise click.UsageError("Name files or folders, or take the mailbox with --imap.")
    if not imap and (given := _of_mailbox(everything=everything, since=since, move_to=move_to)):
        raise click.UsageError(f"{given} is about the mailbox: give it together with --imap.")
    try:
        allowed = Limits.parse_settings(limits)
    except ValueError as error:
        raise click.BadParameter(f"{error}.", param_hint="--limit") from error
    look = MailboxSearch(
        imap=imap,
        everything=everything,
        since=since.date() if since else None,
        move_to=move_to,
    )
    with opened(where) as (campaign, record), progress("Collecting") as advance:
        done = collect_returns(
            campaign,
            record,
            paths,
            look,
            limits=allowed,
            progress=lambda _: advance(None),
            passed_over=lambda name: voice().detail(f"{name}: passed over, not a workbook."),
        )
    _finish(done)


def _of_mailbox(*, everything: bool, since: datetime | None, move_to: str) -> str:
    """Return an option that says how the mailbox is looked through, if one is given."""
    given = {"--all": everything, "--since": since, "--move": move_to}
    return next((option for option, value in given.items() if value), "")


def _finish(done: CollectionOutcome) -> None:
    """Say what was taken in and what was not, and exit as that demands."""
    from iml4e_xlsx.cli.campaign.collect_messages import (
        collected_said,
        collected_views,
        next_said,
        notices_said,
    )
    from iml4e_xlsx.report.formats.terminal import show_tables

    views = collected_views(done)
    if views:
        show_tables(voice().console(), views)
    if done.stop_cause is None or done.files or done.repeat_count:
        click.echo(collected_said(done))
    for line in notices_said(done):
        click.echo(printable_text(line))
    for failure in done.failures:
        click.echo(printable_text(failure.message), err=True)
    if done.stop_cause is not None:
        raise done.stop_cause
    voice().say(next_said(done))
    if done.failures or done.has_errors:
        click.get_current_context().exit(FINDINGS)
