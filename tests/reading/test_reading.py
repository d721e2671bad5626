"""Reading what returns: forms of ratings, lost and doubled rows, files that are none."""

from __future__ import annotations

import datetime as dt
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iml4e_xlsx.errors import WorkbookReadError
from iml4e_xlsx.findings.finding import Finding, Severity
from iml4e_xlsx.model import Assessment, Profile, RatingValue, Scheme
from iml4e_xlsx.reading.identity import Schemes
from iml4e_xlsx.reading.workbook_reader import WorkbookReader
from iml4e_xlsx.workbook.builder import build_workbook
from iml4e_xlsx.workbook.layout import layout_of
from tests.support.builders import CREATED, built, response, small_scheme, typed

ANY = "AA-01"


def reported(assessment: Assessment, code: str) -> list[Finding]:
    return [finding for finding in assessment.findings if finding.code == code]


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
        finding = reported(assessment, code)[0]
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

    assert len(reported(assessment, "rating-unknown")[0].found) <= 80
    assert "\n" not in reported(assessment, "rating-unknown")[0].found


def test_formula_with_stored_value_is_read_and_reported(
    small: Scheme, reader: WorkbookReader, tmp_path: Path
) -> None:
    """A rating computed by a formula counts, with a warning."""
    path = typed(small, built(small, tmp_path / "w.xlsx"), {ANY: '="2 - Lar"&"gely"'})
    change_part(path, sheet_part(path, layout_of(small).areas["AA"].sheet), store_value)
    assessment = reader.assess(path)

    assert assessment.response.answers[ANY].rating == 2
    assert reported(assessment, "rating-is-formula")


def test_error_value_of_a_formula_is_reported(
    small: Scheme, reader: WorkbookReader, tmp_path: Path
) -> None:
    """An error that a formula yielded is an error, never an empty cell."""
    path = typed(small, built(small, tmp_path / "w.xlsx"), {ANY: "=1/0"})
    change_part(path, sheet_part(path, layout_of(small).areas["AA"].sheet), store_error)
    assessment = reader.assess(path)

    assert assessment.response.answers[ANY].rating is None
    assert reported(assessment, "rating-is-error")[0].found == "#DIV/0!"


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


def sheet_part(path: Path, sheet: str) -> str:
    names = openpyxl.load_workbook(path).sheetnames
    return f"xl/worksheets/sheet{names.index(sheet) + 1}.xml"


def change_part(path: Path, part: str, change: Callable[[str], str]) -> None:
    """Rewrite one part of a workbook."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    changed = change(parts[part].decode())
    assert changed != parts[part].decode()
    parts[part] = changed.encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


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


def test_not_applicable_needs_a_reason(
    small: Scheme, reader: WorkbookReader, tmp_path: Path
) -> None:
    """`n/a` without evidence is a warning, with evidence it is not."""
    answers = response(small, {"AA-01": "n/a", "AA-02": "n/a"}, evidence={"AA-02": "no such data"})
    found = reader.assess(built(small, tmp_path / "w.xlsx", answers))
    warnings = reported(found, "not-applicable-without-reason")

    assert [w.statement for w in warnings] == ["AA-01"]
    assert warnings[0].severity is Severity.WARNING


def test_blank_workbook_says_that_nothing_is_rated(
    small: Scheme, reader: WorkbookReader, tmp_path: Path
) -> None:
    """An untouched workbook is not taken for a result without a word."""
    assert reported(reader.assess(built(small, tmp_path / "w.xlsx")), "nothing-rated")


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
    assert reported(found, "identity-lost")
    assert reported(found, "profile-not-found")
    assert len(reported(found, "area-missing")) == 2


def test_contradicting_references_are_said(
    small: Scheme, reader: WorkbookReader, tmp_path: Path
) -> None:
    """Sheets of two workbooks in one file are noticed."""

    def other(book: openpyxl.Workbook, scheme: Scheme) -> None:
        area_sheet(book, scheme)["A4"] = "Reference: small/1.0.0/en/0123456789"

    found = reader.assess(edited(small, tmp_path / "w.xlsx", other, {"AA-01": 2}))

    assert reported(found, "identity-contradicts")[0].found.endswith("0123456789")
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
    assert bool(reported(found, "date-unknown")) == (not read)


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
    assert [f.place.sheet for f in reported(found, "figures-differ")] == [
        layout_of(small).summary.sheet
    ]


def test_right_figures_are_no_finding(
    small: Scheme, reader: WorkbookReader, tmp_path: Path
) -> None:
    """The figures that the builder stores are those of the scorer."""
    ratings: dict[str, Any] = {id_: i % 4 for i, id_ in enumerate(small.statements)}
    ratings |= dict.fromkeys(list(small.statements)[:12], "n/a")
    found = reader.assess(built(small, tmp_path / "w.xlsx", response(small, ratings)))

    assert reported(found, "figures-differ") == []


# --- files that yield no response --------------------------------------------------------------


def other_workbook(path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page["A1"] = "Budget"
    book.save(path)


def broken_zip(path: Path) -> None:
    other_workbook(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def flipped_bytes(path: Path) -> None:
    other_workbook(path)
    data = bytearray(path.read_bytes())
    start = data.index(b"xl/worksheets/sheet1.xml") + 40
    data[start : start + 60] = bytes(60)
    path.write_bytes(bytes(data))


def entities(path: Path) -> None:
    other_workbook(path)
    change_part(
        path,
        "xl/workbook.xml",
        lambda xml: '<!DOCTYPE x [<!ENTITY a "b">]>' + xml.split("?>", 1)[-1],
    )


def far_cell(path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page["XFD1048576"] = "far"
    book.save(path)


def many_strings(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/sharedStrings.xml", '<sst count="1" uniqueCount="4294967295"/>')


def bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (100 << 20))


def content(data: bytes) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        path.write_bytes(data)

    return make


def other_zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")


def document(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<document/>")


def encrypted(path: Path) -> None:
    path.write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le")
    )


NO_RESPONSE: list[tuple[str, Callable[[Path], None], str]] = [
    ("empty", content(b""), "empty-file"),
    ("text", content(b"Dear team,\nsee attached\n"), "not-a-workbook"),
    ("csv", content(b"No.;Rating\nAA-01;2\n"), "not-a-workbook"),
    ("pdf", content(b"%PDF-1.7\n"), "not-a-workbook"),
    ("image", content(b"\x89PNG\r\n\x1a\n"), "not-a-workbook"),
    ("html", content(b"<html><body>"), "not-a-workbook"),
    ("xml", content(b"<?xml version='1.0'?><a/>"), "not-a-workbook"),
    ("binary", content(bytes(range(256)) * 4), "not-a-workbook"),
    ("zip", other_zip, "not-a-workbook"),
    ("document", document, "not-a-workbook"),
    ("broken zip", broken_zip, "broken-workbook"),
    ("flipped bytes", flipped_bytes, "broken-workbook"),
    ("fake xls", content(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)), "broken-workbook"),
    ("other workbook", other_workbook, "not-an-assessment"),
    ("encrypted", encrypted, "encrypted"),
    ("entities", entities, "broken-workbook"),
    ("far cell", far_cell, "too-large"),
    ("many strings", many_strings, "too-large"),
    ("bomb", bomb, "too-large"),
]


@pytest.mark.parametrize(("name", "make", "code"), NO_RESPONSE)
def test_files_without_a_response(
    reader: WorkbookReader, tmp_path: Path, name: str, make: Callable[[Path], None], code: str
) -> None:
    """What is no assessment is refused by name, with a reason and what to do."""
    path = tmp_path / f"{name}.xlsx"
    make(path)
    with pytest.raises(WorkbookReadError) as caught:
        reader.assess(path)

    assert caught.value.code == code
    assert str(path) in str(caught.value)
    assert len(str(caught.value)) > len(str(path)) + 30


def test_missing_file_is_said(reader: WorkbookReader, tmp_path: Path) -> None:
    """A path where nothing is."""
    with pytest.raises(WorkbookReadError) as caught:
        reader.assess(tmp_path / "none.xlsx")

    assert caught.value.code == "not-found"


def test_folder_in_place_of_a_file_is_said(reader: WorkbookReader, tmp_path: Path) -> None:
    """A folder is not a file."""
    with pytest.raises(WorkbookReadError) as caught:
        reader.assess(tmp_path)

    assert caught.value.code == "unreadable"


def test_unknown_version_names_the_known_ones(tmp_path: Path, official: Scheme) -> None:
    """A workbook of another version says which versions this installation has."""
    folder = tmp_path / "future"
    scheme = small_scheme(folder)
    path = built(scheme, tmp_path / "w.xlsx")
    text = (folder / "scheme.yaml").read_text().replace('"version": "1.0.0"', '"version": "2.0.0"')
    (folder / "scheme.yaml").write_text(text)
    with (
        WorkbookReader(Schemes.find_installed([folder])) as reader,
        pytest.raises(WorkbookReadError) as caught,
    ):
        reader.assess(path)

    assert caught.value.code == "unknown-scheme-version"
    assert "2.0.0" in str(caught.value)


def test_unknown_scheme_names_the_known_ones(tmp_path: Path, small: Scheme) -> None:
    """The failure of a workbook of a scheme that is not installed names the installed ones."""
    with WorkbookReader() as reader, pytest.raises(WorkbookReadError) as caught:
        reader.assess(built(small, tmp_path / "w.xlsx"))

    assert caught.value.code == "unknown-scheme"
    values = caught.value.failure.values
    assert values["scheme"] == small.id
    assert values["schemes"] == ", ".join(Schemes.find_installed().list_ids())
    assert str(values["schemes"]) in str(caught.value)


values = st.none() | st.sampled_from([0, 1, 2, 3, "n/a"])
texts = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=60
)


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
