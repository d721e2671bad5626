"""The result: tiles, the table of areas beside the radar, and the table of levels."""

from __future__ import annotations

from itertools import pairwise

from iml4e_xlsx.model import AreaResult
from iml4e_xlsx.scoring import target_progress
from iml4e_xlsx.workbook.canvas import Sheet
from iml4e_xlsx.workbook.cells import column_letters
from iml4e_xlsx.workbook.colours import FAIR, GOOD, TARGET_LINE, WEAK
from iml4e_xlsx.workbook.draft import Draft
from iml4e_xlsx.workbook.formulas import Formula, shown
from iml4e_xlsx.workbook.layout import OVERALL
from iml4e_xlsx.workbook.sheets.summary_radar import HEIGHT, insert_chart
from iml4e_xlsx.workbook.typography import height, lines

_NARROW = 10.5
_WIDE = 34
_REMARK = 46
_RESULT_COLUMNS = 7
_ROW = 24.0
_POINTS_PER_PIXEL = 0.75


def write(draft: Draft) -> None:
    """Write the sheet."""
    layout = draft.layout.summary
    sheet = draft.sheet(layout.sheet, tab=TARGET_LINE, landscape=True)
    narrow = [_NARROW] * (layout.last_col - layout.NAME - 1)
    sheet.widths((2, _WIDE, *narrow, _REMARK))
    _head(draft, sheet)
    _tiles(draft, sheet)
    _result_table(draft, sheet)
    _legend(draft, sheet)
    _detail_table(draft, sheet)
    _inputs(draft, sheet)
    insert_chart(draft, sheet)
    target = layout.cell(layout.areas[0], layout.TARGET)
    sheet.raw.set_selection(target.row, target.col, target.row, target.col)
    sheet.protect()


def _head(draft: Draft, sheet: Sheet) -> None:
    layout = draft.layout.summary
    sheet.text(layout.TITLE, layout.NAME, draft.texts("summary.title"), "title")
    sheet.height(layout.TITLE, 34)
    profile = draft.result.response.profile
    cells = [
        draft.layout.cover.profile(f).reference for f in ("organisation", "team", "respondent")
    ]
    values = [v for v in (profile.organisation, profile.team, profile.respondent) if v]
    parts = [cells[0]]
    for before, cell in pairwise(cells):
        parts.append(f'IF({cell}="","",IF({before}="",""," · ")&{cell})')
    sheet.formula(
        layout.SUBTITLE, layout.NAME, Formula(f'=""&{"&".join(parts)}', " · ".join(values)), "label"
    )
    sheet.height(layout.SUBTITLE + 1, 8)


def _tiles(draft: Draft, sheet: Sheet) -> None:
    layout, texts, overall = draft.layout.summary, draft.texts, draft.result.overall
    repeated = draft.formulas.repeated
    tiles: tuple[tuple[int, int, str, Formula, str], ...] = (
        (1, 1, "level", repeated(OVERALL, layout.LEVEL, overall.level), "tile"),
        (2, 3, "index", repeated(OVERALL, layout.INDEX, shown(overall.index)), "tile_index"),
        (
            4,
            5,
            "completeness",
            repeated(OVERALL, layout.COMPLETENESS, float(overall.completeness)),
            "tile_percent",
        ),
        (6, 7, "to_target", draft.formulas.to_target(overall), "tile_percent"),
    )
    sheet.height(layout.TILES, 38)
    sheet.height(layout.TILE_NAMES, 20)
    sheet.height(layout.TILE_NAMES + 1, 8)
    for first, last, name, formula, look in tiles:
        label = texts(f"summary.tile_{name}")
        if first == last:
            sheet.formula(layout.TILES, first, formula, look)
            sheet.text(layout.TILE_NAMES, first, label, "tile_name")
        else:
            sheet.merged(layout.TILES, first, last, formula, look)
            sheet.merged(layout.TILE_NAMES, first, last, label, "tile_name")


def _result_table(draft: Draft, sheet: Sheet) -> None:
    layout, texts, formulas = draft.layout.summary, draft.texts, draft.formulas
    sheet.height(layout.HEADING, 34)
    names = ("area", "completeness", "level", "index", "target", "gap", "estimate")
    for col, name in enumerate(names, start=layout.NAME):
        look = "head" if col == layout.NAME else "head_centre"
        sheet.text(layout.HEADING, col, texts(f"summary.{name}"), look)
    for result in draft.result.areas:
        row = layout.row(result.area)
        sheet.height(row, _ROW)
        area = draft.scheme.area(result.area)
        sheet.link(
            row, layout.NAME, draft.layout.areas[area.code].sheet, area.name, "", "cell_link"
        )
        sheet.formula(row, layout.COMPLETENESS, formulas.completeness(result), "percent")
        sheet.formula(row, layout.LEVEL, formulas.level(result), "level")
        sheet.formula(row, layout.INDEX, formulas.index(result), "index")
        _level_input(sheet, row, layout.TARGET, result.target)
        sheet.formula(row, layout.GAP, formulas.gap(result), "index")
        _level_input(sheet, row, layout.ESTIMATE, result.estimate)
    row = layout.overall_row
    sheet.height(row, _ROW)
    sheet.text(row, layout.NAME, texts("summary.overall"), "total")
    overall = formulas.overall(draft.result.overall)
    looks = {layout.COMPLETENESS: "total_percent", layout.INDEX: "total_index"}
    for col in range(layout.COMPLETENESS, layout.ESTIMATE + 1):
        if col in overall:
            sheet.formula(row, col, overall[col], looks.get(col, "total_count"))
        else:
            sheet.blank(row, col, "total")


def _level_input(sheet: Sheet, row: int, col: int, value: int | None) -> None:
    if value is None:
        sheet.blank(row, col, "input_level")
    else:
        sheet.number(row, col, value, "input_level")


def _legend(draft: Draft, sheet: Sheet) -> None:
    """Explain the figures; the row is as high as the radar beside it needs."""
    layout = draft.layout.summary
    text = draft.texts("summary.legend", top=draft.scheme.top)
    width = _WIDE + _NARROW * (_RESULT_COLUMNS - 1)
    used = 38 + 20 + 8 + 34 + _ROW * (len(layout.areas) + 1)
    filler = HEIGHT * _POINTS_PER_PIXEL - used + 4
    needed = height(lines(text, width, 9), 9, padding=8)
    sheet.merged(layout.legend_row, layout.NAME, layout.ESTIMATE, text, "small_wrap")
    sheet.height(layout.legend_row, min(400, max(needed, filler)))


def _detail_table(draft: Draft, sheet: Sheet) -> None:
    layout, texts = draft.layout.summary, draft.texts
    sheet.height(layout.detail_heading, 24)
    sheet.text(layout.detail_heading, layout.NAME, texts("summary.detail"), "section")
    for col in range(layout.NAME + 1, layout.last_col + 1):
        sheet.blank(layout.detail_heading, col, "section")
    head = layout.detail_heading + 1
    sheet.height(head, 34)
    sheet.text(head, layout.NAME, texts("summary.area"), "head")
    for level in draft.scheme.scored_levels:
        label = texts("summary.fulfilment", level=level)
        sheet.text(head, layout.fulfilment_col(level), label, "head_centre")
    for col, name in _detail_columns(draft):
        sheet.text(head, col, texts(f"summary.{name}"), "head_centre")
    _remark(draft, sheet, head, texts("summary.remark"), "head")
    for result in draft.result.areas:
        _detail_row(draft, sheet, result)
    _detail_overall(draft, sheet)


def _detail_columns(draft: Draft) -> list[tuple[int, str]]:
    layout = draft.layout.summary
    columns = [
        (layout.high_level_col, "high_level"),
        (layout.high_index_col, "high_index"),
        (layout.not_applicable_col, "not_applicable"),
    ]
    if draft.previous:
        columns += [(layout.previous_col, "previous"), (layout.progress_col, "progress")]
    return columns


def _detail_row(draft: Draft, sheet: Sheet, result: AreaResult) -> None:
    layout, formulas = draft.layout.summary, draft.formulas
    row = layout.detail_row(result.area)
    sheet.height(row, _ROW)
    sheet.text(row, layout.NAME, draft.scheme.area(result.area).name, "cell")
    for level in draft.scheme.scored_levels:
        formula = formulas.fulfilment(result, level)
        sheet.formula(row, layout.fulfilment_col(level), formula, "percent")
    sheet.formula(row, layout.high_level_col, formulas.level(result, "highest_"), "count")
    sheet.formula(row, layout.high_index_col, formulas.index(result, "highest_"), "index")
    sheet.formula(row, layout.not_applicable_col, formulas.not_applicable(result), "percent")
    for col, _ in _detail_columns(draft)[3:]:
        sheet.blank(row, col, "cell")
    if result.area in draft.previous:
        previous = draft.previous[result.area]
        sheet.number(row, layout.previous_col, float(previous), "index")
        made = target_progress(result.index, previous, result.target)
        sheet.formula(row, layout.progress_col, formulas.progress(result, made), "percent")
    provisional = draft.texts("summary.provisional").replace('"', '""')
    unbalanced = draft.texts("summary.unbalanced").replace('"', '""')
    remark = formulas.remark(result, provisional, unbalanced)
    _remark(draft, sheet, row, remark, "cell_small")


def _remark(draft: Draft, sheet: Sheet, row: int, text: str | Formula, look: str) -> None:
    """Write a remark from the first column that no figure takes to the last of the table."""
    layout = draft.layout.summary
    first = layout.remark_col(previous=bool(draft.previous))
    sheet.merged(row, first, layout.last_col, text, look)


def _detail_overall(draft: Draft, sheet: Sheet) -> None:
    layout = draft.layout.summary
    row = layout.detail_overall
    sheet.height(row, _ROW)
    sheet.text(row, layout.NAME, draft.texts("summary.overall"), "total")
    high = draft.formulas.overall_high(draft.result.overall)
    looks = {layout.high_level_col: "total_count", layout.high_index_col: "total_index"}
    for col in range(layout.NAME + 1, layout.last_col + 1):
        if col in high:
            sheet.formula(row, col, high[col], looks[col])
        else:
            sheet.blank(row, col, "total")


def _inputs(draft: Draft, sheet: Sheet) -> None:
    layout, scheme = draft.layout.summary, draft.scheme
    first, last = layout.FIRST, layout.overall_row - 1
    numbers = [str(level.number) for level in scheme.levels]
    for col, kind in ((layout.TARGET, "target"), (layout.ESTIMATE, "estimate")):
        sheet.dropdown((first, col, last, col), numbers, "", draft.level_prompt(kind))
    row = first + 1
    level, target = column_letters(layout.LEVEL), column_letters(layout.TARGET)
    below = f"=AND(ISNUMBER(${target}{row}),${level}{row}<${target}{row})"
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
