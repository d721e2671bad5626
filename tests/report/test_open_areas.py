"""Areas without any answer: whatever is written, nobody reads a level, an index or 0 of them."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.console import Console

from iml4e_xlsx.model import Assessment, RatingValue, Scheme
from iml4e_xlsx.report.contents.contents import Contents, make_contents
from iml4e_xlsx.report.contents.summary import summary_sentences
from iml4e_xlsx.report.formats import csv_text, frames, json_text, xlsx
from iml4e_xlsx.report.formats.html import render_html
from iml4e_xlsx.report.formats.markdown import render_markdown
from iml4e_xlsx.report.formats.terminal import show_outcomes
from iml4e_xlsx.report.tables.comparison_tables import area_tables, progress_table
from iml4e_xlsx.report.tables.overview_table import overview_table
from iml4e_xlsx.report.tables.result_data import ResultBundle
from iml4e_xlsx.report.tables.table import ResultTable
from iml4e_xlsx.report.tables.team_tables import members_table, roadmap_table, trend_table
from iml4e_xlsx.workbook.builder import build_workbook
from iml4e_xlsx.workbook.summary_layout import OVERALL
from iml4e_xlsx.workbook.workbook_layout import layout_of
from tests.support.builders import assessment

NA: RatingValue = "n/a"
OPEN = "open"
VALUES: dict[str, list[RatingValue | None]] = {
    "open": [None],
    "sparse": [None, None, None, 0, 2, 3, NA],
    "full": [0, 1, 2, 3, 3, NA],
    "not applicable": [NA],
}
TEAMS = ("Alpha", "Beta", "Gamma")
SLOW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def partly_filled(draw: st.DrawFn, scheme: Scheme) -> list[Assessment]:
    """Return a response of each of one to three teams in two rounds, with areas left out."""
    responses = []
    for team in TEAMS[: draw(st.integers(1, 3))]:
        for date in ("2026-05-04", "2026-11-04"):
            ratings: dict[str, RatingValue | None] = {}
            for area in scheme.areas:
                kind = draw(st.sampled_from(sorted(VALUES)))
                values = st.sampled_from(VALUES[kind])
                ratings |= {s.id: draw(values) for s in area.statements}
            codes = [area.code for area in scheme.areas]
            targets = draw(st.dictionaries(st.sampled_from(codes), st.integers(1, 4)))
            responses.append(assessment(scheme, ratings, team=team, date=date, targets=targets))
    return responses


def is_open(each: Assessment, code: str) -> bool:
    """Return whether no statement of an area, or of some area of the whole, has an answer."""
    if code == OVERALL:
        return any(is_open(each, area.code) for area in each.scheme.areas)
    answers = each.response.answers
    return all(answers[s.id].rating is None for s in each.scheme.area(code).statements)


def applies(each: Assessment, code: str) -> bool:
    """Return whether a statement of an area, or of the whole, is not rated n/a."""
    areas = each.scheme.areas if code == OVERALL else [each.scheme.area(code)]
    answers = each.response.answers
    return any(answers[s.id].rating != NA for area in areas for s in area.statements)


def expected(each: Assessment) -> dict[str, bool]:
    """Return for each area, and for the whole, whether it is open."""
    return {code: is_open(each, code) for code in (*(a.code for a in each.scheme.areas), OVERALL)}


@pytest.fixture(scope="module")
def strategy(small: Scheme) -> st.SearchStrategy[list[Assessment]]:
    return partly_filled(small)


@pytest.mark.slow
@SLOW
@given(data=st.data())
def test_data_has_no_figure_of_what_is_open(
    strategy: st.SearchStrategy[list[Assessment]], data: st.DataObject
) -> None:
    """JSON and its lines, CSV, xlsx and frames: null or empty, and a figure everywhere else."""
    responses = data.draw(strategy)
    bundle = ResultBundle(tuple(responses))
    document = json.loads(json_text.JSON.encode_results(bundle))
    rows = list(csv.DictReader(io.StringIO(csv_text.encode_results(bundle).decode())))
    book = openpyxl.load_workbook(io.BytesIO(xlsx.encode_results(bundle)))
    sheet: list[tuple[Any, ...]] = [tuple(row) for row in book.worksheets[0].values]
    heading = next(number for number, row in enumerate(sheet) if "high_level" in row)
    frame = frames.area_frame(responses)
    areas = len(responses[0].scheme.areas) + 1

    for number, each in enumerate(responses):
        entry = document["results"][number]
        entries = [*entry["areas"], {"area": OVERALL, **entry["overall"]}]
        for at, figures in enumerate(entries):
            blank = is_open(each, figures["area"])
            row = number * areas + at
            written = dict(zip(sheet[heading], sheet[heading + 1 + row], strict=True))
            levels = (figures["level"], rows[row]["level"] or None, written["level"])
            without = blank or not applies(each, figures["area"])
            assert [level is None for level in levels] == [without] * 3
            assert bool(frame["level"].isna()[row]) == without
            if blank:
                assert figures["index"] is None
                assert rows[row]["index"] == ""
                assert written["index"] is None
                assert bool(frame["index"].isna()[row])
                assert figures["held_down_by"] == []
                assert not figures.get("fulfilment")
                assert figures["high"]["level"] >= 0
        assert entry["overall"]["not_assessed"] == [
            code for code, blank in expected(each).items() if blank and code != OVERALL
        ]


@pytest.mark.slow
@SLOW
@given(data=st.data())
def test_terminal_says_open(
    strategy: st.SearchStrategy[list[Assessment]], data: st.DataObject
) -> None:
    """The row of an open area has the word, what is answered, and no figure but the target."""
    for each in data.draw(strategy):
        console = Console(file=io.StringIO(), width=200)
        show_outcomes(console, [each])
        lines = shown(console)
        for code, blank in expected(each).items():
            name = "Overall" if code == OVERALL else each.scheme.area(code).short
            (line,) = [line for line in lines if line.startswith(name)]
            assert (line.removeprefix(name).split()[:2] == [OPEN, OPEN]) == blank, line
            if blank and code != OVERALL:
                assert "░" not in line
                assert "█" not in line
                assert "." not in line


def shown(console: Console) -> list[str]:
    """Return the lines that a console has shown."""
    assert isinstance(console.file, io.StringIO)
    return [line.strip() for line in console.file.getvalue().splitlines()]


@SLOW
@given(data=st.data())
def test_tables_of_areas_say_open(
    strategy: st.SearchStrategy[list[Assessment]], data: st.DataObject
) -> None:
    """Tables of teams by area; as data, the word is no value."""
    responses = data.draw(strategy)
    contents = make_contents(responses)
    codes = [area.code for area in contents.scheme.areas]
    now = {team.name: team.assessment for team in contents.teams}
    for table in area_tables(contents.comparison):
        figure = table.name.removesuffix("_by_area")
        for row in rendered(table):
            for code, cell in zip(codes, row[1:], strict=True):
                has_target = now[row[0]].response.targets.get(code) is not None
                if figure != "steps" or has_target:
                    assert (cell == OPEN) == is_open(now[row[0]], code), (table.name, row)


@SLOW
@given(data=st.data())
def test_tables_of_the_whole_say_open(
    strategy: st.SearchStrategy[list[Assessment]], data: st.DataObject
) -> None:
    """Teams at a glance, their people, their rounds."""
    contents = make_contents(data.draw(strategy))
    codes = [area.code for area in contents.scheme.areas]
    now = {team.name: team.assessment for team in contents.teams}
    for row in rendered(overview_table(contents.comparison)):
        assert (row[2] == OPEN, row[3] == OPEN) == (is_open(now[row[0]], OVERALL),) * 2
    for team in contents.teams:
        for row in rendered(members_table(team)):
            assert (row[1] == OPEN, row[2] == OPEN) == (is_open(team.assessment, OVERALL),) * 2
    for trend in contents.trends.trends:
        for code, row in zip((*codes, OVERALL), rendered(trend_table(trend)), strict=True):
            blanks = [is_open(point.assessment, code) for point in trend.points for _ in range(2)]
            assert [cell == OPEN for cell in row[1:]] == blanks
    for row, trend in zip(
        rendered(progress_table(contents.trends, contents.scheme)),
        contents.trends.trends,
        strict=True,
    ):
        blanks = [is_open(point.assessment, OVERALL) for point in trend.points]
        assert [cell == OPEN for cell in row[1:]] == blanks


def rendered(table: ResultTable) -> list[list[str]]:
    """Return the rows of a table as Markdown shows them; in JSON and CSV, open is no value."""
    lines = [line for line in render_markdown([table]).splitlines() if line.startswith("| ")][2:]
    rows = [[cell.strip() for cell in line[2:-2].split(" | ")] for line in lines]
    # Some columns are for programs alone, the others all in the same order.
    shown = [column.name for column in table.columns if not column.is_for_programs]
    entries = [{name: row[name] for name in shown} for row in json_text.table_entry(table)["rows"]]
    csv_rows = [
        ["", *(row[name] for name in shown)]
        for row in csv.DictReader(io.StringIO(csv_text.encode_tables([table]).decode()))
    ]
    for row, entry, fields in zip(rows, entries, csv_rows, strict=True):
        for cell, value, field in zip(row, entry.values(), fields[1:], strict=True):
            if cell == OPEN:
                assert value is None
                assert field == ""
    return rows


class HeatMap(HTMLParser):
    """Reads the cells of the heat map by row: the class of each, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[tuple[str, str]]] = []
        self._inside = self._in_cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        looks = dict(attrs).get("class") or ""
        if tag == "table":
            self._inside = looks == "heat"
        elif self._inside and tag == "tr":
            self.rows.append([])
        elif self._inside and tag == "td":
            self.rows[-1].append((looks, ""))
            self._in_cell = True

    def handle_endtag(self, tag: str) -> None:
        if tag == "td":
            self._in_cell = False

    def handle_data(self, data: str) -> None:
        if self._in_cell:
            looks, text = self.rows[-1][-1]
            self.rows[-1][-1] = (looks, f"{text}{data}")


@pytest.mark.slow
@settings(SLOW, max_examples=8)
@given(data=st.data())
def test_report_says_open(
    strategy: st.SearchStrategy[list[Assessment]], data: st.DataObject
) -> None:
    """Heat map, radar, lines, headline: no colour, a gap, the word, and no level of the whole."""
    responses = data.draw(strategy)
    contents = make_contents(responses)
    codes = [area.code for area in contents.scheme.areas]
    heat = HeatMap()
    heat.feed(render_html(contents))
    for team, row in zip(contents.teams, heat.rows[1:], strict=True):
        for code, (looks, text) in zip(codes, row, strict=True):
            unanswered = is_open(team.assessment, code)
            assert (looks == "open") == (unanswered or not applies(team.assessment, code))
            assert (text.strip() == OPEN) == unanswered
    if len(contents.radar.lines) == len(contents.teams):
        for team, line in zip(contents.teams, contents.radar.lines, strict=True):
            for at, code in enumerate(codes):
                if is_open(team.assessment, code):
                    assert line.values[at] is None
                    short = contents.scheme.area(code).short
                    assert f"{short} {OPEN}" in contents.radar.alt
    check_sentences(contents)
    for page in contents.pages:
        blank = [code for code in codes if is_open(page.team.assessment, code)]
        assert not {area.area.code for area, _ in page.roadmap.steps} & {*blank}
        note = roadmap_table(page.roadmap, page.team.name).note
        for code in {*blank} & page.team.response.targets.keys():
            assert re.search(rf"{code}\b.* open: no statement", note), note


def check_sentences(contents: Contents) -> None:
    """Check that the summary gives no level of a team with open areas, and names the areas."""
    sentences = summary_sentences(contents)
    text = " ".join(sentences)
    whole = [team for team in contents.teams if not is_open(team.assessment, OVERALL)]
    for team in contents.teams:
        assert (f"{team.name} is at level" in text) == (whole == [team]), text
        if team not in whole:
            assert team.name in text
    if not whole:
        assert "level 0" not in text
        assert "overall level" in sentences[0] or "no level" in sentences[0]


@pytest.mark.slow
@SLOW
@given(data=st.data())
def test_workbook_stores_no_figure_of_what_is_open(
    strategy: st.SearchStrategy[list[Assessment]], data: st.DataObject
) -> None:
    """A viewer that does not calculate shows the word for the level, and an empty index."""
    each = data.draw(strategy)[0]
    created = datetime(2026, 11, 23, tzinfo=UTC)
    stored = build_workbook(each.scheme, created=created, response=each.response)
    layout = layout_of(each.scheme)
    book = openpyxl.load_workbook(io.BytesIO(stored), data_only=True)
    sheet = book[layout.summary.sheet]

    for code, blank in expected(each).items():
        level = sheet[layout.summary.figure_cell(code, layout.summary.LEVEL).a1].value
        index = sheet[layout.summary.figure_cell(code, layout.summary.INDEX).a1].value
        assert (level == OPEN) == blank
        assert not (blank and index is not None)
        if blank and code != OVERALL:
            first = layout.summary.fulfilment_col(1)
            cells = [layout.summary.detail_cell(code, first + level) for level in range(4)]
            assert [sheet[cell.a1].value for cell in cells] == [None] * 4
            chart = book[layout.calculation.sheet][layout.calculation.chart_cell(code, 1).a1]
            assert chart.value == "#N/A"
