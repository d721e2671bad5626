"""The canvas: it alone touches the writing library, and reports everything that it refuses."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from xlsxwriter.chart import Chart
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from iml4e_xlsx.errors import WorkbookWriteError
from iml4e_xlsx.findings.error_codes import WorkbookErrorCode
from iml4e_xlsx.workbook import canvas as canvas_module
from iml4e_xlsx.workbook.canvas import TEXT_LIMIT, Canvas, Sheet
from iml4e_xlsx.workbook.cell_prompt import PROMPT_LIMIT, Prompt, shorten_text
from iml4e_xlsx.workbook.chart_design import ChartDesign
from tests.support.builders import CREATED

CANVAS = Path(canvas_module.__file__)
DRAWN_ON = {"canvas", "sheet", "chart", "workbook", "raw"}
LAST_ROW, LAST_COLUMN = 1_048_575, 16_383


@pytest.fixture
def sheet() -> Sheet:
    return Canvas(CREATED, {}).add_sheet("Area")


def draws(tree: ast.AST) -> bool:
    """Return whether a module has a canvas or a sheet at hand."""
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    return not modules.isdisjoint({"iml4e_xlsx.workbook.canvas", "iml4e_xlsx.workbook.draft"})


def test_no_other_module_touches_objects_of_the_library() -> None:
    """Modules that draw on a canvas call its methods, and none that only XlsxWriter has."""
    library = {name for kind in (Workbook, Worksheet, Chart) for name in dir(kind)}
    forbidden = library - {*dir(Canvas), *dir(Sheet)} | {"raw", "_sheet", "_book"}
    uses = [
        (path.name, node.attr)
        for path in CANVAS.parents[1].rglob("*.py")
        if path != CANVAS
        for tree in [ast.parse(path.read_text(encoding="utf-8"))]
        if draws(tree)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in forbidden
        if ast.unparse(node.value).split(".")[-1] in DRAWN_ON
    ]

    assert uses == []


def test_the_library_is_out_of_reach(sheet: Sheet) -> None:
    """Neither a canvas nor a sheet has a public attribute that is an object of the library."""
    values = [*vars(sheet).items(), *vars(sheet.canvas).items()]
    public = [value for name, value in values if not name.startswith("_")]

    assert not any(type(value).__module__.startswith("xlsxwriter") for value in public)


def test_a_text_that_is_too_long_names_its_cell(sheet: Sheet) -> None:
    """The error says which cell of which sheet has no room, and for how much it has."""
    sheet.write_text(4, 2, "x" * TEXT_LIMIT)
    with pytest.raises(WorkbookWriteError) as caught:
        sheet.write_text(5, 2, "x" * (TEXT_LIMIT + 1))

    assert caught.value.code is WorkbookErrorCode.TEXT_TOO_LONG
    assert dict(caught.value.message.values) == {"sheet": "Area", "cell": "C6", "limit": TEXT_LIMIT}


DESIGN = ChartDesign(
    kind="column",
    subtype=None,
    series=[{"categories": "=Area!$A$1:$A$2", "values": "=Area!$B$1:$B$2"}],
    title={"name": "Chart"},
    y_axis={},
    legend={},
    width=10,
    height=10,
    description="",
)
REFUSALS: dict[str, Callable[[Sheet], None]] = {
    "text": lambda sheet: sheet.write_text(LAST_ROW + 1, 0, "x"),
    "number": lambda sheet: sheet.write_number(0, LAST_COLUMN + 1, 1),
    "blank": lambda sheet: sheet.write_blank(LAST_ROW + 1, 0, "plain"),
    "text across": lambda sheet: sheet.write_across(LAST_ROW + 1, 0, 1, "x"),
    "link": lambda sheet: sheet.write_link(LAST_ROW + 1, 0, "Area", "x", "", "plain"),
    "column": lambda sheet: sheet.set_widths([1.0] * (LAST_COLUMN + 2)),
    "row": lambda sheet: sheet.set_height(LAST_ROW + 1, 20),
    "input": lambda sheet: sheet.show_prompt(LAST_ROW + 1, 0, Prompt(title="x", message="y")),
    "condition": lambda sheet: sheet.warn_where((LAST_ROW + 1, 0, LAST_ROW + 1, 0), "=A1>0"),
    "filter": lambda sheet: sheet.add_filter((0, 0, LAST_ROW + 1, 0)),
}


@pytest.mark.parametrize("write", REFUSALS.values(), ids=REFUSALS)
def test_nothing_is_dropped_in_silence(sheet: Sheet, write: Callable[[Sheet], None]) -> None:
    """Whatever lies outside of the sheet is an error that names the sheet."""
    with pytest.raises(WorkbookWriteError) as caught:
        write(sheet)

    assert caught.value.code is WorkbookErrorCode.FORMAT_LIMIT
    assert 'The sheet "Area" cannot be written' in str(caught.value)


def test_a_chart_without_values_is_refused(sheet: Sheet) -> None:
    """What the library only warns of, since it leaves it out, is an error."""
    with pytest.raises(WorkbookWriteError) as caught:
        sheet.insert_chart(0, 0, replace(DESIGN, series=[{}]))

    assert caught.value.code is WorkbookErrorCode.WORKBOOK_REFUSED


def test_a_property_that_is_too_long_is_refused(sheet: Sheet) -> None:
    """A property of the document that the library leaves out is an error."""
    with pytest.raises(WorkbookWriteError) as caught:
        sheet.canvas.set_property("name", "x" * 256)

    assert caught.value.code is WorkbookErrorCode.WORKBOOK_REFUSED


def test_long_messages_are_cut_at_a_word() -> None:
    """A message that Excel would drop is visibly shortened."""
    assert shorten_text("one two three", 9) == "one two…"
    assert shorten_text("short", 9) == "short"
    assert len(shorten_text("word " * 100, PROMPT_LIMIT)) <= PROMPT_LIMIT


@pytest.mark.parametrize("choice", ['Fully "done"', "a, b", " not", "all ", "x" * 256])
def test_a_list_stands_in_place_only_as_it_is(sheet: Sheet, choice: str) -> None:
    """Quotation marks would make Excel repair the file, and blanks be trimmed away."""
    rules: list[dict[str, Any]] = sheet._sheet.validations
    sheet.add_dropdown((0, 0, 0, 0), ["0 - Not", choice], "$A$1:$A$2", Prompt())
    sheet.add_dropdown((1, 0, 1, 0), ["0 - Not", "1 - <Fully>; 'done'"], "$A$1:$A$2", Prompt())

    assert [rule["value"] for rule in rules] == ["=$A$1:$A$2", ["0 - Not", "1 - <Fully>; 'done'"]]
