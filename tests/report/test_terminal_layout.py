"""How a table stands in a terminal: headings have a line where there is room for it."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from iml4e_xlsx.report.formats.terminal import show_tables
from iml4e_xlsx.report.formats.terminal_layout import plan_layout
from iml4e_xlsx.report.tables.table import Column, ColumnKind, ResultTable

_TEAM = Column("team", "Team", ColumnKind.TEXT, is_name=True)
_WAY = Column("way", "Way to targets", ColumnKind.SHARE)
_WEAK = Column("weak", "Held down by", ColumnKind.LONG)
_INDICES = tuple(
    Column(name, f"Index {name}", ColumnKind.INDEX, brief=name) for name in ("2026-05", "2026-11")
)

GLANCE = ((_TEAM, _WAY, _WEAK), (("Fraud Detection", "85 %", "Operation"),))
TREND = ((_TEAM, *_INDICES), (("Fraud Detection", "1.00", "2.00"),))


@pytest.mark.parametrize(("columns", "rows"), [GLANCE, TREND], ids=["glance", "trend"])
@pytest.mark.parametrize("more", range(-8, 9))
def test_headings_stand_on_one_line_where_there_is_room(
    columns: tuple[Column, ...], rows: tuple[tuple[str, ...], ...], more: int
) -> None:
    """With the narrow gap at least; with less room they break, and nothing gets wider in vain."""
    whole = [
        max(len(column.heading), *(len(row[at]) for row in rows))
        for at, column in enumerate(columns)
    ]
    narrow = sum(whole) + 2 * (len(columns) - 1)

    layout = plan_layout(columns, rows, narrow + more)

    assert layout.headings == tuple(column.heading for column in columns)
    assert (list(layout.widths.values()) == whole) == (more >= 0)
    taken = sum(layout.widths.values()) + layout.gap * (len(columns) - 1)
    assert taken <= narrow + more


def test_the_gap_stays_wide_where_all_has_room() -> None:
    columns, rows = GLANCE

    assert plan_layout(columns, rows, 80).gap == 3


@pytest.mark.parametrize("width", [60, 80, 120])
def test_tables_of_one_output_stand_alike(width: int) -> None:
    """The one with a long text decides for both; each alone would stand otherwise."""
    columns = (_TEAM, Column("text", "Statement", ColumnKind.LONG, comfort=width // 2), *_INDICES)
    texts = ("short", "a text of many words " * 8)
    tables = [
        ResultTable(name=text, title=text[:5], columns=columns, rows=(("Fraud", text, "1", "2"),))
        for text in texts
    ]
    console = Console(width=width, record=True, file=StringIO())

    show_tables(console, tables)

    lines = console.export_text().splitlines()
    heads = [line.rstrip() for line in lines if line.startswith("Team")]
    assert len(heads) == 2
    assert heads[0] == heads[1]


def test_long_texts_that_lack_comfort_stand_below() -> None:
    """Beside the figures they would take many lines of few words."""
    text = "a text of many words " * 8
    widths = [
        plan_layout(
            (_TEAM, *_INDICES, Column("text", "Text", ColumnKind.LONG, comfort=comfort)),
            (("Fraud Detection", "1.00", "2.00", text),),
            80,
        ).widths
        for comfort in (0, 60)
    ]

    assert [3 in each for each in widths] == [True, False]
