"""Defines the draft that the writers of sheets share while a workbook is being written."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction

from iml4e_xlsx.model import Result, RoundNotice, Scheme
from iml4e_xlsx.text.texts import Texts
from iml4e_xlsx.workbook.canvas import Canvas, Sheet
from iml4e_xlsx.workbook.cell_prompt import Prompt
from iml4e_xlsx.workbook.formulas import SummaryFormulas
from iml4e_xlsx.workbook.summary_sentences import SummarySentences
from iml4e_xlsx.workbook.workbook_layout import Layout


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkbookDraft:
    """
    A workbook being written.

    `result` belongs to the answers that are filled in; in a blank workbook all are open.
    `previous` holds the index by area of a previous assessment, and is empty without one;
    `previous_ways` holds how far it had come towards each level. `notice` is what the first sheet
    says about the round. `shown` are the statements that are asked for; None if all are.
    """

    scheme: Scheme
    layout: Layout
    texts: Texts
    result: Result
    formulas: SummaryFormulas
    sentences: SummarySentences
    canvas: Canvas
    reference: str
    previous: Mapping[str, Fraction]
    previous_ways: Mapping[tuple[str, int], Fraction]
    notice: RoundNotice
    shown: Collection[str] | None = None

    def add_sheet(
        self, name: str, *, tab: str, landscape: bool, repeat: int | None = None, tall: int = 1
    ) -> Sheet:
        """Add a sheet with the footer and page set-up that all sheets share."""
        sheet = self.canvas.add_sheet(name, tab=tab)
        page = self.texts("document.footer_page")
        scheme = f"{self.scheme.title} {self.scheme.version}"
        footer = f"&L&8{_footer_text(scheme)}&C&8{_footer_text(name)}&R&8{page}"
        sheet.set_page(landscape=landscape, footer=footer, repeat=repeat, tall=tall)
        return sheet

    def make_prompt(self, title: str, message: str, alert: str = "") -> Prompt:
        """Make a prompt with the title of alerts that all inputs share."""
        return Prompt(
            title=title, message=message, alert_title=self.texts("alert.title"), alert=alert
        )

    def make_level_prompt(self, kind: str) -> Prompt:
        """Make the prompt for the dropdown of a level: `target` or `estimate`."""
        levels = self.scheme.levels
        choices = ", ".join(f"{level.number} {level.name}" for level in levels)
        bounds = {"lowest": levels[0].number, "highest": levels[-1].number}
        return self.make_prompt(
            self.texts(f"prompt.{kind}_title"),
            self.texts(f"prompt.{kind}", levels=choices),
            self.texts("alert.level", **bounds),
        )


def _footer_text(text: str) -> str:
    return text.replace("&", "&&")
