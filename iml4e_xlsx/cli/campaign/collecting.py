"""Commands that take in what came back: collect, assign."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from iml4e_xlsx.cli.campaign.common import Where, campaign_options, opened, progress
from iml4e_xlsx.cli.common import FINDINGS, common_options, voice
from iml4e_xlsx.text.spelling import printable_text

if TYPE_CHECKING:
    from iml4e_xlsx.campaign.collect.outcome import Collection


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
    where: Where,
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
    from iml4e_xlsx.campaign.collect.collect import Look, receive
    from iml4e_xlsx.spreadsheets.limits import Limits

    if not paths and not imap:
        raise click.UsageError("Name files or folders, or take the mailbox with --imap.")
    if not imap and (given := _of_mailbox(everything=everything, since=since, move_to=move_to)):
        raise click.UsageError(f"{given} is about the mailbox: give it together with --imap.")
    try:
        allowed = Limits.parse_settings(limits)
    except ValueError as error:
        raise click.BadParameter(f"{error}.", param_hint="--limit") from error
    look = Look(
        imap=imap,
        everything=everything,
        since=since.date() if since else None,
        move_to=move_to,
    )
    with opened(where) as (campaign, record), progress("Collecting") as advance:
        done = receive(
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


def _finish(done: Collection) -> None:
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
    if done.stopped is None or done.taken or done.known:
        click.echo(collected_said(done))
    for line in notices_said(done):
        click.echo(printable_text(line))
    for failure in done.failures:
        click.echo(printable_text(failure.message), err=True)
    if done.stopped is not None:
        raise done.stopped
    voice().say(next_said(done))
    if done.failures or done.has_errors:
        click.get_current_context().exit(FINDINGS)


@click.command()
@click.argument("file", metavar="FILE")
@click.argument("mail", metavar="[MAIL]", required=False, default="")
@click.option("--nobody", is_flag=True, help="It is nobody's after all, and lies aside again.")
@click.option(
    "--dismiss",
    is_flag=True,
    help="Take a file that is nobody's, or could not be read, off the lists; if somebody in the "
    "roster sends it anew, it is on them again.",
)
@campaign_options(positional=False)
@common_options
def assign(file: str, mail: str, *, where: Where, nobody: bool, dismiss: bool) -> None:
    """
    Say whose a file is that came back: FILE as the status or the folder calls it.

    It may lie aside, or be somebody else's; what counts since then is said.

    \b
    Example: iml4e campaign assign aside/1f3a9c0e5b7d2a486c90.xlsx ann@example.org
    """
    from iml4e_xlsx.campaign.corrections.assign import assign_file, dismiss_file
    from iml4e_xlsx.campaign.folder.clock import current_time
    from iml4e_xlsx.cli.campaign.collect_messages import assigned_said

    if bool(mail) + nobody + dismiss != 1:
        raise click.UsageError("Say whose the file is: MAIL, --nobody or --dismiss.")
    with opened(where) as (campaign, record):
        if dismiss:
            one = dismiss_file(record, file, now=current_time())
            said = f"{one.file or one.source} is off the lists; what was kept of it stays."
        else:
            said = assigned_said(assign_file(campaign, record, file, mail, now=current_time()))
    click.echo(printable_text(said))
