"""The scoring rule: worked examples, and what must hold for any answers."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Final, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iml4e_xlsx.model import LevelIndex, RatingValue, Scheme, Thresholds
from iml4e_xlsx.scheme import load_scheme
from iml4e_xlsx.scoring import (
    area_index,
    compare_ways,
    exceeds_bound,
    level_reached,
    score,
    way_progress,
)
from tests.support.builders import (
    in_order,
    response,
    scheme_fields,
    small_scheme,
    write_scheme,
)

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


class WayExample(NamedTuple):
    """A worked example with a target of 3."""

    ratings: list[RatingValue | None]
    level: int | None
    shown_index: str | None
    highest: int | None
    steps: int | None
    required: int | None
    share: str | None
    steps_to_next: int | None
    complete: bool = False
    effective_target: int | None = 3


WAYS: Final = [
    WayExample(EXAMPLES[0][0], 4, "4.00", 4, 0, 21, "100.0", 0, complete=True),
    WayExample(EXAMPLES[1][0], 0, "0.00", 4, 21, 21, "0.0", 5),
    WayExample(EXAMPLES[2][0], 2, "1.44", 4, 8, 21, "61.9", 8),
    WayExample(EXAMPLES[3][0], 1, "2.78", 4, 1, 21, "95.2", 1),
    WayExample(EXAMPLES[4][0], 1, "1.83", 4, 6, 19, "68.4", 1),
    WayExample(EXAMPLES[5][0], 3, "2.07", 4, 0, 13, "100.0", 8),
    WayExample(EXAMPLES[6][0], 1, "1.93", 4, 1, 13, "92.3", 1),
    WayExample(EXAMPLES[7][0], 2, "2.33", 4, 2, 21, "90.5", 2),
    WayExample(EXAMPLES[8][0], 0, "3.33", 4, 5, 21, "76.2", 2),
    WayExample(EXAMPLES[9][0], 0, "0.50", 4, 16, 19, "15.8", 1),
    WayExample(
        [3, 3, 3, 3, 3, 3, NA, NA, NA, NA, NA, NA],
        *(2, "4.00", 2, 0, 13, "100.0", 0),
        complete=True,
        effective_target=2,
    ),
    WayExample([3, 3, 3, 3, 3, 3, 2, 2, 1, NA, NA, NA], 3, "3.41", 3, 0, 21, "100.0", 0),
    WayExample([NA] * 12, None, None, None, None, None, None, None, effective_target=None),
]


TWO_LEVELS: Final[list[RatingValue | None]] = [3, 3, 3, 3, 3, 3, NA, NA, NA, NA, NA, NA]
"""Complete, though no more than level 2 applies."""


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


def test_gap_below_names_what_holds_the_area_down(one_area: Scheme) -> None:
    """Advanced practice on a weak base is flagged, with the statements below."""
    result = score(response(one_area, in_order(one_area, "AA", EXAMPLES[8][0])), one_area).areas[0]

    assert result.gap_below
    assert result.held_down_by == ("AA-01", "AA-02", "AA-03")


@pytest.mark.parametrize("way", WAYS, ids=lambda way: str(way.shown_index))
def test_worked_examples_of_the_way(one_area: Scheme, way: WayExample) -> None:
    """Steps, required points and way of each worked example with a target of 3."""
    given = response(one_area, in_order(one_area, "AA", way.ratings), targets={"AA": 3})
    result = score(given, one_area)
    area = result.areas[0]

    assert (area.level, area.highest) == (way.level, way.highest)
    assert (area.steps_to_target, area.required_for_target) == (way.steps, way.required)
    assert area.steps_to_next == way.steps_to_next
    assert shown_figure(area.index, "{:.2f}") == way.shown_index
    share = area.way_to_target
    assert shown_figure(None if share is None else share * 100, "{:.1f}") == way.share
    assert area.is_complete == way.complete
    assert area.effective_target == way.effective_target
    # The whole has but one area with a target.
    assert result.overall.way_to_target == share
    assert result.overall.steps_to_target == way.steps


def shown_figure(value: Fraction | None, form: str) -> str | None:
    return None if value is None else form.format(float(value))


def test_area_that_does_not_apply_has_no_figure(one_area: Scheme) -> None:
    """Every statement is n/a: no level, no index, no bounds, no way; yet answered."""
    given = response(one_area, in_order(one_area, "AA", [NA] * 12), targets={"AA": 3})
    result = score(given, one_area)
    area = result.areas[0]

    assert not area.applies
    assert (area.level, area.index, area.highest, area.way) == (None, None, None, None)
    assert area.low == area.high == LevelIndex(level=None, index=None)
    assert (area.target, area.steps_to_next, area.one_step_level) == (3, None, None)
    assert not area.is_at_highest
    assert not area.gap_below
    assert area.completeness == area.not_applicable == 1
    assert (result.overall.level, result.overall.index) == (None, None)
    assert result.overall.not_applying == ("AA",)
    assert result.overall.is_assessed


def test_target_above_what_applies_comes_down(one_area: Scheme) -> None:
    """The way leads to the highest level that applies, and the target stays as it was asked."""
    given = response(one_area, in_order(one_area, "AA", TWO_LEVELS), targets={"AA": 4})
    area = score(given, one_area).areas[0]

    assert (area.target, area.effective_target) == (4, 2)
    assert area.way_to_target == 1
    assert not area.is_below_target
    assert area.is_at_highest
    assert area.is_limited
    assert not area.gap_below  # its index is 4.00, yet nothing above applies


def test_target_at_a_skipped_level_goes_up(one_area: Scheme) -> None:
    """The level cannot be the one reached, so the way leads to the next that applies."""
    given = response(one_area, in_order(one_area, "AA", EXAMPLES[6][0]), targets={"AA": 2})
    area = score(given, one_area).areas[0]

    assert (area.effective_target, area.steps_to_target, area.required_for_target) == (3, 1, 13)


def test_target_of_level_0_is_reached(one_area: Scheme) -> None:
    """Everyone starts there, so nothing is required and the way is done."""
    given = response(one_area, in_order(one_area, "AA", EXAMPLES[1][0]), targets={"AA": 0})
    area = score(given, one_area).areas[0]

    assert area.steps_to_target == area.required_for_target == 0
    assert area.way_to_target == 1


def test_bounds_are_exclusive_and_exact() -> None:
    """Exactly 0.85 does not pass, whatever a floating-point sum would say."""
    at_bound, above = Fraction(17, 20), Fraction(851, 1000)

    assert level_reached([at_bound, Fraction(1)], THRESHOLDS) == 1
    assert level_reached([above, Fraction(1)], THRESHOLDS) == 2
    assert level_reached([Fraction(1, 2)], THRESHOLDS) == 0
    assert level_reached([sum([Fraction(1, 3)] * 3, Fraction(0))], THRESHOLDS) == 1


def test_progress_is_the_difference_of_two_ways(one_area: Scheme) -> None:
    """Both ways lead towards today's target, whatever the target was then."""
    now, before, blank = (
        score(response(one_area, ratings, targets={"AA": target}), one_area).areas[0]
        for ratings, target in (
            (in_order(one_area, "AA", EXAMPLES[2][0]), 3),
            (in_order(one_area, "AA", EXAMPLES[9][0]), 1),
            ({}, 3),
        )
    )
    bounds = one_area.thresholds

    assert way_progress(now, before, bounds) == Fraction(13, 21) - Fraction(3, 19)
    assert way_progress(now, now, bounds) == 0
    assert way_progress(now, blank, bounds) is None
    assert way_progress(now, None, bounds) is None
    assert way_progress(blank, before, bounds) is None


def test_ways_are_compared_where_both_are_known(tmp_path: Path) -> None:
    """An area that was open in one of two rounds has no way to compare."""
    scheme = small_scheme(tmp_path, ["AA", "BB"])
    first, second = (in_order(scheme, code, EXAMPLES[2][0]) for code in ("AA", "BB"))
    now = score(response(scheme, first | second, targets={"AA": 3, "BB": 3}), scheme)
    weaker = in_order(scheme, "AA", EXAMPLES[1][0])
    before = score(response(scheme, weaker, targets={"AA": 1}), scheme)
    blank = score(response(scheme, {}), scheme)
    ways = compare_ways(now, before, scheme.thresholds)

    assert ways is not None
    assert [(way.steps, way.required) for way in ways] == [(21, 21), (8, 21)]
    assert compare_ways(now, blank, scheme.thresholds) is None


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
    assert before.low.level is not None
    assert before.high.level is not None
    assert after.low.level is not None
    assert before.high.index is not None
    assert after.low.level >= before.low.level
    assert after.low.index >= before.low.index
    assert before.high.level >= before.low.level
    assert before.high.index >= before.low.index


ratings_with_na = st.lists(st.sampled_from([0, 1, 2, 3, NA, None]), min_size=12, max_size=12)


@given(ratings_with_na, st.integers(0, 4))
def test_way_is_done_exactly_when_the_target_is_reached(
    one_area: Scheme, ratings: list[RatingValue | None], target: int
) -> None:
    """Steps, share and level never contradict each other."""
    given_answers = response(one_area, in_order(one_area, "AA", ratings), targets={"AA": target})
    area = score(given_answers, one_area).areas[0]

    if area.level is None:
        assert area.way is None
        return
    assert area.effective_target is not None
    is_reached = area.level >= area.effective_target
    assert (area.steps_to_target == 0) == (area.way_to_target == 1) == is_reached
    assert area.is_below_target == (not is_reached)
    assert (area.steps_to_next == 0) == area.is_at_highest
    assert (area.held_down_by == ()) == area.is_at_highest
    passed = one_area.thresholds.passed_above
    shares = [level.fulfilment for level in area.levels if level.fulfilment is not None]
    assert area.is_complete == all(exceeds_bound(share, passed) for share in shares)


@pytest.mark.parametrize("scale", [(0, 1, 2, 3), (0, 1, 3), (1, 2, 5, 6)])
@given(data=st.data())
def test_one_step_more_is_what_trying_gives(
    scales: Mapping[tuple[int, ...], Scheme], scale: tuple[int, ...], data: st.DataObject
) -> None:
    """Raise each rating by one step and score again: the marked level is the highest of these."""
    scheme = scales[scale]
    values: list[RatingValue | None] = [*scale, NA, None]
    # Mostly full, so that a step often changes the level.
    drawn = st.sampled_from([*values, *[scale[-1]] * 4, scale[-2]])
    ratings = data.draw(st.lists(drawn, min_size=12, max_size=12))
    area = score(response(scheme, in_order(scheme, "AA", ratings)), scheme).areas[0]
    if area.level is None:
        assert area.one_step_level is None
        return
    found = {area.level}
    for at, rating in enumerate(ratings):
        if rating not in (NA, scale[-1]):
            step = scale[1] if rating is None else scale[scale.index(int(rating)) + 1]
            raised = [*ratings[:at], step, *ratings[at + 1 :]]
            after = score(response(scheme, in_order(scheme, "AA", raised)), scheme).areas[0]
            assert after.level is not None
            found.add(after.level)

    assert area.one_step_level == (None if len(found) == 1 else max(found))


@pytest.fixture(scope="module")
def scales(tmp_path_factory: pytest.TempPathFactory) -> Mapping[tuple[int, ...], Scheme]:
    return {
        scale: small_scheme(tmp_path_factory.mktemp("scale"), ["AA"], scale=scale)
        for scale in ((0, 1, 2, 3), (0, 1, 3), (1, 2, 5, 6))
    }


def test_level_without_statements_is_skipped(tmp_path: Path) -> None:
    """An area has no statement at level 2: the level neither blocks nor counts."""
    table = "| AA | 1 | AA-01 |\n| AA | 3 | AA-02 |\n| BB | 2 | BB-01 |"
    scheme = load_scheme(write_scheme(tmp_path, scheme_fields(table)))
    ratings: dict[str, RatingValue | None] = {"AA-01": 3, "AA-02": 2, "BB-01": 3}
    given_answers = response(scheme, ratings, targets={"AA": 2, "BB": 4})
    first, second = score(given_answers, scheme).areas

    assert (first.level, first.highest, first.effective_target) == (3, 3, 3)
    assert first.index == 4 * Fraction(5, 3) / 2
    assert (second.level, second.highest, second.effective_target) == (2, 2, 2)
    assert second.is_complete
