"""Carries out `iml4e campaign decline`."""

from __future__ import annotations

import click

from iml4e_xlsx.cli.campaign.campaign_session import open_session
from iml4e_xlsx.cli.options.campaign_options import CampaignOptions, campaign_options
from iml4e_xlsx.cli.voice import command_text, common_options
from iml4e_xlsx.text.spelling import printable_text


@click.command()
@click.argument("mail", metavar="MAIL")
@click.option("--undo", is_flag=True, help="Record that the person takes part after all.")
@campaign_options(positional=False)
@common_options
def decline(mail: str, *, selection: CampaignOptions, undo: bool) -> None:
    """
    Record that a person does not take part.

    The person gets no more mails and stays in the roster and in every count of those who were
    asked. What they wrote counts as handled.

    \b
    Example: iml4e campaign decline ann@example.org
    """
    from iml4e_xlsx.campaign.corrections.decline import decline as decline_person
    from iml4e_xlsx.campaign.corrections.decline import undo_decline
    from iml4e_xlsx.campaign.folder.clock import current_time
    from iml4e_xlsx.campaign.people.participant_messages import format_day

    with open_session(selection) as (campaign, record):
        change = undo_decline if undo else decline_person
        outcome = change(campaign, record, mail, now=current_time())
    if undo:
        key = "decline_undone" if outcome.is_changed else "decline_none"
    else:
        key = "declined" if outcome.is_changed else "declined_before"
    person = outcome.person
    day = format_day(person.declined) if person.declined else ""
    click.echo(printable_text(command_text(key, name=person.name, mail=person.mail, day=day)))
    if outcome.letters:
        click.echo(command_text("letters_handled", count=len(outcome.letters)))
