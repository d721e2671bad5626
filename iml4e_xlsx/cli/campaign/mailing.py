"""Carries out a plan of mails: says it, sends it, or writes drafts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from iml4e_xlsx.cli.campaign.campaign_session import show_progress
from iml4e_xlsx.cli.error_messages import UsageMessage, error_text
from iml4e_xlsx.cli.exit_codes import ENVIRONMENT, FINDINGS
from iml4e_xlsx.cli.options.campaign_options import campaign_options
from iml4e_xlsx.cli.options.output_options import output_options
from iml4e_xlsx.cli.voice import F, command_text, common_options, current_voice, usage_error
from iml4e_xlsx.text.interface_texts import load_texts
from iml4e_xlsx.text.spelling import printable_text

if TYPE_CHECKING:
    from iml4e_xlsx.campaign.folder.campaign import Campaign
    from iml4e_xlsx.campaign.record.connection import Record
    from iml4e_xlsx.campaign.record.letters import Letter
    from iml4e_xlsx.campaign.send.plan import MailPlan
    from iml4e_xlsx.campaign.send.send import SendOutcome


def again_option(what: str) -> Callable[[F], F]:
    """Add `--again`, which takes people and words."""
    return click.option(
        "--again",
        multiple=True,
        metavar="MAIL|WORD",
        help=f"{what}. The words uncertain, drafted, refused and bounced stand for everybody with "
        "such a mail. People who are due get theirs as well, unless --to limits the mails. Can be "
        "repeated.",
    )


def mailing_options(command: F) -> F:
    """Add the options that say whether and how mails leave."""
    for option in (
        click.option(
            "--smtp", is_flag=True, help="Send the mails through the server in the settings."
        ),
        click.option(
            "--eml",
            "drafts",
            default="",
            metavar="DIR",
            help="Write the mails as drafts for Outlook, Thunderbird or Apple Mail.",
        ),
        click.option(
            "--to",
            "only",
            multiple=True,
            metavar="MAIL",
            help="Mail only this person. Can be repeated.",
        ),
        output_options,
        campaign_options(positional=True),
        common_options,
    ):
        command = option(command)
    return command


def say_letters(letters: Sequence[Letter]) -> None:
    """Say which letters wait: somebody should read them before those people are reminded."""
    from iml4e_xlsx.campaign.people.letter_messages import describe_letter

    if not letters:
        return
    click.echo(command_text("letters_wait", count=len(letters)), err=True)
    for letter in letters:
        click.echo(printable_text(f"  {describe_letter(letter, load_texts())}"), err=True)
    click.echo(command_text("letters_next"), err=True)


def narrow_plan(plan: MailPlan, only: tuple[str, ...]) -> MailPlan:
    """Return a plan for some people; UsageMessage if one is nobody's address in it."""
    from iml4e_xlsx.campaign.send.plan import narrow_plan
    from iml4e_xlsx.errors import CampaignError

    try:
        return narrow_plan(plan, only) if only else plan
    except CampaignError as error:
        raise UsageMessage(error_text(error)) from error


def carry_out_plan(
    campaign: Campaign, record: Record, plan: MailPlan, *, smtp: bool, drafts: str, force: bool
) -> None:
    """Send a plan, write it as drafts, or say what it is."""
    from iml4e_xlsx.campaign.folder.clock import current_time
    from iml4e_xlsx.campaign.send.drafts import write_drafts
    from iml4e_xlsx.cli.campaign.send_messages import (
        describe_deadline,
        describe_drafts,
        describe_requests,
    )
    from iml4e_xlsx.errors import Iml4eError

    if smtp and drafts:
        raise usage_error("smtp_or_drafts")
    now = current_time()
    if warning := describe_deadline(plan, campaign, now.date()):
        click.echo(printable_text(warning), err=True)
    if smtp or drafts:
        for line in describe_requests(plan):
            click.echo(printable_text(line), err=True)
    if smtp:
        _finish(_sent(campaign, record, plan), plan)
        return
    if drafts:
        written: list[Path] = []
        target, note = Path(drafts), written.append
        try:
            write_drafts(campaign, record, plan, target, now=now, force=force, progress=note)
        except Iml4eError:
            if written:  # else nobody would send what counts as mailed
                click.echo(describe_drafts(written))
            raise
        click.echo(describe_drafts(written))
    else:
        _show(campaign, plan, now.date())
    _say_held(plan)
    _say_uncertain(plan)


def _show(campaign: Campaign, plan: MailPlan, today: date) -> None:
    from iml4e_xlsx.campaign.send.send import check_mails
    from iml4e_xlsx.cli.campaign.send_messages import make_plan_tables
    from iml4e_xlsx.report.formats.terminal import show_tables

    check_mails(campaign, plan, today)
    show_tables(current_voice().open_console(), make_plan_tables(plan, campaign, today))
    count = len(plan.mails)
    click.echo(
        command_text("would_send", count=count) if count else command_text("would_send_none")
    )


def _sent(campaign: Campaign, record: Record, plan: MailPlan) -> SendOutcome:
    from iml4e_xlsx.campaign.folder.settings import SETTINGS_FILE
    from iml4e_xlsx.campaign.send.send import send_mails
    from iml4e_xlsx.campaign.servers.credentials import find_login
    from iml4e_xlsx.campaign.servers.smtp import Smtp
    from iml4e_xlsx.errors import CampaignError
    from iml4e_xlsx.findings.error_codes import CommandErrorCode

    settings = campaign.settings
    if settings.smtp is None:
        raise CampaignError(
            CommandErrorCode.NO_SMTP_SERVER, settings=campaign.folder / SETTINGS_FILE
        )
    login = find_login(settings.smtp, settings.sender_mail)
    texts, voice = load_texts(), current_voice()
    smtp = Smtp(
        settings.smtp,
        login,
        campaign.folder,
        notice=lambda message: voice.say_text(texts.render(message)),
    )
    total = len(plan.mails)
    with smtp, show_progress("mails") as advance:
        return send_mails(campaign, record, plan, smtp, progress=lambda _: advance(total))


def _finish(done: SendOutcome, plan: MailPlan) -> None:
    """Say what became of the mails, and exit as that demands."""
    from iml4e_xlsx.campaign.record.mails import MailState
    from iml4e_xlsx.cli.campaign.send_messages import advise_on_failures, describe_outcomes
    from iml4e_xlsx.errors import MailError

    for line in describe_outcomes(done):
        click.echo(printable_text(line))
    _say_held(plan)
    _say_uncertain(plan, done)
    if said := advise_on_failures(plan, done):
        current_voice().say_text(said)
    if done.in_state(MailState.SENT):
        current_voice().say("next_collect")
    if done.stopped is not None:
        click.echo(printable_text(f"Error: {error_text(done.stopped)}"), err=True)
        by_server = isinstance(done.stopped, MailError)
        click.get_current_context().exit(ENVIRONMENT if by_server else FINDINGS)
    failed = (MailState.REFUSED, MailState.DEFERRED, MailState.UNCERTAIN)
    count = sum(len(done.in_state(state)) for state in failed)
    if count:
        current_voice().say_error(command_text("reason_mails", count=count))
        click.get_current_context().exit(FINDINGS)


def _say_held(plan: MailPlan) -> None:
    """Say how many get no mail now, and why."""
    from iml4e_xlsx.cli.campaign.send_messages import count_reasons

    if said := count_reasons(plan):
        click.echo(said)


def _say_uncertain(plan: MailPlan, done: SendOutcome | None = None) -> None:
    """Always say whose mail may have left or not: that is for the facilitator to find out."""
    from iml4e_xlsx.cli.campaign.send_messages import advise_on_uncertain

    for line in advise_on_uncertain(plan, done):
        click.echo(printable_text(line), err=True)
