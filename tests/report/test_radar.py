"""The radar: drawn for any number of areas, and said in words."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from iml4e_xlsx.model import (
    RatingValue,
    Scheme,
)
from iml4e_xlsx.report.charts.chart_data import make_radar
from iml4e_xlsx.report.charts.radar import draw_radar
from iml4e_xlsx.report.contents.contents import Contents, make_contents
from iml4e_xlsx.report.formats.html import render_html
from tests.support.builders import assessment, small_scheme


def test_radar_says_in_words_what_it_shows(contents: Contents) -> None:
    """An SVG has title and description, and its labels are text; a PNG carries both as well."""
    svg = draw_radar(contents.radar, kind="svg").decode()
    root = ET.fromstring(svg)  # noqa: S314 - we wrote it
    space = "{http://www.w3.org/2000/svg}"
    described = root.find(f"{space}desc")

    assert root.get("role") == "img"
    assert root.find(f"{space}title") is not None
    assert described is not None
    assert "Alpha: " in str(described.text)
    texts = {str(one.text).strip() for one in root.iter(f"{space}text")}
    assert {"Alpha", "Gamma", *contents.radar.axes} <= texts
    assert b"Radar chart" in draw_radar(contents.radar, kind="png")


def test_radar_of_results_can_be_drawn_directly(small: Scheme) -> None:
    """The Python API takes results by name; without any, or without a scheme, it says so."""
    one = assessment(small, dict.fromkeys(small.statements, 1), targets={"AA": 2, "BB": 2, "CC": 2})

    assert draw_radar({"Alpha": one.result}, small).startswith(b"\x89PNG")
    assert not make_radar([("Alpha", one.result)], small).references, "a target is a level"
    with pytest.raises(ValueError, match="at least one"):
        draw_radar({}, small)
    with pytest.raises(ValueError, match="scheme"):
        draw_radar({"Alpha": one.result})


@pytest.mark.parametrize("areas", [1, 2, 20])
def test_other_numbers_of_areas_have_radars(tmp_path: Path, areas: int) -> None:
    """From 1 to 20 areas, whatever a scheme has."""
    codes = [f"A{chr(65 + n)}" for n in range(areas)]
    scheme = small_scheme(tmp_path, codes, per_level=1, top=2)
    one = assessment(scheme, dict.fromkeys(scheme.statements, 2))
    two = assessment(scheme, dict.fromkeys(scheme.statements, 0), team="Beta")
    contents = make_contents([one, two])

    assert len(contents.radar.axes) == areas
    assert draw_radar(contents.radar).startswith(b"\x89PNG")
    assert render_html(contents)


def test_a_gap_is_not_filled(small: Scheme) -> None:
    """The surface of one line would show values where nothing is answered."""
    full: dict[str, RatingValue | None] = dict.fromkeys(small.statements, 2)
    part = {**full, **dict.fromkeys((s.id for s in small.areas[1].statements), None)}
    closed, gap = (
        draw_radar({"Alpha": assessment(small, ratings).result}, small, kind="svg")
        for ratings in (full, part)
    )

    assert b"opacity: 0.08" in closed
    assert b"opacity: 0.08" not in gap


@pytest.mark.parametrize("ahead", [0, 1, 2])
def test_no_label_covers_the_name_of_an_area(tmp_path: Path, ahead: int) -> None:
    """A label beyond the point of a line at the top stood on the name of the area."""
    scheme = small_scheme(tmp_path, ("AA", "BB", "CC", "DD", "EE"), per_level=1)
    far = assessment(scheme, dict.fromkeys(scheme.statements, 3)).result
    near: dict[str, RatingValue | None] = {
        id_: 0 if id_.startswith(scheme.areas[ahead].code) else 2 for id_ in scheme.statements
    }
    results = {"Far": far, "Near": assessment(scheme, near).result}
    root = ET.fromstring(draw_radar(results, scheme, kind="svg"))  # noqa: S314 - we wrote it
    places: dict[str, tuple[float, float, float]] = {}
    for one in root.iter("{http://www.w3.org/2000/svg}text"):
        if one.get("x"):
            places.setdefault(str(one.text).strip(), box_of(one))

    left, right, y = places["Far"]

    for area in scheme.areas:
        begin, end, down = places[area.short]
        assert end < left or right < begin or abs(down - y) > 14, (area.short, places)


def box_of(text: ET.Element) -> tuple[float, float, float]:
    """Return about where a text begins and ends, and how far down it stands."""
    x, width = float(text.attrib["x"]), 6.0 * len(str(text.text).strip())
    (anchor,) = re.findall("text-anchor: ([a-z]+)", text.attrib["style"])
    left = x - {"start": 0.0, "middle": width / 2, "end": width}[anchor]
    return left, left + width, float(text.attrib["y"])
