"""
How much the ratings of one statement agree, after Tastle and Wierman (2007).

W. J. Tastle, M. J. Wierman: Consensus and dissention: A measure of ordinal dispersion.
International Journal of Approximate Reasoning 45(3), 2007, 531-545, doi:10.1016/j.ijar.2006.06.024.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from math import log2

_FEWEST = 2


def measure_consensus(ratings: Iterable[int], scale: Sequence[int]) -> float | None:
    """
    Return the agreement of ratings in 0..1: 1 if all are alike, 0 if half stand at either end.

    Args:
        ratings: Numbers of the scale, one for each respondent; n/a and unanswered are left out.
        scale: The numbers of the rating scale, ascending.

    Returns:
        None for fewer than two ratings: one alone neither agrees nor disagrees.
    """
    counts = Counter(ratings)
    total = counts.total()
    if total < _FEWEST:
        return None
    width = scale[-1] - scale[0]
    mean = sum(value * count for value, count in counts.items()) / total
    spread = sum(
        count / total * log2(1 - abs(value - mean) / width) for value, count in counts.items()
    )
    return min(1.0, max(0.0, 1 + spread))
