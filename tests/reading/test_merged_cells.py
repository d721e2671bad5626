"""Merged score cells: the same as by looking at each range for each row, at a fraction of it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from iml4e_xlsx.reading.merged_cells import MergedCell, find_merged

COLUMN = 5
RANGE = st.tuples(st.integers(0, 12), st.integers(3, 7), st.integers(0, 4), st.integers(0, 3)).map(
    lambda r: ((r[0], r[1]), (r[0] + r[2], r[1] + r[3]))
)


@given(st.lists(RANGE, max_size=8), st.sets(st.integers(0, 16)))
def test_each_row_in_a_range_is_found(
    ranges: list[tuple[tuple[int, int], tuple[int, int]]], rows: set[int]
) -> None:
    """A cell is legible only if no range over it gives its rating to other cells."""
    found = find_merged(ranges, COLUMN, rows)

    for row in rows:
        over = [
            (first, last)
            for first, last in ranges
            if first[0] <= row <= last[0] and first[1] <= COLUMN <= last[1]
        ]
        assert (row in found) == bool(over)
        if over:
            own = all(first == (row, COLUMN) and last[0] == row for first, last in over)
            assert found[row].legible == own


def test_the_range_is_shown_as_people_write_it() -> None:
    """First and last cell."""
    merged = find_merged([((7, 5), (9, 6))], COLUMN, [6, 7, 9, 10])

    assert merged == dict.fromkeys([7, 9], MergedCell("F8:G10", legible=False))


def test_many_ranges_over_many_rows_are_gone_through_once() -> None:
    """Each row has its range; 20,000 ranges times 40,000 rows would not end."""
    ranges = [((row, 5), (row + 20_000, 6)) for row in range(20_000)]

    assert len(find_merged(ranges, COLUMN, range(60_000))) == 40_000
