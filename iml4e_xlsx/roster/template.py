"""Makes rosters to be filled in: the headings as CSV, or a workbook that helps and explains."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from iml4e_xlsx.model import Scheme
from iml4e_xlsx.roster.columns import AREAS, COLUMNS, FORM, STATEMENTS, ColumnContent, RosterColumn
from iml4e_xlsx.roster.mail_address import LONGEST_ADDRESS
from iml4e_xlsx.text.interface_texts import scheme_texts
from iml4e_xlsx.text.texts import Texts
from iml4e_xlsx.workbook.canvas import Canvas, Sheet
from iml4e_xlsx.workbook.cell_prompt import INLINE_LIST_LIMIT, Prompt
from iml4e_xlsx.workbook.cells import cell_address
from iml4e_xlsx.workbook.colours import NAVY
from iml4e_xlsx.workbook.typography import count_lines, row_height

ROWS: Final = 1_000
"""How many people a template has formatted rows for; more can be entered below."""

_CHOSEN: Final = (ColumnContent.LANGUAGE, ColumnContent.TARGETS)
"""The contents that are chosen from a list, and so are centred."""

_HELP_WIDTHS: Final = (2, 16, 16, 64, 28)
_MARGIN, _NEEDED, _MEANING, _EXAMPLE = 1, 2, 3, 4
_HELP_HEADINGS: Final = ("roster.column", "roster.needed", "roster.meaning", "roster.example")


def roster_csv(columns: Sequence[RosterColumn] = COLUMNS) -> bytes:
    """Return a roster with its headings alone, in the encoding that Excel recognises."""
    headings = ",".join(column.heading for column in columns)
    return codecs.BOM_UTF8 + f"{headings}\r\n".encode()


def roster_workbook(
    scheme: Scheme,
    languages: Sequence[str],
    *,
    created: datetime,
    columns: Sequence[RosterColumn] = COLUMNS,
    texts: Texts | None = None,
) -> bytes:
    """
    Return a roster to be filled in: a sheet for the people, and one that explains the columns.

    Args:
        scheme: The scheme whose areas and levels are targets.
        languages: What a person's language may be.
        created: The time in the document's properties; the same input gives the same bytes.
        columns: The columns that the roster has.
        texts: The words of the template; those of the scheme's language by default.
    """
    texts = texts or scheme_texts(scheme)
    properties = {"title": texts("roster.subject"), "subject": scheme.title}
    canvas = Canvas(created, properties)
    draft = TemplateDraft(
        canvas=canvas, texts=texts, scheme=scheme, languages=languages, columns=columns
    )
    draft.write_people_sheet()
    draft.write_help_sheet()
    return canvas.finish_workbook()


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateDraft:
    """A roster being written: its canvas, and what its sheets are made of."""

    canvas: Canvas
    texts: Texts
    scheme: Scheme
    languages: Sequence[str]
    columns: Sequence[RosterColumn]

    def write_people_sheet(self) -> None:
        """Write the sheet for the people: headings, empty rows, and help at each cell."""
        sheet = self._add_sheet("roster.sheet_people", landscape=True, tall=0)
        sheet.set_widths([column.width for column in self.columns])
        sheet.set_height(0, 24)
        for col, column in enumerate(self.columns):
            is_chosen = column.content in _CHOSEN
            sheet.write_text(0, col, column.heading, "head_centre" if is_chosen else "head")
            for row in range(1, ROWS + 1):
                sheet.write_blank(row, col, "input_level" if is_chosen else "input_plain")
            self._add_validation(sheet, column, col)
        for row in range(1, ROWS + 1):
            sheet.set_height(row, 18)
        sheet.freeze_panes(1, 1)
        sheet.add_filter((0, 0, ROWS, len(self.columns) - 1))
        sheet.activate_sheet()
        sheet.select_cell(1, 0)

    def write_help_sheet(self) -> None:
        """Write the sheet that explains the columns; nobody named on it is written to."""
        texts = self.texts
        sheet = self._add_sheet("roster.sheet_columns", landscape=False)
        sheet.set_widths(_HELP_WIDTHS)
        sheet.write_text(0, _MARGIN, texts("roster.help_title"), "title")
        sheet.set_height(0, 36)
        introduction = texts("roster.help", sheet=texts("roster.sheet_people"))
        sheet.write_across(1, _MARGIN, _EXAMPLE, introduction, "subtitle")
        sheet.set_height(1, row_height(count_lines(introduction, sum(_HELP_WIDTHS[_MARGIN:]))))
        sheet.set_height(3, 22)
        for col, key in enumerate(_HELP_HEADINGS, start=_MARGIN):
            sheet.write_text(3, col, texts(key), "head")
        for row, column in enumerate(self.columns, start=4):
            meaning = self._describe_meaning(column)
            needed = "roster.needed_yes" if column.is_required else "roster.needed_no"
            sheet.set_height(row, row_height(count_lines(meaning, _HELP_WIDTHS[_MEANING])))
            sheet.write_text(row, _MARGIN, column.heading, "cell_bold")
            sheet.write_text(row, _NEEDED, texts(needed), "cell")
            sheet.write_text(row, _MEANING, meaning, "cell")
            sheet.write_text(row, _EXAMPLE, self._make_example(column), "cell")
        sheet.protect_cells()

    def _add_sheet(self, key: str, *, landscape: bool, tall: int = 1) -> Sheet:
        name = self.texts(key)
        sheet = self.canvas.add_sheet(name, tab=NAVY)
        footer = f"&C&8{name}&R&8{self.texts('document.footer_page')}"
        repeat = 0 if landscape else None
        sheet.set_page(landscape=landscape, footer=footer, repeat=repeat, tall=tall)
        return sheet

    def _add_validation(self, sheet: Sheet, column: RosterColumn, col: int) -> None:
        cells = (1, col, ROWS, col)
        texts, languages = self.texts, self.languages
        # A warning only: the formula is far from knowing all addresses. The reader decides.
        if column.content is ColumnContent.ADDRESS:
            prompt = self._make_prompt(column, texts("roster.alert_mail"), refuses=False)
            sheet.accept_where(cells, _mail_formula(cell_address(1, col)), prompt)
        # The list has to fit into the validation: no other sheet of the template has room for it.
        elif column.content is ColumnContent.LANGUAGE and (
            0 < len(",".join(languages)) <= INLINE_LIST_LIMIT
        ):
            alert = texts("roster.alert_language", languages=tuple(languages))
            sheet.add_dropdown(cells, languages, "", self._make_prompt(column, alert))
        # A warning only: the list has single levels, and `DG=3 QA=2` may be written as well.
        elif column.content is ColumnContent.TARGETS:
            levels = [str(level.number) for level in self.scheme.levels]
            prompt = self._make_prompt(column, texts("roster.alert_target"), refuses=False)
            sheet.add_dropdown(cells, levels, "", prompt)
        else:
            alert = texts("roster.alert_text", count=column.limit)
            sheet.accept_text(cells, self._make_prompt(column, alert), column.limit)

    def _make_prompt(self, column: RosterColumn, alert: str, *, refuses: bool = True) -> Prompt:
        return Prompt(
            title=self.texts("roster.heading_prompt", column=column.heading),
            message=self._describe_meaning(column),
            alert_title=self.texts("alert.title"),
            alert=alert,
            refuses=refuses,
        )

    def _describe_meaning(self, column: RosterColumn) -> str:
        """Return what to enter into a column."""
        targets = " ".join(f"{area.code}={self.scheme.top}" for area in self.scheme.areas[:2])
        return self.texts(
            column.meaning_key,
            languages=tuple(self.languages),
            lowest=self.scheme.levels[0].number,
            highest=self.scheme.top,
            targets=targets,
        )

    def _make_example(self, column: RosterColumn) -> str:
        """Return an example of a value; languages and levels are those of the round."""
        if column.content is ColumnContent.LANGUAGE:
            return next(iter(self.languages), "")
        if column.content is ColumnContent.TARGETS:
            return str(self.scheme.top - 1)
        if column.name == AREAS:
            return " ".join(area.code for area in self.scheme.areas[:2])
        if column.name == STATEMENTS:
            return " ".join(list(self.scheme.statements)[:2])
        if column.name == FORM:
            return next(iter((self.scheme.whole or self.scheme).forms), "")
        return self.texts(column.example_key)


def _mail_formula(cell: str) -> str:
    """Return what is true of a cell with one @ and no space, in any spreadsheet program."""
    has_one_at = f'LEN({cell})-LEN(SUBSTITUTE({cell},"@",""))=1'
    return f'=AND({has_one_at},ISERROR(FIND(" ",{cell})),LEN({cell})<={LONGEST_ADDRESS})'
