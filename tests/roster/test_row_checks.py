"""Values of a roster: each mistake is reported with its row and column."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from iml4e_xlsx.model import Scheme
from tests.support.rosters import (
    ANN,
    BEN,
    HEADINGS,
    MALFORMED_ADDRESSES,
    TABLE_FORMATS,
    WRONG_KINDS,
    WRONG_VALUES,
    CellMistake,
    brief_findings,
    change_row,
    roster_findings,
    write_table,
)


@pytest.mark.parametrize("kind", TABLE_FORMATS)
@pytest.mark.parametrize("wrong", WRONG_VALUES, ids=lambda w: f"{w.code}-{w.column}")
def test_a_wrong_value_is_reported_with_its_cell(
    official: Scheme, tmp_path: Path, kind: str, wrong: CellMistake
) -> None:
    """Row as the spreadsheet shows it, column by its heading, in a table of either kind."""
    row = change_row(BEN, **{wrong.column: wrong.value})
    findings = roster_findings(write_table(tmp_path, kind, [HEADINGS, ANN, row]), official)

    assert brief_findings(findings) == [(wrong.code, 3, wrong.column)]
    assert findings[0].message
    assert findings[0].action
    assert findings[0].place.sheet == ("Staff" if kind == "xlsx" else None)


@pytest.mark.parametrize("wrong", WRONG_KINDS, ids=lambda w: w.code)
def test_a_cell_that_holds_no_text_is_refused(
    official: Scheme, tmp_path: Path, wrong: CellMistake
) -> None:
    """What only a workbook's cell can hold."""
    row = change_row(BEN, **{wrong.column: wrong.value})
    path = write_table(tmp_path, "xlsx", [HEADINGS, ANN, row])

    assert brief_findings(roster_findings(path, official)) == [(wrong.code, 3, wrong.column)]


def test_a_name_in_two_unicode_forms_is_the_same_name(official: Scheme, tmp_path: Path) -> None:
    """An ö of one character or of two (Unicode NFC and NFD) looks the same, as a Mac writes it."""
    two = [change_row(BEN, name="Jörg"), change_row(ANN, name="Jo\u0308rg")]
    path = write_table(tmp_path, "csv", [HEADINGS, *two])
    assert [code for code, *_ in brief_findings(roster_findings(path, official))] == [
        "roster-name-twice"
    ]


@pytest.mark.parametrize("kind", TABLE_FORMATS)
def test_all_mistakes_are_reported_at_once(official: Scheme, tmp_path: Path, kind: str) -> None:
    """One roster with every kind of wrong value: each is said, by row and then by column."""
    malformed = [
        CellMistake("roster-mail-malformed", "mail", mail) for mail in MALFORMED_ADDRESSES.values()
    ]
    wrongs = [*WRONG_VALUES, *malformed, *(WRONG_KINDS if kind == "xlsx" else ())]
    people = [
        change_row(BEN, **{"name": f"P{n}", "mail": f"p{n}@example.org", wrong.column: wrong.value})
        for n, wrong in enumerate(wrongs)
    ]
    last = change_row(BEN, name="", mail="x@@example.org", language="xx", target="7 YY=1")
    headings = ["taem" if heading == "team" else heading for heading in HEADINGS]
    rows: list[Sequence[object]] = [[*headings, "Role"], ANN, *people, [], [*last, "", "outside"]]
    findings = roster_findings(write_table(tmp_path, kind, rows), official)
    end = len(wrongs) + 4
    expected = [
        ("roster-column-misspelt", 1, "taem"),
        ("roster-column-twice", 1, "Role"),
        *((wrong.code, row, wrong.column) for row, wrong in enumerate(wrongs, start=3)),
        ("roster-name-missing", end, "name"),
        ("roster-mail-malformed", end, "mail"),
        ("roster-language-unknown", end, "language"),
        ("roster-target-level", end, "target"),
        ("roster-target-area", end, "target"),
        ("roster-outside", end, "O"),
    ]
    expected = [(code, row, "taem" if col == "team" else col) for code, row, col in expected]

    assert brief_findings(findings) == expected
    assert len({code for code, _, _ in expected} | set(MALFORMED_ADDRESSES)) >= 20
