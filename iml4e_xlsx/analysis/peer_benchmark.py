"""Own results among those of others: median, quartiles and percentile by area."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import quantiles
from typing import TypeVar

from iml4e_xlsx.model import PROFILE_NAMES, Area, Assessment, Result, Scheme
from iml4e_xlsx.text.spelling import name_key

FEWEST = 5
"""No figure is shown of a group of fewer assessments: it could be traced to one of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """
    The indices of a group: `count` of them, quartiles by linear interpolation (NumPy's default).

    `percentile` in 0..100 is the rank of the own index among them, equal ones sharing their
    mean rank; None without an own index.
    """

    count: int
    lower: Fraction
    median: Fraction
    upper: Fraction
    own: Fraction | None = None
    percentile: Fraction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerGroup:
    """
    The assessments that have the same value of a profile field; empty text is all of them.

    `areas` maps an area's code to its distribution, or to None where fewer than the least
    number have an index there; it is empty for a group that is too small altogether.
    """

    value: str
    count: int
    areas: Mapping[str, Distribution | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """A scheme's assessments by groups; `without_field` counts those whose field is empty."""

    scheme: Scheme
    field: str
    fewest: int
    groups: tuple[PeerGroup, ...]
    without_field: int


def benchmark_assessments(
    assessments: Iterable[Assessment],
    scheme: Scheme,
    *,
    field: str = "",
    own: Result | None = None,
    fewest: int = FEWEST,
) -> Benchmark:
    """
    Return how indices spread, for all assessments or by a field of the profile.

    Args:
        assessments: Results of this scheme, the own one among them if it is to count.
        scheme: The scheme.
        field: A field of the profile; all assessments make one group without it.
        own: The result whose percentile is wanted.
        fewest: How many assessments a group must have before any figure of it is shown.

    Raises:
        ValueError: If there is no such field.
    """
    if field and field not in PROFILE_NAMES:
        raise ValueError(f"there is no profile field {field}")
    named: dict[str, str] = {}
    groups: dict[str, list[Result]] = {}
    without = 0
    for one in assessments:
        value = getattr(one.response.profile, field).strip() if field else ""
        if field and not value:
            without += 1
            continue
        key = name_key(value)
        named.setdefault(key, value)
        groups.setdefault(key, []).append(one.result)
    return Benchmark(
        scheme=scheme,
        field=field,
        fewest=fewest,
        groups=tuple(
            PeerGroup(value=named[key], count=len(found), areas=_areas(found, scheme, own, fewest))
            for key, found in sorted(groups.items())
        ),
        without_field=without,
    )


def _areas(
    results: Sequence[Result], scheme: Scheme, own: Result | None, fewest: int
) -> dict[str, Distribution | None]:
    if len(results) < fewest:
        return {}
    return {area.code: _distribution(area, results, own, fewest) for area in scheme.areas}


def _distribution(
    area: Area, results: Sequence[Result], own: Result | None, fewest: int
) -> Distribution | None:
    indices = [index for one in results if (index := one.area(area.code).index) is not None]
    if len(indices) < fewest:
        return None
    lower, median, upper = compute_quartiles(indices)
    mine = own.area(area.code).index if own is not None else None
    return Distribution(
        count=len(indices),
        lower=lower,
        median=median,
        upper=upper,
        own=mine,
        percentile=None if mine is None else percentile_rank(mine, indices),
    )


Figure = TypeVar("Figure", Fraction, float)


def compute_quartiles(values: Sequence[Figure]) -> tuple[Figure, Figure, Figure]:
    """Return the lower quartile, the median and the upper quartile of at least two values."""
    lower, median, upper = quantiles(values, n=4, method="inclusive")
    return lower, median, upper


def percentile_rank(own: Fraction, values: Sequence[Fraction]) -> Fraction:
    """
    Return where a value stands among others, in 0..100: `rank(pct=True)` of pandas, times 100.

    The value counts as one of them; if it is not, it is added.
    """
    others = list(values) if own in values else [*values, own]
    below = sum(value < own for value in others)
    equal = sum(value == own for value in others)
    return Fraction(100 * (2 * below + equal + 1), 2 * len(others))
