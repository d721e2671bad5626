"""Carries out a plan of mails: says it, sends it, or writes drafts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

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
    from iml4e_xlsx.campaign.servers.transport import Transport
    from iml4e_xlsx.text.message import Message


@dataclass(frozen=True, slots=True)
class DeliveryOptions:
    """The way that mails leave by, if they do: SMTP, Microsoft Graph or drafts in a folder."""

    smtp: bool
    graph: bool
    drafts: str
    force: bool

    @property
    def sends(self) -> bool:
        """Return whether mails leave by a server."""
        return self.smtp or self.graph


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
    """Add the options that say whether and how mails leave; the command gets `delivery`."""

    @wraps(command)
    def take_options(*, smtp: bool, graph: bool, drafts: str, force: bool, **rest: Any) -> Any:
        if smtp + graph + bool(drafts) > 1:
            raise usage_error("smtp_or_drafts")
        return command(delivery=DeliveryOptions(smtp, graph, drafts, force), **rest)

    run_command = cast("F", take_options)
    for option in (
        click.option(
            "--smtp", is_flag=True, help="Send the mails through the server in the settings."
        ),
        click.option(
            "--graph",
            is_flag=True,
            help="Send the mails by Microsoft Graph, from the mailbox in the settings.",
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
        run_command = option(run_command)
    return run_command


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
    campaign: Campaign, record: Record, plan: MailPlan, delivery: DeliveryOptions
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

    now = current_time()
    if warning := describe_deadline(plan, campaign, now.date()):
        click.echo(printable_text(warning), err=True)
    if delivery.sends or delivery.drafts:
        for line in describe_requests(plan):
            click.echo(printable_text(line), err=True)
    if delivery.sends:
        _finish(_sent(campaign, record, plan, delivery), plan)
        return
    if delivery.drafts:
        written: list[Path] = []
        target, note = Path(delivery.drafts), written.append
        force = delivery.force
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


def _sent(
    campaign: Campaign, record: Record, plan: MailPlan, delivery: DeliveryOptions
) -> SendOutcome:
    from iml4e_xlsx.campaign.send.send import send_mails

    transport = _graph_transport(campaign) if delivery.graph else _smtp_transport(campaign)
    total = len(plan.mails)
    with transport, show_progress("mails") as advance:
        return send_mails(campaign, record, plan, transport, progress=lambda _: advance(total))


def _smtp_transport(campaign: Campaign) -> Transport:
    from iml4e_xlsx.campaign.folder.settings import SETTINGS_FILE
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
    return Smtp(settings.smtp, login, campaign.folder, notice=_say_notice)


def _graph_transport(campaign: Campaign) -> Transport:
    from iml4e_xlsx.campaign.folder.settings import SETTINGS_FILE
    from iml4e_xlsx.campaign.servers.graph_client import make_client
    from iml4e_xlsx.campaign.servers.graph_transport import GraphTransport
    from iml4e_xlsx.errors import CampaignError
    from iml4e_xlsx.findings.error_codes import CommandErrorCode

    settings = campaign.settings
    if settings.graph is None:
        raise CampaignError(
            CommandErrorCode.NO_GRAPH_MAILBOX, settings=campaign.folder / SETTINGS_FILE
        )
    return GraphTransport(make_client(settings.graph, settings.sender_mail, notice=_say_notice))


def _say_notice(notice: Message) -> None:
    current_voice().say_text(load_texts().render(notice))


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
