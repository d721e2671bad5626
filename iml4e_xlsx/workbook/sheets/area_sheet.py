"""Writes the sheet of an area: its figures, and the statements with their score cells."""

from __future__ import annotations

from functools import lru_cache

from iml4e_xlsx.model import NOT_APPLICABLE, Answer, Area, AreaResult, Scheme, Statement
from iml4e_xlsx.text.texts import Texts
from iml4e_xlsx.workbook.canvas import Sheet
from iml4e_xlsx.workbook.cell_prompt import Prompt
from iml4e_xlsx.workbook.cells import column_letters
from iml4e_xlsx.workbook.colours import LEVEL_RAMP, NEUTRAL, POOR
from iml4e_xlsx.workbook.draft import WorkbookDraft
from iml4e_xlsx.workbook.formulas import cell_figure
from iml4e_xlsx.workbook.styles import rating_fills
from iml4e_xlsx.workbook.typography import count_lines, row_height
from iml4e_xlsx.workbook.workbook_layout import AreaSheet

WIDTHS = (8.5, 7.5, 17, 50, 43, 15, 40)
_PURPOSE_WIDTH = sum(WIDTHS[: AreaSheet.GUIDANCE])
_EVIDENCE_LINES = 2


def write_area_sheet(draft: WorkbookDraft, area: Area, result: AreaResult) -> None:
    """Write the sheet of an area with the answers of the draft."""
    layout = draft.layout.areas[area.code]
    sheet = draft.add_sheet(
        layout.sheet, tab=LEVEL_RAMP[2], landscape=True, repeat=AreaSheet.HEADING, tall=0
    )
    sheet.set_widths(WIDTHS)
    _write_head(draft, sheet, area, result)
    _write_heading(draft, sheet)
    for level, row in layout.bands.items():
        _write_band(draft, sheet, level, row)
    heights = statement_heights(area)
    for statement in area.statements:
        row = layout.rows[statement.id]
        sheet.set_height(row, heights[statement.id])
        _write_row(draft, sheet, statement, row)
    _set_inputs(draft, sheet, layout)
    sheet.freeze_panes(AreaSheet.HEADING + 1, 0)
    first = min(layout.rows.values())
    sheet.select_cell(first, AreaSheet.RATING)
    sheet.set_print_area((0, 0, layout.last_row, len(WIDTHS) - 1))
    sheet.protect_cells()


@lru_cache(maxsize=256)
def statement_heights(area: Area) -> dict[str, float]:
    """Return the height in points of each statement's row."""
    return {statement.id: _statement_height(statement, area) for statement in area.statements}


def _statement_height(statement: Statement, area: Area) -> float:
    texts = (
        (statement.text, AreaSheet.STATEMENT, 11.0),
        (statement.guidance, AreaSheet.GUIDANCE, 9.5),
        (area.topics[statement.topic], AreaSheet.TOPIC, 10.0),
    )
    heights = [row_height(count_lines(text, WIDTHS[col], size), size) for text, col, size in texts]
    return max(*heights, row_height(_EVIDENCE_LINES))


def _write_head(draft: WorkbookDraft, sheet: Sheet, area: Area, result: AreaResult) -> None:
    texts, summary = draft.texts, draft.layout.summary
    sheet.write_text(AreaSheet.TITLE, AreaSheet.ID, area.name, "title")
    sheet.set_height(AreaSheet.TITLE, 34)
    sheet.write_across(
        AreaSheet.PURPOSE, AreaSheet.ID, AreaSheet.STATEMENT, area.purpose, "subtitle"
    )
    needed = row_height(count_lines(area.purpose, _PURPOSE_WIDTH, indent=False), padding=4)
    sheet.set_height(AreaSheet.PURPOSE, needed)
    sheet.write_text(AreaSheet.FIGURES, AreaSheet.ID, texts("area.help"), "small")
    reference = texts("document.reference", reference=draft.reference)
    sheet.write_text(AreaSheet.FIGURE_NAMES, AreaSheet.ID, reference, "small")
    sheet.set_height(AreaSheet.FIGURES, 21)
    sheet.set_height(AreaSheet.FIGURE_NAMES, 14)
    sheet.set_height(AreaSheet.FIGURE_NAMES + 1, 6)
    share, level = float(result.completeness), draft.formulas.level_figure(result)
    figures = (
        (AreaSheet.GUIDANCE, summary.COMPLETENESS, share, "answered", "figure_percent"),
        (AreaSheet.RATING, summary.LEVEL, level, "level_reached", "figure"),
        (AreaSheet.EVIDENCE, summary.INDEX, cell_figure(result.index), "index", "figure_index"),
    )
    for col, figure, value, name, look in figures:
        formula = draft.formulas.repeat_figure(area.code, figure, value)
        sheet.write_formula(AreaSheet.FIGURES, col, formula, look)
        label = texts(f"area.{name}", top=draft.scheme.top)
        sheet.write_text(AreaSheet.FIGURE_NAMES, col, label, "figure_name")


def _write_heading(draft: WorkbookDraft, sheet: Sheet) -> None:
    sheet.set_height(AreaSheet.HEADING, 24)
    for col, name in enumerate(AreaSheet.COLUMNS):
        centred = col in (AreaSheet.ID, AreaSheet.LEVEL, AreaSheet.RATING)
        sheet.write_text(
            AreaSheet.HEADING,
            col,
            draft.texts(f"area.{name}"),
            "head_centre" if centred else "head",
        )


def _write_band(draft: WorkbookDraft, sheet: Sheet, level: int, row: int) -> None:
    """Write the row that opens a level: its name, and a sentence that describes it."""
    definition = draft.scheme.levels[level]
    sheet.set_height(row, 20)
    for col in range(len(AreaSheet.COLUMNS)):
        sheet.write_blank(row, col, "band")
    sheet.write_text(
        row, AreaSheet.ID, draft.texts("area.band", number=level, name=definition.name), "band"
    )
    sheet.write_text(row, AreaSheet.GUIDANCE, definition.summary, "band_note")


def _write_row(draft: WorkbookDraft, sheet: Sheet, statement: Statement, row: int) -> None:
    scheme = draft.scheme
    answer = draft.result.response.answers.get(statement.id, Answer(statement=statement.id))
    sheet.write_text(row, AreaSheet.ID, statement.id, "id")
    chip = f"level_{statement.level}_of_{scheme.top}"
    sheet.write_number(row, AreaSheet.LEVEL, statement.level, chip)
    topic = scheme.area(statement.area).topics[statement.topic]
    sheet.write_text(row, AreaSheet.TOPIC, topic, "topic")
    sheet.write_text(row, AreaSheet.STATEMENT, statement.text, "statement")
    sheet.write_text(row, AreaSheet.GUIDANCE, statement.guidance, "guidance")
    label = "" if answer.rating is None else scheme.label(answer.rating)
    sheet.write_text(row, AreaSheet.RATING, label, "rating")
    sheet.write_text(row, AreaSheet.EVIDENCE, answer.evidence, "evidence")
    if statement.evidence:
        examples = draft.texts("prompt.evidence", examples="; ".join(statement.evidence))
        prompt = Prompt(title=draft.texts("prompt.evidence_title"), message=examples)
        sheet.show_prompt(row, AreaSheet.EVIDENCE, prompt)


@lru_cache(maxsize=16)
def make_rating_prompt(scheme: Scheme, texts: Texts) -> Prompt:
    """Make the message that explains each rating, and the alert for anything else."""
    options = "\n".join(f"{rating.label}: {rating.meaning}" for rating in scheme.ratings)
    return Prompt(
        title=texts("prompt.rating_title"),
        message=texts("prompt.rating", options=options),
        alert_title=texts("alert.title"),
        alert=texts("alert.rating", labels=", ".join(scheme.labels)),
    )


def _set_inputs(draft: WorkbookDraft, sheet: Sheet, layout: AreaSheet) -> None:
    scheme = draft.scheme
    at = draft.layout.levels.scale_range
    prompt = make_rating_prompt(scheme, draft.texts)
    # One rule for each run of rows: the rows of bands between them take no rating.
    for first, last in _find_runs(sorted(layout.rows.values())):
        cells = (first, AreaSheet.RATING, last, AreaSheet.RATING)
        sheet.add_dropdown(cells, scheme.labels, at, prompt)
    cells = (layout.first_row, AreaSheet.RATING, layout.last_row, AreaSheet.RATING)
    fills = dict(zip(scheme.scale, rating_fills(len(scheme.scale)), strict=True))
    for rating in scheme.ratings:
        colour = NEUTRAL if rating.value == NOT_APPLICABLE else fills[int(rating.value)]
        label = rating.label.replace('"', '""')
        sheet.fill_where(cells, {"type": "cell", "criteria": "==", "value": f'"{label}"'}, colour)
    # A rating of "not applicable" needs its reason: the evidence cell is marked until it is there.
    rating_col, evidence_col = map(column_letters, (AreaSheet.RATING, AreaSheet.EVIDENCE))
    row = layout.first_row + 1
    label = scheme.label(NOT_APPLICABLE).replace('"', '""')
    lacks_reason = f'=AND(${rating_col}{row}="{label}",${evidence_col}{row}="")'
    cells = (layout.first_row, AreaSheet.EVIDENCE, layout.last_row, AreaSheet.EVIDENCE)
    sheet.fill_where(cells, {"type": "formula", "criteria": lacks_reason}, POOR)


def _find_runs(rows: list[int]) -> list[tuple[int, int]]:
    """Return the first and the last row of each run of consecutive rows."""
    runs: list[tuple[int, int]] = []
    for row in rows:
        if runs and runs[-1][1] == row - 1:
            runs[-1] = (runs[-1][0], row)
        else:
            runs.append((row, row))
    return runs
