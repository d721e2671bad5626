"""Mixing answers: a team's results stay, and no row is what one person has answered."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from iml4e_xlsx.analysis.answer_mixing import ERASED_EVIDENCE, mix_answers
from iml4e_xlsx.analysis.teams import group_by_team
from iml4e_xlsx.model import Assessment, Scheme
from tests.support.builders import assessment, small_scheme

DAY = "2026-11-27"


@pytest.fixture(scope="module")
def scheme(tmp_path_factory: pytest.TempPathFactory) -> Scheme:
    folder: Path = tmp_path_factory.mktemp("s")
    return small_scheme(folder, ("AA", "BB"), per_level=3, top=2)


def members(scheme: Scheme, count: int = 5, team: str = "Red") -> list[Assessment]:
    """Return people whose ratings are all of one number, which is theirs alone among four."""
    return [
        assessment(
            scheme, dict.fromkeys(scheme.statements, number % 4),
            team=team, respondent=f"P{number}", source=f"{team}-{number}.xlsx",
        )
        for number in range(count)
    ]  # fmt: skip


def test_results_of_teams_stay(scheme: Scheme) -> None:
    """Statement by statement, with their consensus and their number of people."""
    given = [*members(scheme), *members(scheme, 3, "Green")]
    before, after = group_by_team(given), group_by_team(mix_answers(given, DAY))

    for old, new in zip(before, after, strict=True):
        assert (old.name, len(old.members)) == (new.name, len(new.members))
        assert old.result.areas == new.result.areas
        assert old.consensus == new.consensus
        assert new.date == DAY


def test_rows_are_nobodys(scheme: Scheme) -> None:
    """Of people who each gave one rating throughout, nobody is found again by it."""
    mixed = mix_answers(members(scheme, 8), DAY)
    uniform = [
        each for each in mixed if len({a.rating for a in each.response.answers.values()}) == 1
    ]

    assert len(mixed) == 8
    assert len(uniform) < 4
    assert {each.response.profile.respondent for each in mixed} == {""}
    assert not [each for each in mixed if each.response.workbook_id or each.findings]


def test_that_there_was_evidence_stays(scheme: Scheme) -> None:
    """Its text does not."""
    first, *others = members(scheme)
    id_ = next(iter(scheme.statements))
    answers = first.response.answers
    told = {**answers, id_: answers[id_]._replace(evidence="ask Ann")}
    given = [replace(first, response=replace(first.response, answers=told)), *others]
    texts = Counter(each.response.answers[id_].evidence for each in mix_answers(given, DAY))

    assert texts == {ERASED_EVIDENCE: 1, "": 4}
