"""
Lists the sections of the report, in the order of the page.

A section is an entry of `SECTIONS` and its words under `report.<title>`. Its tables stand in the
workbook, and on the page one below the other, unless `templates/report/sections/` has a layout
of its name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from iml4e_xlsx.report.tables.comparison_tables import (
    area_tables,
    benchmark_tables,
    difference_table,
    findings_table,
    progress_table,
)
from iml4e_xlsx.report.tables.left_out_table import left_out_table
from iml4e_xlsx.report.tables.overview_table import overview_table
from iml4e_xlsx.report.tables.participation import participation_table
from iml4e_xlsx.report.tables.source_tables import compare_by_source
from iml4e_xlsx.report.tables.standing import standing_table
from iml4e_xlsx.report.tables.table import Column, ResultTable, stack_tables
from iml4e_xlsx.report.tables.team_tables import (
    agenda_table,
    changes_table,
    evidence_gap_table,
    members_table,
    roadmap_table,
    statement_table,
    trend_table,
    unknown_answer_table,
)

if TYPE_CHECKING:
    from iml4e_xlsx.report.contents.contents import Contents


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSection:
    """
    A section of the report.

    Attributes:
        name: Its anchor on the page, and the name of its layout if it has one.
        title: The key of its heading, below `report`.
        make_tables: Makes its tables, as the workbook has them: one of each kind, by team.
        is_shown: Tells whether there is anything to say in it.
    """

    name: str
    title: str
    make_tables: Callable[[Contents], Iterable[ResultTable]] = lambda _: ()
    is_shown: Callable[[Contents], bool] = lambda _: True


def _summary_tables(contents: Contents) -> Iterator[ResultTable]:
    yield overview_table(contents.comparison)
    if contents.participation is not None:
        yield participation_table(contents.participation, contents.texts)
    yield from area_tables(contents.comparison)


def _team_tables(contents: Contents) -> Iterator[ResultTable]:
    yield difference_table(contents.comparison)
    standings = [
        (team.name, standing_table(team.name, team.result.areas, contents.scheme))
        for team in contents.teams
    ]
    yield _stack_by_team(contents, "standing", standings)


def _agenda_tables(contents: Contents) -> Iterator[ResultTable]:
    hidden = contents.anonymous
    pages = [(page.team.name, page) for page in contents.pages]
    agendas = [(name, agenda_table(page.agenda, anonymous=hidden)) for name, page in pages]
    gaps = [(name, evidence_gap_table(page.agenda, anonymous=hidden)) for name, page in pages]
    people = [(name, members_table(page.team)) for name, page in pages if page.lists_members]
    if people and not hidden:
        yield _stack_by_team(contents, "members", people)
    yield _stack_by_team(contents, "agenda", agendas)
    unknown = [
        (name, unknown_answer_table(page.agenda, anonymous=hidden))
        for name, page in pages
        if page.agenda.unknown_answers
    ]
    if unknown:
        yield _stack_by_team(contents, "questions", unknown)
    roadmaps = [(name, roadmap_table(page.roadmap, name)) for name, page in pages]
    yield _stack_by_team(contents, "roadmap", roadmaps)
    yield _stack_by_team(contents, "unsupported", gaps)


def _trend_tables(contents: Contents) -> Iterator[ResultTable]:
    trends = [(trend.name, trend) for trend in contents.trends.trends]
    yield progress_table(contents.trends, contents.scheme)
    rounds = contents.trends.rounds
    tables = [(name, trend_table(trend, rounds)) for name, trend in trends]
    yield _stack_by_team(contents, "trend", tables)
    for kind, lost in (("gained", False), ("lost", True)):
        changes = [(name, changes_table(trend, lost=lost)) for name, trend in trends]
        yield _stack_by_team(contents, kind, changes)


def _statement_tables(contents: Contents) -> Iterator[ResultTable]:
    statements = [
        (page.team.name, statement_table(page.team, area.code, anonymous=contents.anonymous))
        for page in contents.pages
        for area in contents.scheme.areas
    ]
    yield _stack_by_team(contents, "statements", statements)


def _by_source_tables(contents: Contents) -> Iterator[ResultTable]:
    for coverage in contents.sources:
        key, title = coverage.source.key, coverage.source.title
        labelled = [
            (team.name, compare_by_source([(team.name, team.assessment)], key))
            for team in contents.teams
        ]
        yield stack_tables(
            labelled,
            Column("team", contents.texts("view.team")),
            title=contents.texts("report.sheet_by_source", source=key),
            note=f"{title}. {labelled[0][1].note}",
        )


def _source_tables(contents: Contents) -> Iterator[ResultTable]:
    # The page shows the benchmark beside the teams; a workbook has it behind what it is made of.
    if contents.peers.groups and contents.peers.groups[0].areas:
        yield from benchmark_tables(contents.peers)
    if contents.not_in_results:
        yield left_out_table(contents.not_in_results, contents.texts)
    yield findings_table(contents.teams, contents.scheme, anonymous=contents.anonymous)


def _stack_by_team(
    contents: Contents, kind: str, labelled: Sequence[tuple[str, ResultTable]]
) -> ResultTable:
    texts = contents.texts
    return stack_tables(
        labelled,
        Column("team", texts("view.team")),
        title=texts(f"report.sheet_{kind}"),
        note=texts(f"report.sheet_{kind}_note"),
    )


SECTIONS: Final = (
    ReportSection(name="summary", title="summary", make_tables=_summary_tables),
    ReportSection(
        name="teams",
        title="teams",
        make_tables=_team_tables,
    ),
    ReportSection(name="agenda", title="agenda", make_tables=_agenda_tables),
    ReportSection(
        name="trend",
        title="trend",
        make_tables=_trend_tables,
        is_shown=lambda contents: bool(contents.trends.trends),
    ),
    ReportSection(
        name="by_source",
        title="by_source",
        make_tables=_by_source_tables,
        is_shown=lambda contents: bool(contents.sources),
    ),
    ReportSection(name="areas", title="areas_title", make_tables=_statement_tables),
    ReportSection(
        name="practice",
        title="practice",
        is_shown=lambda contents: bool(contents.scheme.profiles),
    ),
    ReportSection(name="method", title="method", make_tables=_source_tables),
)
"""The sections of the report; add an entry for another one."""
