"""Carries out `iml4e campaign status`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from iml4e_xlsx.campaign.people.stages import Stage
from iml4e_xlsx.cli.campaign.campaign_session import opened
from iml4e_xlsx.cli.options.campaign_options import CampaignOptions, campaign_options
from iml4e_xlsx.cli.options.output_options import format_option, output_options
from iml4e_xlsx.cli.voice import common_options, voice
from iml4e_xlsx.report.formats.format_registry import OutputSubject, choose_format
from iml4e_xlsx.text.spelling import printable_text

if TYPE_CHECKING:
    from iml4e_xlsx.campaign.people.status import Status


@click.command()
@click.option(
    "--only",
    multiple=True,
    type=click.Choice([stage.value for stage in Stage]),
    help="Only people at this stage; can be given again.",
)
@click.option(
    "--reply", "replies", is_flag=True, help="Write the replies to those with problems, as text."
)
@click.option("--anonymous", is_flag=True, help="Leave names and addresses out.")
@format_option(OutputSubject.TABLES)
@click.option("-o", "--output", default="-", metavar="FILE", help="Where to; - is stdout.")
@output_options
@campaign_options(positional=True)
@common_options
def status(
    *,
    where: CampaignOptions,
    only: tuple[str, ...],
    replies: bool,
    anonymous: bool,
    form: str | None,
    output: str,
    force: bool,
) -> None:
    """
    Show who is missing, who is incomplete, and whose file had problems.

    \b
    Example: iml4e campaign status --only missing --format csv
    """
    from iml4e_xlsx.campaign.folder.clock import current_time
    from iml4e_xlsx.campaign.people.status import read_status, render_status, replies_text
    from iml4e_xlsx.output import check_target, write_output
    from iml4e_xlsx.text.interface_texts import load_texts

    if replies and form:
        raise click.UsageError("--reply writes plain text; leave out --format.")
    if replies and anonymous:
        raise click.UsageError("--reply says who each reply is to; leave out --anonymous.")
    check_target(output, force=force)
    wanted = "" if replies else choose_format(output, form, OutputSubject.TABLES).name
    with opened(where) as (campaign, record):
        found = read_status(campaign, record, now=current_time())
    chosen = [Stage(name) for name in only]
    _say_if_empty(found, chosen, replies=replies)
    if replies:
        text = printable_text(replies_text(found, only=chosen))
        if output == "-":
            click.echo(text, nl=False)
        else:
            write_output(output, text.encode(), force=force)
        return
    texts = load_texts(campaign.settings.language)
    if wanted == "table" and output == "-":
        from iml4e_xlsx.campaign.people.status import status_views
        from iml4e_xlsx.report.formats.terminal import show_tables

        views = status_views(found, texts, only=chosen, anonymous=anonymous, brief=True)
        show_tables(voice().console(), views)
        return
    data = render_status(found, wanted, texts, only=chosen, anonymous=anonymous)
    write_output(output, data, force=force)


def _say_if_empty(found: Status, chosen: list[Stage], *, replies: bool) -> None:
    """Say why nothing is shown, where nothing is."""
    if not found.people:
        voice().say("Nobody is in the campaign. Fill in the roster, then: iml4e campaign build")
    elif chosen and not any(one.stage in chosen for one in found.people):
        voice().say(f"Nobody is at the stage {' or '.join(stage.value for stage in chosen)}.")
    elif replies and not found.replies:
        voice().say("Nobody's file had problems.")
