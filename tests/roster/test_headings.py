"""Headings of a roster: recognised by any of their names, or reported."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from iml4e_xlsx.model import Profile, Scheme
from tests.support.rosters import (
    TABLE_FORMATS,
    brief_findings,
    read_mailed,
    roster_findings,
    write_table,
)


@pytest.mark.parametrize("kind", TABLE_FORMATS)
@pytest.mark.parametrize(
    ("headings", "expected"),
    [
        (["a", "b"], [("roster-no-heading", 1, None)]),
        (["Ann", "ann@example.org"], [("roster-no-heading", 1, None)]),
        (["team", "mail"], [("roster-column-missing", 1, None)]),
        (["name"], [("roster-column-missing", 1, None)]),
        (["name", "mail", "respondent"], [("roster-column-twice", 1, "respondent")]),
        (["name", "mail", "Notes", "notes"], [("roster-column-twice", 1, "notes")]),
        (["nmae", "mail"], [("roster-column-misspelt", 1, "nmae")]),
        (["name", "mail", "langauge"], [("roster-column-misspelt", 1, "langauge")]),
        (["name", "mail", "team", "teams"], []),
        (["name", "mail", "date", "site", "phone"], []),
    ],
    ids=lambda value: ",".join(value) if value and isinstance(value[0], str) else "",
)
def test_a_wrong_heading_is_reported(
    official: Scheme, tmp_path: Path, kind: str, headings: list[str], expected: list[Any]
) -> None:
    """Missing, twice, misspelt; a column of one's own is none of these."""
    values = {"name": "Ben", "nmae": "Ben", "mail": "ben@example.org", "team": "Red"}
    rows = [headings, [values.get(heading, "") for heading in headings]]
    path = write_table(tmp_path, kind, rows if values.keys() & set(headings) else [headings, ["x"]])
    if not expected:
        assert read_mailed(path, official)
        return

    assert brief_findings(roster_findings(path, official)) == expected


@pytest.mark.parametrize("kind", TABLE_FORMATS)
def test_headings_are_recognised_in_german_and_in_any_order(
    official: Scheme, tmp_path: Path, kind: str
) -> None:
    """Aliases, case, hyphens; what is unknown is kept under its heading, in order."""
    rows = [
        ["Telefon", "Größe", "E-Mail-Adresse", "ZIEL", "Sprache", "Rolle", "Branche", "Name", "x"],
        ["0123", "50 bis 99", "a@b.example", "dg=2, om = 4", "DE", "Leitung", "Bank", "Änne", ""],
    ]
    (row,) = read_mailed(write_table(tmp_path, kind, rows), official)

    assert row.profile == Profile(
        respondent="Änne", size="50 bis 99", role="Leitung", sector="Bank"
    )
    assert (row.mail, row.language, row.targets) == ("a@b.example", "de", {"DG": 2, "OM": 4})
    assert list(row.extra.items()) == [("Telefon", "0123"), ("x", "")]
