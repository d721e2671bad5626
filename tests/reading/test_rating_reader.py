"""Reading score cells: each form of a rating, its rating and its finding."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iml4e_xlsx.findings.finding import Severity
from iml4e_xlsx.model import Assessment, RatingValue, Scheme
from iml4e_xlsx.reading.workbook_reader import WorkbookReader
from iml4e_xlsx.spreadsheets.grid import CellDetails
from iml4e_xlsx.text.spelling import INVISIBLE_CHARACTERS
from iml4e_xlsx.workbook.workbook_layout import layout_of
from tests.support.assessments import change_part, findings_with, sheet_part
from tests.support.builders import built, response, typed
from tests.support.grids import RATING, read_grids, statement_grid, statement_row

ANY = "AA-01"


def with_value(scheme: Scheme, reader: WorkbookReader, path: Path, value: object) -> Assessment:
    """Return the assessment of a workbook in which one score cell holds a value."""
    return reader.assess(typed(scheme, built(scheme, path), {ANY: value}))


FORMS: list[tuple[object, RatingValue | None, str | None]] = [
    ("2 - Largely", 2, None),
    ("n/a", "n/a", None),
    ("largely", 2, None),
    ("  Largely\n", 2, "rating-as-text"),
    ("2 - LARGELY", 2, None),
    ("2 \u2013 Largely", 2, None),
    ("2", 2, None),
    ("2.0", 2, "rating-as-text"),
    ("2,0", 2, "rating-as-text"),
    (" 2 ", 2, None),
    ("\uff12", 2, "rating-as-text"),
    ("03", 3, "rating-as-text"),
    ("N/A", "n/a", None),
    ("na", "n/a", None),
    ("not applicable", "n/a", None),
    ("Not Applicable", "n/a", None),
    (" not  applicable ", "n/a", None),
    ("non-applicable", "n/a", None),
    ("Does not apply", "n/a", None),
    ("n / a", "n/a", None),
    (2, 2, None),
    (3.0, 3, None),
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
    # figure and word agree
    ("2 Largely", 2, "rating-as-text"),
    ("2 (Largely)", 2, "rating-as-text"),
    ("Largely (2)", 2, "rating-as-text"),
    ("Largely - 2", 2, "rating-as-text"),
    ("2=largely", 2, "rating-as-text"),
    ("2 Largely - see wiki", 2, "rating-with-remark"),
    ("2 Fully", None, "rating-contradicts-itself"),
    ("Fully (2)", None, "rating-contradicts-itself"),
    ("n/a 2", None, "rating-contradicts-itself"),
    ("Largely?", None, "rating-unknown"),
    # dates and periods typed as text
    ("3. Mai", None, "rating-is-date"),
    ("3. Mai 2026", None, "rating-is-date"),
    ("3. Mai 2026 begonnen", None, "rating-is-date"),
    ("1. January 2026", None, "rating-is-date"),
    ("2-Feb", None, "rating-is-date"),
    ("2 March", None, "rating-is-date"),
    ("March 2", None, "rating-is-date"),
    ("3.5.2026", None, "rating-is-date"),
    ("2026-11-23", None, "rating-is-date"),
    ("2:30", None, "rating-is-date"),
    ("2. Quartal 2026", None, "rating-is-date"),
    ("2 - may need more", 2, "rating-with-remark"),
    ("2 - since May 2025", 2, "rating-with-remark"),
    # remarks that deny or doubt
    ("3 - Fully, no", None, "rating-unknown"),
    ("3 (no)", None, "rating-unknown"),
    ("3 - unsure", None, "rating-unknown"),
    ("2 - TBD", None, "rating-unknown"),
    ("2 - really?", None, "rating-unknown"),
    ("2 - nein", None, "rating-unknown"),
    ("2 - nicht überall", None, "rating-unknown"),
    ("2 - unklar", None, "rating-unknown"),
    ("2 - isn't done", None, "rating-unknown"),
    ("3 - geplant", None, "rating-unknown"),
    ("n/a - unsure", None, "rating-unknown"),
    ("n/a - kein Modell im Einsatz", "n/a", "rating-with-remark"),
    ("Not applicable - no models in use", "n/a", "rating-with-remark"),
    ("n/a - not used here", "n/a", "rating-with-remark"),
    ("n/a - not", None, "rating-unknown"),
    ("n/a - not fully", None, "rating-unknown"),
    ("n/a (not applicable)", "n/a", "rating-with-remark"),
    ("n/a - does not apply to our team", "n/a", "rating-with-remark"),
    ("2 - not applicable", None, "rating-unknown"),
    ("Fully (n/a for one team)", None, "rating-unknown"),
    ("2 - see https://wiki.example/x?page=a", 2, "rating-with-remark"),
    ("2 - nothing known, north team", None, "rating-unknown"),
    ("2 - northern team", 2, "rating-with-remark"),
    # figures of other forms
    ("\u00b2", 2, "rating-as-text"),
    ("\u2461", 2, "rating-as-text"),
    ("0\u00b2", None, "rating-unknown"),
    ("\u00b2\u00b2", None, "rating-unknown"),
    ("2\u00bd", None, "rating-unknown"),
    ("3 \u20ac", None, "rating-unknown"),
    # what nobody sees
    ("\u200b2 - Largely", 2, "rating-as-text"),
    ("\ufeff2 - Largely", 2, "rating-as-text"),
    ("2 - Largely\u200e", 2, "rating-as-text"),
    ("2 - Lar\xadgely", 2, "rating-as-text"),
    ("2\ufe0f", 2, "rating-as-text"),
    ("\u200b", None, None),
    ("\u202e2 - Largely", None, "rating-unknown"),
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


INVISIBLE = st.text(st.sampled_from(sorted(set(INVISIBLE_CHARACTERS) - {"\u202d", "\u202e"})))


@given(label=st.sampled_from(["2 - Largely", "n/a", "2", "largely"]), data=st.data())
def test_characters_that_nobody_sees_change_no_rating(
    small: Scheme, label: str, data: st.DataObject
) -> None:
    """Wherever they are; each is named in the finding, since nobody could find it otherwise."""
    hidden = [data.draw(INVISIBLE) for _ in label]
    text = "".join(f"{stray}{char}" for stray, char in zip(hidden, label, strict=True))
    read = read_grids(small, statement_grid(small, [statement_row(small, ANY, text, "a reason")]))

    assert read.answers[ANY].rating == (2 if label != "n/a" else "n/a")
    findings = read.found("rating-as-text")
    assert len(findings) == any(hidden)
    for stray in "".join(hidden)[:5]:
        assert f"U+{ord(stray):04X}" in findings[0].found


@pytest.mark.parametrize(
    ("value", "details", "found"),
    [
        (1.9999999999999998, None, "1.9999999999999998"),
        (2.5, None, "2.5"),
        (7.0, None, "7"),
        (-1.0, None, "-1"),
        (1e300, None, "1e+300"),
        (float("inf"), None, "inf"),
        (0.67, CellDetails(percent=True), "67 %"),
        (3.0, CellDetails(percent=True), "300 %"),
    ],
)
def test_figures_are_shown_as_they_are_stored(
    small: Scheme, value: float, details: CellDetails | None, found: str
) -> None:
    """No rounding makes a 2 of what is none."""
    behind = {(1, RATING): details} if details else {}
    grid = statement_grid(small, [statement_row(small, ANY, value)], behind)
    finding = next(f for f in read_grids(small, grid).findings if f.statement == ANY)

    assert finding.found == found


@pytest.mark.parametrize("text", ["", None, "  "])
def test_a_formula_with_an_empty_result_is_unanswered(small: Scheme, text: str | None) -> None:
    """Its result was stored: the respondent saw an empty cell."""
    behind = {(1, RATING): CellDetails(formula='=IF(1=1,"","2 - Largely")')}
    read = read_grids(small, statement_grid(small, [statement_row(small, ANY, text)], behind))

    assert read.answers[ANY].rating is None
    assert not [finding for finding in read.findings if finding.statement == ANY]


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
