"""Builds a workshop's agenda: disputed statements, and top ratings without evidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from iml4e_xlsx.analysis.teams import TeamAssessment
from iml4e_xlsx.model import RatingValue, Statement

MOST_ITEMS = 12
"""A workshop of two hours can discuss so many statements."""

AGREED = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaItem:
    """A statement to discuss, with everybody's rating; `consensus` is below 1."""

    statement: Statement
    consensus: float
    median: RatingValue | None
    ratings: tuple[tuple[str, RatingValue | None], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsupportedRating:
    """A statement that respondents rated as fully in place without any evidence."""

    statement: Statement
    respondents: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agenda:
    """
    One team's agenda: lowest consensus first.

    `comparable` is False if no statement has ratings of two respondents, so that there is
    nothing to disagree about; `disagreed` counts all statements without full consensus.
    """

    team: TeamAssessment
    items: tuple[AgendaItem, ...]
    disagreed: int
    unsupported: tuple[UnsupportedRating, ...]
    comparable: bool


def build_agenda(team: TeamAssessment, *, most: int = MOST_ITEMS) -> Agenda:
    """
    Build the agenda of a team's workshop.

    Args:
        team: The team.
        most: The agenda has at most so many statements, those with the lowest consensus.
    """
    scheme = team.scheme
    measured = [(value, id_) for id_, value in team.consensus.items() if value is not None]
    disputed = [(value, id_) for value, id_ in measured if value < AGREED]
    lowest = sorted(disputed, key=lambda item: item[0])[:most]
    return Agenda(
        team=team,
        items=tuple(
            AgendaItem(
                statement=scheme.statements[id_],
                consensus=value,
                median=team.response.answers[id_].rating,
                ratings=team.ratings(id_),
            )
            for value, id_ in lowest
        ),
        disagreed=len(disputed),
        unsupported=tuple(_find_unsupported(team)),
        comparable=bool(measured),
    )


def _find_unsupported(team: TeamAssessment) -> Iterator[UnsupportedRating]:
    for id_, statement in team.scheme.statements.items():
        names = tuple(
            member.name
            for member in team.members
            if (answer := member.assessment.response.answers.get(id_)) is not None
            and answer.rating == team.scheme.scale[-1]
            and not answer.evidence.strip()
        )
        if names:
            yield UnsupportedRating(statement=statement, respondents=names)


def anonymous_ratings(
    ratings: Sequence[tuple[str, RatingValue | None]],
) -> list[RatingValue | None]:
    """Return ratings without names, highest first: their order does not betray the respondents."""
    values = [rating for _, rating in ratings]
    return sorted(
        values,
        key=lambda value: (not isinstance(value, int), -value if isinstance(value, int) else 0),
    )
