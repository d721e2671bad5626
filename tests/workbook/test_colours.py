"""The colours: one table, from which workbooks, charts and the page of the report come."""

from __future__ import annotations

import re
from pathlib import Path

from iml4e_xlsx import resources
from iml4e_xlsx.workbook import colours

PACKAGE = Path(colours.__file__).parents[1]
SHARES = {"at", "done", "passed", "reached", "share"}
"""What an element says of itself: the width of a column, a fulfilment, the bounds of a level."""
HEX_COLOUR = re.compile(r"#(?:[0-9A-Fa-f]{6}|[0-9A-Fa-f]{3})\b")


def test_no_other_file_writes_a_colour_down() -> None:
    """Only the table of colours holds hex colours, in the package and in the report's page."""
    templates = resources.templates_folder() / "report"
    files = [*PACKAGE.rglob("*.py"), *(path for path in templates.rglob("*") if path.is_file())]
    holders = [path for path in files if HEX_COLOUR.search(path.read_text(encoding="utf-8"))]

    assert holders == [Path(colours.__file__)]


def test_the_page_sets_each_colour_that_its_style_uses() -> None:
    """Every variable of the style sheet is a colour of the page, but the shares of elements."""
    style = (resources.templates_folder() / "report" / "style.css").read_text(encoding="utf-8")
    variables = set(re.findall(r"var\(--([\w-]+)\)", style)) - SHARES

    assert variables <= colours.PAGE_THEMES["all"].keys()


def test_dark_and_paper_replace_colours_of_the_page() -> None:
    """The page has the same colours in the dark; paper replaces no colour that is not there."""
    base, dark, paper = colours.PAGE_THEMES.values()

    assert dark.keys() == base.keys()
    assert paper.keys() == base.keys()
