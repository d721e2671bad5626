"""Entries of the profile as people and programs leave them: sizes, days, and what became a date."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from iml4e_xlsx.model import Assessment, Scheme
from iml4e_xlsx.reading.company_size import is_spoilt_size, usual_size
from iml4e_xlsx.reading.day_reader import read_date
from iml4e_xlsx.reading.workbook_reader import assess_workbook
from iml4e_xlsx.workbook.workbook_layout import layout_of
from tests.support.builders import built


def assess_with(scheme: Scheme, folder: Path, **entries: Any) -> Assessment:
    """Return the assessment of a workbook with these entries in its profile."""
    cover = layout_of(scheme).cover
    path = built(scheme, folder / "w.xlsx")
    book = openpyxl.load_workbook(path)
    for field, value in entries.items():
        book[cover.sheet][cover.profile_cell(field).a1] = value
    book.save(path)
    return assess_workbook(path)


@pytest.mark.parametrize(
    ("entry", "size"),
    [
        ("10-49", "10-49"),
        ("10 – 49", "10-49"),
        ("10—49", "10-49"),
        ("10 to 49", "10-49"),
        ("10 bis 49", "10-49"),
        ("10 -\u00a049", "10-49"),
        ("10-49 employees", "10-49"),
        ("10 bis 49 Mitarbeitende", "10-49"),
        ("1,000 - 4,999", "1000-4999"),
        ("1.000-4.999", "1000-4999"),
        ("250+", "250+"),
        ("250 +", "250+"),
        ("250 or more", "250+"),
        ("250 und mehr", "250+"),
        ("≥ 250", "250+"),
        ("at least 250 people", "250+"),
        # What is no class stays as it is.
        ("", ""),
        ("30", "30"),
        ("49-10", "49-10"),
        ("about 30", "about 30"),
        ("<10", "<10"),
        ("10-49-250", "10-49-250"),
        ("KMU", "KMU"),
        ("9" * 5000 + "+", "9" * 5000 + "+"),
    ],
)
def test_sizes_have_one_spelling(entry: str, size: str) -> None:
    """A class of sizes is the same however it is spelt."""
    assert usual_size(entry) == size


@pytest.mark.parametrize(
    "entry",
    [
        "2026-11-27",
        " 2026-11-27 ",
        "2026/11/27",
        "2026.11.27",
        "27.11.2026",
        "27. 11. 2026",
        "11/27/2026",
        "27/11/2026",
        "27-11-2026",
        "2026\u201311\u201327",
        "2026\u201111\u201127",
        "2026\u221211\u221227",
        "27\u201311\u20132026",
        "27\u2011Nov\u20112026",
        "20261127",
        20261127,
        20261127.0,
        "27 November 2026",
        "27. November 2026",
        "27-Nov-2026",
        "November 27, 2026",
        "Nov. 27th, 2026",
        date(2026, 11, 27),
        datetime(2026, 11, 27, 8, 30, tzinfo=UTC),
    ],
)
def test_days_are_read_in_every_clear_form(entry: str | date) -> None:
    """Typed in any country, as a text or as a date."""
    assert read_date(entry) == "2026-11-27"


@pytest.mark.parametrize("entry", ["3. März 2026", "3 mrz 2026", "March 3, 2026", "03/03/2026"])
def test_months_have_names_in_both_languages(entry: str) -> None:
    """English and German names; a day that is the same in both orders is clear."""
    assert read_date(entry) == "2026-03-03"


@pytest.mark.parametrize(
    "entry",
    [
        "03/04/2026",
        "3-4-2026",
        "27.11.26",
        "31/11/2026",
        "27 Foo 2026",
        "soon",
        "2026",
        "27112026",
        "20260231",
        "2026112",
        46000.0,
        202611270.0,
        True,
        "03\u201304\u20132026",
        "31.02.2026",
    ],
)
def test_days_that_may_be_two_are_not_read(entry: str) -> None:
    """Neither order is guessed, nor a century, nor a day that does not exist."""
    assert read_date(entry) is None


def test_an_ambiguous_date_is_reported(official: Scheme, tmp_path: Path) -> None:
    """It costs itself, and the finding quotes it."""
    assessment = assess_with(official, tmp_path, date="03/04/2026")
    (finding,) = [f for f in assessment.findings if f.code == "date-unknown"]

    assert assessment.response.profile.date == ""
    assert "03/04/2026" in str(finding.message)


def test_sizes_of_a_workbook_come_in_one_spelling(official: Scheme, tmp_path: Path) -> None:
    """As the respondent typed it into the workbook."""
    profile = assess_with(official, tmp_path, size="10 – 49", team="A – B").response.profile

    assert profile.size == "10-49"
    assert profile.team == "A – B"


@pytest.mark.parametrize(
    "entry",
    [
        *("Oct-49", "Okt 49", "10-Sep", "10. Sept", "1st Sep", "Sep '10", "01.09.2026", "01.09"),
        *("2026-10-49", "2049-10-01 00:00:00", "2049-10-01T00:00:00", "10:49", "10:49 am", "10/49"),
        *("49-10", "49 to 10 people", "49\u201310", "-5", "\u22125", "10-49-250", True, -5, False),
    ],
)
def test_a_size_that_programs_spoilt_is_reported(
    official: Scheme, tmp_path: Path, entry: object
) -> None:
    """As text as well: it is no size that anybody typed, and would be a class of its own."""
    assessment = assess_with(official, tmp_path, size=entry)
    (finding,) = [f for f in assessment.findings if f.subject == "profile.size"]

    assert finding.code == "size-unknown"
    assert assessment.response.profile.size == ""
    assert finding.place.cell == layout_of(official).cover.profile_cell("size").a1


@pytest.mark.parametrize(
    "entry",
    [
        *("", "30", "30 people", "12.5", "12,5 FTE", "1.000", "1,000 employees", "< 10", "~30"),
        *("10-49", "1-9", "10 \u2013 49", "250+", "\u2265 250", "about 30", "KMU", "small", "S-M"),
        *("May", "Mars 5", "ten to 49", "10-49 (Austria)", "9" * 5000),
    ],
)
def test_a_size_that_somebody_typed_stays(entry: str) -> None:
    """Numbers, classes, and words that nobody knows."""
    assert not is_spoilt_size(entry)


@pytest.mark.parametrize(
    ("field", "entry"),
    [
        ("size", date(2049, 10, 1)),
        ("size", date(1949, 10, 1)),
        ("size", date(2026, 9, 1)),
        ("size", time(10, 49)),
        ("sector", date(2026, 3, 4)),
        ("team", date(2026, 3, 4)),
        ("role", time(3, 4)),
    ],
)
def test_a_text_that_became_a_date_is_reported(
    official: Scheme, tmp_path: Path, field: str, entry: date | time
) -> None:
    """The entry is left out: 2049-10-01 was 10-49, or 10/49, or a date."""
    assessment = assess_with(official, tmp_path, **{field: entry})
    (finding,) = [f for f in assessment.findings if f.code == "profile-is-date"]

    assert assessment.response.profile.values[field] == ""
    assert finding.subject == f"profile.{field}"
    assert finding.place.cell == layout_of(official).cover.profile_cell(field).a1
