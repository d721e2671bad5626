"""Writes the sheet that explains levels, ratings, areas, the scoring rule and the sources."""

from __future__ import annotations

from fractions import Fraction

from iml4e_xlsx.model import NOT_APPLICABLE
from iml4e_xlsx.workbook.canvas import Sheet
from iml4e_xlsx.workbook.colours import NAVY
from iml4e_xlsx.workbook.draft import WorkbookDraft
from iml4e_xlsx.workbook.typography import count_lines, row_height
from iml4e_xlsx.workbook.workbook_layout import LevelsSheet

WIDTHS = (2, 14, 34, 82)
_LEFT, _NAME, _LAST = 1, 2, 3
_ACROSS = sum(WIDTHS[_LEFT:])


def write_levels_sheet(draft: WorkbookDraft) -> None:
    """Write the sheet that explains."""
    sheet = draft.add_sheet(draft.layout.levels.sheet, tab=NAVY, landscape=False)
    sheet.set_widths(WIDTHS)
    sheet.write_text(0, _LEFT, draft.texts("levels.title"), "title")
    sheet.set_height(0, 36)
    row = _write_ratings(draft, sheet)
    row = _write_levels(draft, sheet, row + 1)
    row = _write_areas(draft, sheet, row + 1)
    row = _write_paragraphs(sheet, row + 1, draft.texts("levels.rule"), rule_paragraphs(draft))
    row = _write_paragraphs(sheet, row + 1, draft.texts("levels.about"), about_paragraphs(draft))
    _write_sources(draft, sheet, row + 1)
    sheet.protect_cells()


def _write_section(sheet: Sheet, row: int, text: str) -> None:
    sheet.set_height(row, 26)
    sheet.write_text(row, _LEFT, text, "section")
    for col in range(_LEFT + 1, _LAST + 1):
        sheet.write_blank(row, col, "section")


def _write_ratings(draft: WorkbookDraft, sheet: Sheet) -> int:
    """Write the rating scale at its place in the layout; return the first free row."""
    first = LevelsSheet.FIRST_RATING
    _write_section(sheet, first - 2, draft.texts("levels.ratings"))
    sheet.set_height(first - 1, 22)
    sheet.write_text(first - 1, _LEFT, draft.texts("levels.rating"), "head")
    sheet.write_across(first - 1, _NAME, _LAST, draft.texts("levels.meaning"), "head")
    for row, rating in enumerate(draft.scheme.ratings, start=first):
        sheet.set_height(row, 20)
        sheet.write_text(row, LevelsSheet.LABEL, rating.label, "cell_bold")
        sheet.write_across(row, _NAME, _LAST, rating.meaning, "cell")
    return first + len(draft.scheme.ratings)


def _write_levels(draft: WorkbookDraft, sheet: Sheet, row: int) -> int:
    _write_section(sheet, row, draft.texts("levels.levels"))
    sheet.set_height(row + 1, 22)
    sheet.write_text(row + 1, _LEFT, draft.texts("levels.number"), "head_centre")
    sheet.write_text(row + 1, _NAME, draft.texts("levels.name"), "head")
    sheet.write_text(row + 1, _LAST, draft.texts("levels.description"), "head")
    for at, level in enumerate(draft.scheme.levels, start=row + 2):
        text = f"{level.summary} {level.description}"
        sheet.set_height(at, row_height(count_lines(text, WIDTHS[_LAST]), padding=10))
        look = f"level_{level.number}_of_{draft.scheme.top}" if level.number else "level"
        sheet.write_number(at, _LEFT, level.number, look)
        sheet.write_text(at, _NAME, level.name, "cell_bold")
        sheet.write_text(at, _LAST, text, "cell")
    return row + 2 + len(draft.scheme.levels)


def _write_areas(draft: WorkbookDraft, sheet: Sheet, row: int) -> int:
    """Write what each area is about; its own sheet has room for the beginning of it only."""
    _write_section(sheet, row, draft.texts("levels.areas"))
    for at, area in enumerate(draft.scheme.areas, start=row + 1):
        sheet.set_height(at, row_height(count_lines(area.purpose, WIDTHS[_LAST]), padding=10))
        sheet.write_across(at, _LEFT, _NAME, f"{area.code}  {area.name}", "cell_bold")
        sheet.write_text(at, _LAST, area.purpose, "cell")
    return row + 1 + len(draft.scheme.areas)


def _write_paragraphs(sheet: Sheet, row: int, heading: str, paragraphs: list[str]) -> int:
    _write_section(sheet, row, heading)
    for at, text in enumerate(paragraphs, start=row + 1):
        sheet.write_across(at, _LEFT, _LAST, text, "body")
        sheet.set_height(at, row_height(count_lines(text, _ACROSS)))
    return row + 1 + len(paragraphs)


def rule_paragraphs(draft: WorkbookDraft) -> list[str]:
    """Return the scoring rule in words, with the scheme's own figures."""
    scheme, texts = draft.scheme, draft.texts
    lowest, largely, full = scheme.scale[0], scheme.scale[-2], scheme.scale[-1]
    share = Fraction(largely - lowest, full - lowest)
    values = {
        "not_applicable": scheme.label(NOT_APPLICABLE),
        "reached": format_percent(scheme.thresholds.reached_above),
        "passed": format_percent(scheme.thresholds.passed_above),
        "top": scheme.top,
        "first": 1,
        "sum": f"{float(share * scheme.top):.2f}",
    }
    keys = ["rule_fulfilment", "rule_level", "rule_index", "rule_stairs", "rule_target"]
    # The comparison with other rules holds only where "largely" reaches a level but passes none.
    if scheme.thresholds.reached_above < share <= scheme.thresholds.passed_above:
        keys.append("rule_compare")
    return [texts(f"levels.{key}", **values) for key in keys]


def about_paragraphs(draft: WorkbookDraft) -> list[str]:
    """Return the notice of the scheme, and a sentence on the origin of the area names."""
    areas = draft.scheme.areas
    published = ", ".join(area.name for area in areas if area.attested)
    own = ", ".join(area.name for area in areas if not area.attested)
    if published and own:
        names = draft.texts("levels.attested", names=published, others=own)
    elif published:
        names = draft.texts("levels.attested_all", names=published)
    else:
        names = draft.texts("levels.attested_none", names=own)
    return [draft.scheme.notice, names]


def format_percent(value: Fraction) -> str:
    """Return a bound as people read it."""
    return f"{float(value * 100):g} %"


def _write_sources(draft: WorkbookDraft, sheet: Sheet, row: int) -> None:
    if not draft.scheme.sources:
        return
    _write_section(sheet, row, draft.texts("levels.sources"))
    for at, source in enumerate(draft.scheme.sources, start=row + 1):
        text = ". ".join(part for part in (source.publisher, source.title, source.url) if part)
        sheet.write_across(at, _LEFT, _LAST, text, "small_wrap")
        sheet.set_height(at, row_height(count_lines(text, _ACROSS, 9), 9, padding=4))
