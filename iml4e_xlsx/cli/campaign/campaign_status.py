"""Carries out `iml4e campaign status`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from iml4e_xlsx.campaign.people.stages import Stage
from iml4e_xlsx.cli.campaign.campaign_session import open_session, say_other_places
from iml4e_xlsx.cli.campaign.round_teams import find_round_teams, round_team_option
from iml4e_xlsx.cli.options.anonymity_options import anonymity_options
from iml4e_xlsx.cli.options.campaign_options import CampaignOptions, campaign_options
from iml4e_xlsx.cli.options.output_options import format_option, output_options
from iml4e_xlsx.cli.options.value_types import WholeNumber
from iml4e_xlsx.cli.voice import common_options, current_voice, usage_error
from iml4e_xlsx.report.formats.format_registry import OutputSubject, choose_format
from iml4e_xlsx.text.spelling import printable_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from iml4e_xlsx.campaign.people.status import Status
    from iml4e_xlsx.campaign.people.status_tables import StatusOptions
    from iml4e_xlsx.campaign.round_results import RoundResults, RoundTeam
    from iml4e_xlsx.report.tables.participation import AskedPerson
    from iml4e_xlsx.text.texts import Texts


@click.command()
@click.option(
    "--only",
    multiple=True,
    type=click.Choice([stage.value for stage in Stage]),
    metavar="STAGE",
    help=f"Show only people at this stage: {', '.join(stage.value for stage in Stage)}. "
    "Can be repeated.",
)
@click.option(
    "--reply", "replies", is_flag=True, help="Write replies to the people with problems, as text."
)
@round_team_option
@anonymity_options("names and addresses")
@click.option(
    "--raters",
    type=WholeNumber(least=1),
    metavar="K",
    help="Name the statements of each team that fewer than this many people have rated; by default "
    "raters in campaign.toml.",
)
@format_option(OutputSubject.TABLES)
@click.option(
    "-o", "--output", default="-", metavar="FILE", help="Write to this file; - is stdout."
)
@output_options
@campaign_options(positional=True)
@common_options
def status(
    *,
    selection: CampaignOptions,
    only: tuple[str, ...],
    replies: bool,
    teams: tuple[str, ...],
    anonymous: bool,
    fewest: int,
    raters: int | None,
    format_name: str | None,
    output: str,
    force: bool,
) -> None:
    """
    Show who is missing, who is incomplete, and who had problems.

    \b
    Example: iml4e campaign status --only missing --format csv
    """
    from iml4e_xlsx.campaign.folder.clock import current_time
    from iml4e_xlsx.campaign.people.status import read_status
    from iml4e_xlsx.campaign.people.status_tables import StatusOptions
    from iml4e_xlsx.campaign.round_results import list_teams, read_participation
    from iml4e_xlsx.cli.campaign.status_hints import make_status_hints
    from iml4e_xlsx.output import check_target
    from iml4e_xlsx.text.interface_texts import load_texts

    if replies and format_name:
        raise usage_error("reply_without_format")
    if replies and anonymous:
        raise usage_error("reply_names_people")
    check_target(output, force=force)
    wanted = "" if replies else choose_format(output, format_name, OutputSubject.TABLES).name
    with open_session(selection, closed_too=True) as (campaign, record):
        campaign_status = read_status(campaign, record, now=current_time(), raters=raters)
        promised = campaign_status.promised_fewest or 1
        fewest = max(fewest, promised) if anonymous else fewest
        wants_teams = teams or fewest > 1
        results = read_participation(campaign, record, now=current_time()) if wants_teams else None
        say_other_places(campaign, record)
    shown = _list_shown_teams(results, fewest)
    if results is not None and teams:
        # Where small teams are joined, only those that are shown have names.
        listed = list_teams(shown.values()) if shown and fewest > 1 else results.teams
        campaign_status = _keep_teams(campaign_status, listed, teams, shown or {})
    _say_if_empty(campaign_status, chosen := [Stage(name) for name in only], replies=replies)
    texts = load_texts(campaign.settings.language)
    if replies:
        _name_copies(campaign_status, campaign.folder)
        _write_replies(campaign_status, texts, chosen, output, force=force)
        return
    options = StatusOptions(
        only=chosen,
        anonymous=anonymous,
        teams=shown if fewest > 1 else None,
        hints=make_status_hints(texts),
    )
    _show_status(campaign_status, wanted, texts, options, output, force=force)


def _show_status(
    status: Status,
    wanted: str,
    texts: Texts,
    options: StatusOptions,
    output: str,
    *,
    force: bool,
) -> None:
    """Show a status on the terminal, in brief, or write it in the wanted format."""
    from iml4e_xlsx.campaign.people import status_tables

    if wanted == "table" and output == "-":
        from iml4e_xlsx.report.formats.terminal import show_tables

        tables = status_tables.make_status_tables(status, texts, options, brief=True)
        show_tables(current_voice().open_console(), tables, texts)
        return
    data = status_tables.render_status(status, wanted, texts, options)
    current_voice().deliver(output, data, force=force)


def _list_shown_teams(
    results: RoundResults | None, fewest: int
) -> Mapping[int, AskedPerson] | None:
    """Return the people with the teams as which they are shown; None where nobody is."""
    # Nobody to be shown is no small group.
    if results is None or not results.asked or results.closed is not None:
        return None
    return results.list_shown_teams(fewest)


def _keep_teams(
    status: Status,
    listed: Sequence[RoundTeam],
    names: Sequence[str],
    shown: Mapping[int, AskedPerson],
) -> Status:
    """Return the status of the teams of these names; say what may be theirs, and is not in it."""
    from iml4e_xlsx.campaign.status_part import narrow_status

    teams = [team for name in names for team in find_round_teams(listed, name)]
    part = narrow_status(status, teams, shown)
    if part.files:
        current_voice().say("status_files_of_no_team", count=part.files)
    if part.letters:
        current_voice().say("status_letters_of_no_team", count=part.letters)
    return part.status


def _write_replies(
    status: Status, texts: Texts, stages: Sequence[Stage], output: str, *, force: bool
) -> None:
    """Write the replies to the people at some stages, or to all."""
    from iml4e_xlsx.campaign.people.status import join_replies

    text = printable_text(join_replies(status, texts, only=stages))
    if output == "-":
        click.echo(text, nl=False)
    else:
        current_voice().deliver(output, text.encode(), force=force)


def _name_copies(status: Status, folder: Path) -> None:
    """Say which replies have no room for everything, so that a mended copy goes with them."""
    for file in status.incomplete_replies:
        current_voice().say("reply_needs_copy", source=folder / file)


def _say_if_empty(status: Status, stages: list[Stage], *, replies: bool) -> None:
    """Say why nothing is shown, where nothing is."""
    if status.closed is not None:
        return
    if not status.people:
        current_voice().say("status_nobody")
    elif stages and not any(participant.stage in stages for participant in status.people):
        current_voice().say("status_nobody_at", stages=tuple(stage.value for stage in stages))
    elif replies and not _has_reply(status, stages):
        said = {"stages": tuple(stage.value for stage in stages)} if stages else {}
        current_voice().say(f"status_no_replies{'_at' if stages else ''}", **said)


def _has_reply(status: Status, stages: list[Stage]) -> bool:
    """Tell whether there is a reply to anybody at some stages, or at all."""
    return any(
        participant.person.id in status.replies
        for participant in (*status.people, *status.unlisted)
        if not stages or participant.stage in stages
    )
