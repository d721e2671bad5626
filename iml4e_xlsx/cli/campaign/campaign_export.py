"""Carries out `iml4e campaign export`."""

from __future__ import annotations

import click

from iml4e_xlsx.cli.campaign.campaign_session import open_session
from iml4e_xlsx.cli.campaign.round_teams import keep_round_teams, round_team_option
from iml4e_xlsx.cli.options.anonymity_options import anonymity_options
from iml4e_xlsx.cli.options.campaign_options import CampaignOptions, campaign_options
from iml4e_xlsx.cli.options.output_options import (
    format_option,
    output_options,
    results_output_option,
)
from iml4e_xlsx.cli.voice import common_options, current_voice
from iml4e_xlsx.report.formats.format_registry import OutputSubject, choose_format


@click.command()
@format_option(OutputSubject.RESULTS)
@results_output_option
@click.option("--group", type=click.Choice(["team"]), help="Compute one result per team.")
@click.option(
    "--rows",
    type=click.Choice(["areas", "statements"]),
    default="areas",
    show_default=True,
    help="Choose the rows of a csv or parquet table.",
)
@anonymity_options("names, roles, files, ids, evidence and findings")
@round_team_option
@output_options
@campaign_options(positional=True)
@common_options
def export(
    *,
    selection: CampaignOptions,
    format_name: str | None,
    output: str,
    group: str | None,
    rows: str,
    teams: tuple[str, ...],
    anonymous: bool,
    fewest: int,
    force: bool,
) -> None:
    """
    Write the results as data, as `iml4e score` does.

    Where names are left out, there is one result for each team; with --fewest 1, for each person.

    \b
    Example: iml4e campaign export --anonymous -o results.csv
    """
    from iml4e_xlsx.analysis.teams import group_by_team
    from iml4e_xlsx.campaign.folder.clock import current_time
    from iml4e_xlsx.campaign.round_report import export_results, render_results
    from iml4e_xlsx.campaign.round_results import read_results
    from iml4e_xlsx.output import check_target
    from iml4e_xlsx.report.formats.terminal import show_outcomes, show_teams

    check_target(output, force=force)
    wanted = choose_format(output, format_name, OutputSubject.RESULTS).name
    with open_session(selection, closed_too=True) as (campaign, record):
        whole = read_results(campaign, record, now=current_time()).join_small_teams(fewest)
    # Of a closed round only teams have results, whatever the options say.
    is_whole = whole.fewest > 1
    found = export_results(keep_round_teams(whole, teams), anonymous=anonymous or is_whole)
    by_team = group is not None or is_whole
    if wanted == "table" and output == "-" and found:
        console = current_voice().open_console()
        grouped = group_by_team(found) if by_team else []
        if grouped and not is_whole:
            show_teams(console, grouped)
        else:  # of small groups, nothing of a single person
            show_outcomes(console, [team.assessment for team in grouped] or found)
        return
    data = render_results(
        found, wanted, by_team=by_team, whole=is_whole, statements=rows == "statements"
    )
    current_voice().deliver(output, data, force=force)
