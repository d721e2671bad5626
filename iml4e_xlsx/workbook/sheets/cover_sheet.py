"""Writes the first sheet: the notice, the profile, the steps for filling in, and the progress."""

from __future__ import annotations

from datetime import date

from iml4e_xlsx.model import PROFILE_FIELDS, PROFILE_NAMES, ProfileField
from iml4e_xlsx.workbook.answering_texts import answering_steps, notice_lines
from iml4e_xlsx.workbook.canvas import Sheet
from iml4e_xlsx.workbook.colours import DOUBTFUL, FAIR, NAVY
from iml4e_xlsx.workbook.draft import WorkbookDraft
from iml4e_xlsx.workbook.entry_conditions import doubtful_date
from iml4e_xlsx.workbook.summary_layout import OVERALL
from iml4e_xlsx.workbook.typography import count_lines, row_height
from iml4e_xlsx.workbook.workbook_layout import CoverSheet

WIDTHS = (2, 36, 54, 11, 11, 11)
_ACROSS = sum(WIDTHS[CoverSheet.LABEL :])


def write_cover_sheet(draft: WorkbookDraft) -> None:
    """Write the first sheet."""
    layout = draft.layout.cover
    sheet = draft.add_sheet(layout.sheet, tab=NAVY, landscape=False)
    sheet.set_widths(WIDTHS)
    _write_head(draft, sheet)
    _write_notice(draft, sheet)
    _write_profile(draft, sheet)
    _write_steps(draft, sheet)
    _write_progress(draft, sheet)
    sheet.protect_cells()
    sheet.activate_sheet()
    first_input = layout.profile_cell(PROFILE_NAMES[0])
    sheet.select_cell(first_input.row, first_input.col)


def _write_head(draft: WorkbookDraft, sheet: Sheet) -> None:
    layout, texts = draft.layout.cover, draft.texts
    label_col = layout.LABEL
    sheet.write_text(layout.TITLE, label_col, draft.scheme.title, "title")
    sheet.set_height(layout.TITLE, 36)
    subtitle = draft.scheme.subtitle
    sheet.write_across(layout.SUBTITLE, label_col, layout.SHARE, subtitle, "subtitle")
    sheet.set_height(layout.SUBTITLE, row_height(count_lines(subtitle, _ACROSS)))
    reference = texts("document.reference", reference=draft.reference)
    sheet.write_text(layout.REFERENCE_ROW, label_col, reference, "small")
    sheet.set_height(layout.REFERENCE_ROW, 24)


def _write_notice(draft: WorkbookDraft, sheet: Sheet) -> None:
    layout = draft.layout.cover
    lines = notice_lines(draft.scheme, draft.notice, draft.texts, draft.shown)
    text = "\n".join(lines)
    sheet.write_across(layout.NOTICE, layout.LABEL, layout.SHARE, text, "notice")
    sheet.set_height(layout.NOTICE, row_height(count_lines(text, _ACROSS), padding=10))


def _write_section(sheet: Sheet, row: int, text: str) -> None:
    sheet.set_height(row, 24)
    sheet.write_text(row, CoverSheet.LABEL, text, "section")
    for col in range(CoverSheet.VALUE, CoverSheet.SHARE + 1):
        sheet.write_blank(row, col, "section")


def _write_profile(draft: WorkbookDraft, sheet: Sheet) -> None:
    layout, texts = draft.layout.cover, draft.texts
    _write_section(sheet, layout.PROFILE_HEADING, texts("cover.profile"))
    # No empty row above it: the cells of the profile stand where they stood in earlier versions.
    sheet.set_height(layout.PROFILE_HEADING, 34)
    profile = draft.result.response.profile
    for field in PROFILE_FIELDS:
        cell = layout.profile_cell(field.name)
        sheet.set_height(cell.row, 22)
        sheet.write_text(cell.row, layout.LABEL, texts(f"profile.{field.name}"), "label")
        if field.is_date:
            _write_date(draft, sheet, field, profile.values[field.name])
        else:
            _write_entry(draft, sheet, field, profile.values[field.name])


def _write_entry(draft: WorkbookDraft, sheet: Sheet, field: ProfileField, value: str) -> None:
    """Write a cell for text: formatted as such, or programs would turn `10-49` into a date."""
    texts, cell = draft.texts, draft.layout.cover.profile_cell(field.name)
    cells = (cell.row, cell.col, cell.row, cell.col)
    title = texts("prompt.profile_title", field=texts(f"profile.{field.name}"))
    hint = texts(f"prompt.{field.name}", limit=field.limit)
    suggestions = f"suggestions.{field.name}"
    if suggestions in texts:
        choices = [choice.strip() for choice in texts(suggestions).split(",")]
        sheet.add_dropdown(cells, choices, "", draft.make_prompt(title, hint))
    else:
        alert = texts("alert.text", limit=field.limit)
        sheet.accept_text(cells, draft.make_prompt(title, hint, alert), field.limit)
    sheet.write_text(cell.row, cell.col, value, "input_plain")


def _write_date(draft: WorkbookDraft, sheet: Sheet, field: ProfileField, value: str) -> None:
    """
    Write a cell for a date, which takes anything.

    Which entries are dates depends on the program's language: the reader understands more of them
    than any one program, and a doubtful one is marked.
    """
    texts, cell = draft.texts, draft.layout.cover.profile_cell(field.name)
    title = texts("prompt.profile_title", field=texts(f"profile.{field.name}"))
    sheet.show_prompt(cell.row, cell.col, draft.make_prompt(title, texts(f"prompt.{field.name}")))
    rule: dict[str, object] = {"type": "formula", "criteria": doubtful_date(cell)}
    sheet.fill_where((cell.row, cell.col, cell.row, cell.col), rule, DOUBTFUL)
    if value:
        sheet.write_date(cell.row, cell.col, date.fromisoformat(value), "input_date")
    else:
        sheet.write_blank(cell.row, cell.col, "input_date")


def _write_steps(draft: WorkbookDraft, sheet: Sheet) -> None:
    layout, texts = draft.layout.cover, draft.texts
    _write_section(sheet, layout.how_heading, texts("cover.how"))
    steps = answering_steps(draft.scheme, draft.layout, texts)
    for number, step in enumerate(steps, start=1):
        row, text = layout.how_heading + number, f"{number}.  {step}"
        sheet.write_across(row, layout.LABEL, layout.SHARE, text, "body")
        sheet.set_height(row, row_height(count_lines(text, _ACROSS)))


def _write_progress(draft: WorkbookDraft, sheet: Sheet) -> None:
    layout, texts, formulas = draft.layout.cover, draft.texts, draft.formulas
    _write_section(sheet, layout.progress_heading, texts("cover.progress"))
    head = layout.progress_heading + 1
    sheet.set_height(head, 22)
    sheet.write_text(head, layout.LABEL, texts("cover.progress_area"), "head")
    sheet.write_text(head, layout.VALUE, texts("cover.progress_topics"), "head")
    for col, key in (
        (layout.ANSWERED, "answered"),
        (layout.STATEMENTS, "statements"),
        (layout.SHARE, "share"),
    ):
        sheet.write_text(head, col, texts(f"cover.progress_{key}"), "head_centre")
    rows = zip(draft.scheme.areas, draft.result.areas, strict=True)
    for row, (area, result) in enumerate(rows, start=layout.progress_first):
        topics = ", ".join(area.topics.values())
        sheet.set_height(row, row_height(count_lines(topics, WIDTHS[layout.VALUE], 9), 9, least=2))
        target = draft.layout.areas[area.code]
        if target.shown_rows:
            tip = texts("cover.open_sheet", sheet=target.sheet)
            sheet.write_link(row, layout.LABEL, target.sheet, area.name, tip, "cell_link")
        else:  # no link leads to a hidden sheet
            sheet.write_text(row, layout.LABEL, area.name, "cell")
        sheet.write_text(row, layout.VALUE, topics, "cell_small")
        sheet.write_formula(row, layout.ANSWERED, formulas.answered_count(result), "count")
        sheet.write_formula(row, layout.STATEMENTS, formulas.statement_count(result), "count")
        sheet.write_formula(row, layout.SHARE, formulas.completeness_share(result), "percent")
    _write_total(draft, sheet)
    cells = (layout.progress_first, layout.SHARE, layout.total_row, layout.SHARE)
    sheet.fill_where(cells, {"type": "cell", "criteria": ">=", "value": 1}, FAIR)


def _write_total(draft: WorkbookDraft, sheet: Sheet) -> None:
    layout, formulas = draft.layout.cover, draft.formulas
    overall = draft.result.overall
    row = layout.total_row
    sheet.set_height(row, 22)
    sheet.write_text(row, layout.LABEL, draft.texts("cover.progress_total"), "total")
    sheet.write_blank(row, layout.VALUE, "total")
    sheet.write_formula(row, layout.ANSWERED, formulas.total_answered(overall), "total_count")
    sheet.write_formula(row, layout.STATEMENTS, formulas.total_statements(overall), "total_count")
    completeness = formulas.repeat_figure(
        OVERALL, draft.layout.summary.COMPLETENESS, float(overall.completeness)
    )
    sheet.write_formula(row, layout.SHARE, completeness, "total_percent")
