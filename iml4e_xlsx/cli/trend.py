"""Carries out `iml4e trend`: shows teams over time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from iml4e_xlsx.cli.options.output_options import view_options
from iml4e_xlsx.cli.options.reading_options import ReadingOptions
from iml4e_xlsx.cli.table_output import show
from iml4e_xlsx.cli.voice import voice

if TYPE_CHECKING:
    from iml4e_xlsx.analysis.team_trend import Trends
    from iml4e_xlsx.model import Assessment
    from iml4e_xlsx.report.tables.table import ResultTable


_team = click.option("--team", metavar="NAME", help="This team only; all of them by default.")


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
    reading: ReadingOptions,
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
    from iml4e_xlsx.report.formats.render import render_trend
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
        return render_trend(make_trend_chart(replace(found, trends=same), scheme), kind)

    show(paths, reading, form, output, views, force=force, draw=draw)
