"""Reading score cells: each form of a rating, its rating and its finding."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from iml4e_xlsx.findings.finding import Severity
from iml4e_xlsx.model import Assessment, RatingValue, Scheme
from iml4e_xlsx.reading.workbook_reader import WorkbookReader
from iml4e_xlsx.workbook.workbook_layout import layout_of
from tests.support.assessments import change_part, findings_with, sheet_part
from tests.support.builders import built, response, typed

ANY = "AA-01"


def with_value(scheme: Scheme, reader: WorkbookReader, path: Path, value: object) -> Assessment:
    """Return the assessment of a workbook in which one score cell holds a value."""
    return reader.assess(typed(scheme, built(scheme, path), {ANY: value}))


FORMS: list[tuple[object, RatingValue | None, str | None]] = [
    ("2 - Largely", 2, None),
    ("n/a", "n/a", None),
    ("largely", 2, "rating-as-text"),
    ("  Largely\n", 2, "rating-as-text"),
    ("2 - LARGELY", 2, "rating-as-text"),
    ("2 \u2013 Largely", 2, "rating-as-text"),
    ("2", 2, "rating-as-text"),
    ("2.0", 2, "rating-as-text"),
    ("2,0", 2, "rating-as-text"),
    (" 2 ", 2, "rating-as-text"),
    ("\uff12", 2, "rating-as-text"),
    ("03", 3, "rating-as-text"),
    ("N/A", "n/a", "rating-as-text"),
    ("na", "n/a", "rating-as-text"),
    (2, 2, "rating-as-number"),
    (3.0, 3, "rating-as-number"),
    ("", None, None),
    ("   ", None, None),
    (2.5, None, "rating-out-of-range"),
    (7, None, "rating-out-of-range"),
    (-1, None, "rating-out-of-range"),
    (1e300, None, "rating-out-of-range"),
    ("2,5", None, "rating-out-of-range"),
    ("7", None, "rating-out-of-range"),
    ("-1", None, "rating-out-of-range"),
    ("2 - Fully", None, "rating-contradicts-itself"),
    ("\uff12.\uff10", 2, "rating-as-text"),
    ("2 - see wiki", 2, "rating-with-remark"),
    ("2 - Largely (see wiki)", 2, "rating-with-remark"),
    ("Largely: since May", 2, "rating-with-remark"),
    ("n/a - no models yet in use", "n/a", "rating-with-remark"),
    ("2 - not sure", None, "rating-unknown"),
    ("2 - or rather 3", None, "rating-unknown"),
    ("2 - Largely, but Fully in one team", None, "rating-unknown"),
    ("2 - ?", None, "rating-unknown"),
    ("1-2", None, "rating-unknown"),
    ("2 - 5 models", None, "rating-unknown"),
    ("1/2", None, "rating-unknown"),
    ("67 %", None, "rating-is-percentage"),
    ("Partly/Largely", None, "rating-unknown"),
    ("largely implemented", None, "rating-unknown"),
    ("yes", None, "rating-unknown"),
    ("L*", None, "rating-unknown"),
    (True, None, "rating-is-boolean"),
    (dt.date(2026, 2, 1), None, "rating-is-date"),
    (dt.datetime(2026, 2, 1, 12, 30), None, "rating-is-date"),  # noqa: DTZ001 - as cells hold it
    (dt.time(12, 30), None, "rating-is-date"),
    ("#REF!", None, "rating-is-error"),
    ("#N/A", None, "rating-is-error"),
    ("=1+1", None, "rating-formula-without-value"),
]


@pytest.mark.parametrize(("value", "rating", "code"), FORMS)
def test_rating_forms(
    small: Scheme,
    reader: WorkbookReader,
    tmp_path: Path,
    value: object,
    rating: RatingValue | None,
    code: str | None,
) -> None:
    """Each form of a rating is read in one way with a finding, or reported and left open."""
    assessment = with_value(small, reader, tmp_path / "w.xlsx", value)
    codes = [f.code for f in assessment.findings if f.statement == ANY and "n/a" not in f.code]

    assert assessment.response.answers[ANY].rating == rating
    assert [c for c in codes if c != "not-applicable-without-reason"] == ([code] if code else [])
    if code is not None:
        finding = findings_with(assessment, code)[0]
        assert finding.place.cell == layout_of(small).areas["AA"].rating_cell(ANY).a1
        assert finding.place.sheet == layout_of(small).areas["AA"].sheet
        assert "2 - Largely" in finding.expected
        lost = finding.severity is Severity.ERROR
        assert lost == (rating is None)


def test_long_text_in_a_score_cell_is_quoted_short(
    small: Scheme, reader: WorkbookReader, tmp_path: Path
) -> None:
    """What was found is quoted, never longer than a line, never with control characters."""
    assessment = with_value(small, reader, tmp_path / "w.xlsx", "x\n" * 10_000)

    assert len(findings_with(assessment, "rating-unknown")[0].found) <= 80
    assert "\n" not in findings_with(assessment, "rating-unknown")[0].found


def test_formula_with_stored_value_is_read_and_reported(
    small: Scheme, reader: WorkbookReader, tmp_path: Path
) -> None:
    """A rating computed by a formula counts, with a warning."""
    path = typed(small, built(small, tmp_path / "w.xlsx"), {ANY: '="2 - Lar"&"gely"'})
    change_part(path, sheet_part(path, layout_of(small).areas["AA"].sheet), store_value)
    assessment = reader.assess(path)

    assert assessment.response.answers[ANY].rating == 2
    assert findings_with(assessment, "rating-is-formula")


def test_error_value_of_a_formula_is_reported(
    small: Scheme, reader: WorkbookReader, tmp_path: Path
) -> None:
    """An error that a formula yielded is an error, never an empty cell."""
    path = typed(small, built(small, tmp_path / "w.xlsx"), {ANY: "=1/0"})
    change_part(path, sheet_part(path, layout_of(small).areas["AA"].sheet), store_error)
    assessment = reader.assess(path)

    assert assessment.response.answers[ANY].rating is None
    assert findings_with(assessment, "rating-is-error")[0].found == "#DIV/0!"


def store_value(xml: str) -> str:
    before, _, rest = xml.partition("&amp;&quot;gely&quot;</f>")
    if not rest:
        before, _, rest = xml.partition('&amp;"gely"</f>')
    start = before.rfind("<c ")
    cell = before[start:].replace("<c ", '<c t="str" ', 1)
    return before[:start] + cell + '&amp;"gely"</f><v>2 - Largely</v>' + rest[rest.index("</c>") :]


def store_error(xml: str) -> str:
    before, _, rest = xml.partition("<f>1/0</f>")
    start = before.rfind("<c ")
    cell = before[start:].replace("<c ", '<c t="e" ', 1)
    return before[:start] + cell + "<f>1/0</f><v>#DIV/0!</v>" + rest[rest.index("</c>") :]


def test_not_applicable_needs_a_reason(
    small: Scheme, reader: WorkbookReader, tmp_path: Path
) -> None:
    """`n/a` without evidence is a warning, with evidence it is not."""
    answers = response(small, {"AA-01": "n/a", "AA-02": "n/a"}, evidence={"AA-02": "no such data"})
    found = reader.assess(built(small, tmp_path / "w.xlsx", answers))
    warnings = findings_with(found, "not-applicable-without-reason")

    assert [w.statement for w in warnings] == ["AA-01"]
    assert warnings[0].severity is Severity.WARNING
