"""Labels: names in a cell, all of a few, of many the first."""

from __future__ import annotations

import pytest

from iml4e_xlsx.report.tables.labels import shorten_list
from iml4e_xlsx.text.interface_texts import load_texts


@pytest.mark.parametrize(
    ("count", "expected"),
    [(1, "T0"), (6, "T0, T1, T2, T3, T4, T5"), (7, "T0, T1, T2 and 4 more")],
)
def test_many_names_are_shortened(count: int, expected: str) -> None:
    """Up to six stand there whole."""
    names = [f"T{number}" for number in range(count)]

    assert shorten_list(names, load_texts()) == expected
