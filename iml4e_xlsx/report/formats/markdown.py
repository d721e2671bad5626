"""Writes tables as Markdown: a heading, the note and a table each."""

from __future__ import annotations

from collections.abc import Sequence

from iml4e_xlsx.report.tables.table import ColumnKind, ResultTable, format_value, select_for_people


def encode_tables(tables: Sequence[ResultTable]) -> bytes:
    """Return tables as a document in Markdown."""
    return render_markdown(tables).encode()


def render_markdown(tables: Sequence[ResultTable], *, level: int = 2) -> str:
    """Return tables as Markdown, with headings of a level."""
    parts = []
    for table in map(select_for_people, tables):
        lines = [f"{'#' * level} {_escape_text(table.title)}", ""]
        if table.note:
            lines += [_escape_text(table.note), ""]
        if table.rows:
            lines.append(_join_cells([_escape_text(column.heading) for column in table.columns]))
            lines.append(_join_cells([_column_rule(column.kind) for column in table.columns]))
            for row in table.rows:
                cells = zip(row, table.columns, strict=True)
                texts = [format_value(value, column.kind) for value, column in cells]
                lines.append(_join_cells([_escape_text(text) for text in texts]))
            lines.append("")
        parts.append("\n".join(lines))
    return "\n".join(parts)


def _column_rule(kind: ColumnKind) -> str:
    return "---:" if kind.is_figure else "---"


def _join_cells(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _escape_text(text: str) -> str:
    """Return text that Markdown shows as it is, on one line: no markup, no links, no cell ends."""
    printable = "".join(c if c.isprintable() or c.isspace() else " " for c in text)
    joined = " / ".join(part.strip() for part in printable.splitlines() if part.strip())
    return "".join(f"\\{c}" if c in "\\`*_[]<>|#" else c for c in joined)
