"""Holds everything that a run has read: results, failures, and the tables of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from iml4e_xlsx.analysis.answer_selection import merge_copies
from iml4e_xlsx.analysis.team_trend import Trends, trace_trends
from iml4e_xlsx.analysis.teams import TeamAssessment, group_by_team
from iml4e_xlsx.findings.failure import Failure
from iml4e_xlsx.findings.finding import Finding
from iml4e_xlsx.jobs.batch import assess_workbooks, find_workbooks, leave_out_results
from iml4e_xlsx.model import Assessment
from iml4e_xlsx.reading.identity import Schemes
from iml4e_xlsx.spreadsheets.limits import Limits

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Results:
    """
    The outcomes of reading several workbooks, in the order in which they were read.

    `left_out` has a finding on each file that is no answer: a copy, or results of this program.
    pandas is imported when a table is asked for.
    """

    outcomes: tuple[Assessment | Failure, ...]
    left_out: tuple[Finding, ...] = ()

    @classmethod
    def read(
        cls,
        *paths: str | Path,
        schemes: Schemes | None = None,
        limits: Limits | None = None,
        carry: bool = False,
    ) -> Results:
        """Read and score the workbooks at the paths: files, folders, zips."""
        sources = find_workbooks(paths, limits=limits)
        read = assess_workbooks(sources, schemes=schemes, limits=limits, carry=carry)
        left_out: list[Finding] = []
        outcomes = merge_copies(leave_out_results(read, left_out.append), left_out.append)
        return cls(tuple(outcomes), tuple(left_out))

    @property
    def assessments(self) -> tuple[Assessment, ...]:
        """Return the workbooks that were read."""
        return tuple(outcome for outcome in self.outcomes if isinstance(outcome, Assessment))

    @property
    def failures(self) -> tuple[Failure, ...]:
        """Return the files that yielded no response."""
        return tuple(outcome for outcome in self.outcomes if isinstance(outcome, Failure))

    @cached_property
    def teams(self) -> tuple[TeamAssessment, ...]:
        """Return a result for each team; see `group_by_team`."""
        return group_by_team(self.assessments)

    @cached_property
    def trends(self) -> Trends:
        """Return the teams over time; see `trace_trends`."""
        return trace_trends(self.assessments)

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each area of each result, and one for the whole; see `area_frame`."""
        from iml4e_xlsx.report.formats.frames import area_frame

        return area_frame(self.assessments)

    def statements_frame(self) -> pd.DataFrame:
        """Return one row for each statement of each result; see `statement_frame`."""
        from iml4e_xlsx.report.formats.frames import statement_frame

        return statement_frame(self.assessments)

    def teams_frame(self) -> pd.DataFrame:
        """Return one row for each area of each team, and one for the whole."""
        from iml4e_xlsx.report.formats.frames import area_frame

        return area_frame(team.assessment for team in self.teams)
