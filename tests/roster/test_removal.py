"""People who leave: their rows go from a roster's file, and nothing else."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from iml4e_xlsx.errors import RosterError
from iml4e_xlsx.model import Scheme
from iml4e_xlsx.roster.removal import readdress_person, remove_person
from iml4e_xlsx.roster.template import ROWS
from iml4e_xlsx.spreadsheets.readable_formats import OLE
from tests.support.office import Office
from tests.support.rosters import (
    ANN,
    BEN,
    LANGUAGES,
    read_mailed,
    type_people,
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_person_leaves_a_csv(encoding: str, end: str, delimiter: str) -> None:
    """Their rows go; every other byte stays: quotes, empty lines, a last line without end."""
    rest = [
        "",
        f"E-Mail{delimiter}name",
        f'"ben@example.org"{delimiter}é',
        "",
        f'c@example.org{delimiter}"a{end}b"',
    ]
    row = "ANN@Example.org " + delimiter + f'"Ann{end}x"'
    data = end.join([*rest[:2], row, *rest[2:4], row, rest[4]]).encode(encoding)

    assert remove_person(data, "ann@example.ORG") == end.join(rest).encode(encoding)
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
    type_people(template, ANN, ["Zoe", "zoe@leaving.example", "", "Blue"], BEN,
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

    assert [(row.row, row.profile.respondent) for row in read_mailed(path, official)] == [
        (2, "Ann"), (3, "Ben"), (4, "Di"),
    ]  # fmt: skip
    assert [sheet.cell(row, 2).hyperlink.target for row in (2, 3, 4)] == [  # type: ignore[union-attr]
        "mailto:ann@example.org", "mailto:ben@example.org", "mailto:di@example.org",
    ]  # fmt: skip
    assert sheet.cell(4, 2).hyperlink.ref == "B4"  # type: ignore[union-attr]
    assert sheet.row_dimensions[3].height == 44
    assert areas == {f"{col}2:{col}{ROWS - 1}" for col in "ABCDEFGHIJKLM"}
    assert sheet.auto_filter.ref == f"A1:M{ROWS - 1}"
    assert sheet.freeze_panes == "B2"
    assert sheet["A3"].fill.fgColor.rgb == "FFFFF9E5"
    assert [[c.value for c in row] for row in after.worksheets[1].iter_rows()] == [
        [c.value for c in row] for row in before.iter_rows()
    ]
    with zipfile.ZipFile(path) as archive:
        assert not any(b"zoe" in archive.read(name).lower() for name in archive.namelist())
    assert office.validation(path, ("People", "F3"))["entries"] == list(LANGUAGES)
    assert remove_person(data, "zoe@leaving.example") == data


@pytest.mark.slow
def test_a_person_leaves_hidden_rows_and_all_sheets(template: Path) -> None:
    """Also an older list that is not read any more; what is hidden stays hidden."""
    type_people(template, ["Zoe", "zoe@example.org"], ["Ann", "ann@example.org"])
    book = openpyxl.load_workbook(template)
    book.worksheets[0].row_dimensions[3].hidden = True
    old = book.create_sheet("Old", 0)
    old.sheet_state = "hidden"
    for row in (["Mail"], ["ZOE@example.org"], ["ben@example.org"]):
        old.append(row)
    book.save(template)
    data = remove_person(template.read_bytes(), "zoe@example.org")
    after = openpyxl.load_workbook(io.BytesIO(data))

    assert [[cell.value for cell in row] for row in after["Old"]] == [["Mail"], ["ben@example.org"]]
    assert after["Old"].sheet_state == "hidden"
    assert after["People"]["A2"].value == "Ann"
    assert after["People"].row_dimensions[2].hidden
    assert remove_person(data, "zoe@example.org") == data


def test_results_of_formulas_stay_when_a_person_leaves(
    official: Scheme, template: Path, office: Office
) -> None:
    """A name that a formula yields is still read after another person has left."""
    type_people(template, ['="An"&"n"', "ann@example.org"], ["Zoe", "zoe@example.org"])
    calculated = template.with_name("calculated.xlsx")
    office.edit(template, targets={"xlsx": calculated})
    calculated.write_bytes(remove_person(calculated.read_bytes(), "zoe@example.org"))

    assert [row.profile.respondent for row in read_mailed(calculated, official)] == ["Ann"]


def test_a_person_cannot_leave_a_file_that_is_no_table() -> None:
    """Damaged and foreign workbooks are refused in words."""
    for data in (b"PK\x03\x04 nothing", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 nothing"):
        with pytest.raises(RosterError):
            remove_person(data, "a@b.example")


def test_a_workbook_whose_styles_are_damaged_is_refused(template: Path) -> None:
    """Readers do without styles, but nobody could write the file again with what was in them."""
    stream = io.BytesIO()
    with zipfile.ZipFile(template) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            new.writestr(name, b"<damaged" if name == "xl/styles.xml" else old.read(name))
    with pytest.raises(RosterError) as caught:
        remove_person(stream.getvalue(), "a@b.example")

    assert [finding.code for finding in caught.value.findings] == ["roster-no-table"]


def test_a_workbook_of_another_format_is_refused_with_the_formats_to_use() -> None:
    """An .ods or .xls cannot be written again, so that no advice names them."""
    with pytest.raises(RosterError) as caught:
        remove_person(OLE + b" nothing", "a@b.example")
    (finding,) = caught.value.findings

    assert "CSV or .xlsx" in finding.action
    assert ".ods" not in str(finding)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_an_address_is_corrected_in_a_csv(encoding: str, end: str, delimiter: str) -> None:
    """Wherever its row says it is one; every other byte stays."""
    lines = [
        f"E-Mail{delimiter}name",
        f'"OLD@Example.org"{delimiter}"é{end}x"',
        f"ben@example.org{delimiter}old@example.org",
        "",
        f" old@example.org {delimiter}é",
    ]
    after = [line.replace("OLD@Example.org", "new@x.example") for line in lines]
    after[4] = f" new@x.example {delimiter}é"
    data = end.join(lines).encode(encoding)

    assert readdress_person(data, "old@example.ORG", "new@x.example") == (
        end.join(after).encode(encoding)
    )
    assert readdress_person(data, "nobody@example.org", "new@x.example") == data
    assert readdress_person(data, "old@example.org", "ben@example.org") == data


def test_an_address_that_stands_twice_in_its_row_is_corrected_once() -> None:
    """The row is written anew then, with the same values, quotes where they are needed."""
    data = b'mail;name;note\r\nold@x.example;"A;n";old@x.example\r\n'

    assert readdress_person(data, "old@x.example", "new@x.example") == (
        b'mail;name;note\r\nnew@x.example;"A;n";old@x.example\r\n'
    )


def test_a_domain_that_the_encoding_lacks_is_written_in_ascii() -> None:
    """So that the file can still be read as what it is."""
    data = "mail;name\nold@x.example;Jörg\n".encode("cp1252")

    assert readdress_person(data, "old@x.example", "new@例え.jp") == (
        "mail;name\nnew@xn--r8jz45g.jp;Jörg\n".encode("cp1252")
    )


def test_an_address_is_corrected_in_a_workbook(
    official: Scheme, template: Path, tmp_path: Path
) -> None:
    """With its link, on hidden sheets as well; validations and formats stay."""
    type_people(template, ANN, ["Zoe", "ZOE@old.example", "", "Blue"])
    book = openpyxl.load_workbook(template)
    old = book.create_sheet("Old")
    old.sheet_state = "hidden"
    for row in (["Mail"], ["zoe@old.example"]):
        old.append(row)
    book.save(template)
    path = tmp_path / "corrected.xlsx"
    path.write_bytes(readdress_person(template.read_bytes(), "zoe@old.example", "zoe@new.example"))
    after = openpyxl.load_workbook(path)
    sheet = after.worksheets[0]
    mails = [row.mail for row in read_mailed(path, official)]

    assert mails == ["ann@example.org", "zoe@new.example"]
    assert sheet["B3"].hyperlink.target == "mailto:zoe@new.example"
    assert after["Old"]["A2"].value == "zoe@new.example"
    assert sheet["A3"].fill.fgColor.rgb == book.worksheets[0]["A3"].fill.fgColor.rgb
    assert len(sheet.data_validations.dataValidation) == 13
    with zipfile.ZipFile(path) as archive:
        assert not any(b"zoe@old" in archive.read(n).lower() for n in archive.namelist())
    same = path.read_bytes()
    assert readdress_person(same, "zoe@new.example", "ann@example.org") == same
