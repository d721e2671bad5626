"""What people do to a workbook before they return it: one test for each habit, with its finding."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from iml4e_xlsx.findings.finding import Finding, Severity
from iml4e_xlsx.model import Assessment, Profile, RatingValue, Scheme
from iml4e_xlsx.reading.identity import Schemes
from iml4e_xlsx.reading.workbook_reader import WorkbookReader
from iml4e_xlsx.scheme import load_scheme
from iml4e_xlsx.workbook.layout import layout_of
from tests.support import habits
from tests.support.builders import built, response, scheme_fields, small_scheme, typed, write_scheme
from tests.support.habits import HABITS, Habit, edited, rows_of
from tests.support.office import Cell, Office

EVERY_TIME = {"profile-missing", "figures-differ"}
"""Said of each workbook in these tests: they have no profile and are saved by openpyxl."""


def rated(scheme: Scheme) -> dict[str, Any]:
    return {id_: number % 4 for number, id_ in enumerate(scheme.statements)}


def ratings_of(assessment: Assessment) -> dict[str, Any]:
    return {id_: answer.rating for id_, answer in assessment.response.answers.items()}


def codes_of(assessment: Assessment) -> set[str]:
    return {finding.code for finding in assessment.findings} - EVERY_TIME


def reported(assessment: Assessment, code: str) -> list[Finding]:
    return [finding for finding in assessment.findings if finding.code == code]


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
    for finding in reported(found, code):
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

    (finding,) = reported(found, "columns-not-found")
    assert finding.severity is Severity.ERROR
    assert sum(rating is None for rating in ratings_of(found).values()) == 12


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

    (finding,) = reported(found, "several-responses")
    assert finding.severity is Severity.ERROR
    assert name in finding.found
    assert "the other one's" in finding.found
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
    (finding,) = reported(found, "statement-twice-contradicting")
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
    assert len(reported(found, "rating-with-remark")) == 2
    assert not reported(found, "not-applicable-without-reason")


EVIDENCE = [
    "first\nsecond\n\nfourth",
    "\U0001f600 \U0001f469\u200d\U0001f4bb",
    "\u0645\u0631\u062d\u0628\u0627 \u200f(\u0648\u064a\u0643\u064a)",
    "\u05e9\u05dc\u05d5\u05dd",
    "\uff12",
    "x" * 32_767,
    '=HYPERLINK("https://example.org")',
    "@import",
    "_x000D_ and _x0041_",
]


@pytest.mark.parametrize("text", EVIDENCE, ids=lambda text: repr(text[:12]))
def test_evidence_comes_back_as_it_is(
    small: Scheme, reader: WorkbookReader, tmp_path: Path, text: str
) -> None:
    """Line breaks, emoji, writing from right to left, and as much as a cell holds."""
    path = built(
        small, tmp_path / "w.xlsx", response(small, {"AA-01": 2}, evidence={"AA-01": text})
    )

    assert reader.assess(path).response.answers["AA-01"].evidence == text


def test_evidence_that_is_an_error_is_reported(
    small: Scheme, reader: WorkbookReader, tmp_path: Path
) -> None:
    """Evidence typed with an equals sign in front is lost, and said to be."""

    def write(book: openpyxl.Workbook, scheme: Scheme, rng: Random) -> None:
        rows_of(book, scheme)["AA-01"].cell("evidence").value = "=see wiki"

    filled = response(small, rated(small))
    found = reader.assess(edited(small, tmp_path / "w.xlsx", filled, write))

    (finding,) = reported(found, "evidence-unreadable")
    assert finding.found == "=see wiki"


# --- the same in the formats of other programs -------------------------------------------------

TYPED: list[tuple[str, RatingValue | None, str]] = [
    ("=1/0", None, "rating-is-error"),
    ("=NA()", None, "rating-is-error"),
    ('="2 - Lar"&"gely"', 2, "rating-is-formula"),
    ("=1+1", 2, "rating-is-formula"),
    ("300%", None, "rating-is-percentage"),
    ("3", 3, "rating-as-number"),
    ("1/2", None, "rating-is-date"),
    ("TRUE", None, "rating-is-boolean"),
    ("2.5", None, "rating-out-of-range"),
    (" Largely ", 2, "rating-as-text"),
]


def test_what_is_typed_in_libreoffice(
    small: Scheme, reader: WorkbookReader, office: Office, tmp_path: Path
) -> None:
    """Errors, formulas, percentages, dates: the same finding from xlsx, ods and xls."""
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
            assert (text, found.response.answers[id_].rating, said) == (text, rating, [code])


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
    assert {f.statement for f in reported(found, "rating-as-text")} == {"AA-01", "AA-02"}
    assert reported(found, "rating-contradicts-itself")[0].statement == "AA-03"


def write_translation(folder: Path, german: Mapping[str, Any]) -> None:
    """Write a translation of a scheme's words; what it lacks is found when it is loaded."""
    text = json.dumps(german, ensure_ascii=False)
    (folder / "translations").mkdir()
    (folder / "translations" / "de.yaml").write_text(text, encoding="utf-8")


# --- any sequence of habits --------------------------------------------------------------------

ratings = st.none() | st.sampled_from([0, 1, 2, 3, "n/a"])


def tells_exchanges(steps: list[Habit]) -> bool:
    """Return whether texts were not exchanged where the ids are lost, which nobody could tell."""
    lost = {habits.clear_id, habits.delete_id_column}
    return habits.exchange_texts not in steps or not lost & set(steps)


@settings(
    max_examples=60,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # shrinking takes minutes
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_any_sequence_of_habits(
    tiny: Scheme, tiny_reader: WorkbookReader, tmp_path: Path, data: st.DataObject
) -> None:
    """
    Whatever is done, what is read is what was answered, or a finding says what is not.

    No rating is ever another than the one given, and no error is reported of one that was read.
    """
    given_ratings: dict[str, Any] = data.draw(
        st.fixed_dictionaries(dict.fromkeys(tiny.statements, ratings))
    )
    reasons = {id_: f"because of {id_}" for id_ in tiny.statements}
    steps = data.draw(st.lists(st.sampled_from(HABITS), max_size=6).filter(tells_exchanges))
    steps.sort(
        key=lambda one: one is habits.merge_ratings
    )  # openpyxl does not move merged ranges along
    rng = data.draw(st.randoms(use_true_random=False))
    filled = response(tiny, given_ratings, evidence=reasons)
    path = edited(tiny, tmp_path / "w.xlsx", filled, *steps, seed=rng)
    found = tiny_reader.assess(path)

    lost_areas = {
        area.code
        for area in tiny.areas
        for finding in found.findings
        if finding.code in ("area-missing", "columns-not-found") and area.code in finding.message
    }
    named = {f.statement for f in found.findings if f.severity is Severity.ERROR}
    for id_, rating in ratings_of(found).items():
        explained = id_ in named or tiny.statements[id_].area in lost_areas
        if rating != given_ratings[id_]:
            assert rating is None, (id_, steps)
            assert explained, (id_, [s.__name__ for s in steps])
        if rating is not None:
            assert id_ not in named, (id_, [s.__name__ for s in steps])
            assert found.response.answers[id_].evidence.startswith(reasons[id_])


@pytest.fixture(scope="module")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a scheme that is small enough to be written hundreds of times."""
    folder = tmp_path_factory.mktemp("tiny")
    small_scheme(folder, ("AA", "BB"), per_level=2, top=2)
    return folder


@pytest.fixture(scope="module")
def tiny(tiny_folder: Path) -> Scheme:
    """Return two areas with two statements at each of two levels."""
    return load_scheme(tiny_folder)


@pytest.fixture(scope="module")
def tiny_reader(tiny_folder: Path) -> Any:
    """Return a reader that knows the tiny scheme."""
    with WorkbookReader(Schemes.find_installed([tiny_folder])) as one:
        yield one
