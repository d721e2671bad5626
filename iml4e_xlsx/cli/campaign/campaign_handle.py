"""Carries out `iml4e campaign handle`."""

from __future__ import annotations

import click

from iml4e_xlsx.cli.campaign.campaign_session import open_session
from iml4e_xlsx.cli.options.campaign_options import CampaignOptions, campaign_options
from iml4e_xlsx.cli.voice import command_text, common_options
from iml4e_xlsx.text.spelling import printable_text


@click.command()
@click.argument("letters", nargs=-1, required=True, metavar="LETTER...")
@campaign_options(positional=False)
@common_options
def handle(letters: tuple[str, ...], *, selection: CampaignOptions) -> None:
    """
    Record that you have seen to letters.

    A letter is a mail without a workbook. LETTER is the name that `status` shows, or the address
    of a sender, for all that they wrote.

    \b
    Example: iml4e campaign handle 1f3a9c0e
    """
    from iml4e_xlsx.campaign.corrections.handle import handle_letters
    from iml4e_xlsx.campaign.folder.clock import current_time
    from iml4e_xlsx.campaign.people.participant_messages import format_day

    with open_session(selection) as (_, record):
        outcome = handle_letters(record, letters, now=current_time())
    for letter in outcome.before:
        day = format_day(letter.handled) if letter.handled else ""
        said = command_text("letter_handled_before", letter=letter.handle, day=day)
        click.echo(printable_text(said))
    if outcome.handled:
        click.echo(command_text("letters_handled", count=len(outcome.handled)))
