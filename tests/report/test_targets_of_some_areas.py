"""A way to targets in some of the areas says in how many; it looks like that of the whole."""

from __future__ import annotations

from iml4e_xlsx.model import Scheme
from iml4e_xlsx.report.contents.contents import make_contents
from iml4e_xlsx.report.contents.summary import summary_sentences
from iml4e_xlsx.report.tables.overview_table import overview_table
from iml4e_xlsx.report.tables.table import format_value, plain_row, select_for_people
from tests.support.builders import assessment, rate_all


def test_the_number_of_areas_with_a_target_stands_beside_the_way(small: Scheme) -> None:
    """As a field of the table, and in a sentence that names only teams without all targets."""
    areas = [area.code for area in small.areas]
    contents = make_contents(
        [
            assessment(small, rate_all(small, 2), team="Alpha", targets={areas[0]: 1}),
            assessment(small, rate_all(small, 2), team="Beta", targets=dict.fromkeys(areas, 4)),
            assessment(small, rate_all(small, 2), team="Gamma"),
        ]
    )
    table = overview_table(contents.comparison)
    rows = [plain_row(table, row) for row in table.rows]

    assert [row["areas_with_target"] for row in rows] == [1, len(areas), None]
    ways = [
        format_value(value, column.kind)
        for row in table.rows
        for value, column in zip(row, table.columns, strict=True)
        if column.name == "way_to_target"
    ]
    assert ways == [f"100 % (1 of {len(areas)})", "79 %", "–"]
    assert "areas_with_target" not in {each.name for each in select_for_people(table).columns}
    said = f"Targets are set in some areas only: Alpha in 1 of {len(areas)}."
    assert said in summary_sentences(contents)


def test_what_figures_rest_on_is_said(small: Scheme) -> None:
    """A team all of whose statements one of two people has rated is 100 % answered; targets."""
    first = small.areas[0].code
    contents = make_contents(
        [
            assessment(small, rate_all(small, 2), team="Alpha", targets={first: 1}),
            assessment(
                small, {"AA-01": 3}, team="Alpha", targets={first: 3}, date="", respondent="Ben"
            ),
        ]
    )
    note = overview_table(contents.comparison).note

    count = len(small.statements) - 1
    assert f"In Alpha, only one of 2 people has rated {count} of the statements" in note
    assert (
        f"The members of Alpha gave different targets, of which the median counts: {first} (1, 3)"
        in note
    )
    assert contents.undated == "1 without a date"
    assert contents.cover_table.note.endswith("1 without a date")
