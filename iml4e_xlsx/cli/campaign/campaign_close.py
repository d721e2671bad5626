"""Carries out `iml4e campaign close`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

import click

from iml4e_xlsx.cli.campaign.campaign_session import is_closed, open_session
from iml4e_xlsx.cli.error_messages import failure_text
from iml4e_xlsx.cli.options.campaign_options import CampaignOptions, campaign_options
from iml4e_xlsx.cli.options.value_types import Day, WholeNumber
from iml4e_xlsx.cli.voice import command_text, common_options, usage_error, wrap_for
from iml4e_xlsx.text.message import message
from iml4e_xlsx.text.spelling import printable_text

if TYPE_CHECKING:
    from iml4e_xlsx.campaign.corrections.close_round import ClosingOutcome

_LISTED = 10


@click.command()
@click.option(
    "--fewest",
    type=WholeNumber(least=2),
    metavar="N",
    help="Join teams of fewer people, by default 5, in an anonymous round what was promised. What "
    "is joined now cannot be parted again.",
)
@click.option("--imap", is_flag=True, help="Read an anonymous round's answers in the mailbox.")
@click.option("--graph", is_flag=True, help="Read them in the mailbox by Microsoft Graph.")
@click.option(
    "--from",
    "paths",
    multiple=True,
    metavar="PATH",
    help="Read them in this file or folder, as collect does. Can be repeated.",
)
@click.option(
    "--since",
    type=Day(),
    metavar="DAY",
    help="Read mails since this day, which may lie before the campaign began.",
)
@click.option(
    "--without",
    type=WholeNumber(least=1),
    metavar="N",
    help="Go on without the workbooks of so many people who have returned one, which are lost.",
)
@click.option("--yes", is_flag=True, help="Close the round. Without this, only say what would be.")
@campaign_options(positional=True)
@common_options
def close(
    *,
    selection: CampaignOptions,
    fewest: int | None,
    imap: bool,
    graph: bool,
    paths: tuple[str, ...],
    since: date | None,
    without: int | None,
    yes: bool,
) -> None:
    """
    End a round: keep anonymous answers only.

    Each team's answers and counts stay, for reports and the trend of later rounds. Roster,
    workbooks, returned files, drafts, letters and copies of the record go. This cannot be undone.
    In an anonymous round the answers are read now, all at once: name where they are.

    \b
    Example: iml4e campaign close autumn
             iml4e campaign close autumn --yes
             iml4e campaign close autumn --imap --yes
    """
    from iml4e_xlsx.campaign.collect.collect import MailboxSearch
    from iml4e_xlsx.campaign.corrections.answer_sources import AnswerSources
    from iml4e_xlsx.campaign.corrections.close_round import close_round, preview_closing
    from iml4e_xlsx.campaign.folder.clock import current_time

    if imap and graph:
        raise usage_error("collect_one_mailbox")
    search = MailboxSearch(imap=imap, graph=graph, since=since)
    sources = AnswerSources(paths=paths, search=search, missing_count=without or 0)
    if since and not (imap or graph):
        raise usage_error("collect_needs_imap", option="--since")
    with open_session(selection, closed_too=True) as (campaign, record):
        is_anonymous = campaign.settings.anonymous
        if not is_anonymous and (without or not sources.is_empty):
            raise usage_error("close_has_answers")
        if is_anonymous and sources.is_empty and not is_closed(record):
            raise usage_error("close_from_where")
        run = close_round if yes else preview_closing
        now = current_time()
        outcome = run(campaign, record, fewest=fewest, sources=sources, now=now)
    for line in _describe(outcome, is_done=yes, is_anonymous=is_anonymous):
        click.echo(wrap_for(sys.stdout, printable_text(line)))


def _describe(outcome: ClosingOutcome, *, is_done: bool, is_anonymous: bool) -> Iterator[str]:
    from iml4e_xlsx.campaign.people.participant_messages import format_day
    from iml4e_xlsx.text.lists import list_names

    if outcome.closed is None:
        yield command_text("closing_keeps")
    else:
        yield command_text("closed_before", day=format_day(outcome.closed))
    for team in outcome.teams:
        name = " · ".join(filter(None, (team.organisation, team.team)))
        counts = {"asked": team.asked, "answered": team.answered, "declined": team.declined}
        key = "closing_team_declined" if team.declined else "closing_team"
        yield command_text(key, team=name, **counts)
    if outcome.is_finished and not is_done:
        yield command_text("closing_finished")
        return
    yield from _describe_losses(outcome, is_anonymous=is_anonymous)
    files = message("commands.count_files", count=outcome.files)
    yield command_text("closing_erased" if is_done else "closing_erases", files=files)
    if outcome.other_files:
        names = list_names(outcome.other_files, _LISTED)
        yield command_text("closing_other_files", files=names)
    if not outcome.is_compact:
        yield command_text("closing_not_compact")
    yield command_text("closing_unreached")
    if is_anonymous:
        yield command_text("closing_mailbox")
    if is_done:
        yield command_text("closing_done")
    else:
        yield command_text("closing_dry" if outcome.closed is None else "closing_interrupted")


def _describe_losses(outcome: ClosingOutcome, *, is_anonymous: bool) -> Iterator[str]:
    """Yield what is in no result, and what nobody has seen to."""
    if outcome.left_out:
        yield command_text("closing_left_out", count=outcome.left_out, fewest=outcome.fewest)
    if outcome.unread:
        yield command_text("closing_unread", count=outcome.unread)
    for failure in outcome.failures:
        yield failure_text(failure)
    if outcome.aside:
        key = "closing_nobody" if is_anonymous else "closing_aside"
        yield command_text(key, count=outcome.aside)
    if outcome.letters:
        yield command_text("closing_letters", count=outcome.letters)
