"""Shows tables for a command: reads, makes them, writes them where the options say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from iml4e_xlsx.cli.options.reading_options import ReadingOptions
from iml4e_xlsx.cli.outcome_tally import Tally, outcomes_at
from iml4e_xlsx.cli.voice import voice

if TYPE_CHECKING:
    from iml4e_xlsx.analysis.teams import TeamAssessment
    from iml4e_xlsx.model import Assessment
    from iml4e_xlsx.report.tables.table import ResultTable


def chosen_teams(teams: Sequence[TeamAssessment], name: str | None) -> list[TeamAssessment]:
    """Return the team of a name, or all."""
    from iml4e_xlsx.text.spelling import name_key

    chosen = [one for one in teams if name is None or name_key(one.name) == name_key(name)]
    if not chosen:
        known = ", ".join(one.name for one in teams)
        raise click.UsageError(f"There is no team {name!r}; there are: {known}.")
    return chosen


def show_teams(
    paths: tuple[str, ...],
    reading: ReadingOptions,
    form: str | None,
    output: str,
    views: Callable[[Sequence[TeamAssessment]], list[ResultTable]],
    *,
    force: bool,
    write: Callable[[Sequence[TeamAssessment]], None] | None = None,
) -> None:
    """Show views of teams as they are now; those of another scheme are named and left out."""
    from iml4e_xlsx.analysis.comparison import group_by_scheme
    from iml4e_xlsx.analysis.team_trend import current_teams

    def of_teams(assessments: Sequence[Assessment]) -> list[ResultTable]:
        first, *others = group_by_scheme(current_teams(assessments))
        for group in others:
            names = ", ".join(one.name for one in group)
            voice().say(
                f"Left out, since results of different schemes cannot be compared: {names} "
                f"({group[0].scheme.id}; the others are {first[0].scheme.id})."
            )
        for finding in (f for one in first for f in one.findings):
            voice().say(str(finding))
        if write is not None:
            write(first)
            return []
        return views(first)

    show(paths, reading, form, output, of_teams, force=force)


def show(
    paths: tuple[str, ...],
    reading: ReadingOptions,
    form: str | None,
    output: str,
    views: Callable[[Sequence[Assessment]], list[ResultTable]],
    *,
    force: bool,
    draw: Callable[[Sequence[Assessment], str], bytes] | None = None,
) -> None:
    """Read, make the views or the picture, write them, and exit as the findings demand."""
    from iml4e_xlsx.model import Assessment
    from iml4e_xlsx.output import check_target, write_output
    from iml4e_xlsx.report.formats.format_registry import OutputSubject, choose_format
    from iml4e_xlsx.report.formats.render import render_tables
    from iml4e_xlsx.report.formats.terminal import show_tables

    check_target(output, force=force)
    subjects = [OutputSubject.TABLES, *([OutputSubject.TREND] if draw else [])]
    wanted = choose_format(output, form, *subjects)
    tally = Tally(strict=False)
    outcomes = list(tally.counted(outcomes_at(paths, reading)))
    assessments = [one for one in outcomes if isinstance(one, Assessment)]
    if assessments and draw is not None and OutputSubject.TABLES not in wanted.subjects:
        write_output(output, draw(assessments, wanted.name), force=force)
    elif assessments:
        found = views(assessments)
        if found and wanted.name == "table" and output == "-":
            show_tables(voice().console(), found)
        elif found:
            write_output(output, render_tables(found, wanted.name), force=force)
    tally.finish("")
