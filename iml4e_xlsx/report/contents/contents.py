"""Collects what a report says, once for all its formats: figures, charts and tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from iml4e_xlsx.analysis.answer_selection import select_answers
from iml4e_xlsx.analysis.comparison import Comparison, compare_teams, group_by_scheme
from iml4e_xlsx.analysis.peer_benchmark import FEWEST, Benchmark, benchmark_assessments
from iml4e_xlsx.analysis.rounds import GAP_DAYS
from iml4e_xlsx.analysis.small_groups import join_small_groups, join_small_teams
from iml4e_xlsx.analysis.team_roadmap import Roadmap, plan_roadmap
from iml4e_xlsx.analysis.team_trend import Trends, trace_rounds, trace_trends
from iml4e_xlsx.analysis.teams import TeamAssessment
from iml4e_xlsx.analysis.workshop_agenda import Agenda, build_agenda
from iml4e_xlsx.errors import ReportError
from iml4e_xlsx.findings.about_answers import distinct_findings
from iml4e_xlsx.findings.error_codes import ReportErrorCode
from iml4e_xlsx.findings.failure import Failure
from iml4e_xlsx.findings.finding import Finding
from iml4e_xlsx.model import Assessment, Scheme
from iml4e_xlsx.report.charts.chart_data import (
    LineChart,
    RadarChart,
    TableChart,
    make_radar,
    make_trend_chart,
)
from iml4e_xlsx.report.contents.anonymity import hide_files
from iml4e_xlsx.report.contents.sections import SECTIONS, ReportSection
from iml4e_xlsx.report.tables.left_out_table import LeftOutEntry, list_entries
from iml4e_xlsx.report.tables.participation import Participation
from iml4e_xlsx.report.tables.source_tables import compare_by_source
from iml4e_xlsx.report.tables.table import Column, ColumnKind, ResultTable, drop_empty_columns
from iml4e_xlsx.scheme.coverage import SourceCoverage, cover_source
from iml4e_xlsx.text.interface_texts import scheme_texts
from iml4e_xlsx.text.texts import Texts

IN_FULL = 12
"""Up to so many teams each have all their pages; of more, the pages fold and the tables group."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamPage:
    """Everything about one team."""

    team: TeamAssessment
    agenda: Agenda
    roadmap: Roadmap

    @property
    def lists_members(self) -> bool:
        """Return whether the members have results of their own beside the team's."""
        return len(self.team.members) > 1


@dataclass(frozen=True, kw_only=True)
class Contents:
    """
    A report's contents: the teams as they are now, and how they got there.

    `left_out` names teams of other schemes, which cannot be compared; `failures` the files that
    could not be read; `files_left_out` has a finding on each file that is no answer; `undated` the
    responses that belong to no round and count as of now; `sources` are those by which statements
    are grouped; `participation` how many of those who were asked have answered, where that is
    known; `smallest_group` is how many people each figure is of at least.
    """

    scheme: Scheme
    title: str
    anonymous: bool
    comparison: Comparison
    pages: tuple[TeamPage, ...]
    trends: Trends
    peers: Benchmark
    profiles: tuple[str, ...]
    left_out: tuple[str, ...]
    failures: tuple[Failure, ...]
    files_left_out: tuple[Finding, ...] = ()
    sources: tuple[SourceCoverage, ...] = ()
    participation: Participation | None = None
    smallest_group: int = 1

    @property
    def texts(self) -> Texts:
        """Return the report's texts, in the scheme's language."""
        return scheme_texts(self.scheme)

    @property
    def teams(self) -> tuple[TeamAssessment, ...]:
        """Return the teams as they are now."""
        return self.comparison.teams

    @property
    def is_detailed(self) -> bool:
        """Return whether the teams are few enough for each to be shown in full."""
        return len(self.teams) <= IN_FULL

    @property
    def respondents(self) -> int:
        """Return how many responses the present results are made of."""
        return sum(len(team.members) for team in self.teams)

    @property
    def finding_count(self) -> int:
        """Return how many findings there are about the teams and the responses that count."""
        return sum(len(team.assessment.findings) for team in self.teams)

    @property
    def dates(self) -> tuple[str, str]:
        """Return the first and the last date of the present results; empty if none has any."""
        dates = [date for date in self._all_dates if date]
        return (min(dates), max(dates)) if dates else ("", "")

    @property
    def undated(self) -> str:
        """Return how many responses have no date; empty if all have one."""
        count = sum(not date for date in self._all_dates)
        return self.texts("report.without_date", count=count) if count else ""

    @property
    def _all_dates(self) -> list[str]:
        members = (member for team in self.teams for member in team.members)
        return [member.assessment.response.profile.date for member in members]

    @property
    def not_in_results(self) -> tuple[LeftOutEntry, ...]:
        """Return what is not in the results, with the reasons; without names if it has to be."""
        return list_entries(
            self.failures,
            self.files_left_out,
            self.texts,
            teams=self.left_out,
            anonymous=self.anonymous,
        )

    @cached_property
    def radar(self) -> RadarChart:
        """Return the radar of all teams, or of their median if they are many."""
        named = [(team.name, team.result) for team in self.teams]
        return make_radar(named, self.scheme, profiles=self.profiles)

    @cached_property
    def trend_chart(self) -> LineChart | None:
        """Return the indices over time; None where no team was assessed twice."""
        if not self.trends.trends:
            return None
        return make_trend_chart(self.trends, self.scheme)

    @property
    def sections(self) -> tuple[ReportSection, ...]:
        """Return the sections that have something to say, in the order of the page."""
        return tuple(section for section in SECTIONS if section.is_shown(self))

    @property
    def tables(self) -> tuple[ResultTable, ...]:
        """
        Return every table of the report as a workbook has them: one of each kind, by team.

        Columns without a value are left out, and tables in which nothing but names is left.
        """
        made = (table for section in self.sections for table in section.make_tables(self))
        pairs = ((table, drop_empty_columns(table)) for table in made)
        return tuple(
            kept for table, kept in pairs if kept == table or kept.columns != table.columns[:1]
        )

    @property
    def source_tables(self) -> tuple[ResultTable, ...]:
        """Return the teams by what each source asks for, as a page shows them."""
        named = [(team.name, team.assessment) for team in self.teams]
        return tuple(compare_by_source(named, coverage.source.key) for coverage in self.sources)

    @property
    def organisations(self) -> tuple[str, ...]:
        """Return the organisations that the teams belong to, as their members spell them."""
        profiles = (team.response.profile for team in self.teams)
        return tuple(sorted({each.organisation for each in profiles if each.organisation}))

    @property
    def cover_table(self) -> ResultTable:
        """Return what a workbook begins with: whose results they are, of when, and its sheets."""
        texts, dates = self.texts, tuple(dict.fromkeys(date for date in self.dates if date))
        subject = texts("report.subject", teams=len(self.teams), respondents=self.respondents)
        organisations = ", ".join(self.organisations)
        parts = (self.title, organisations, subject, " – ".join(dates), self.undated)
        return ResultTable(
            name="contents",
            title=texts("report.contents"),
            note=" · ".join(part for part in parts if part),
            columns=(
                Column("sheet", texts("view.sheet")),
                Column("shows", texts("view.shows"), ColumnKind.LONG),
            ),
            rows=tuple((table.title, table.note) for table in self.tables),
        )

    @property
    def table_charts(self) -> tuple[TableChart, ...]:
        """Return the charts that a workbook draws beside its tables."""
        texts = self.texts
        codes = tuple(area.code for area in self.scheme.areas)
        index, progress = texts("view.index_title"), texts("view.progress_title")
        rounds = tuple(self.trends.rounds)
        return (
            TableChart(table=index, kind="radar", columns=codes, title=index),
            TableChart(table=progress, kind="line", columns=rounds, title=progress),
        )


def make_contents(  # noqa: PLR0913 - each choice has a default, and most are left as they are
    outcomes: Iterable[Assessment | Failure | Finding],
    *,
    anonymous: bool = False,
    title: str = "",
    profiles: Sequence[str] = (),
    sources: Sequence[str] = (),
    gap_days: int = GAP_DAYS,
    fewest: int = FEWEST,
    smallest_group: int = 1,
    previous: Sequence[Sequence[Assessment]] | None = None,
) -> Contents:
    """
    Return the contents of a report.

    A team's present result is that of its latest round; responses without a date count there.

    Args:
        outcomes: What was read; a finding stands for a file that was left out.
        anonymous: Whether to leave out the names of respondents and their files.
        title: The title; the scheme's by default.
        profiles: Ids of reference profiles to draw on the radar.
        sources: Keys of sources by which to group the statements.
        gap_days: See `split_rounds`.
        fewest: See `benchmark_assessments`.
        smallest_group: How many people a team has at least that is shown; others are shown as one,
            and no member alone, so without names.
        previous: The responses of previous rounds, oldest round first, where it is known which
            belong together; all of `outcomes` are the present round then, whatever their dates.

    Raises:
        ReportError: If no file could be read, or the scheme has no such profile or source.
    """
    outcomes = list(outcomes)
    selection = select_answers(each for each in outcomes if isinstance(each, Assessment))
    assessments: Sequence[Assessment] = selection.answers
    left_out = [outcome for outcome in outcomes if isinstance(outcome, Finding)]
    if not assessments:
        raise ReportError(ReportErrorCode.NO_RESULT)
    anonymous = anonymous or smallest_group > 1  # each member alone is too small a group
    if previous is None:
        assessments = join_small_teams(assessments, smallest_group, gap_days=gap_days)
    else:
        *previous, assessments = join_small_groups([*previous, assessments], smallest_group)
    trends = _trace_teams(assessments, previous, gap_days, anonymous=anonymous)
    # teams of the scheme that most responses belong to; others cannot be compared with them
    first, *others = group_by_scheme(trends.current)
    scheme = first[0].scheme
    comparison = compare_teams(first)
    pages = tuple(
        TeamPage(team=team, agenda=build_agenda(team), roadmap=plan_roadmap(team.result, scheme))
        for team in first
    )
    own = [trend for trend in trends.trends if trend.scheme.id == scheme.id]
    contents = Contents(
        scheme=scheme,
        title=title or scheme.title,
        anonymous=anonymous,
        comparison=comparison,
        pages=pages,
        trends=replace(trends, trends=tuple(own)),
        peers=benchmark_assessments([team.assessment for team in first], scheme, fewest=fewest),
        profiles=tuple(profiles),
        sources=tuple(cover_source(scheme, key) for key in dict.fromkeys(sources)),
        left_out=tuple(team.name for group in others for team in group),
        failures=tuple(outcome for outcome in outcomes if isinstance(outcome, Failure)),
        files_left_out=_collect_left_out((*left_out, *selection.left_out), first, trends),
        smallest_group=smallest_group,
    )
    _ = contents.radar  # an unknown profile is refused here, not while the report is written
    return contents


def _trace_teams(
    assessments: Sequence[Assessment],
    previous: Sequence[Sequence[Assessment]] | None,
    gap_days: int,
    *,
    anonymous: bool,
) -> Trends:
    """Return the teams over all rounds, which are told by dates where previous ones are unknown."""
    if anonymous:
        assessments, *past = hide_files([assessments, *(previous or ())])
        previous = None if previous is None else past
    if previous is None:
        return trace_trends(assessments, gap_days=gap_days)
    return trace_rounds([*previous, assessments])


def _collect_left_out(
    files: Iterable[Finding], teams: Iterable[TeamAssessment], trends: Trends
) -> tuple[Finding, ...]:
    """Return what says of files that they do not count, each once."""
    of_teams = (finding for team in teams for finding in team.left_out)
    return distinct_findings((*files, *of_teams, *trends.left_out))
