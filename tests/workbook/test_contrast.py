"""The contrast of every font with its fill, in all formats of a workbook and in its charts."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

from iml4e_xlsx.model import Scheme
from iml4e_xlsx.scoring import score
from iml4e_xlsx.workbook.builder import build_workbook
from iml4e_xlsx.workbook.cells import Cell
from iml4e_xlsx.workbook.colours import INK, INPUT, INPUT_EDGE, WHITE
from iml4e_xlsx.workbook.workbook_layout import layout_of
from tests.support.builders import CREATED, response

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
TEXT, LARGE, GRAPHICS = 4.5, 3.0, 3.0
_LINEAR_UP_TO = 0.04045


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour, as WCAG defines it."""
    parts = [int(colour.lstrip("#")[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= _LINEAR_UP_TO else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def colour_of(part: ET.Element | None, default: str) -> str:
    """Return a colour of a style, without the part for its opacity."""
    if part is None or part.get("rgb") is None:
        return default
    return "#" + str(part.get("rgb"))[-6:]


def fill_of(fill: ET.Element | None, default: str) -> str:
    """Return the colour behind a text."""
    pattern = None if fill is None else fill.find(f"{MAIN}patternFill")
    if pattern is None or pattern.get("patternType") in ("none", "gray125"):
        return default
    # A solid fill of a cell is in the foreground; one of a conditional format in the background.
    front, back = pattern.find(f"{MAIN}fgColor"), pattern.find(f"{MAIN}bgColor")
    return colour_of(front if front is not None else back, default)


def pairs(styles: ET.Element) -> Iterator[tuple[str, str, float]]:
    """Yield font, fill and size of every format, and of every conditional one."""
    fonts = styles.findall(f"{MAIN}fonts/{MAIN}font")
    fills = styles.findall(f"{MAIN}fills/{MAIN}fill")
    for xf in styles.findall(f"{MAIN}cellXfs/{MAIN}xf"):
        font = fonts[int(xf.get("fontId", "0"))]
        size = font.find(f"{MAIN}sz")
        points = 11.0 if size is None else float(size.get("val", "11"))
        ink = colour_of(font.find(f"{MAIN}color"), "#000000")
        yield ink, fill_of(fills[int(xf.get("fillId", "0"))], WHITE), points
    for dxf in styles.findall(f"{MAIN}dxfs/{MAIN}dxf"):
        ink = colour_of(dxf.find(f"{MAIN}font/{MAIN}color"), INK)
        yield ink, fill_of(dxf.find(f"{MAIN}fill"), WHITE), 11.0


def made(scheme: Scheme, path: Path) -> Path:
    """Write a workbook in which every kind of format is used."""
    filled = response(scheme, {id_: n % 4 for n, id_ in enumerate(scheme.statements)})
    sheet = next(iter(layout_of(scheme).areas.values()))
    note = {Cell(sheet.sheet, sheet.last_row, sheet.RATING): "doubtful"}
    previous = score(filled, scheme)
    path.write_bytes(
        build_workbook(scheme, created=CREATED, response=filled, previous=previous, notes=note)
    )
    return path


def test_every_text_can_be_read(official: Scheme, tmp_path: Path) -> None:
    """Normal text has a contrast of 4.5 or more to its fill, also where a condition holds."""
    with zipfile.ZipFile(made(official, tmp_path / "w.xlsx")) as parts:
        styles = ET.fromstring(parts.read("xl/styles.xml"))  # noqa: S314 - written by ourselves
    found = set(pairs(styles))
    pale = [
        (ink, fill, size) for ink, fill, size in found
        if contrast(ink, fill) < (LARGE if size >= 18 else TEXT)
    ]  # fmt: skip

    assert len(found) > 20
    assert pale == []


def test_every_text_of_a_chart_can_be_read(official: Scheme, tmp_path: Path) -> None:
    """Axes, titles and legend stand on white."""
    with zipfile.ZipFile(made(official, tmp_path / "w.xlsx")) as parts:
        charts = [parts.read(name).decode() for name in parts.namelist() if "charts/chart" in name]
    texts = [text for chart in charts for text in re.findall(r"<a:defRPr.*?</a:defRPr>", chart)]
    texts += [text for chart in charts for text in re.findall(r"<a:rPr.*?</a:rPr>", chart)]
    inks = {f"#{ink}" for text in texts for ink in re.findall(r'srgbClr val="(\w{6})"', text)}

    assert inks
    assert [ink for ink in inks if contrast(ink, WHITE) < TEXT] == []


def test_an_input_cell_shows_its_edge() -> None:
    """The line around it tells it from what takes no input."""
    assert contrast(INPUT_EDGE, WHITE) >= GRAPHICS
    assert contrast(INPUT_EDGE, INPUT) >= GRAPHICS
