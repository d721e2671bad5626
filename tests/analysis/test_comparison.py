"""Teams side by side: who could teach whom, and which cannot be compared."""

from __future__ import annotations

from pathlib import Path

import pytest

from iml4e_xlsx.analysis.comparison import compare_teams, group_by_scheme
from iml4e_xlsx.analysis.teams import group_by_team
from iml4e_xlsx.model import Scheme
from iml4e_xlsx.scheme import load_scheme
from tests.support.builders import assessment, rate_all, scheme_fields, write_scheme


def test_highest_team_could_teach_the_lowest(small: Scheme) -> None:
    """The area in which the teams differ most comes first."""
    a, b = small.areas[0], small.areas[1]
    strong = {s.id: 3 for s in a.statements} | {s.id: 1 for s in b.statements}
    weak = {s.id: 0 for s in a.statements} | {s.id: 2 for s in b.statements}
    teams = group_by_team(
        [
            assessment(small, strong, team="Strong"),
            assessment(small, weak, team="Weak"),
            assessment(small, {**weak, **{s.id: 1 for s in a.statements}}, team="Middle"),
        ]
    )

    found = compare_teams(teams)

    assert [one.area.code for one in found.areas_by_spread][:2] == [a.code, b.code]
    first, second = found.lessons
    assert (first.area.code, first.teachers, first.learners) == (a.code, ("Strong",), ("Weak",))
    assert (second.teachers, second.learners) == (("Middle", "Weak"), ("Strong",))
    assert first.ahead == 4


def test_different_schemes_are_not_compared(small: Scheme, tmp_path: Path) -> None:
    """They make different teams, the larger group first; comparing them is refused."""
    fields = {**scheme_fields("| AA | 1 | AA-01 |", top=1), "id": "other"}
    write_scheme(tmp_path / "other", fields)
    other = load_scheme(tmp_path / "other")
    teams = group_by_team(
        [
            assessment(other, {"AA-01": 1}),
            assessment(small, rate_all(small, 1)),
            assessment(small, rate_all(small, 2), respondent="Ben"),
        ]
    )

    first, second = group_by_scheme(teams)

    assert first[0].scheme.id == "small"
    assert second[0].scheme.id == "other"
    with pytest.raises(ValueError, match="one-scheme"):
        compare_teams(teams)
