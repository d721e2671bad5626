"""The workshop's agenda: what a team disagrees about, and ratings that no evidence supports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from iml4e_xlsx.analysis.teams import TeamAssessment
from iml4e_xlsx.model import RatingValue, Statement

MOST_ITEMS = 12
"""What a workshop of two hours can talk about."""

AGREED = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaItem:
    """A statement to talk about, with everybody's rating; `consensus` is below 1."""

    statement: Statement
    consensus: float
    median: RatingValue | None
    ratings: tuple[tuple[str, RatingValue | None], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsupportedRating:
    """A statement that a respondent rated as fully in place without any evidence."""

    statement: Statement
    respondents: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agenda:
    """
    One team's agenda: lowest consensus first.

    `comparable` is False where no statement has ratings of two respondents, so that there is
    nothing to disagree about; `disagreed` counts all statements that are not agreed upon.
    """

    team: TeamAssessment
    items: tuple[AgendaItem, ...]
    disagreed: int
    unsupported: tuple[UnsupportedRating, ...]
    comparable: bool


def build_agenda(team: TeamAssessment, *, most: int = MOST_ITEMS) -> Agenda:
    """
    Return what a team should talk about.

    Args:
        team: The team.
        most: How many of the statements with the lowest consensus to return.
    """
    scheme = team.scheme
    known = [(value, id_) for id_, value in team.consensus.items() if value is not None]
    open_to_talk = [(value, id_) for value, id_ in known if value < AGREED]
    lowest = sorted(open_to_talk, key=lambda item: item[0])[:most]
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
        disagreed=len(open_to_talk),
        unsupported=_unsupported(team),
        comparable=bool(known),
    )


def _unsupported(team: TeamAssessment) -> tuple[UnsupportedRating, ...]:
    found = []
    for id_, statement in team.scheme.statements.items():
        names = [
            member.name
            for member in team.members
            if (answer := member.assessment.response.answers.get(id_)) is not None
            and answer.rating == team.scheme.scale[-1]
            and not answer.evidence.strip()
        ]
        if names:
            found.append(UnsupportedRating(statement=statement, respondents=tuple(names)))
    return tuple(found)


def anonymous_ratings(
    ratings: Sequence[tuple[str, RatingValue | None]],
) -> list[RatingValue | None]:
    """Return ratings alone, highest first, so that the order does not tell whose is whose."""
    values = [rating for _, rating in ratings]
    return sorted(values, key=lambda v: (not isinstance(v, int), -v if isinstance(v, int) else 0))
