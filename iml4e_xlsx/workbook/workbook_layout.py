"""
Computes the place of everything in a workbook from its scheme.

Builder, formulas and reader ask here; no other module knows an address. Rows and columns count
from 0, as in the writing library; people see `Cell.a1`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from iml4e_xlsx.model import PROFILE_NAMES, Area, Scheme
from iml4e_xlsx.text.interface_texts import scheme_texts
from iml4e_xlsx.text.texts import Texts
from iml4e_xlsx.workbook.calculation_layout import STEP_COLUMNS, CalculationSheet
from iml4e_xlsx.workbook.cells import Cell, cell_range, claim_sheet_name
from iml4e_xlsx.workbook.summary_layout import SummarySheet

FORMAT_VERSION: Final = 1
"""The version of this layout; it is written into each workbook."""

META_SHEET: Final = "_iml4e"
META_KEYS: Final = (
    "format",
    "workbook_id",
    "scheme",
    "version",
    "language",
    "scheme_digest",
    "created",
    "form",
)
CUSTOM_PROPERTY: Final = "iml4e-reference"
RESULTS_PROPERTY: Final = "iml4e-results"
"""The property of the workbooks that hold results, by which they are not taken for answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaSheet:
    """
    The sheet of an area: a heading row, then for each level a band and its statements.

    Statements that are not `shown` stand below all others, hidden, without bands: their answers are
    known, or cannot change anything. Where all are shown, it is None.

    Behind the columns of the table stands, hidden, as what each score cell is counted.
    """

    sheet: str
    rows: Mapping[str, int]
    bands: Mapping[int, int]
    shown: frozenset[str] | None = None

    TITLE = 0
    LINKS = 1
    PURPOSE = 2
    LEGEND = 3
    HEADING = 5

    ID = 0
    LEVEL = 1
    TOPIC = 2
    STATEMENT = 3
    GUIDANCE = 4
    RATING = 5
    EVIDENCE = 6
    COLUMNS = ("id", "level", "topic", "statement", "guidance", "rating", "evidence")
    COUNTED_AS = 7

    @property
    def first_row(self) -> int:
        """Return the first row below the heading."""
        return self.HEADING + 1

    @property
    def last_row(self) -> int:
        """Return the table's last row."""
        return max(self.rows.values())

    @property
    def shown_rows(self) -> tuple[int, ...]:
        """Return the rows of the statements that are shown, from the top."""
        shown = self.rows if self.shown is None else self.shown
        return tuple(sorted(row for id_, row in self.rows.items() if id_ in shown))

    @property
    def head_rows(self) -> tuple[int, ...]:
        """Return the rows that the head counts: those that are shown; all, if the sheet is not."""
        return self.shown_rows or tuple(sorted(self.rows.values()))

    @property
    def last_shown_row(self) -> int:
        """Return the last row that is shown; that of the heading if no statement is."""
        return max(self.shown_rows, default=self.HEADING)

    @property
    def link_target(self) -> Cell:
        """Return the hidden cell with the address of the first open statement."""
        return Cell(self.sheet, self.TITLE, self.COUNTED_AS)

    def rating_cell(self, statement: str) -> Cell:
        """Return a statement's score cell."""
        return Cell(self.sheet, self.rows[statement], self.RATING)

    def evidence_cell(self, statement: str) -> Cell:
        """Return a statement's evidence cell."""
        return Cell(self.sheet, self.rows[statement], self.EVIDENCE)

    def column_range(self, col: int) -> str:
        """Return the absolute reference of a column of the table, without its heading."""
        return cell_range(
            Cell(self.sheet, self.first_row, col), Cell(self.sheet, self.last_row, col)
        )

    def head_range(self, col: int) -> str:
        """Return the absolute reference of a column of the table, as far as the head counts it."""
        last = Cell(self.sheet, self.head_rows[-1], col)
        return cell_range(Cell(self.sheet, self.first_row, col), last)


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverSheet:
    """The first sheet: what to know about the round, the profile, the steps, the progress."""

    sheet: str
    areas: tuple[str, ...]

    TITLE = 0
    SUBTITLE = 1
    REFERENCE_ROW = 2
    NOTICE = 3
    PROFILE_HEADING = 4
    PROFILE = 5
    LABEL = 1
    VALUE = 2
    ANSWERED = 3
    STATEMENTS = 4
    SHARE = 5
    STEPS = 6

    @property
    def how_heading(self) -> int:
        """Return the row of the heading above the steps."""
        return self.PROFILE + len(PROFILE_NAMES) + 1

    @property
    def progress_heading(self) -> int:
        """Return the row of the heading above the progress table."""
        return self.how_heading + self.STEPS + 2

    @property
    def progress_first(self) -> int:
        """Return the row of the first area in the progress table."""
        return self.progress_heading + 2

    @property
    def total_row(self) -> int:
        """Return the row of the total in the progress table."""
        return self.progress_first + len(self.areas)

    def profile_cell(self, field: str) -> Cell:
        """Return the input cell of a profile field."""
        return Cell(self.sheet, self.PROFILE + PROFILE_NAMES.index(field), self.VALUE)


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelsSheet:
    """The sheet that explains: the rating scale at a fixed place, and everything else below it."""

    sheet: str
    ratings: int

    LABEL = 1
    FIRST_RATING = 4

    @property
    def scale_range(self) -> str:
        """Return the absolute reference of the labels of the rating scale."""
        first = Cell(self.sheet, self.FIRST_RATING, self.LABEL)
        return cell_range(first, Cell(self.sheet, self.FIRST_RATING + self.ratings - 1, self.LABEL))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Layout:
    """All sheets of one scheme's workbook, in their order."""

    cover: CoverSheet
    areas: Mapping[str, AreaSheet]
    summary: SummarySheet
    levels: LevelsSheet
    calculation: CalculationSheet

    @property
    def sheet_names(self) -> tuple[str, ...]:
        """Return the names of all sheets in order, the hidden one last."""
        areas = (area.sheet for area in self.areas.values())
        summary, calculation = self.summary.sheet, self.calculation.sheet
        return (self.cover.sheet, *areas, summary, self.levels.sheet, calculation, META_SHEET)

    def area_sheet_of(self, statement: str) -> AreaSheet:
        """Return the sheet of a statement; KeyError for an unknown statement."""
        for area in self.areas.values():
            if statement in area.rows:
                return area
        raise KeyError(statement)


@lru_cache(maxsize=64)
def layout_of(scheme: Scheme, shown: frozenset[str] | None = None) -> Layout:
    """Return the layout of the workbook of a scheme, which shows all statements or these."""
    texts = scheme_texts(scheme)
    codes = tuple(area.code for area in scheme.areas)
    names = _sheet_names(scheme, texts)
    return Layout(
        cover=CoverSheet(sheet=names["cover"], areas=codes),
        areas={
            area.code: _area_sheet(area, scheme, names[area.code], shown) for area in scheme.areas
        },
        summary=SummarySheet(sheet=names["summary"], areas=codes, top=scheme.top),
        levels=LevelsSheet(sheet=names["levels"], ratings=len(scheme.ratings)),
        calculation=_calculation_sheet(scheme, names["calculation"], codes),
    )


def _sheet_names(scheme: Scheme, texts: Texts) -> dict[str, str]:
    """Return the names of the sheets: without forbidden characters, short, each different."""
    wishes = {key: texts(f"sheet.{key}") for key in ("cover", "summary", "levels", "calculation")}
    for area in scheme.areas:
        wishes[area.code] = texts("sheet.area", code=area.code, short=area.short)
    taken = {META_SHEET.casefold()}
    return {key: claim_sheet_name(text, taken, key) for key, text in wishes.items()}


def _area_sheet(area: Area, scheme: Scheme, name: str, shown: frozenset[str] | None) -> AreaSheet:
    """Lay the statements out by level, and in the scheme's order, that of their numbers."""
    rows: dict[str, int] = {}
    bands: dict[int, int] = {}
    row = AreaSheet.HEADING + 1
    for level in scheme.scored_levels:
        statements = [one.id for one in area.statements if one.level == level]
        if shown is not None or scheme.form:
            statements = [id_ for id_ in statements if shown is None or id_ in shown]
            if not statements:  # a band without a row below it would look like a fault
                continue
        bands[level] = row
        rows |= {id_: row + number for number, id_ in enumerate(statements, start=1)}
        row += 1 + len(statements)
    hidden = [one.id for one in area.statements if one.id not in rows]
    rows |= {id_: row + number for number, id_ in enumerate(hidden)}
    return AreaSheet(sheet=name, rows=rows, bands=bands, shown=shown)


def _calculation_sheet(scheme: Scheme, name: str, codes: tuple[str, ...]) -> CalculationSheet:
    keys = [(area, level) for area in codes for level in scheme.scored_levels]
    columns = (
        "area",
        "level",
        "statements",
        *(f"count_{i}" for i in range(len(scheme.ratings))),
        "open",
        "applicable",
        "points",
        "highest_points",
        "fulfilment",
        "highest_fulfilment",
        "passed",
        "highest_passed",
        "reached",
        "highest_reached",
        "weight",
        *STEP_COLUMNS,
    )
    rows = {key: CalculationSheet.FIRST + i for i, key in enumerate(keys)}
    return CalculationSheet(sheet=name, rows=rows, columns=columns, areas=codes)
