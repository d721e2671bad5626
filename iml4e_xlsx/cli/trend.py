"""Carries out `iml4e trend`: shows teams over time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import click

from iml4e_xlsx.cli.options.output_options import trend_options
from iml4e_xlsx.cli.options.reading_options import ReadingOptions, team_option
from iml4e_xlsx.cli.options.value_types import WholeNumber
from iml4e_xlsx.cli.table_output import show_results
from iml4e_xlsx.cli.voice import current_voice, data_error

if TYPE_CHECKING:
    from iml4e_xlsx.analysis.team_trend import Trends
    from iml4e_xlsx.cli.outcome_tally import OutcomeTally
    from iml4e_xlsx.model import Assessment
    from iml4e_xlsx.report.tables.table import ResultTable


_LISTED_DATES: Final = 5


@click.command()
@team_option
@click.option(
    "--gap",
    type=WholeNumber(least=1),
    metavar="DAYS",
    help="Start a new round after this many days without a response; by default 45.",
)
@trend_options
def trend(
    paths: tuple[str, ...],
    *,
    reading: ReadingOptions,
    format_name: str | None,
    output: str,
    force: bool,
    gap: int | None,
) -> None:
    """
    Show teams over time: index, level, gains and losses.

    With the suffix of a picture, the output is a line chart for each area.

    \b
    Example: iml4e trend 2025/ 2026/
    """
    from dataclasses import replace

    from iml4e_xlsx.report.charts.chart_data import make_trend_chart
    from iml4e_xlsx.report.formats.render import render_trend
    from iml4e_xlsx.report.tables.team_tables import changes_table, trend_table

    def make_tables(assessments: Sequence[Assessment], tally: OutcomeTally) -> list[ResultTable]:
        tables = []
        for trend in _trace_trends(assessments, tally, gap).trends:
            changes = [changes_table(trend, lost=lost) for lost in (False, True)]
            tables += [trend_table(trend), *changes]
        return tables

    def draw_trends(assessments: Sequence[Assessment], kind: str, tally: OutcomeTally) -> bytes:
        trends = _trace_trends(assessments, tally, gap)
        scheme = trends.trends[0].scheme
        same = tuple(trend for trend in trends.trends if trend.scheme.id == scheme.id)
        return render_trend(make_trend_chart(replace(trends, trends=same), scheme), kind)

    show_results(paths, reading, format_name, output, make_tables, force=force, draw=draw_trends)


def _trace_trends(
    assessments: Sequence[Assessment], tally: OutcomeTally, gap: int | None
) -> Trends:
    """Return the trends of the teams, and say what is in none of them."""
    from iml4e_xlsx.analysis.rounds import GAP_DAYS, has_illegible_date
    from iml4e_xlsx.analysis.team_trend import trace_trends

    trends = trace_trends(assessments, gap_days=gap or GAP_DAYS)
    tally.note_trends(trends)
    for assessment in trends.undated:
        key = "trend_date_unreadable" if has_illegible_date(assessment) else "trend_undated"
        current_voice().say(key, source=assessment.response.source)
    if not trends.trends:
        tally.say_failures()  # perhaps the other round
        raise _explain_no_trend(assessments, trends, gap or GAP_DAYS)
    if trends.once:
        current_voice().say("trend_once", teams=trends.once)
    return trends


def _explain_no_trend(
    assessments: Sequence[Assessment], trends: Trends, gap: int
) -> click.ClickException:
    """Make the error that says why nothing can be shown over time, and what helps."""
    from iml4e_xlsx.text.lists import list_names

    dates = sorted({each.response.profile.date for each in assessments} - {""})
    if not dates:
        return data_error("trend_no_date")
    found = list_names(dates, _LISTED_DATES)
    if len(trends.rounds) == 1:
        return data_error("trend_one_round", dates=found, gap=gap)
    return data_error("trend_none", rounds=trends.rounds)
