"""Templates of rosters: they help, name nobody, and are read when they are filled in."""

from __future__ import annotations

from pathlib import Path

import openpyxl

from iml4e_xlsx.model import Profile, Scheme
from iml4e_xlsx.roster.template import ROWS, roster_csv, roster_workbook
from tests.support.builders import CREATED
from tests.support.office import Office
from tests.support.rosters import (
    LANGUAGES,
    read_mailed,
    roster_findings,
    type_people,
)


def test_templates_name_nobody(official: Scheme, template: Path, tmp_path: Path) -> None:
    """As made, neither has a person: the example on the second sheet is not written to."""
    empty = tmp_path / "empty.csv"
    empty.write_bytes(roster_csv())

    for path in (empty, template):
        assert [finding.code for finding in roster_findings(path, official)] == ["roster-empty"]


def test_the_csv_template_has_the_headings_that_excel_reads() -> None:
    """Their order and spelling are public: people's programs write rosters by them."""
    names = "name,mail,organisation,team,role,language,target,sector,size,areas,statements,form,cc"

    assert roster_csv() == b"\xef\xbb\xbf" + f"{names}\r\n".encode()


def test_a_filled_in_template_is_read(official: Scheme, template: Path) -> None:
    """Every column comes back as typed, numbers of the dropdown too."""
    person = ("Ann", "ann@example.org", "Org", "Red", "analyst", "de", 3, "Bank", "10-49")
    other = ("Ben", "ben@example.org", None, None, None, None, "DG=3 OM=2")
    ann, ben = read_mailed(type_people(template, person, other), official)

    assert ann.profile == Profile(
        respondent="Ann", organisation="Org", team="Red", role="analyst", sector="Bank",
        size="10-49",
    )  # fmt: skip
    assert (ann.language, set(ann.targets.values())) == ("de", {3})
    assert ben.targets == {"DG": 3, "OM": 2}
    assert (ann.row, ben.row) == (2, 3)


def test_the_same_input_gives_the_same_template(official: Scheme) -> None:
    """The same input gives the same bytes."""
    first, second = (roster_workbook(official, LANGUAGES, created=CREATED) for _ in range(2))

    assert first == second


def test_the_help_of_a_template_survives_libreoffice(
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
        assert all(rule["message"] and rule["shows_message"] for rule in (name, mail, target))
    assert office.validation(saved, ("People", f"B{ROWS + 2}"))["type"] == "ANY"


def test_what_is_typed_into_the_template_stays_text(
    official: Scheme, template: Path, tmp_path: Path, office: Office
) -> None:
    """A size such as 10-11 becomes no date: all cells but those with a list are of text."""
    saved = tmp_path / "saved.xlsx"
    row = {"A": "Ann", "B": "ann@example.org", "G": "DG=3 OM=2", "I": "10-11"}
    typed = {("People", f"{col}2"): text for col, text in row.items()}
    office.edit(template, typed=typed, targets={"xlsx": saved})
    (ann,) = read_mailed(saved, official)
    sheet = openpyxl.load_workbook(saved).worksheets[0]

    assert {sheet[f"{col}{ROWS + 1}"].number_format for col in "ABCDEHI"} == {"@"}
    assert (ann.profile.respondent, ann.profile.size) == ("Ann", "10-11")
    assert ann.targets == {"DG": 3, "OM": 2}


def test_the_formula_that_checks_addresses_calculates(
    template: Path, tmp_path: Path, office: Office
) -> None:
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
