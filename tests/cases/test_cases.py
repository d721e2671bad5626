"""
Files as other people's programs make them: each has the outcome that is written here.

They lie in `tests/data/cases`. Most hold the answers of one person to version 1.0.0 of the official
scheme, changed in one place; so what is listed is what differs from these answers, and every
finding that the file has of its own.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from iml4e_xlsx.model import Profile, RatingValue, Scheme
from iml4e_xlsx.scheme import load_scheme
from tests.support.builders import built, response, typed
from tests.support.campaigns import run
from tests.support.saved_mails import make_mail
from tests.support.scheme_versions import FIRST_OFFICIAL

CASES = Path(__file__).parent.parent / "data" / "cases"
MOVED_UP = (
    "statement-by-text C8: PC-01, PC-02, PC-03, PC-04, PC-06, PC-08, PC-07, PC-05, PC-11, PC-12, "
    "PC-09, PC-10 and 4 more"
)
OF_EVERY_FILE = {"figures-differ", "figures-without-ratings", "profile-missing", "unanswered"}
"""Findings that these files have since a test changed them without calculating."""


WARNINGS = (
    *("rating-as-text", "rating-is-formula", "statement-by-text"),
    *("extra-content", "evidence-unreadable"),
)
"""Findings that leave no cell open."""


@dataclass(frozen=True)
class Case:
    """A file, the ratings in which it differs from the usual ones, and its findings."""

    name: str
    ratings: dict[str, RatingValue | None] = field(default_factory=dict)
    findings: tuple[str, ...] = ()


READ = [
    Case("cdata/cdata_str_v.xlsx"),
    Case("cdata/v_cdata_number.xlsx", {"PC-01": 2}),
    Case(
        "cdata/v_cdata_partial.xlsx",
        {"PC-01": 2, "PC-02": None},
        ("rating-unknown F9: not yet; 3",),
    ),
    Case("two-contents/inline_is_then_emptyv.xlsx", {"PC-02": 2}),
    Case("two-contents/inline_then_f.xlsx", {"PC-02": 2}, ("rating-is-formula F9: 2 - Largely",)),
    Case("two-contents/v_before_f.xlsx", {"PC-02": 2}, ("rating-is-formula F9: 2 - Largely",)),
    Case("since-1904/d1904flag.xlsb"),
    Case(
        "percentages/id_col_deleted_100percent.xlsx",
        {"PC-01": None},
        ("rating-is-percentage E8: 100 %", MOVED_UP),
    ),
    Case(
        "percentages/level_cleared_percent.xlsx",
        {"PC-01": None},
        ("rating-is-percentage F8: 300 %",),
    ),
    *(
        Case(
            f"unstored-formulas/id_col_deleted_formula_novalue_{form}.xlsx",
            {"PC-01": None},
            ('rating-formula-without-value E8: ="2 - Lar"&"gely"', MOVED_UP),
        )
        for form in ("prefixed", "pretty")
    ),
    *(
        Case(f"{name}.xlsx", {"PC-01": 2})
        for name in (
            "chart-sheet/chartsheet_moved",
            "styles/st_align",
            "styles/st_cellstyle_noname",
            "styles/st_empty_fill",
            "styles/st_no_cellstylexfs",
            "properties/core_bad_date",
            "properties/custom_noname",
            "book-attributes/wb_calc",
            "book-attributes/wb_view_float",
            "custom-xml/customxml_deep_or_bad",
            "custom-xml/customxml_empty",
            "shared-strings/case_ss_typed",
            "shared-strings/no_contenttype_override_ss",
        )
    ),
    Case(
        "strict/strict_formula_in_score.xlsx",
        {"PC-01": 2},
        ("rating-is-formula F8: 2 - Largely",),
    ),
    Case("data-mashup/customxml_utf16_datamashup.xlsx"),
    Case("utf-16/utf16_sheets.xlsx"),
    Case("furthest-row/last_cell_colour.xlsx"),
    Case("furthest-row/row1048576_stray_space.xlsx"),
    Case("error-values/err_00_SPILL.xlsx", {"PC-02": None}, ("rating-is-error F9: #SPILL!",)),
    Case(
        "error-values/err_10_GETTING_DATA.xlsx",
        {"PC-02": None},
        ("rating-is-error F9: #GETTING_DATA",),
    ),
    Case("error-values/err_elsewhere_busy.xlsx"),
    Case("book-part/workbook22.xlsx"),
    Case("backslashes/backslash_targets.xlsx"),
    Case("backslashes/backslash_zip.xlsx"),
    Case("targets/dot_targets.xlsx"),
    Case("targets/percent_encoded_part.xlsx"),
    Case("letter-case/case_all.xlsx"),
    Case("letter-case/case_contenttypes.xlsx"),
    Case("sheet-state/state_show.xlsx"),
    Case("missing-part/nullrel.xlsb"),
    Case("odd-cells/extlst_in_cell.xlsx", {"PC-02": 2}),
    Case(
        "odd-cells/v_cdata_three.xlsx",  # its fourth rating refers to another text of the workbook
        {"PC-01": 2, "PC-02": 2, "PC-04": None},
        ("rating-unknown F11: Sector (optional)",),
    ),
    Case("base64/b64_each_chunk_padded.eml"),
    Case("base64/b64_no_padding.eml"),
    Case("line-ends/cr_only.eml"),
    Case("line-ends/crcrlf.eml"),
    Case("digest/digest.eml"),
    Case("renamed/msg_txt.msg"),
    Case("renamed/name_txt_renamed.eml"),
    Case("sealed/cte_upper_comment.eml"),
    Case("sealed/uuencode_part.eml"),
    Case(
        "evidence/dispimg_evidence.xlsx",
        findings=(
            'evidence-unreadable G9: =_xlfn.DISPIMG("ID_A1B2C3D4E5F60718293A4B5C6D7E8F90",1)',
        ),
    ),
    Case(
        "evidence/threaded_comment_evidence.xlsx",
        findings=("extra-content: comments on cells",),
    ),
    Case("invisible/bom_label.xlsx", {"PC-02": 2}, ("rating-as-text F9: [U+FEFF]2 - Largely",)),
    Case(
        "invisible/soft_hyphen.xlsx",
        {"PC-02": 2},
        ("rating-as-text F9: 2 - Lar[U+00AD]gely",),
    ),
    Case(
        "computed/float_noise.xlsx",
        {"PC-02": None},
        ("rating-out-of-range F9: 1.9999999999999998",),
    ),
    Case("computed/formula_empty_string.xlsx", {"PC-02": None}),
]

REFUSED = {
    "odf-encryption/ods_wholesome.ods": ("encrypted", "is protected with a password"),
    "sealed/pgp_inline_attachment_pgp.eml": ("encrypted-mail", "is encrypted or sealed"),
    "sealed/tnef_octet_othername.eml": ("winmail", "(winmail.dat)"),
    "harmful/malformed.xlsx": ("broken-workbook", "a part is not valid XML"),
}

ROSTERS = {
    "central-european.csv": (1, "£ukasz ¯ak", set()),
    "japanese.csv": (1, "ŽR“c‘¾˜Y", set()),
    "with-euro-sign.csv": (1, "¤uro", set()),
    "filtered.xlsx": (0, "Hidden rows were not read: 3", {"alpha-ann", "alpha-cy"}),
    "hidden-sheet.xlsx": (0, '"Old list"', {"alpha-ann", "alpha-cy", "beta-ben"}),
    "merged.xlsx": (1, "A2:A3", set()),
    "commas-in-headings.csv": (0, "Wrote 1 workbook", {"workbook"}),
    "tie.csv": (0, "Wrote 1 workbook", {"ann"}),
}

OTHERS = {
    "since-1904/first.xlsx",
    "harmful/cell-twice.xlsx",
    "harmful/row-repeated.ods",
    "harmful/long-rating.ods",
    "operator-scheme/scheme.yaml",
    "icloud/.beta.xlsx.icloud",
}
"""Files with tests of their own."""


@pytest.fixture(scope="module")
def first() -> Scheme:
    """Return the official scheme in the version that the files were made with."""
    return load_scheme(FIRST_OFFICIAL)


def score(path: Path, *options: str, code: int = 0) -> dict[str, Any]:
    known = ("--scheme", FIRST_OFFICIAL)
    outcome = run("score", path, "--format", "json", *known, *options, code=code)
    found: dict[str, Any] = json.loads(outcome.stdout)
    return found


def usual_ratings(scheme: Scheme) -> dict[str, RatingValue | None]:
    return dict(zip(scheme.statements, cycle([0, 1, 2, 3, "n/a", 3, 2]), strict=False))


def usual_evidence(scheme: Scheme) -> dict[str, str]:
    """Return the evidence: of each fifth statement, and of each that does not apply."""
    return {
        id_: f'Reason for {id_}: see wiki & "notes" <{number}>'
        for number, id_ in enumerate(scheme.statements)
        if number % 5 == 0 or number % 7 == 4
    }


def described(result: dict[str, Any]) -> list[str]:
    """Return code, cell and content of each finding that is not of every file."""
    return sorted(
        f"{' '.join(filter(None, (found['code'], found['cell'])))}: {found['found']}"
        for found in result["findings"]
        if found["code"] not in OF_EVERY_FILE
    )


def test_every_file_has_an_outcome() -> None:
    """A file that nobody asks for tests nothing."""
    files = {path.relative_to(CASES).as_posix() for path in CASES.rglob("*") if path.is_file()}
    listed = [*(case.name for case in READ), *REFUSED, *(f"rosters/{name}" for name in ROSTERS)]
    assert sorted(files) == sorted([*listed, *OTHERS])


@pytest.mark.parametrize("case", READ, ids=lambda case: case.name)
def test_a_file_is_read_and_what_is_odd_costs_itself(case: Case, first: Scheme) -> None:
    """All ratings, all evidence, the date; an error where a cell is open that was not empty."""
    is_lost = any(not found.startswith(WARNINGS) for found in case.findings)
    answer = score(CASES / case.name, code=int(is_lost))
    (result,) = answer["results"]

    assert result["ratings"] == usual_ratings(first) | case.ratings
    assert result["evidence"] == usual_evidence(first)
    assert result["profile"]["date"] == "2026-11-20"
    assert described(result) == sorted(case.findings)
    assert answer["failed"] == []


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_cannot_be_opened_says_why(name: str) -> None:
    """And no other reason."""
    code, words = REFUSED[name]
    answer = score(CASES / name, code=1)

    assert [(failure["code"], answer["results"]) for failure in answer["failed"]] == [(code, [])]
    assert words in answer["failed"][0]["message"]


@pytest.mark.parametrize("name", ROSTERS)
def test_a_roster_is_read_as_people_see_it_or_refused(name: str, tmp_path: Path) -> None:
    """What is doubtful is said before anything is made of it."""
    code, words, names = ROSTERS[name]
    outcome = run("build", "--roster", CASES / "rosters" / name, "-o", tmp_path / "o", code=code)

    assert words in " ".join(outcome.output.split())
    assert {path.stem for path in tmp_path.rglob("*.xlsx")} == names


def test_the_later_of_two_versions_counts_whatever_its_system_of_dates() -> None:
    """One of them counts its days from 1904."""
    (team,) = score(CASES / "since-1904", "--group", "team")["results"]
    (alone,) = score(CASES / "since-1904" / "d1904flag.xlsb", "--group", "team")["results"]
    left_out = [found for found in team["findings"] if found["code"] == "workbook-twice"]

    assert [Path(found["source"]).name for found in left_out] == ["first.xlsx"]
    assert (team["respondents"], team["areas"]) == (1, alone["areas"])


def test_a_cell_that_stands_twice_is_neither_of_the_two() -> None:
    """Whichever counted, somebody would have meant the other."""
    (result,) = score(CASES / "harmful" / "cell-twice.xlsx", code=1)["results"]

    assert result["ratings"]["PC-01"] is None
    assert described(result) == [
        "rating-illegible F8: it is in the file more than once, with different contents"
    ]


def test_rows_that_a_file_repeats_are_few_findings() -> None:
    """Half a kilobyte claims hundreds of thousands of rows."""
    (once,) = score(CASES / "harmful" / "row-repeated.ods", code=1)["results"]
    (long,) = score(CASES / "harmful" / "long-rating.ods", code=1)["results"]

    assert once["ratings"]["PC-01"] == 3
    assert long["ratings"]["PC-01"] is None
    for result in (once, long):
        codes = {found["code"] for found in result["findings"]}
        assert len(result["findings"]) <= len(codes) + len(result["ratings"]) + 7  # the areas
        assert max(len(found["message"]) for found in result["findings"]) < 1000


def test_a_word_that_begins_as_a_comparison_is_counted_as_a_word(tmp_path: Path) -> None:
    """COUNTIFS takes `<none>` for "less than none>"; it is compared, and its place counted."""
    scheme = load_scheme(CASES / "operator-scheme")
    book = openpyxl.load_workbook(built(scheme, tmp_path / "own.xlsx"))
    texts = [str(c.value) for sheet in book for row in sheet for c in row if c.data_type == "f"]

    run("scheme", "validate", CASES / "operator-scheme")
    table = [cell.value for row in book["Calculation"] for cell in row]
    assert "<none>" in table
    assert any("=TRIM(" in text for text in texts)
    assert not any("<none>" in text for text in texts if "COUNTIF" in text)


def test_a_file_that_is_not_on_this_disk_is_named(tmp_path: Path) -> None:
    """Its placeholder has a hidden name."""
    placeholder = CASES / "icloud" / ".beta.xlsx.icloud"
    (tmp_path / placeholder.name).write_bytes(placeholder.read_bytes())
    alpha = CASES / "cdata" / "cdata_str_v.xlsx"
    (tmp_path / "alpha.xlsx").write_bytes(alpha.read_bytes())
    answer = score(tmp_path, code=1)

    assert len(answer["results"]) == 1
    assert "beta.xlsx is not on this disk" in answer["failed"][0]["message"]


@pytest.mark.slow
def test_a_large_sheet_of_ones_own_costs_no_answer(official: Scheme, tmp_path: Path) -> None:
    """Beside a typed number, which used to send all sheets the slow way."""
    usual = usual_ratings(official)
    notes = usual_evidence(official)
    filled = response(official, usual, evidence=notes)
    path = built(official, tmp_path / "own.xlsx", filled)
    typed(official, path, {"PC-01": 2})
    book = openpyxl.load_workbook(path)
    sheet = book.create_sheet("Notes")
    for number in range(20_000):
        sheet.append([f"line {number}", "of mine", number])
    book.save(path)
    (result,) = score(path)["results"]

    assert result["ratings"] == usual | {"PC-01": 2}
    assert described(result) == []


@pytest.mark.parametrize(
    "separator", ["From ", "From kim@example.org 2026-11-20 10:00:00", "From kim@example.org"]
)
def test_each_mail_of_a_mailbox_is_found(separator: str, official: Scheme, tmp_path: Path) -> None:
    """By any line between them; but a line of a text that begins alike separates nothing."""
    mails = b""
    for rating, name in enumerate(("Ann", "Ben", "Cy")):
        ratings: dict[str, RatingValue | None] = dict.fromkeys(official.statements, rating)
        filled = response(official, ratings, profile=Profile(respondent=name))
        book = built(official, tmp_path / f"{name}.xlsx", filled).read_bytes()
        mail = make_mail((f"{name}.xlsx", book)).as_bytes().replace(b"\r\n", b"\n")
        away = b"Here it is.\nFrom Tue 24 Nov 10:00 on I am away.\n"
        mails += separator.encode() + b"\n" + mail.replace(b"Here it is.\n", away, 1) + b"\n"
    path = tmp_path / "box.mbox"
    path.write_bytes(mails)
    results = score(path)["results"]

    assert [result["profile"]["respondent"] for result in results] == ["Ann", "Ben", "Cy"]
    assert [set(result["ratings"].values()) for result in results] == [{0}, {1}, {2}]


def test_numbers_of_statements_may_hold_characters_that_nobody_sees(
    official: Scheme, tmp_path: Path
) -> None:
    """As pasted text does; the row would be called missing, and its rating be lost."""
    usual = usual_ratings(official)
    filled = response(official, usual, evidence=usual_evidence(official))
    path = built(official, tmp_path / "ids.xlsx", filled)
    book = openpyxl.load_workbook(path)
    changes = {"DG-01": "DG-01\u200b", "DG-02": "\ufeffDG-02", "TR-03": "TR\u00ad-03"}
    for cell in (cell for sheet in book for row in sheet for cell in row):
        if str(cell.value) in changes:
            cell.value = changes[str(cell.value)]
    book.save(path)
    (result,) = score(path)["results"]

    assert result["ratings"] == usual
    assert described(result) == []
