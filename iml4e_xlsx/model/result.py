"""Defines the figures of an assessment: by level, by area, and of the whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache

from iml4e_xlsx.findings.finding import Finding
from iml4e_xlsx.model.assessment_scheme import DONT_KNOW, NOT_APPLICABLE, RatingValue, Scheme
from iml4e_xlsx.model.response import Response


@lru_cache(maxsize=4096)
def _share(points: int, most: int) -> Fraction:
    """Return a share; levels have few statements, so that the same few shares come again."""
    return Fraction(points, most)


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelResult:
    """
    One level of one area: the number of each rating, and the points that follow.

    `points` and `high_points` are whole numbers in units of one rating step: the points of the
    ratings, and those points if every unanswered statement were fully met. `span` is the distance
    of the highest rating from the lowest. `applicable` is the number of statements that count, all
    but those rated n/a, and `possible` are their points of full fulfilment; both are 0 if the level
    is skipped. Statements answered with "Don't know" are unanswered; `dont_know` says how many.
    """

    level: int
    statements: int
    counts: Mapping[RatingValue, int]
    unanswered: int
    points: int
    high_points: int
    span: int
    applicable: int = field(init=False)
    possible: int = field(init=False)

    def __post_init__(self) -> None:
        """Count what applies: all figures of an area ask for it many times."""
        applicable = self.statements - self.counts[NOT_APPLICABLE]
        object.__setattr__(self, "applicable", applicable)
        object.__setattr__(self, "possible", self.span * applicable)

    @property
    def dont_know(self) -> int:
        """Return how many of the unanswered statements were answered with "Don't know"."""
        return self.counts.get(DONT_KNOW, 0)

    @property
    def fulfilment(self) -> Fraction | None:
        """Return the mean fulfilment in 0..1, or None if the level is skipped."""
        possible = self.possible
        return _share(self.points, possible) if possible else None

    @property
    def high(self) -> Fraction | None:
        """Return the fulfilment if every unanswered statement were fully met."""
        possible = self.possible
        return _share(self.high_points, possible) if possible else None

    def required(self, bound: Fraction) -> int:
        """Return the fewest points whose share is above a bound; 0 if the level is skipped."""
        if not self.possible:
            return 0
        return bound.numerator * self.possible // bound.denominator + 1

    def missing(self, bound: Fraction) -> int:
        """Return the rating steps that are missing for a share above a bound."""
        return max(0, self.required(bound) - self.points)


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelIndex:
    """A level and an index that belong together; None for what does not apply."""

    level: int | None
    index: Fraction | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetWay:
    """
    The way of an area, or of several, to its target level.

    `steps` are the rating steps that are left, of `required` points. `effective_target` is the
    level that they lead to: the target, or the nearest level that applies; None for several areas.
    """

    effective_target: int | None
    steps: int
    required: int

    @property
    def share(self) -> Fraction:
        """Return the share that is done, in 0..1; 1 if and only if the target is reached."""
        return Fraction(self.required - self.steps, self.required) if self.required else Fraction(1)


class _HasWay:
    """A result with a way to one target, or to several; None where there is no known one."""

    __slots__ = ()

    way: TargetWay | None

    @property
    def steps_to_target(self) -> int | None:
        """Return the rating steps that are left."""
        return None if self.way is None else self.way.steps

    @property
    def required_for_target(self) -> int | None:
        """Return the points that are required."""
        return None if self.way is None else self.way.required

    @property
    def way_to_target(self) -> Fraction | None:
        """Return the share of the way that is done, in 0..1."""
        return None if self.way is None else self.way.share


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaResult(_HasWay):
    """
    The result of one area; fractions are exact, completeness and not_applicable in 0..1.

    `low` and `high` are its bounds: level and index if every unanswered statement were not met at
    all, and if it were fully met. An area that is not assessed has bounds only, and one that does
    not apply not even those. `highest` is the highest level with an applicable statement, None
    where the area does not apply. `is_complete` says that all that applies is passed.
    `steps_to_next` are the rating steps to the next level, 0 at the highest, and
    `statements_to_next` the statements whose ratings can take them. `one_step_level` is
    the level that one rating step more would give, None if that changes nothing. `open_statements`
    are those without an answer that counts.
    """

    area: str
    levels: tuple[LevelResult, ...]
    low: LevelIndex
    high: LevelIndex
    answered: int
    statements: int
    not_applicable: Fraction
    highest: int | None
    is_complete: bool
    target: int | None
    way: TargetWay | None
    estimate: int | None
    steps_to_next: int | None
    statements_to_next: tuple[str, ...]
    one_step_level: int | None
    held_down_by: tuple[str, ...]
    open_statements: tuple[str, ...]

    @property
    def is_assessed(self) -> bool:
        """Return whether at least one statement has a rating or n/a; else the area is open."""
        return self.answered > 0

    @property
    def applies(self) -> bool:
        """Return whether a statement applies; else the area takes no part in anything."""
        return self.highest is not None

    @property
    def level(self) -> int | None:
        """Return the level reached; None if the area is not assessed, or does not apply."""
        return self.low.level if self.is_assessed else None

    @property
    def index(self) -> Fraction | None:
        """Return the index; None if the area is not assessed, or does not apply."""
        return self.low.index if self.is_assessed else None

    @property
    def is_at_highest(self) -> bool:
        """Return whether the level reached is the highest that applies."""
        return self.level is not None and self.level == self.highest

    @property
    def is_limited(self) -> bool:
        """Return whether the highest level that applies is below the scheme's top."""
        return self.highest is not None and self.highest < self.levels[-1].level

    @property
    def completeness(self) -> Fraction:
        """Return the share of statements with a rating or n/a."""
        return Fraction(self.answered, self.statements)

    @property
    def dont_know(self) -> int:
        """Return how many statements were answered with "Don't know"."""
        return sum(level.dont_know for level in self.levels)

    @property
    def provisional(self) -> bool:
        """Return whether statements are unanswered."""
        return self.answered < self.statements

    @property
    def gap_below(self) -> bool:
        """Return whether advanced practices stand on a weak base, whatever open answers will be."""
        return self.is_assessed and self._is_ahead(self.low) and self._is_ahead(self.high)

    def _is_ahead(self, bound: LevelIndex) -> bool:
        level, index = bound.level, bound.index
        if level is None or index is None or level == self.highest:
            return False
        return int(index) > level

    @property
    def effective_target(self) -> int | None:
        """Return the level that the target comes down to; None without a way."""
        return None if self.way is None else self.way.effective_target

    @property
    def has_unknown_way(self) -> bool:
        """Return whether there is a target, but nobody said anything about the area."""
        return self.target is not None and not self.is_assessed

    @property
    def is_below_target(self) -> bool:
        """Return whether steps to the target are left; without a known way there are none."""
        return self.way is not None and self.way.steps > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OverallResult(_HasWay):
    """
    The whole assessment: the level that no area falls below, the mean index, and the way.

    As long as an area is `not_assessed`, the whole has bounds only, and nothing holds it down.
    `not_applying` areas take no part; without any other the whole has no level. `way` is None
    without a target, and if one of them is that of an area that is not assessed. A form that asks
    for some of the statements says `about` where the areas stand, and has no overall level.
    """

    low: LevelIndex
    high: LevelIndex
    answered: int
    dont_know: int
    statements: int
    not_assessed: tuple[str, ...]
    not_applying: tuple[str, ...]
    held_down_by: tuple[str, ...]
    way: TargetWay | None
    is_about: bool = False

    @property
    def is_assessed(self) -> bool:
        """Return whether every area is assessed."""
        return not self.not_assessed

    @property
    def applies(self) -> bool:
        """Return whether an area applies."""
        return self.low.index is not None

    @property
    def level(self) -> int | None:
        """Return the overall level; None as long as an area is open, if none applies, or about."""
        return self.low.level if self.is_assessed else None

    @property
    def index(self) -> Fraction | None:
        """Return the overall index; None as long as an area is open, or if none applies."""
        return self.low.index if self.is_assessed else None

    @property
    def completeness(self) -> Fraction:
        """Return the share of statements with a rating or n/a."""
        return Fraction(self.answered, self.statements)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The outcome of scoring a response."""

    response: Response
    areas: tuple[AreaResult, ...]
    overall: OverallResult

    @property
    def target_count(self) -> int:
        """Return how many areas have a target: the way of one area is no way of seven."""
        return sum(area.target is not None for area in self.areas)

    def area(self, code: str) -> AreaResult:
        """Return the result of the area with this code; KeyError if there is none."""
        for area in self.areas:
            if area.area == code:
                return area
        raise KeyError(code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """One workbook read and scored; `findings` are sorted by severity, errors first."""

    scheme: Scheme
    response: Response
    result: Result
    findings: tuple[Finding, ...]
