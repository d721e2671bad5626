"""The agenda of a workshop: disputed statements and unsupported ratings."""

from __future__ import annotations

from iml4e_xlsx.analysis.teams import group_by_team
from iml4e_xlsx.analysis.workshop_agenda import anonymous_ratings, build_agenda
from iml4e_xlsx.model import NOT_APPLICABLE, Scheme
from tests.support.builders import assessment, rate_all


def test_agenda_begins_with_the_lowest_consensus(small: Scheme) -> None:
    """Statements that all rate alike are not on it; names can be left out."""
    one, two, three = (s.id for s in small.areas[0].statements[:3])
    ada = assessment(small, {**rate_all(small, 2), one: 0, two: 1, three: NOT_APPLICABLE})
    ben = assessment(small, {**rate_all(small, 2), one: 3, two: 2, three: None}, respondent="Ben")
    (team,) = group_by_team([ada, ben])

    agenda = build_agenda(team)

    assert [item.statement.id for item in agenda.items] == [one, two]
    assert agenda.items[0].consensus == 0
    assert agenda.items[0].ratings == (("Ada", 0), ("Ben", 3))
    assert anonymous_ratings(agenda.items[0].ratings) == [3, 0]
    assert agenda.disagreed == 2
    assert [i.statement.id for i in build_agenda(team, most=1).items] == [one]


def test_top_rating_without_evidence_is_a_note(small: Scheme) -> None:
    """It names who gave it; with evidence, or rated lower, it is not on the list."""
    one, two = (s.id for s in small.areas[0].statements[:2])
    ada = assessment(small, {one: 3, two: 3}, evidence={two: "log"})
    ben = assessment(small, {one: 3, two: 2}, respondent="Ben")
    (team,) = group_by_team([ada, ben])

    (found,) = build_agenda(team).unsupported

    assert (found.statement.id, found.respondents) == (one, ("Ada", "Ben"))
