"""The pattern and the parser read sheets alike, on good files and on thousands of damaged ones."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from random import Random
from typing import Final

import openpyxl
import pytest
import python_calamine

from iml4e_xlsx.model import Scheme
from iml4e_xlsx.spreadsheets.formats import load_grids, ooxml
from iml4e_xlsx.spreadsheets.formats.cell_styles import NO_STYLES
from iml4e_xlsx.spreadsheets.formats.sheet_content import SheetContent, SheetTables
from iml4e_xlsx.spreadsheets.formats.workbook_part import read_workbook
from iml4e_xlsx.spreadsheets.grid import UnreadGrid
from iml4e_xlsx.spreadsheets.guard import check_file
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.refusal import FileRefusal
from tests.support.builders import built, response
from tests.support.cell_markup import (
    LIMITS,
    book_parts,
    compare_part,
    listed,
    read_both,
    read_parts,
    sheet_part,
)
from tests.support.hostile import parts_of
from tests.support.mutation import ON_MARKUP
from tests.support.spending import is_affordable, spent_seconds

MUTANTS: Final = 6_000
CELL_MUTANTS: Final = 3_000
SHEET: Final = "xl/worksheets/sheet2.xml"
_CELL: Final = re.compile(rb"<c r=\"F(\d+)\"[^>]*>.*?</c>")


@pytest.fixture(scope="module")
def saved(small: Scheme, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return a filled workbook as it was issued, and as openpyxl saves it, with odd cells."""
    folder = tmp_path_factory.mktemp("saved")
    ratings = {id_: number % 4 for number, id_ in enumerate(small.statements)}
    evidence = dict.fromkeys(small.statements, " see <the> wiki & \u00fcber\nhere ")
    path = built(small, folder / "own.xlsx", response(small, ratings, evidence=evidence))
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[1]
    for row, text in enumerate(("=1/0", "#N/A", "_x0041_ & <b>"), start=8):
        sheet.cell(row, 10, text)
    sheet.cell(11, 10, 0.25).number_format = "0 %"
    sheet.cell(13, 10).value = datetime(2026, 3, 4, 5, 6)  # noqa: DTZ001 - cells have no zone
    book.save(folder / "openpyxl.xlsx")
    return {name: (folder / f"{name}.xlsx").read_bytes() for name in ("own", "openpyxl")}


@pytest.fixture(scope="module")
def tables(saved: dict[str, bytes]) -> dict[str, SheetTables]:
    """Return the tables of each workbook."""
    made = {}
    for name, data in saved.items():
        package = check_file(data, LIMITS).package
        assert package is not None
        made[name] = ooxml.read_tables(package, read_workbook(package, LIMITS), LIMITS)
    return made


def test_usual_files_are_read_by_the_pattern(saved: dict[str, bytes]) -> None:
    """Every sheet; and the parser reads the same."""
    for data in saved.values():
        for both in read_both(data):
            assert both.scanned is not None
            assert isinstance(both.parsed, SheetContent)
            assert listed(both.scanned) == listed(both.parsed)


def test_other_readers_see_the_same_values(saved: dict[str, bytes]) -> None:
    """Calamine as the values are stored, openpyxl with the formulas."""
    for data in saved.values():
        grids = load_grids(data, LIMITS).sheets
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        for grid in grids:
            rows = book.get_sheet_by_name(grid.name).to_python(skip_empty_area=False)
            seen: dict[tuple[int, int], object] = {
                (r, c): v for r, row in enumerate(rows) for c, v in enumerate(row) if v != ""
            }
            assert seen == {(r, c): v for r, row in grid.rows.items() for c, v in row.items()}
        formulas = openpyxl.load_workbook(io.BytesIO(data))
        for grid in grids:
            seen = {
                (r, c): cell.value
                for r, row in enumerate(formulas[grid.name].iter_rows(min_row=1, min_col=1))
                for c, cell in enumerate(row)
                if cell.data_type == "f"
            }
            assert seen == {at: d.formula for at, d in grid.details.items() if d.formula}


def mutated(part: bytes, number: int) -> bytes:
    """Return a part with damage to its markup; the same number is the same damage."""
    rng = Random(number)
    for _ in range(rng.choice((1, 1, 2))):
        part = rng.choice(ON_MARKUP)(part, rng) or b" "
    return part


@pytest.mark.slow
@pytest.mark.parametrize("name", ["own", "openpyxl"])
def test_what_the_pattern_takes_the_parser_reads_alike(
    name: str, saved: dict[str, bytes], tables: dict[str, SheetTables]
) -> None:
    """Whatever was damaged: else the sheet is handed over."""
    part = parts_of(saved[name])[SHEET]
    taken = 0
    for number in range(MUTANTS // 2):
        damaged = mutated(part, number)
        both = compare_part(damaged, tables[name])
        if both.scanned is not None and isinstance(both.parsed, FileRefusal):
            # Only what stands around the cells is damaged, and that cannot hide one of them.
            mended = part.replace(rows_of(part), rows_of(damaged))
            both = compare_part(mended, tables[name])
        if both.scanned is None:
            continue
        taken += 1
        assert isinstance(both.parsed, SheetContent), number
        assert listed(both.scanned) == listed(both.parsed), number
    assert taken > MUTANTS // 20


def rows_of(part: bytes) -> bytes:
    """Return the cells of a part as markup."""
    return part[part.find(b"<sheetData>") : part.rfind(b"</sheetData>")]


def cell_mutants(part: bytes, rows: set[int]) -> Iterator[tuple[int, int, bytes, bytes]]:
    """Yield a number, a row, the damaged markup of its score cell, and the whole part."""
    cells = [match for match in _CELL.finditer(part) if int(match[1]) - 1 in rows]
    for number in range(CELL_MUTANTS):
        rng = Random(number)
        cell = rng.choice(cells)
        damaged = rng.choice(ON_MARKUP)(cell[0], rng)
        if damaged != cell[0]:
            changed = part[: cell.start()] + damaged + part[cell.end() :]
            yield number, int(cell[1]) - 1, damaged, changed


@pytest.mark.slow
@pytest.mark.parametrize("name", ["own", "openpyxl"])
def test_no_rating_is_lost_without_a_fault(
    name: str, saved: dict[str, bytes], tables: dict[str, SheetTables]
) -> None:
    """Unless the markup itself says that the cell was left empty, or is not there."""
    part = parts_of(saved[name])[SHEET]
    rows = {row for row, _, _ in load_grids(saved[name], LIMITS).sheets[1].ids}
    faults = 0
    for number, row, cell, changed in cell_mutants(part, rows):
        both = compare_part(changed, tables[name])
        content = both.scanned or both.parsed
        if not isinstance(content, SheetContent):
            continue
        behind = content.behind.get((row, 5))
        faults += behind is not None
        if content.rows[row].get(5) is None and behind is None:
            assert says_empty(cell), (number, cell)
    assert faults > CELL_MUTANTS // 20


_LEFT_EMPTY: Final = re.compile(
    rb"(?:<c r=\"F\d+\"(?: s=\"[^\"]*\")?(?: t=\"(?:n|str)?\")?"
    rb"(?:/>|>(?:<v ?/>|<v></v>|\s*)</c>)"
    rb"|<c r=\"F\d+\"[^>]* t=\"inlineStr\">(?:<is>(?:<t></t>|<t/>)?</is>)?</c>)?"
)


def says_empty(cell: bytes) -> bool:
    """Return whether markup is that of a cell that was left empty, or none."""
    return _LEFT_EMPTY.fullmatch(cell) is not None


LARGE: Final = 20_000


def test_a_long_sheet_of_ones_own_costs_little() -> None:
    """Beside one typed number, 200,000 texts took more time than a file may have."""
    line = "".join(f'<c r="{c}{{0}}" t="s"><v>1</v></c>' for c in "ABCDEFGHIJ")
    rows = "".join(map(partial(str.format, '<row r="{0}">' + line + "</row>"), range(1, LARGE + 1)))
    parts = book_parts(sheet_part(rows))
    start = spent_seconds()
    grid = read_parts(parts)

    assert is_affordable(spent_seconds() - start, Limits().seconds)
    assert len(grid.rows) == LARGE
    values = {id(value) for row in grid.rows.values() for value in row.values()}
    assert len(values) == 1


@pytest.mark.parametrize("name", ["own", "openpyxl"])
def test_what_was_read_before_changes_nothing(
    name: str, saved: dict[str, bytes], tables: dict[str, SheetTables]
) -> None:
    """The markup between values is kept; that of other sheets pushes it out, and it comes again."""
    part = parts_of(saved[name])[SHEET]
    first = compare_part(part, tables[name])
    assert first.scanned is not None
    for number in range(40):
        cell = f'<c r="{"ABCDEFGH"[number % 8]}{{0}}" s="{number % 5}"><v>1</v></c>'
        lines = (
            f'<row r="{row}">{cell.format(row)}</row>' for row in range(number + 1, number + 400)
        )
        rows = "".join(lines)
        assert compare_part(sheet_part(rows), tables[name]).scanned is not None
    again = compare_part(part, tables[name])

    assert again.scanned is not None
    assert listed(again.scanned) == listed(first.scanned)


_VALUES: Final = (b"", b"7", b"0.125", b"1E-3", b"x", b"999999", b" 1", b"&amp;", b"_x0041_")
_VALUE: Final = re.compile(rb"(?<=<v>)[^<]*|(?<=<is><t>)[^<]*")


@pytest.mark.parametrize("name", ["own", "openpyxl"])
def test_sheets_of_formulas_are_read_alike_whatever_their_results(
    name: str, saved: dict[str, bytes], tables: dict[str, SheetTables]
) -> None:
    """Their markup is the same in every workbook, and is known as a whole."""
    parts = parts_of(saved[name])
    part = max(parts.values(), key=lambda part: part.count(b"<f>"))
    assert compare_part(part, tables[name]).scanned is not None
    places = list(_VALUE.finditer(part))
    taken = 0
    for number in range(CELL_MUTANTS // 6):
        rng = Random(number)
        place, value = rng.choice(places), rng.choice(_VALUES)
        both = compare_part(part[: place.start()] + value + part[place.end() :], tables[name])
        if both.scanned is not None:
            taken += 1
            assert isinstance(both.parsed, SheetContent), number
            assert listed(both.scanned) == listed(both.parsed), number
    assert taken > CELL_MUTANTS // 20


def test_formulas_without_any_result() -> None:
    """Nothing is between the gaps, for there is but one."""
    part = sheet_part('<row r="1"><c r="A1"><f>1+1</f></c><c r="B1"><f>2+2</f><v/></c></row>')
    both = compare_part(part, SheetTables.from_tables({}, NO_STYLES))

    assert both.scanned is not None
    assert isinstance(both.parsed, SheetContent)
    assert listed(both.scanned) == listed(both.parsed)


def test_long_sheet_of_formulas_stays_unread_once_it_is_known(
    official: Scheme, tmp_path: Path
) -> None:
    """Its texts are known, and its cells are the same when somebody asks for them."""
    ratings = {id_: number % 4 for number, id_ in enumerate(official.statements)}
    data = built(official, tmp_path / "filled.xlsx", response(official, ratings)).read_bytes()
    # What other tests left may fill the memory of gaps once, which then begins anew.
    first, *others = ({g.name: g for g in load_grids(data, LIMITS).sheets} for _ in range(9))
    known = next(grids for grids in others if isinstance(grids["Calculation"], UnreadGrid))
    unread = {name: grid for name, grid in known.items() if isinstance(grid, UnreadGrid)}

    for name, grid in known.items():
        assert grid.rows == first[name].rows
        assert dict(grid.details) == dict(first[name].details)
    for grid in unread.values():
        values = [value for row in grid.rows.values() for value in row.values()]
        assert {value for value in values if isinstance(value, str)} == grid.texts


@pytest.mark.parametrize(
    "markup",
    [
        '<c r="A1"><v>5<v></c>',
        '<c r="A1"></v>5<v></c>',
        '<c r="A1"><v>5</v></v></c>',
        '<c r="A1"><v><v>5</v></v></c>',
        '<c r="A1" t="inlineStr"><is><t>a<v>5</v></t></is></c>',
        '<c r="A1" t="inlineStr"><is><t><v>5</v></t></is></c>',
        '<c r="A1" t="s"><is><t>0</t></is></c>',
        '<c r="A1"><v>1</t></is></v></c>',
        '<c r="A1"><v>\x01</v></c>',
        '<c r="A1" t="str"><v>]]></v></c>',
        '<c r="A1"><v>1</v></c><c r="A1"><v>2</v></c>',
        '<c r="B1"><v>1</v></c><c r="A1"><v>2</v></c>',
        '<c r="A2"><v>1</v></c>',
        '<c r="A1"><f a="1" a="2">B1</f><v>1</v></c>',
        '<c r="A1" s="0" t="n" s="0"><v>1</v></c>',
        '<c r="ZZC1"><v>3</v></c>',
        '<c r="A1" s="01"><v>3</v></c>',
        '<c r="A1"><f xmlns="urn:x">B1</f><v>3</v></c>',
        '<c r="A1" t="e"><v> </v></c>',
        '<c r="A1" t="e"><f>B1</f><v> </v></c>',
    ],
)
def test_odd_markup_goes_to_the_parser(markup: str) -> None:
    """Values within values, marks of our own, cells out of order, attributes that stand twice."""
    part = sheet_part(f'<row r="1">{markup}</row>')
    tables = SheetTables.from_tables({"0": "zero"}, NO_STYLES)

    assert compare_part(part, tables).scanned is None


_MERGE: Final = '<mergeCell ref="A1:B2"/>'
_ONE_CELL: Final = '<row r="1"><c r="A1"><v>3</v></c></row>'


@pytest.mark.parametrize(
    "part",
    [
        sheet_part(_ONE_CELL.replace('r="1">', 'r="1" hidden=" 1">', 1)),
        sheet_part(_ONE_CELL.replace('r="1">', 'r="1" hidden="TRUE">', 1)),
        sheet_part(_ONE_CELL.replace('r="1">', 'r="1" xmlns="urn:x">', 1)),
        sheet_part(_ONE_CELL, '<!--<mergeCells><mergeCell ref="A1:B2"/></mergeCells>-->'),
        sheet_part(_ONE_CELL, '<extLst><mergeCells><mergeCell ref="A1:B2"/></mergeCells></extLst>'),
        sheet_part(_ONE_CELL, '<mergeCells><mergeCell ref="A1:B2"/></mergeCells>').replace(
            b'ref="A', b'ref="\xb2A'
        ),
        sheet_part(_ONE_CELL, "<mergeCells>" + _MERGE * 2_000 + "</mergeCells>"),
        sheet_part(_ONE_CELL)
        .replace(b"<sheetData>", b'<cols x="/>"><sheetData>')
        .replace(b"</sheetData>", b"</sheetData></cols>"),
        sheet_part(_ONE_CELL.replace('r="1">', 'r="1" x14ac:dyDescent="1">', 1)).replace(
            b"<sheetData>", b'<cols xmlns:x14ac="urn:x"/><sheetData>'
        ),
    ],
)
def test_odd_sheets_go_to_the_parser(part: bytes) -> None:
    """Rows of another name space, merges that are none, what hides between the tags of a head."""
    assert compare_part(part, SheetTables.from_tables({}, NO_STYLES)).scanned is None


@pytest.mark.parametrize("kind", ["b", "e", "n"])
@pytest.mark.parametrize("style", range(5))
def test_formula_without_a_result_is_seen_in_every_style(kind: str, style: int) -> None:
    """Dates and truths have no form of their own, and an empty cell would look left empty."""
    cell = f'<c r="A1" s="{style}" t="{kind}"><f>B1</f><v></v></c>'
    parts = book_parts(sheet_part(f'<row r="1">{cell}</row>'))
    grid = read_parts(parts)

    assert (grid.details[0, 0].formula, grid.details[0, 0].stored) == ("=B1", False)
