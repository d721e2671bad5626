"""The worked examples of the rule in the JSON of results, and on the page of the report."""

from __future__ import annotations

from pathlib import Path

import pytest

from iml4e_xlsx.model import Scheme
from iml4e_xlsx.report.contents.contents import make_contents
from iml4e_xlsx.report.formats.html import render_html
from iml4e_xlsx.report.tables.result_data import result_entry
from iml4e_xlsx.scheme import load_scheme
from iml4e_xlsx.workbook.builder import build_workbook
from tests.support.builders import (
    CREATED,
    assessment,
    in_order,
    scheme_fields,
    small_scheme,
    write_scheme,
)
from tests.test_scoring import WAYS, WayExample


@pytest.fixture(scope="module")
def one_area(tmp_path_factory: pytest.TempPathFactory) -> Scheme:
    return small_scheme(tmp_path_factory.mktemp("scheme"), ["AA"])


@pytest.mark.parametrize("way", WAYS, ids=lambda way: str(way.shown_index))
def test_json_has_the_figures_of_the_rule(one_area: Scheme, way: WayExample) -> None:
    """Level, index, highest, steps and way, null where the area does not apply."""
    given = assessment(one_area, in_order(one_area, "AA", way.ratings), targets={"AA": 3})
    entry = result_entry(given)
    (area,) = entry["areas"]

    assert (area["level"], area["highest"]) == (way.level, way.highest)
    assert (area["steps_to_target"], area["required_for_target"]) == (way.steps, way.required)
    assert area["steps_to_next"] == way.steps_to_next
    assert (area["complete"], area["effective_target"]) == (way.complete, way.effective_target)
    assert area["applies"] == (way.level is not None)
    index, share = area["index"], area["way_to_target"]
    assert (None if index is None else f"{index:.2f}") == way.shown_index
    assert (None if share is None else f"{share * 100:.1f}") == way.share
    assert (entry["overall"]["level"], entry["overall"]["steps_to_target"]) == (
        way.level,
        way.steps,
    )
    assert entry["overall"]["not_applying"] == ([] if area["applies"] else ["AA"])


@pytest.mark.parametrize("way", WAYS, ids=lambda way: str(way.shown_index))
def test_page_has_the_figures_of_the_rule(one_area: Scheme, way: WayExample) -> None:
    """The steps to the next level and to the target, and how far the way is done."""
    given = assessment(one_area, in_order(one_area, "AA", way.ratings), targets={"AA": 3})
    html = render_html(make_contents([given])).replace("\u00a0", " ")

    if way.steps_to_next:
        assert f"to the next level: {way.steps_to_next} step" in html
    if way.steps and way.share is not None:
        done = f"{round(float(way.share))} % of the way is done"
        assert f"to the target: {way.steps} step" in html
        assert done in html
    if way.effective_target is None:
        assert "does not apply, every statement is n/a" in html
    elif way.effective_target != 3:
        assert "the target means level 2" in html
    assert ("the highest that applies" in html) == (way.highest in (2, 3))


def test_scheme_with_an_empty_level_is_built_and_reported(tmp_path: Path) -> None:
    """An area has no statement at level 2: workbook, report and JSON do without that level."""
    table = "\n".join(f"| {code} | {k} | {code}-0{k} |" for code in ("AA", "BB") for k in (1, 3, 4))
    scheme = load_scheme(write_scheme(tmp_path, scheme_fields(table)))
    given = assessment(scheme, dict.fromkeys(scheme.statements, 2), targets={"AA": 2})
    entry = result_entry(given)

    assert build_workbook(scheme, created=CREATED, response=given.response)
    assert [*entry["areas"][0]["fulfilment"]] == ["1", "3", "4"]
    assert entry["areas"][0]["effective_target"] == 3
    assert "no statement of level 2 applies" in render_html(make_contents([given]))
