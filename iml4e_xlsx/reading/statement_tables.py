"""Finds the tables of statements on any sheet: rows by ids, columns by headings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeGuard

from iml4e_xlsx.model import Scheme
from iml4e_xlsx.reading.statement_texts import StatementTexts
from iml4e_xlsx.spreadsheets.grid import Grid, GridValue
from iml4e_xlsx.text.spelling import heading_key
from iml4e_xlsx.workbook.rating_notation import notation_of
from iml4e_xlsx.workbook.workbook_layout import AreaSheet

READ_COLUMNS = ("id", "statement", "rating", "evidence")
"""The columns that are read; the others only help the respondent."""

_LONGEST_HEADING = 120

_HEADING_REACH = 30
"""How far above the first statement a heading row is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementTable:
    """
    A table of statements: `rows` maps a row to the statement in it, in sheet order.

    `unknown` holds the rows with an id that the scheme does not have. `by_position` is set where
    the columns had no headings, `by_text` where the rows had no ids.
    """

    grid: Grid
    rows: Mapping[int, str]
    unknown: Mapping[int, str]
    columns: Mapping[str, int]
    by_position: bool = False
    by_text: bool = False

    @property
    def is_as_issued(self) -> bool:
        """Return whether all that is read has its heading, and every id is known."""
        return self.is_readable and not (self.by_position or self.by_text or self.unknown)

    @property
    def is_readable(self) -> bool:
        """Return whether the table has a column of ratings."""
        return "rating" in self.columns


def table_headings(texts: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Return the column's name for every heading in any language; headings are casefolded."""
    return {
        heading_key(entries[f"area.{column}"]): column
        for entries in texts
        for column in AreaSheet.COLUMNS
        if f"area.{column}" in entries
    }


def find_table(
    grid: Grid, scheme: Scheme, names: Mapping[str, str], texts: StatementTexts
) -> StatementTable | None:
    """Return a sheet's table of statements, or None if no id of the scheme stands on it."""
    found: dict[int, dict[int, str]] = {}
    for row, col, text in grid.ids:
        if text in scheme.statements:
            found.setdefault(col, {})[row] = text
    if not found:
        return None
    # Respondents may note ids elsewhere; the column with the most is that of the table.
    id_col = max(found, key=lambda col: (len(found[col]), -col))
    rows = found[id_col]
    unknown = {row: text for row, col, text in grid.ids if col == id_col and row not in rows}
    columns = _columns_by_heading(grid, min(rows), names)
    by_position = "rating" not in columns or "evidence" not in columns
    if by_position:  # headings that are still there count more than where they ought to be
        columns = _columns_by_position(grid, scheme, rows, id_col, texts) | columns
    return StatementTable(
        grid=grid,
        rows=rows,
        unknown=unknown,
        columns={**columns, "id": id_col},
        by_position=by_position,
    )


def find_table_by_text(
    grid: Grid, missing: Container[str], names: Mapping[str, str], texts: StatementTexts
) -> StatementTable | None:
    """
    Return the rows that have no id but a statement's text, or None.

    Args:
        grid: The sheet.
        missing: The statements that were not found by their ids.
        names: Heading to column; without headings nothing is read in this way.
        texts: The texts of the scheme's statements.
    """
    hits = [
        (row, col, statement)
        for row, values in grid.rows.items()
        for col, value in values.items()
        if (statement := texts.find_statement(value)) is not None and statement in missing
    ]
    if not hits:
        return None
    text_col = max(Counter(col for _, col, _ in hits).items(), key=lambda item: item[1])[0]
    columns = _columns_by_heading(grid, min(row for row, _, _ in hits), names)
    with_id = {row for row, _, _ in grid.ids}
    rows = {row: id_ for row, col, id_ in hits if col == text_col and row not in with_id}
    if not rows or "rating" not in columns:
        return None
    columns = {**columns, "statement": text_col, "id": columns.get("id", text_col)}
    return StatementTable(grid=grid, rows=rows, unknown={}, columns=columns, by_text=True)


def _columns_by_heading(grid: Grid, first: int, names: Mapping[str, str]) -> dict[str, int]:
    """Return the columns of the row above the statements that has the most headings."""
    best: dict[str, int] = {}
    for row in range(max(0, first - _HEADING_REACH), first):
        columns: dict[str, int] = {}
        for col, value in grid.rows.get(row, {}).items():
            if isinstance(value, str) and len(value) <= _LONGEST_HEADING:
                name = names.get(heading_key(value))
                if name is not None:
                    columns.setdefault(name, col)
        if len(columns) > len(best):
            best = columns
    return best


def _columns_by_position(
    grid: Grid, scheme: Scheme, rows: Mapping[int, str], id_col: int, texts: StatementTexts
) -> dict[str, int]:
    """
    Return the columns at their issued distance from the ids, if the statements' texts confirm it.

    If the texts stand elsewhere, a column was inserted or deleted, and the column of the ratings
    cannot be determined.
    """
    text_col = id_col + AreaSheet.STATEMENT - AreaSheet.ID
    confirmed = any(
        texts.has_text_of(grid.cell_value(row, text_col), id_) for row, id_ in rows.items()
    )
    columns = {
        name: id_col + getattr(AreaSheet, name.upper()) - AreaSheet.ID for name in AreaSheet.COLUMNS
    }
    return columns if confirmed and _is_as_issued(grid, scheme, rows, columns) else {}


def _is_as_issued(
    grid: Grid, scheme: Scheme, rows: Mapping[int, str], columns: Mapping[str, int]
) -> bool:
    """
    Return whether only the issued column has ratings, and nothing stands right of the last.

    Only the workbook's own figure may: as what the rating of its row is counted.
    """
    notation, rating_columns = notation_of(scheme), set[int]()
    counted = columns["id"] + AreaSheet.COUNTED_AS - AreaSheet.ID
    for row in rows:
        rating = notation.find_rating(grid.cell_value(row, columns["rating"]))
        for position, value in grid.rows.get(row, {}).items():
            if position <= columns["statement"]:
                continue
            if position == counted and value == notation.position(rating):
                continue
            if _may_be_label(value) and value.strip().casefold() in scheme.wordings:
                rating_columns.add(position)
            elif position > columns["evidence"]:
                return False
    return not rating_columns or rating_columns == {columns["rating"]}


def _may_be_label(value: GridValue) -> TypeGuard[str]:
    return isinstance(value, str) and len(value) <= _LONGEST_HEADING
