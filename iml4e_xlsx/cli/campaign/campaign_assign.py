"""Carries out `iml4e campaign assign`."""

from __future__ import annotations

import click

from iml4e_xlsx.cli.campaign.campaign_session import opened
from iml4e_xlsx.cli.options.campaign_options import CampaignOptions, campaign_options
from iml4e_xlsx.cli.voice import common_options
from iml4e_xlsx.text.spelling import printable_text


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
def assign(file: str, mail: str, *, where: CampaignOptions, nobody: bool, dismiss: bool) -> None:
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
