"""Defines the figures of an assessment: by level, by area, and of the whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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

    `points` and `possible` are whole numbers in units of one rating step: the points of the
    ratings, and those points if every unanswered statement were fully met. `span` is the distance
    of the highest rating from the lowest, so full fulfilment is `span * applicable`. Statements
    answered with "Don't know" are unanswered; `dont_know` says how many.
    """

    level: int
    statements: int
    counts: Mapping[RatingValue, int]
    unanswered: int
    points: int
    possible: int
    span: int

    @property
    def applicable(self) -> int:
        """Return the number of statements that count: all but those rated n/a."""
        return self.statements - self.counts[NOT_APPLICABLE]

    @property
    def dont_know(self) -> int:
        """Return how many of the unanswered statements were answered with "Don't know"."""
        return self.counts.get(DONT_KNOW, 0)

    @property
    def fulfilment(self) -> Fraction | None:
        """Return the mean fulfilment in 0..1, or None if the level is skipped."""
        return _share(self.points, self.span * self.applicable) if self.applicable else None

    @property
    def high(self) -> Fraction | None:
        """Return the fulfilment if every unanswered statement were fully met."""
        return _share(self.possible, self.span * self.applicable) if self.applicable else None


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelIndex:
    """A level and an index that belong together."""

    level: int
    index: Fraction | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaResult:
    """
    The result of one area; fractions are exact, completeness and not_applicable in 0..1.

    `low` and `high` are its bounds: level and index if every unanswered statement were not met at
    all, and if it were fully met. An area that is not assessed has bounds only.
    """

    area: str
    levels: tuple[LevelResult, ...]
    low: LevelIndex
    high: LevelIndex
    answered: int
    statements: int
    not_applicable: Fraction
    target: int | None
    estimate: int | None
    held_down_by: tuple[str, ...]

    @property
    def is_assessed(self) -> bool:
        """Return whether at least one statement has a rating or n/a; else the area is open."""
        return self.answered > 0

    @property
    def level(self) -> int | None:
        """Return the level reached; None if the area is not assessed."""
        return self.low.level if self.is_assessed else None

    @property
    def index(self) -> Fraction | None:
        """Return the index; None if the area is not assessed, or has no applicable statement."""
        return self.low.index if self.is_assessed else None

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
    def unbalanced(self) -> bool:
        """Return whether practices are advanced on a weak base: the index is a full level ahead."""
        level, index = self.level, self.index
        return level is not None and index is not None and int(index) > level

    @property
    def is_below_target(self) -> bool:
        """Return whether the level is below the target; without one of them it is not."""
        level, target = self.level, self.target
        return level is not None and target is not None and level < target

    @property
    def gap(self) -> Fraction | None:
        """Return how far the index is below the target, at least 0; None without one of them."""
        index, target = self.index, self.target
        if index is None or target is None:
            return None
        missing = target * index.denominator - index.numerator
        return Fraction(max(missing, 0), index.denominator)


@dataclass(frozen=True, slots=True, kw_only=True)
class OverallResult:
    """
    The whole assessment: weakest area's level, mean index, and the way to the targets.

    As long as an area is `not_assessed`, the whole has bounds only, and nothing holds it down.
    `to_target` is None as well if such an area has a target.
    """

    low: LevelIndex
    high: LevelIndex
    answered: int
    dont_know: int
    statements: int
    not_assessed: tuple[str, ...]
    held_down_by: tuple[str, ...]
    to_target: Fraction | None

    @property
    def is_assessed(self) -> bool:
        """Return whether every area is assessed."""
        return not self.not_assessed

    @property
    def level(self) -> int | None:
        """Return the overall level; None as long as an area is not assessed."""
        return self.low.level if self.is_assessed else None

    @property
    def index(self) -> Fraction | None:
        """Return the overall index; None as long as an area is not assessed, or none has one."""
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
