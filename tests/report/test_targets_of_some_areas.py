"""A way to targets in some of the areas says in how many; it looks like that of the whole."""

from __future__ import annotations

from iml4e_xlsx.model import Scheme
from iml4e_xlsx.report.contents.contents import make_contents
from iml4e_xlsx.report.contents.summary import summary_sentences
from iml4e_xlsx.report.tables.comparison_tables import overview_table
from iml4e_xlsx.report.tables.table import plain_row
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
    said = f"Targets are set in some areas only: Alpha in 1 of {len(areas)}."
    assert said in summary_sentences(contents)
