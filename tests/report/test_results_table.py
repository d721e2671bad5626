"""The table of many results: whose they are, in any width."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from iml4e_xlsx.model import Assessment, Scheme
from iml4e_xlsx.report.formats.terminal import show_outcomes
from iml4e_xlsx.report.tables.results_table import results_table
from tests.support.builders import assessment

PREFIX = "returned/nordwind-gruppe-anti-money-laundering-"


def team_of_five(scheme: Scheme, respondent: str = "Person {number}") -> list[Assessment]:
    return [
        assessment(
            scheme,
            dict.fromkeys(scheme.statements, 2),
            source=f"{PREFIX}person{number}.xlsx",
            team="Anti Money Laundering",
            respondent=respondent.format(number=number),
        )
        for number in range(5)
    ]


@pytest.mark.parametrize("width", [60, 80, 120, 160])
def test_every_row_says_whose_it_is(small: Scheme, width: int) -> None:
    """And no figure is cut, however narrow the terminal."""
    buffer = StringIO()

    show_outcomes(Console(file=buffer, width=width), team_of_five(small))

    text = buffer.getvalue()
    assert all(f"Person {number} " in text for number in range(5))
    assert text.count("2.67") >= 5
    assert max(map(len, text.splitlines())) <= width
    heads = text.splitlines()[: [line[:1] for line in text.splitlines()].index("─")]
    assert any("File" in line for line in heads) == (width >= 160)
    joined = "".join(text.split())
    assert all(f"{PREFIX}person{number}.xlsx" in joined for number in range(5))


def test_people_without_names_are_told_apart_by_the_end_of_their_files(small: Scheme) -> None:
    """The middle of a long name is left out: the person stands at its end."""
    buffer = StringIO()

    show_outcomes(Console(file=buffer, width=80), team_of_five(small, respondent=""))

    text = buffer.getvalue()
    assert all(f"-laundering-person{number}.xlsx" in text for number in range(5))
    assert "Respondent" not in text


def test_a_team_is_not_named_twice(small: Scheme) -> None:
    """The source of a team's result is its name."""
    teams = [
        assessment(small, {}, team=f"Team {name}", respondent="", source=f"Team {name}")
        for name in "ABCDE"
    ]

    names = [column.name for column in results_table(teams, small).columns]

    assert names[:2] == ["team", "level"]
