"""Commands that say what results mean: compare, agenda, roadmap, trend, benchmark, report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from iml4e_xlsx.cli.common import common_options, output_options, voice
from iml4e_xlsx.cli.reading import How, Tally, outcomes_at, reading_options
from iml4e_xlsx.cli.views import chosen_teams, report_options, show, show_teams, view_options

if TYPE_CHECKING:
    from iml4e_xlsx.analysis.team_trend import Trends
    from iml4e_xlsx.analysis.teams import TeamAssessment
    from iml4e_xlsx.model import Assessment
    from iml4e_xlsx.report.tables.table import ResultTable

_anonymous = click.option("--anonymous", is_flag=True, help="Leave the respondents' names out.")
_team = click.option("--team", metavar="NAME", help="This team only; all of them by default.")


@click.command()
@view_options
def compare(
    paths: tuple[str, ...], *, how: How, form: str | None, output: str, force: bool
) -> None:
    """
    Put teams side by side, and say where they differ and who could teach whom.

    \b
    Example: iml4e compare returned/
    """
    from iml4e_xlsx.analysis.comparison import compare_teams as side_by_side
    from iml4e_xlsx.report.tables.comparison_tables import (
        area_tables,
        difference_table,
        overview_table,
    )

    def views(teams: Sequence[TeamAssessment]) -> list[ResultTable]:
        found = side_by_side(teams)
        return [overview_table(found), *area_tables(found), difference_table(found)]

    show_teams(paths, how, form, output, views, force=force)


@click.command()
@_anonymous
@_team
@click.option("--most", type=click.IntRange(min=1), help="How many statements; 12 by default.")
@view_options
def agenda(
    paths: tuple[str, ...],
    *,
    how: How,
    form: str | None,
    output: str,
    force: bool,
    team: str | None,
    most: int | None,
    anonymous: bool,
) -> None:
    """
    List what a team should talk about: statements on which its members disagree most.

    \b
    Example: iml4e agenda returned/ --team "Fraud Detection" --anonymous
    """
    from iml4e_xlsx.analysis.workshop_agenda import MOST_ITEMS, build_agenda
    from iml4e_xlsx.report.tables.team_tables import agenda_table, unsupported_table

    def views(teams: Sequence[TeamAssessment]) -> list[ResultTable]:
        found = [build_agenda(one, most=most or MOST_ITEMS) for one in chosen_teams(teams, team)]
        shown = (agenda_table, unsupported_table)
        return [show(one, anonymous=anonymous) for one in found for show in shown]

    show_teams(paths, how, form, output, views, force=force)


@click.command()
@_team
@click.option(
    "--target",
    "targets",
    multiple=True,
    metavar="AREA=LEVEL",
    help="A target in place of the workbook's; a bare LEVEL is for all areas. Can be given again.",
)
@click.option(
    "--issues", is_flag=True, help="As CSV that issue trackers import: title, description."
)
@view_options
def roadmap(
    paths: tuple[str, ...],
    *,
    how: How,
    form: str | None,
    output: str,
    force: bool,
    team: str | None,
    targets: tuple[str, ...],
    issues: bool,
) -> None:
    """
    Plan the way from the level reached to the target, statement by statement.

    \b
    Example: iml4e roadmap returned/alpha.xlsx --target 3 -o roadmap.md
    """
    from iml4e_xlsx.analysis.team_roadmap import Roadmap, plan_roadmap
    from iml4e_xlsx.output import write_output
    from iml4e_xlsx.report.formats.issues_csv import render_issues
    from iml4e_xlsx.report.tables.team_tables import roadmap_table
    from iml4e_xlsx.roster import parse_targets

    def plans(teams: Sequence[TeamAssessment]) -> list[tuple[TeamAssessment, Roadmap]]:
        chosen = chosen_teams(teams, team)
        try:
            wanted = parse_targets(targets, chosen[0].scheme)
        except ValueError as error:
            raise click.BadParameter(f"{error}.", param_hint="--target") from error
        return [(one, plan_roadmap(one.result, one.scheme, targets=wanted)) for one in chosen]

    def views(teams: Sequence[TeamAssessment]) -> list[ResultTable]:
        return [roadmap_table(found, one.name) for one, found in plans(teams)]

    def write_issues(teams: Sequence[TeamAssessment]) -> None:
        text = render_issues((found, one.name) for one, found in plans(teams))
        write_output(output, text.encode(), force=force)

    show_teams(paths, how, form, output, views, force=force, write=write_issues if issues else None)


@click.command()
@_team
@click.option(
    "--gap",
    type=click.IntRange(min=1),
    metavar="DAYS",
    help="So many days without a response end a round; 45 by default.",
)
@view_options
def trend(
    paths: tuple[str, ...],
    *,
    how: How,
    form: str | None,
    output: str,
    force: bool,
    team: str | None,
    gap: int | None,
) -> None:
    """
    Show teams over time: index and level by round, what was gained, what fell back.

    Where the suffix is .png or .svg, a line chart for each area.

    \b
    Example: iml4e trend 2025/ 2026/
    """
    from dataclasses import replace

    from iml4e_xlsx.analysis.rounds import GAP_DAYS
    from iml4e_xlsx.analysis.team_trend import trace_trends
    from iml4e_xlsx.report.charts.chart_data import make_trend_chart
    from iml4e_xlsx.report.charts.line_chart import draw_lines
    from iml4e_xlsx.report.tables.team_tables import changes_table, trend_table
    from iml4e_xlsx.text.spelling import name_key

    def chosen(assessments: Sequence[Assessment]) -> Trends:
        found = trace_trends(assessments, gap_days=gap or GAP_DAYS)
        for one in found.undated:
            voice().say(f"{one.response.source}: no date, so it belongs to no round.")
        for name in found.once:
            voice().say(f"{name}: assessed in one round only, so there is no trend.")
        wanted = [
            one for one in found.trends if team is None or name_key(one.name) == name_key(team)
        ]
        if not wanted:
            raise click.UsageError("No team was assessed in two rounds, so there is no trend.")
        return replace(found, trends=tuple(wanted))

    def views(assessments: Sequence[Assessment]) -> list[ResultTable]:
        shown = []
        for one in chosen(assessments).trends:
            changes = [changes_table(one, lost=lost) for lost in (False, True)]
            shown += [trend_table(one), *changes]
        return shown

    def draw(assessments: Sequence[Assessment], kind: str) -> bytes:
        found = chosen(assessments)
        scheme = found.trends[0].scheme
        same = tuple(one for one in found.trends if one.scheme.id == scheme.id)
        return draw_lines(make_trend_chart(replace(found, trends=same), scheme), kind=kind)

    show(paths, how, form, output, views, force=force, draw=draw)


@click.command()
@click.option(
    "--by", "field", metavar="FIELD", default="", help="Group by a profile field: sector, size."
)
@click.option("--own", metavar="TEAM", help="The team whose place among the others is wanted.")
@click.option(
    "--fewest",
    type=click.IntRange(min=2),
    help="Show no figure of a group of fewer assessments; 5 by default.",
)
@view_options
def benchmark(
    paths: tuple[str, ...],
    *,
    how: How,
    form: str | None,
    output: str,
    force: bool,
    field: str,
    own: str | None,
    fewest: int | None,
) -> None:
    """
    Show median, quartiles and the own percentile by area, over any set of workbooks.

    Of a group of fewer than five assessments no figure is shown: it could be traced to one.

    \b
    Example: iml4e benchmark all/ --by sector --own "Fraud Detection"
    """
    from iml4e_xlsx.analysis.peer_benchmark import FEWEST, benchmark_assessments
    from iml4e_xlsx.model import PROFILE_NAMES
    from iml4e_xlsx.report.tables.comparison_tables import benchmark_tables

    if field and field not in PROFILE_NAMES:
        known = ", ".join(PROFILE_NAMES)
        raise click.BadParameter(
            f"there is no field {field!r}; use one of {known}.", param_hint="--by"
        )

    def views(teams: Sequence[TeamAssessment]) -> list[ResultTable]:
        mine = chosen_teams(teams, own)[0].result if own else None
        given = [one.assessment for one in teams]
        found = benchmark_assessments(
            given, teams[0].scheme, field=field, own=mine, fewest=fewest or FEWEST
        )
        if found.without_field:
            voice().say(f"{found.without_field} assessments do not state their {field}.")
        if not found.groups:
            raise click.UsageError(f"No assessment states its {field}, so there are no groups.")
        return list(benchmark_tables(found))

    show_teams(paths, how, form, output, views, force=force)


@click.command()
@report_options("the scheme's title")
@_anonymous
@click.option(
    "--gap",
    type=click.IntRange(min=1),
    metavar="DAYS",
    help="So many days without a response end a round; 45 by default.",
)
@reading_options
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@output_options
@common_options
def report(
    paths: tuple[str, ...],
    *,
    how: How,
    output: str,
    force: bool,
    anonymous: bool,
    title: str,
    profiles: tuple[str, ...],
    gap: int | None,
) -> None:
    """
    Write the results to show: teams side by side, agenda, roadmap, trend.

    Returned workbooks are taken from files, folders, zips, mails.

    \b
    Example: iml4e report returned/ -o report.html
    """
    from iml4e_xlsx.analysis.rounds import GAP_DAYS
    from iml4e_xlsx.output import check_target, write_output
    from iml4e_xlsx.report.contents.contents import make_contents
    from iml4e_xlsx.report.formats.render import render_report

    check_target(output, force=force)
    tally = Tally(strict=False)
    outcomes = list(tally.counted(outcomes_at(paths, how)))
    if not tally.results:
        tally.finish("")
        return
    try:
        contents = make_contents(
            outcomes, anonymous=anonymous, title=title, profiles=profiles, gap_days=gap or GAP_DAYS
        )
        data = render_report(contents, output)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    write_output(output, data, force=force)
    voice().say(f"Wrote {output}." if output != "-" else "")
    tally.finish("")
