"""Rows and sheets that a file repeats: one answer and one finding, whatever their number."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.finding import Place
from iml4e_xlsx.model import Answer, Scheme
from iml4e_xlsx.reading.answer_collection import AnswerCollection
from iml4e_xlsx.reading.finding_collection import FindingCollection
from iml4e_xlsx.reading.row_reader import RowReader
from iml4e_xlsx.spreadsheets.grid import CellDetails
from iml4e_xlsx.text.interface_texts import scheme_texts
from tests.support.counting import counted
from tests.support.grids import (
    ID,
    RATING,
    TEXT,
    area_rows,
    read_grids,
    statement_grid,
    statement_row,
)

MANY = 3_000


def copies(row: dict[int, Any], number: int) -> list[dict[int, Any]]:
    return [dict(row) for _ in range(number)]


@pytest.mark.parametrize("number", [2, 40_000, 1_000_000])
def test_a_row_that_the_file_repeats_is_one_answer(small: Scheme, number: int) -> None:
    """The finding says how often it stands there; nothing is done for each copy."""
    rows = [statement_row(small, "AA-01", "2 - Largely", "a plan")]
    read = read_grids(small, statement_grid(small, rows, repeated={1: number}))

    assert read.answers["AA-01"].rating == 2
    assert read.answers["AA-01"].evidence == "a plan"
    (finding,) = read.found("statement-twice")
    assert finding.place.cell == "F3"
    assert "F2 (AA), F3 (AA)" in finding.message
    assert f"{number - 3} more" in finding.message or number == 2


def test_a_repeated_row_is_read_once(small: Scheme, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever its number."""
    calls = counted(monkeypatch, RowReader, "_read_row")
    rows = [statement_row(small, "AA-01", "odd")]
    read = read_grids(small, statement_grid(small, rows, repeated={1: 900_000}))

    assert calls == [1]
    assert len(read.found("rating-unknown")) == 1
    assert read.found("statement-twice-contradicting")[0].found == "?"


def test_many_equal_rows_of_one_statement_are_one_answer(small: Scheme) -> None:
    """One finding counts them; equal evidence is taken once."""
    rows = copies(statement_row(small, "AA-01", "2 - Largely", "a plan"), MANY)
    read = read_grids(small, statement_grid(small, rows))

    assert (read.answers["AA-01"].rating, read.answers["AA-01"].evidence) == (2, "a plan")
    (finding,) = read.found("statement-twice")
    assert f"{MANY - 3} more" in finding.message


def test_evidence_of_many_rows_is_joined_once(small: Scheme) -> None:
    """Each text once, in the order of the rows."""
    texts = [f"text {number % 700}" for number in range(MANY)]
    rows = [statement_row(small, "AA-01", "2 - Largely", text) for text in texts]
    read = read_grids(small, statement_grid(small, rows))

    assert read.answers["AA-01"].evidence.split("\n") == list(dict.fromkeys(texts))


@pytest.mark.parametrize(
    "changes",
    [{RATING: "odd {}"}, {TEXT: "another text {}"}, {RATING: "2 - remark {}"}, {RATING: 7.0}],
)
def test_mistakes_in_many_rows_are_few_findings(small: Scheme, changes: dict[int, Any]) -> None:
    """The first are reported one by one, and the rest is counted, with the first places."""
    rows = copies(statement_row(small, "AA-01", "2 - Largely"), MANY)
    for number, row in enumerate(rows):
        row |= {c: v.format(number) if isinstance(v, str) else v for c, v in changes.items()}
    read = read_grids(small, statement_grid(small, rows))

    assert len([finding for finding in read.findings if finding.statement == "AA-01"]) <= 8
    (further,) = read.found("further-rows")
    assert f"{MANY - 9} more" in further.message
    assert further.place.cell == "F8" if RATING in changes else "D8"


def test_mistakes_are_described_only_if_they_are_reported(
    small: Scheme, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A finding that nobody sees is never made."""
    calls = counted(monkeypatch, FindingCatalogue, "rating_unknown")
    rows = [statement_row(small, "AA-01", f"odd {number}") for number in range(MANY)]
    read_grids(small, statement_grid(small, rows))

    assert sum(calls) < 10


def test_ids_that_the_scheme_does_not_have_are_one_finding_for_a_sheet(small: Scheme) -> None:
    """It lists the first ones and counts the others."""
    unknown: list[Any] = [
        {ID: f"ZZ-{n:04}", TEXT: "x", RATING: "2 - Largely"} for n in range(1_000, 1_040)
    ]
    read = read_grids(small, statement_grid(small, [*area_rows(small), *unknown]))

    (finding,) = read.found("statement-unknown")
    assert finding.found.startswith("ZZ-1000, ZZ-1001")
    assert finding.found.endswith("28 more")


def test_an_unknown_row_with_an_unreadable_rating_is_reported(small: Scheme) -> None:
    """A formula without a stored result is no empty cell."""
    rows = [*area_rows(small), {ID: "ZZ-01", TEXT: "x"}]
    details = {(len(rows), RATING): CellDetails(formula="=1+1", stored=False)}

    assert read_grids(small, statement_grid(small, rows, details)).found("statement-unknown")


def test_copies_of_a_sheet_are_reported_once_each_and_then_counted(small: Scheme) -> None:
    """There are no more findings than the scheme has areas for."""
    sheets = [statement_grid(small, area_rows(small), name=f"copy {n}") for n in range(100)]
    read = read_grids(small, *sheets)

    assert len(read.found("sheet-twice")) == 4 * len(small.areas)
    (further,) = read.found("further-sheets")
    assert "84 more" in further.message
    assert all(answer.rating == 2 for answer in read.answers.values())


def test_a_sheet_that_repeats_its_own_rows_is_not_superfluous(small: Scheme) -> None:
    """To delete it would lose the answers."""
    read = read_grids(small, statement_grid(small, [*area_rows(small), *area_rows(small)]))

    assert not read.found("sheet-twice")
    assert len(read.found("statement-twice")) == len(small.statements)


def test_evidence_beyond_the_limit_is_left_out_and_named(small: Scheme) -> None:
    """A text is taken whole or not at all, and never missed as the reason of n/a."""
    catalogue = FindingCatalogue(scheme_texts(small))
    findings = FindingCollection(small, catalogue)
    answers = AnswerCollection(small, catalogue, findings, most_evidence=12)
    for statement, text in (("AA-01", "12345"), ("AA-02", "123456"), ("AA-03", "1234")):
        place = Place(source="w.xlsx", sheet="AA", cell="F2")
        answers.add_answer(Answer(statement=statement, rating=2, evidence=text, place=place))
    second = Answer(statement="AA-03", rating=2, evidence="56", place=place)
    answers.add_answer(second)
    answers.finish_sheet()
    answers.finish()

    evidence = {id_: answer.evidence for id_, answer in answers.answers.items()}
    assert evidence == {"AA-01": "12345", "AA-02": "", "AA-03": "1234"}
    finding = findings.findings[-1]
    assert (finding.code, finding.found) == ("evidence-too-long", "AA-02, AA-03")


ROW = st.tuples(
    st.sampled_from(["", "0 - Not", "2 - Largely", "odd"]),
    st.sampled_from(["", "a", "b"]),
    st.integers(1, 4),
)


@settings(deadline=None)
@given(rows=st.lists(ROW, min_size=1, max_size=6))
def test_repeated_rows_are_read_as_their_copies_would_be(
    small: Scheme, rows: list[tuple[str, str, int]]
) -> None:
    """Stored once or written out: the same rating, the same evidence, the same verdict."""
    stored, number, repeated, lines = [], 1, {}, {}
    for rating, evidence, count in rows:
        row = statement_row(small, "AA-01", rating or None, evidence)
        stored += copies(row, count)
        lines[number] = row
        if count > 1:
            repeated[number] = count
        number += count
    written = read_grids(small, statement_grid(small, stored))
    grid = statement_grid(small, [], repeated=repeated)
    grid.rows.update(lines)
    grid.ids.extend((row, ID, "AA-01") for row in lines)
    short = read_grids(small, grid)

    assert short.answers == written.answers
    verdicts = ("statement-twice", "statement-twice-contradicting")
    for code in verdicts:
        assert [f.message for f in short.found(code)] == [f.message for f in written.found(code)]
