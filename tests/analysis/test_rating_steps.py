"""The roadmap lists exactly the rating steps to the targets, on the official scheme."""

from __future__ import annotations

import random

from iml4e_xlsx.analysis.team_roadmap import plan_roadmap
from iml4e_xlsx.model import NOT_APPLICABLE, RatingValue, Scheme
from iml4e_xlsx.scoring import score
from tests.support.builders import response

COUNT = 1000


def random_ratings(scheme: Scheme, rng: random.Random) -> dict[str, RatingValue | None]:
    """Return ratings of one of several kinds, levels and areas that are n/a among them."""
    weights = rng.choice([(1, 1, 1, 1, 1, 1), (0, 0.2, 2, 9, 0.3, 0.1), (0, 0, 1, 20, 1, 0)])
    values: list[RatingValue | None] = [0, 1, 2, 3, NOT_APPLICABLE, None]
    ratings = {id_: rng.choices(values, weights)[0] for id_ in scheme.statements}
    for area in scheme.areas:
        out = {level for level in scheme.scored_levels if rng.random() < 0.15}
        choices: list[RatingValue | None] = [NOT_APPLICABLE, None, None]
        blank = rng.choice(choices)
        is_blank = rng.random() < 0.1
        for statement in area.statements:
            if is_blank or statement.level in out:
                ratings[statement.id] = blank if is_blank else NOT_APPLICABLE
    return ratings


def test_a_roadmap_lists_the_steps_to_the_target(official: Scheme) -> None:
    """Over 1,000 random assessments; and the way is 100 % exactly where the target is reached."""
    rng = random.Random(16)
    listed = 0
    for _ in range(COUNT):
        targets = {
            a.code: rng.randint(0, official.top) for a in official.areas if rng.random() < 0.8
        }
        given = response(official, random_ratings(official, rng), targets=targets)
        result = score(given, official)
        roadmap = plan_roadmap(result, official)

        steps = {one.area.code: sum(s.rating_steps for s in one.steps) for one in roadmap.areas}
        assert steps == {
            area.area: area.steps_to_target for area in result.areas if area.way is not None
        }
        for area in result.areas:
            if area.way is not None:
                is_reached = (area.level or 0) >= (area.effective_target or 0)
                assert (area.way_to_target == 1) == is_reached
        if result.overall.way is not None:
            assert result.overall.steps_to_target == roadmap.rating_steps
        planned = score_after(roadmap.score_plan().areas)
        assert all(planned.get(code, True) for code in steps)
        listed += roadmap.rating_steps
    assert listed > COUNT


def test_the_statements_to_the_next_level_lead_there(official: Scheme) -> None:
    """Whoever meets all of them fully stands at a higher level, and none takes no part."""
    rng = random.Random(17)
    raised = 0
    for _ in range(COUNT // 2):
        ratings = random_ratings(official, rng)
        result = score(response(official, ratings), official)
        named = {area.area: area.statements_to_next for area in result.areas}
        better = ratings | {id_: 3 for ids in named.values() for id_ in ids}
        after = score(response(official, better), official)
        for area in result.areas:
            assert bool(named[area.area]) == bool(area.steps_to_next)
            room = sum(
                3 - (value if isinstance(value, int) else 0)
                for value in (ratings[id_] for id_ in named[area.area])
            )
            assert room >= (area.steps_to_next or 0)
            if named[area.area]:
                assert (after.area(area.area).level or 0) > (area.level or 0)
                raised += 1
    assert raised > COUNT


def score_after(areas: object) -> dict[str, bool]:
    """Return by area whether its target is reached."""
    assert isinstance(areas, tuple)
    return {area.area: area.steps_to_target == 0 for area in areas if area.way is not None}
