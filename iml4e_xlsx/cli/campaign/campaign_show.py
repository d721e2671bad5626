"""Carries out `iml4e campaign show`."""

from __future__ import annotations

import json

import click

from iml4e_xlsx.cli.campaign.campaign_session import open_session
from iml4e_xlsx.cli.options.campaign_options import CampaignOptions, campaign_options
from iml4e_xlsx.cli.voice import command_text, common_options, current_voice
from iml4e_xlsx.text.spelling import printable_text


@click.command()
@click.argument("mail", metavar="MAIL")
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@campaign_options(positional=False)
@common_options
def show(mail: str, *, selection: CampaignOptions, as_json: bool) -> None:
    """
    Show all that is stored of a person, who may ask for it.

    \b
    Example: iml4e campaign show ann@example.org --json
    """
    from iml4e_xlsx.campaign.corrections.disclose import disclose_person
    from iml4e_xlsx.campaign.folder.clock import current_time
    from iml4e_xlsx.report.formats.json_text import render_json

    with open_session(selection) as (campaign, record):
        disclosure = disclose_person(campaign, record, mail, now=current_time())
    if as_json:
        document = {"record": disclosure.rows, "files": list(disclosure.files)}
        plain = json.loads(json.dumps(document, default=str))
        current_voice().deliver_document(render_json(plain))
        return
    for table, rows in disclosure.rows.items():
        for row in rows:
            click.echo(f"\n{table}")
            for name, value in row.items():
                click.echo(printable_text(f"  {name}: {value}"))
    click.echo(f"\n{command_text('shown_files')}")
    for file in disclosure.files:
        click.echo(printable_text(f"  {file}"))
