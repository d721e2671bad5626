"""Carries out `iml4e campaign close`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from iml4e_xlsx.cli.campaign.campaign_session import open_session
from iml4e_xlsx.cli.options.campaign_options import CampaignOptions, campaign_options
from iml4e_xlsx.cli.options.value_types import WholeNumber
from iml4e_xlsx.cli.voice import command_text, common_options, wrap_for
from iml4e_xlsx.text.message import message
from iml4e_xlsx.text.spelling import printable_text

if TYPE_CHECKING:
    from iml4e_xlsx.campaign.corrections.close_round import ClosingOutcome

_LISTED = 10


@click.command()
@click.option(
    "--fewest",
    type=WholeNumber(least=2),
    default=5,
    show_default=True,
    metavar="N",
    help="Join teams of fewer people. What is joined now cannot be parted again.",
)
@click.option("--yes", is_flag=True, help="Close the round. Without this, only say what would be.")
@campaign_options(positional=True)
@common_options
def close(*, selection: CampaignOptions, fewest: int, yes: bool) -> None:
    """
    End a round: keep anonymous answers only.

    Each team's answers and counts stay, for reports and the trend of later rounds. Roster,
    workbooks, returned files, drafts, letters and copies of the record go. This cannot be undone.

    \b
    Example: iml4e campaign close autumn
             iml4e campaign close autumn --yes
    """
    from iml4e_xlsx.campaign.corrections.close_round import close_round, preview_closing
    from iml4e_xlsx.campaign.folder.clock import current_time

    with open_session(selection, closed_too=True) as (campaign, record):
        run = close_round if yes else preview_closing
        outcome = run(campaign, record, fewest=fewest, now=current_time())
    for line in _describe(outcome, is_done=yes):
        click.echo(wrap_for(sys.stdout, printable_text(line)))


def _describe(outcome: ClosingOutcome, *, is_done: bool) -> Iterator[str]:
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
    if outcome.left_out:
        yield command_text("closing_left_out", count=outcome.left_out, fewest=outcome.fewest)
    if outcome.aside:
        yield command_text("closing_aside", count=outcome.aside)
    if outcome.letters:
        yield command_text("closing_letters", count=outcome.letters)
    files = message("commands.count_files", count=outcome.files)
    yield command_text("closing_erased" if is_done else "closing_erases", files=files)
    if outcome.other_files:
        names = list_names(outcome.other_files, _LISTED)
        yield command_text("closing_other_files", files=names)
    if not outcome.is_compact:
        yield command_text("closing_not_compact")
    yield command_text("closing_unreached")
    if is_done:
        yield command_text("closing_done")
    else:
        yield command_text("closing_dry" if outcome.closed is None else "closing_interrupted")
