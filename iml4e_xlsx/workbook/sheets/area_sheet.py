"""Writes the sheet of an area: its figures, and the statements with their score cells."""

from __future__ import annotations

from functools import lru_cache

from iml4e_xlsx.model import NOT_APPLICABLE, Answer, Area, AreaResult, Scheme, Statement
from iml4e_xlsx.workbook.answering_texts import has_guidance_by_rating
from iml4e_xlsx.workbook.canvas import CellArea, Sheet
from iml4e_xlsx.workbook.cell_prompt import Prompt
from iml4e_xlsx.workbook.cells import column_letters
from iml4e_xlsx.workbook.colours import ALERT, INK, INPUT, LEVEL_RAMP, NEUTRAL, POOR, WHITE
from iml4e_xlsx.workbook.draft import WorkbookDraft
from iml4e_xlsx.workbook.formulas import Formula, quote_text
from iml4e_xlsx.workbook.rating_notation import OPEN, notation_of, position_text
from iml4e_xlsx.workbook.sheets.area_head import write_area_head
from iml4e_xlsx.workbook.sheets.guidance_note import add_guidance_note
from iml4e_xlsx.workbook.styles import TOP_SUFFIX, rating_fills
from iml4e_xlsx.workbook.typography import count_lines, row_height
from iml4e_xlsx.workbook.workbook_layout import AreaSheet

WIDTHS = (7.5, 7, 13, 52, 51, 13, 41)
_WIDTH = sum(WIDTHS) + (len(WIDTHS) - 1) * 5 / 7
"""Of all columns as one, in characters: each has a margin of 5 pixels, and a character has 7."""

_ZOOM = 85
"""At this size a laptop of 1366 x 768 shows all columns, and a dozen statements below the head."""

_SIZES = {AreaSheet.TOPIC: 10.0, AreaSheet.STATEMENT: 11.0, AreaSheet.GUIDANCE: 9.5}
_EVIDENCE_SIZE = 10.0
"""The sizes of fonts in points."""

_ROW_PADDING = 4
_HEADING_HEIGHT = 14.25

_BAND_MARK = "-"
"""Stands in rows of bands where other rows have a figure: an empty cell could pass for 0."""


def write_area_sheet(draft: WorkbookDraft, area: Area, result: AreaResult) -> None:
    """Write the sheet of an area with the answers of the draft."""
    layout = draft.layout.areas[area.code]
    sheet = draft.add_sheet(
        layout.sheet, tab=LEVEL_RAMP[2], landscape=True, repeat=AreaSheet.HEADING, tall=0
    )
    sheet.set_widths(WIDTHS)
    sheet.hide_column(AreaSheet.COUNTED_AS)
    sheet.set_zoom(_ZOOM)
    write_area_head(draft, sheet, area, result, _WIDTH)
    _write_heading(draft, sheet)
    for level, row in layout.bands.items():
        _write_band(draft, sheet, level, row)
    heights = statement_heights(area, draft.scheme)
    for statement in area.statements:
        row = layout.rows[statement.id]
        evidence = _write_row(draft, sheet, statement, row)
        # LibreOffice fits a row when something in it changes, but not on opening a workbook, and
        # Excel believes a height that it finds. Neither keeps it once its texts change.
        sheet.suggest_height(row, max(heights[statement.id], evidence))
    _write_counted(draft, sheet, layout)
    _set_inputs(draft, sheet, layout)
    _set_marks(draft.scheme, sheet, layout)
    sheet.freeze_panes(AreaSheet.HEADING + 1, AreaSheet.GUIDANCE)
    last = layout.last_shown_row
    sheet.add_filter((AreaSheet.HEADING, 0, last, AreaSheet.EVIDENCE))
    sheet.select_cell(min(layout.shown_rows, default=AreaSheet.HEADING), AreaSheet.RATING)
    sheet.set_print_area((0, 0, last, len(WIDTHS) - 1))
    for row in sorted({*layout.rows.values()} - {*layout.shown_rows}):
        sheet.hide_row(row)
    sheet.protect_cells()
    if not layout.shown_rows:
        sheet.hide_sheet(from_menus=False)


@lru_cache(maxsize=256)
def statement_heights(area: Area, scheme: Scheme) -> dict[str, float]:
    """Return the height in points that the texts of each statement need."""
    return {
        statement.id: max(
            _text_height(text, col, _SIZES[col])
            for col, text in (
                (AreaSheet.TOPIC, area.topics[statement.topic]),
                (AreaSheet.STATEMENT, statement.text),
                (AreaSheet.GUIDANCE, scheme.guidance_line(statement.guidance)),
            )
        )
        for statement in area.statements
    }


def _text_height(text: str, col: int, size: float) -> float:
    return row_height(count_lines(text, WIDTHS[col], size), size, padding=_ROW_PADDING)


def _write_heading(draft: WorkbookDraft, sheet: Sheet) -> None:
    sheet.set_height(AreaSheet.HEADING, _HEADING_HEIGHT)
    has_steps = has_guidance_by_rating(draft.scheme)
    for col, name in enumerate((*AreaSheet.COLUMNS, "counted_as")):
        # The buttons of the filter stand at the right, where the middle of a narrow cell is.
        is_narrow = col in (AreaSheet.ID, AreaSheet.LEVEL, AreaSheet.RATING)
        look = "head_narrow" if is_narrow else "head_line"
        key = "guidance_steps" if name == "guidance" and has_steps else name
        sheet.write_text(AreaSheet.HEADING, col, draft.texts(f"area.{key}"), look)


def _write_band(draft: WorkbookDraft, sheet: Sheet, level: int, row: int) -> None:
    """Write the row that opens a level: its name, and a sentence that describes it."""
    definition = draft.scheme.levels[level]
    sheet.set_height(row, 18)
    for col in range(len(AreaSheet.COLUMNS)):
        sheet.write_blank(row, col, "band")
    sheet.write_text(
        row, AreaSheet.ID, draft.texts("area.band", number=level, name=definition.name), "band"
    )
    sheet.write_text(row, AreaSheet.GUIDANCE, definition.summary, "band_note")


def _write_row(draft: WorkbookDraft, sheet: Sheet, statement: Statement, row: int) -> float:
    """Write a statement with its answer; return the height that its evidence needs."""
    scheme = draft.scheme
    answer = draft.result.response.answers.get(statement.id, Answer(statement=statement.id))
    sheet.write_text(row, AreaSheet.ID, statement.id, "id")
    chip = f"level_{statement.level}_of_{scheme.top}{TOP_SUFFIX}"
    sheet.write_number(row, AreaSheet.LEVEL, statement.level, chip)
    topic = scheme.area(statement.area).topics[statement.topic]
    sheet.write_text(row, AreaSheet.TOPIC, topic, "topic")
    sheet.write_text(row, AreaSheet.STATEMENT, statement.text, "statement")
    sheet.write_text(row, AreaSheet.GUIDANCE, scheme.guidance_line(statement.guidance), "guidance")
    add_guidance_note(sheet, row, scheme, statement)
    label = "" if answer.rating is None else scheme.label(answer.rating)
    sheet.write_text(row, AreaSheet.RATING, label, "rating")
    sheet.write_text(row, AreaSheet.EVIDENCE, answer.evidence, "evidence")
    return _text_height(answer.evidence, AreaSheet.EVIDENCE, _EVIDENCE_SIZE)


def _write_counted(draft: WorkbookDraft, sheet: Sheet, layout: AreaSheet) -> None:
    """
    Write as what the rating of each row is counted, the same formula for all rows of the table.

    It looks into its own row of a range that ends beyond the score cells: a formula that named a
    score cell would follow the cell when somebody moves it or sorts the table.
    """
    notation, answers = notation_of(draft.scheme), draft.result.response.answers
    end = layout.last_row + 1
    level, rating = (
        f"INDEX(${letters}$1:${letters}${end + 1},ROW())"
        for letters in map(column_letters, (AreaSheet.LEVEL, AreaSheet.RATING))
    )
    table = draft.layout.calculation
    forms, positions = (
        table.form_range(len(notation.forms), col) for col in (table.FORM, table.POSITION)
    )
    is_band = (f'{level}=""', quote_text(_BAND_MARK))
    formula = position_text(rating, forms, positions, unless=is_band)
    statements = {row: id_ for id_, row in layout.rows.items()}
    for row in range(layout.first_row, end):
        answer = answers.get(statements.get(row, ""))
        position = notation.position(None if answer is None else answer.rating)
        value = position if row in statements else _BAND_MARK
        sheet.write_formula(row, AreaSheet.COUNTED_AS, Formula(formula, value))


def _set_inputs(draft: WorkbookDraft, sheet: Sheet, layout: AreaSheet) -> None:
    # No message beside the cell, which would cover the next statements; the head has the legend.
    # No alert either: what is no rating is marked, and whoever typed it goes on.
    for first, last in _find_runs(sorted(layout.rows.values())):
        # One rule for each run of rows: the rows of bands between them take no rating.
        cells = (first, AreaSheet.RATING, last, AreaSheet.RATING)
        sheet.add_dropdown(cells, draft.scheme.labels, draft.layout.levels.scale_range, Prompt())
    sheet.allow_digits_as_text(_column(layout, AreaSheet.RATING))


def _set_marks(scheme: Scheme, sheet: Sheet, layout: AreaSheet) -> None:
    """Let cells show how their row is counted: rated, open, not understood, without a reason."""
    row = layout.first_row + 1
    counted, rating, evidence = (
        f"${column_letters(col)}{row}"
        for col in (AreaSheet.COUNTED_AS, AreaSheet.RATING, AreaSheet.EVIDENCE)
    )
    ratings = _column(layout, AreaSheet.RATING)
    not_understood = f'=IF(ISERROR({rating}),1=1,AND({counted}={OPEN},TRIM({rating})<>""))'
    sheet.change_where(ratings, not_understood, bg_color=ALERT, font_color=WHITE, bold=True)
    notation = notation_of(scheme)
    fills = dict(zip(scheme.scale, rating_fills(len(scheme.scale)), strict=True))
    for one in scheme.ratings:
        colour = fills[one.value] if isinstance(one.value, int) else NEUTRAL
        same = f"={counted}={notation.position(one.value)}"
        sheet.change_where(ratings, same, bg_color=colour)
    is_open = [f"{counted}={one}" for one in notation.open_positions]
    is_open_formula = f"=OR({','.join(is_open)})" if len(is_open) > 1 else f"={is_open[0]}"
    ids = _column(layout, AreaSheet.ID)
    sheet.change_where(ids, is_open_formula, bg_color=INPUT, font_color=INK, bold=True)
    # A rating of "not applicable" needs its reason: the evidence cell is marked until it is there.
    position = notation.position(NOT_APPLICABLE)
    lacks_reason = f'=AND({counted}={position},{evidence}="")'
    sheet.change_where(_column(layout, AreaSheet.EVIDENCE), lacks_reason, bg_color=POOR)


def _column(layout: AreaSheet, col: int) -> CellArea:
    return (layout.first_row, col, layout.last_row, col)


def _find_runs(rows: list[int]) -> list[tuple[int, int]]:
    """Return the first and the last row of each run of consecutive rows."""
    runs: list[tuple[int, int]] = []
    for row in rows:
        if runs and runs[-1][1] == row - 1:
            runs[-1] = (runs[-1][0], row)
        else:
            runs.append((row, row))
    return runs
