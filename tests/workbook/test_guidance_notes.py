"""What each rating means stands in a note: whole, out of the way, and nobody's comment."""

from __future__ import annotations

import struct
from pathlib import Path

import openpyxl
import pytest

from iml4e_xlsx.model import Scheme
from iml4e_xlsx.scheme import load_scheme
from iml4e_xlsx.spreadsheets.formats import load_grids
from iml4e_xlsx.spreadsheets.grid import ExtraContent
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.text.own_notes import is_own_note, mark_note
from iml4e_xlsx.workbook.sheets.area_sheet import statement_heights
from iml4e_xlsx.workbook.workbook_layout import AreaSheet, layout_of
from tests.support.binary_workbooks import record, row_record, xlsb_file
from tests.support.builders import built, regular_table, scheme_fields, write_scheme
from tests.support.hostile import packed, parts_of
from tests.support.office import Office
from tests.support.programs import recalculated_by_gnumeric

STEPS = {
    "1": "Some use cases have an owner; with one, two or more people share its result & budget.",
    "2": "Most have a named owner; with one, the name stands but its duty was never agreed.",
    "3": "Every use case has one name, and that person confirms being accountable for it.",
    "n/a": "no use case is in use, in a pilot or in development, and none is planned for the year.",
}
INSTRUCTION = (
    "With several models, rate for how many it holds. With one, rate how completely it holds."
)
ADDED = " Ours is written down in the wiki."


@pytest.fixture(scope="module")
def stepped(tmp_path_factory: pytest.TempPathFactory) -> Scheme:
    """Return a scheme of two areas with guidance for each rating."""
    fields = scheme_fields(regular_table(["AA", "BB"], 3, 2), top=3)
    for area in fields["areas"]:
        for statement in area["statements"]:
            statement["guidance"] = {
                int(key) if key.isdigit() else key: text for key, text in STEPS.items()
            }
    fields["instruction"] = INSTRUCTION
    folder = tmp_path_factory.mktemp("stepped")
    path = write_scheme(folder, fields)
    text = (path / "scheme.yaml").read_text("utf-8")
    for key in "123":
        text = text.replace(f'"{key}": "', f'{key}: "')
    (path / "scheme.yaml").write_text(text, "utf-8")
    return load_scheme(path)


def guidance_cells(scheme: Scheme) -> dict[str, tuple[str, str]]:
    """Return sheet and address of the guidance of each statement."""
    layout = layout_of(scheme)
    sheets = {id_: layout.area_sheet_of(id_) for id_ in scheme.statements}
    return {id_: (one.sheet, f"E{one.rows[id_] + 1}") for id_, one in sheets.items()}


def extras_of(path: Path) -> tuple[ExtraContent, ...]:
    return load_grids(path.read_bytes(), Limits()).extras


def test_a_note_says_what_each_rating_means(stepped: Scheme, tmp_path: Path) -> None:
    """All steps and when the statement does not apply; the cell has the step below the highest."""
    book = openpyxl.load_workbook(built(stepped, tmp_path / "w.xlsx"))

    for id_, (sheet, address) in guidance_cells(stepped).items():
        cell = book[sheet][address]
        assert cell.comment is not None
        assert cell.value == f"Largely: {STEPS['2']}"
        assert cell.comment.text == "\n".join(
            [
                id_,
                f"Partially: {STEPS['1']}",
                f"Largely: {STEPS['2']}",
                f"Fully: {STEPS['3']}",
                f"n/a: {STEPS['n/a']} \N{BLACK SQUARE}",
            ]
        )
    heading = book[layout_of(stepped).areas["AA"].sheet].cell(AreaSheet.HEADING + 1, 5)
    assert heading.value == "Guidance (point at a cell: all ratings)"
    start = " ".join(str(cell.value) for (cell,) in book["Start"]["B1:B30"])
    assert "select it and press Shift+F2" in start
    assert INSTRUCTION in start


def test_rows_keep_their_height(stepped: Scheme) -> None:
    """The steps together would need twice as many lines as the longest text of the row."""
    for area in stepped.areas:
        assert max(statement_heights(area, stepped).values()) < 50


def test_a_scheme_with_plain_guidance_has_no_notes(small: Scheme, tmp_path: Path) -> None:
    """There is nothing more to say than stands in the cell."""
    parts = parts_of(built(small, tmp_path / "w.xlsx").read_bytes())
    sheet = openpyxl.load_workbook(tmp_path / "w.xlsx").worksheets[1]

    assert not [name for name in parts if "comments" in name]
    assert sheet.cell(AreaSheet.HEADING + 1, 5).value == "When it counts as largely met"


@pytest.mark.parametrize("kind", ["xlsx", "ods", "xls"])
def test_our_notes_are_nobodys_comments(
    stepped: Scheme, office: Office, tmp_path: Path, kind: str
) -> None:
    """LibreOffice writes them in forms of its own, in each format; one with words added counts."""
    source = built(stepped, tmp_path / "w.xlsx")
    book = openpyxl.load_workbook(source)
    sheet, address = guidance_cells(stepped)["BB-03"]
    book[sheet][address].comment.text += ADDED
    book.save(tmp_path / "added.xlsx")
    for path in (source, tmp_path / "added.xlsx"):
        office.edit(path, targets={kind: tmp_path / f"saved.{kind}"})
        expected = () if path == source else (ExtraContent.COMMENTS,)

        assert extras_of(tmp_path / f"saved.{kind}") == expected


def test_other_programs_keep_our_notes(
    stepped: Scheme, office_programs: None, tmp_path: Path
) -> None:
    """Neither as issued, nor saved by openpyxl or Gnumeric, are they taken for comments."""
    del office_programs
    source = built(stepped, tmp_path / "w.xlsx")
    openpyxl.load_workbook(source).save(tmp_path / "openpyxl.xlsx")
    recalculated_by_gnumeric(source, tmp_path / "gnumeric.xlsx")

    for path in (source, tmp_path / "openpyxl.xlsx", tmp_path / "gnumeric.xlsx"):
        assert extras_of(path) == ()


@pytest.mark.parametrize("words", [("", ADDED), (ADDED, "")])
def test_words_added_to_a_note_are_noticed(words: tuple[str, str]) -> None:
    """Before it or behind it."""
    note = mark_note("AA-01", ["Partially: one.", "Fully: all."])

    assert is_own_note(note)
    assert not is_own_note(words[0] + note + words[1])


@pytest.mark.parametrize(
    ("texts", "extras"),
    [
        ([mark_note("AA-01", ["Fully: all."])], ()),
        ([mark_note("AA-01", ["Fully: all."]), "see the wiki"], (ExtraContent.COMMENTS,)),
    ],
)
def test_notes_of_binary_workbooks(texts: list[str], extras: tuple[ExtraContent, ...]) -> None:
    """Excel keeps them when it saves a workbook as .xlsb."""
    parts = parts_of(xlsb_file(row_record(0), texts=("AA-01",)))
    parts["xl/comments1.bin"] = b"".join(
        record(635, bytes(36))
        + record(637, b"\0" + struct.pack("<I", len(text)) + text.encode("utf-16-le"))
        for text in texts
    )

    assert load_grids(packed(parts), Limits()).extras == extras
