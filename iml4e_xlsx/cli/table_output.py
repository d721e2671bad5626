"""Shows tables for a command: reads, makes them, writes them where the options say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from iml4e_xlsx.cli.options.reading_options import ReadingOptions
from iml4e_xlsx.cli.outcome_tally import OutcomeTally, read_answers
from iml4e_xlsx.cli.team_choice import find_teams, no_team_error
from iml4e_xlsx.cli.voice import current_voice, data_error
from iml4e_xlsx.text.message import Message, message

if TYPE_CHECKING:
    from iml4e_xlsx.analysis.teams import TeamAssessment
    from iml4e_xlsx.model import Assessment, Scheme
    from iml4e_xlsx.report.tables.table import ResultTable


def choose_team(teams: Sequence[TeamAssessment], name: str) -> TeamAssessment:
    """Return the team of a name; an error if there is none, or if several may be meant."""
    found = find_teams(teams, name, lambda team: (team.name, team.response.profile.team))
    if not found:
        raise no_team_error(name, [team.name for team in teams])
    if len(found) > 1:
        raise data_error("several_teams", name=name, teams=tuple(team.name for team in found))
    return found[0]


def show_teams(
    paths: tuple[str, ...],
    reading: ReadingOptions,
    format_name: str | None,
    output: str,
    make_tables: Callable[[Sequence[TeamAssessment]], list[ResultTable]],
    *,
    force: bool,
    write: Callable[[Sequence[TeamAssessment]], None] | None = None,
) -> None:
    """Show tables of teams as they are now; teams of another scheme are named and left out."""
    from iml4e_xlsx.analysis.comparison import group_by_scheme
    from iml4e_xlsx.analysis.team_trend import current_teams
    from iml4e_xlsx.findings.finding_groups import group_across_files
    from iml4e_xlsx.report.contents.anonymity import hide_team_files, rename_places
    from iml4e_xlsx.text.interface_texts import scheme_texts

    def make_team_tables(
        assessments: Sequence[Assessment], tally: OutcomeTally
    ) -> list[ResultTable]:
        named = current_teams(assessments)
        teams = hide_team_files(named) if reading.anonymous else named
        shown_names = {team.name: shown.name for team, shown in zip(named, teams, strict=True)}
        first, *others = group_by_scheme(teams)
        for group in others:
            current_voice().say(
                "other_scheme",
                teams=tuple(team.name for team in group),
                scheme=_name_scheme(group[0].scheme),
                first=_name_scheme(first[0].scheme),
            )
        tally.note_teams(first)
        said = {*tally.left_out, *tally.choices}
        findings = [finding for team in first for finding in team.findings if finding not in said]
        findings = rename_places(findings, shown_names)
        for finding_group in group_across_files(findings, scheme_texts(first[0].scheme)):
            current_voice().say_group(finding_group)
        if write is not None:
            write(first)
            return []
        return make_tables(first)

    show_results(paths, reading, format_name, output, make_team_tables, force=force)


def _name_scheme(scheme: Scheme) -> Message:
    """Return what tells a scheme from others: also of one scheme, versions and forms differ."""
    key = "commands.scheme_form" if scheme.form else "commands.scheme_version"
    return message(key, id=scheme.id, version=scheme.version, form=scheme.form)


def show_results(
    paths: tuple[str, ...],
    reading: ReadingOptions,
    format_name: str | None,
    output: str,
    make_tables: Callable[[Sequence[Assessment], OutcomeTally], list[ResultTable]],
    *,
    force: bool,
    draw: Callable[[Sequence[Assessment], str, OutcomeTally], bytes] | None = None,
) -> None:
    """Read, make the tables or the picture, write them, and exit as the findings demand."""
    from iml4e_xlsx.model import Assessment
    from iml4e_xlsx.output import check_target
    from iml4e_xlsx.report.formats.format_registry import OutputSubject, choose_format
    from iml4e_xlsx.report.formats.render import render_tables
    from iml4e_xlsx.report.formats.terminal import show_tables
    from iml4e_xlsx.text.interface_texts import scheme_texts

    check_target(output, force=force)
    subjects = [OutputSubject.TABLES, *([OutputSubject.TREND] if draw else [])]
    chosen_format = choose_format(output, format_name, *subjects)
    tally = OutcomeTally(strict=False)
    outcomes = read_answers(paths, reading, tally)
    assessments = [outcome for outcome in outcomes if isinstance(outcome, Assessment)]
    if assessments and draw is not None and OutputSubject.TABLES not in chosen_format.subjects:
        data = draw(assessments, chosen_format.name, tally)
        current_voice().deliver(output, data, force=force)
    elif assessments:
        tables = make_tables(assessments, tally)
        if tables and chosen_format.name == "table" and output == "-":
            show_tables(current_voice().open_console(), tables, scheme_texts(assessments[0].scheme))
        elif tables:
            data = render_tables(tables, chosen_format.name)
            current_voice().deliver(output, data, force=force)
    tally.finish_command()
