"""Writes the table behind the summary: the count and verdict of each level of each area."""

from __future__ import annotations

from iml4e_xlsx.model import AreaResult
from iml4e_xlsx.workbook.canvas import Sheet
from iml4e_xlsx.workbook.colours import GREY
from iml4e_xlsx.workbook.draft import WorkbookDraft
from iml4e_xlsx.workbook.formulas import Formula
from iml4e_xlsx.workbook.level_formulas import level_formulas, level_values
from iml4e_xlsx.workbook.rating_notation import notation_of

_LOOKS = {"fulfilment": "percent", "highest_fulfilment": "percent"}


def write_calculation_sheet(draft: WorkbookDraft) -> None:
    """Write the sheet, which anybody may show and audit; hidden, since nobody wants it printed."""
    layout = draft.layout.calculation
    sheet = draft.add_sheet(layout.sheet, tab=GREY, landscape=True, repeat=layout.HEADING)
    sheet.set_widths((20, *(11 for _ in layout.columns[1:])))
    sheet.write_text(layout.TITLE, 0, draft.texts("calculation.title"), "title")
    sheet.set_height(layout.TITLE, 34)
    sheet.write_text(layout.HELP, 0, draft.texts("calculation.help"), "small")
    _write_heading(draft, sheet)
    for result in draft.result.areas:
        _write_area(draft, sheet, result)
    _write_chart_figures(draft, sheet)
    _write_forms(draft, sheet)
    sheet.freeze_panes(layout.FIRST, 2)
    sheet.protect_cells()
    sheet.hide_sheet(from_menus=False)


def _write_heading(draft: WorkbookDraft, sheet: Sheet) -> None:
    layout = draft.layout.calculation
    sheet.set_height(layout.HEADING, 50)
    for col, column in enumerate(layout.columns):
        if column.startswith("count_"):
            text = draft.scheme.ratings[int(column.removeprefix("count_"))].label
        else:
            text = draft.texts(f"calculation.{column}")
        sheet.write_text(layout.HEADING, col, text, "head_centre")


def _write_area(draft: WorkbookDraft, sheet: Sheet, result: AreaResult) -> None:
    layout = draft.layout.calculation
    for level, values in enumerate(level_values(result, draft.scheme), start=1):
        row = layout.rows[result.area, level]
        sheet.write_text(row, 0, result.area, "id")
        sheet.write_number(row, 1, level, f"level_{level}_of_{draft.scheme.top}")
        formulas = level_formulas(draft.layout, draft.scheme, result.area, level)
        for col, column in enumerate(layout.columns[2:], start=2):
            look = _LOOKS.get(column, "count")
            sheet.write_formula(row, col, Formula(formulas[column], values[column]), look)


def _write_chart_figures(draft: WorkbookDraft, sheet: Sheet) -> None:
    layout, texts = draft.layout.calculation, draft.texts
    sheet.write_text(layout.chart_heading, 0, texts("calculation.chart"), "section")
    names = [texts("summary.area"), texts("summary.index")]
    if draft.previous:
        names.append(texts("summary.previous"))
    for col, name in enumerate(names):
        sheet.write_text(layout.chart_heading + 1, col, name, "head_centre")
    for result in draft.result.areas:
        cell = layout.chart_cell(result.area, 0)
        sheet.write_text(cell.row, 0, draft.scheme.area(result.area).short, "cell")
        sheet.write_formula(cell.row, 1, draft.formulas.chart_index(result), "index")
        if result.area in draft.previous:
            sheet.write_number(cell.row, 2, float(draft.previous[result.area]), "index")


def _write_forms(draft: WorkbookDraft, sheet: Sheet) -> None:
    """Write what a score cell may hold, and as what each form is counted."""
    layout, texts = draft.layout.calculation, draft.texts
    title = layout.forms_title
    sheet.write_text(title, 0, texts("calculation.forms"), "section")
    for col, key in ((layout.FORM, "form"), (layout.POSITION, "position")):
        sheet.write_text(title + 1, col, texts(f"calculation.{key}"), "head_centre")
    for number, (form, position) in enumerate(notation_of(draft.scheme).list_positions()):
        row = layout.form_cell(number, layout.FORM).row
        sheet.write_text(row, layout.FORM, form, "cell")
        sheet.write_number(row, layout.POSITION, position, "count")
