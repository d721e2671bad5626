"""What explains figures stands where there are such figures, and says what they are."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import pytest
from rich.console import Console

from iml4e_xlsx.model import RatingValue, Scheme
from iml4e_xlsx.report.contents.contents import make_contents
from iml4e_xlsx.report.formats.html import render_html
from iml4e_xlsx.report.formats.terminal import show_outcomes, show_tables
from iml4e_xlsx.report.tables.comparison_tables import area_tables
from iml4e_xlsx.report.tables.overview_table import overview_table
from iml4e_xlsx.report.tables.standing import standing_table
from tests.support.builders import assessment, small_scheme

WIDTHS = (60, 80, 120)


@pytest.fixture(scope="module")
def knowing(tmp_path_factory: pytest.TempPathFactory) -> Scheme:
    """Return a scheme with a word for not knowing."""
    return small_scheme(tmp_path_factory.mktemp("knowing"), dont_know="Don't know")


def shown(
    scheme: Scheme, ratings: Mapping[str, Any], *, width: int = 120, count: int = 1, **options: Any
) -> str:
    out = io.StringIO()
    one = assessment(scheme, ratings, targets={"AA": 3})
    show_outcomes(Console(file=out, width=width, **options), [one] * count)
    return out.getvalue()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("rating", [None, "n/a"])
def test_no_legend_without_a_level(small: Scheme, rating: RatingValue | None, width: int) -> None:
    """Nothing is answered, or nothing applies: no stairs to explain, and without bars no bars."""
    text = shown(small, dict.fromkeys(small.statements, rating), width=width)

    assert "stairs" not in text
    assert ("Bars:" in text) == ("····" in text)


@pytest.mark.parametrize("width", WIDTHS)
def test_legends_where_there_are_levels(small: Scheme, width: int) -> None:
    """Bars without room in the table stand below it; a legend says what is underlined."""
    ratings = dict.fromkeys(small.statements, 2)
    plain = shown(small, ratings, width=width)
    styled = shown(small, ratings, width=width, force_terminal=True)

    assert "stairs" in plain
    assert "Bars:" in plain
    assert plain.count("███░") == sum(1 for area in small.areas for _ in small.scored_levels)
    assert "underlined" not in plain
    assert "underlined" in styled


def test_remarks_name_what_they_count(knowing: Scheme) -> None:
    """ "6 open; 6 not known" reads like twelve, and "at most 2 / 2.93" like a fraction."""
    text = shown(knowing, dict.fromkeys(knowing.statements, 2) | {"AA-01": "unknown"}, width=200)

    assert "1 open; of these 1 not known; at most level 1, index 2.78;" in text


@pytest.mark.parametrize("width", WIDTHS)
def test_many_results_say_what_stands_by_area(small: Scheme, width: int) -> None:
    """Beside the overall level, a column headed with an area can hold level or index."""
    text = shown(small, dict.fromkeys(small.statements, 2), width=width, count=5)

    assert "The columns of areas have the index, from 0 to 4." in " ".join(text.split())


def test_a_level_that_cannot_be_higher_is_said_to_be(small: Scheme) -> None:
    """Level 2 beside an overall level of 4: in the table of levels and in the heat map."""
    ratings: dict[str, RatingValue | None] = {
        id_: "n/a" if id_.startswith("BB") and statement.level > 2 else 3
        for id_, statement in small.statements.items()
    }
    limited = make_contents([assessment(small, ratings)])
    free = make_contents([assessment(small, dict.fromkeys(small.statements, 3))])

    _, levels, _ = area_tables(limited.comparison)

    assert levels.note.endswith("No higher level applies: Short BB of Alpha at 2.")
    assert "No higher level" not in area_tables(free.comparison)[1].note
    assert "highest level that applies</span>" in render_html(limited)
    assert "highest level that applies</span>" not in render_html(free)


def test_the_note_on_levels_says_the_rule(small: Scheme) -> None:
    """A lower level that is reached is not enough; and the mean is over all areas that apply."""
    out = io.StringIO()
    comparison = make_contents([assessment(small, dict.fromkeys(small.statements, 2))]).comparison
    show_tables(
        Console(file=out, width=300), [overview_table(comparison), area_tables(comparison)[1]]
    )
    text = out.getvalue()

    assert "only when more than 85 % of every lower level is in place" in text
    assert "the index is the mean of all areas that apply" in text


def test_heat_map_flags_a_gap_below(small: Scheme) -> None:
    """Level 0 in the strong colour of index 3.33 is marked, as everywhere."""
    weak = {id_: 1 if s.level == 1 else 3 for id_, s in small.statements.items()}

    contents = make_contents([assessment(small, weak)])
    page = render_html(contents)
    table = standing_table("Alpha", contents.teams[0].result.areas, small)

    assert page.count("◇<span") == len(small.areas)
    assert "◇ a gap below" in page
    at = [column.name for column in table.columns].index("gap_below")
    assert {row[at] for row in table.rows} == {"advanced practices on a weak base"}
