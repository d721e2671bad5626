"""A statement without an answer is never a diagnosis: no gap by it alone, and it is said open."""

from __future__ import annotations

import re
from dataclasses import replace

from iml4e_xlsx.model import Assessment, RatingValue, Scheme
from iml4e_xlsx.report.contents.contents import make_contents
from iml4e_xlsx.report.contents.summary import summary_sentences
from iml4e_xlsx.report.formats.html import render_html
from iml4e_xlsx.report.tables.labels import at_most_text
from iml4e_xlsx.report.tables.standing import area_notes, area_remark, standing_table
from iml4e_xlsx.scoring import score
from iml4e_xlsx.text.interface_texts import scheme_texts
from tests.support.builders import assessment, rate_all


def open_base(scheme: Scheme, others: RatingValue = 3) -> Assessment:
    """Return answers that are fully met, but for one statement of each area's base."""
    ratings: dict[str, RatingValue | None] = {**rate_all(scheme, others)}
    for area in scheme.areas:
        first = next(each for each in area.statements if each.level == 1)
        ratings[first.id] = None
    return assessment(scheme, ratings)


def test_an_open_answer_is_no_gap_below(small: Scheme) -> None:
    """The level is low only because nothing is known, so no output claims a weak base."""
    contents = make_contents([open_base(small)])
    areas, texts = contents.teams[0].result.areas, scheme_texts(small)

    assert not any(area.gap_below for area in areas)
    assert "Gap below" not in "\n".join(summary_sentences(contents))
    assert not any("gap below" in note for area in areas for note in area_notes(area, texts))
    assert "◇<span" not in render_html(contents)


def test_a_gap_stays_where_what_is_open_cannot_close_it(small: Scheme) -> None:
    """A base rated weak is a gap, whatever the open answer at the top will be."""
    ratings: dict[str, RatingValue | None] = {
        id_: 0 if each.level == 1 else 3 for id_, each in small.statements.items()
    }
    tops = [max(area.statements, key=lambda each: each.level).id for area in small.areas]

    areas = assessment(small, ratings | dict.fromkeys(tops)).result.areas

    assert [area.open_statements for area in areas] == [(top,) for top in tops]
    assert all(area.provisional and area.gap_below for area in areas)


def test_an_open_statement_that_holds_down_is_said_open(small: Scheme) -> None:
    """Sentence, remark and table name the statement with the word."""
    each = open_base(small)
    contents, texts = make_contents([each]), scheme_texts(small)
    first = each.result.areas[0]
    (open_id,) = first.open_statements

    holding = next(one for one in summary_sentences(contents) if "holds the level" in one)
    table = standing_table("Alpha", each.result.areas, small)
    at = [column.name for column in table.columns].index("held_down_by")

    assert f"{open_id} [open]" in holding
    assert any(f"{open_id} [open]" in note for note in area_notes(first, texts))
    assert f"{open_id} [open]" in str(table.rows[0][at])
    rated = [id_ for id_ in first.held_down_by if id_ != open_id]
    assert not any(f"{id_} [open]" in str(table.rows[0]) for id_ in rated)


def test_where_it_stands_says_what_is_open_and_how_far_it_rises(small: Scheme) -> None:
    """The page and the sheet have the words of the terminal."""
    each = open_base(small)
    area, texts = each.result.areas[0], scheme_texts(small)
    said = f"1 open; {at_most_text(area, texts)}"

    page = render_html(make_contents([each]))
    table = standing_table("Alpha", each.result.areas, small)
    at = [column.name for column in table.columns].index("still_open")

    assert area_remark(area, texts).startswith(f"{said}; ")
    assert page.count(f"<td>{said}; ") == len(small.areas)
    assert table.rows[0][at] == said


def test_the_own_estimate_stands_beside_the_level(small: Scheme) -> None:
    """It is there where it was given, also where it is the level reached."""
    plain = assessment(small, rate_all(small, 3))
    estimates = {"AA": 2, "BB": small.top}
    given = replace(plain.response, estimates=estimates)
    full = replace(plain, response=given, result=score(given, small))

    page = render_html(make_contents([full]))
    table = standing_table("Alpha", full.result.areas, small)
    at = [column.name for column in table.columns].index("estimate")

    assert re.findall(r">own estimate (\d)<", page) == ["2", str(small.top)]
    assert [row[at] for row in table.rows] == [2, small.top, *[None] * (len(small.areas) - 2)]
