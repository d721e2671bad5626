"""Statements that some call n/a and others rate, and the lower of two middle ratings."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from iml4e_xlsx.analysis.teams import TeamAssessment, group_by_team
from iml4e_xlsx.analysis.workshop_agenda import anonymous_ratings, build_agenda
from iml4e_xlsx.model import NOT_APPLICABLE, RatingValue, Scheme
from tests.support.builders import assessment, rate_all

NAMES = ("Ada", "Ben", "Cem", "Dua")


def make_team(
    scheme: Scheme, *ratings: Sequence[RatingValue | None], others: RatingValue = 2
) -> TeamAssessment:
    """Return a team whose members rate the first statements one by one, and all others alike."""
    ids = list(scheme.statements)
    (team,) = group_by_team(
        assessment(
            scheme,
            {**rate_all(scheme, others), **{ids[at]: said[who] for at, said in enumerate(ratings)}},
            respondent=NAMES[who],
        )
        for who in range(len(ratings[0]))
    )
    return team


@pytest.mark.parametrize("rating", [0, 1, 3])
def test_rating_beside_one_n_a_is_first_on_the_agenda(small: Scheme, rating: int) -> None:
    """It counts nowhere: the agenda has it before the lowest consensus, with who said what."""
    team = make_team(small, (0, 3), (NOT_APPLICABLE, rating))
    split, left_out = list(small.statements)[:2]
    agenda = build_agenda(team)

    assert team.response.answers[left_out].rating == NOT_APPLICABLE
    assert [item.statement.id for item in agenda.items] == [left_out, split]
    assert agenda.items[0].ratings == (("Ada", NOT_APPLICABLE), ("Ben", rating))
    assert agenda.items[0].consensus is None
    assert agenda.items[0].disputes_applicability
    assert not agenda.items[1].disputes_applicability
    assert agenda.disagreed == 2
    assert team.applicability_disputes == (left_out,)
    assert [item.statement.id for item in build_agenda(team, most=1).items] == [left_out]


def test_minority_n_a_follows_the_consensus_of_the_ratings(small: Scheme) -> None:
    """Where the ratings are equal it comes last, but it comes."""
    team = make_team(small, (2, 2, NOT_APPLICABLE), (1, 2, 2), (0, 3, NOT_APPLICABLE))
    equal, near, far = list(small.statements)[:3]
    agenda = build_agenda(team)

    assert [item.statement.id for item in agenda.items] == [far, near, equal]
    assert team.response.answers[equal].rating == 2
    assert agenda.items[-1].consensus == 1
    assert agenda.disagreed == 3
    assert team.applicability_disputes == (equal, far)


@pytest.mark.parametrize(
    "said", [(NOT_APPLICABLE, NOT_APPLICABLE), (NOT_APPLICABLE, None), (None, 2), (None, None)]
)
def test_open_answers_dispute_nothing(small: Scheme, said: tuple[RatingValue | None, ...]) -> None:
    """Who says nothing does not disagree."""
    team = make_team(small, said)

    assert team.applicability_disputes == ()
    assert build_agenda(team).items == ()


def test_one_rating_and_one_n_a_can_be_compared(small: Scheme) -> None:
    """A team that rated nothing else in common has something to talk about all the same."""
    id_ = next(iter(small.statements))
    ada = assessment(small, {id_: NOT_APPLICABLE})
    ben = assessment(small, {id_: 0}, respondent="Ben")
    agenda = build_agenda(*group_by_team([ada, ben]))

    assert agenda.comparable
    assert [item.statement.id for item in agenda.items] == [id_]


def test_anonymous_order_puts_open_ratings_last() -> None:
    """Neither n/a nor an open answer stands where its member stands."""
    said: list[tuple[str, RatingValue | None]] = [("A", None), ("B", NOT_APPLICABLE), ("C", 1)]

    assert anonymous_ratings(said) == [1, NOT_APPLICABLE, None]
    assert anonymous_ratings(said[::-1]) == [1, NOT_APPLICABLE, None]


@pytest.mark.parametrize(
    ("said", "takes_lower"),
    [
        ((1, 3), True),
        ((2, 2), False),
        ((0, 1, 3), False),
        ((0, 3, None), True),  # two of three answered
        ((0, 1, 1, 3), False),
        ((0, 1, 2, 3), True),
        ((0, 3, NOT_APPLICABLE), True),
        ((0, 3, NOT_APPLICABLE, NOT_APPLICABLE), False),  # the team has no rating
    ],
)
def test_lower_of_two_is_known_where_it_counts(
    small: Scheme, said: tuple[RatingValue | None, ...], *, takes_lower: bool
) -> None:
    """Only two middle ratings that differ make the lower one count."""
    assert make_team(small, said).takes_lower_rating is takes_lower
