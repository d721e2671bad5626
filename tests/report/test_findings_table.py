"""The findings in a report: a row for what a file has many times, and one for what is no harm."""

from __future__ import annotations

from dataclasses import replace

import pytest

from iml4e_xlsx.analysis.teams import group_by_team
from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.finding import Finding, Place
from iml4e_xlsx.model import Assessment, Scheme
from iml4e_xlsx.report.tables.comparison_tables import findings_table
from iml4e_xlsx.text.interface_texts import load_texts
from tests.support.builders import assessment

MAKE = FindingCatalogue(load_texts())


def respondent(scheme: Scheme, team: int, number: int) -> Assessment:
    """Return a response with a target of its own in each area, and 40 digits typed as ratings."""
    source = f"team-{team}-person-{number}.xlsx"
    targets = {area.code: number + 1 for area in scheme.areas}
    one = assessment(
        scheme, {}, team=f"Team {team}", respondent=f"P{number}", source=source, targets=targets
    )
    digits: list[Finding] = [
        MAKE.rating_as_number(
            Place(source=source, sheet="AA", cell=f"F{row}"), "AA-01", "2", "0", "2"
        )
        for row in range(8, 48)
    ]
    return replace(one, findings=tuple(digits))


@pytest.mark.slow
def test_thirty_teams_with_different_targets_are_one_row(small: Scheme) -> None:
    """And each file's digits are one; no finding is uncounted."""
    given = [respondent(small, team, number) for team in range(30) for number in range(2)]

    table = findings_table(group_by_team(given), small)

    places = [str(row[1]) for row in table.rows]
    messages = [str(row[2]) for row in table.rows]
    assert len(table.rows) == 61
    assert places[0] == "team-0-person-0.xlsx; AA, F8 to F47"
    assert set(messages[:60]) == {'40 ratings are bare numbers ("2").'}
    assert places[60].endswith("Team 13 and 24 more")  # in the order of their names
    assert messages[60].startswith("The members gave different targets for AA, BB, CC.")
