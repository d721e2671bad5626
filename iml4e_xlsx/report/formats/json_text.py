"""Writes documents as JSON that steers no terminal, whole or a line for each result."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from iml4e_xlsx.findings.failure import Failure
from iml4e_xlsx.report.tables.result_data import (
    ResultBundle,
    ResultStream,
    left_out_entry,
    outcome_entry,
)
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
        return b"".join(self.stream_results(results))

    def stream_results(self, results: ResultBundle | ResultStream) -> Iterator[bytes]:
        """Yield the same piece by piece; only the files without a result wait for the end."""
        failed: list[object] = []
        before = '{\n  "results": ['
        for outcome in results.outcomes:
            entry = outcome_entry(outcome, by_source=results.by_source)
            if isinstance(outcome, Failure):
                failed.append(entry)
                continue
            yield f"{before}\n    {_render_inner(entry, 4)}".encode()
            before = ","
        yield ('{\n  "results": []' if before != "," else "\n  ]").encode()
        left_out = [left_out_entry(finding) for finding in results.left_out]
        yield f',\n  "failed": {_render_inner(failed, 2)}'.encode()
        yield f',\n  "left_out": {_render_inner(left_out, 2)}\n}}\n'.encode()


class JsonLinesWriter:
    """Writes a line for each result or failure, in the order in which they were read."""

    def encode_results(self, results: ResultBundle) -> bytes:
        """Return a line for each outcome."""
        return b"".join(self.stream_results(results))

    def stream_results(self, results: ResultBundle | ResultStream) -> Iterator[bytes]:
        """Yield a line for each outcome."""
        for outcome in results.outcomes:
            yield render_json_line(outcome_entry(outcome, by_source=results.by_source)).encode()


JSON: Final = JsonWriter()
NDJSON: Final = JsonLinesWriter()


def render_json(document: object) -> str:
    """Return a document as JSON for people and programs."""
    return _escape_controls(json.dumps(document, ensure_ascii=False, indent=2)) + "\n"


def _render_inner(document: object, indent: int) -> str:
    """Return a document as it stands within another, so many blanks from the left."""
    return render_json(document).rstrip("\n").replace("\n", "\n" + " " * indent)


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
