"""Carries out `iml4e campaign report`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from iml4e_xlsx.cli.campaign.campaign_session import open_session
from iml4e_xlsx.cli.campaign.round_teams import (
    keep_round_teams,
    name_files,
    round_team_option,
    say_left_out,
)
from iml4e_xlsx.cli.options.anonymity_options import anonymity_options
from iml4e_xlsx.cli.options.campaign_options import CampaignOptions, campaign_options
from iml4e_xlsx.cli.options.output_options import (
    format_option,
    output_options,
    refuse_picture,
    report_options,
)
from iml4e_xlsx.cli.options.value_types import WholeNumber
from iml4e_xlsx.cli.voice import common_options, current_voice, usage_error
from iml4e_xlsx.report.formats.format_registry import OutputFormat, OutputSubject, choose_format

if TYPE_CHECKING:
    from iml4e_xlsx.campaign.round_report import ReportOptions


@click.command()
@report_options("the campaign's name")
@round_team_option
@click.option(
    "--by",
    type=click.Choice(["team"]),
    help="Write a report for each team to the folder of -o; none has anything of another team.",
)
@format_option(OutputSubject.REPORT, "html")
@anonymity_options("the names of respondents and their files, and evidence")
@click.option(
    "--previous",
    multiple=True,
    metavar="PATH",
    help="Show the trend since this previous round: a campaign's folder or returned workbooks. By "
    "default the round that the last build --previous named. Can be repeated.",
)
@click.option("--no-previous", is_flag=True, help="Show no previous round.")
@click.option(
    "--gap",
    type=WholeNumber(least=1),
    metavar="DAYS",
    help="Split the workbooks of --previous into rounds after this many days without a response; "
    "by default 45. A campaign is always one round.",
)
@output_options
@campaign_options(positional=True)
@common_options
def report(
    *,
    selection: CampaignOptions,
    output: str,
    teams: tuple[str, ...],
    by: str | None,
    format_name: str | None,
    anonymous: bool,
    fewest: int,
    title: str,
    profiles: tuple[str, ...],
    sources: tuple[str, ...],
    previous: tuple[str, ...],
    no_previous: bool,
    gap: int | None,
    force: bool,
) -> None:
    """
    Write a report of the responses, with the response rate.

    \b
    Example: iml4e campaign report -o report.html
             iml4e campaign report --by team -o reports
    """
    from iml4e_xlsx.analysis.rounds import GAP_DAYS
    from iml4e_xlsx.campaign.round_report import ReportOptions

    if previous and no_previous:
        raise usage_error("previous_or_not")
    if by and teams:
        raise usage_error("by_and_team")
    wanted = ReportOptions(
        anonymous=anonymous,
        title=title,
        profiles=profiles,
        sources=sources,
        previous=previous or (() if no_previous else None),
        gap_days=gap or GAP_DAYS,
    )
    written = choose_format("-" if by else output, format_name, OutputSubject.REPORT)
    refuse_picture(written, {"--by-source": sources})
    if by:
        _write_by_team(selection, Path(output), wanted, written, fewest=fewest, force=force)
    else:
        _write_report(selection, output, wanted, written, teams, fewest=fewest, force=force)


def _write_report(
    selection: CampaignOptions,
    output: str,
    wanted: ReportOptions,
    written: OutputFormat,
    teams: tuple[str, ...],
    *,
    fewest: int,
    force: bool,
) -> None:
    """Write one report: of the whole round, or of some teams."""
    from iml4e_xlsx.campaign.folder.clock import current_time
    from iml4e_xlsx.campaign.round_report import report_results
    from iml4e_xlsx.campaign.round_results import read_results
    from iml4e_xlsx.output import check_target

    check_target(output, force=force)
    with open_session(selection, closed_too=True) as (campaign, record):
        whole = read_results(campaign, record, now=current_time()).join_small_teams(fewest)
        results = keep_round_teams(whole, teams)
        contents = report_results(campaign, record, results, wanted, now=current_time())
    current_voice().deliver(output, written.encode(OutputSubject.REPORT, contents), force=force)


def _write_by_team(
    selection: CampaignOptions,
    folder: Path,
    wanted: ReportOptions,
    written: OutputFormat,
    *,
    fewest: int,
    force: bool,
) -> None:
    """Write a report of each team to a folder, once all of them can be written."""
    from iml4e_xlsx.campaign.folder.clock import current_time
    from iml4e_xlsx.campaign.round_report import report_teams
    from iml4e_xlsx.campaign.round_results import read_results
    from iml4e_xlsx.output import check_folder, check_target

    check_folder(folder)
    with open_session(selection, closed_too=True) as (campaign, record):
        results = read_results(campaign, record, now=current_time()).join_small_teams(fewest)
        teams = [team for team in results.teams if team.has_answered]
        names = name_files(teams, written.suffix)
        for name in names.values():
            check_target(folder / name, force=force)
        reports = [
            (folder / names[team.key], written.encode(OutputSubject.REPORT, contents))
            for team, contents in report_teams(
                campaign, record, results, teams, wanted, now=current_time()
            )
        ]
    folder.mkdir(parents=True, exist_ok=True)
    for path, data in reports:
        current_voice().deliver(str(path), data, force=force)
    say_left_out(results)
