"""
What respondents do to a workbook, each habit a function that changes an open one.

A habit finds its way by the ids and headings that stand on the sheets, so that habits can follow
each other in any order. It takes its choices from a `Random`. A habit that finds nothing to do
leaves the workbook alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, TypeAlias

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from iml4e_xlsx.model import Profile, Response, Scheme
from iml4e_xlsx.text.interface_texts import scheme_texts
from iml4e_xlsx.workbook.workbook_layout import META_SHEET, AreaSheet, layout_of
from tests.support.builders import built, response

Habit: TypeAlias = Callable[[openpyxl.Workbook, Scheme, Random], None]

JUNK: tuple[Any, ...] = (
    2.5,
    7,
    -1,
    True,
    dt.date(2026, 2, 1),
    "yes",
    "1/2",
    "2 - Fully",
    "Partly/Largely",
    "67 %",
    "#REF!",
    "=1+1",
    "?",
    "largely implemented",
)
"""What no rating can be read from."""


@dataclass(frozen=True)
class Row:
    """Where a statement stands: row and columns from 1."""

    sheet: Worksheet
    row: int
    columns: dict[str, int]

    def cell(self, column: str) -> Any:
        return self.sheet.cell(self.row, self.columns[column])


def rows_of(book: openpyxl.Workbook, scheme: Scheme) -> dict[str, Row]:
    """Return the first place of each statement whose id and headings stand somewhere."""
    texts = scheme_texts(scheme)
    names = {texts(f"area.{column}"): column for column in AreaSheet.COLUMNS}
    found: dict[str, Row] = {}
    for sheet in book.worksheets:
        columns: dict[str, int] = {}
        for cells in sheet.iter_rows():
            heads = {names[str(c.value)]: c.column for c in cells if c.value in names}
            if "rating" in heads and "id" in heads:
                columns = {name: int(col or 0) for name, col in heads.items()}
            if columns:
                value = sheet.cell(cells[0].row or 1, columns["id"]).value
                if value in scheme.statements:
                    found.setdefault(str(value), Row(sheet, cells[0].row or 1, columns))
    return found


def chosen(book: openpyxl.Workbook, scheme: Scheme, rng: Random) -> Row | None:
    """Return one statement's row."""
    rows = rows_of(book, scheme)
    return rows[rng.choice(sorted(rows))] if rows else None


def edited(
    scheme: Scheme, path: Path, filled: Response, *habits: Habit, seed: int | Random = 0
) -> Path:
    """Build a filled workbook and change it as respondents do."""
    built(scheme, path, filled)
    book = openpyxl.load_workbook(path)
    rng = seed if isinstance(seed, Random) else Random(seed)
    for habit in habits:
        habit(book, scheme, rng)
    book.worksheets[0].sheet_state = "visible"  # which the last one always is in a program
    book.active = 0
    book.save(path)
    return path


# --- sheets ------------------------------------------------------------------------------------


def rename_sheets(book: openpyxl.Workbook, scheme: Scheme, rng: Random) -> None:
    for number, sheet in enumerate(book.worksheets):
        sheet.title = f"Tabelle{number} {rng.randrange(99)}"


def reorder_sheets(book: openpyxl.Workbook, scheme: Scheme, rng: Random) -> None:
    sheets = list(book.worksheets)
    rng.shuffle(sheets)
    book._sheets = sheets  # type: ignore[attr-defined]


def hide_sheets(book: openpyxl.Workbook, scheme: Scheme, rng: Random) -> None:
    for sheet in book.worksheets[1:]:
        sheet.sheet_state = "hidden"


def delete_meta(book: openpyxl.Workbook, scheme: Scheme, rng: Random) -> None:
    if META_SHEET in book.sheetnames:
        del book[META_SHEET]


def delete_area(book: openpyxl.Workbook, scheme: Scheme, rng: Random) -> None:
    row = chosen(book, scheme, rng)
    if row is not None:
        book.remove(row.sheet)


def duplicate_sheet(book: openpyxl.Workbook, scheme: Scheme, rng: Random) -> None:
    row = chosen(book, scheme, rng)
    if row is not None:
        row.sheet.title = row.sheet.title[:26]  # else the name of the copy is too long for Excel
        book.copy_worksheet(row.sheet)


def add_export_summary(book: openpyxl.Workbook, scheme: Scheme, rng: Random) -> None:
    """Add the sheet that Numbers puts first, and name the sheets as it does."""
    for sheet in book.worksheets:
        sheet.title = f"{sheet.title[:18]} - Table 1"
    summary = book.create_sheet("Export Summary", 0)
    summary["A1"] = "This document was exported from Numbers."
    summary["B3"] = "Numbers Sheet Name"


# --- rows and columns --------------------------------------------------------------------------


def insert_rows(book: openpyxl.Workbook, scheme: Scheme, rng: Random) -> None:
    row = chosen(book, scheme, rng)
    if row is not None:
        row.sheet.insert_rows(row.row, rng.randint(1, 3))


def insert_column(book: openpyxl.Workbook, scheme: Scheme, rng: Random) -> None:
    row = chosen(book, scheme, rng)
    if row is not None:
        row.sheet.insert_cols(rng.choice(list(row.columns.values())), 1)


def delete_row(book: openpyxl.Workbook, scheme: Scheme, rng: Random) -> None:
    row = chosen(book, scheme, rng)
    if row is not None:
        row.sheet.delete_rows(row.row)


def sort_rows(book: openpyxl.Workbook, scheme: Scheme, rng: Random) -> None:
    """Shuffle the statements of a sheet, whole rows."""
    row = chosen(book, scheme, rng)
    if row is None:
        return
    same = [one for one in rows_of(book, scheme).values() if one.sheet is row.sheet]
    width = row.sheet.max_column
    contents = [[row.sheet.cell(one.row, c + 1).value for c in range(width)] for one in same]
    rng.shuffle(contents)
    for one, values in zip(same, contents, strict=True):
        for col, value in enumerate(values):
            cell = row.sheet.cell(one.row, col + 1)
            if type(cell).__name__ != "MergedCell":
                cell.value = value


def filter_rows(book: openpyxl.Workbook, scheme: Scheme, rng: Random) -> None:
    """Set a filter and hide every second row."""
    row = chosen(book, scheme, rng)
    if row is not None:
        row.sheet.auto_filter.ref = f"A6:G{row.sheet.max_row}"
        for number in range(7, row.sheet.max_row, 2):
            row.sheet.row_dimensions[number].hidden = True


def hide_columns(book: openpyxl.Workbook, scheme: Scheme, rng: Random) -> None:
    row = chosen(book, scheme, rng)
    if row is not None:
        for letter in "ABE":
            row.sheet.column_dimensions[letter].hidden = True


def edit_heading(book: openpyxl.Workbook, scheme: Scheme, rng: Random) -> None:
    """Write other headings over those of a sheet."""
    row = chosen(book, scheme, rng)
    if row is None:
        return
    names = {scheme_texts(scheme)(f"area.{column}") for column in AreaSheet.COLUMNS}
    for cells in row.sheet.iter_rows(max_row=row.row):
        for cell in cells:
            if cell.value in names:
                cell.value = f"My {str(cell.value)[:4]}"


def merge_ratings(book: openpyxl.Workbook, scheme: Scheme, rng: Random) -> None:
    """Merge a score cell with the one below."""
    row = chosen(book, scheme, rng)
    if row is not None:
        col = row.columns["rating"]
        row.sheet.merge_cells(
            start_row=row.row, end_row=row.row + 1, start_column=col, end_column=col
        )


def clear_id(book: openpyxl.Workbook, scheme: Scheme, rng: Random) -> None:
    row = chosen(book, scheme, rng)
    if row is not None:
        row.cell("id").value = None


def delete_id_column(book: openpyxl.Workbook, scheme: Scheme, rng: Random) -> None:
    row = chosen(book, scheme, rng)
    if row is not None:
        row.sheet.delete_cols(row.columns["id"])


# --- cells -------------------------------------------------------------------------------------


def retype(book: openpyxl.Workbook, scheme: Scheme, rng: Random) -> None:
    """Write a rating in another form that means the same."""
    row = chosen(book, scheme, rng)
    if row is None or not isinstance(row.cell("rating").value, str):
        return
    values = {rating.label: rating for rating in scheme.ratings}
    rating = values.get(row.cell("rating").value)
    if rating is None or type(row.cell("rating")).__name__ == "MergedCell":
        return
    forms: list[Any] = [rating.word, rating.word.upper(), f"  {rating.label} ", f"{rating.word}\n"]
    if isinstance(rating.value, int):
        forms += [rating.value, float(rating.value), f"{rating.value}.0", f"{rating.value},0"]
        forms += [chr(0xFF10 + rating.value), f"{rating.label} (see wiki)"]
    row.cell("rating").value = rng.choice(forms)


def spoil(book: openpyxl.Workbook, scheme: Scheme, rng: Random) -> None:
    """Write what is no rating."""
    row = chosen(book, scheme, rng)
    if row is not None and type(row.cell("rating")).__name__ != "MergedCell":
        row.cell("rating").value = rng.choice(JUNK)


def reword(book: openpyxl.Workbook, scheme: Scheme, rng: Random) -> None:
    row = chosen(book, scheme, rng)
    if row is not None:
        row.cell("statement").value = "Something else altogether."


def exchange_texts(book: openpyxl.Workbook, scheme: Scheme, rng: Random) -> None:
    """Exchange the texts of two statements of a sheet, as sorting one column does."""
    row = chosen(book, scheme, rng)
    if row is None:
        return
    others = [
        one
        for one in rows_of(book, scheme).values()
        if one.sheet is row.sheet and one.row != row.row
    ]
    if others:
        one, other = row.cell("statement"), rng.choice(others).cell("statement")
        one.value, other.value = other.value, one.value


def add_unknown_row(book: openpyxl.Workbook, scheme: Scheme, rng: Random) -> None:
    row = chosen(book, scheme, rng)
    if row is not None:
        last = row.sheet.max_row + 1
        row.sheet.cell(last, row.columns["id"]).value = "AA-77"
        row.sheet.cell(last, row.columns["rating"]).value = scheme.labels[0]


def copy_row(book: openpyxl.Workbook, scheme: Scheme, rng: Random) -> None:
    """Copy a row to the end of its sheet."""
    row = chosen(book, scheme, rng)
    if row is not None:
        last = row.sheet.max_row + 1
        for col in row.columns.values():
            row.sheet.cell(last, col).value = row.sheet.cell(row.row, col).value


def odd_target(book: openpyxl.Workbook, scheme: Scheme, rng: Random) -> None:
    summary = layout_of(scheme).summary
    if summary.sheet in book.sheetnames:
        book[summary.sheet][summary.figure_cell(scheme.areas[0].code, summary.TARGET).a1] = "high"


HABITS: tuple[Habit, ...] = (
    rename_sheets,
    reorder_sheets,
    hide_sheets,
    delete_meta,
    delete_area,
    duplicate_sheet,
    add_export_summary,
    insert_rows,
    insert_column,
    delete_row,
    sort_rows,
    filter_rows,
    hide_columns,
    edit_heading,
    merge_ratings,
    clear_id,
    delete_id_column,
    retype,
    spoil,
    reword,
    exchange_texts,
    add_unknown_row,
    copy_row,
    odd_target,
)


def damage_workbook(small: Scheme, folder: Path, profile: Profile) -> Path:
    """Save a workbook of the small scheme with doubtful cells, an odd target and an odd date."""
    ratings: dict[str, Any] = dict.fromkeys(small.statements, 2)
    filled = response(
        small,
        ratings,
        evidence={"AA-01": "=cmd|'/c calc'!A1", "AA-05": "line\nbreak"},
        profile=profile,
        targets={"AA": 3, "BB": 2},
    )
    path = edited(small, folder / "damaged.xlsx", filled, rename_sheets, insert_rows)
    book = openpyxl.load_workbook(path)
    rows = rows_of(book, small)
    for id_, value in (
        ("AA-01", "2 - Fully"),
        ("AA-02", 7),
        ("AA-03", "2=largely"),
        ("BB-01", "n/a"),
    ):
        rows[id_].cell("rating").value = value
    add_unknown_row(book, small, Random(0))
    for sheet in book.worksheets:
        for cells in sheet.iter_rows():
            for cell in cells:
                if cell.value == "Area AA" and sheet.cell(cell.row, cell.column + 4).value == 3:
                    sheet.cell(cell.row, cell.column + 4).value = "high"
                if cell.value == "Date":
                    sheet.cell(cell.row, cell.column + 1).value = "next week"
    book.save(path)
    return path
