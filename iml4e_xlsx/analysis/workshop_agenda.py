"""Builds a workshop's agenda: disputed statements, and top ratings without evidence."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from iml4e_xlsx.analysis.lost_answers import find_unread_evidence
from iml4e_xlsx.analysis.teams import TeamAssessment
from iml4e_xlsx.model import DONT_KNOW, NOT_APPLICABLE, RatingValue, Statement, is_open

MOST_ITEMS = 12
"""A workshop of two hours can discuss so many statements."""

AGREED = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaItem:
    """
    A statement to discuss, with everybody's rating.

    `disputes_applicability` tells whether some call it n/a and others rate it. Elsewhere
    `consensus` is below 1; there it is that of the ratings, None for fewer than two.
    """

    statement: Statement
    consensus: float | None
    disputes_applicability: bool
    median: RatingValue | None
    ratings: tuple[tuple[str, RatingValue | None], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsupportedRating:
    """A statement that respondents rated as fully in place without any evidence."""

    statement: Statement
    respondents: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownAnswer:
    """
    A statement that somebody does not know about.

    `is_open` tells whether nobody else in the team does: then the team has no answer to it.
    """

    statement: Statement
    respondents: tuple[str, ...]
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Agenda:
    """
    One team's agenda: first what the team's n/a leaves out although somebody rated it.

    Then follow the others, lowest consensus first. `comparable` is False if no statement has
    answers of two respondents, so that there is nothing to disagree about; `disagreed` counts all
    statements without full consensus, and those that some call n/a and others rate.
    `unknown_answers` are what somebody does not know about, first what nobody answers.
    """

    team: TeamAssessment
    items: tuple[AgendaItem, ...]
    disagreed: int
    unsupported: tuple[UnsupportedRating, ...]
    unknown_answers: tuple[UnknownAnswer, ...]
    comparable: bool


def build_agenda(team: TeamAssessment, *, most: int = MOST_ITEMS) -> Agenda:
    """
    Build the agenda of a team's workshop.

    Args:
        team: The team.
        most: The agenda has at most so many statements, those with the lowest consensus.
    """
    scheme = team.scheme
    disputes = frozenset(team.applicability_disputes)
    left_out = frozenset(list_left_out_ratings(team))
    disputed = [
        id_
        for id_, value in team.consensus.items()
        if id_ in disputes or (value is not None and value < AGREED)
    ]
    chosen = sorted(disputed, key=lambda id_: _urgency(team, id_, left_out))[:most]
    return Agenda(
        team=team,
        items=tuple(
            AgendaItem(
                statement=scheme.statements[id_],
                consensus=team.consensus[id_],
                disputes_applicability=id_ in disputes,
                median=team.response.answers[id_].rating,
                ratings=team.ratings(id_),
            )
            for id_ in chosen
        ),
        disagreed=len(disputed),
        unsupported=tuple(_find_unsupported(team)),
        unknown_answers=tuple(sorted(_find_unknown(team), key=lambda one: not one.is_open)),
        comparable=any(
            sum(not is_open(rating) for _, rating in team.ratings(id_)) > 1
            for id_ in team.consensus
        ),
    )


def list_left_out_ratings(team: TeamAssessment) -> tuple[str, ...]:
    """
    Return the statements with ratings that count nowhere, since at least half say n/a.

    An agenda begins with these: whether a statement applies must be settled before its rating can
    be. A minority's n/a leaves the ratings their consensus, and the statement its place.
    """
    return tuple(
        id_
        for id_ in team.applicability_disputes
        if team.response.answers[id_].rating == NOT_APPLICABLE
    )


def _urgency(team: TeamAssessment, id_: str, left_out: Collection[str]) -> tuple[bool, float]:
    """Return the place of a statement on the agenda, the lowest first."""
    value = team.consensus[id_]
    return id_ not in left_out, AGREED if value is None else value


def _find_unknown(team: TeamAssessment) -> Iterator[UnknownAnswer]:
    for id_, statement in team.scheme.statements.items():
        names = tuple(name for name, rating in team.ratings(id_) if rating == DONT_KNOW)
        if names:
            is_left_open = team.response.answers[id_].is_open
            yield UnknownAnswer(statement=statement, respondents=names, is_open=is_left_open)


def _find_unsupported(team: TeamAssessment) -> Iterator[UnsupportedRating]:
    # Evidence was there: to ask for it again would say that it was not.
    unread = {member.name: find_unread_evidence(member.assessment) for member in team.members}
    for id_, statement in team.scheme.statements.items():
        names = tuple(
            member.name
            for member in team.members
            if (answer := member.assessment.response.answers.get(id_)) is not None
            and answer.rating == team.scheme.scale[-1]
            and not answer.evidence.strip()
            and id_ not in unread[member.name]
        )
        if names:
            yield UnsupportedRating(statement=statement, respondents=names)


def anonymous_ratings(
    ratings: Sequence[tuple[str, RatingValue | None]],
) -> list[RatingValue | None]:
    """
    Return ratings without names: highest first, then n/a, then what is open.

    Their order does not betray the respondents.
    """
    values = [rating for _, rating in ratings]
    return sorted(
        values,
        key=lambda value: (
            value is None,
            value == DONT_KNOW,
            not isinstance(value, int),
            -value if isinstance(value, int) else 0,
        ),
    )
