"""Pages of a PDF as they are read: every word with its place."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

SIDE = 12 / 25.4 * 72
"""The margin left and right, in points; see `@page` in the style."""

TOP = 14 / 25.4 * 72
"""The margin above the text; below it only the page's number stands in the margin."""

_BOX = ("xMin", "yMin", "xMax", "yMax")


@dataclass(frozen=True)
class Word:
    """A word on a page, with its box in points from the upper left corner."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class Sheet:
    """A page of a PDF: its size in points and its words, line by line."""

    width: float
    height: float
    words: tuple[Word, ...]


def sheets_of(pdf: Path) -> tuple[Sheet, ...]:
    """Return the pages of a PDF with every word that a program finds on them, seen or not."""
    done = subprocess.run(
        [str(shutil.which("pdftotext")), "-bbox", pdf, "-"], capture_output=True, check=True
    )
    space = "{http://www.w3.org/1999/xhtml}"
    root = ET.fromstring(done.stdout)  # noqa: S314 - poppler wrote it
    sheets = []
    for page in root.iter(f"{space}page"):
        words = [
            Word(str(word.text), *(float(word.attrib[key]) for key in _BOX))
            for word in page.iter(f"{space}word")
        ]
        words.sort(key=lambda word: (round(word.top), word.left))
        size = float(page.attrib["width"]), float(page.attrib["height"])
        sheets.append(Sheet(*size, tuple(words)))
    return tuple(sheets)
