"""Carries out `iml4e campaign assign`."""

from __future__ import annotations

import click

from iml4e_xlsx.cli.campaign.campaign_session import open_session
from iml4e_xlsx.cli.options.campaign_options import CampaignOptions, campaign_options
from iml4e_xlsx.cli.voice import command_text, common_options, usage_error
from iml4e_xlsx.text.spelling import printable_text


@click.command()
@click.argument("file", metavar="FILE")
@click.argument("mail", metavar="[MAIL]", required=False, default="")
@click.option("--nobody", is_flag=True, help="Take the file from its owner and put it aside.")
@click.option(
    "--dismiss",
    is_flag=True,
    help="Take a file off the lists if it has no owner or could not be read. It returns if "
    "somebody in the roster sends it again.",
)
@campaign_options(positional=False)
@common_options
def assign(
    file: str, mail: str, *, selection: CampaignOptions, nobody: bool, dismiss: bool
) -> None:
    """
    Assign a returned file to a person.

    FILE is the path or name that `status` shows. The file may lie aside or belong to somebody else.
    The command says which response counts now.

    \b
    Example: iml4e campaign assign aside/1f3a9c0e5b7d2a486c90.xlsx ann@example.org
    """
    from iml4e_xlsx.campaign.corrections.assign import assign_file, dismiss_file
    from iml4e_xlsx.campaign.folder.clock import current_time
    from iml4e_xlsx.cli.campaign.collect_messages import assignment_text

    if bool(mail) + nobody + dismiss != 1:
        raise usage_error("assign_to_whom")
    with open_session(selection) as (campaign, record):
        if dismiss:
            returned = dismiss_file(record, file, now=current_time())
            said = command_text("dismissed", file=returned.file or returned.source)
        else:
            said = assignment_text(assign_file(campaign, record, file, mail, now=current_time()))
    click.echo(printable_text(said))
