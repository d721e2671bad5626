"""What the planner promises, for teams and wishes of any kind."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from iml4e_xlsx.analysis.coverage_planner import (
    CoverageWish,
    PlannedPerson,
    Scope,
    find_gap,
    plan_scopes,
)

AREAS = st.lists(st.integers(1, 9), min_size=1, max_size=6).map(
    lambda sizes: [[f"A{n}-{i:02}" for i in range(size)] for n, size in enumerate(sizes)]
)


def flat(areas: list[list[str]]) -> list[str]:
    return [id_ for area in areas for id_ in area]


def rating_counts(scopes: tuple[Scope, ...]) -> Counter[str]:
    return Counter(id_ for scope in scopes for id_ in scope)


@st.composite
def teams(draw: st.DrawFn) -> tuple[list[list[str]], list[PlannedPerson], CoverageWish]:
    areas = draw(AREAS)
    scope = st.frozensets(st.sampled_from(flat(areas)), min_size=1)
    person = st.builds(PlannedPerson, fixed=st.none() | scope, planned=st.none() | scope)
    people = draw(st.lists(person, min_size=1, max_size=8))
    wish = CoverageWish(raters=draw(st.integers(1, 5)), most=draw(st.integers(1, 30)))
    return areas, people, wish


@given(teams())
@settings(max_examples=300)
def test_every_promise_that_can_be_kept_is_kept(
    team: tuple[list[list[str]], list[PlannedPerson], CoverageWish],
) -> None:
    """
    Nobody has more than the limit or nothing, who is fixed keeps the scope, and the raters are
    found wherever the people have room for them.
    """
    areas, people, wish = team
    scopes = plan_scopes(areas, people, wish)
    fixed = [person.fixed for person in people if person.fixed]
    free = len(people) - len(fixed)
    needs = {id_: max(0, wish.raters - sum(id_ in scope for scope in fixed)) for id_ in flat(areas)}
    is_possible = max(needs.values()) <= free and sum(needs.values()) <= free * wish.most

    for person, scope in zip(people, scopes, strict=True):
        assert scope == person.fixed or (person.fixed is None and 0 < len(scope) <= wish.most)
        assert scope <= set(flat(areas))
    if is_possible:
        assert min(rating_counts(scopes)[id_] for id_ in flat(areas)) >= wish.raters
    assert (find_gap(flat(areas), scopes, wish.raters) is None) == all(
        rating_counts(scopes)[id_] >= wish.raters for id_ in flat(areas)
    )


@given(teams())
def test_what_cannot_be_met_is_met_as_far_as_it_can_be(
    team: tuple[list[list[str]], list[PlannedPerson], CoverageWish],
) -> None:
    """No statement waits for its first rater while the free people rate another twice."""
    areas, people, wish = team
    free = [PlannedPerson() for _ in people]
    counts = rating_counts(plan_scopes(areas, free, wish))
    used = sum(min(count, wish.raters) for count in counts.values())

    assert used >= min(len(free) * wish.most, min(wish.raters, len(free)) * len(flat(areas)))
    if 0 in (counts[id_] for id_ in flat(areas)):
        assert max(counts.values()) <= 1


@given(teams())
def test_the_same_people_get_the_same_again(
    team: tuple[list[list[str]], list[PlannedPerson], CoverageWish],
) -> None:
    """What was planned once stays, whether anybody was mailed or not."""
    areas, people, wish = team
    first = plan_scopes(areas, people, wish)
    again = [
        PlannedPerson(fixed=person.fixed, planned=scope)
        for person, scope in zip(people, first, strict=True)
    ]

    assert plan_scopes(areas, again, wish) == first


@given(teams(), st.integers(0, 7), st.integers(0, 3))
def test_who_was_mailed_keeps_the_scope_whoever_comes_or_goes(
    team: tuple[list[list[str]], list[PlannedPerson], CoverageWish], leaver: int, more: int
) -> None:
    """The others make up for who left, as far as they have room."""
    areas, people, wish = team
    first = plan_scopes(areas, people, wish)
    mailed = [PlannedPerson(fixed=scope) for scope in first]
    del mailed[leaver % len(mailed)]
    scopes = plan_scopes(areas, [*mailed, *[PlannedPerson()] * more], wish)

    assert list(scopes[: len(mailed)]) == [person.fixed for person in mailed]


def test_people_get_whole_areas_where_that_is_possible() -> None:
    areas = [[f"{code}-{n}" for n in range(18)] for code in "ABCDEFG"]
    scopes = plan_scopes(areas, [PlannedPerson()] * 7, CoverageWish(raters=2, most=40))

    assert all(not scope & set(area) or set(area) <= scope for scope in scopes for area in areas)
    assert {len(scope) for scope in scopes} == {36}


def test_somebody_new_takes_nothing_from_the_others() -> None:
    areas = [["A-1", "A-2"], ["B-1", "B-2"], ["C-1", "C-2"]]
    wish = CoverageWish(raters=1, most=3)
    first = plan_scopes(areas, [PlannedPerson()] * 2, wish)
    people = [PlannedPerson(planned=scope) for scope in first] + [PlannedPerson()]
    scopes = plan_scopes(areas, people, wish)

    assert scopes[:2] == first
    assert scopes[2]


def test_a_gap_has_the_numbers() -> None:
    areas = [["A-1", "A-2"], ["B-1", "B-2"]]
    wish = CoverageWish(raters=2, most=1)
    scopes = plan_scopes(
        areas, [PlannedPerson(fixed=frozenset({"A-1"}))] + [PlannedPerson()] * 2, wish
    )
    gap = find_gap(["A-1", "A-2", "B-1", "B-2"], scopes, 2, free=(1, 2))

    assert gap is not None
    assert (gap.people, gap.free, gap.needed, gap.missing) == (3, 2, 7, 5)
    assert sum(gap.statements.values()) == 3
