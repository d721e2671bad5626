"""Carries out `iml4e campaign readdress`."""

from __future__ import annotations

import click

from iml4e_xlsx.cli.campaign.campaign_session import open_session
from iml4e_xlsx.cli.options.campaign_options import CampaignOptions, campaign_options
from iml4e_xlsx.cli.voice import command_text, common_options
from iml4e_xlsx.text.spelling import printable_text


@click.command()
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@campaign_options(positional=False)
@common_options
def readdress(old: str, new: str, *, selection: CampaignOptions) -> None:
    """
    Change the mail address of a person.

    The person keeps their workbook, answers and mails. The roster gets the new address as well; if
    it can't be written, the command says which row to correct.

    \b
    Example: iml4e campaign readdress ann@old.example ann@example.org
    """
    from iml4e_xlsx.campaign.corrections.readdress import readdress as readdress_person
    from iml4e_xlsx.campaign.folder.clock import current_time

    with open_session(selection) as (campaign, record):
        outcome = readdress_person(campaign, record, old, new, now=current_time())
    name, address = outcome.person.name, outcome.person.mail
    say = click.echo
    say(printable_text(command_text("readdressed", name=name, mail=address)))
    if outcome.is_invited:
        say(command_text("readdressed_invited"))
    if outcome.rosters:
        say(printable_text(command_text("readdressed_rosters", rosters=outcome.rosters)))
    for edit in outcome.edits:
        key = "readdressed_row" if edit.row else "readdressed_by_hand"
        values = {"roster": edit.roster, "row": edit.row, "old": old, "new": address}
        say(printable_text(command_text(key, reason=edit.reason, **values)))
    say(command_text("readdressed_next"))
