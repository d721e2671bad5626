"""Compares own results with those of others: median, quartiles and percentile by area."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import quantiles
from typing import TypeVar

from iml4e_xlsx.model import PROFILE_NAMES, Area, Assessment, Result, Scheme
from iml4e_xlsx.text.spelling import name_key
from iml4e_xlsx.text.usual_form import choose_usual_form

FEWEST = 5
"""No figure of a smaller group is shown: it could be traced to one assessment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """
    The indices of a group: `count` of them, quartiles by linear interpolation (NumPy's default).

    `percentile` in 0..100 is the rank of the own index among them; equal indices share their mean
    rank. It is None without an own index, which an area without any answer has not: it is
    `own_is_open` then.
    """

    count: int
    lower: Fraction
    median: Fraction
    upper: Fraction
    own: Fraction | None = None
    own_is_open: bool = False
    percentile: Fraction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerGroup:
    """
    The assessments with the same value of a profile field; an empty value stands for all.

    `areas` maps an area's code to its distribution, or to None if too few assessments have an
    index there; it is empty if the group is too small.
    """

    value: str
    count: int
    areas: Mapping[str, Distribution | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """A scheme's assessments by groups; `without_field` counts those with an empty field."""

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
    Benchmark the indices of all assessments, or of groups by a field of the profile.

    Args:
        assessments: Results of this scheme, the own one among them if it is to count.
        scheme: The scheme.
        field: A field of the profile; without it all assessments are one group.
        own: The result to rank among the others.
        fewest: A group with fewer assessments shows no figure.

    Raises:
        ValueError: If there is no such field.
    """
    if field and field not in PROFILE_NAMES:
        raise ValueError("unknown-profile-field", field)
    values: dict[str, list[str]] = {}
    groups: dict[str, list[Result]] = {}
    without_field = 0
    for assessment in assessments:
        value = getattr(assessment.response.profile, field).strip() if field else ""
        if field and not value:
            without_field += 1
            continue
        key = name_key(value)
        values.setdefault(key, []).append(value)
        groups.setdefault(key, []).append(assessment.result)
    return Benchmark(
        scheme=scheme,
        field=field,
        fewest=fewest,
        groups=tuple(
            PeerGroup(
                value=choose_usual_form(values[key]),
                count=len(results),
                areas=_area_distributions(results, scheme, own, fewest),
            )
            for key, results in sorted(groups.items())
        ),
        without_field=without_field,
    )


def _area_distributions(
    results: Sequence[Result], scheme: Scheme, own: Result | None, fewest: int
) -> dict[str, Distribution | None]:
    # A group that is too small shows nothing: each figure could be traced to one assessment.
    if len(results) < fewest:
        return {}
    return {area.code: _area_distribution(area, results, own, fewest) for area in scheme.areas}


def _area_distribution(
    area: Area, results: Sequence[Result], own: Result | None, fewest: int
) -> Distribution | None:
    indices = [index for result in results if (index := result.area(area.code).index) is not None]
    # The same holds for an area that most of the group left open or rated n/a.
    if len(indices) < fewest:
        return None
    lower, median, upper = compute_quartiles(indices)
    own_index = own.area(area.code).index if own is not None else None
    return Distribution(
        count=len(indices),
        lower=lower,
        median=median,
        upper=upper,
        own=own_index,
        own_is_open=own is not None and not own.area(area.code).is_assessed,
        percentile=None if own_index is None else percentile_rank(own_index, indices),
    )


Figure = TypeVar("Figure", Fraction, float)


def compute_quartiles(values: Sequence[Figure]) -> tuple[Figure, Figure, Figure]:
    """Return the lower quartile, the median and the upper quartile of at least two values."""
    lower, median, upper = quantiles(values, n=4, method="inclusive")
    return lower, median, upper


def percentile_rank(own: Fraction, values: Sequence[Fraction]) -> Fraction:
    """
    Return the percentile of a value among others, in 0..100: pandas' `rank(pct=True)` times 100.

    The value counts as one of them; it is added if it is not.
    """
    others = list(values) if own in values else [*values, own]
    below = sum(value < own for value in others)
    equal = sum(value == own for value in others)
    return Fraction(100 * (2 * below + equal + 1), 2 * len(others))
