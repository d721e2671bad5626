"""OpenDocument spreadsheets: what a cell says is read, and what it cannot say costs it alone."""

from __future__ import annotations

import io
import time
import zipfile
from datetime import UTC, date, datetime, timedelta

import pytest

from iml4e_xlsx.spreadsheets.formats import load_grids
from iml4e_xlsx.spreadsheets.grid import CellFault, ExtraContent, Grid, GridValue
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.refusal import FileRefusal
from tests.support.hostile import ODS_NAMES, ODS_TYPE, repeated, row, table
from tests.support.spending import is_affordable

CALC = 'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
DRAW = 'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"'
STYLE = 'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"'
MOMENT = datetime(2026, 11, 20, 8, 30, tzinfo=UTC).replace(tzinfo=None)


def file_of(body: str, styles: str = "") -> bytes:
    """Return a spreadsheet with these tables."""
    content = (
        f'<?xml version="1.0"?><office:document-content {ODS_NAMES} {CALC} {DRAW} {STYLE}>'
        f"<office:automatic-styles>{styles}</office:automatic-styles><office:body>"
        f"<office:spreadsheet>{body}</office:spreadsheet></office:body></office:document-content>"
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", ODS_TYPE)
        archive.writestr("content.xml", content)
    return buffer.getvalue()


def grid_of(rows: str) -> Grid:
    return load_grids(file_of(table(rows)), Limits()).sheets[0]


def cell(attributes: str = "", inner: str = "") -> str:
    return f"<table:table-cell {attributes}>{inner}</table:table-cell>"


def text(content: str, attributes: str = "") -> str:
    return cell(f'office:value-type="string" {attributes}', f"<text:p>{content}</text:p>")


def typed(kind: str, attributes: str = "", shown: str = "") -> str:
    return cell(f'office:value-type="{kind}" {attributes}', f"<text:p>{shown}</text:p>")


VALUES: list[tuple[str, GridValue]] = [
    (typed("float", 'office:value="3"', "3"), 3.0),
    (typed("percentage", 'office:value="0.5"', "50 %"), 0.5),
    (typed("boolean", 'office:boolean-value="true"', "WAHR"), True),
    (typed("date", 'office:date-value="2026-11-20"', "20.11.26"), date(2026, 11, 20)),
    (typed("date", 'office:date-value="2026-11-20T08:30:00"'), MOMENT),
    (typed("time", 'office:time-value="PT36H00M00S"'), timedelta(hours=36)),
    (text("one<text:s text:c='3'/>two<text:tab/>x<text:line-break/>y"), "one   two\tx\ny"),
    (cell('office:value-type="string"', "<text:p>a</text:p><text:p>b</text:p>"), "a\nb"),
    (text("<text:span>2 - <text:a>Largely</text:a></text:span>"), "2 - Largely"),
    (text("2<text:sheet-name>S</text:sheet-name>"), "2S"),
    (text("shown", 'office:string-value="stored"'), "stored"),
    (
        cell(
            'office:value-type="string"',
            "<office:annotation><text:p>note</text:p></office:annotation><text:p>2</text:p>"
            "<draw:frame><draw:text-box><text:p>box</text:p></draw:text-box></draw:frame>",
        ),
        "2",
    ),
    (text("2<text:note><text:note-body><text:p>x</text:p></text:note-body></text:note>"), "2"),
    (cell("", "<text:p>untyped</text:p>"), "untyped"),
]


@pytest.mark.parametrize(("markup", "value"), VALUES)
def test_each_type_of_value_is_read(markup: str, value: GridValue) -> None:
    """By what the cell states; notes, pictures and footnotes are none of its text."""
    grid = grid_of(row(markup))

    assert grid.rows == {0: {0: value}}
    assert type(grid.cell_value(0, 0)) is type(value)
    assert not any(details.fault for details in grid.details.values())


ODD = [
    typed("float", "", "2 - Largely"),
    typed("float", 'office:value="two"', "2"),
    typed("float", 'office:value="NaN"', "2"),
    typed("boolean", 'office:boolean-value="2"', "2"),
    typed("date", 'office:date-value="soon"', "2"),
    typed("time", 'office:time-value="PT"', "2").replace("PT", "x"),
    typed("strinh", "", "2 - Largely"),
    cell('office:value-type="string"'),
    cell('office:value-type="string"', "<text:q>2 - Largely</text:q>"),
    cell('office:value-type="string"', "2 - Largely"),
    text("<table:odd>2 - Largely</table:odd>"),
    cell('office:value-type="string"', f"<text:p/>{table(row(text('2 - Largely')))}"),
    cell('office:value-type="string"', "<text:list><text:p>2</text:p></text:list><text:p/>"),
]


@pytest.mark.parametrize("markup", ODD)
def test_what_a_cell_cannot_say_costs_it(markup: str) -> None:
    """A type without its value, a type that is none, text where none belongs."""
    grid = grid_of(row(text("AA-01") + markup + text("seen")))

    assert grid.details[0, 1].fault is CellFault.MARKUP
    assert grid.rows == {0: {0: "AA-01", 2: "seen"}}


def test_results_of_formulas_are_told_apart() -> None:
    """A stored empty text is no missing result; errors are known by type or text."""
    formula = 'table:formula="of:=A1"'
    cells = (
        typed("float", f'office:value="2" {formula}', "2")
        + cell(formula, "<text:p/>")
        + cell(formula)
        + cell(f'office:value-type="string" {formula} calcext:value-type="error"')
        + typed("string", formula, "#REF!")
    )
    grid = grid_of(row(cells))
    behind = [grid.details[0, col] for col in range(5)]

    assert grid.rows == {0: {0: 2.0}}
    assert [one.stored for one in behind[:3]] == [True, True, False]
    assert [one.error for one in behind] == ["", "", "", "#N/A", "#REF!"]
    assert {one.formula for one in behind} == {"=A1"}


def columns(count: int) -> str:
    return f"<table:table-column {repeated('columns', count)}/>"


def test_a_single_row_of_another_width_is_in_doubt() -> None:
    """Programs write all rows as wide as the table: there a cell is missing, or too many."""
    good = row(text("AA-01") + text("2 - Largely") + cell(repeated("columns", 5)))
    odd = row(text("AA-02") + text("2", repeated("columns", 2)) + cell(repeated("columns", 5)))
    grid = grid_of(columns(7) + good * 9 + odd)

    assert grid.rows[9] == {0: "AA-02"}
    assert {at for at, cell_ in grid.details.items() if cell_.fault} == {
        (9, col) for col in range(1, 7)
    }
    assert all(grid.rows[number][1] == "2 - Largely" for number in range(9))


def test_rows_of_all_widths_say_nothing() -> None:
    """Some programs end a row behind its last value."""
    rows = "".join(row(text("x") * width) for width in range(1, 9)) * 3
    assert not grid_of(columns(9) + rows).details


def test_an_element_that_is_no_cell_leaves_the_rest_of_its_row_in_doubt() -> None:
    """Nobody knows how many columns it takes."""
    odd = "<table:table-cull><text:p>2 - Largely</text:p></table:table-cull>"
    grid = grid_of(columns(4) + row(text("AA-01") + odd + text("seen")) + row(text("AA-02")))

    assert {at for at, details in grid.details.items() if details.fault} == {(0, 1), (0, 2), (0, 3)}
    assert grid.cell_value(1, 0) == "AA-02"


def test_what_a_program_hides_is_said() -> None:
    """Rows collapsed, filtered or in a closed group; a sheet by its style."""
    hidden = [
        row(text("b"), 'table:visibility="collapse"'),
        row(text("c"), 'table:visibility="filter"'),
        f'<table:table-row-group table:display="false">{row(text("d"))}</table:table-row-group>',
    ]
    styles = (
        '<style:style style:name="h" style:family="table"><style:table-properties '
        'table:display="false"/></style:style>'
    )
    body = table(row(text("a")) + "".join(hidden) + row(text("e")))
    grids = load_grids(
        file_of(
            body + body.replace("<table:table ", '<table:table table:style-name="h" ', 1), styles
        ),
        Limits(),
    ).sheets

    assert [grid.is_visible for grid in grids] == [True, False]
    assert grids[0].hidden_rows == {1, 2, 3}


LONG = "x" * 90_000
HUGE = {
    "rows of long texts": (row(text("AA-01") + text(LONG), repeated("rows", 300_000)), 2),
    "rows and columns": (
        row(text("2", repeated("columns", 1_000)), repeated("rows", 10**9)) * 5,
        None,
    ),
    "columns": (row(text("2", repeated("columns", 10**7))), None),
    "wide and empty": (row(cell(repeated("columns", 10**15)) + text("x")) * 2, None),
    "spans": (row(text("x", 'table:number-rows-spanned="9999999"') * 10_000), 10_000),
    "many spans": (row(text("x", 'table:number-rows-spanned="9"') * 30_000), None),
    "paragraphs": (row(cell('office:value-type="string"', "<text:p>x</text:p>" * 40_000)), 1),
    "spaces": (row(text("<text:s text:c='99999'/>")), 1),
    "more spaces": (row(text("<text:s text:c='99999'/>" * 9)), None),
}
"""What a file repeats, and how many cells come of it; none if it is refused."""


@pytest.mark.parametrize("name", HUGE)
def test_what_a_file_repeats_costs_once(name: str) -> None:
    """Time depends on the bytes of the file, not on what they claim."""
    rows, count = HUGE[name]
    start = time.process_time()
    if count is None:
        with pytest.raises(FileRefusal) as caught:
            grid_of(rows)
        assert caught.value.code == "too-large"
    else:
        assert sum(map(len, grid_of(rows).rows.values())) == count
    assert is_affordable(time.process_time() - start, Limits().seconds)


def test_comments_are_named_and_are_no_part_of_their_cells() -> None:
    """Evidence may stand there that nobody reads."""
    note = "<office:annotation><text:p>see the wiki</text:p></office:annotation>"
    body = table(row(cell('office:value-type="string"', note + "<text:p>AA-01</text:p>")))
    grids = load_grids(file_of(body), Limits())

    assert grids.extras == (ExtraContent.COMMENTS,)
    assert grids.sheets[0].rows == {0: {0: "AA-01"}}
    assert load_grids(file_of(table(row(text("AA-01")))), Limits()).extras == ()
