"""The report says a thing once, in one word for it, and has no column without a value."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import openpyxl
import pytest

from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.finding import Place
from iml4e_xlsx.model import Scheme
from iml4e_xlsx.report.contents.contents import Contents, make_contents
from iml4e_xlsx.report.formats.csv_text import encode_tables
from iml4e_xlsx.report.formats.html import render_html
from iml4e_xlsx.report.formats.render import render_report
from iml4e_xlsx.report.tables.table import NO_VALUE
from iml4e_xlsx.report.tables.team_tables import agenda_table, roadmap_table
from iml4e_xlsx.text.interface_texts import load_texts
from tests.support.builders import assessment, rate_all

OTHER_NAME = re.compile(r"\bArea (?:AA|BB|CC)\b|(?<!Short )(?<!Area )\b(?:AA|BB|CC)\b(?!-\d)")
"""What is not the short name of an area of the small scheme, nor part of a statement's id."""


class PageTexts(HTMLParser):
    """Collects the texts of blocks, and the tables, as somebody sees them."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[tuple[str, str]] = []
        self.tables: list[list[list[str]]] = []
        self._skipped = 0

    def handle_starttag(self, tag: str, _: list[tuple[str, str | None]]) -> None:
        if tag in ("style", "svg", "caption"):
            self._skipped += 1
        elif tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("th", "td"):
            self.tables[-1][-1].append("")
            self.blocks.append((tag, ""))
        elif tag in ("p", "h1", "h2", "h3", "h4", "li", "summary", "dt", "dd", "a"):
            self.blocks.append((tag, ""))

    def handle_endtag(self, tag: str) -> None:
        if tag in ("style", "svg", "caption"):
            self._skipped -= 1
        elif tag in ("th", "td"):
            self.blocks.append(("", ""))

    def handle_data(self, data: str) -> None:
        if self._skipped or not self.blocks:
            return
        tag, text = self.blocks[-1]
        self.blocks[-1] = (tag, f"{text}{data}")
        if tag in ("th", "td"):
            self.tables[-1][-1][-1] += data.strip()


def report_of(scheme: Scheme, count: int) -> Contents:
    """Return teams of one or two, without targets and evidence, who do not rate alike."""
    given = []
    for number in range(count):
        for name, plus in (("Ada", 0), ("Ben", 1)):
            ratings = rate_all(scheme, 0) | {
                id_: (at + number + plus) % 4 for at, id_ in enumerate(scheme.statements)
            }
            given.append(assessment(scheme, ratings, team=f"T{number:02}", respondent=name))
    return make_contents(given)


@pytest.fixture(scope="module", params=[3, 30])
def plain(request: pytest.FixtureRequest, small: Scheme) -> Contents:
    return report_of(small, request.param)


def read_page(contents: Contents) -> PageTexts:
    reader = PageTexts()
    reader.feed(render_html(contents))
    return reader


def test_nothing_is_said_twice_in_a_row(plain: Contents) -> None:
    """Each area's purpose stood there twice, as a text of its own and as the table's note."""
    found = [(tag, " ".join(text.split())) for tag, text in read_page(plain).blocks]
    prose = [text for tag, text in found if tag in ("p", "h2", "h3", "h4") and text]

    assert [first for first, second in pairwise(prose) if first == second] == []
    for area in plain.scheme.areas:
        assert prose.count(area.purpose) == 1


def test_no_column_is_empty(plain: Contents) -> None:
    """Without an own result there is no rank, without targets no way to them: no columns either."""
    tables = [table for table in read_page(plain).tables if len(table) > 1]
    book = openpyxl.load_workbook(io.BytesIO(render_report(plain, "r.xlsx")))
    sheets: list[list[list[object]]] = [
        [[*row] for row in sheet.iter_rows(min_row=4, values_only=True)] for sheet in book
    ]

    assert len(tables) > 4
    shown: list[list[list[object]]] = [[[*row] for row in table] for table in tables]
    shown += [sheet for sheet in sheets if len(sheet) > 1]
    for head, *rows in shown:
        values = [{row[at] for row in rows} for at, name in enumerate(head) if name]
        assert [each for each in values if each <= {"", NO_VALUE, None}] == []
    if len(plain.teams) > 3:  # enough of them to be compared with others
        page = render_html(plain)
        assert "Lower quartile" in page
        assert "ercentile" not in page


def test_a_workbook_has_no_sheet_of_names_only(plain: Contents) -> None:
    """Nobody set a target, so there is no gap to one."""
    assert "gap_by_area" not in {table.name for table in plain.tables}


def test_areas_have_one_name(small: Scheme) -> None:
    """The short one, in sentences, tables and charts; a chapter alone begins with the long one."""
    contents = make_contents(
        [
            assessment(
                small, {id_: (at + plus) % 4 for at, id_ in enumerate(small.statements)},
                team=team, respondent=name, date=date, targets={"AA": 4, "BB": 3},
            )
            for team, name, date, plus in (
                ("Alpha", "Ada", "2026-05-04", 0), ("Alpha", "Ada", "2026-11-04", 1),
                ("Beta", "Ben", "2026-11-04", 2), ("Beta", "Cem", "2026-11-04", 3),
            )
        ]
    )  # fmt: skip
    chapters = {area.name for area in small.areas}
    said = [text.strip() for _, text in read_page(contents).blocks]
    said = [text for text in said if text not in chapters]
    cells = [str(value) for table in contents.tables for row in table.rows for value in row]
    notes = [text for t in contents.tables for text in (t.note, *(c.heading for c in t.columns))]
    texts = [*said, *cells, *notes, contents.radar.alt]
    own = {statement.text for statement in small.statements.values()}
    own |= {area.purpose for area in small.areas}
    own |= {statement.improvement for statement in small.statements.values()}

    assert any("Short AA" in text for text in said)
    assert [text for text in texts if OTHER_NAME.search(text) and text not in own] == []


def test_no_line_ends_before_a_figure(plain: Contents) -> None:
    """A page binds figures to their words; what other programs read has plain spaces."""
    shown = " | ".join(text for _, text in read_page(plain).blocks)
    tables = [
        table
        for page in plain.pages
        for table in (agenda_table(page.agenda), roadmap_table(page.roadmap, page.team.name))
    ]
    data = encode_tables(tables).decode()
    phrases = (
        "Ada [0-3]",
        "Ben [0-3]",
        "level [0-9] to [0-9]",
        "consensus [0-9]",
        "Level [0-9]",
    )

    for phrase in phrases:
        assert not re.search(phrase, shown), phrase
    for phrase in phrases[:2]:
        assert re.search(phrase.replace(" [", "\u00a0["), shown), phrase
        assert re.search(phrase, data), phrase
    assert not re.search("[0-9] %", shown.split("Method and sources")[0])
    assert "\u00a0" not in data


def test_no_button_is_named_on_paper(small: Scheme) -> None:
    """What can be unfolded on a screen is headed by what it holds; paper has no button."""
    place = Place(source="a.xlsx", sheet="AA", cell="F8")
    finding = FindingCatalogue(load_texts()).rating_as_number(place, "AA-01", "2", "0", "2")
    one = assessment(small, rate_all(small, 3), team="A", respondent="Ada")
    page = read_page(make_contents([replace(one, findings=(finding,))]))

    assert "1 finding" in [text.strip() for tag, text in page.blocks if tag == "summary"]
