"""
Plans who of a team rates which statements: so many raters for each, so many statements each.

Who has a fixed scope keeps it. The others get whole areas where that is possible, else runs of
statements in the scheme's order, else what is left; the loads are as even as the areas allow.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, islice, pairwise

Scope = frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageWish:
    """At least `raters` people for each statement, at most `most` statements for a person."""

    raters: int
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedPerson:
    """Somebody of a team; a `fixed` scope never changes, a `planned` one is kept if it can be."""

    fixed: Scope | None = None
    planned: Scope | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageGap:
    """
    What is missing of a wish in one team.

    Attributes:
        people: How many people the team has.
        raters: How many were wished for each statement.
        statements: The statements that have fewer, each with the number that it has.
        missing: How many ratings are missing in all.
        free: How many people have no fixed scope.
        needed: How many statements the free people were to rate together.
    """

    people: int
    raters: int
    statements: Mapping[str, int]
    missing: int
    free: int
    needed: int


def find_gap(
    statements: Sequence[str], scopes: Sequence[Scope], raters: int, *, free: Sequence[int] = ()
) -> CoverageGap | None:
    """Find what is missing where people have these scopes; `free` are places of planned ones."""
    counts = _count_raters(scopes)
    short = {id_: counts[id_] for id_ in statements if counts[id_] < raters}
    if not short:
        return None
    fixed = _count_raters([scope for place, scope in enumerate(scopes) if place not in free])
    return CoverageGap(
        people=len(scopes),
        raters=raters,
        statements=short,
        missing=sum(raters - count for count in short.values()),
        free=len(free),
        needed=sum(max(0, raters - fixed[id_]) for id_ in statements),
    )


def plan_scopes(
    areas: Sequence[Sequence[str]], people: Sequence[PlannedPerson], wish: CoverageWish
) -> tuple[Scope, ...]:
    """
    Return a scope for each person, none of which is empty.

    Earlier scopes stay as long as the wish can be met with them: first those of all, so that
    somebody new gets the rest, and then those of nobody. What cannot be met is met as far as it can
    be, the statements with the fewest raters first.
    """
    statements = [id_ for area in areas for id_ in area]
    settled = [
        person.fixed or (_usable(person.planned, wish) if person.fixed is None else None)
        for person in people
    ]
    scopes = _fill_scopes(areas, settled, wish)
    if find_gap(statements, scopes, wish.raters) is not None:
        scopes = _fill_scopes(areas, [person.fixed for person in people], wish)
    return scopes


def _usable(scope: Scope | None, wish: CoverageWish) -> Scope | None:
    return scope if scope and len(scope) <= wish.most else None


def _fill_scopes(
    areas: Sequence[Sequence[str]], scopes: Sequence[Scope | None], wish: CoverageWish
) -> tuple[Scope, ...]:
    """Return these scopes, and one for each place that has none."""
    counts = _count_raters([scope for scope in scopes if scope is not None])
    free = sum(scope is None for scope in scopes)
    needs = _limit_needs(areas, counts, free, wish)
    shares = (
        _share_areas(areas, needs, free, wish.most)
        or _share_runs(areas, needs, free)
        or _deal_statements(areas, needs, free)
    )
    for share in shares:
        counts.update(share)
    for share in shares:
        if not share:  # enough people have the rest: one more opinion, where there are the fewest
            share.update(_choose_fewest(areas, counts, wish.most))
            counts.update(share)
    remaining = iter(shares)
    return tuple(frozenset(next(remaining)) if scope is None else scope for scope in scopes)


def _count_raters(scopes: Sequence[Scope]) -> Counter[str]:
    return Counter(id_ for scope in scopes for id_ in scope)


def _limit_needs(
    areas: Sequence[Sequence[str]], counts: Mapping[str, int], free: int, wish: CoverageWish
) -> dict[str, int]:
    """Return how many more raters each statement gets, as far as there are people for it."""
    statements = [id_ for area in areas for id_ in area]
    # Each entry is one more rater; those of statements with the fewest come first.
    wanted = sorted(
        (counts[id_] + more, place)
        for place, id_ in enumerate(statements)
        for more in range(min(free, max(0, wish.raters - counts[id_])))
    )
    granted = Counter(place for _, place in islice(wanted, free * wish.most))
    return {id_: granted[place] for place, id_ in enumerate(statements)}


def _share_areas(
    areas: Sequence[Sequence[str]], needs: Mapping[str, int], free: int, most: int
) -> list[set[str]] | None:
    """Share whole areas, the largest first, to those who have the least; None if that fails."""
    shares: list[set[str]] = [set() for _ in range(free)]
    blocks = [
        (list(block), need)
        for area in areas
        for need, block in groupby(area, key=needs.__getitem__)
        if need
    ]
    for block, need in sorted(blocks, key=lambda each: -len(each[0])):
        least = sorted(range(free), key=lambda place: (len(shares[place]), place))[:need]
        if any(len(shares[place]) + len(block) > most for place in least):
            return None
        for place in least:
            shares[place].update(block)
    return shares


def _share_runs(
    areas: Sequence[Sequence[str]], needs: Mapping[str, int], free: int
) -> list[set[str]] | None:
    """Share runs of the statements in their order, over and over; None if one came twice."""
    laps = max(needs.values(), default=0)
    queue = [id_ for lap in range(laps) for area in areas for id_ in area if needs[id_] > lap]
    runs = _cut_evenly(queue, free)
    return None if any(len(set(run)) < len(run) for run in runs) else list(map(set, runs))


def _cut_evenly(queue: Sequence[str], count: int) -> list[Sequence[str]]:
    bounds = [len(queue) * place // count for place in range(count + 1)] if count else [0]
    return [queue[start:end] for start, end in pairwise(bounds)]


def _deal_statements(
    areas: Sequence[Sequence[str]], needs: Mapping[str, int], free: int
) -> list[set[str]]:
    """Deal the statements in turn, which meets every wish that can be met at all."""
    # The raters of one statement follow each other, and are fewer than the people: all different.
    queue = [id_ for area in areas for id_ in area for _ in range(needs[id_])]
    return [set(queue[place::free]) for place in range(free)]


def _choose_fewest(
    areas: Sequence[Sequence[str]], counts: Mapping[str, int], most: int
) -> Sequence[str]:
    """Return the area whose statements have the fewest raters, or as many of it as may be."""
    area = min((area for area in areas if area), key=lambda each: min(counts[i] for i in each))
    return sorted(area, key=lambda id_: counts[id_])[:most]
