"""Carries out `iml4e campaign login`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from iml4e_xlsx.cli.options.campaign_options import CampaignOptions, campaign_options
from iml4e_xlsx.cli.voice import command_text, common_options
from iml4e_xlsx.text.spelling import printable_text

if TYPE_CHECKING:
    from iml4e_xlsx.campaign.servers.token_grants import LoginPrompt


@click.command()
@campaign_options(positional=True)
@common_options
def login(*, selection: CampaignOptions) -> None:
    """
    Log in at Microsoft 365 or Google.

    This is for mail servers with login = "oauth2" in the settings, and for a mailbox of Microsoft
    Graph. Shows an address to open in a browser, and for Microsoft 365 a code to enter there. What
    lets send and collect log in from then on is kept in the system keyring of this computer only.

    \b
    Example: iml4e campaign login
    """
    from iml4e_xlsx.campaign.folder.campaign import open_campaign
    from iml4e_xlsx.campaign.servers.account_login import find_accounts
    from iml4e_xlsx.campaign.servers.token_grants import log_in_account

    campaign = open_campaign(selection.folder, database=selection.database)
    accounts = find_accounts(campaign.settings)
    for account in accounts:
        owner = log_in_account(account.settings, account.uses, account.user, _show_prompt)
        click.echo(printable_text(command_text("logged_in", user=account.user)))
        if owner and owner.casefold() != account.user.casefold():
            warning = command_text("logged_in_as", account=owner, user=account.user)
            click.echo(printable_text(warning), err=True)


def _show_prompt(prompt: LoginPrompt) -> None:
    key = "login_code" if prompt.code else "login_address"
    click.echo(printable_text(command_text(key, address=prompt.address, code=prompt.code)))
