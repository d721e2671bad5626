"""
Scores a response: the scoring rule in exact fractions.

The level is modelled on the capability levels of ISO/IEC 33020: a level holds when its own
statements are at least largely fulfilled and those of every lower level fully. The two bounds of
"largely" and "fully" and the scale are data of the scheme. What is unanswered counts as not met
in an area where something is answered; an area without any answer has no figures but its bounds,
and one in which nothing applies has none at all. A target is a level, so the way to it is measured
in the rating steps that the level asks for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
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
    TargetWay,
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


def score_area(area: Area, response: Response, scheme: Scheme) -> AreaResult:
    """Score one area of a response; the other areas have no influence."""
    levels = _level_results(area, response.answers, scheme)
    statements = len(area.statements)
    skipped = sum(level.counts[NOT_APPLICABLE] for level in levels)
    low = high = _measure_levels(levels, scheme)
    unanswered = sum(level.unanswered for level in levels)
    if unanswered:
        high = _measure_highest(levels, scheme)
    is_assessed = unanswered < statements
    blocking = _find_blocking(levels, scheme.thresholds)
    highest = max((level.level for level in levels if level.possible), default=None)
    target = response.targets.get(area.code)
    # Nobody said anything about an open area, so nothing is known to hold it down or to be left.
    is_placed = is_assessed and low.level is not None
    return AreaResult(
        area=area.code,
        levels=levels,
        low=low,
        high=high,
        answered=statements - unanswered,
        statements=statements,
        not_applicable=Fraction(skipped, statements),
        highest=highest,
        is_complete=is_placed and blocking is None,
        target=target,
        way=measure_way(levels, target, scheme.thresholds) if is_placed else None,
        estimate=response.estimates.get(area.code),
        steps_to_next=_count_steps_to_next(levels, low.level, scheme) if is_placed else None,
        statements_to_next=tuple(_list_to_next(area, response, levels, low.level or 0, scheme))
        if is_placed
        else (),
        one_step_level=_try_one_step(levels, blocking, low.level, scheme) if is_placed else None,
        held_down_by=_list_unmet(area, response.answers, blocking.level, scheme)
        if is_placed and blocking is not None and low.level != highest
        else (),
        open_statements=_list_open(area, response.answers) if unanswered else (),
    )


def _list_open(area: Area, answers: Mapping[str, Answer]) -> tuple[str, ...]:
    """List the statements without an answer that counts."""
    return tuple(s.id for s in area.statements if s.id not in answers or answers[s.id].is_open)


def measure_way(
    levels: Sequence[LevelResult], target: int | None, thresholds: Thresholds
) -> TargetWay | None:
    """
    Measure the way to a target; None without one, or where no level applies.

    Where the target's level is skipped, the way leads to the next one above that applies, or else
    to the highest that does. Every level below must be passed, the aim itself only be reached.
    """
    if target is None:
        return None
    applying = [level for level in levels if level.possible]
    if not applying:
        return None
    aim = target and next(
        (level.level for level in applying if level.level >= target), applying[-1].level
    )
    steps = required = 0
    for level in applying:
        if level.level > aim:
            break
        bound = thresholds.reached_above if level.level == aim else thresholds.passed_above
        steps += level.missing(bound)
        required += level.required(bound)
    return TargetWay(effective_target=aim, steps=steps, required=required)


def way_progress(
    now: AreaResult, before: AreaResult | None, thresholds: Thresholds
) -> Fraction | None:
    """
    Return what was gained of the way to today's target since an earlier assessment, in -1..1.

    It is None without a target, or without a way in one of the assessments.
    """
    if now.way is None or before is None or not before.is_assessed:
        return None
    way_before = measure_way(before.levels, now.target, thresholds)
    return None if way_before is None else now.way.share - way_before.share


def compare_ways(
    now: Result, before: Result, thresholds: Thresholds
) -> tuple[TargetWay, TargetWay] | None:
    """
    Return the way to today's targets then and now, over the areas in which both are known.

    It is None if there is no such area.
    """
    pairs = []
    for area in now.areas:
        past = next((result for result in before.areas if result.area == area.area), None)
        if past is None:  # as of somebody who was asked for other areas then
            continue
        way = measure_way(past.levels, area.target, thresholds) if past.is_assessed else None
        if way is not None and area.way is not None:
            pairs.append((way, area.way))
    if not pairs:
        return None
    then, today = zip(*pairs, strict=True)
    return _join_ways(then), _join_ways(today)


def _measure_levels(levels: Sequence[LevelResult], scheme: Scheme) -> LevelIndex:
    return _measure_level_index([level.fulfilment for level in levels], scheme)


def _measure_highest(levels: Sequence[LevelResult], scheme: Scheme) -> LevelIndex:
    """Measure the upper bound: as if every unanswered statement were fully met."""
    return _measure_level_index([level.high for level in levels], scheme)


def _measure_level_index(fulfilment: Sequence[Fraction | None], scheme: Scheme) -> LevelIndex:
    index = area_index(fulfilment, scheme.top)
    level = None if index is None else level_reached(fulfilment, scheme.thresholds)
    return LevelIndex(level=level, index=index)


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
        high_points=points + span * unanswered,
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


def _find_blocking(levels: Sequence[LevelResult], thresholds: Thresholds) -> LevelResult | None:
    """Find the lowest level that is neither skipped nor passed; None if all are passed."""
    for level in levels:
        if level.missing(thresholds.passed_above):
            return level
    return None


def _list_unmet(
    area: Area, answers: Mapping[str, Answer], level: int, scheme: Scheme
) -> tuple[str, ...]:
    """List the statements of a level that apply and are not yet fully met."""
    full = (scheme.scale[-1], NOT_APPLICABLE)
    return tuple(
        s.id
        for s in area.statements
        if s.level == level and (s.id not in answers or answers[s.id].rating not in full)
    )


def _count_steps_to_next(levels: Sequence[LevelResult], reached: int | None, scheme: Scheme) -> int:
    """Count the rating steps to the next level that is not skipped; 0 at the highest."""
    way = measure_way(levels, _find_next(levels, reached), scheme.thresholds)
    return 0 if way is None else way.steps


def _find_next(levels: Sequence[LevelResult], reached: int | None) -> int | None:
    """Find the next level above the one reached that is not skipped; None at the highest."""
    return next(
        (k.level for k in levels if reached is not None and k.level > reached and k.possible), None
    )


def _list_to_next(
    area: Area, response: Response, levels: Sequence[LevelResult], reached: int, scheme: Scheme
) -> Iterator[str]:
    """List the statements that can take the steps to the next level: at one level, or at two."""
    following, bounds = _find_next(levels, reached) or 0, scheme.thresholds
    for level in levels[:following]:
        is_next = level.level == following
        if level.missing(bounds.reached_above if is_next else bounds.passed_above):
            yield from _list_unmet(area, response.answers, level.level, scheme)


def _try_one_step(
    levels: Sequence[LevelResult], blocking: LevelResult | None, reached: int | None, scheme: Scheme
) -> int | None:
    """
    Return the level that one rating step more would give; None if it changes nothing.

    Only a step at the lowest level that is not passed can change anything: what lies below is
    passed already, what lies above is locked.
    """
    if blocking is None:
        return None
    raised = blocking.points + _longest_step(blocking, scheme.scale)
    fulfilment = [
        Fraction(raised, level.possible) if level is blocking else level.fulfilment
        for level in levels
    ]
    level = level_reached(fulfilment, scheme.thresholds)
    return None if level == reached else level


def _longest_step(level: LevelResult, scale: Sequence[int]) -> int:
    """Return the points that the next higher rating of a statement brings at most."""
    steps = [after - before for before, after in pairwise(scale) if level.counts[before]]
    if level.unanswered:  # it counts as the lowest rating
        steps.append(scale[1] - scale[0])
    return max(steps, default=0)


def _score_overall(areas: Sequence[AreaResult], scheme: Scheme) -> OverallResult:
    low = _combine_bounds([(area.low, area.is_complete) for area in areas], scheme)
    high = [(area.high, _could_be_complete(area, scheme.thresholds)) for area in areas]
    not_assessed = tuple(area.area for area in areas if not area.is_assessed)
    highest = max((area.highest for area in areas if area.highest is not None), default=None)
    is_held = not not_assessed and low.level != highest and not scheme.form
    return OverallResult(
        low=low,
        high=_combine_bounds(high, scheme),
        answered=sum(area.answered for area in areas),
        dont_know=sum(area.dont_know for area in areas),
        statements=sum(area.statements for area in areas),
        not_assessed=not_assessed,
        not_applying=tuple(area.area for area in areas if not area.applies),
        held_down_by=tuple(
            area.area for area in areas if area.level == low.level and not area.is_complete
        )
        if is_held
        else (),
        way=_add_ways(areas),
        is_about=bool(scheme.form),
    )


def _could_be_complete(area: AreaResult, thresholds: Thresholds) -> bool:
    """Return whether an area would be complete if every unanswered statement were fully met."""
    passed = thresholds.passed_above
    return all(level.high_points >= level.required(passed) for level in area.levels)


def _combine_bounds(bounds: Sequence[tuple[LevelIndex, bool]], scheme: Scheme) -> LevelIndex:
    """
    Return the overall level and the mean of the indices that exist.

    A complete area holds nothing down, so it counts as the top; but no whole is above the highest
    level that an area has reached.
    """
    levels = [
        (bound.level, scheme.top if is_complete else bound.level)
        for bound, is_complete in bounds
        # A few statements of each area may say where it stands; its weakest point they may miss.
        if bound.level is not None and not scheme.form
    ]
    level = (
        min(max(own for own, _ in levels), *(counted for _, counted in levels)) if levels else None
    )
    return LevelIndex(level=level, index=_mean_of_present(bound.index for bound, _ in bounds))


def _add_ways(areas: Sequence[AreaResult]) -> TargetWay | None:
    """Add up the ways of the areas with a target; areas that do not apply have none."""
    # What is missing in an open area is not known, so the whole way is not either.
    if any(area.has_unknown_way for area in areas):
        return None
    ways = [area.way for area in areas if area.way is not None]
    return _join_ways(ways) if ways else None


def _join_ways(ways: Sequence[TargetWay]) -> TargetWay:
    return TargetWay(
        effective_target=None,
        steps=sum(way.steps for way in ways),
        required=sum(way.required for way in ways),
    )


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
