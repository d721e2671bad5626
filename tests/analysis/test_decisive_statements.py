"""What to ask next: found from the bounds, and by trying every answer."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path

import pytest

from iml4e_xlsx.analysis.decisive_statements import find_decisive_statements
from iml4e_xlsx.model import DONT_KNOW, RatingValue, Scheme, is_open
from iml4e_xlsx.scheme import load_scheme
from iml4e_xlsx.scoring import level_reached, score, score_area
from tests.support.builders import rate_all, response, scheme_fields, small_scheme, write_scheme

MOST_OPEN = 5


def tried(scheme: Scheme, ratings: Mapping[str, RatingValue | None]) -> set[str]:
    """Return the open statements that change the level for some answers of the others."""
    open_ids = [id_ for id_, rating in ratings.items() if is_open(rating)]
    values: list[RatingValue] = [*scheme.scale, "n/a"]
    area = scheme.areas[0]
    reached: dict[tuple[RatingValue, ...], int] = {}
    for answers in product(values, repeat=len(open_ids)):
        given = response(scheme, {**ratings, **dict(zip(open_ids, answers, strict=True))})
        levels = score_area(area, given, scheme).levels
        fulfilment = [level.fulfilment for level in levels]
        reached[answers] = level_reached(fulfilment, scheme.thresholds)
    decisive = set()
    for answers, level in reached.items():
        for at, id_ in enumerate(open_ids):
            others = ((*answers[:at], value, *answers[at + 1 :]) for value in values)
            if any(reached[other] != level for other in others):
                decisive.add(id_)
    return decisive


@pytest.mark.parametrize("scale", [(0, 1, 2, 3), (0, 2, 7), (1, 2)])
def test_the_bounds_tell_what_trying_every_answer_tells(
    tmp_path: Path, scale: Sequence[int]
) -> None:
    """An open statement is decisive if and only if some answers of the others make it so."""
    rng = random.Random(len(scale))
    table = "\n".join(
        f"| AA | {level} | AA-{number:02d} |"
        for number, level in enumerate([1, 1, 1, 2, 2, 4, 4, 4], start=1)
    )
    fields = scheme_fields(table, scale=scale, dont_know="Don't know")
    scheme = load_scheme(write_scheme(tmp_path / "s", fields))
    seen = set()
    for _ in range(60):
        open_ids = rng.sample(list(scheme.statements), rng.randint(1, 3 if len(scale) > 3 else 4))
        high = [scale[-1]] * rng.randint(0, 12)
        values: list[RatingValue] = [*scale, *high, "n/a"]
        ratings: dict[str, RatingValue | None] = {
            id_: rng.choice((None, DONT_KNOW)) if id_ in open_ids else rng.choice(values)
            for id_ in scheme.statements
        }

        found = find_decisive_statements(score(response(scheme, ratings), scheme), scheme)

        assert set(found) == tried(scheme, ratings), ratings
        seen.add(len(found))
    assert {0, 1} < seen


def test_areas_without_a_target_are_asked_too(small: Scheme) -> None:
    """A level is worth knowing where nobody has set a target for it."""
    blank = response(small, {})
    with_target = response(small, {}, targets={"BB": 3})

    everything = find_decisive_statements(score(blank, small), small)
    some = find_decisive_statements(score(with_target, small), small)

    assert set(everything) == small.statements.keys()
    assert some == everything


def test_nothing_is_left_to_ask(small: Scheme) -> None:
    """What is locked, and what is passed whatever comes, is not asked for."""
    ratings = rate_all(small, 3) | {"AA-01": 0, "AA-12": None, "BB-12": None}
    given = response(small, ratings, targets={"AA": 4})

    assert find_decisive_statements(score(given, small), small) == ()


def test_it_takes_no_time_for_a_whole_assessment(tmp_path: Path) -> None:
    """A blank workbook of many open statements is decided without trying their answers."""
    scheme = small_scheme(tmp_path / "s", ["AA", "BB"], per_level=MOST_OPEN * 8)

    found = find_decisive_statements(score(response(scheme, {}), scheme), scheme)

    assert len(found) == len(scheme.statements)
