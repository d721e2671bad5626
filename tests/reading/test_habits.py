"""What people do to a workbook before they return it: one test for each habit, with its finding."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any

import openpyxl
import pytest

from iml4e_xlsx.analysis.lost_answers import find_lost_answers
from iml4e_xlsx.findings.finding import Severity
from iml4e_xlsx.model import Profile, RatingValue, Scheme
from iml4e_xlsx.reading.identity import Schemes
from iml4e_xlsx.reading.workbook_reader import WorkbookReader
from iml4e_xlsx.scheme import load_scheme
from iml4e_xlsx.workbook.workbook_layout import layout_of
from tests.support import habits
from tests.support.assessments import codes_of, findings_with, rated, ratings_of
from tests.support.builders import built, response, scheme_fields, typed, write_scheme
from tests.support.habits import Habit, edited, rows_of
from tests.support.office import Cell, Office

LOSSLESS: list[tuple[Habit, set[str]]] = [
    (habits.rename_sheets, set()),
    (habits.reorder_sheets, set()),
    (habits.hide_sheets, set()),
    (habits.delete_meta, set()),
    (habits.add_export_summary, set()),
    (habits.insert_rows, set()),
    (habits.insert_column, set()),
    (habits.sort_rows, set()),
    (habits.filter_rows, set()),
    (habits.hide_columns, set()),
    (habits.edit_heading, {"columns-by-position"}),
    (habits.duplicate_sheet, {"sheet-twice"}),
    (habits.copy_row, {"statement-twice"}),
    (habits.clear_id, {"statement-by-text"}),
    (habits.delete_id_column, {"statement-by-text"}),
    (habits.reword, {"statement-reworded"}),
    (habits.add_unknown_row, {"statement-unknown"}),
    (habits.odd_target, {"level-unknown"}),
]


@pytest.mark.parametrize(("habit", "codes"), LOSSLESS, ids=[h.__name__ for h, _ in LOSSLESS])
def test_habits_that_lose_nothing(
    small: Scheme, reader: WorkbookReader, tmp_path: Path, habit: Habit, codes: set[str]
) -> None:
    """Every rating is read, and what had to be made good is said."""
    filled = response(small, rated(small))
    found = reader.assess(edited(small, tmp_path / "w.xlsx", filled, habit))

    assert ratings_of(found) == rated(small)
    assert codes_of(found) == codes


LOSSY: list[tuple[Habit, str]] = [
    (habits.delete_area, "area-missing"),
    (habits.delete_row, "statement-missing"),
    (habits.merge_ratings, "merged-score-cells"),
    (habits.exchange_texts, "statement-exchanged"),
]


@pytest.mark.parametrize(("habit", "code"), LOSSY, ids=[h.__name__ for h, _ in LOSSY])
def test_habits_that_lose_something(
    small: Scheme, reader: WorkbookReader, tmp_path: Path, habit: Habit, code: str
) -> None:
    """What cannot be read is reported and left open; all other ratings are read."""
    filled = response(small, rated(small))
    found = reader.assess(edited(small, tmp_path / "w.xlsx", filled, habit))

    lost = {id_ for id_, rating in ratings_of(found).items() if rating is None}
    assert 1 <= len(lost) <= 12
    assert codes_of(found) == {code, "unanswered"}
    for finding in findings_with(found, code):
        assert finding.severity is Severity.ERROR
        assert finding.statement in lost or code == "area-missing"
        assert finding.action
    expected = rated(small)
    assert all(
        ratings_of(found)[id_] == expected[id_] for id_ in small.statements if id_ not in lost
    )


def test_headings_and_texts_gone(small: Scheme, reader: WorkbookReader, tmp_path: Path) -> None:
    """Without headings and texts nobody can tell which column holds the ratings."""

    def lose(book: openpyxl.Workbook, scheme: Scheme, rng: Random) -> None:
        row = habits.chosen(book, scheme, rng)
        assert row is not None
        for one in rows_of(book, scheme).values():
            if one.sheet is row.sheet:
                one.cell("statement").value = None
        habits.edit_heading(book, scheme, Random(0))

    found = reader.assess(edited(small, tmp_path / "w.xlsx", response(small, rated(small)), lose))

    (finding,) = findings_with(found, "columns-not-found")
    assert finding.severity is Severity.ERROR
    assert sum(rating is None for rating in ratings_of(found).values()) == 12
    # Its sheet is there, and so are its rows.
    assert not findings_with(found, "area-missing")
    assert len(find_lost_answers(found).unread) == 12


def test_headings_of_a_sheet_with_all_areas_gone(
    small: Scheme, reader: WorkbookReader, tmp_path: Path
) -> None:
    """Of each area it is said that its ratings were not read."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for id_ in small.statements:
        sheet.append(["x", id_, "y", 2, 3])
    book.save(tmp_path / "all.xlsx")
    found = reader.assess(tmp_path / "all.xlsx")

    named = {finding.values["area"] for finding in findings_with(found, "columns-not-found")}
    assert named == {area.code for area in small.areas}
    assert not findings_with(found, "area-missing")


def test_sheet_of_an_area_is_missing_as_a_sheet(
    small: Scheme, reader: WorkbookReader, tmp_path: Path
) -> None:
    """One finding counts its statements; none of them is an answer that could not be read."""
    filled = response(small, {**rated(small), "AA-01": None})

    def delete(book: openpyxl.Workbook, scheme: Scheme, rng: Random) -> None:
        del book[layout_of(scheme).areas["BB"].sheet]

    found = reader.assess(edited(small, tmp_path / "w.xlsx", filled, delete))

    (finding,) = findings_with(found, "area-missing")
    assert finding.message == "The workbook has no sheet of the area BB with its 12 statements."
    lost = find_lost_answers(found)
    assert lost.areas == {"BB": 12}
    assert (lost.unread, lost.missing, lost.still_open) == ((), (), ("AA-01",))


def test_sheets_copied_into_another_workbook(
    small: Scheme, reader: WorkbookReader, tmp_path: Path
) -> None:
    """An area's sheet in a workbook of someone else's is known by its reference."""
    source = openpyxl.load_workbook(
        built(small, tmp_path / "w.xlsx", response(small, rated(small)))
    )
    book = openpyxl.Workbook()
    for code in ("AA", "BB"):
        sheet = source[layout_of(small).areas[code].sheet]
        copy = book.create_sheet(f"pasted {code}")
        for row in sheet.iter_rows(values_only=True):
            copy.append(row)
    book.save(tmp_path / "copied.xlsx")
    found = reader.assess(tmp_path / "copied.xlsx")

    assert found.response.workbook_id
    assert codes_of(found) == {"profile-not-found", "area-missing", "unanswered"}
    expected = rated(small)
    assert all(ratings_of(found)[id_] == expected[id_] for id_ in small.statements if id_[0] != "C")


def test_several_responses_in_one_file(
    small: Scheme, reader: WorkbookReader, tmp_path: Path
) -> None:
    """Sheets of two respondents for the same area: neither is taken, both are named."""
    first = openpyxl.load_workbook(built(small, tmp_path / "a.xlsx", response(small, rated(small))))
    other = response(small, rated(small), profile=Profile(team="Other"))
    second = openpyxl.load_workbook(built(small, tmp_path / "b.xlsx", other))
    name = layout_of(small).areas["AA"].sheet
    copy = first.create_sheet("the other one's")
    for row in second[name].iter_rows(values_only=True):
        copy.append(row)
    first.save(tmp_path / "both.xlsx")
    found = reader.assess(tmp_path / "both.xlsx")

    (finding,) = findings_with(found, "several-responses")
    assert finding.severity is Severity.ERROR
    assert name in finding.found
    assert "the other one's" in finding.found
    assert not findings_with(found, "area-missing")
    assert find_lost_answers(found).unread == tuple(i for i in small.statements if i[:2] == "AA")
    expected = rated(small)
    for id_, rating in ratings_of(found).items():
        assert rating == (None if id_.startswith("AA") else expected[id_])


@pytest.mark.parametrize("other", ["0 - Not", "2 - Largely"])
def test_row_that_stands_twice_with_different_ratings(
    small: Scheme, reader: WorkbookReader, tmp_path: Path, other: str
) -> None:
    """Two ratings for one statement are none; the finding quotes both."""

    def contradict(book: openpyxl.Workbook, scheme: Scheme, rng: Random) -> None:
        row = rows_of(book, scheme)["AA-04"]
        last = row.sheet.max_row + 1
        for col in row.columns.values():
            row.sheet.cell(last, col).value = row.sheet.cell(row.row, col).value
        row.sheet.cell(last, row.columns["rating"]).value = other

    filled = response(small, dict.fromkeys(small.statements, 3))
    found = reader.assess(edited(small, tmp_path / "w.xlsx", filled, contradict))

    assert ratings_of(found)["AA-04"] is None
    (finding,) = findings_with(found, "statement-twice-contradicting")
    assert finding.found == f"3 - Fully / {other}"


def test_score_cell_merged_with_its_evidence(
    small: Scheme, reader: WorkbookReader, tmp_path: Path
) -> None:
    """A merge within the row leaves the rating legible."""

    def merge(book: openpyxl.Workbook, scheme: Scheme, rng: Random) -> None:
        row = rows_of(book, scheme)["AA-02"]
        col = row.columns["rating"]
        row.sheet.merge_cells(
            start_row=row.row, end_row=row.row, start_column=col, end_column=col + 1
        )

    filled = response(small, rated(small))
    found = reader.assess(edited(small, tmp_path / "w.xlsx", filled, merge))

    assert ratings_of(found) == rated(small)
    assert codes_of(found) == {"merged-in-row"}


def test_remark_in_the_score_cell_becomes_evidence(
    small: Scheme, reader: WorkbookReader, tmp_path: Path
) -> None:
    """The remark behind a rating is kept, beside the evidence that is there."""
    path = built(small, tmp_path / "w.xlsx", response(small, {}, evidence={"AA-01": "a plan"}))
    typed(small, path, {"AA-01": "2 - see wiki", "AA-02": "n/a: no models yet"})
    found = reader.assess(path)

    assert found.response.answers["AA-01"].rating == 2
    assert found.response.answers["AA-01"].evidence == "a plan\nsee wiki"
    assert found.response.answers["AA-02"].evidence == "no models yet"
    assert len(findings_with(found, "rating-with-remark")) == 2
    assert not findings_with(found, "not-applicable-without-reason")


# --- the same in the formats of other programs -------------------------------------------------

TYPED: list[tuple[str, RatingValue | None, str]] = [
    ("=1/0", None, "rating-is-error"),
    ("=NA()", None, "rating-is-error"),
    ('="2 - Lar"&"gely"', 2, "rating-is-formula"),
    ("=1+1", 2, "rating-is-formula"),
    ("300%", None, "rating-is-percentage"),
    ("3", 3, ""),
    ("1/2", None, "rating-is-date"),
    ("TRUE", None, "rating-is-boolean"),
    ("FALSE", None, "rating-is-boolean"),
    ("=1=1", 1, "rating-is-formula"),  # in a cell of text, LibreOffice keeps a 1 of it
    ("2.5", None, "rating-out-of-range"),
    (" Largely ", 2, ""),
]


LOST_IN_XLS = {'="2 - Lar"&"gely"': (None, ["rating-formula-without-value"])}
"""LibreOffice stores 0 there in place of a text that a formula yields in a cell of text."""


def test_what_is_typed_in_libreoffice(
    small: Scheme, reader: WorkbookReader, office: Office, tmp_path: Path
) -> None:
    """Errors, formulas, percentages, dates, truth: the same finding from xlsx, ods and xls."""
    layout = layout_of(small)
    entries: dict[Cell, str] = {}
    for id_, (text, _, _) in zip(small.statements, TYPED, strict=False):
        cell = layout.area_sheet_of(id_).rating_cell(id_)
        entries[cell.sheet, cell.a1] = text
    targets = {kind: tmp_path / f"returned.{kind}" for kind in ("xlsx", "ods", "xls")}
    office.edit(built(small, tmp_path / "blank.xlsx"), typed=entries, targets=targets)
    for path in targets.values():
        found = reader.assess(path)
        for id_, (text, rating, code) in zip(small.statements, TYPED, strict=False):
            said = [f.code for f in found.findings if f.statement == id_]
            expected = (rating, [code] if code else [])
            if path.suffix == ".xls":
                expected = LOST_IN_XLS.get(text, expected)
            assert (text, found.response.answers[id_].rating, said) == (text, *expected)


def test_words_of_another_language(tmp_path: Path) -> None:
    """A scheme's words in any of its languages are ratings, in each of its workbooks."""
    fields = scheme_fields("| AA | 1 | AA-01 |\n| AA | 1 | AA-02 |\n| AA | 1 | AA-03 |", top=1)
    folder = write_scheme(tmp_path / "scheme", fields)
    words = ("Nicht", "Teilweise", "Weitgehend", "Vollst\u00e4ndig")
    german = {"ratings": {str(value): {"word": word} for value, word in enumerate(words)}}
    write_translation(folder, german)
    scheme = load_scheme(folder)
    path = built(scheme, tmp_path / "w.xlsx")
    typed(
        scheme, path, {"AA-01": "weitgehend", "AA-02": "2 - Weitgehend", "AA-03": "3 - Teilweise"}
    )
    with WorkbookReader(Schemes.find_installed([folder])) as one:
        found = one.assess(path)

    assert ratings_of(found) == {"AA-01": 2, "AA-02": 2, "AA-03": None}
    assert {f.statement for f in findings_with(found, "rating-as-text")} == {"AA-01", "AA-02"}
    assert findings_with(found, "rating-contradicts-itself")[0].statement == "AA-03"


def write_translation(folder: Path, german: Mapping[str, Any]) -> None:
    """Write a translation of a scheme's words; what it lacks is found when it is loaded."""
    text = json.dumps(german, ensure_ascii=False)
    (folder / "translations").mkdir()
    (folder / "translations" / "de.yaml").write_text(text, encoding="utf-8")
