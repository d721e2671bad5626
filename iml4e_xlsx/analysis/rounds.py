"""Rounds of an assessment: responses whose dates lie close together belong to one round."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from iml4e_xlsx.model import Assessment

GAP_DAYS = 45
"""So many days without a response, counted over all teams, end a round."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One round: `first` and `last` are ISO 8601 dates; `last` names it."""

    first: str
    last: str
    assessments: tuple[Assessment, ...]

    @property
    def name(self) -> str:
        """Return what the round is called: the date of its last response, or empty."""
        return self.last


def split_rounds(
    assessments: Iterable[Assessment], *, gap_days: int = GAP_DAYS
) -> tuple[tuple[Round, ...], tuple[Assessment, ...]]:
    """
    Return the rounds, oldest first, and the responses without a date, which belong to none.

    Args:
        assessments: In any order; within a round the order is kept.
        gap_days: A response more than so many days after the one before it begins a new round.
    """
    given = list(assessments)
    dated = [one for one in given if one.response.profile.date]
    days = sorted({one.response.profile.date for one in dated})
    spans: list[list[str]] = []
    for day in days:
        if spans and _days_between(spans[-1][-1], day) <= gap_days:
            spans[-1].append(day)
        else:
            spans.append([day])
    rounds = tuple(
        make_round(one for one in dated if span[0] <= one.response.profile.date <= span[-1])
        for span in spans
    )
    return rounds, tuple(one for one in given if not one.response.profile.date)


def make_round(assessments: Iterable[Assessment]) -> Round:
    """Return a round of responses that belong together; at least one of them has a date."""
    given = tuple(assessments)
    days = [one.response.profile.date for one in given if one.response.profile.date]
    return Round(first=min(days), last=max(days), assessments=given)


def _days_between(earlier: str, later: str) -> int:
    return (date.fromisoformat(later) - date.fromisoformat(earlier)).days
