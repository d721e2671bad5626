"""Widths of columns on paper: all of them fit, and long texts get the room that is left."""

from __future__ import annotations

import pytest

from iml4e_xlsx.report.formats.column_widths import share_widths
from iml4e_xlsx.report.tables.table import Column, ColumnKind

UNBROKEN = "Donaudampfschifffahrtsgesellschaftskapitänsmütze" * 2


@pytest.mark.parametrize("count", [1, 9, 60])
def test_columns_share_the_paper_however_many_there_are(count: int) -> None:
    """Nothing is wider than the paper; each column gets some of it."""
    columns = [
        Column(str(at), f"Heading {at}", list(ColumnKind)[at % len(ColumnKind)])
        for at in range(count)
    ]
    row = [UNBROKEN if at % 2 else "2" for at in range(count)]

    shares = share_widths(columns, [row])

    assert sum(shares) == pytest.approx(1)
    assert min(shares) > 0


def test_long_texts_get_what_the_others_do_not_need() -> None:
    """A column of figures stays narrow beside a column of sentences."""
    columns = [Column("n", "n", ColumnKind.COUNT), Column("t", "Text", ColumnKind.LONG)]

    count, text = share_widths(columns, [["12", "a sentence of several words " * 5]])

    assert text > 10 * count
