"""Finds the tables of statements on any sheet: rows by visible id, columns by their headings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from iml4e_xlsx.model import Scheme
from iml4e_xlsx.spreadsheets.grid import Grid
from iml4e_xlsx.workbook.layout import AreaSheet

_LONGEST_HEADING = 120

_HEADING_REACH = 30
"""How far above the first statement a heading row is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """
    A table of statements: `rows` maps a row to the statement in it, in sheet order.

    `unknown` are rows with an id that the scheme does not have; `by_position` says that the
    columns were not found by their headings, `by_text` that the rows were not found by their ids.
    """

    grid: Grid
    rows: Mapping[int, str]
    unknown: Mapping[int, str]
    columns: Mapping[str, int]
    by_position: bool = False
    by_text: bool = False

    @property
    def readable(self) -> bool:
        """Return whether the column of the ratings is known."""
        return "rating" in self.columns


def headings(texts: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Return every heading of the table, casefolded, to its column's name, in all languages."""
    return {
        entries[f"area.{column}"].casefold(): column
        for entries in texts
        for column in AreaSheet.COLUMNS
        if f"area.{column}" in entries
    }


def find_table(grid: Grid, scheme: Scheme, names: Mapping[str, str]) -> Table | None:
    """Return a sheet's table of statements, or None if no id of the scheme stands on it."""
    hits = grid.ids
    known = Counter(col for _, col, text in hits if text in scheme.statements)
    if not known:
        return None
    id_col = max(known, key=lambda col: (known[col], -col))
    rows = {row: text for row, col, text in hits if col == id_col and text in scheme.statements}
    unknown = {row: text for row, col, text in hits if col == id_col and row not in rows}
    columns = _columns_by_heading(grid, min(rows), names)
    by_position = "rating" not in columns or "evidence" not in columns
    if by_position:
        columns = _columns_by_position(grid, scheme, rows, id_col) | columns
    return Table(
        grid=grid,
        rows=rows,
        unknown=unknown,
        columns={**columns, "id": id_col},
        by_position=by_position,
    )


def find_table_by_text(
    grid: Grid, missing: Mapping[str, str], names: Mapping[str, str]
) -> Table | None:
    """
    Return the rows that have no id but a statement's text, or None.

    Args:
        grid: The sheet.
        missing: Text to id, of the statements that were not found by their ids.
        names: Heading to column; without headings nothing is read in this way.
    """
    hits = [(r, c, missing[key]) for r, c, t in grid.texts() if (key := plain(t)) in missing]
    if not hits:
        return None
    text_col = max(Counter(col for _, col, _ in hits).items(), key=lambda item: item[1])[0]
    columns = _columns_by_heading(grid, min(row for row, _, _ in hits), names)
    with_id = {row for row, _, _ in grid.ids}
    rows = {row: id_ for row, col, id_ in hits if col == text_col and row not in with_id}
    if not rows or "rating" not in columns:
        return None
    columns = {**columns, "statement": text_col, "id": columns.get("id", text_col)}
    return Table(grid=grid, rows=rows, unknown={}, columns=columns, by_text=True)


def _columns_by_heading(grid: Grid, first: int, names: Mapping[str, str]) -> dict[str, int]:
    """Return the columns of the row above the statements that has the most headings."""
    best: dict[str, int] = {}
    for row in range(max(0, first - _HEADING_REACH), first):
        columns: dict[str, int] = {}
        for col, value in enumerate(grid.rows[row]):
            if value and isinstance(value, str) and len(value) <= _LONGEST_HEADING:
                name = names.get(" ".join(value.split()).casefold())
                if name is not None:
                    columns.setdefault(name, col)
        if len(columns) > len(best):
            best = columns
    return best


def _columns_by_position(
    grid: Grid, scheme: Scheme, rows: Mapping[int, str], id_col: int
) -> dict[str, int]:
    """
    Return where the columns stand as issued, if the statements' texts confirm it.

    The distance from id to text as found may differ from the issued one: then a column was
    inserted or deleted, and where the ratings went can't be told.
    """
    text_col = id_col + AreaSheet.STATEMENT - AreaSheet.ID
    confirmed = sum(
        same_text(grid.value(row, text_col), scheme.statements[id_].text)
        for row, id_ in rows.items()
    )
    columns = {
        name: id_col + getattr(AreaSheet, name.upper()) - AreaSheet.ID for name in AreaSheet.COLUMNS
    }
    return columns if confirmed and _stand_as_issued(grid, scheme, rows, columns) else {}


def _stand_as_issued(
    grid: Grid, scheme: Scheme, rows: Mapping[int, str], columns: Mapping[str, int]
) -> bool:
    """Return whether no other column looks like the ratings, and none stands behind the last."""
    found: Counter[int] = Counter()
    for row in rows:
        for col, value in enumerate(grid.rows[row][columns["statement"] + 1 :]):
            at = columns["statement"] + 1 + col
            if isinstance(value, str) and value.strip().casefold() in scheme.wordings:
                found[at] += 1
            elif value != "" and at > columns["evidence"]:
                return False
    return not found or set(found) == {columns["rating"]}


def plain(text: str) -> str:
    """Return a text with single spaces between its words."""
    return " ".join(text.split())


def same_text(value: object, text: str) -> bool:
    """Return whether a cell holds a text, whatever became of its white space."""
    return value == text or (isinstance(value, str) and value.split() == text.split())
