"""Where pages of a printed report end: nothing stands alone, by WeasyPrint and by a browser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from iml4e_xlsx.model import RatingValue, Scheme
from iml4e_xlsx.report.contents.contents import Contents, make_contents
from iml4e_xlsx.report.formats.html import render_html
from iml4e_xlsx.report.formats.page_templates import page_style
from iml4e_xlsx.report.formats.pdf import render_pdf
from tests.support.browser import Looks, print_page
from tests.support.builders import assessment
from tests.support.paper import SIDE, Sheet, Word, sheets_of

HEADS = ("Team", "Area", "Statement", "Step", "Severity")
"""What the first columns of tables are called."""

HEADINGS = ("What to talk about", "Roadmap:", "Over time:", "Gained:", "Fell back:", "T0", "T1")
FIRST_COLUMN = SIDE + 35
PADDING = 2.0
FULL = 0.45
"""A page that another one follows is filled at least so far."""


@dataclass(frozen=True)
class TablePart:
    """What a page has of a table: how many rows, and whether it begins or ends there."""

    sheet: int
    heading: str
    rows: int
    begins: bool
    ends: bool


def teams_report(scheme: Scheme, count: int, rounds: tuple[str, ...]) -> Contents:
    """Return the report of teams of two with short names, so that each row begins with one word."""
    given = []
    for number in range(count):
        for later, date in enumerate(rounds):
            for name, plus in (("Ada", 0), ("Ben", 1)):
                ratings: dict[str, RatingValue | None] = {
                    id_: min(3, (at + number + plus) % 3 + later * (at % 2))
                    for at, id_ in enumerate(scheme.statements)
                }
                given.append(
                    assessment(
                        scheme, ratings, team=f"T{number:02}", respondent=name, date=date,
                        targets=dict.fromkeys((area.code for area in scheme.areas), 4),
                    )
                )  # fmt: skip
    return make_contents(given)


@pytest.fixture(scope="module", params=[3, 30])
def contents_of(request: pytest.FixtureRequest, small: Scheme) -> Contents:
    rounds = ("2026-05-04", "2026-11-04") if request.param < 13 else ("2026-11-04",)
    return teams_report(small, request.param, rounds)


def test_nothing_stands_alone_in_the_pdf(contents_of: Contents, tmp_path: Path) -> None:
    """Heads with two rows at least, two rows at the end of a table, headings with what follows."""
    path = tmp_path / "report.pdf"
    path.write_bytes(render_pdf(contents_of))

    assert_nothing_stands_alone(sheets_of(path))


def test_nothing_stands_alone_where_a_browser_prints(
    contents_of: Contents, tmp_path: Path, browser: Looks
) -> None:
    """The page as somebody prints it who was sent it."""
    page, path = tmp_path / "report.html", tmp_path / "report.pdf"
    page.write_text(render_html(contents_of), encoding="utf-8")
    print_page(page, path)

    assert_nothing_stands_alone(sheets_of(path))


@pytest.mark.parametrize("filled", range(150, 184, 3))
def test_no_source_stands_alone(filled: int, tmp_path: Path) -> None:
    """Wherever the page ends; the entries are those of the last section."""
    from weasyprint import HTML

    entries = "".join(f"<li>entry{number}</li>" for number in range(5))
    path = tmp_path / "list.pdf"
    page = f"""<style>{page_style("report")}</style><section id="method">
        <div style="height: {filled}mm"></div><h3>Sources</h3><ul>{entries}</ul></section>"""
    path.write_bytes(HTML(string=page).write_pdf() or b"")
    counts = [
        sum(word.text.startswith("entry") for word in sheet.words) for sheet in sheets_of(path)
    ]

    assert sum(counts) == 5
    assert 1 not in counts


def assert_nothing_stands_alone(sheets: tuple[Sheet, ...]) -> None:
    parts = [part for number in range(len(sheets)) for part in table_parts(sheets, number)]
    alone = [part for part in parts if part.rows < 2 and not (part.begins and part.ends)]
    lines = [[*lines_of(sheet)] for sheet in sheets]
    empty = [
        number
        for number, (sheet, found) in enumerate(zip(sheets, lines, strict=True), start=1)
        if number < len(sheets) and found[-1][0].bottom < FULL * sheet.height
    ]

    assert sum(part.rows for part in parts) > 50
    assert alone == []
    assert [text for text in map(said, (found[-1] for found in lines)) if is_heading(text)] == []
    assert [text for text in map(said, (found[0] for found in lines)) if "first 5 of" in text] == []
    assert empty == []


def table_parts(sheets: tuple[Sheet, ...], number: int) -> Iterator[TablePart]:
    """Yield the parts of tables on a page; what begins at the margin is no row."""
    heading, rows, begins, at_top = "", 0, True, True
    for line in lines_of(sheets[number]):
        first = line[0]
        is_cell = SIDE + PADDING < first.left < FIRST_COLUMN
        if is_cell and first.text in HEADS and (not heading or first.text == heading):
            heading, rows, begins = first.text, 0, not at_top
        elif is_cell and heading:
            rows += 1
        elif heading and first.left <= SIDE + PADDING:
            yield TablePart(number + 1, heading, rows, begins, ends=True)
            heading = ""
        at_top = False
    if heading:
        yield TablePart(number + 1, heading, rows, begins, ends=False)


def lines_of(sheet: Sheet) -> Iterator[list[Word]]:
    """Yield the words of each line of a page, without the number at its foot."""
    line: list[Word] = []
    for word in sorted(sheet.words, key=lambda word: word.bottom):
        if word.bottom > sheet.height - 40 and word.left > sheet.width * 0.8:
            continue
        if line and word.bottom - line[-1].bottom > 3:
            yield sorted(line, key=lambda one: one.left)
            line = []
        line.append(word)
    if line:
        yield sorted(line, key=lambda one: one.left)


def said(line: list[Word]) -> str:
    return " ".join(word.text for word in line)


def is_heading(text: str) -> bool:
    return (text.startswith(HEADINGS) and "·" in text) or text.startswith(HEADINGS[:-2])
