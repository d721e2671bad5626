"""Cells of .xlsx in every form of markup: the value, what stands behind it, or a fault."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.spreadsheets.grid import CellDetails, CellFault, GridValue
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.refusal import FileRefusal
from tests.support.cell_markup import book_parts, read_cell, read_parts, sheet_part

TEXT_INDEX = CellDetails(fault=CellFault.TEXT_INDEX)
TWICE = CellDetails(fault=CellFault.TWICE)
MARKUP = CellDetails(fault=CellFault.MARKUP)

CELLS: list[tuple[str, GridValue, CellDetails | None]] = [
    ('<c r="B2" t="s"><v>1</v></c>', "one", None),
    ('<c r="B2" s="0" t="s"><v> 01 </v></c>', "one", None),
    ('<c r="B2" t="s"><v><![CDATA[1]]></v></c>', "one", None),
    ('<c t="s" r="B2"><v>1</v></c>', "one", None),
    ('<c r="b2" t="s"><v>1</v></c>', "one", None),
    ('<c r="B2" t="s"><v>2</v></c>', "", TEXT_INDEX),
    ('<c r="B2" t="s"><v>-1</v></c>', "", TEXT_INDEX),
    ('<c r="B2" t="s"><v>1_0</v></c>', "", TEXT_INDEX),
    ('<c r="B2" t="s"><v></v></c>', "", TEXT_INDEX),
    ('<c r="B2" t="s"/>', "", TEXT_INDEX),
    ('<c r="B2" t="b"></c>', "", MARKUP),
    ('<c r="B2" s="1" t="n"></c>', "", None),
    ('<c r="B2" s="1" t="str"/>', "", None),
    ('<c r="B2" t="inlineStr"><is><t></t></is></c>', "", None),
    ('<c r="B2" t="inlineStr"></c>', "", None),  # so openpyxl writes an empty text
    ('<c r="B2" t="inlineStr"/>', "", None),
    ('<c r="B2" t="inlineStr"><v></v></c>', "", None),
    ('<c r="B2" t="inlineStr"><it><t>a</t></it></c>', "", MARKUP),
    ('<c r="B2" t="inlineStr"><is><u>a</u></is></c>', "", MARKUP),
    ('<c r="B2" t="inlineStr">a</c>', "", MARKUP),
    ('<c r="B2"><w>2</w></c>', "", MARKUP),
    ('<c r="B2"><v>2</v></c>', 2.0, None),
    ('<c r="B2"><v> 2 </v></c>', 2.0, None),
    ('<c r="B2"><v><![CDATA[2]]></v></c>', 2.0, None),
    ('<c r="B2"><v>2<![CDATA[.5]]></v></c>', 2.5, None),
    ('<c r="B2" t="n"><v>-1.5E2</v></c>', -150.0, None),
    ('<c r="B2"><v>2,0</v></c>', "", MARKUP),
    ('<c r="B2"><v>NaN</v></c>', "", MARKUP),
    ('<c r="B2"><v>1e999</v></c>', "", MARKUP),
    ('<c r="B2"><v>\u0662</v></c>', "", MARKUP),
    ('<c r="B2"><v></v></c>', "", None),
    ('<c r="B2" s="1"><v>1</v></c>', 1.0, CellDetails(percent=True)),
    ('<c r="B2" s="4"><v>3</v></c>', 3.0, CellDetails(percent=True)),
    ('<c r="B2" s="99"><v>3</v></c>', 3.0, None),
    ('<c r="B2" s="2"><v>46349</v></c>', datetime(2026, 11, 23), None),  # noqa: DTZ001
    ('<c r="B2" s="2"><v>0.5</v></c>', time(12), None),
    ('<c r="B2" s="3"><v>1.25</v></c>', timedelta(hours=30), None),
    ('<c r="B2" t="d"><v>2026-11-23</v></c>', date(2026, 11, 23), None),
    ('<c r="B2" t="d"><v>tomorrow</v></c>', "", MARKUP),
    ('<c r="B2" t="b"><v>1</v></c>', True, None),
    ('<c r="B2" t="b"><v>FALSE</v></c>', False, None),
    ('<c r="B2" t="b"><v>2</v></c>', "", MARKUP),
    ('<c r="B2" t="e"><v>#SPILL!</v></c>', "", CellDetails(error="#SPILL!")),
    ('<c r="B2" t="e"><v>#NEWER!</v></c>', "", CellDetails(error="#NEWER!")),
    ('<c r="B2" t="e"><v></v></c>', "", MARKUP),
    ('<c r="B2" t="other"><v>2</v></c>', "", MARKUP),
    ('<c r="B2" t="str"><v>2 - Largely</v></c>', "2 - Largely", None),
    ('<c r="B2" t="str"><v>a<![CDATA[ & ]]>b</v></c>', "a & b", None),
    ('<c r="B2" t="str"><v>a&#10;b&amp;&#x41;</v></c>', "a\nb&A", None),
    ('<c r="B2" t="inlineStr"><is><t> a </t></is></c>', " a ", None),
    ('<c r="B2" t="inlineStr"><is><t>a_x000D_b</t></is></c>', "a\rb", None),
    ('<c r="B2" t="inlineStr"><is><t>_xD83D__xDE00_</t></is></c>', "\U0001f600", None),
    ('<c r="B2" t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r></is></c>', "ab", None),
    ('<c r="B2" t="inlineStr"><is><t>a</t><rPh sb="0" eb="1"><t>x</t></rPh></is></c>', "a", None),
    ('<c r="B2" t="inlineStr"><is><t>a</t></is><v/></c>', "a", None),
    ('<c r="B2" t="inlineStr"><v/><is><t>a</t></is></c>', "a", None),
    ('<c r="B2" t="inlineStr"><v>a</v></c>', "a", None),
    ('<c r="B2" t="inlineStr"><is><t>a</t></is><v>b</v></c>', "", TWICE),
    ('<c r="B2"><v>2</v><v>3</v></c>', "", TWICE),
    ('<c r="B2"><v>2</v><v>2.0</v></c>', 2.0, None),
    ('<c r="B2"><v>2</v><extLst><ext><v>3</v></ext></extLst></c>', 2.0, None),
    ('<c r="B2"><v>2<!-- 3 --></v></c>', 2.0, None),
    ('<c r="B2"><f>1+1</f><v>2</v></c>', 2.0, CellDetails("=1+1")),
    ('<c r="B2" t="str"><v>x</v><f>A1&amp;"x"</f></c>', "x", CellDetails('=A1&"x"')),
    ('<c r="B2" t="str"><f>A1&amp;"x"</f><v>x</v></c>', "x", CellDetails('=A1&"x"')),
    ('<c r="B2"><f></f></c>', "", CellDetails("=\u2026", stored=False)),
    ('<c r="B2"><f/></c>', "", CellDetails("=\u2026", stored=False)),
    ('<c r="B2"><f>A1</f></c>', "", CellDetails("=A1", stored=False)),
    ('<c r="B2"><f>A1</f><v></v></c>', "", CellDetails("=A1", stored=False)),
    ('<c r="B2" ><f>A1</f>\n<v /> </c>', "", CellDetails("=A1", stored=False)),
    ('<c r="B2" t="str"><f>A1</f><v></v></c>', "", CellDetails("=A1")),
    ('<c r="B2" t="str"><f>A1</f><v/></c>', "", CellDetails("=A1")),
    ('<c r="B2" t="str"><f>A1</f></c>', "", CellDetails("=A1", stored=False)),
    ('<c r="B2"><f t="shared" si="0"/><v>2</v></c>', 2.0, CellDetails("=\u2026")),
    ('<c r="B2"><f t="array" ref="B2">A1:A3</f><v>2</v></c>', 2.0, CellDetails("=A1:A3")),
    ('<c r="B2" s="1"><f>A1</f><v>1</v></c>', 1.0, CellDetails("=A1", percent=True)),
    ('<c r="B2" t="e"><f>1/0</f><v>#DIV/0!</v></c>', "", CellDetails("=1/0", "#DIV/0!")),
    ('<c r="B2" t="e"><f>1/0</f></c>', "", CellDetails("=1/0", stored=False)),
]


@pytest.mark.parametrize(("markup", "value", "details"), CELLS)
def test_a_cell_is_read_in_every_form(
    markup: str, value: GridValue, details: CellDetails | None
) -> None:
    """Nothing that stands in a cell looks empty; what cannot be told is a fault of that cell."""
    grid = read_cell(f'<c r="A2"><v>7</v></c>{markup}<c r="C2"><v>8</v></c>')

    assert (grid.cell_value(1, 1), grid.details.get((1, 1))) == (value, details)
    assert type(grid.cell_value(1, 1)) is type(value)
    assert (grid.cell_value(1, 0), grid.cell_value(1, 2)) == (7.0, 8.0)


@pytest.mark.parametrize(("markup", "value", "details"), CELLS)
def test_a_prefix_of_the_name_space_changes_nothing(
    markup: str, value: GridValue, details: CellDetails | None
) -> None:
    """Also in strict Open XML, whose name space has another name."""
    cell = markup.replace("<", "<x:").replace("<x:/", "</x:").replace("<x:!", "<!")
    sheet = (
        '<x:worksheet xmlns:x="http://purl.oclc.org/ooxml/spreadsheetml/main">'
        f'<x:sheetData><x:row r="2">{cell}</x:row></x:sheetData></x:worksheet>'
    )
    grid = read_parts(book_parts(sheet.encode()))

    assert (grid.cell_value(1, 1), grid.details.get((1, 1))) == (value, details)


PLACES: list[tuple[str, dict[tuple[int, int], GridValue], dict[tuple[int, int], CellFault]]] = [
    ("<row><c><v>1</v></c><c><v>2</v></c></row>", {(0, 0): 1.0, (0, 1): 2.0}, {}),
    ('<row r="3"><c><v>1</v></c></row><row><c><v>2</v></c></row>', {(2, 0): 1.0, (3, 0): 2.0}, {}),
    ('<row r="1"><c r="C1"><v>1</v></c><c><v>2</v></c></row>', {(0, 2): 1.0, (0, 3): 2.0}, {}),
    (
        '<row r="1"><c r="A1"><v>2</v></c><c r="A1"><v>0</v></c></row>',
        {},
        {(0, 0): CellFault.TWICE},
    ),
    ('<row r="1"><c r="A1"><v>2</v></c><c r="A1"><v>2</v></c></row>', {(0, 0): 2.0}, {}),
    ('<row r="1"><c r="A1"><v>2</v></c><c r="A1"/></row>', {(0, 0): 2.0}, {}),
    (
        '<row r="1"><c r="A1"><v>2</v></c></row><row r="1"><c r="A1"><v>3</v></c></row>',
        {},
        {(0, 0): CellFault.TWICE},
    ),
    # The address of the second cell is damaged: where it stood is known by its neighbours.
    (
        '<row r="1"><c r="A1"><v>1</v></c><c r="@1"><v>2</v></c><c r="C1"><v>3</v></c></row>',
        {(0, 0): 1.0, (0, 2): 3.0},
        {(0, 1): CellFault.MARKUP},
    ),
    (
        '<row r="1"><c r="A1"><v>1</v></c><c r="A9"><v>2</v></c><c r="C1"><v>3</v></c></row>',
        {(0, 0): 1.0, (0, 2): 3.0, (8, 0): 2.0},
        {(0, 1): CellFault.MARKUP},
    ),
    (
        '<row r="1"><c r="A1"><v>1</v></c><c r="B9"><v>2</v></c><c r="C1"><v>3</v></c></row>',
        {(0, 0): 1.0, (0, 2): 3.0, (8, 1): 2.0},
        {(0, 1): CellFault.MARKUP},
    ),
    (
        '<row r="1"><c r="B1"><v>1</v></c><c r="F1"><v>2</v></c><c r="D1"><v>3</v></c></row>',
        {(0, 1): 1.0, (0, 5): 2.0, (0, 3): 3.0},
        {(0, 2): CellFault.MARKUP, (0, 4): CellFault.MARKUP},
    ),
    (
        '<row r="2"><c r="A2"><v>2</v></c></row><row r="1"><c r="A1"><v>1</v></c></row>',
        {(0, 0): 1.0, (1, 0): 2.0},
        {},
    ),
    ('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', {(1048575, 16383): 1.0}, {}),
    ('<row r="1048577"><c r="A1048577"><v>1</v></c></row>', {}, {(0, 0): CellFault.MARKUP}),
]


@pytest.mark.parametrize(("rows", "values", "faults"), PLACES)
def test_a_cell_has_one_place(
    rows: str,
    values: dict[tuple[int, int], GridValue],
    faults: dict[tuple[int, int], CellFault],
) -> None:
    """By its address, or by counting; cells that contradict each other are faults, in order."""
    grid = read_parts(book_parts(sheet_part(rows)))
    found = {(row, col): value for row, cells in grid.rows.items() for col, value in cells.items()}

    assert found == values
    assert list(found) == sorted(found)
    assert {place: details.fault for place, details in grid.details.items()} == faults


def test_dates_may_be_counted_from_1904() -> None:
    """As Excel for Mac did."""
    sheet = sheet_part('<row r="1"><c r="A1" s="2"><v>44887</v></c></row>')
    parts = book_parts(sheet, book='<workbookPr date1904="true"/>')

    assert read_parts(parts).cell_value(0, 0) == datetime(2026, 11, 23)  # noqa: DTZ001


def test_merged_ranges_and_hidden_rows_are_known() -> None:
    """Also with odd attributes beside them."""
    rows = '<row r="1" hidden="1"><c r="A1"><v>1</v></c></row><row r="2" hidden="true"/>'
    after = '<mergeCells count="9"><mergeCell ref="A1:B3"/></mergeCells><odd/>'
    for end in (after, after.replace("><", "> <"), f"<!-- x -->{after}"):
        grid = read_parts(book_parts(sheet_part(rows, end)))
        assert grid.merged == [((0, 0), (2, 1))]
        assert grid.hidden_rows == {0}


BROKEN = [
    '<row r="1"><c r="A1"><v>1</v></row>',
    '<row r="1"><<c r="A1"><v>1</v></c></row>',
    '<row r="1">c r="A1"><v>1</v></c></row>',
    '<row r="1" r="2"><c r="A1"><v>1</v></c></row>',
    '<row r="1"><c r="A1" t="str"><v>a & b</v></c></row>',
    '<row r="1"><c r="A1" t="str"><v>&#0;</v></c></row>',
    '<row r="1"><c r="A1" t="str"><v>&nbsp;</v></c></row>',
    '<row r="1"><c r="A1" t="str"><v>a\x01b</v></c></row>',
    '<row r="1"><c r="A1" t="str"><v>a]]>b</v></c></row>',
    '<row r="1"><c r="A1" t="str"><v>a\ufffeb</v></c></row>',
    '<row r="1"><row r="2"><c r="A1"><v>1</v></c></row>',
]


@pytest.mark.parametrize("rows", BROKEN)
def test_a_sheet_that_is_no_xml_is_refused(rows: str) -> None:
    """Cells are never passed over because the markup around them is damaged."""
    with pytest.raises(FileRefusal) as caught:
        read_parts(book_parts(sheet_part(rows)))
    assert caught.value.code is FailureCode.BROKEN_WORKBOOK


def test_only_cells_that_hold_anything_count() -> None:
    """In both forms of the reader."""
    for space in ("", " "):
        rows = "".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>{space}' for n in range(1, 6))
        parts = book_parts(sheet_part(rows + f'<row r="9"><c r="A9"/></row>{space}'))
        assert len(read_parts(parts).rows) == 5
        with pytest.raises(FileRefusal) as caught:
            read_parts(parts, Limits(cells=4))
        assert caught.value.code is FailureCode.TOO_LARGE


@pytest.mark.parametrize("texts", [["a"] * 5, ["a", "<r>", "c", "d", "e"], [""] * 5])
def test_more_texts_than_allowed_are_refused(texts: list[str]) -> None:
    """Whether each is plain, of several pieces, or empty."""
    parts = book_parts(sheet_part('<row r="1"><c r="A1" t="s"><v>0</v></c></row>'), texts)
    pieces = b"<si><r><t>b</t></r></si>"
    parts["xl/sharedStrings.xml"] = parts["xl/sharedStrings.xml"].replace(
        b"<si><t><r></t></si>", pieces
    )
    read_parts(parts, Limits(strings=5))
    with pytest.raises(FileRefusal) as caught:
        read_parts(parts, Limits(strings=4))
    assert (caught.value.code, caught.value.reason) == (FailureCode.TOO_LARGE, "strings")
