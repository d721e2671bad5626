"""The roadmap's claim: its steps, applied and scored again, reach the target; none is idle."""

from __future__ import annotations

import csv
import io
from fractions import Fraction
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iml4e_xlsx.analysis.team_roadmap import AreaRoadmap, Roadmap, apply_steps, plan_roadmap
from iml4e_xlsx.model import NOT_APPLICABLE, RatingValue, Scheme
from iml4e_xlsx.report.formats.issues_csv import render_issues
from iml4e_xlsx.report.tables.team_tables import roadmap_table
from iml4e_xlsx.scoring import exceeds_bound, score
from tests.support.builders import in_order, response, small_scheme

RATINGS: st.SearchStrategy[RatingValue | None] = st.sampled_from(
    [0, 0, 1, 1, 2, 2, 3, 3, NOT_APPLICABLE, None]
)


def planned(
    scheme: Scheme, ratings: dict[str, RatingValue | None], targets: dict[str, int]
) -> Roadmap:
    filled = response(scheme, ratings, targets=targets)
    return plan_roadmap(score(filled, scheme), scheme)


def rise(area: AreaRoadmap, scheme: Scheme) -> int:
    """Return how many rating steps a roadmap takes."""
    return sum(
        step.wanted - (step.rating if isinstance(step.rating, int) else scheme.scale[0])
        for step in area.steps
    )


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Scheme:
    """Return a scheme of another shape: six levels, ratings 1, 3, 7."""
    return small_scheme(
        tmp_path_factory.mktemp("wide"), ("AA", "BB"), per_level=2, top=6, scale=(1, 3, 7)
    )


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_every_roadmap_reaches_its_target(small: Scheme, data: st.DataObject) -> None:
    """Scored again, each area is at its goal; without any one step, it is not."""
    ratings = {id_: data.draw(RATINGS) for id_ in small.statements}
    targets = {area.code: data.draw(st.integers(0, 4)) for area in small.areas}
    roadmap = planned(small, ratings, targets)

    result = roadmap.score_plan()

    for one in roadmap.areas:
        found = result.area(one.area.code)
        assert found.level is not None
        assert found.level >= one.effective_target
        assert (found.level, found.index) == (one.end.level, one.end.index)
        check_goal(one, small, ratings)
        for left_out in one.steps:
            fewer = [step for _, step in roadmap.steps if step is not left_out]
            without = score(apply_steps(roadmap.response, fewer), small)
            assert (without.area(one.area.code).level or 0) < one.effective_target


def check_goal(one: AreaRoadmap, scheme: Scheme, ratings: dict[str, RatingValue | None]) -> None:
    """The goal is the target unless no statement of the target's level applies."""
    applicable = {
        statement.level
        for statement in scheme.area(one.area.code).statements
        if ratings[statement.id] != NOT_APPLICABLE
    } | {0}
    if one.target in applicable:
        assert one.effective_target == one.target
    else:
        assert one.effective_target in applicable
        assert all(level < one.target for level in applicable) or one.effective_target > one.target


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_steps_follow_one_another(small: Scheme, data: st.DataObject) -> None:
    """Each step says where the area stands before and after it; levels come lowest first."""
    ratings = {id_: data.draw(RATINGS) for id_ in small.statements}
    targets = {area.code: data.draw(st.integers(0, 4)) for area in small.areas}
    roadmap = planned(small, ratings, targets)

    for one in roadmap.areas:
        levels = [step.statement.level for step in one.steps]
        assert levels == sorted(levels)
        at = one.start
        for number, step in enumerate(one.steps, start=1):
            assert step.before == at
            done = apply_steps(roadmap.response, islice(one.steps, number))
            found = score(done, small).area(one.area.code)
            at = step.after
            assert (found.level, found.index) == (at.level, at.index)
            assert step.rating != NOT_APPLICABLE


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_no_roadmap_takes_fewer_rating_steps(small: Scheme, data: st.DataObject) -> None:
    """The steps add up to the least that the thresholds ask for, counted here in another way."""
    ratings = {id_: data.draw(RATINGS) for id_ in small.statements}
    roadmap = planned(small, ratings, {area.code: 4 for area in small.areas})

    for one in roadmap.areas:
        least = 0
        for level in range(1, one.effective_target + 1):
            given_ = [
                ratings[s.id] or 0
                for s in one.area.statements
                if s.level == level and ratings[s.id] != NOT_APPLICABLE
            ]
            if not given_:
                continue
            numbers = [value for value in given_ if isinstance(value, int)]
            bound = Fraction(1, 2) if level == one.effective_target else Fraction(85, 100)
            possible = 3 * len(numbers)
            needed = next(
                p for p in range(possible + 1) if exceeds_bound(Fraction(p, possible), bound)
            )
            least += max(0, needed - sum(numbers))
        if (one.start.level or 0) < one.effective_target:
            assert rise(one, small) == least
        else:
            assert not one.steps


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_other_shapes_of_schemes_have_roadmaps(wide: Scheme, data: st.DataObject) -> None:
    """Levels and scale are data, also a scale with gaps."""
    values: list[RatingValue | None] = [*wide.scale, NOT_APPLICABLE, None]
    choices = st.sampled_from(values)
    ratings = {id_: data.draw(choices) for id_ in wide.statements}
    roadmap = planned(wide, ratings, {"AA": 6, "BB": data.draw(st.integers(0, 6))})

    result = roadmap.score_plan()

    for one in roadmap.areas:
        assert (result.area(one.area.code).level or 0) >= one.effective_target
        assert sum(step.rating_steps for step in one.steps) == one.way.steps
        assert all(step.wanted in wide.scale for step in one.steps)


def test_nearest_to_done_comes_first(small: Scheme) -> None:
    """Within a level the smallest step is first; the last goes only as far as it must."""
    ratings = in_order(small, "AA", [3, 3, 2, 0, 1, 2, 0, 0, 0, 0, 0, 0])
    roadmap = planned(small, ratings, {"AA": 2})
    (area,) = roadmap.areas

    assert roadmap.without_target == ("BB", "CC")
    assert [(s.statement.id, s.rating, s.wanted) for s in area.steps] == [
        ("AA-06", 2, 3),
        ("AA-05", 1, 2),
    ]
    assert [s.raises_level for s in area.steps] == [False, True]


def test_target_that_cannot_be_reached_is_said(small: Scheme) -> None:
    """Where nothing of the target's level applies, the steps lead to the next level that can be."""
    skipped: list[RatingValue | None] = [NOT_APPLICABLE] * 3
    ratings = in_order(small, "AA", [3, 3, 3, 3, 3, 3, *skipped, 0, 0, 0])
    top = in_order(small, "BB", [*[3] * 9, *skipped])
    roadmap = planned(small, {**ratings, **top}, {"AA": 3, "BB": 4})
    first, second = roadmap.areas

    assert (first.effective_target, roadmap.score_plan().area("AA").level) == (4, 4)
    assert (second.effective_target, second.steps) == (3, ())
    note = roadmap_table(roadmap, "Alpha").note
    assert "No statement of level 3 applies in Short AA" in note
    assert "level 3" in note


def test_given_targets_replace_those_of_the_workbook(small: Scheme) -> None:
    """The facilitator may ask what another target would take."""
    filled = response(small, {"AA-01": 0, "BB-01": 0}, targets={"AA": 1})
    roadmap = plan_roadmap(score(filled, small), small, targets={"AA": 0, "BB": 1})

    assert [(one.area.code, one.target, bool(one.steps)) for one in roadmap.areas] == [
        ("AA", 0, False),
        ("BB", 1, True),
    ]


def test_an_open_area_has_no_roadmap(small: Scheme) -> None:
    """Nobody said what is in place there, so nothing is said to be missing."""
    ratings: dict[str, RatingValue | None] = dict.fromkeys(small.statements, 3)
    ratings |= dict.fromkeys((s.id for s in small.area("BB").statements), None)
    roadmap = planned(small, ratings, {"AA": 4, "BB": 2})

    assert [one.area.code for one in roadmap.areas] == ["AA"]
    assert roadmap.not_assessed == ("BB",)
    assert roadmap.without_target == ("CC",)
    view = roadmap_table(roadmap, "Alpha")
    assert view.rows == ()
    assert "AA has reached its target" in view.note
    assert "BB is open" in view.note
    assert "Every area" not in view.note


def test_reached_targets_need_no_step(small: Scheme) -> None:
    """The view says so in words."""
    roadmap = planned(small, dict.fromkeys(small.statements, 3), dict.fromkeys(("AA", "BB"), 4))

    view = roadmap_table(roadmap, "Alpha")

    assert view.rows == ()
    assert "has reached it" in view.note


def test_issue_trackers_take_the_steps(small: Scheme) -> None:
    """One row a step, with title, body and labels without spaces; a formula stays text."""
    ratings = in_order(small, "AA", [0, 0, 3, *[0] * 9])
    roadmap = planned(small, ratings, {"AA": 1})

    rows = list(csv.DictReader(io.StringIO(render_issues([(roadmap, "=Alpha")]))))

    assert [row["statement"] for row in rows] == [s.statement.id for _, s in roadmap.steps]
    assert rows[0]["title"].startswith("AA-01 ")
    assert rows[0]["labels"] == "mlops-maturity,aa"
    assert rows[0]["team"] == "'=Alpha"
    assert "Area: Area AA" in rows[-1]["body"]
    assert "What it changes: level 0 to 1" in rows[-1]["body"]


def test_the_note_says_the_order_that_the_steps_have(small: Scheme) -> None:
    """They go area by area, which is not the order in which levels of the whole unlock."""
    roadmap = planned(
        small, dict.fromkeys(small.statements, 1), {area.code: 3 for area in small.areas}
    )
    table = roadmap_table(roadmap, "Alpha")
    order = [(step.statement.area, step.statement.level) for _, step in roadmap.steps]
    codes = [area.code for area in small.areas]

    assert order == sorted(order, key=lambda each: (codes.index(each[0]), each[1]))
    assert len({code for code, _ in order}) == len(codes)
    assert "area by area, in each from the lowest level up" in table.note
    assert "in the order in which they unlock levels" not in table.note
