"""Median, quartiles and percentiles among others, and when they are not shown."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from iml4e_xlsx.analysis.peer_benchmark import (
    benchmark_assessments,
    compute_quartiles,
    percentile_rank,
)
from iml4e_xlsx.model import NOT_APPLICABLE, RatingValue, Scheme
from iml4e_xlsx.report.tables.comparison_tables import benchmark_tables
from tests.support.builders import assessment


def test_figures_equal_numpy_and_pandas_on_random_sets() -> None:
    """1,000 sets of indices, with ties: quartiles as NumPy's, percentiles as pandas' ranks."""
    chance = random.Random(20261123)
    for _ in range(1000):
        values = [Fraction(chance.randint(0, 48), 12) for _ in range(chance.randint(5, 40))]
        floats = [float(value) for value in values]

        found = [float(value) for value in compute_quartiles(values)]
        ranks = pd.Series(floats).rank(pct=True) * 100
        own = chance.randrange(len(values))

        assert found == pytest.approx(list(np.percentile(floats, [25, 50, 75])))
        assert found[1] == pytest.approx(pd.Series(floats).median())
        assert float(percentile_rank(values[own], values)) == pytest.approx(ranks[own])


def test_own_value_from_outside_counts_as_one_more() -> None:
    """Above all others it is at the top of a set that it belongs to."""
    others = [Fraction(n) for n in range(4)]

    assert percentile_rank(Fraction(9), others) == 100
    assert percentile_rank(Fraction(-1), others) == 20


def test_small_groups_are_not_shown(small: Scheme) -> None:
    """Fewer than five assessments could be traced to one of them; the view says why it is empty."""
    sectors = ["Bank"] * 5 + ["bank "] + ["Car"] * 4 + [""] * 2
    given = [
        assessment(
            small, dict.fromkeys(small.statements, number % 4), team=f"T{number}", sector=sector
        )
        for number, sector in enumerate(sectors)
    ]

    peers = benchmark_assessments(given, small, field="sector", own=given[0].result)
    bank, car = peers.groups
    views = benchmark_tables(peers)

    assert (bank.value, bank.count, car.value, car.count) == ("Bank", 6, "Car", 4)
    assert car.areas == {}
    assert peers.without_field == 2
    found = bank.areas["AA"]
    assert found is not None
    assert (found.count, found.median, found.own) == (6, Fraction(4, 3), Fraction(0))
    assert views[1].rows == ()
    assert "fewer than 5" in views[1].note
    assert "4 assessments" not in views[1].note


def test_area_with_too_few_indices_is_not_shown(small: Scheme) -> None:
    """Where most say n/a, the others could be told apart as well."""
    given = []
    for number in range(6):
        ratings: dict[str, RatingValue | None] = dict.fromkeys(small.statements, 1)
        if number > 3:
            ratings |= {s.id: NOT_APPLICABLE for s in small.areas[0].statements}
        given.append(assessment(small, ratings, team=f"T{number}"))

    (group,) = benchmark_assessments(given, small).groups

    assert group.areas["AA"] is None
    assert group.areas["BB"] is not None
    assert benchmark_tables(benchmark_assessments(given, small))[0].rows[0][1:] == (None,) * 6


def test_an_open_area_is_no_peer_value(small: Scheme) -> None:
    """Who answered nothing there counts neither as 0 nor at all; the own place is open."""
    full: dict[str, RatingValue | None] = dict.fromkeys(small.statements, 3)
    part = {**full, **dict.fromkeys((s.id for s in small.areas[0].statements), None)}
    given = [assessment(small, full, team=f"T{number}") for number in range(5)]
    own = assessment(small, part, team="Own")

    (group,) = benchmark_assessments([*given, own], small, own=own.result).groups
    table = benchmark_tables(benchmark_assessments([*given, own], small, own=own.result))[0]

    assert group.areas["AA"] is not None
    assert group.areas["AA"].count == 5
    assert group.areas["AA"].lower == 4
    assert table.rows[0][5:] == ("open", None)
    assert table.rows[1][5] == 4


def test_unknown_field_is_refused(small: Scheme) -> None:
    """A field that no profile has is a mistake of the caller."""
    with pytest.raises(ValueError, match="unknown-profile-field"):
        benchmark_assessments([], small, field="colour")
