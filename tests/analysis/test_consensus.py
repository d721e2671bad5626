"""The measure of agreement: published values, bounds and symmetry."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iml4e_xlsx.analysis.consensus import measure_consensus

SCALE = (0, 1, 2, 3)


def test_consensus_equals_a_published_example() -> None:
    """The example of the R package agrmt, which implements Tastle and Wierman (2007)."""
    counts = (30, 40, 210, 130, 530, 50, 10)
    ratings = [value for value, count in enumerate(counts, start=1) for _ in range(count)]

    assert measure_consensus(ratings, range(1, 8)) == pytest.approx(0.7256876, abs=5e-8)


@pytest.mark.parametrize(
    ("ratings", "expected"),
    [
        ([2, 2, 2], 1.0),
        ([0, 3], 0.0),
        ([0, 0, 3, 3], 0.0),
        ([0, 1, 2, 3], 0.3685),  # 1 + (log2(1/2) + log2(5/6)) / 2, worked by hand
        ([3, 3, 3, 0], 0.1887),  # 1 + 3/4 log2(3/4) + 1/4 log2(1/4)
        ([1], None),
        ([], None),
    ],
)
def test_consensus_of_simple_cases(ratings: list[int], expected: float | None) -> None:
    """All alike is 1, split between the ends 0, and one rating alone has none."""
    assert measure_consensus(ratings, SCALE) == (
        None if expected is None else pytest.approx(expected, abs=1e-4)
    )


@given(st.lists(st.sampled_from(SCALE), min_size=2, max_size=30))
def test_consensus_is_a_share_and_knows_no_direction(ratings: list[int]) -> None:
    """It stays in 0..1, and the scale turned round gives the same."""
    value = measure_consensus(ratings, SCALE)
    turned = measure_consensus([3 - rating for rating in ratings], SCALE)

    assert value is not None
    assert 0 <= value <= 1
    assert turned == pytest.approx(value)
    assert (value == 1) == (len(set(ratings)) == 1)
