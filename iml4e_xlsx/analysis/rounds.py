"""Divides responses into rounds: those with dates close together belong to one round."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from iml4e_xlsx.model import Assessment

GAP_DAYS = 45
"""A round ends when no team responds for more days than these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One round: `first` and `last` are ISO 8601 dates; `last` names it."""

    first: str
    last: str
    assessments: tuple[Assessment, ...]

    @property
    def name(self) -> str:
        """Return the round's name: the date of its last response, or empty."""
        return self.last


def split_rounds(
    assessments: Iterable[Assessment], *, gap_days: int = GAP_DAYS
) -> tuple[tuple[Round, ...], tuple[Assessment, ...]]:
    """
    Return the rounds, oldest first, and the responses without a date, which belong to none.

    Args:
        assessments: In any order; within a round the order stays.
        gap_days: A response that comes more days than these after the last begins a new round.
    """
    whole = list(assessments)
    dated = [assessment for assessment in whole if assessment.response.profile.date]
    spans: list[list[str]] = []
    for day in sorted({assessment.response.profile.date for assessment in dated}):
        if spans and _days_between(spans[-1][-1], day) <= gap_days:
            spans[-1].append(day)
        else:
            spans.append([day])
    rounds = tuple(
        make_round(
            assessment
            for assessment in dated
            if span[0] <= assessment.response.profile.date <= span[-1]
        )
        for span in spans
    )
    undated = (assessment for assessment in whole if not assessment.response.profile.date)
    return rounds, tuple(undated)


def make_round(assessments: Iterable[Assessment]) -> Round:
    """Make a round of responses that belong together; at least one of them has a date."""
    whole = tuple(assessments)
    days = [day for assessment in whole if (day := assessment.response.profile.date)]
    return Round(first=min(days), last=max(days), assessments=whole)


def has_illegible_date(assessment: Assessment) -> bool:
    """Return whether somebody entered a date that was left out, since it cannot be read."""
    return any(
        finding.code == "date-unknown" or finding.subject == "profile.date"
        for finding in assessment.findings
    )


def _days_between(start: str, end: str) -> int:
    return (date.fromisoformat(end) - date.fromisoformat(start)).days
