"""
Finds the open statements whose answers can still change a level: what to ask next.

A level of an area is decided by its bounds: what its fulfilment is if every open statement were not
met at all, and if it were fully met. An answer of n/a never takes it beyond them, and of several
open statements each can be the one that takes it across a threshold. So all open statements of a
level are decisive, or none is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from iml4e_xlsx.model import Area, AreaResult, LevelResult, Result, Scheme, Thresholds
from iml4e_xlsx.scoring import exceeds_bound


def find_decisive_statements(result: Result, scheme: Scheme) -> tuple[str, ...]:
    """
    Return the open statements that some answers of the others make decide a level.

    Asked are all areas, with a target or without one, in the scheme's order.
    """
    return tuple(id_ for area in scheme.areas for id_ in _list_decisive(area, result, scheme))


def _list_decisive(area: Area, result: Result, scheme: Scheme) -> Iterator[str]:
    levels = frozenset(_find_levels(result.area(area.code), scheme.thresholds))
    answers = result.response.answers
    for statement in area.statements:
        if statement.level in levels:
            answer = answers.get(statement.id)
            if answer is None or answer.is_open:
                yield statement.id


def _find_levels(area: AreaResult, thresholds: Thresholds) -> Iterator[int]:
    """Yield the levels of an area whose open statements can change the level reached."""
    applying = [level for level in area.levels if level.applicable]
    for position, level in enumerate(applying):
        if level.unanswered and _is_decisive(level, applying[position + 1 :], thresholds):
            yield level.level
        # Whatever is answered here, the levels above stay locked.
        if not _may_exceed(level, thresholds, passed=True):
            return


def _is_decisive(level: LevelResult, above: Sequence[LevelResult], thresholds: Thresholds) -> bool:
    """Return whether a level may or may not be reached, or passed where more is to be reached."""
    if _may_exceed(level, thresholds) and not _must_exceed(level, thresholds):
        return True
    if not _may_exceed(level, thresholds, passed=True):
        return False
    if _must_exceed(level, thresholds, passed=True):
        return False
    return bool(above) and _may_exceed(above[0], thresholds)


def _may_exceed(level: LevelResult, thresholds: Thresholds, *, passed: bool = False) -> bool:
    bound = thresholds.passed_above if passed else thresholds.reached_above
    return level.high is not None and exceeds_bound(level.high, bound)


def _must_exceed(level: LevelResult, thresholds: Thresholds, *, passed: bool = False) -> bool:
    bound = thresholds.passed_above if passed else thresholds.reached_above
    return level.fulfilment is not None and exceeds_bound(level.fulfilment, bound)
