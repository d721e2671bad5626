"""Rounds: the dates at which one ends and the next begins."""

from __future__ import annotations

from iml4e_xlsx.analysis.rounds import split_rounds
from iml4e_xlsx.model import Scheme
from tests.support.builders import assessment, rate_all


def test_gap_between_dates_begins_a_round(small: Scheme) -> None:
    """Rounds are the same for all teams; a response without a date belongs to none."""
    days = ("2026-05-02", "2026-05-30", "2026-07-14", "2026-11-01")
    given_ = [assessment(small, rate_all(small, 1), date=day, respondent=day) for day in days]
    undated = assessment(small, rate_all(small, 1), date="", respondent="none")

    rounds, without = split_rounds([*given_, undated])

    assert [(one.first, one.last) for one in rounds] == [
        ("2026-05-02", "2026-07-14"),
        ("2026-11-01", "2026-11-01"),
    ]
    assert without == (undated,)
    assert len(split_rounds(given_, gap_days=44)[0]) == 3
