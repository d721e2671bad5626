"""Tables as Markdown, JSON, CSV and text: the same rows, as each format shows them."""

from __future__ import annotations

import io
import json

import pandas as pd

from iml4e_xlsx.report.formats.markdown import render_markdown
from iml4e_xlsx.report.formats.render import render_tables
from iml4e_xlsx.report.tables.table import (
    Column,
    ColumnKind,
    ResultTable,
)

TABLE = ResultTable(
    name="v",
    title="A | table",
    columns=(
        Column("a", "A"),
        Column("b", "B", ColumnKind.INDEX),
        Column("c", "C", ColumnKind.SHARE),
    ),
    rows=(("=1+1 | *x*\n<b>", 1.005, 0.996), ("b", None, None)),
)


def test_markdown_escapes_what_it_quotes() -> None:
    """A cell stays one cell, and nothing in it becomes markup."""
    lines = render_markdown([TABLE]).splitlines()

    assert lines[0] == "## A \\| table"
    assert lines[3] == "| --- | ---: | ---: |"
    assert lines[4] == "| =1+1 \\| \\*x\\* / \\<b\\> | 1.00 | 99 % |"
    assert lines[5] == "| b | – | – |"


def test_json_and_csv_have_the_same_rows_as_computed() -> None:
    """JSON has figures as computed; CSV never a formula; the same rows in both."""
    document = json.loads(render_tables([TABLE], "json"))
    frame = pd.read_csv(io.BytesIO(render_tables([TABLE, TABLE], "csv")))

    assert document["views"][0]["rows"][0] == {"a": "=1+1 | *x*\n<b>", "b": 1.005, "c": 0.996}
    assert list(frame["a"]) == ["'=1+1 | *x*\n<b>", "b"] * 2
    assert list(frame["view"]) == ["A | table"] * 4
    assert b"1.00" in render_tables([TABLE], "table")
