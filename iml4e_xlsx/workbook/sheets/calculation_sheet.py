"""Writes the table behind the summary: the count and verdict of each level of each area."""

from __future__ import annotations

from iml4e_xlsx.model import AreaResult
from iml4e_xlsx.workbook.area_formulas import area_formulas, list_formulas
from iml4e_xlsx.workbook.calculation_layout import AREA_COLUMNS, LIST_COLUMNS
from iml4e_xlsx.workbook.canvas import Sheet
from iml4e_xlsx.workbook.colours import GREY
from iml4e_xlsx.workbook.draft import WorkbookDraft
from iml4e_xlsx.workbook.formulas import Formula
from iml4e_xlsx.workbook.level_formulas import level_formulas, level_values
from iml4e_xlsx.workbook.rating_notation import notation_of
from iml4e_xlsx.workbook.step_formulas import BAR_LENGTH, draw_bar, unmet_text

_LOOKS = {"fulfilment": "percent", "highest_fulfilment": "percent", "way": "percent"}


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
    _write_bars(draft, sheet)
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
        values["unmet"] = unmet_text(draft.scheme, result.area, level, draft.result.response)
        sheet.write_text(row, 0, result.area, "id")
        sheet.write_number(row, 1, level, f"level_{level}_of_{draft.scheme.top}")
        formulas = level_formulas(draft.layout, draft.scheme, result.area, level)
        for col, column in enumerate(layout.columns[2:], start=2):
            if column == "previous_way":
                _write_previous_way(draft, sheet, row, (result.area, level))
                continue
            look = _LOOKS.get(column, "count")
            sheet.write_formula(row, col, Formula(formulas[column], values[column]), look)


def _write_previous_way(
    draft: WorkbookDraft, sheet: Sheet, row: int, place: tuple[str, int]
) -> None:
    """Write how far the previous assessment had come towards a level as a target."""
    col = draft.layout.calculation.columns.index("previous_way")
    if place in draft.previous_ways:
        sheet.write_number(row, col, float(draft.previous_ways[place]), "percent")
    else:
        sheet.write_blank(row, col, "count")


def _write_chart_figures(draft: WorkbookDraft, sheet: Sheet) -> None:
    layout, texts = draft.layout.calculation, draft.texts
    sheet.write_text(layout.chart_heading, 0, texts("calculation.chart"), "section")
    names = [texts("summary.area"), texts("summary.index")]
    if draft.previous:
        names.append(texts("summary.previous"))
    for col, name in enumerate(names):
        sheet.write_text(layout.chart_heading + 1, col, name, "head_centre")
    for column in (*AREA_COLUMNS, *LIST_COLUMNS):
        col = layout.area_cell(layout.areas[0], column).col
        sheet.write_text(
            layout.chart_heading + 1, col, texts(f"calculation.{column}"), "head_centre"
        )
    for result in draft.result.areas:
        cell = layout.chart_cell(result.area, 0)
        sheet.write_text(cell.row, 0, draft.scheme.area(result.area).short, "cell")
        sheet.write_formula(cell.row, 1, draft.formulas.chart_index(result), "index")
        if result.area in draft.previous:
            sheet.write_number(cell.row, 2, float(draft.previous[result.area]), "index")
        for column, formula in area_formulas(draft.layout, draft.scheme, result).items():
            cell = layout.area_cell(result.area, column)
            sheet.write_formula(cell.row, cell.col, formula, _LOOKS.get(column, "count"))
    for cell, formula in list_formulas(draft.layout, draft.scheme, draft.result.areas):
        sheet.write_formula(cell.row, cell.col, formula, "cell")


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


def _write_bars(draft: WorkbookDraft, sheet: Sheet) -> None:
    """Write the bars of fulfilment, from empty to full, which the summary looks up."""
    layout = draft.layout.calculation
    title = draft.texts("calculation.bars")
    sheet.write_text(layout.forms_title, layout.BAR, title, "section")
    for pieces in range(BAR_LENGTH + 1):
        cell = layout.bar_cell(pieces)
        sheet.write_text(cell.row, cell.col, draw_bar(pieces, draft.scheme.thresholds), "bar")
