"""
Measures the agreement of ratings of one statement, after Tastle and Wierman (2007).

W. J. Tastle, M. J. Wierman: Consensus and dissention: A measure of ordinal dispersion.
International Journal of Approximate Reasoning 45(3), 2007, 531-545, doi:10.1016/j.ijar.2006.06.024.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import fsum, log2

_FEWEST_RATINGS = 2


def measure_consensus(ratings: Iterable[int], scale: Sequence[int]) -> float | None:
    """
    Measure the agreement of ratings: 1 if all are equal, 0 if half of them are at either end.

    Args:
        ratings: A number of the scale for each respondent, without n/a and unanswered.
        scale: The numbers of the rating scale, ascending.

    Returns:
        The measure in 0..1; None for fewer than two ratings, which cannot agree or disagree.
    """
    counts = Counter(ratings)
    total = counts.total()
    if total < _FEWEST_RATINGS:
        return None
    width = scale[-1] - scale[0]
    mean = Fraction(sum(value * count for value, count in counts.items()), total)
    # Exact up to the logarithm, and in a sum that is the same in any order: statements that are
    # disputed alike must tie, or the order of the files would decide which one is discussed.
    spread = fsum(
        count / total * log2(1 - abs(value - mean) / width) for value, count in counts.items()
    )
    return min(1.0, max(0.0, 1 + spread))
