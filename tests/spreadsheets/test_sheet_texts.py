"""Nothing hides an answer on a sheet that stays unread."""

from __future__ import annotations

from random import Random

import openpyxl
import pytest

from iml4e_xlsx.model import Scheme
from iml4e_xlsx.spreadsheets.formats import load_grids, ooxml
from iml4e_xlsx.spreadsheets.formats.cell_styles import NO_STYLES
from iml4e_xlsx.spreadsheets.formats.sheet_content import SheetTables
from iml4e_xlsx.spreadsheets.formats.sheet_texts import find_id_indexes, find_texts
from iml4e_xlsx.spreadsheets.formats.workbook_part import read_workbook
from iml4e_xlsx.spreadsheets.grid import UnreadGrid, find_ids
from iml4e_xlsx.spreadsheets.guard import check_file
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.refusal import FileRefusal
from tests.support.builders import built, rate_all, response
from tests.support.cell_markup import LIMITS
from tests.support.hostile import packed, parts_of
from tests.support.mutation import ON_MARKUP

MUTANTS = 2_000


@pytest.fixture(scope="module")
def saved(small: Scheme, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return a filled workbook as it was issued, and as openpyxl saves it."""
    folder = tmp_path_factory.mktemp("saved")
    path = built(small, folder / "own.xlsx", response(small, rate_all(small, 2)))
    openpyxl.load_workbook(path).save(folder / "openpyxl.xlsx")
    return {name: (folder / f"{name}.xlsx").read_bytes() for name in ("own", "openpyxl")}


def tables_of(data: bytes) -> SheetTables:
    """Return the tables of a workbook."""
    package = check_file(data, LIMITS).package
    assert package is not None
    return ooxml.read_tables(package, read_workbook(package, LIMITS), LIMITS)


# openpyxl writes the dash in a form of a rating as a reference, so that Calculation is read.
@pytest.mark.parametrize(
    ("name", "names"), [("own", {"Calculation", "Start"}), ("openpyxl", {"Levels", "Start"})]
)
def test_long_sheets_without_ids_stay_unread_and_read_alike(
    saved: dict[str, bytes],
    name: str,
    names: set[str],
    small: Scheme,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Those with answers are read at once; of the others the texts are known, and all of them."""
    monkeypatch.setattr(ooxml, "SHORT_SHEET", 0)
    grids = load_grids(saved[name], LIMITS).sheets
    unread = [grid for grid in grids if isinstance(grid, UnreadGrid)]

    assert names <= {grid.name for grid in unread}
    assert {id_ for grid in grids for _, _, id_ in grid.ids} == set(small.statements)
    for grid in unread:
        texts = {v for row in grid.rows.values() for v in row.values() if isinstance(v, str)}
        assert texts <= grid.texts
        assert find_ids(grid.rows) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ["own", "openpyxl"])
def test_nothing_hides_an_id_on_a_sheet_that_stays_unread(
    saved: dict[str, bytes], name: str
) -> None:
    """Whatever is damaged in the markup of a sheet with answers or of one without."""
    data = saved[name]
    tables = tables_of(data)
    id_indexes = find_id_indexes(tables)
    parts = parts_of(data)
    sheets = [parts[part] for part in parts if part.startswith("xl/worksheets/sheet")]
    told = 0
    for number in range(MUTANTS):
        rng = Random(number)
        part = rng.choice(ON_MARKUP)(rng.choice(sheets), rng)
        texts = find_texts(part, tables, id_indexes)
        if texts is None:
            continue
        try:
            content = ooxml.read_content(part, tables, LIMITS)
        except FileRefusal:
            continue
        told += 1
        assert content is None or find_ids(content.rows) == [], number
        values = [] if content is None else [v for r in content.rows.values() for v in r.values()]
        assert {value for value in values if isinstance(value, str)} <= texts, number
    assert told > MUTANTS // 20


@pytest.mark.parametrize(
    "cell",
    [
        b'<c r="A1" t="inlineStr"><is><t>AA-01</t></is></c>',
        b'<c r="A1" t="inlineStr"><is><r><t>AA-01</t></r></is></c>',
        b'<c r="A1" t="inlineStr"><is><t>&#65;A-01</t></is></c>',
        b'<c r="A1" t="inlineStr"><is><t>A&#x41;-01</t></is></c>',
        b'<c r="A1" t="inlineStr"><is><t><![CDATA[AA-01]]></t></is></c>',
        b'<c r="A1" t="inlineStr"><is><t>_x0041_A-01</t></is></c>',
        b"<c r='A1' t='inlineStr'><is><t>AA-01</t></is></c>",
        b'<c r="A1" t = "inlineStr"><is><t>AA-01</t></is></c>',
        b"<c r='A1' t= 'inlineStr'><is\n><t >AA-01</t></is\n></c>",
        b"<c r='A1' t= 's'><v>0</v></c>",
        b'<c r="A1" t=" s"><v>0</v></c>',
        b'<c r="A1"\tt="s "><v>0</v></c>',
        b'<c r="A1" t="str"><v>AA-01</v></c>',
        b'<c r="A1" t="str"><f>B1</f><v>AA-01</v></c>',
        b'<c r="A1" t="str"><f>B1</f><v> AA-01 </v></c>',
        '<c r="A1" t="str"><f>B1</f><v>AA-01\u200b</v></c>'.encode(),
        b'<x:c r="A1" t="inlineStr"><x:is><x:t>AA-01</x:t></x:is></x:c>',
    ],
)
def test_id_is_seen_in_every_form(cell: bytes) -> None:
    """A form that is not known counts as one that may hold an id."""
    part = b'<worksheet><sheetData><row r="1">' + cell + b"</row></sheetData></worksheet>"
    tables = SheetTables.from_tables({}, NO_STYLES)

    assert find_texts(part, tables, frozenset()) is None


def test_unread_sheet_that_is_damaged_costs_nothing(saved: dict[str, bytes]) -> None:
    """Nobody asks for what stands in it; whoever does is told."""
    parts = parts_of(saved["own"])
    calculation = max(parts, key=lambda name: parts[name].count(b"<f>"))
    parts[calculation] = parts[calculation].replace(b"</row>", b"", 1)
    grids = load_grids(packed(parts), Limits()).sheets
    (broken,) = [g for g in grids if isinstance(g, UnreadGrid) and g.name == "Calculation"]

    with pytest.raises(FileRefusal):
        _ = broken.rows
