"""The scoring rule: worked examples, and what must hold for any answers."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iml4e_xlsx.model import RatingValue, Scheme, Thresholds
from iml4e_xlsx.scoring import area_index, level_reached, score, target_progress
from tests.support.builders import in_order, response, small_scheme

NA: RatingValue = "n/a"
THRESHOLDS = Thresholds(reached_above=Fraction(1, 2), passed_above=Fraction(17, 20))

EXAMPLES: list[tuple[list[RatingValue | None], int, str]] = [
    ([3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3], 4, "4.00"),
    ([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 0, "0.00"),
    ([3, 3, 2, 2, 2, 1, 0, 0, 0, 0, 0, 0], 2, "1.44"),
    ([3, 2, 2, 3, 3, 3, 3, 3, 3, 0, 0, 0], 1, "2.78"),
    ([3, 2, NA, 3, 3, 3, 0, 0, 0, 0, 0, 0], 1, "1.83"),
    ([NA, NA, NA, 3, 3, 3, 2, 2, 1, 0, 0, 0], 3, "2.07"),
    ([3, 3, 3, NA, NA, NA, 1, 1, 2, 0, 0, 0], 1, "1.93"),
    ([3, 3, 3, 3, 3, None, 2, 2, 2, 0, 0, 0], 2, "2.33"),
    ([1, 1, 1, 3, 3, 3, 3, 3, 3, 3, 3, 3], 0, "3.33"),
    ([2, 1, NA, 0, 0, 0, 0, 0, 0, 0, 0, 0], 0, "0.50"),
]


@pytest.fixture(scope="module")
def one_area(tmp_path_factory: pytest.TempPathFactory) -> Scheme:
    return small_scheme(tmp_path_factory.mktemp("scheme"), ["AA"])


@pytest.mark.parametrize(("ratings", "level", "index"), EXAMPLES)
def test_worked_examples(
    one_area: Scheme, ratings: list[RatingValue | None], level: int, index: str
) -> None:
    """Level and index of each worked example of the rule."""
    result = score(response(one_area, in_order(one_area, "AA", ratings)), one_area).areas[0]

    assert result.level == level
    assert result.index is not None
    assert f"{float(result.index):.2f}" == index


def test_unanswered_statement_has_an_upper_bound(one_area: Scheme) -> None:
    """An open statement counts as nothing below, as fully met above."""
    result = score(response(one_area, in_order(one_area, "AA", EXAMPLES[7][0])), one_area).areas[0]

    assert (result.high.level, result.high.index) == (3, Fraction(8, 3))
    assert result.completeness == Fraction(11, 12)
    assert result.provisional


def test_unbalanced_area_names_what_holds_it_down(one_area: Scheme) -> None:
    """Advanced practice on a weak base is flagged, with the statements below."""
    result = score(response(one_area, in_order(one_area, "AA", EXAMPLES[8][0])), one_area).areas[0]

    assert result.unbalanced
    assert result.held_down_by == ("AA-01", "AA-02", "AA-03")


def test_all_not_applicable_has_no_index(one_area: Scheme) -> None:
    """An area without applicable statements has no index and level 0."""
    result = score(response(one_area, in_order(one_area, "AA", [NA] * 12)), one_area)

    assert result.areas[0].index is None
    assert result.areas[0].level == 0
    assert result.overall.index is None
    assert result.areas[0].completeness == 1
    assert result.areas[0].not_applicable == 1


def test_overall_is_weakest_level_and_mean_index(tmp_path: Path) -> None:
    """The overall level is the lowest, the index the mean of those that exist."""
    scheme = small_scheme(tmp_path, ["AA", "BB", "CC"])
    ratings = (
        in_order(scheme, "AA", EXAMPLES[0][0])
        | in_order(scheme, "BB", EXAMPLES[2][0])
        | in_order(scheme, "CC", [NA] * 12)
    )
    overall = score(response(scheme, ratings, targets={"AA": 4, "BB": 3}), scheme).overall

    assert overall.level == 0
    assert overall.held_down_by == ("CC",)
    assert overall.index == (4 + Fraction(13, 9)) / 2
    assert overall.to_target == 1 - (3 - Fraction(13, 9)) / 7


def test_bounds_are_exclusive_and_exact() -> None:
    """Exactly 0.85 does not pass, whatever a floating-point sum would say."""
    at_bound, above = Fraction(17, 20), Fraction(851, 1000)

    assert level_reached([at_bound, Fraction(1)], THRESHOLDS) == 1
    assert level_reached([above, Fraction(1)], THRESHOLDS) == 2
    assert level_reached([Fraction(1, 2)], THRESHOLDS) == 0
    assert level_reached([sum([Fraction(1, 3)] * 3, Fraction(0))], THRESHOLDS) == 1


def test_progress_needs_a_way_to_go() -> None:
    """No progress figure where target and baseline are the same, or one is missing."""
    assert target_progress(Fraction(2), Fraction(1), 3) == Fraction(1, 2)
    assert target_progress(Fraction(2), Fraction(3), 3) is None
    assert target_progress(None, Fraction(1), 3) is None


def test_response_of_another_version_is_refused(one_area: Scheme, tmp_path: Path) -> None:
    """Scoring with a scheme that the response was not given for is a bug, and said to be."""
    other = small_scheme(tmp_path, ["AA"])
    answers = response(one_area, {})
    object.__setattr__(answers, "version", "9.9.9")

    with pytest.raises(ValueError, match=r"9\.9\.9"):
        score(answers, other)


levels = st.lists(
    st.none() | st.fractions(min_value=0, max_value=1, max_denominator=60), min_size=1, max_size=6
)


@given(levels)
def test_level_is_what_the_rule_says(fulfilment: list[Fraction | None]) -> None:
    """The level equals a literal reading of the rule's definition."""
    holding = [
        k
        for k, value in enumerate(fulfilment, start=1)
        if value is not None
        and value > THRESHOLDS.reached_above
        and all(v is None or v > THRESHOLDS.passed_above for v in fulfilment[: k - 1])
    ]

    assert level_reached(fulfilment, THRESHOLDS) == max(holding, default=0)


@given(levels)
def test_index_stays_within_the_levels(fulfilment: list[Fraction | None]) -> None:
    """The index is a mean: between 0 and the top, missing only if every level is."""
    top = len(fulfilment)
    index = area_index(fulfilment, top)

    assert (index is None) == all(value is None for value in fulfilment)
    assert index is None or 0 <= index <= top


@given(st.data())
def test_better_ratings_never_lower_the_result(one_area: Scheme, data: st.DataObject) -> None:
    """Raising one rating raises or keeps level and index; bounds enclose the value."""
    values = st.sampled_from([0, 1, 2, 3, None])
    ratings: list[RatingValue | None] = data.draw(st.lists(values, min_size=12, max_size=12))
    position = data.draw(st.integers(0, 11))
    before = score(response(one_area, in_order(one_area, "AA", ratings)), one_area).areas[0]
    raised = list(ratings)
    raised[position] = 3
    after = score(response(one_area, in_order(one_area, "AA", raised)), one_area).areas[0]

    assert before.low.index is not None
    assert after.low.index is not None
    assert before.high.index is not None
    assert after.low.level >= before.low.level
    assert after.low.index >= before.low.index
    assert before.high.level >= before.low.level
    assert before.high.index >= before.low.index
