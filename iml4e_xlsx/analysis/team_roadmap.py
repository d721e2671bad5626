"""Plans roadmaps: the statements to raise, in order, from the level reached to the target."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from iml4e_xlsx.model import (
    NOT_APPLICABLE,
    Answer,
    Area,
    LevelIndex,
    RatingValue,
    Response,
    Result,
    Scheme,
    Statement,
    TargetWay,
)
from iml4e_xlsx.scoring import measure_way, score, score_area


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadmapStep:
    """
    One statement to raise from its `rating` (None: unanswered) to the `wanted` rating.

    `rating_steps` are the steps of the scale that its level needs of it. `before` and `after` are
    the area's level and index: after all earlier steps, and after this step as well.
    """

    statement: Statement
    rating: RatingValue | None
    wanted: int
    rating_steps: int
    before: LevelIndex
    after: LevelIndex

    @property
    def raises_level(self) -> bool:
        """Return whether this step raises the area's level."""
        return (self.after.level or 0) > (self.before.level or 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaRoadmap:
    """
    The way of one area from its level to its target; without steps if it has reached the target.

    `effective_target` is the level that the steps lead to. It is above the target if the target's
    level has no applicable statement and so cannot be reached, and below it if no level from the
    target on has one. `way` is the way at the start.
    """

    area: Area
    start: LevelIndex
    target: int
    effective_target: int
    way: TargetWay
    steps: tuple[RoadmapStep, ...]

    @property
    def end(self) -> LevelIndex:
        """Return level and index after all steps."""
        return self.steps[-1].after if self.steps else self.start


@dataclass(frozen=True, slots=True, kw_only=True)
class Roadmap:
    """
    The roadmaps of the assessed areas that have a target and apply.

    `without_target` are the codes of areas without one, `not_assessed` those of areas with one
    about which nothing is known: what is in place there cannot be planned around. `not_applying`
    are those of areas with a target in which every statement is n/a.
    """

    scheme: Scheme
    response: Response
    areas: tuple[AreaRoadmap, ...]
    without_target: tuple[str, ...]
    not_assessed: tuple[str, ...]
    not_applying: tuple[str, ...]

    @property
    def rating_steps(self) -> int:
        """Return the rating steps of all areas."""
        return sum(step.rating_steps for _, step in self.steps)

    @property
    def steps(self) -> Iterator[tuple[AreaRoadmap, RoadmapStep]]:
        """Yield every step with its area's roadmap, in the areas' order."""
        for area in self.areas:
            for step in area.steps:
                yield area, step

    def score_plan(self) -> Result:
        """Score the response with every step done, which proves the roadmap's claim."""
        return score(apply_steps(self.response, (step for _, step in self.steps)), self.scheme)


def plan_roadmap(
    result: Result, scheme: Scheme, *, targets: Mapping[str, int] | None = None
) -> Roadmap:
    """
    Plan the way to the targets.

    Levels are taken from the lowest on, as the rule unlocks them. Within a level every rating
    step gains the same index, so what is nearest to being fully in place comes first, and the
    last statement is raised only as far as the level needs it. The sum of the rating steps is
    the smallest that reaches the target.

    Args:
        result: Where the organisation or team is.
        scheme: The result's scheme.
        targets: Levels by area code; they replace the response's own.
    """
    target_levels = {**result.response.targets, **(targets or {})}
    areas = []
    for area in scheme.areas:
        found, target = result.area(area.code), target_levels.get(area.code)
        way = measure_way(found.levels, target, scheme.thresholds) if found.is_assessed else None
        if target is not None and way is not None:
            areas.append(_plan_area(area, target, way, result.response, scheme))
    return Roadmap(
        scheme=scheme,
        response=result.response,
        areas=tuple(areas),
        without_target=tuple(area.code for area in scheme.areas if area.code not in target_levels),
        not_assessed=tuple(code for code in result.overall.not_assessed if code in target_levels),
        not_applying=tuple(code for code in result.overall.not_applying if code in target_levels),
    )


def apply_steps(response: Response, steps: Iterable[RoadmapStep]) -> Response:
    """Return a copy of a response with the steps done."""
    answers = dict(response.answers)
    for step in steps:
        answer = answers.get(step.statement.id, Answer(statement=step.statement.id))
        answers[step.statement.id] = answer._replace(rating=step.wanted)
    return replace(response, answers=answers)


def _plan_area(
    area: Area, target: int, way: TargetWay, response: Response, scheme: Scheme
) -> AreaRoadmap:
    aim = way.effective_target or 0
    steps: list[RoadmapStep] = []
    for level in range(1, aim + 1):
        statements = _applicable_statements(area, level, response)
        # A level below the aim must be passed, the aim itself only be reached.
        bounds = scheme.thresholds
        bound = bounds.reached_above if level == aim else bounds.passed_above
        if statements:
            done = apply_steps(response, steps)
            steps.extend(_raise_level(area, statements, bound, done, scheme))
    return AreaRoadmap(
        area=area,
        start=_score_area(area, response, scheme),
        target=target,
        effective_target=aim,
        way=way,
        steps=tuple(steps),
    )


def _applicable_statements(area: Area, level: int, response: Response) -> list[Statement]:
    return [
        statement
        for statement in area.statements
        if statement.level == level and _rating_of(response, statement.id) != NOT_APPLICABLE
    ]


def _rating_of(response: Response, statement: str) -> RatingValue | None:
    answer = response.answers.get(statement)
    return None if answer is None else answer.rating


def _raise_level(
    area: Area,
    statements: Sequence[Statement],
    bound: Fraction,
    response: Response,
    scheme: Scheme,
) -> Iterator[RoadmapStep]:
    """Yield the steps that take a level's fulfilment above a bound."""
    lowest, highest = scheme.scale[0], scheme.scale[-1]
    ratings = {
        each.id: _rating_number(_rating_of(response, each.id), lowest) for each in statements
    }
    found = score_area(area, response, scheme)
    needed = found.levels[statements[0].level - 1].missing(bound)
    before = found.low
    for statement in sorted(statements, key=lambda each: highest - ratings[each.id]):
        room = highest - ratings[statement.id]
        if needed <= 0:
            return
        if not room:
            continue
        rise = min(room, needed)
        step = RoadmapStep(
            statement=statement,
            rating=_rating_of(response, statement.id),
            wanted=_round_up(ratings[statement.id] + rise, scheme.scale),
            rating_steps=rise,
            before=before,
            after=before,
        )
        response = apply_steps(response, [step])
        before = _score_area(area, response, scheme)
        needed -= step.wanted - ratings[statement.id]
        yield replace(step, after=before)


def _rating_number(rating: RatingValue | None, lowest: int) -> int:
    return rating if isinstance(rating, int) else lowest


def _round_up(value: int, scale: Sequence[int]) -> int:
    """Round a value up to a number of the scale."""
    return min(number for number in scale if number >= value)


def _score_area(area: Area, response: Response, scheme: Scheme) -> LevelIndex:
    """Return the area's level and index without scoring the other areas."""
    return score_area(area, response, scheme).low
