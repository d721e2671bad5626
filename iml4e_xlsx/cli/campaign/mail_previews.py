"""Shows mails that are only looked at, and sends one that is only tried out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from iml4e_xlsx.cli.exit_codes import FINDINGS
from iml4e_xlsx.cli.voice import command_text, current_voice
from iml4e_xlsx.text.spelling import printable_text

if TYPE_CHECKING:
    from iml4e_xlsx.campaign.folder.campaign import Campaign
    from iml4e_xlsx.campaign.send.plan import MailPlan
    from iml4e_xlsx.campaign.servers.transport import Transport
    from iml4e_xlsx.cli.campaign.mailing import MailingOptions


def show_previews(campaign: Campaign, plan: MailPlan, mailing: MailingOptions) -> None:
    """Show one person's mail as text, or write all mails of a plan to a folder."""
    from iml4e_xlsx.campaign.folder.clock import current_time
    from iml4e_xlsx.campaign.send.preview import preview_mail, write_previews

    now = current_time()
    if not plan.mails:
        _say_nobody(plan)
    elif mailing.previewed_person:
        mail = preview_mail(campaign, plan.mails[0], now=now)
        head = [f"{name}: {mail[name]}" for name in ("From", "Reply-To", "To", "Cc", "Subject")]
        names = [part.get_filename() for part in mail.iter_attachments()]
        body = mail.get_body()
        assert body is not None
        lines = [line for line in head if not line.endswith(": None")]
        click.echo(printable_text("\n".join([*lines, *map(str, names)])))
        click.echo(f"\n{printable_text(body.get_content())}", nl=False)
    else:
        folder = Path(mailing.preview)
        paths = write_previews(campaign, plan.mails, folder, now=now, force=mailing.force)
        click.echo(command_text("previews", count=len(paths), folder=folder))


def send_test(campaign: Campaign, plan: MailPlan, address: str, transport: Transport) -> None:
    """Send the first mail of a plan to an address, and say what the server made of it."""
    from iml4e_xlsx.campaign.folder.clock import current_time
    from iml4e_xlsx.campaign.people.participant_messages import describe_words
    from iml4e_xlsx.campaign.send.preview import send_test_mail
    from iml4e_xlsx.campaign.servers.transport import (
        MailDeferral,
        MailRefusal,
        MailUncertainty,
    )
    from iml4e_xlsx.text.interface_texts import load_texts

    if not plan.mails:
        _say_nobody(plan)
        return
    planned = plan.mails[0]
    try:
        words = send_test_mail(campaign, planned, address, transport, now=current_time())
    except (MailRefusal, MailDeferral, MailUncertainty) as error:
        words = describe_words(str(error), load_texts())
        message = command_text("test_failed", address=address, words=words)
        current_voice().say_error(message)
        click.get_current_context().exit(FINDINGS)
    name = planned.person.name
    click.echo(printable_text(command_text("test_sent", name=name, address=address, words=words)))


def _say_nobody(plan: MailPlan) -> None:
    """Say that there is no mail, and why somebody who was asked for gets none."""
    from iml4e_xlsx.cli.campaign.send_messages import describe_requests

    current_voice().say("preview_nobody")
    for line in describe_requests(plan):
        current_voice().say_text(line)
