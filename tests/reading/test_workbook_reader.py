"""Reading whole workbooks: profile, references, dates, figures, and that all of it returns."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iml4e_xlsx.findings.finding import Severity
from iml4e_xlsx.model import Profile, Scheme
from iml4e_xlsx.reading.workbook_reader import WorkbookReader
from iml4e_xlsx.workbook.builder import build_workbook
from iml4e_xlsx.workbook.workbook_layout import layout_of
from tests.support.assessments import change_part, findings_with, sheet_part
from tests.support.builders import CREATED, built, response

ANY = "AA-01"


def test_profile_targets_and_evidence_return(
    small: Scheme, reader: WorkbookReader, tmp_path: Path
) -> None:
    """All that a respondent gives comes back, text as it was written."""
    profile = Profile(
        organisation="Müller & Söhne",
        team="=Team",
        respondent="Ada",
        role="Engineer",
        date="2026-11-23",
    )
    evidence = {"AA-01": "line one\nline two – 漢字 🙂", "AA-02": "=1+1", "AA-03": "007"}
    given_response = response(
        small,
        {"AA-01": 3, "AA-02": "n/a", "BB-01": 0},
        evidence=evidence,
        profile=profile,
        targets={"AA": 3, "CC": 0},
    )
    read = reader.assess(built(small, tmp_path / "w.xlsx", given_response)).response

    assert read.profile == profile
    assert read.targets == {"AA": 3, "CC": 0}
    assert {id_: a.evidence for id_, a in read.answers.items() if a.evidence} == evidence
    assert {id_: a.rating for id_, a in read.answers.items() if a.rating is not None} == {
        "AA-01": 3,
        "AA-02": "n/a",
        "BB-01": 0,
    }
    assert len(read.workbook_id) == 10


def test_blank_workbook_says_that_nothing_is_rated(
    small: Scheme, reader: WorkbookReader, tmp_path: Path
) -> None:
    """An untouched workbook is not taken for a result without a word."""
    assert findings_with(reader.assess(built(small, tmp_path / "w.xlsx")), "nothing-rated")


Edit = Callable[[openpyxl.Workbook, Scheme], None]


def edited(scheme: Scheme, path: Path, edit: Edit, ratings: dict[str, Any]) -> Path:
    """Build a filled workbook and change it as a respondent might."""
    built(scheme, path, response(scheme, ratings))
    book = openpyxl.load_workbook(path)
    edit(book, scheme)
    book.save(path)
    return path


def area_sheet(book: openpyxl.Workbook, scheme: Scheme, code: str = "AA") -> Any:
    return book[layout_of(scheme).areas[code].sheet]


def test_workbook_without_any_reference_is_recognised(
    small: Scheme, reader: WorkbookReader, tmp_path: Path
) -> None:
    """An area sheet copied into a new workbook is known by its statements, and said to be."""
    source = openpyxl.load_workbook(
        built(small, tmp_path / "w.xlsx", response(small, {"AA-01": 2}))
    )
    layout = layout_of(small).areas["AA"]
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in source[layout.sheet].iter_rows(min_row=layout.HEADING + 1, values_only=True):
        page.append(row)
    book.save(tmp_path / "copied.xlsx")
    found = reader.assess(tmp_path / "copied.xlsx")

    assert found.response.answers["AA-01"].rating == 2
    assert findings_with(found, "identity-lost")
    assert findings_with(found, "profile-not-found")
    assert len(findings_with(found, "area-missing")) == 2


def test_contradicting_references_are_said(
    small: Scheme, reader: WorkbookReader, tmp_path: Path
) -> None:
    """Sheets of two workbooks in one file are noticed."""

    def other(book: openpyxl.Workbook, scheme: Scheme) -> None:
        area_sheet(book, scheme)["A4"] = "Reference: small/1.0.0/en/0123456789"

    found = reader.assess(edited(small, tmp_path / "w.xlsx", other, {"AA-01": 2}))

    assert findings_with(found, "identity-contradicts")[0].found.endswith("0123456789")
    assert found.response.workbook_id != "0123456789"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-11-23", "2026-11-23"),
        ("23.11.2026", "2026-11-23"),
        ("1. 2. 2026", "2026-02-01"),
        ("23/11/2026", "2026-11-23"),
        ("11/23/2026", "2026-11-23"),
        ("04/04/2026", "2026-04-04"),
        ("03/04/2026", ""),
        ("soon", ""),
        ("2026-13-40", ""),
        (dt.date(2026, 11, 23), "2026-11-23"),
        (46000, ""),
    ],
)
def test_dates_are_read_in_one_way_only(
    small: Scheme, reader: WorkbookReader, tmp_path: Path, written: object, read: str
) -> None:
    """A date that has two readings has none, and a finding."""

    def write(book: openpyxl.Workbook, scheme: Scheme) -> None:
        cell = layout_of(scheme).cover.profile_cell("date")
        book[cell.sheet][cell.a1] = written  # type: ignore[assignment]
        book[cell.sheet][cell.a1].number_format = (
            "yyyy-mm-dd" if isinstance(written, dt.date) else "General"
        )

    found = reader.assess(edited(small, tmp_path / "w.xlsx", write, {"AA-01": 2}))

    assert found.response.profile.date == read
    assert bool(findings_with(found, "date-unknown")) == (not read)


def test_stale_figures_are_noticed(small: Scheme, reader: WorkbookReader, tmp_path: Path) -> None:
    """Figures that a program left as they were are no result, and a note says so."""
    path = built(small, tmp_path / "w.xlsx")
    sheet = layout_of(small).areas["AA"]
    cell = sheet.rating_cell("AA-01").a1

    def fill(xml: str) -> str:
        start = xml.index(f'<c r="{cell}"')
        end = xml.index("/>", start)
        text = xml[start:end] + ' t="inlineStr"><is><t>3 - Fully</t></is></c>'
        return xml[:start] + text + xml[end + 2 :]

    change_part(path, sheet_part(path, sheet.sheet), fill)
    found = reader.assess(path)

    assert found.response.answers["AA-01"].rating == 3
    assert [f.place.sheet for f in findings_with(found, "figures-differ")] == [
        layout_of(small).summary.sheet
    ]


@pytest.mark.parametrize("written", ["largely, I think", "3.0", "2: largely"])
def test_ratings_that_the_workbook_does_not_count_are_named(
    small: Scheme, reader: WorkbookReader, tmp_path: Path, written: str
) -> None:
    """The figures lack them, so neither the program nor a changed formula is the cause."""
    path = built(small, tmp_path / "w.xlsx", response(small, {"AA-02": 3}))
    sheet = layout_of(small).areas["AA"]
    cell = sheet.rating_cell("AA-01").a1

    def fill(xml: str) -> str:
        start = xml.index(f'<c r="{cell}"')
        end = xml.index("/>", start)
        text = xml[start:end] + f' t="inlineStr"><is><t>{written}</t></is></c>'
        return xml[:start] + text + xml[end + 2 :]

    change_part(path, sheet_part(path, sheet.sheet), fill)
    found = reader.assess(path)

    assert found.response.answers["AA-01"].rating in (2, 3)
    assert findings_with(found, "figures-differ") == []
    (finding,) = findings_with(found, "figures-without-ratings")
    assert "without the ratings of AA-01" in finding.message


def test_unusual_ratings_are_no_cause_of_other_differences(
    small: Scheme, reader: WorkbookReader, tmp_path: Path
) -> None:
    """Where the figures differ without them too, the workbook was not calculated."""
    path = built(small, tmp_path / "w.xlsx", response(small, {"AA-02": 3}))
    sheet = layout_of(small).areas["AA"]
    texts = {sheet.rating_cell("AA-01").a1: "3.0", sheet.rating_cell("AA-03").a1: "3 - Fully"}

    def fill(xml: str) -> str:
        for cell, text in texts.items():
            start = xml.index(f'<c r="{cell}"')
            end = xml.index("/>", start)
            filled = xml[start:end] + f' t="inlineStr"><is><t>{text}</t></is></c>'
            xml = xml[:start] + filled + xml[end + 2 :]
        return xml

    change_part(path, sheet_part(path, sheet.sheet), fill)
    found = reader.assess(path)

    assert findings_with(found, "figures-without-ratings") == []
    assert len(findings_with(found, "figures-differ")) == 1


@pytest.mark.parametrize(("level", "number"), [("0", 0), ("2", 1)])
def test_a_nought_for_an_open_area_is_no_difference(
    small: Scheme, reader: WorkbookReader, tmp_path: Path, level: str, number: int
) -> None:
    """Workbooks issued before show 0 where nothing is answered; another figure is stale."""
    path = built(small, tmp_path / "w.xlsx")
    summary = layout_of(small).summary

    def show(xml: str) -> str:
        for col in (summary.LEVEL, summary.INDEX):
            cell = summary.figure_cell("AA", col).a1
            shown = rf'<c r="{cell}"\1><v>{level}</v></c>'
            xml = re.sub(rf'<c r="{cell}"( s="\d+")[^>]*><f>.*?</c>', shown, xml, count=1)
        return xml

    change_part(path, sheet_part(path, summary.sheet), show)
    found = findings_with(reader.assess(path), "figures-differ")

    assert len(found) == number
    assert all("no level and no index" in finding.message for finding in found)


def test_right_figures_are_no_finding(
    small: Scheme, reader: WorkbookReader, tmp_path: Path
) -> None:
    """The figures that the builder stores are those of the scorer."""
    ratings: dict[str, Any] = {id_: i % 4 for i, id_ in enumerate(small.statements)}
    ratings |= dict.fromkeys(list(small.statements)[:12], "n/a")
    found = reader.assess(built(small, tmp_path / "w.xlsx", response(small, ratings)))

    assert findings_with(found, "figures-differ") == []


values = st.none() | st.sampled_from([0, 1, 2, 3, "n/a"])
texts = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=60
)


@pytest.mark.slow
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_whatever_is_built_is_read_back(
    small: Scheme, reader: WorkbookReader, tmp_path: Path, data: st.DataObject
) -> None:
    """Any answers, written and read, are the same answers."""
    ids = list(small.statements)
    ratings: dict[str, Any] = data.draw(st.fixed_dictionaries(dict.fromkeys(ids, values)))
    evidence = data.draw(st.dictionaries(st.sampled_from(ids), texts.filter(str.strip)))
    filled = response(small, ratings, evidence=evidence)
    path = tmp_path / "w.xlsx"
    path.write_bytes(build_workbook(small, created=CREATED, response=filled))
    read = reader.assess(path)

    assert {id_: a.rating for id_, a in read.response.answers.items()} == ratings
    assert {id_: a.evidence for id_, a in read.response.answers.items() if a.evidence} == evidence
    assert not [f for f in read.findings if f.severity is Severity.ERROR]


def test_original_is_left_alone(small: Scheme, reader: WorkbookReader, tmp_path: Path) -> None:
    """Reading changes nothing in the folder."""
    path = built(small, tmp_path / "w.xlsx")
    copy = tmp_path / "copy.bin"
    shutil.copy(path, copy)
    reader.assess(path)

    assert path.read_bytes() == copy.read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["copy.bin", "w.xlsx"]
