"""
Scores a response: the scoring rule in exact fractions.

The level is the capability-level rule of ISO/IEC 33020: a level holds when its own statements
are at least largely fulfilled and those of every lower level fully. The two bounds of
"largely" and "fully" and the scale are data of the scheme. What is unanswered counts as not met
in an area where something is answered; an area without any answer has no figures but its bounds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from math import lcm

from iml4e_xlsx.model import (
    DONT_KNOW,
    NOT_APPLICABLE,
    Answer,
    Area,
    AreaResult,
    LevelIndex,
    LevelResult,
    OverallResult,
    RatingValue,
    Response,
    Result,
    Scheme,
    Thresholds,
)


def score(response: Response, scheme: Scheme) -> Result:
    """
    Score a response under the scheme that it was given for.

    Raises:
        ValueError: If response and scheme do not belong together; a bug in the caller.
    """
    if (response.scheme, response.version) != (scheme.id, scheme.version):
        raise ValueError("other-scheme", response.scheme, response.version)
    areas = tuple(score_area(area, response, scheme) for area in scheme.areas)
    return Result(response=response, areas=areas, overall=_score_overall(areas, scheme))


def target_progress(
    index: Fraction | None, baseline: Fraction | None, target: int | None
) -> Fraction | None:
    """Return the share of the way from baseline to target that is done; None without a way."""
    if index is None or baseline is None or target is None or target == baseline:
        return None
    return (index - baseline) / (target - baseline)


def score_area(area: Area, response: Response, scheme: Scheme) -> AreaResult:
    """Score one area of a response; the other areas have no influence."""
    levels = _level_results(area, response.answers, scheme)
    statements = len(area.statements)
    skipped = sum(level.counts[NOT_APPLICABLE] for level in levels)
    low = [level.fulfilment for level in levels]
    lowest = highest = _measure_level_index(low, scheme)
    unanswered = sum(level.unanswered for level in levels)
    if unanswered:
        highest = _measure_level_index([level.high for level in levels], scheme)
    is_assessed = unanswered < statements
    return AreaResult(
        area=area.code,
        levels=levels,
        low=lowest,
        high=highest,
        answered=statements - unanswered,
        statements=statements,
        not_applicable=Fraction(skipped, statements),
        target=response.targets.get(area.code),
        estimate=response.estimates.get(area.code),
        # Nobody said anything about an open area, so nothing is known to hold it down.
        held_down_by=_find_holding_down(area, response.answers, low, lowest.level, scheme)
        if is_assessed
        else (),
    )


def _measure_level_index(fulfilment: Sequence[Fraction | None], scheme: Scheme) -> LevelIndex:
    return LevelIndex(
        level=level_reached(fulfilment, scheme.thresholds),
        index=area_index(fulfilment, scheme.top),
    )


def _level_results(
    area: Area, answers: Mapping[str, Answer], scheme: Scheme
) -> tuple[LevelResult, ...]:
    scale = scheme.scale
    blank: dict[RatingValue | None, int] = dict.fromkeys(
        (*scale, NOT_APPLICABLE, DONT_KNOW, None), 0
    )
    counts = {level: blank.copy() for level in scheme.scored_levels}
    for statement in area.statements:
        answer = answers.get(statement.id)
        counts[statement.level][None if answer is None else answer.rating] += 1
    return tuple([_level_result(level, scale, *count.values()) for level, count in counts.items()])


@lru_cache(maxsize=4096)
def _level_result(level: int, scale: tuple[int, ...], *counts: int) -> LevelResult:
    """
    Return the result of a level by the numbers of each rating, of n/a, and of open statements.

    Levels have few statements, so that the same few results come again.
    """
    *rated, skipped, unknown, unanswered = counts
    unanswered += unknown  # who does not know vouches for nothing
    lowest, span = scale[0], scale[-1] - scale[0]
    points = sum((value - lowest) * count for value, count in zip(scale, rated, strict=True))
    return LevelResult(
        level=level,
        statements=sum(counts),
        counts={
            **dict(zip(scale, rated, strict=True)),
            NOT_APPLICABLE: skipped,
            DONT_KNOW: unknown,
        },
        unanswered=unanswered,
        points=points,
        possible=points + span * unanswered,
        span=span,
    )


def level_reached(fulfilment: Sequence[Fraction | None], thresholds: Thresholds) -> int:
    """
    Return the level reached: staged, 0 if none.

    Args:
        fulfilment: F(a, k) in 0..1 for the levels 1, 2, ... in order; None where skipped.
        thresholds: The scheme's two bounds.
    """
    reached = 0
    for level, value in enumerate(fulfilment, start=1):
        if value is None:  # all its statements are n/a: the level neither counts nor stops
            continue
        if exceeds_bound(value, thresholds.reached_above):
            reached = level
        if not exceeds_bound(value, thresholds.passed_above):  # the levels above are locked
            break
    return reached


def exceeds_bound(value: Fraction, bound: Fraction) -> bool:
    """Compare a fulfilment with a bound in whole numbers; an equal value does not exceed it."""
    return value.numerator * bound.denominator > bound.numerator * value.denominator


def area_index(fulfilment: Sequence[Fraction | None], top: int) -> Fraction | None:
    """Return the index in 0..top: the mean over the levels that are not skipped, or None."""
    present = [value for value in fulfilment if value is not None]
    return _mean_of(present, top) if present else None


def _find_holding_down(
    area: Area,
    answers: Mapping[str, Answer],
    fulfilment: Sequence[Fraction | None],
    reached: int,
    scheme: Scheme,
) -> tuple[str, ...]:
    """Find the statements, not yet fully met, of the lowest level that is not passed."""
    if reached == scheme.top:
        return ()
    for level, value in enumerate(fulfilment, start=1):
        if value is not None and not exceeds_bound(value, scheme.thresholds.passed_above):
            full = (scheme.scale[-1], NOT_APPLICABLE)
            return tuple(
                s.id
                for s in area.statements
                if s.level == level and (s.id not in answers or answers[s.id].rating not in full)
            )
    return ()


def _score_overall(areas: Sequence[AreaResult], scheme: Scheme) -> OverallResult:
    low = _combine_bounds([area.low for area in areas])
    not_assessed = tuple(area.area for area in areas if not area.is_assessed)
    holding = tuple(area.area for area in areas if area.level == low.level)
    return OverallResult(
        low=low,
        high=_combine_bounds([area.high for area in areas]),
        answered=sum(area.answered for area in areas),
        dont_know=sum(area.dont_know for area in areas),
        statements=sum(area.statements for area in areas),
        not_assessed=not_assessed,
        held_down_by=() if not_assessed or low.level == scheme.top else holding,
        to_target=_to_target(areas),
    )


def _combine_bounds(bounds: Sequence[LevelIndex]) -> LevelIndex:
    """Return the lowest level and the mean of the indices that exist."""
    return LevelIndex(
        level=min(bound.level for bound in bounds),
        index=_mean_of_present(bound.index for bound in bounds),
    )


def _to_target(areas: Sequence[AreaResult]) -> Fraction | None:
    # What is missing in an open area is not known, so the whole way is not either.
    if any(area.target is not None and not area.is_assessed for area in areas):
        return None
    gaps = [
        (gap, area.target)
        for area in areas
        if area.target is not None and (gap := area.gap) is not None
    ]
    total = sum(target for _, target in gaps)
    if not total:
        return None
    missing, common = _add_up([gap for gap, _ in gaps])
    return Fraction(total * common - missing, total * common)


def _mean_of_present(values: Iterable[Fraction | None]) -> Fraction | None:
    present = [value for value in values if value is not None]
    return _mean_of(present) if present else None


def _mean_of(values: Sequence[Fraction], factor: int = 1) -> Fraction:
    """Return the mean times a factor."""
    total, common = _add_up(values)
    return Fraction(total * factor, common * len(values))


def _add_up(values: Sequence[Fraction]) -> tuple[int, int]:
    """Return a sum as numerator and denominator; a common one is faster than adding fractions."""
    ratios = [value.as_integer_ratio() for value in values]
    common = lcm(*[denominator for _, denominator in ratios])
    return sum([numerator * (common // denominator) for numerator, denominator in ratios]), common
