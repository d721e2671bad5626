"""The summary: sentences for those who read nothing else."""

from __future__ import annotations

from dataclasses import replace

from iml4e_xlsx.model import (
    Scheme,
)
from iml4e_xlsx.report.contents.contents import Contents, make_contents
from iml4e_xlsx.report.contents.summary import summary_sentences
from iml4e_xlsx.report.tables.participation import AskedPerson, Participation
from tests.support.builders import assessment


def test_summary_says_what_matters(contents: Contents) -> None:
    """Levels, areas, differences, disagreement, the way to the targets, the trend, what is open."""
    said = summary_sentences(contents)

    assert said[0].startswith("The 3 teams are at levels 0 to ")
    assert any("could show Gamma how" in one for one in said)
    assert any("Opinions differ most in" in one for one in said)
    assert any("steps in the roadmaps" in one for one in said)
    assert any("Since the round before" in one for one in said)
    assert any("are answered" in one for one in said)


def test_two_teams_are_both(small: Scheme) -> None:
    """Not all two."""
    given = [assessment(small, dict.fromkeys(small.statements, 3), team=team) for team in "AB"]

    assert summary_sentences(make_contents(given))[0].startswith("Both teams are at level ")


def test_one_statement_is_no_statements(small: Scheme) -> None:
    """Counts take the plural form of their language."""
    first = assessment(small, {"AA-01": 1, "AA-02": 2}, date="2026-05-04", targets={"AA": 1})
    second = assessment(small, {"AA-01": 2, "AA-02": 1}, date="2026-11-04", targets={"AA": 1})

    text = " ".join(summary_sentences(make_contents([first, second])))

    assert "the index of 1 team went from" in text
    assert "1 statement rose, 1 fell back" in text


def test_participation_counts_people(contents: Contents) -> None:
    """One person is not one people."""
    (one,) = participation_sentences(contents, asked=1)
    (two,) = participation_sentences(contents, asked=2)

    assert one.startswith("1 of 1 person who was asked has answered")
    assert two.startswith("1 of 2 people who were asked have answered")


def participation_sentences(contents: Contents, *, asked: int) -> list[str]:
    """Return what the summary says where so many people were asked, of whom one has answered."""
    people = [
        AskedPerson(organisation="", team="Alpha", has_answered=number == 0)
        for number in range(asked)
    ]
    counted = replace(contents, participation=Participation.count_people(people))
    return [sentence for sentence in summary_sentences(counted) if "asked" in sentence]
