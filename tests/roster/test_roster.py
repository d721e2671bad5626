"""Rosters: every mistake with its row and column, templates, and people who leave."""

from __future__ import annotations

import csv
import io
import random
import sys
import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iml4e_xlsx.errors import ResourceError, RosterError
from iml4e_xlsx.findings.finding import Finding, Place
from iml4e_xlsx.model import Profile, Scheme
from iml4e_xlsx.roster import MOST_ROWS, RosterRow, read_roster
from iml4e_xlsx.roster.file_names import file_names
from iml4e_xlsx.roster.mail_address import usable_address
from iml4e_xlsx.roster.removal import remove_person
from iml4e_xlsx.roster.template import ROWS, roster_csv, roster_workbook
from iml4e_xlsx.text.interface_texts import scheme_texts
from tests.support.builders import CREATED
from tests.support.office import Office

HEADINGS = ["name", "mail", "organisation", "team", "role", "language", "target", "sector", "size"]
ANN = ["Ann", "ann@example.org", "Org", "Red", "analyst", "en", "3", "", ""]
BEN = ["Ben", "ben@example.org", "Org", "Red", "analyst", "", "", "", ""]
KINDS = ("csv", "xlsx")
LANGUAGES = ("en", "de")


def written(folder: Path, kind: str, rows: Sequence[Sequence[object]]) -> Path:
    path = folder / f"roster.{kind}"
    if kind == "csv":
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows(rows)
        return path
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.title = "Staff"
    for number, row in enumerate(rows, start=1):
        for col, value in enumerate(row, start=1):
            sheet.cell(number, col).value = value if value != "" else None
    book.save(path)
    return path


def changed(row: Sequence[str], **values: object) -> list[object]:
    return [values.get(heading, value) for heading, value in zip(HEADINGS, row, strict=True)]


def read(path: Path, scheme: Scheme) -> tuple[RosterRow, ...]:
    return read_roster(path, scheme, mails=True, languages=LANGUAGES)


def mistakes(path: Path, scheme: Scheme) -> tuple[Finding, ...]:
    with pytest.raises(RosterError) as caught:
        read(path, scheme)
    return caught.value.findings


def brief(findings: Sequence[Finding]) -> list[tuple[str, int | None, str | None]]:
    return [(one.code, one.place.row, one.place.column) for one in findings]


class Wrong(NamedTuple):
    """A row with one mistake: its code, the column it stands in, and the value there."""

    code: str
    column: str
    value: object


VALUES = [
    Wrong("roster-name-missing", "name", ""),
    Wrong("roster-name-twice", "name", " ANN "),
    Wrong("roster-mail-missing", "mail", ""),
    Wrong("roster-mail-several", "mail", "b@example.org; c@example.org"),
    Wrong("roster-mail-dressed", "mail", "Ben <ben@example.org>"),
    Wrong("roster-mail-dressed", "mail", "mailto:ben@example.org"),
    Wrong("roster-mail-malformed", "mail", "ben"),
    Wrong("roster-mail-twice", "mail", "ANN@Example.ORG"),
    Wrong("roster-language-unknown", "language", "fr"),
    Wrong("roster-target-level", "target", "9"),
    Wrong("roster-target-area", "target", "XX=1"),
    Wrong("roster-target-twice", "target", "DG=1 DG=2"),
    Wrong("roster-control-character", "role", "a\nBcc: all@example.org"),
    Wrong("roster-control-character", "mail", "ben\n@example.org"),
    Wrong("roster-control-character", "name", "Be\u202en"),
    Wrong("roster-control-character", "team", "Re\u2028d"),
    Wrong("roster-text-too-long", "organisation", "x" * 121),
    Wrong("roster-cell-error", "size", "#REF!"),
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("wrong", VALUES, ids=lambda w: f"{w.code}-{w.column}")
def test_a_wrong_value_is_said_with_its_cell(
    official: Scheme, tmp_path: Path, kind: str, wrong: Wrong
) -> None:
    """Row as the spreadsheet shows it, column by its heading, in a table of either kind."""
    row = changed(BEN, **{wrong.column: wrong.value})
    findings = mistakes(written(tmp_path, kind, [HEADINGS, ANN, row]), official)

    assert brief(findings) == [(wrong.code, 3, wrong.column)]
    assert findings[0].message
    assert findings[0].action
    assert findings[0].place.sheet == ("Staff" if kind == "xlsx" else None)


CELLS = [
    Wrong("roster-cell-formula", "name", '="B"&"en"'),
    Wrong("roster-cell-date", "size", date(2049, 10, 1)),
    Wrong("roster-cell-truth", "role", True),  # noqa: FBT003
    Wrong("roster-mail-number", "mail", 42),
]


@pytest.mark.parametrize("wrong", CELLS, ids=lambda w: w.code)
def test_cells_of_a_wrong_kind(official: Scheme, tmp_path: Path, wrong: Wrong) -> None:
    """What only a workbook's cell can hold."""
    row = changed(BEN, **{wrong.column: wrong.value})
    path = written(tmp_path, "xlsx", [HEADINGS, ANN, row])

    assert brief(mistakes(path, official)) == [(wrong.code, 3, wrong.column)]


MALFORMED = {
    "no_at": "ben.example.org",
    "two_at": "ben@@example.org",
    "no_local": "@example.org",
    "no_domain": "ben@",
    "space": "ben ny@example.org",
    "trailing_dot": "ben@example.org.",
    "trailing_mark": "ben@example.org;",
    "comma": "ben@example,org",
    "double_dot": "ben@example..org",
    "edge_dot": ".ben@example.org",
    "not_ascii": "bén@example.org",
    "too_long": "b@" + "x." * 130 + "org",
    "no_dot": "ben@example",
    "syntax": "ben@exam!ple.org",
}


@pytest.mark.parametrize(
    ("mail", "fits"),
    [
        ("b" * 64 + "@example.org", True),
        ("b" * 65 + "@example.org", False),
        ("b@" + ("x" * 60 + ".") * 4 + "example", True),
        ("b@" + ("x" * 61 + ".") * 4 + "example", False),
    ],
)
def test_how_long_an_address_may_be(mail: str, *, fits: bool) -> None:
    """64 characters before the @ and 254 in all, as mail servers must take (RFC 5321)."""
    assert (usable_address(mail) is not None) == fits


@pytest.mark.parametrize("reason", MALFORMED)
def test_an_address_is_refused_with_the_reason(
    official: Scheme, tmp_path: Path, reason: str
) -> None:
    """What is wrong with it, not only that something is."""
    row = changed(BEN, mail=MALFORMED[reason])
    findings = mistakes(written(tmp_path, "csv", [HEADINGS, row]), official)
    said = scheme_texts(official)(f"mail_reason.{reason}")

    assert brief(findings) == [("roster-mail-malformed", 2, "mail")]
    assert said in findings[0].message


def test_one_name_in_two_forms_is_one(official: Scheme, tmp_path: Path) -> None:
    """An ö of one character or of two (Unicode NFC and NFD) looks the same, as a Mac writes it."""
    two = [changed(BEN, name="Jörg"), changed(ANN, name="Jo\u0308rg")]
    path = written(tmp_path, "csv", [HEADINGS, *two])
    assert [code for code, *_ in brief(mistakes(path, official))] == ["roster-name-twice"]


@pytest.mark.parametrize("kind", KINDS)
def test_all_mistakes_at_once(official: Scheme, tmp_path: Path, kind: str) -> None:
    """One roster with every kind of wrong value: each is said, by row and then by column."""
    malformed = [Wrong("roster-mail-malformed", "mail", mail) for mail in MALFORMED.values()]
    wrongs = [*VALUES, *malformed, *(CELLS if kind == "xlsx" else ())]
    people = [
        changed(BEN, **{"name": f"P{n}", "mail": f"p{n}@example.org", wrong.column: wrong.value})
        for n, wrong in enumerate(wrongs)
    ]
    last = changed(BEN, name="", mail="x@@example.org", language="xx", target="7 YY=1")
    headings = ["taem" if heading == "team" else heading for heading in HEADINGS]
    rows: list[Sequence[object]] = [[*headings, "Role"], ANN, *people, [], [*last, "", "outside"]]
    findings = mistakes(written(tmp_path, kind, rows), official)
    end = len(wrongs) + 4
    expected = [
        ("roster-column-misspelt", 1, "taem"),
        ("roster-column-twice", 1, "Role"),
        *((one.code, row, one.column) for row, one in enumerate(wrongs, start=3)),
        ("roster-name-missing", end, "name"),
        ("roster-mail-malformed", end, "mail"),
        ("roster-language-unknown", end, "language"),
        ("roster-target-level", end, "target"),
        ("roster-target-area", end, "target"),
        ("roster-outside", end, "K"),
    ]
    expected = [(code, row, "taem" if col == "team" else col) for code, row, col in expected]

    assert brief(findings) == expected
    assert len({code for code, _, _ in expected} | set(MALFORMED)) >= 20


@pytest.mark.parametrize(
    ("mail", "address"),
    [
        ("Ben.O'Neil+x@Example.org", "Ben.O'Neil+x@example.org"),
        ("ben@münchen.example", "ben@xn--mnchen-3ya.example"),
        ("ben@localhost", "ben@localhost"),
        ("ben@mail.local", "ben@mail.local"),
        ("ben@example.test", "ben@example.test"),
        ("\u00a0\u200bben@example.org\ufeff ", "ben@example.org"),
    ],
)
def test_addresses_that_can_be_written_to(
    official: Scheme, tmp_path: Path, mail: str, address: str
) -> None:
    """Kept as written, without what is around them; for sending, the domain is in ASCII."""
    (row,) = read(written(tmp_path, "csv", [HEADINGS, changed(BEN, mail=mail)]), official)

    assert row.mail == mail.strip(" \u00a0\u200b\ufeff")
    assert row.address == address


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("headings", "expected"),
    [
        (["a", "b"], [("roster-no-heading", 1, None)]),
        (["Ann", "ann@example.org"], [("roster-no-heading", 1, None)]),
        (["team", "mail"], [("roster-column-missing", 1, None)]),
        (["name"], [("roster-column-missing", 1, None)]),
        (["name", "mail", "respondent"], [("roster-column-twice", 1, "respondent")]),
        (["name", "mail", "Notes", "notes"], [("roster-column-twice", 1, "notes")]),
        (["nmae", "mail"], [("roster-column-misspelt", 1, "nmae")]),
        (["name", "mail", "langauge"], [("roster-column-misspelt", 1, "langauge")]),
        (["name", "mail", "team", "teams"], []),
        (["name", "mail", "date", "site", "phone"], []),
    ],
    ids=lambda value: ",".join(value) if value and isinstance(value[0], str) else "",
)
def test_headings(
    official: Scheme, tmp_path: Path, kind: str, headings: list[str], expected: list[Any]
) -> None:
    """Missing, twice, misspelt; a column of one's own is none of these."""
    values = {"name": "Ben", "nmae": "Ben", "mail": "ben@example.org", "team": "Red"}
    rows = [headings, [values.get(heading, "") for heading in headings]]
    path = written(tmp_path, kind, rows if values.keys() & set(headings) else [headings, ["x"]])
    if not expected:
        assert read(path, official)
        return

    assert brief(mistakes(path, official)) == expected


@pytest.mark.parametrize("kind", KINDS)
def test_headings_in_german_and_in_any_order(official: Scheme, tmp_path: Path, kind: str) -> None:
    """Aliases, case, hyphens; what is unknown is kept under its heading, in order."""
    rows = [
        ["Telefon", "Größe", "E-Mail-Adresse", "ZIEL", "Sprache", "Rolle", "Branche", "Name", "x"],
        ["0123", "50 bis 99", "a@b.example", "dg=2, om = 4", "DE", "Leitung", "Bank", "Änne", ""],
    ]
    (row,) = read(written(tmp_path, kind, rows), official)

    assert row.profile == Profile(
        respondent="Änne", size="50 bis 99", role="Leitung", sector="Bank"
    )
    assert (row.mail, row.language, row.targets) == ("a@b.example", "de", {"DG": 2, "OM": 4})
    assert list(row.extra.items()) == [("Telefon", "0123"), ("x", "")]


def test_targets_for_all_with_exceptions(official: Scheme, tmp_path: Path) -> None:
    """A level for all areas comes first; behind an exception it contradicts."""
    rows: list[Sequence[object]] = [
        HEADINGS,
        changed(ANN, target="3 DG=1"),
        changed(BEN, target="2"),
    ]
    ann, ben = read(written(tmp_path, "csv", rows), official)
    rows[1] = changed(ANN, target="DG=1 3")

    assert ann.targets == {area.code: 3 for area in official.areas} | {"DG": 1}
    assert set(ben.targets.values()) == {2}
    assert brief(mistakes(written(tmp_path, "csv", rows), official)) == [
        ("roster-target-twice", 2, "target")
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_rows_are_numbered_as_a_spreadsheet_does(
    official: Scheme, tmp_path: Path, kind: str
) -> None:
    """Empty rows count, also above the headings; a value of several lines is one row."""
    bad = changed(BEN, language="two\nlines")
    rows: list[Sequence[object]] = [
        [],
        [],
        HEADINGS,
        [],
        ANN,
        [""] * 9,
        bad,
        [],
        changed(BEN, mail="x"),
    ]
    findings = mistakes(written(tmp_path, kind, rows), official)
    (good,) = read(written(tmp_path, kind, rows[:5]), official)

    assert brief(findings) == [
        ("roster-control-character", 7, "language"),
        ("roster-name-twice", 9, "name"),
        ("roster-mail-malformed", 9, "mail"),
    ]
    assert good.row == 5


def test_the_place_is_said_in_words() -> None:
    """File, sheet, row, column, outermost first."""
    assert str(Place(source="roster.csv", row=7, column="mail")) == (
        "roster.csv, row 7, column mail"
    )
    assert str(Place(source="r.xlsx", sheet="Staff", row=7)) == 'r.xlsx, sheet "Staff", row 7'


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", ("roster-empty", None)),
        (b"\n\n", ("roster-empty", None)),
        (b"name,mail\n", ("roster-empty", None)),
        (b'name,mail\nA,a@b.example\n"B,b@b.example\n', ("roster-quote", 3)),
        (b'name,mail\n"A"x,a@b.example\n', ("roster-quote", 2)),
        (b"name,mail\nA,a@b.example\nB\0,b@b.example\n", ("roster-encoding", 3)),
        (b"name,mail\n\xe4\x81,a@b.example\n", ("roster-encoding", 2)),
        (b"%PDF-1.7 name,mail", ("roster-no-table", None)),
        (b"PK\x03\x04 nothing", ("roster-no-table", None)),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ("roster-no-table", None)),
        (b"<html><table>name,mail", ("roster-no-table", None)),
    ],
)
def test_files_that_are_no_table(
    official: Scheme, tmp_path: Path, data: bytes, expected: tuple[str, int | None]
) -> None:
    """Said as what they are, with the row where there is one."""
    path = tmp_path / "roster.csv"
    path.write_bytes(data)

    assert [(one.code, one.place.row) for one in mistakes(path, official)] == [expected]


def test_a_missing_file_and_a_folder(official: Scheme, tmp_path: Path) -> None:
    """Neither can be opened."""
    for path in (tmp_path / "none.csv", tmp_path):
        (finding,) = mistakes(path, official)
        assert finding.code == "roster-unreadable"
        assert str(path) in str(finding)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_csv_of_any_program(
    official: Scheme, tmp_path: Path, encoding: str, delimiter: str, end: str
) -> None:
    """Encodings, delimiters and line ends as programs write them, with Excel's first line too."""
    path = tmp_path / "roster.csv"
    lines = [delimiter.join(row) for row in (["name", "mail"], ["Jürgen", "j@example.org"])]
    for first in ([], [f"sep={delimiter}"]):
        path.write_bytes(end.join([*first, *lines, ""]).encode(encoding))
        (row,) = read(path, official)
        assert (row.row, row.profile.respondent, row.mail) == (2, "Jürgen", "j@example.org")


def test_too_many_rows(official: Scheme, tmp_path: Path) -> None:
    """As many people as allowed are read, one more is refused."""
    path = tmp_path / "roster.csv"
    lines = [f"P{n},p{n}@example.org" for n in range(MOST_ROWS)]
    path.write_text("\n".join(["name,mail", *lines]))
    assert len(read(path, official)) == MOST_ROWS

    path.write_text("\n".join(["name,mail", *lines, "Q,q@example.org"]))
    assert [one.code for one in mistakes(path, official)] == ["roster-too-many-rows"]


def test_a_long_message_is_cut(official: Scheme, tmp_path: Path) -> None:
    """The message shows 200 mistakes and how many more there are; all are in the error."""
    path = written(tmp_path, "csv", [HEADINGS, *([f"P{n}", "x", *[""] * 7] for n in range(250))])
    with pytest.raises(RosterError) as caught:
        read(path, official)
    said = str(caught.value).splitlines()

    assert len(caught.value.findings) == 250
    assert len(said) == 201
    assert said[-1] == "... and 50 more."


def test_without_addresses_less_is_asked_for(official: Scheme, tmp_path: Path) -> None:
    """Names and addresses may be missing, twice or odd; what is there is kept."""
    rows = [["team", "name", "mail", "note"], ["A", "Ann", "x", "1"], ["A", "Ann", "x", ""],
            ["A", "", "", ""], ["", "", "", "nobody"]]  # fmt: skip
    found = read_roster(written(tmp_path, "csv", rows), official)

    assert [(one.row, one.mail, one.address) for one in found] == [
        (2, "x", ""), (3, "x", ""), (4, "", ""),
    ]  # fmt: skip


def test_email_validator_is_asked_for_by_name(
    official: Scheme, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where it is missing, the error says what to install; without addresses nobody needs it."""
    path = written(tmp_path, "csv", [HEADINGS, ANN])
    monkeypatch.setitem(sys.modules, "email_validator", None)

    assert read_roster(path, official)[0].mail == "ann@example.org"
    with pytest.raises(ResourceError, match=r"pip install 'iml4e-xlsx\[campaign\]'"):
        read_roster(path, official, mails=True)


def named(*people: tuple[str, str]) -> tuple[str, ...]:
    return file_names([Profile(team=team, respondent=name) for team, name in people])


def test_names_of_files_are_safe() -> None:
    """No device of Windows, no letter outside ASCII, nobody without a name."""
    assert named(("", "CON"), ("", "lpt1"), ("", "Con Ny"), ("", "")) == (
        "workbook-con.xlsx", "workbook-lpt1.xlsx", "con-ny.xlsx", "workbook.xlsx",
    )  # fmt: skip
    assert named(("Søren/Łódź", "Groß")) == ("soren-lodz-gross.xlsx",)
    cyrillic = named(("Red", "Анна"), ("Red", "Борис"), ("Команда A", "Li"), ("Отдел A", "Li"))
    assert len(set(cyrillic)) == 4
    assert all(name.isascii() and name.startswith(("red-", "a-")) for name in cyrillic)


def test_names_of_files_are_stable() -> None:
    """They do not depend on the order of rows, nor on rows that have other names."""
    people = [("Red", "Ann Li"), ("Red", "Ann-Li"), ("Red", "Анна"), ("Blue", "Ben"), ("", "NUL")]
    names = dict(zip(people, named(*people), strict=True))
    shuffled = random.Random(7).sample(people, len(people))

    assert len(set(names.values())) == len(people)
    assert dict(zip(shuffled, named(*shuffled), strict=True)) == names
    more = [("New", "One"), *people]
    assert dict(zip(more, named(*more), strict=True)).items() >= names.items()


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    data=st.one_of(
        st.binary(max_size=200),
        st.lists(st.lists(st.text(max_size=12), max_size=6), max_size=6).map(
            lambda rows: "\n".join(["name;mail;target;language", *map(";".join, rows)]).encode(
                "utf-8", "surrogatepass"
            )
        ),
    ),
    mails=st.booleans(),
)
def test_any_file_is_read_or_refused(
    official: Scheme, tmp_path: Path, data: bytes, *, mails: bool
) -> None:
    """No content raises anything but the error that says what is wrong."""
    path = tmp_path / "any.csv"
    path.write_bytes(data)
    findings: tuple[Finding, ...] = ()
    rows: tuple[RosterRow, ...] = ()
    try:
        rows = read_roster(path, official, mails=mails, languages=LANGUAGES)
    except RosterError as error:
        findings = error.findings

    assert bool(rows) != bool(findings)


CELL = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-9, 99),
    st.dates(date(1990, 1, 1)),
    st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=12),
    st.sampled_from(["#N/A", "=1+1", "name", "mail", "ann@example.org", "team", "3", "DG=1"]),
)


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows=st.lists(st.lists(CELL, max_size=5), max_size=5), mails=st.booleans())
def test_any_workbook_is_read_or_refused(
    official: Scheme, tmp_path: Path, rows: list[list[object]], *, mails: bool
) -> None:
    """The same of cells of every kind."""
    path = written(tmp_path, "xlsx", [["name", "mail", "target", "note"], *rows])
    findings: tuple[Finding, ...] = ()
    people: tuple[RosterRow, ...] = ()
    try:
        people = read_roster(path, official, mails=mails, languages=LANGUAGES)
    except RosterError as error:
        findings = error.findings

    assert bool(people) != bool(findings)


WORD = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=8).filter(str.strip)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    people=st.lists(st.tuples(WORD, WORD), min_size=1, max_size=6),
    order=st.permutations(["name", "mail", "team", "note", "language"]),
    delimiter=st.sampled_from(",;\t"),
)
def test_valid_tables_round_trip(
    official: Scheme,
    tmp_path: Path,
    people: list[tuple[str, str]],
    order: list[str],
    delimiter: str,
) -> None:
    """Whatever the order of columns and the delimiter, what was written is read."""
    wanted = [
        {"name": f"{name} {n}", "mail": f"p{n}@example.org", "team": team, "note": f"{name}; {n}",
         "language": "de"}
        for n, (name, team) in enumerate(people)
    ]  # fmt: skip
    stream = io.StringIO()
    writer = csv.DictWriter(stream, order, delimiter=delimiter)
    writer.writeheader()
    writer.writerows(wanted)
    path = tmp_path / "valid.csv"
    path.write_bytes(stream.getvalue().encode())
    rows = read(path, official)

    assert [
        {"name": one.profile.respondent, "mail": one.address, "team": one.profile.team,
         "note": one.extra["note"], "language": one.language}
        for one in rows
    ] == wanted  # fmt: skip
    assert len({one.file_name for one in rows}) == len(rows)


@pytest.fixture
def template(official: Scheme, tmp_path: Path) -> Path:
    """Return the template as a file."""
    path = tmp_path / "template.xlsx"
    path.write_bytes(roster_workbook(official, LANGUAGES, created=CREATED))
    return path


def typed_into(path: Path, *people: Sequence[object]) -> Path:
    """Type people into a template, with the links that programs make of addresses."""
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    for number, person in enumerate(people, start=2):
        for col, value in enumerate(person, start=1):
            sheet.cell(number, col).value = value  # type: ignore[assignment]
        sheet.cell(number, 2).hyperlink = f"mailto:{person[1]}"
    book.save(path)
    return path


def test_templates_name_nobody(official: Scheme, template: Path, tmp_path: Path) -> None:
    """As made, neither has a person: the example on the second sheet is not written to."""
    empty = tmp_path / "empty.csv"
    empty.write_bytes(roster_csv())

    assert roster_csv() == b"\xef\xbb\xbf" + ",".join(HEADINGS).encode() + b"\r\n"
    for path in (empty, template):
        assert [one.code for one in mistakes(path, official)] == ["roster-empty"]


def test_a_filled_in_template_is_read(official: Scheme, template: Path) -> None:
    """Every column comes back as typed, numbers of the dropdown too."""
    person = ("Ann", "ann@example.org", "Org", "Red", "analyst", "de", 3, "Bank", "10-49")
    other = ("Ben", "ben@example.org", None, None, None, None, "DG=3 OM=2")
    ann, ben = read(typed_into(template, person, other), official)

    assert ann.profile == Profile(
        respondent="Ann", organisation="Org", team="Red", role="analyst", sector="Bank",
        size="10-49",
    )  # fmt: skip
    assert (ann.language, set(ann.targets.values())) == ("de", {3})
    assert ben.targets == {"DG": 3, "OM": 2}
    assert (ann.row, ben.row) == (2, 3)


def test_the_template_is_made_alike(official: Scheme) -> None:
    """The same input gives the same bytes."""
    one, other = (roster_workbook(official, LANGUAGES, created=CREATED) for _ in range(2))

    assert one == other


def test_the_template_helps_after_libreoffice(
    official: Scheme, template: Path, tmp_path: Path, office: Office
) -> None:
    """Lists, limits, messages and warnings survive LibreOffice, for every row."""
    saved = tmp_path / "saved.xlsx"
    office.edit(template, targets={"xlsx": saved})
    for row in (2, ROWS + 1):
        name, mail, language, target = (
            office.validation(saved, ("People", f"{col}{row}")) for col in "ABFG"
        )
        assert (name["type"], name["alert"], name["formula2"]) == ("TEXT_LEN", "STOP", "120")
        assert (mail["type"], mail["alert"]) == ("CUSTOM", "WARNING")
        assert (language["type"], language["alert"]) == ("LIST", "STOP")
        assert language["entries"] == list(LANGUAGES)
        assert (target["type"], target["alert"]) == ("LIST", "WARNING")
        assert target["entries"] == [str(level.number) for level in official.levels]
        assert all(one["message"] and one["shows_message"] for one in (name, mail, target))
    assert office.validation(saved, ("People", f"B{ROWS + 2}"))["type"] == "ANY"


def test_what_is_typed_into_the_template_stays_text(
    official: Scheme, template: Path, tmp_path: Path, office: Office
) -> None:
    """A size such as 10-11 becomes no date: all cells but those with a list are of text."""
    saved = tmp_path / "saved.xlsx"
    row = {"A": "Ann", "B": "ann@example.org", "G": "DG=3 OM=2", "I": "10-11"}
    typed = {("People", f"{col}2"): text for col, text in row.items()}
    office.edit(template, typed=typed, targets={"xlsx": saved})
    (ann,) = read(saved, official)
    sheet = openpyxl.load_workbook(saved).worksheets[0]

    assert {sheet[f"{col}{ROWS + 1}"].number_format for col in "ABCDEHI"} == {"@"}
    assert (ann.profile.respondent, ann.profile.size) == ("Ann", "10-11")
    assert ann.targets == {"DG": 3, "OM": 2}


def test_the_check_of_addresses_calculates(template: Path, tmp_path: Path, office: Office) -> None:
    """The formula behind the warning is true of an address and false of what is none."""
    book = openpyxl.load_workbook(template)
    sheet = book.worksheets[0]
    (rule,) = (v for v in sheet.data_validations.dataValidation if v.type == "custom")
    sheet["K2"] = f"=IF({rule.formula1},1,0)"
    path = tmp_path / "formula.xlsx"
    book.save(path)
    mails = {"a@b.example": 1, "a@@b.example": 0, "a b@c.example": 0, "ab": 0}
    mails |= {"a" * 250 + "@b.c": 1, "a" * 251 + "@b.c": 0}
    rows = office.evaluate(path, [{("People", "B2"): mail} for mail in mails], [("People", "K2")])

    assert [row[0] for row in rows] == list(mails.values())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_person_leaves_a_csv(encoding: str, end: str, delimiter: str) -> None:
    """Their rows go; every other byte stays: quotes, empty lines, a last line without end."""
    kept = [
        "",
        f"E-Mail{delimiter}name",
        f'"ben@example.org"{delimiter}é',
        "",
        f'c@example.org{delimiter}"a{end}b"',
    ]
    gone = "ANN@Example.org " + delimiter + f'"Ann{end}x"'
    data = end.join([*kept[:2], gone, *kept[2:4], gone, kept[4]]).encode(encoding)

    assert remove_person(data, "ann@example.ORG") == end.join(kept).encode(encoding)
    assert remove_person(data, "nobody@example.org") == data


def test_a_person_leaves_csv_by_either_form_of_a_domain() -> None:
    """The domain may be written in its own letters or in ASCII."""
    data = "sep=;\nmail;name\na@münchen.example;A\nb@x.example;B\n".encode()

    assert remove_person(data, "a@xn--mnchen-3ya.example") == b"sep=;\nmail;name\nb@x.example;B\n"
    assert remove_person(b"name,note\na,a@b.c\n", "a@b.c") == b"name,note\na,a@b.c\n"


def test_a_person_leaves_a_workbook(
    official: Scheme, template: Path, tmp_path: Path, office: Office
) -> None:
    """The rows below move up with links, heights and marks; nothing of the person is left."""
    typed_into(template, ANN, ["Zoe", "zoe@leaving.example", "", "Blue"], BEN,
               ["Zoe", "ZOE@leaving.example", "", "Green"], ["Di", "di@example.org"])  # fmt: skip
    book = openpyxl.load_workbook(template)
    book.worksheets[0].row_dimensions[4].height = 44
    book.worksheets[0]["K4"] = "=1+1"
    book.save(template)
    before = book.worksheets[1]
    data = remove_person(template.read_bytes(), "zoe@leaving.example")
    path = tmp_path / "left.xlsx"
    path.write_bytes(data)
    after = openpyxl.load_workbook(path)
    sheet = after.worksheets[0]
    areas = {str(rule.sqref) for rule in sheet.data_validations.dataValidation}

    assert [(one.row, one.profile.respondent) for one in read(path, official)] == [
        (2, "Ann"), (3, "Ben"), (4, "Di"),
    ]  # fmt: skip
    assert [sheet.cell(row, 2).hyperlink.target for row in (2, 3, 4)] == [  # type: ignore[union-attr]
        "mailto:ann@example.org", "mailto:ben@example.org", "mailto:di@example.org",
    ]  # fmt: skip
    assert sheet.cell(4, 2).hyperlink.ref == "B4"  # type: ignore[union-attr]
    assert sheet.row_dimensions[3].height == 44
    assert areas == {f"{col}2:{col}{ROWS - 1}" for col in "ABCDEFGHI"}
    assert sheet.auto_filter.ref == f"A1:I{ROWS - 1}"
    assert sheet.freeze_panes == "B2"
    assert sheet["A3"].fill.fgColor.rgb == "FFFFF9E5"
    assert [[c.value for c in row] for row in after.worksheets[1].iter_rows()] == [
        [c.value for c in row] for row in before.iter_rows()
    ]
    with zipfile.ZipFile(path) as archive:
        assert not any(b"zoe" in archive.read(name).lower() for name in archive.namelist())
    assert office.validation(path, ("People", "F3"))["entries"] == list(LANGUAGES)
    assert remove_person(data, "zoe@leaving.example") == data


def test_results_of_formulas_stay(official: Scheme, template: Path, office: Office) -> None:
    """A name that a formula yields is still read after another person has left."""
    typed_into(template, ['="An"&"n"', "ann@example.org"], ["Zoe", "zoe@example.org"])
    calculated = template.with_name("calculated.xlsx")
    office.edit(template, targets={"xlsx": calculated})
    calculated.write_bytes(remove_person(calculated.read_bytes(), "zoe@example.org"))

    assert [one.profile.respondent for one in read(calculated, official)] == ["Ann"]


def test_a_person_cannot_leave_what_is_no_table() -> None:
    """Damaged and foreign workbooks are refused in words."""
    for data in (b"PK\x03\x04 nothing", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 nothing"):
        with pytest.raises(RosterError):
            remove_person(data, "a@b.example")
