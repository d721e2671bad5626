"""Carries out `iml4e campaign collect`."""

from __future__ import annotations

import sys
from datetime import date
from typing import TYPE_CHECKING

import click

from iml4e_xlsx.cli.campaign.campaign_session import open_session, say_other_places, show_progress
from iml4e_xlsx.cli.error_messages import failure_text
from iml4e_xlsx.cli.exit_codes import FINDINGS
from iml4e_xlsx.cli.options.campaign_options import CampaignOptions, campaign_options
from iml4e_xlsx.cli.options.value_types import Day
from iml4e_xlsx.cli.voice import (
    command_text,
    common_options,
    current_voice,
    usage_error,
    wrap_for,
)
from iml4e_xlsx.text.spelling import printable_text

if TYPE_CHECKING:
    from iml4e_xlsx.campaign.collect.outcome import CollectionOutcome
    from iml4e_xlsx.campaign.folder.campaign import Campaign


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--imap", is_flag=True, help="Search the mailbox that the settings name.")
@click.option("--graph", is_flag=True, help="Search the mailbox by Microsoft Graph, not by IMAP.")
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help="Search every mail since the campaign began, not only new ones.",
)
@click.option(
    "--since",
    type=Day(),
    metavar="DAY",
    help="Search every mail since this day, which may lie before the campaign began.",
)
@click.option(
    "--move",
    "move_to",
    default="",
    metavar="FOLDER",
    help="Move mails with collected workbooks to this folder of the mailbox. A mail that could not "
    "be read stays if nobody in the roster sent it. By default no mail moves.",
)
@click.option(
    "--limit",
    "limits",
    multiple=True,
    metavar="NAME=AMOUNT",
    help="Change a limit for returned files, such as size=50MB. Can be repeated.",
)
@campaign_options(positional=False)
@common_options
def collect(
    paths: tuple[str, ...],
    *,
    selection: CampaignOptions,
    imap: bool,
    graph: bool,
    everything: bool,
    since: date | None,
    move_to: str,
    limits: tuple[str, ...],
) -> None:
    """
    Collect returned workbooks from mailbox, files and folders.

    Reads zips, .eml, .msg and .mbox as well. Records each content once, however often it comes,
    and keeps the original. Finds the owner of a workbook by its id, otherwise by the sender.

    \b
    Example: iml4e campaign collect --imap
    """
    from iml4e_xlsx.campaign.collect.collect import MailboxSearch
    from iml4e_xlsx.campaign.collect.collect import collect as collect_returns
    from iml4e_xlsx.spreadsheets.limits import Limits

    if imap and graph:
        raise usage_error("collect_one_mailbox")
    if not paths and not (imap or graph):
        raise usage_error("collect_from_where")
    option = _mailbox_option(everything=everything, since=since, move_to=move_to)
    if option and not (imap or graph):
        raise usage_error("collect_needs_imap", option=option)
    try:
        allowed = Limits.parse_settings(limits)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--limit") from error
    look = MailboxSearch(
        imap=imap,
        graph=graph,
        everything=everything,
        since=since,
        move_to=move_to,
    )
    with open_session(selection) as (campaign, record), show_progress("collecting") as advance:
        done = collect_returns(
            campaign,
            record,
            paths,
            look,
            limits=allowed,
            progress=lambda _: advance(None),
            on_other_file=_say_passed_over,
        )
        say_other_places(campaign, record)
    _say_ahead(campaign)
    _finish(done)


def _say_ahead(campaign: Campaign) -> None:
    """Say that the campaign has not begun, so that mails of today are those of another round."""
    from iml4e_xlsx.campaign.folder.clock import current_time
    from iml4e_xlsx.campaign.folder.settings import SETTINGS_FILE
    from iml4e_xlsx.text.moments import local_day

    created = campaign.settings.created
    if created > local_day(current_time()):
        settings = campaign.folder / SETTINGS_FILE
        words = command_text("collect_ahead", day=created.isoformat(), settings=settings)
        current_voice().say_error(words)


def _say_passed_over(name: str) -> None:
    """Say what was passed over: files on request, always an environment, which was not searched."""
    if name.endswith("/"):
        current_voice().say("passed_over_environment", name=name)
    else:
        current_voice().say_detail("passed_over", name=name)


def _mailbox_option(*, everything: bool, since: date | None, move_to: str) -> str:
    """Return an option that is about the mailbox and was given; empty if there is none."""
    options = {"--all": everything, "--since": since, "--move": move_to}
    return next((option for option, value in options.items() if value), "")


def _finish(done: CollectionOutcome) -> None:
    """Say what was collected and what was not, and exit as that demands."""
    from iml4e_xlsx.cli.campaign.collect_messages import (
        collection_tables,
        letter_lines,
        next_step,
        notice_lines,
        summary_text,
    )
    from iml4e_xlsx.report.formats.terminal import show_tables

    views = collection_tables(done)
    if views:
        show_tables(current_voice().open_console(), views)
    if done.stop_cause is None or done.files or done.repeat_count:
        click.echo(summary_text(done))
    for line in notice_lines(done):
        click.echo(printable_text(line))
    for line in letter_lines(done):
        click.echo(wrap_for(sys.stdout, printable_text(line)))
    for failure in done.failures:
        # The campaign has its scheme, so the advice on --scheme would mislead.
        words = failure.message if failure.scheme else failure_text(failure)
        click.echo(printable_text(words), err=True)
    if done.stop_cause is not None:
        raise done.stop_cause
    current_voice().say_text(next_step(done))
    if done.failures or done.has_errors:
        current_voice().say_error(command_text("reason_collected"))
        click.get_current_context().exit(FINDINGS)
