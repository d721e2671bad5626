"""The LibreOffice of the tests itself: what it writes, reads, refuses, and leaves behind."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import python_calamine
import xlsxwriter

from tests.support.office import Cell, Office, OfficeError, Value, left_pipes

INPUTS: list[Cell] = [("In", f"B{row}") for row in range(1, 6)]
LABELS = ["0 - Not", "3 - Fully", "n/a"]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Return a small protected workbook: five choices, their number, figures and errors."""
    path = tmp_path / "small wörk.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("In")
    unlocked = book.add_format({"locked": False})
    for row in range(5):
        sheet.write_string(row, 0, f"Statement {row}")
        sheet.write_blank(row, 1, None, unlocked)
        sheet.write_formula(row, 2, f'=IF(B{row + 1}="","",LEFT(B{row + 1},1))', None, "")
    sheet.write_formula("D1", '=COUNTIF(B1:B5,"3*")', None, 0)
    sheet.write_formula("D2", "=NA()")
    sheet.write_formula("D3", "=1/D1")
    rule = {"validate": "list", "source": LABELS, "input_title": "Rating"}
    sheet.data_validation("B1:B5", rule | {"input_message": "Choose one."})
    sheet.protect()
    book.add_worksheet("Open").write_string("A1", "free")
    book.close()
    return path


def at(*addresses: str) -> list[Cell]:
    return [("In", address) for address in addresses]


def test_edit_writes_and_reads_after_recalculation(office: Office, source: Path) -> None:
    """Text, numbers, cleared and typed cells, and errors come back as what they are."""
    chosen: Mapping[Cell, Value] = {INPUTS[0]: "3 - Fully", INPUTS[1]: 2, INPUTS[2]: None}
    typed = {INPUTS[3]: "=1+1", INPUTS[4]: "1.5"}
    read = at("B1", "B2", "B3", "B4", "B5", "C1", "C3", "D1", "D2", "D3")
    found = office.edit(source, chosen, typed=typed, read=read)

    assert list(found.values()) == [
        *("3 - Fully", 2.0, None, 2.0, 1.5),
        *("3", "", 1.0, "#N/A", 1.0),
    ]
    assert office.edit(source, read=at("D3")) == {("In", "D3"): "#DIV/0!"}


def test_edit_saves_copies_and_leaves_the_source(office: Office, source: Path) -> None:
    """Each format holds what was chosen; beside the source there is nothing else."""
    before = source.read_bytes()
    folder = source.parent / "saved"
    folder.mkdir()
    kinds = ("xlsx", "xlsm", "ods", "xls", "fods", "pdf")
    targets = {kind: folder / f"copy.{kind}" for kind in kinds}
    office.edit(source, {INPUTS[0]: "=text"}, targets=targets)

    for kind in ("xlsx", "xlsm", "ods", "xls"):
        book = python_calamine.load_workbook(str(targets[kind]))
        assert book.get_sheet_by_name("In").to_python()[0][1] == "=text"
    assert b"office:spreadsheet" in targets["fods"].read_bytes()
    assert targets["pdf"].read_bytes().startswith(b"%PDF")
    saved: Any = openpyxl.load_workbook(targets["xlsx"])
    assert saved["In"].protection.sheet
    assert source.read_bytes() == before
    assert sorted(source.parent.iterdir()) == sorted([source, folder])


def test_locked_cells_are_refused(office: Office, source: Path) -> None:
    """What a person cannot change, neither way of writing does."""
    cells = [("In", "A1"), ("In", "B1"), ("Open", "A1")]

    assert list(office.locked(source, cells).values()) == [True, False, False]
    with pytest.raises(OfficeError, match=r"In\.A1 is locked"):
        office.edit(source, {("In", "A1"): "x"})
    with pytest.raises(OfficeError, match=r"In\.C1 is locked"):
        office.evaluate(source, [{INPUTS[0]: "n/a", ("In", "C1"): "x"}], INPUTS)
    office.edit(source, {("Open", "A1"): "x"})


def test_evaluate_takes_each_set_for_itself(office: Office, source: Path) -> None:
    """A cell that a set does not name is empty, whatever the set before gave it."""
    batches: list[Mapping[Cell, Value]] = [
        dict.fromkeys(INPUTS, "3 - Fully"),
        {INPUTS[1]: "n/a", INPUTS[0]: None},
        {},
    ]
    rows = office.evaluate(source, batches, at("D1", "C2", "B1", "D3", "Z9", "D2"))

    assert rows == [
        [5.0, "3", "3 - Fully", 0.2, None, "#N/A"],
        [0.0, "n", None, "#DIV/0!", None, "#N/A"],
        [0.0, "", None, "#DIV/0!", None, "#N/A"],
    ]


def test_evaluate_equals_edit(office: Office, source: Path) -> None:
    """The fast way and the slow way give the same values, one set after another."""
    read = [*INPUTS, *at("A1", "C1", "C5", "D1", "D2", "D3")]
    batches: list[dict[Cell, Value]] = [
        {cell: (None, *LABELS)[(i + k) % 4] for k, cell in enumerate(INPUTS)} for i in range(4)
    ]
    fast = office.evaluate(source, batches, read)

    assert fast == [list(office.edit(source, one, read=read).values()) for one in batches]


def test_validation_is_told(office: Office, source: Path) -> None:
    """A list's entries, its prompt and its severity; ANY where there is none."""
    rule = office.validation(source, INPUTS[4])

    assert (rule["type"], rule["entries"], rule["alert"]) == ("LIST", LABELS, "STOP")
    assert (rule["title"], rule["message"]) == ("Rating", "Choose one.")
    assert office.validation(source, ("In", "A1"))["type"] == "ANY"


def test_pages_are_rendered(office: Office, source: Path, tmp_path: Path) -> None:
    """Each printed page is a picture."""
    pages = office.render(source, tmp_path, dpi=40)

    assert len(pages) == 2
    assert all(page.read_bytes().startswith(b"\x89PNG") for page in pages)


def test_wrong_requests_are_explained(office: Office, source: Path, tmp_path: Path) -> None:
    """Names that are not there are named."""
    for cell, words in ((("No", "A1"), "no sheet 'No'; there are In, Open"), (("In", "?"), "'?'")):
        with pytest.raises(OfficeError, match=words.replace("?", r"\?")):
            office.edit(source, {cell: "x"})
    with pytest.raises(OfficeError, match="no format 'doc'"):
        office.edit(source, targets={"doc": tmp_path / "x.doc"})
    with pytest.raises(OfficeError, match="no file"):
        office.edit(tmp_path / "none.xlsx")


@pytest.mark.usefixtures("office")
def test_a_late_answer_ends_the_program(source: Path) -> None:
    """A request over time fails, leaves nothing behind, and the next one starts anew."""
    with Office() as own:
        own.locked(source, INPUTS)
        first = own.folder
        own.seconds = 0.01
        with pytest.raises(OfficeError, match="did not answer within"):
            own.evaluate(source, [{INPUTS[0]: "n/a"}] * 500, INPUTS)
        assert not first.exists()
        assert left_pipes(first) == []
        own.seconds = 100
        assert own.locked(source, INPUTS[:1]) == {INPUTS[0]: False}
        second = own.folder
    assert not second.exists()
    assert left_pipes(second) == []


def test_a_missing_program_is_named(source: Path) -> None:
    """Without LibreOffice a test fails and says what to install."""
    missing = Office(programs=["no-such-office"])
    with missing as own, pytest.raises(OfficeError, match="apt-get install libreoffice-calc"):
        own.locked(source, INPUTS)
