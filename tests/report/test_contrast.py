"""The colours of the page and of its pictures: everybody can read what stands on them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import chain

import pytest

from iml4e_xlsx import resources
from iml4e_xlsx.report.charts.line_chart import draw_lines
from iml4e_xlsx.report.charts.radar import draw_radar
from iml4e_xlsx.report.contents.contents import Contents
from iml4e_xlsx.report.formats.html import render_html
from iml4e_xlsx.workbook.colours import CHART_RULE, PAGE_THEMES, SERIES_COLOURS, WHITE
from tests.support.contrast import contrast_of

TEXT, SHAPE = 4.5, 3.0
"""What WCAG 2.1 AA wants of text, and of shapes that mean something."""

SPOKEN = ("ink", "muted", "accent", "link", *(f"series-{at}" for at in range(6)))
"""Colours of text that stands on the page itself."""

RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
DECLARED = re.compile(r"(?<![\w-])(color|background): *var\(--([\w-]+)\)")


def themes() -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield each theme as a browser sees it: what it does not say is that of all."""
    for name, colours in PAGE_THEMES.items():
        yield name, {**PAGE_THEMES["all"], **colours}


def pairs_of_style() -> set[tuple[str, str]]:
    """Return each pair of text and background that a rule of the style may bring together."""
    style = (resources.templates_folder() / "report" / "style.css").read_text(encoding="utf-8")
    pairs = {(ink, "paper") for ink in SPOKEN}
    for _, body in RULE.findall(re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)):
        declared = dict(DECLARED.findall(body))
        if "background" in declared:  # text that has no colour of its own is that of the page
            pairs.add((declared.get("color", "ink"), declared["background"]))
        elif declared.get("color", "").startswith("on-"):
            continue  # for backgrounds, which are set by rules that name both
        elif "color" in declared:
            pairs.add((declared["color"], "paper"))
    return pairs


@pytest.mark.parametrize(("name", "colours"), [*themes()])
def test_text_of_the_page_can_be_read(name: str, colours: Mapping[str, str]) -> None:
    """Every pair of text and background in the style, in the light, the dark and on paper."""
    pairs = pairs_of_style()
    low = {
        (name, *pair): round(contrast_of(colours[pair[0]], colours[pair[1]]), 2)
        for pair in pairs
        if contrast_of(colours[pair[0]], colours[pair[1]]) < TEXT
    }

    assert {("on-heat", f"heat-{step}") for step in range(6)} <= pairs
    assert ("accent", "panel") in pairs
    assert low == {}


def test_colours_of_the_page_come_from_the_palette(contents: Contents) -> None:
    """No rule and no themed picture has a colour of its own, which a theme would not change."""
    page = render_html(contents)
    known = {c.upper() for theme in PAGE_THEMES.values() for c in theme.values()}
    style, *pictures = re.findall(r"<style>.*?</style>|<svg.*?</svg>", page, flags=re.DOTALL)

    assert len(pictures) == 2
    assert {found.upper() for found in re.findall(r"#[0-9A-Fa-f]{6}\b", style)} <= known
    for picture in pictures:
        assert re.findall(r"(?:fill|stroke): *(?:#|white|black)", picture) == []


def test_text_and_lines_of_pictures_can_be_seen(contents: Contents) -> None:
    """Pictures on white paper: names beside the lines, figures at the axes, and the lines."""
    assert contents.trend_chart is not None
    pictures = (draw_radar(contents.radar, kind="svg"), draw_lines(contents.trend_chart))
    texts = set(chain.from_iterable(colours_of(svg.decode(), "<text", "fill") for svg in pictures))
    lines = set(
        chain.from_iterable(colours_of(svg.decode(), "<path", "stroke") for svg in pictures)
    )

    assert len(texts) > 2
    assert {*SERIES_COLOURS[:3]} <= {line.upper() for line in lines}
    assert {c: contrast_of(c, WHITE) for c in texts if contrast_of(c, WHITE) < TEXT} == {}
    meant = {line for line in lines if line.upper() not in {CHART_RULE.upper(), WHITE}}
    assert {c: contrast_of(c, WHITE) for c in meant if contrast_of(c, WHITE) < SHAPE} == {}


@pytest.mark.parametrize("colour", SERIES_COLOURS)
def test_each_series_may_be_a_colour_of_text(colour: str) -> None:
    """Names stand in the colour of their line, also of the series that the reports here lack."""
    assert contrast_of(colour, WHITE) >= TEXT


def colours_of(svg: str, tag: str, style: str) -> Iterator[str]:
    """Yield the colours that elements of a picture are drawn in; matplotlib's default is black."""
    for element in re.findall(rf"{tag}[^>]*>", svg):
        found = re.search(rf"(?<![\w-]){style}: *(#[0-9a-fA-F]{{6}})", element)
        if found:
            yield found[1]
        elif tag == "<text":
            yield "#000000"
