"""Writes the head of an area's sheet: what is open, figures, ways to other sheets, the legend."""

from __future__ import annotations

import re
from typing import Final

from iml4e_xlsx.model import Area, AreaResult, is_open
from iml4e_xlsx.workbook.canvas import Sheet
from iml4e_xlsx.workbook.cells import Cell, column_letters, quote_sheet_name
from iml4e_xlsx.workbook.draft import WorkbookDraft
from iml4e_xlsx.workbook.formulas import Formula, cell_figure, quote_text
from iml4e_xlsx.workbook.rating_notation import OPEN, notation_of
from iml4e_xlsx.workbook.typography import count_lines, line_height
from iml4e_xlsx.workbook.workbook_layout import AreaSheet

_TITLE_HEIGHT, _FIGURE_HEIGHT, _GAP_HEIGHT = 17.25, 12, 0.75
_PURPOSE_SIZE, _LEGEND_SIZE = 9, 9
_LINE_PADDING = 1.5
_SENTENCE_END: Final = re.compile(r"(?<=[.!?])\s+|(?<=[\u3002\uff01\uff1f])")


def write_area_head(
    draft: WorkbookDraft, sheet: Sheet, area: Area, result: AreaResult, width: float
) -> None:
    """Write what stands above the table, as low as its texts allow: the table needs the room."""
    texts, summary = draft.texts, draft.layout.summary
    layout = draft.layout.areas[area.code]
    sheet.set_height(AreaSheet.TITLE, _TITLE_HEIGHT)
    sheet.write_text(AreaSheet.TITLE, AreaSheet.ID, area.name, "area_title")
    _write_way_to_open(draft, sheet, area)
    figures = (
        (AreaSheet.RATING, summary.LEVEL, draft.formulas.level_figure(result), "area_level"),
        (AreaSheet.EVIDENCE, summary.INDEX, cell_figure(result.index), "area_index"),
    )
    for col, figure, value, look in figures:
        formula = draft.formulas.repeat_figure(area.code, figure, value)
        sheet.write_formula(AreaSheet.TITLE, col, formula, look)
    sheet.set_height(AreaSheet.LINKS, _FIGURE_HEIGHT)
    _write_links(draft, sheet, area)
    sheet.write_formula(
        AreaSheet.LINKS, AreaSheet.GUIDANCE, _count_answered(draft, layout), "small"
    )
    sheet.write_text(AreaSheet.LINKS, AreaSheet.RATING, texts("area.level_reached"), "small_centre")
    label = texts("area.index", top=draft.scheme.top)
    sheet.write_text(AreaSheet.LINKS, AreaSheet.EVIDENCE, label, "small")
    purpose = _begin_purpose(area.purpose, width)
    _write_line(sheet, AreaSheet.PURPOSE, purpose, "purpose", (_PURPOSE_SIZE, width))
    legend = " \u00b7 ".join(f"{one.label}: {one.meaning}" for one in draft.scheme.ratings)
    legend = texts("area.legend", ratings=legend)
    _write_line(sheet, AreaSheet.LEGEND, legend, "legend", (_LEGEND_SIZE, width))
    sheet.set_height(AreaSheet.LEGEND + 1, _GAP_HEIGHT)


def _begin_purpose(purpose: str, width: float) -> str:
    """Return the sentences that fit one line, or the first: the sheet of levels has all of them."""
    first, *others = _SENTENCE_END.split(purpose.strip())
    shown = first
    for sentence in others:
        longer = f"{shown} {sentence}"
        if count_lines(longer, width, _PURPOSE_SIZE, indent=False) > 1:
            break
        shown = longer
    return shown


def _write_line(
    sheet: Sheet, row: int, text: str, look: str, measures: tuple[float, float]
) -> None:
    """Write a text across the table, in as many lines as it needs."""
    size, width = measures
    sheet.write_across(row, AreaSheet.ID, AreaSheet.EVIDENCE, text, look)
    lines = count_lines(text, width, size, indent=False)
    sheet.set_height(row, round(lines * line_height(size) + _LINE_PADDING, 2))


def _write_links(draft: WorkbookDraft, sheet: Sheet, area: Area) -> None:
    """Write the ways back to the first sheet and on to the next one."""
    texts = draft.texts
    onward = _next_cell(draft, area)
    codes = {layout.sheet: code for code, layout in draft.layout.areas.items()}
    for col, to, key in (
        (AreaSheet.ID, Cell(draft.layout.cover.sheet, 0, 0), "area.back"),
        (AreaSheet.TOPIC, onward, "area.next"),
    ):
        # The column is too narrow for the names of most sheets.
        words = texts(key, sheet=codes.get(to.sheet, to.sheet))
        tip = texts("cover.open_sheet", sheet=to.sheet)
        sheet.write_link(AreaSheet.LINKS, col, to, words, tip, "small_link")
    reference = texts("document.reference", reference=draft.reference)
    sheet.write_text(AreaSheet.LINKS, AreaSheet.STATEMENT, reference, "small_right")


def _next_cell(draft: WorkbookDraft, area: Area) -> Cell:
    """Return the first score cell of the area that follows; the summary follows the last."""
    codes = [*draft.layout.areas]
    for code in codes[codes.index(area.code) + 1 :]:
        layout = draft.layout.areas[code]
        if layout.shown_rows:
            return Cell(layout.sheet, layout.shown_rows[0], AreaSheet.RATING)
    return Cell(draft.layout.summary.sheet, 0, 0)


def _count_answered(draft: WorkbookDraft, layout: AreaSheet) -> Formula:
    """Return how many statements are answered, as a sentence."""
    counted = layout.head_range(AreaSheet.COUNTED_AS)
    shown = len(layout.head_rows)
    before, after = draft.texts("area.answered", answered="\n", statements=shown).split("\n")
    # Bands have no figure; what is counted behind n/a leaves a statement open.
    unknown = [one for one in _open_positions(draft) if one != OPEN]
    count = f'COUNTIF({counted},">{OPEN}")'
    if unknown:
        count = f"({'-'.join([count, *(f'COUNTIF({counted},{one})' for one in unknown)])})"
    text = f"={_join_texts(quote_text(before), count, quote_text(after))}"
    return Formula(text, f"{before}{shown - len(_list_open(draft, layout))}{after}")


def _join_texts(*formulas: str) -> str:
    """Return the formula of several texts together, without those that are empty."""
    return "&".join(formula for formula in formulas if formula != quote_text(""))


def _open_positions(draft: WorkbookDraft) -> tuple[int, ...]:
    return notation_of(draft.scheme).open_positions


def _list_open(draft: WorkbookDraft, layout: AreaSheet) -> list[str]:
    """Return the open statements of a sheet, those without any answer first."""
    answers = draft.result.response.answers
    rows = layout.head_rows
    shown = [id_ for id_, row in layout.rows.items() if row in rows]
    ratings = {id_: answers[id_].rating if id_ in answers else None for id_ in shown}
    left = [id_ for id_, rating in ratings.items() if is_open(rating)]
    return sorted(left, key=lambda id_: ratings[id_] is not None)


def _write_way_to_open(draft: WorkbookDraft, sheet: Sheet, area: Area) -> None:
    """
    Write the link to the first open statement, which says how many are open.

    Statements without an answer come before those that somebody does not know. Where none is open,
    it leads to the next sheet. Its address has a cell of its own, hidden.
    """
    texts, layout = draft.texts, draft.layout.areas[area.code]
    onward = _next_cell(draft, area)
    counted, ids = layout.head_range(AreaSheet.COUNTED_AS), layout.head_range(AreaSheet.ID)
    open_positions = _open_positions(draft)
    first = f"MATCH({open_positions[-1]},{counted},0)"
    count = f"COUNTIF({counted},{OPEN})"
    if len(open_positions) > 1:
        first = f"IF({count}>0,MATCH({OPEN},{counted},0),{first})"
        count = f"({'+'.join(f'COUNTIF({counted},{one})' for one in open_positions)})"
    here = f"#{quote_sheet_name(layout.sheet)}!{column_letters(AreaSheet.RATING)}"
    on = f"#{quote_sheet_name(onward.sheet)}!{onward.a1}"
    begin, middle, end = texts("area.open", count="\n", statement="\n").split("\n")
    some = _join_texts(
        quote_text(begin), count, quote_text(middle), f"INDEX({ids},{first})", quote_text(end)
    )
    done = texts("area.complete", sheet=onward.sheet)
    left = _list_open(draft, layout)
    said = f"{begin}{len(left)}{middle}{left[0]}{end}" if left else done
    address = f"{here}{layout.rows[left[0]] + 1}" if left else on
    target = layout.link_target
    way = f"IF({count}=0,{quote_text(on)},{quote_text(here)}&({first}+{layout.first_row}))"
    sheet.write_formula(target.row, target.col, Formula(f"={way}", address))
    words = f"IF({count}=0,{quote_text(done)},{some})"
    link = Formula(f"=HYPERLINK({target.reference},{words})", said)
    sheet.write_formula(AreaSheet.TITLE, AreaSheet.GUIDANCE, link, "open_link")
