"""The whole assessment: the level that no area falls below, the mean index, the way."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Final

import pytest

from iml4e_xlsx.model import RatingValue
from iml4e_xlsx.scoring import score
from tests.support.builders import in_order, response, small_scheme
from tests.test_scoring import EXAMPLES, NA, TWO_LEVELS


def test_area_that_does_not_apply_takes_no_part(tmp_path: Path) -> None:
    """The lowest level, the mean and the way are those of the other areas."""
    scheme = small_scheme(tmp_path, ["AA", "BB", "CC"])
    ratings = (
        in_order(scheme, "AA", EXAMPLES[0][0])
        | in_order(scheme, "BB", EXAMPLES[2][0])
        | in_order(scheme, "CC", [NA] * 12)
    )
    targets = {"AA": 4, "BB": 3, "CC": 2}
    overall = score(response(scheme, ratings, targets=targets), scheme).overall

    assert overall.level == 2
    assert overall.held_down_by == ("BB",)
    assert overall.index == (4 + Fraction(13, 9)) / 2
    assert (overall.steps_to_target, overall.required_for_target) == (8, 3 * 8 + 5 + 21)
    assert overall.way_to_target == 1 - Fraction(8, 50)


FULL: Final[list[RatingValue | None]] = [3] * 12
NONE_APPLIES: Final[list[RatingValue | None]] = [NA] * 12
OVERALLS: Final[list[tuple[list[list[RatingValue | None]], int | None, tuple[str, ...]]]] = [
    ([FULL, TWO_LEVELS], 4, ()),  # complete: it holds nothing down
    ([TWO_LEVELS, TWO_LEVELS], 2, ()),  # no whole is above the highest level of an area
    ([TWO_LEVELS, EXAMPLES[2][0]], 2, ("BB",)),  # as high as the other, which is complete
    ([TWO_LEVELS, EXAMPLES[3][0]], 1, ("BB",)),
    ([TWO_LEVELS, [3, 3, 3, 3, 3, 3, 3, 3, 3, 2, 2, 2]], 4, ()),
    ([FULL, [3, 3, 3, 3, 3, 3, 2, 2, 1, NA, NA, NA]], 3, ("BB",)),  # its highest, not complete
    ([TWO_LEVELS, [3, 3, 3, 3, 3, 3, 2, 2, 1, NA, NA, NA]], 3, ()),  # nothing is above
    ([NONE_APPLIES, NONE_APPLIES], None, ()),
    ([NONE_APPLIES, EXAMPLES[1][0]], 0, ("BB",)),
]


@pytest.mark.parametrize(("areas", "level", "held"), OVERALLS)
def test_overall_level_with_complete_areas(
    tmp_path: Path, areas: list[list[RatingValue | None]], level: int | None, held: tuple[str, ...]
) -> None:
    """A complete area counts as the top; the whole is never above what an area has reached."""
    scheme = small_scheme(tmp_path, ["AA", "BB"])
    ratings = in_order(scheme, "AA", areas[0]) | in_order(scheme, "BB", areas[1])
    overall = score(response(scheme, ratings), scheme).overall

    assert (overall.level, overall.held_down_by) == (level, held)
    assert overall.low == overall.high


def test_open_area_has_no_way(tmp_path: Path) -> None:
    """Nobody said anything about it, so its way is unknown, and that of the whole as well."""
    scheme = small_scheme(tmp_path, ["AA", "BB"])
    ratings = in_order(scheme, "AA", EXAMPLES[0][0])
    result = score(response(scheme, ratings, targets={"AA": 4, "BB": 1}), scheme)

    assert result.areas[1].has_unknown_way
    assert (result.areas[1].way, result.areas[1].steps_to_next) == (None, None)
    assert result.overall.way is None
