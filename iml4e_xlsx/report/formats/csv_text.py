"""Writes rows as CSV in which no text becomes a formula, ends a row or steers a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from iml4e_xlsx.report.tables.result_data import ResultBundle, ResultStream, choose_rows
from iml4e_xlsx.report.tables.table import ResultTable, plain_row
from iml4e_xlsx.text.spelling import storable_text

_LINE_ENDS: Final = re.compile("\r\n|[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]")
_CONTROLS: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
"""What steers a terminal or ends a text, and shows nothing: all but tabs and ends of lines."""

_FORMULA: Final = re.compile("\\A(?=\n)|^(?=[=+\\-@\t\uff1d\uff0b\uff0d\uff20])", re.MULTILINE)
"""
Where spreadsheet programs may see the beginning of a formula (CWE-1236), full width too.

In each line of a text, not in its first alone: a program that takes an end of a line for the end
of a row begins a cell there.
"""

_QUOTED: Final = re.compile('[",;\t\n]')
"""What makes quotes needed; some programs take semicolons and tabs for ends of cells as well."""


def encode_tables(tables: Sequence[ResultTable]) -> bytes:
    """Return the rows of all tables under all their columns; `view` says which each belongs to."""
    names = dict.fromkeys(column.name for table in tables for column in table.columns)
    rows = [
        {"view": table.title, **plain_row(table, row)} for table in tables for row in table.rows
    ]
    return render_csv(["view", *names], rows).encode()


def encode_results(results: ResultBundle) -> bytes:
    """Return a tidy table: a row for each area of each result and one for the whole."""
    return b"".join(stream_results(results))


def stream_results(results: ResultBundle | ResultStream) -> Iterator[bytes]:
    """Yield the heading of the same table, then the rows of each result."""
    columns, rows_of = choose_rows(results)
    yield _render_line(columns).encode()
    for assessment in results.assessments:
        rows = rows_of(assessment)
        yield "".join(_render_line(map(row.get, columns)) for row in rows).encode()


def render_csv(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> str:
    """
    Return rows as CSV in which no text can become a formula, end a row or steer a terminal.

    Each line of a text that a spreadsheet program would take for a formula is preceded by an
    apostrophe. Lines end with a line feed, within texts as well.
    """
    lines = [columns, *([row.get(name) for name in columns] for row in rows)]
    return "".join(map(_render_line, lines))


def _render_line(fields: Iterable[object]) -> str:
    return ",".join(map(_format_field, fields)) + "\n"


def _format_field(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    text = _FORMULA.sub("'", _clean_text(value)) if isinstance(value, str) else str(value)
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text


def _clean_text(text: str) -> str:
    """Return a text without control characters; whatever ends its lines is a line feed."""
    return _CONTROLS.sub("", _LINE_ENDS.sub("\n", storable_text(text)))
