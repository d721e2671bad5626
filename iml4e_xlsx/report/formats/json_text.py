"""Writes documents as JSON that steers no terminal, whole or a line for each result."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, Final

from iml4e_xlsx.report.tables.result_data import ResultBundle, outcome_entry, results_document
from iml4e_xlsx.report.tables.table import ResultTable, plain_row

_TERMINAL: Final = re.compile("[\x7f-\x9f]")
"""Control characters that JSON may hold as they are."""


class JsonWriter:
    """Writes one document."""

    def encode_tables(self, tables: Sequence[ResultTable]) -> bytes:
        """Return tables as objects; documents call them `views`, and programs rely on that."""
        return render_json({"views": [table_entry(table) for table in tables]}).encode()

    def encode_results(self, results: ResultBundle) -> bytes:
        """Return the results and, apart from them, the files without one."""
        document = results_document(results.outcomes, results.left_out, by_source=results.by_source)
        return render_json(document).encode()


class JsonLinesWriter:
    """Writes a line for each result or failure, in the order in which they were read."""

    def encode_results(self, results: ResultBundle) -> bytes:
        """Return a line for each outcome."""
        lines = (
            render_json_line(outcome_entry(outcome, by_source=results.by_source))
            for outcome in results.outcomes
        )
        return "".join(lines).encode()


JSON: Final = JsonWriter()
NDJSON: Final = JsonLinesWriter()


def render_json(document: object) -> str:
    """Return a document as JSON for people and programs."""
    return _escape_controls(json.dumps(document, ensure_ascii=False, indent=2)) + "\n"


def render_json_line(document: object) -> str:
    """Return a document as one line of JSON."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return _escape_controls(text) + "\n"


def table_entry(table: ResultTable) -> dict[str, Any]:
    """Return a table as data: rows as objects, figures as floats, not rounded."""
    return {
        "name": table.name,
        "title": table.title,
        "note": table.note,
        "rows": [plain_row(table, row) for row in table.rows],
    }


def _escape_controls(text: str) -> str:
    """Return JSON that means the same and steers no terminal."""
    return _TERMINAL.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
