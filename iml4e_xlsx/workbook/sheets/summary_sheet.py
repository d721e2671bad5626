"""Writes the result: tiles, the table of areas with their bars, that of levels, the radar."""

from __future__ import annotations

from itertools import pairwise

from iml4e_xlsx.model import AreaResult
from iml4e_xlsx.scheme.forms import is_part
from iml4e_xlsx.workbook.canvas import Sheet
from iml4e_xlsx.workbook.cells import column_letters
from iml4e_xlsx.workbook.colours import (
    ALERT,
    BAR_PASSED,
    BAR_REACHED,
    FAIR,
    GOOD,
    TARGET_LINE,
    WEAK,
)
from iml4e_xlsx.workbook.draft import WorkbookDraft
from iml4e_xlsx.workbook.formulas import Formula, cell_figure
from iml4e_xlsx.workbook.sheets.levels_sheet import format_percent
from iml4e_xlsx.workbook.sheets.summary_radar import insert_radar
from iml4e_xlsx.workbook.summary_layout import OVERALL, SummarySheet
from iml4e_xlsx.workbook.summary_sentences import BREAK, PASSED, TARGET, WAITING
from iml4e_xlsx.workbook.typography import count_lines, row_height

_NAME, _FIGURES, _BAR, _WAY = 29, (9, 6.5, 6.5, 7, 7, 8.5), 18, 34
"""
The widths of columns. Together they take no more than a screen of 1366 pixels shows at this size
beside the row numbers, the scroll bar and a side bar.
"""

_ZOOM = 85

_ROW = 24.0
_WAY_LINES = 3
_WAY_SIZE, _REMARK_SIZE, _LEGEND_SIZE = 9, 9, 9


def write_summary_sheet(draft: WorkbookDraft) -> None:
    """Write the sheet of the result."""
    layout = draft.layout.summary
    sheet = draft.add_sheet(layout.sheet, tab=TARGET_LINE, landscape=True, tall=2)
    sheet.set_widths(_widths(layout))
    sheet.set_zoom(_ZOOM)
    _write_head(draft, sheet)
    _write_tiles(draft, sheet)
    _write_results(draft, sheet)
    _write_legend(draft, sheet)
    _write_details(draft, sheet)
    _set_inputs(draft, sheet)
    insert_radar(draft, sheet)
    # Not an input: the message beside it would stand on the figures.
    sheet.select_cell(layout.TITLE, layout.NAME)
    sheet.protect_cells()


def _widths(layout: SummarySheet) -> list[float]:
    bars = [_BAR] * (layout.last_col - layout.ESTIMATE - 1)
    return [2, _NAME, *_FIGURES, *bars, _WAY]


def _write_head(draft: WorkbookDraft, sheet: Sheet) -> None:
    layout = draft.layout.summary
    sheet.write_text(layout.TITLE, layout.NAME, _title(draft), "title")
    sheet.set_height(layout.TITLE, 34)
    profile = draft.result.response.profile
    cells = [
        draft.layout.cover.profile_cell(f).reference for f in ("organisation", "team", "respondent")
    ]
    values = [v for v in (profile.organisation, profile.team, profile.respondent) if v]
    parts = [cells[0]]
    for before, cell in pairwise(cells):
        parts.append(f'IF({cell}="","",IF({before}="",""," · ")&{cell})')
    sheet.write_formula(
        layout.SUBTITLE, layout.NAME, Formula(f'=""&{"&".join(parts)}', " · ".join(values)), "label"
    )
    # Not across columns: the sentence may reach as far to the right as it needs.
    headline = draft.sentences.headline(draft.result)
    sheet.write_formula(layout.HEADLINE, layout.NAME, headline, "headline")
    sheet.set_height(layout.HEADLINE, 20)


def _title(draft: WorkbookDraft) -> str:
    """Return the title; that of a form says how far its figures can be trusted."""
    scheme, texts = draft.scheme, draft.texts
    if scheme.whole is None:
        return texts("summary.title")
    count, total = len(scheme.statements), len(scheme.whole.statements)
    if is_part(scheme):
        areas = ", ".join(area.short for area in scheme.areas)
        return texts("summary.title_of_part", areas=areas, count=count, total=total)
    return texts("summary.title_of_form", form=scheme.form, count=count, total=total)


def _write_tiles(draft: WorkbookDraft, sheet: Sheet) -> None:
    layout, texts, overall = draft.layout.summary, draft.texts, draft.result.overall
    repeat_figure = draft.formulas.repeat_figure
    tiles: tuple[tuple[int, int, str, Formula, str], ...] = (
        (
            1,
            1,
            "level",
            repeat_figure(OVERALL, layout.LEVEL, draft.formulas.level_figure(overall)),
            "tile",
        ),
        (
            2,
            3,
            "index",
            repeat_figure(OVERALL, layout.INDEX, cell_figure(overall.index)),
            "tile_index",
        ),
        (
            4,
            5,
            "completeness",
            repeat_figure(OVERALL, layout.COMPLETENESS, float(overall.completeness)),
            "tile_percent",
        ),
        (6, 7, "to_target", draft.formulas.way_to_target(overall), "tile_percent"),
    )
    sheet.set_height(layout.TILES, 38)
    sheet.set_height(layout.TILE_NAMES, 20)
    sheet.set_height(layout.TILE_NAMES + 1, 8)
    for first, last, name, formula, look in tiles:
        label = texts(f"summary.tile_{name}")
        if first == last:
            sheet.write_formula(layout.TILES, first, formula, look)
            sheet.write_text(layout.TILE_NAMES, first, label, "tile_name")
        else:
            sheet.write_across(layout.TILES, first, last, formula, look)
            sheet.write_across(layout.TILE_NAMES, first, last, label, "tile_name")


def _write_results(draft: WorkbookDraft, sheet: Sheet) -> None:
    layout, texts, formulas = draft.layout.summary, draft.texts, draft.formulas
    sheet.set_height(layout.HEADING, 34)
    names = ("area", "completeness", "level", "index", "target", "steps", "estimate")
    for col, name in enumerate(names, start=layout.NAME):
        look = "head" if col == layout.NAME else "head_centre"
        sheet.write_text(layout.HEADING, col, texts(f"summary.{name}"), look)
    for level in draft.scheme.scored_levels:
        label = texts("summary.bar", level=level)
        sheet.write_text(layout.HEADING, layout.bar_col(level), label, "head_centre")
    sheet.write_across(
        layout.HEADING, layout.way_col, layout.last_col, texts("summary.way_on"), "head"
    )
    for result in draft.result.areas:
        row = layout.area_row(result.area)
        _write_way_on(draft, sheet, row, result)
        area = draft.scheme.area(result.area)
        sheet.write_link(
            row, layout.NAME, draft.layout.areas[area.code].sheet, area.name, "", "cell_link"
        )
        sheet.write_formula(
            row, layout.COMPLETENESS, formulas.completeness_share(result), "percent"
        )
        sheet.write_formula(row, layout.LEVEL, formulas.area_level(result), "level")
        sheet.write_formula(row, layout.INDEX, formulas.area_index(result), "index")
        _write_level(sheet, row, layout.TARGET, result.target)
        sheet.write_formula(row, layout.STEPS, formulas.steps_to_target(result), "count")
        _write_level(sheet, row, layout.ESTIMATE, result.estimate)
    row = layout.overall_row
    sheet.set_height(row, _ROW)
    sheet.write_text(row, layout.NAME, texts("summary.overall"), "total")
    overall = formulas.overall_figures(draft.result.overall)
    looks = {layout.COMPLETENESS: "total_percent", layout.INDEX: "total_index"}
    for col in range(layout.COMPLETENESS, layout.last_col + 1):
        if col in overall:
            sheet.write_formula(row, col, overall[col], looks.get(col, "total_count"))
        else:
            sheet.write_blank(row, col, "total")


def _write_way_on(draft: WorkbookDraft, sheet: Sheet, row: int, result: AreaResult) -> None:
    """Write the bars of an area's levels, and the way to the next level in words."""
    layout, sentences = draft.layout.summary, draft.sentences
    for level in result.levels:
        bar = sentences.level_bar(result, level)
        sheet.write_formula(row, layout.bar_col(level.level), bar, "bar")
    way = sentences.way_on(result)
    sheet.write_across(row, layout.way_col, layout.last_col, way, "cell_small")
    # The longest sentence of most areas; a longer one is read in the cell itself.
    lines = max(count_lines(str(way.value), _WAY, _WAY_SIZE), _WAY_LINES)
    sheet.set_height(row, row_height(lines, _WAY_SIZE, padding=4))


def _write_level(sheet: Sheet, row: int, col: int, value: int | None) -> None:
    if value is None:
        sheet.write_blank(row, col, "input_level")
    else:
        sheet.write_number(row, col, value, "input_level")


def _write_legend(draft: WorkbookDraft, sheet: Sheet) -> None:
    """Explain bars and figures."""
    layout, bounds = draft.layout.summary, draft.scheme.thresholds
    values = {
        "top": draft.scheme.top,
        "reached": format_percent(bounds.reached_above),
        "passed": format_percent(bounds.passed_above),
    }
    marks = {"passed_mark": PASSED, "break_mark": BREAK, "waiting_mark": WAITING, "target": TARGET}
    lines = [
        draft.texts(f"summary.{key}", **values, **marks)
        for key in ("legend_bars", "legend_stairs", "legend")
    ]
    text, width = "\n".join(lines), sum(_widths(layout)[layout.NAME :])
    sheet.write_across(layout.legend_row, layout.NAME, layout.last_col, text, "small_wrap")
    lines_needed = count_lines(text, width, _LEGEND_SIZE)
    sheet.set_height(layout.legend_row, row_height(lines_needed, _LEGEND_SIZE, padding=8))


def _write_details(draft: WorkbookDraft, sheet: Sheet) -> None:
    layout, texts = draft.layout.summary, draft.texts
    sheet.set_height(layout.detail_heading, 24)
    sheet.write_text(layout.detail_heading, layout.NAME, texts("summary.detail"), "section")
    for col in range(layout.NAME + 1, layout.last_col + 1):
        sheet.write_blank(layout.detail_heading, col, "section")
    head = layout.detail_heading + 1
    sheet.set_height(head, 34)
    sheet.write_text(head, layout.NAME, texts("summary.area"), "head")
    for level in draft.scheme.scored_levels:
        label = texts("summary.fulfilment", level=level)
        sheet.write_text(head, layout.fulfilment_col(level), label, "head_centre")
    for col, name in _detail_columns(draft):
        sheet.write_text(head, col, texts(f"summary.{name}"), "head_centre")
    _write_remark(draft, sheet, head, texts("summary.remark"), "head")
    for result in draft.result.areas:
        _write_detail_row(draft, sheet, result)
    _write_overall_details(draft, sheet)


def _detail_columns(draft: WorkbookDraft) -> list[tuple[int, str]]:
    layout = draft.layout.summary
    columns = [
        (layout.high_level_col, "high_level"),
        (layout.high_index_col, "high_index"),
        (layout.not_applicable_col, "not_applicable"),
    ]
    if draft.previous:
        columns += [(layout.previous_col, "previous"), (layout.progress_col, "progress")]
    return columns


def _write_detail_row(draft: WorkbookDraft, sheet: Sheet, result: AreaResult) -> None:
    layout, formulas = draft.layout.summary, draft.formulas
    row = layout.detail_row(result.area)
    sheet.set_height(row, max(_ROW, _remark_height(draft)))
    sheet.write_text(row, layout.NAME, draft.scheme.area(result.area).name, "cell")
    for level in draft.scheme.scored_levels:
        formula = formulas.level_fulfilment(result, level)
        sheet.write_formula(row, layout.fulfilment_col(level), formula, "percent")
    sheet.write_formula(row, layout.high_level_col, formulas.highest_level(result), "count")
    sheet.write_formula(row, layout.high_index_col, formulas.highest_index(result), "index")
    sheet.write_formula(
        row, layout.not_applicable_col, formulas.not_applicable_share(result), "percent"
    )
    for col, _ in _detail_columns(draft)[3:]:
        sheet.write_blank(row, col, "cell")
    if result.area in draft.previous:
        previous = draft.previous[result.area]
        sheet.write_number(row, layout.previous_col, float(previous), "index")
        then = draft.previous_ways.get((result.area, result.target or 0))
        sheet.write_formula(row, layout.progress_col, formulas.progress(result, then), "percent")
    _write_remark(draft, sheet, row, draft.sentences.area_remark(result), "cell_small")


def _remark_height(draft: WorkbookDraft) -> float:
    """Return the height that the longest remark needs: the statement to begin with."""
    layout = draft.layout.summary
    first = layout.remark_col(previous=bool(draft.previous))
    width = sum(_widths(layout)[first : layout.last_col + 1])
    texts = draft.texts
    return max(
        row_height(count_lines(text, width, _REMARK_SIZE), _REMARK_SIZE, padding=4)
        for one in draft.scheme.statements.values()
        for text in (
            f"{texts('summary.provisional')} "
            + texts("summary.begin_with", statement=one.id, text=one.text),
        )
    )


def _write_remark(
    draft: WorkbookDraft, sheet: Sheet, row: int, text: str | Formula, look: str
) -> None:
    """Write a remark across the columns to the right of the figures."""
    layout = draft.layout.summary
    first = layout.remark_col(previous=bool(draft.previous))
    sheet.write_across(row, first, layout.last_col, text, look)


def _write_overall_details(draft: WorkbookDraft, sheet: Sheet) -> None:
    layout = draft.layout.summary
    row = layout.detail_overall
    sheet.set_height(row, _ROW)
    sheet.write_text(row, layout.NAME, draft.texts("summary.overall"), "total")
    high = draft.formulas.highest_figures(draft.result.overall)
    looks = {layout.high_level_col: "total_count", layout.high_index_col: "total_index"}
    for col in range(layout.NAME + 1, layout.last_col + 1):
        if col in high:
            sheet.write_formula(row, col, high[col], looks[col])
        else:
            sheet.write_blank(row, col, "total")


def _set_inputs(draft: WorkbookDraft, sheet: Sheet) -> None:
    layout, scheme = draft.layout.summary, draft.scheme
    first, last = layout.FIRST, layout.overall_row - 1
    numbers = [str(level.number) for level in scheme.levels]
    for col, kind in ((layout.TARGET, "target"), (layout.ESTIMATE, "estimate")):
        sheet.add_dropdown((first, col, last, col), numbers, "", draft.make_level_prompt(kind))
    _set_bar_colours(draft, sheet)
    # Formulas of conditions are written for the first row of their range.
    row = first + 1
    steps = column_letters(layout.STEPS)
    below = f"=IF(ISNUMBER(${steps}{row}),${steps}{row}>0,1=2)"
    sheet.warn_where((first, layout.LEVEL, last, layout.LEVEL), below)
    cells = (
        layout.detail_first,
        layout.fulfilment_col(1),
        layout.detail_overall - 1,
        layout.fulfilment_col(scheme.top),
    )
    corner = f"{column_letters(layout.fulfilment_col(1))}{layout.detail_first + 1}"
    bounds = scheme.thresholds
    for bound, colour in ((bounds.passed_above, GOOD), (bounds.reached_above, FAIR)):
        rule = f"=AND(ISNUMBER({corner}),{corner}>{bound.numerator}/{bound.denominator})"
        options = {"type": "formula", "criteria": rule, "stop_if_true": True}
        sheet.fill_where(cells, options, colour)
    some = f"=AND(ISNUMBER({corner}),{corner}>0)"
    sheet.fill_where(cells, {"type": "formula", "criteria": some}, WEAK)


def _set_bar_colours(draft: WorkbookDraft, sheet: Sheet) -> None:
    """Let each bar show what its level does: passed, reached where the row breaks, or waiting."""
    layout = draft.layout.summary
    first, last = layout.FIRST, layout.overall_row - 1
    level = f"${column_letters(layout.LEVEL)}{first + 1}"
    for number in draft.scheme.scored_levels:
        col = layout.bar_col(number)
        cells = (first, col, last, col)
        sign = f"LEFT({column_letters(col)}{first + 1},1)"
        sheet.change_where(cells, f'={sign}="{PASSED}"', font_color=BAR_PASSED)
        reached = f'=AND({sign}="{BREAK}",ISNUMBER({level}),{level}={number})'
        sheet.change_where(cells, reached, font_color=BAR_REACHED, bg_color=WEAK)
        sheet.change_where(cells, f'={sign}="{BREAK}"', font_color=ALERT, bg_color=WEAK)
