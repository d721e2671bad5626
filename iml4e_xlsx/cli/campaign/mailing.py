"""Carries out a plan of mails: says it, sends it, or writes drafts."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, fields
from datetime import date
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import click

from iml4e_xlsx.cli.campaign.campaign_session import say_notice, show_progress
from iml4e_xlsx.cli.campaign.mail_previews import send_test, show_previews
from iml4e_xlsx.cli.campaign.round_teams import find_round_teams
from iml4e_xlsx.cli.error_messages import UsageMessage, error_text
from iml4e_xlsx.cli.exit_codes import ENVIRONMENT, FINDINGS
from iml4e_xlsx.cli.options.campaign_options import campaign_options
from iml4e_xlsx.cli.options.output_options import output_options
from iml4e_xlsx.cli.voice import F, command_text, common_options, current_voice, usage_error
from iml4e_xlsx.text.spelling import printable_text

if TYPE_CHECKING:
    from iml4e_xlsx.campaign.folder.campaign import Campaign
    from iml4e_xlsx.campaign.record.connection import Record
    from iml4e_xlsx.campaign.send.pace import MailPause
    from iml4e_xlsx.campaign.send.plan import MailPlan
    from iml4e_xlsx.campaign.send.send import SendOutcome
    from iml4e_xlsx.campaign.servers.sent_folder import SentFolder
    from iml4e_xlsx.campaign.servers.transport import Transport


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


@dataclass(frozen=True, slots=True, kw_only=True)
class MailingOptions:
    """
    The options that say whether and how mails leave.

    `drafts` is the folder for drafts; `preview` a person, or a folder for mails to look at;
    `test_address` where one mail goes to be tried out; `only` are the people who get mails, and
    `teams` the teams.
    """

    smtp: bool
    graph: bool
    drafts: str
    preview: str
    test_address: str
    only: tuple[str, ...]
    teams: tuple[str, ...]
    force: bool

    @property
    def sends(self) -> bool:
        """Return whether mails leave by a server."""
        return self.smtp or self.graph

    @property
    def previewed_person(self) -> str:
        """Return the address of the person whose mail is to be shown; else an empty text."""
        return self.preview if "@" in self.preview and not Path(self.preview).is_dir() else ""

    @property
    def is_preview_unclear(self) -> bool:
        """Tell whether what is to be shown may as well be an address without an @."""
        is_bare = bool(self.preview) and not any(
            mark in self.preview for mark in ("@", "/", os.sep)
        )
        return is_bare and not Path(self.preview).is_dir()

    def choose_again(self, again: tuple[str, ...]) -> tuple[str, ...]:
        """Return who gets another mail: also the person whose mail is only looked at."""
        return (*again, self.previewed_person) if self.previewed_person else again


_MAILING_OPTIONS: Final = (
    click.option("--smtp", is_flag=True, help="Send the mails through the server in the settings."),
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
        "--preview",
        default="",
        metavar="MAIL|DIR",
        help="Show the mail to this person, or write all mails to this folder to look at; the name "
        "of a new one ends in a slash. Nothing is sent or recorded.",
    ),
    click.option(
        "--test",
        "test_address",
        default="",
        metavar="ADDRESS",
        help="Send the first mail, or that of --to, to this address of yours. Nothing is "
        "recorded, and the workbook in it is nobody's.",
    ),
    click.option(
        "--to",
        "only",
        multiple=True,
        metavar="MAIL",
        help="Mail only this person. Can be repeated.",
    ),
    click.option(
        "--team",
        "teams",
        multiple=True,
        metavar="NAME",
        help="Mail only people of this team in the roster. Can be repeated.",
    ),
)
"""How mails leave, are shown or are tried out, and to whom."""


def mailing_options(command: F) -> F:
    """Add the options that say whether and how mails leave; they come as `mailing`."""

    @wraps(command)
    def run_command(*args: Any, **options: Any) -> Any:
        chosen = {field.name: options.pop(field.name) for field in fields(MailingOptions)}
        mailing = MailingOptions(**chosen)
        if mailing.smtp + mailing.graph + bool(mailing.drafts) > 1:
            raise usage_error("smtp_or_drafts")
        shows = [choice for choice in (mailing.preview, mailing.test_address) if choice]
        # A test mail may leave by either server; nothing else does with it.
        sends = mailing.drafts or (mailing.sends and mailing.preview) or mailing.smtp
        if shows and (sends or len(shows) > 1):
            raise usage_error("preview_or_send")
        if mailing.is_preview_unclear:
            raise usage_error("preview_unclear", name=mailing.preview)
        address = mailing.test_address
        if address and not re.fullmatch(r"[!-~]+@[!-~]+", address):
            raise usage_error("test_address")
        return command(*args, mailing=mailing, **options)

    decorated = cast("F", run_command)
    for option in (
        *_MAILING_OPTIONS,
        output_options,
        campaign_options(positional=True),
        common_options,
    ):
        decorated = option(decorated)
    return decorated


def _narrow(plan: MailPlan, only: tuple[str, ...]) -> MailPlan:
    """Return a plan for some people; UsageMessage if one is nobody's address in it."""
    from iml4e_xlsx.campaign.send.plan_part import narrow_plan
    from iml4e_xlsx.errors import CampaignError

    try:
        return narrow_plan(plan, only) if only else plan
    except CampaignError as error:
        raise UsageMessage(error_text(error)) from error


def _narrow_to_teams(plan: MailPlan, whole_plan: MailPlan, names: tuple[str, ...]) -> MailPlan:
    """Return a plan for some teams of the whole one, and say how many people they leave out."""
    from iml4e_xlsx.campaign.send.plan_part import list_plan_teams, narrow_to_teams

    if not names:
        return plan
    teams = list_plan_teams(whole_plan)
    chosen = [team for name in names for team in find_round_teams(teams, name)]
    part = narrow_to_teams(plan, chosen)
    left_out = len(plan.mails) - len(part.mails)
    if left_out:
        click.echo(command_text("left_out_for_team", count=left_out), err=True)
    return part


def carry_out_plan(
    campaign: Campaign, record: Record, whole_plan: MailPlan, mailing: MailingOptions
) -> None:
    """Send a plan, write it as drafts, or say what it is."""
    person = mailing.previewed_person
    asked_for = _narrow(whole_plan, (person,) if person else mailing.only)
    plan = _narrow_to_teams(asked_for, whole_plan, mailing.teams)
    if mailing.preview:
        show_previews(campaign, plan, mailing)
    elif mailing.test_address:
        with _make_transport(campaign, mailing) as transport:
            send_test(campaign, plan, mailing.test_address, transport)
    else:
        _carry_out(campaign, record, plan, mailing)


def _carry_out(campaign: Campaign, record: Record, plan: MailPlan, mailing: MailingOptions) -> None:
    from iml4e_xlsx.campaign.folder.clock import current_time
    from iml4e_xlsx.campaign.send.drafts import write_drafts
    from iml4e_xlsx.cli.campaign.send_messages import (
        describe_deadline,
        describe_drafts,
        describe_requests,
    )
    from iml4e_xlsx.errors import Iml4eError
    from iml4e_xlsx.text.moments import local_day

    drafts, force = mailing.drafts, mailing.force
    now = current_time()
    if warning := describe_deadline(plan, campaign, local_day(now)):
        click.echo(printable_text(warning), err=True)
    if mailing.sends or drafts:
        for line in describe_requests(plan):
            click.echo(printable_text(line), err=True)
    if mailing.sends:
        _finish(_sent(campaign, record, plan, mailing), plan)
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
        _show(campaign, plan, local_day(now))
    _say_held(plan)
    _say_uncertain(plan)


def _show(campaign: Campaign, plan: MailPlan, today: date) -> None:
    from iml4e_xlsx.campaign.send.send import check_mails
    from iml4e_xlsx.cli.campaign.send_messages import describe_copy_addresses, make_plan_tables
    from iml4e_xlsx.report.formats.terminal import show_tables

    check_mails(campaign, plan, today)
    if line := describe_copy_addresses(plan, campaign):
        click.echo(printable_text(line), err=True)
    show_tables(current_voice().open_console(), make_plan_tables(plan, campaign, today))
    count = len(plan.mails)
    click.echo(
        command_text("would_send", count=count) if count else command_text("would_send_none")
    )


def _sent(
    campaign: Campaign, record: Record, plan: MailPlan, mailing: MailingOptions
) -> SendOutcome:
    from iml4e_xlsx.campaign.send.send import send_mails

    transport = _make_transport(campaign, mailing)
    total = len(plan.mails)
    with ExitStack() as stack:
        copies = _open_sent_folder(campaign, stack) if mailing.smtp and total else None
        stack.enter_context(transport)
        advance = stack.enter_context(show_progress("mails"))
        return send_mails(
            campaign,
            record,
            plan,
            transport,
            sent_copies=copies,
            progress=lambda _: advance(total),
            notice=_say_pause,
        )


def _open_sent_folder(campaign: Campaign, stack: ExitStack) -> SentFolder | None:
    """Open the folder that copies of sent mails go to; None if the settings ask for none."""
    from iml4e_xlsx.campaign.servers.credentials import find_login
    from iml4e_xlsx.campaign.servers.sent_folder import SentFolder

    settings = campaign.settings
    if not settings.save_sent or settings.imap is None:
        return None
    login = find_login(settings.imap, settings.sender_mail)
    folder = SentFolder(settings.imap, login, settings.sent_folder, campaign.folder)
    return stack.enter_context(folder)


def _say_pause(pause: MailPause) -> None:
    from iml4e_xlsx.cli.campaign.pause_messages import describe_pause

    current_voice().say_text(describe_pause(pause))


def _make_transport(campaign: Campaign, mailing: MailingOptions) -> Transport:
    """Return the way that mails leave by; CampaignError if the settings name none."""
    return _graph_transport(campaign) if mailing.graph else _smtp_transport(campaign)


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
    return Smtp(settings.smtp, login, campaign.folder, notice=say_notice)


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
    return GraphTransport(make_client(settings.graph, settings.sender_mail, notice=say_notice))


def _finish(done: SendOutcome, plan: MailPlan) -> None:
    """Say what became of the mails, and exit as that demands."""
    from iml4e_xlsx.campaign.record.mails import MailState
    from iml4e_xlsx.cli.campaign.pause_messages import advise_on_pace
    from iml4e_xlsx.cli.campaign.send_messages import (
        advise_on_failures,
        advise_on_size,
        describe_copies,
        describe_outcomes,
    )
    from iml4e_xlsx.errors import MailError

    for line in describe_outcomes(done):
        click.echo(printable_text(line))
    for line in describe_copies(done):
        click.echo(printable_text(line), err=True)
    _say_held(plan)
    _say_uncertain(plan, done)
    for said in (advise_on_failures(plan, done), advise_on_size(done), advise_on_pace(done)):
        if said:
            current_voice().say_text(said)
    if done.in_state(MailState.SENT):
        current_voice().say("next_collect")
    if done.stopped is not None:
        click.echo(printable_text(f"Error: {error_text(done.stopped)}"), err=True)
        by_server = isinstance(done.stopped, MailError)
        click.get_current_context().exit(ENVIRONMENT if by_server else FINDINGS)
    failed = (MailState.REFUSED, MailState.DEFERRED, MailState.UNCERTAIN)
    count = sum(len(done.in_state(state)) for state in failed) + len(done.too_large)
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
