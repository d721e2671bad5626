"""
Writes cells: the only module that uses XlsxWriter, which it checks at every call.

XlsxWriter cuts long text, drops cells outside the sheet and loses over-long validations with a
return code or a warning; each becomes a `WorkbookWriteError` here. Text is always written as
text: a name that begins with "=" never becomes a formula.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_pixel_width

from iml4e_xlsx.errors import WorkbookWriteError
from iml4e_xlsx.findings.error_codes import WorkbookErrorCode
from iml4e_xlsx.text.message import message
from iml4e_xlsx.workbook.cell_prompt import NoteLook, Prompt, fit_note, fits_inline
from iml4e_xlsx.workbook.cells import Cell, cell_address, column_letters, quote_sheet_name
from iml4e_xlsx.workbook.chart_design import ChartDesign
from iml4e_xlsx.workbook.colours import ALERT, SHADE
from iml4e_xlsx.workbook.fitted_sheet import FittedSheet
from iml4e_xlsx.workbook.formulas import Formula
from iml4e_xlsx.workbook.styles import DOUBTFUL_SUFFIX, TOP_SUFFIX, cell_style, level_style

TEXT_LIMIT = 32_767
HIGHEST_ROW = 409
"""The height in points that no row exceeds in Excel."""
_CUT = -2
"""The library's return code for a text that it cut."""

_ALLOWED = (
    "format_cells", "format_columns", "format_rows", "insert_hyperlinks", "sort", "autofilter",
    "objects", "scenarios",
)  # fmt: skip
"""What a protected sheet lets people do, in the library's terms; notes are objects."""

CellArea = tuple[int, int, int, int]
"""First row and column, last row and column, all from 0."""

_CALCULATED_BY = 191_029
"""
The version of Excel's calculation that the file names: that of 2019 and all later ones.

Excel calculates the file of an older version anew and then asks to save it, though nobody changed
anything.
"""


def pixel_width(text: str) -> int:
    """Return the width of a line of text in pixels at 11 points."""
    return int(xl_pixel_width(text))


@contextmanager
def _checked_library() -> Iterator[None]:
    """Raise WorkbookWriteError where the library warns or refuses: it then left something out."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            yield
        except (UserWarning, xlsxwriter.exceptions.XlsxWriterException) as error:
            raise WorkbookWriteError(WorkbookErrorCode.WORKBOOK_REFUSED, reason=error) from error


class Canvas:
    """A workbook being written, in memory."""

    def __init__(
        self,
        created: datetime,
        properties: Mapping[str, str],
        notes: Mapping[Cell, str] | None = None,
    ) -> None:
        self.notes = dict(notes or {})
        self._buffer = io.BytesIO()
        self._book: Any = xlsxwriter.Workbook(
            self._buffer,
            {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False},
        )
        # Each formula is stored with its value (`Formula`), and none depends on the time of day.
        self._book.set_calc_mode("auto", _CALCULATED_BY)
        self._book.calc_on_load = False
        stamp = created.replace(tzinfo=None, microsecond=0)
        self._book.set_properties({**properties, "created": stamp})
        self._formats: dict[str, Any] = {}

    def add_sheet(self, name: str, *, tab: str = "") -> Sheet:
        """Add a sheet."""
        sheet = self._book.add_worksheet(name, FittedSheet)
        if tab:
            sheet.set_tab_color(tab)
        return Sheet(self, sheet, name)

    def set_property(self, name: str, value: str) -> None:
        """Set one of the document's own properties."""
        with _checked_library():  # which warns of each property that it leaves out
            self._book.set_custom_property(name, value, "text")

    def make_format(self, name: str) -> Any:
        """Return a style's format; `level_<n>_of_<top>` names the chip of a level."""
        if name not in self._formats:
            self._formats[name] = self._book.add_format(_style_properties(name))
        return self._formats[name]

    def make_change(self, **properties: object) -> Any:
        """Return a format that only changes these properties, for conditional formats."""
        key = f"change {properties}"
        if key not in self._formats:
            self._formats[key] = self._book.add_format(properties)
        return self._formats[key]

    def make_chart(self, design: ChartDesign) -> Any:
        """Return a chart of the library as designed."""
        options = {"type": design.kind} | ({"subtype": design.subtype} if design.subtype else {})
        chart = self._book.add_chart(options)
        if chart is None:
            raise ValueError(design.kind)
        for series in design.series:
            chart.add_series(dict(series))
        chart.set_title(dict(design.title))
        if design.x_axis is not None:
            chart.set_x_axis(dict(design.x_axis))
        chart.set_y_axis(dict(design.y_axis))
        chart.set_legend(dict(design.legend))
        if design.area is not None:
            chart.set_chartarea(dict(design.area))
        chart.set_size({"width": design.width, "height": design.height})
        if design.skips_gaps:
            chart.show_blanks_as("gap")
            chart.show_na_as_empty_cell()
        if design.shows_hidden:
            chart.show_hidden_data()
        return chart

    def finish_workbook(self) -> bytes:
        """Return the workbook's bytes; the canvas can't be used afterwards."""
        with _checked_library():
            self._book.close()
        return self._buffer.getvalue()


def _style_properties(name: str) -> dict[str, Any]:
    if name.startswith("level_"):
        _, level, _, top = name.removesuffix(TOP_SUFFIX).split("_")
        return level_style(int(level), int(top), at_top=name.endswith(TOP_SUFFIX))
    return cell_style(name)


class Sheet:
    """A sheet being written; each method raises WorkbookWriteError if nothing was written."""

    def __init__(self, canvas: Canvas, sheet: Any, name: str) -> None:
        self.canvas = canvas
        self.name = name
        self._sheet = sheet

    def _check_code(self, code: object, part: str, place: str = "") -> None:
        """Raise WorkbookWriteError where the library's return code says that it wrote nothing."""
        if code not in (0, None):
            fault = message(f"part.{part}", place=place)
            raise WorkbookWriteError(WorkbookErrorCode.FORMAT_LIMIT, sheet=self.name, part=fault)

    def _check_cell(self, code: object, row: int, col: int) -> None:
        if code:  # asked first: addresses of thousands of cells take their time
            self._check_code(code, "cell", cell_address(row, col))

    def _make_format(self, row: int, col: int, look: str) -> Any:
        """Return a look's format; where a remark belongs to the cell, add it as a note."""
        note = self.canvas.notes.pop(Cell(self.name, row, col), "")
        if not note:
            return self.canvas.make_format(look)
        self.add_note(row, col, note, fit_note(note))
        return self.canvas.make_format(look + DOUBTFUL_SUFFIX)

    def add_note(self, row: int, col: int, text: str, look: NoteLook) -> None:
        """Put a note onto a cell, which programs show where somebody points at the cell."""
        code = self._sheet.write_comment(row, col, text, look.note_options())
        self._check_code(code, "note", cell_address(row, col))

    def write_text(self, row: int, col: int, text: str, look: str = "plain") -> None:
        """Write text as text."""
        if not text:
            self.write_blank(row, col, look)
            return
        code = self._sheet.write_string(row, col, text, self._make_format(row, col, look))
        if code == _CUT:
            raise WorkbookWriteError(
                WorkbookErrorCode.TEXT_TOO_LONG,
                sheet=self.name,
                cell=cell_address(row, col),
                limit=TEXT_LIMIT,
            )
        self._check_cell(code, row, col)

    def write_number(self, row: int, col: int, value: float, look: str = "plain") -> None:
        """Write a number."""
        code = self._sheet.write_number(row, col, value, self._make_format(row, col, look))
        self._check_cell(code, row, col)

    def write_date(self, row: int, col: int, value: date, look: str) -> None:
        """Write a calendar date."""
        moment = datetime.combine(value, time())
        code = self._sheet.write_datetime(row, col, moment, self._make_format(row, col, look))
        self._check_cell(code, row, col)

    def write_blank(self, row: int, col: int, look: str) -> None:
        """Write an empty cell that has a look."""
        code = self._sheet.write_blank(row, col, None, self._make_format(row, col, look))
        self._check_cell(code, row, col)

    def write_formula(self, row: int, col: int, formula: Formula, look: str = "plain") -> None:
        """Write a formula together with its present value, which viewers show uncomputed."""
        code = self._sheet.write_formula(
            row, col, formula.text, self.canvas.make_format(look), formula.value
        )
        self._check_cell(code, row, col)

    def write_across(
        self, row: int, first: int, last: int, text: str | Formula, look: str = "plain"
    ) -> None:
        """Write a text or formula across columns of one row."""
        cell_format = self.canvas.make_format(look)
        first_text = text if isinstance(text, str) else ""
        if last > first:
            code = self._sheet.merge_range(row, first, row, last, "", cell_format)
            self._check_cell(code, row, first)
        if isinstance(text, Formula):
            self.write_formula(row, first, text, look)
        elif first_text:
            self.write_text(row, first, first_text, look)

    def write_link(
        self, row: int, col: int, to: str | Cell, text: str, tip: str, look: str
    ) -> None:
        """Write a link to a cell, or to the first one of a sheet that is named."""
        to = Cell(to, 0, 0) if isinstance(to, str) else to
        target = f"internal:{quote_sheet_name(to.sheet)}!{to.a1}"
        code = self._sheet.write_url(row, col, target, self.canvas.make_format(look), text, tip)
        self._check_cell(code, row, col)

    def set_widths(self, widths: Sequence[float]) -> None:
        """Set the widths of the columns from the first on, in characters."""
        for col, width in enumerate(widths):
            code = self._sheet.set_column(col, col, width)
            self._check_code(code, "column", column_letters(col))

    def hide_column(self, col: int) -> None:
        """Hide a column that only formulas need."""
        code = self._sheet.set_column(col, col, None, None, {"hidden": True})
        self._check_code(code, "column", column_letters(col))

    def set_zoom(self, percent: int) -> None:
        """Show the sheet smaller or larger than its paper."""
        self._sheet.set_zoom(percent)

    def allow_digits_as_text(self, cells: CellArea) -> None:
        """Keep programs from marking figures in cells of text as mistakes."""
        first, last = cell_address(*cells[:2]), cell_address(*cells[2:])
        self._sheet.ignore_errors({"number_stored_as_text": f"{first}:{last}"})

    def set_height(self, row: int, points: float) -> None:
        """Set the height of a row."""
        self._check_code(self._sheet.set_row(row, points), "row", str(row + 1))

    def hide_row(self, row: int) -> None:
        """Hide a row, which is then neither seen nor printed."""
        self._check_code(
            self._sheet.set_row(row, None, None, {"hidden": True}), "row", str(row + 1)
        )

    def suggest_height(self, row: int, points: float) -> None:
        """Set the height with which a row opens; programs change it as its texts change."""
        self.set_height(row, min(points, HIGHEST_ROW))
        self._sheet.fitted_rows.add(row)

    def add_dropdown(
        self, cells: CellArea, choices: Sequence[str], at: str, prompt: Prompt
    ) -> None:
        """
        Let cells take one of the choices only, or suggest them where the prompt has no alert.

        The list stands in the validation itself, which survives most programs; choices that
        it has no room for, or cannot hold as they are, are referred to by the range `at`.
        """
        source: object = list(choices) if fits_inline(choices) else f"={at}"
        self._add_rule(cells, {"validate": "list", "source": source}, prompt)

    def accept_text(self, cells: CellArea, prompt: Prompt, limit: int) -> None:
        """Let cells take text up to a length."""
        rule = {"validate": "length", "criteria": "between", "minimum": 0, "maximum": limit}
        self._add_rule(cells, rule, prompt)

    def accept_where(self, cells: CellArea, formula: str, prompt: Prompt) -> None:
        """Let cells take values for which a formula holds; it is written for the first cell."""
        self._add_rule(cells, {"validate": "custom", "value": formula}, prompt)

    def show_prompt(self, row: int, col: int, prompt: Prompt) -> None:
        """Show a message beside a cell that takes anything."""
        self._add_rule((row, col, row, col), {"validate": "any"}, prompt)

    def _add_rule(self, cells: CellArea, rule: dict[str, object], prompt: Prompt) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            code = self._sheet.data_validation(*cells, {**rule, **prompt.rule_options()})
        self._check_code(code, "rule", cell_address(*cells[:2]))

    def fill_where(self, cells: CellArea, rule: dict[str, object], colour: str) -> None:
        """Fill cells for which a condition holds."""
        self._add_condition(cells, {**rule, "format": self.canvas.make_change(bg_color=colour)})

    def change_where(self, cells: CellArea, formula: str, **properties: object) -> None:
        """Change the look of cells for which a formula holds; it is written for the first cell."""
        change = self.canvas.make_change(**properties)
        self._add_condition(cells, {"type": "formula", "criteria": formula, "format": change})

    def _add_condition(self, cells: CellArea, options: dict[str, object]) -> None:
        code = self._sheet.conditional_format(*cells, options)
        self._check_code(code, "condition", cell_address(*cells[:2]))

    def shade_numbers(self, cells: CellArea, top: float) -> None:
        """Shade numbers, from pale for 0 to dark for the top; text on them stays readable."""
        options = {
            "type": "2_color_scale",
            "min_type": "num",
            "max_type": "num",
            "min_value": 0,
            "max_value": top,
            "min_color": SHADE[0],
            "max_color": SHADE[1],
        }
        self._add_condition(cells, options)

    def insert_chart(self, row: int, col: int, design: ChartDesign) -> None:
        """Put a chart onto the sheet, its upper left corner into a cell."""
        place: dict[str, object] = {"description": design.description, "object_position": 2}
        if design.x_offset:
            place |= {"x_offset": design.x_offset, "y_offset": 0}
        with _checked_library():
            code = self._sheet.insert_chart(row, col, self.canvas.make_chart(design), place)
        self._check_code(code, "chart", cell_address(row, col))

    def warn_where(self, cells: CellArea, formula: str) -> None:
        """Show cells for which a formula holds in red and bold."""
        self.change_where(cells, formula, font_color=ALERT, bold=True)

    def select_cell(self, row: int, col: int) -> None:
        """Let the cursor stand in a cell when the sheet is opened."""
        self._sheet.set_selection(row, col, row, col)

    def activate_sheet(self) -> None:
        """Show this sheet first when the workbook is opened."""
        self._sheet.activate()

    def hide_sheet(self, *, from_menus: bool) -> None:
        """Hide the sheet, which is then not printed; `from_menus`, so that no menu shows it."""
        if from_menus:
            self._sheet.very_hidden()
        else:
            self._sheet.hide()

    def set_print_area(self, cells: CellArea) -> None:
        """Print these cells only."""
        self._check_code(self._sheet.print_area(*cells), "print_area")

    def freeze_panes(self, row: int, col: int) -> None:
        """Keep the rows above and the columns left of a cell in view."""
        self._sheet.freeze_panes(row, col)

    def add_filter(self, cells: CellArea) -> None:
        """Let the rows of a table be filtered by the buttons in its heading, the first row."""
        self._check_code(self._sheet.autofilter(*cells), "filter")

    def protect_cells(self) -> None:
        """
        Lock the contents of everything but the input cells, without a password.

        How cells look and what is filtered, sorted, noted or linked is the respondent's own.
        """
        self._sheet.protect("", dict.fromkeys(_ALLOWED, True))

    def set_page(self, *, landscape: bool, footer: str, repeat: int | None, tall: int = 1) -> None:
        """Set the sheet up for A4: fit to the width, with a footer and a repeated heading."""
        if landscape:
            self._sheet.set_landscape()
        self._sheet.set_paper(9)
        self._sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        self._sheet.center_horizontally()
        self._sheet.fit_to_pages(1, tall)
        self._sheet.hide_gridlines(2)
        self._check_code(self._sheet.set_footer(footer), "footer")
        if repeat is not None:
            self._sheet.repeat_rows(repeat)
