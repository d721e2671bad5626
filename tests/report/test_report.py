"""Reports: what they say, in every format, in a real browser, and with hostile texts in them."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import openpyxl
import pandas as pd
import pytest

from iml4e_xlsx.errors import ResourceError
from iml4e_xlsx.findings.failure import Failure, FailureCode
from iml4e_xlsx.jobs.results import Results
from iml4e_xlsx.model import (
    NOT_APPLICABLE,
    Assessment,
    RatingValue,
    Scheme,
)
from iml4e_xlsx.report.charts.chart_data import MOST_LINES, make_radar
from iml4e_xlsx.report.charts.radar import draw_radar
from iml4e_xlsx.report.contents.contents import IN_FULL, Contents, make_contents
from iml4e_xlsx.report.contents.summary import summary_sentences
from iml4e_xlsx.report.formats.format_registry import OutputSubject, choose_format
from iml4e_xlsx.report.formats.html import render_html
from iml4e_xlsx.report.formats.markdown import render_markdown
from iml4e_xlsx.report.formats.pdf import render_pdf
from iml4e_xlsx.report.formats.render import render_report, render_tables
from iml4e_xlsx.report.tables.table import (
    CellValue,
    Column,
    ColumnKind,
    ResultTable,
)
from iml4e_xlsx.scheme import load_scheme
from tests.support.browser import Looks
from tests.support.builders import assessment, scheme_fields, small_scheme, write_scheme
from tests.support.ooxml import validate

LONG = "x" * 32_000
RIGHT_TO_LEFT = "\u05d3\u05d5\u05d2\u05de\u05d4 \u202e evil"
HOSTILE = {
    "AA-01": "<script>alert(1)</script><img src=x onerror=alert(2)>",
    "AA-02": "=cmd|' /C calc'!A0",
    "AA-03": "\x1b[31mred\x1b[0m \x07",
    "AA-04": LONG,
    "AA-05": RIGHT_TO_LEFT,
    "AA-06": "{{ 7 * 7 }} {% raw %} ]]> --> </style></table>",
    "AA-07": "[link](http://example.org) | cell `code`",
}
NAMES = ("Ada <b>", "Ben & Co", 'Cem "x"', "=Dora")


def members(
    scheme: Scheme, team: str, date: str, base: int, *, evidence: dict[str, str] | None = None
) -> list[Assessment]:
    """Return four respondents who do not quite agree."""
    found = []
    for number, name in enumerate(NAMES):
        ratings: dict[str, RatingValue | None] = {
            id_: max(0, min(3, base + 2 - statement.level + (number + at) % 2))
            for at, (id_, statement) in enumerate(scheme.statements.items())
        }
        ratings[scheme.areas[-1].statements[-1].id] = None
        found.append(
            assessment(
                scheme, ratings, team=team, respondent=name, date=date, evidence=evidence,
                targets=dict.fromkeys((area.code for area in scheme.areas), 3),
            )
        )  # fmt: skip
    return found


@pytest.fixture(scope="module")
def outcomes(small: Scheme) -> list[Assessment | Failure]:
    """Return three teams of four over two rounds, hostile texts among them, and a failure."""
    return [
        *members(small, "Alpha", "2026-05-04", 1),
        *members(small, "Alpha", "2026-11-04", 2, evidence=HOSTILE),
        *members(small, "<i>Beta</i>", "2026-05-06", 2),
        *members(small, "<i>Beta</i>", "2026-11-06", 1),
        *members(small, "Gamma", "2026-11-08", 0),
        Failure(
            source="x.xlsx",
            code=FailureCode("not-a-workbook"),
            message="x.xlsx: <b>no</b> workbook.",
        ),
    ]


@pytest.fixture(scope="module")
def contents(outcomes: list[Assessment | Failure]) -> Contents:
    return make_contents(outcomes)


@pytest.fixture(scope="module")
def page(contents: Contents, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(render_html(contents), encoding="utf-8")
    return path


# --- contents --------------------------------------------------------------------------------


def test_contents_are_of_the_latest_round(contents: Contents) -> None:
    """Earlier rounds make the trend; the team of one round has none."""
    assert [team.name for team in contents.teams] == ["Alpha", "<i>Beta</i>", "Gamma"]
    assert contents.respondents == 12
    assert contents.dates == ("2026-11-04", "2026-11-08")
    assert [trend.name for trend in contents.trends.trends] == ["Alpha", "<i>Beta</i>"]
    assert contents.trends.once == ("Gamma",)


def test_summary_says_what_matters(contents: Contents) -> None:
    """Levels, areas, differences, disagreement, the way to the targets, the trend, what is open."""
    said = summary_sentences(contents)

    assert said[0].startswith("The 3 teams are at levels 0 to ")
    assert any("could show Gamma how" in one for one in said)
    assert any("Opinions differ most in" in one for one in said)
    assert any("steps in the roadmaps" in one for one in said)
    assert any("Since the round before" in one for one in said)
    assert any("are answered" in one for one in said)


def test_two_teams_are_both(small: Scheme) -> None:
    """Not all two."""
    given = [assessment(small, dict.fromkeys(small.statements, 3), team=team) for team in "AB"]

    assert summary_sentences(make_contents(given))[0].startswith("Both teams are at level ")


def test_no_sheet_of_findings_has_its_name_cut(contents: Contents) -> None:
    """A sheet's name has at most 31 characters."""
    assert len(contents.texts("view.findings_title")) <= 31


def test_undated_responses_count_as_of_now(small: Scheme) -> None:
    """They join their team's latest round, and the report says which they are."""
    dated = assessment(small, dict.fromkeys(small.statements, 1), respondent="A")
    undated = assessment(small, dict.fromkeys(small.statements, 3), respondent="B", date="")

    contents = make_contents([dated, undated])

    assert [m.name for m in contents.teams[0].members] == ["A", "B"]
    assert undated.response.source in render_html(contents)


def test_other_schemes_are_left_out_and_named(small: Scheme, tmp_path: Path) -> None:
    """A comparison of different schemes would compare nothing."""
    write_scheme(tmp_path / "o", {**scheme_fields("| AA | 1 | AA-01 |", top=1), "id": "other"})
    other = assessment(load_scheme(tmp_path / "o"), {"AA-01": 1}, team="Foreign")
    own = assessment(small, dict.fromkeys(small.statements, 1))

    contents = make_contents([own, other, *members(small, "B", "2026-11-20", 1)])

    assert contents.left_out == ("Foreign",)
    assert contents.texts("report.other_scheme", name="Foreign") in render_html(contents)


def test_nothing_read_is_no_report() -> None:
    """Failures alone make no report."""
    with pytest.raises(ValueError, match="none of the files"):
        make_contents([Failure(source="x", code=FailureCode("empty-file"), message="x is empty.")])


def test_one_respondent_is_a_report_too(small: Scheme) -> None:
    """One team, one respondent: no consensus, nothing to compare with, all said in words."""
    contents = make_contents(
        [assessment(small, dict.fromkeys(small.statements, 1), targets={"AA": 2})]
    )
    html = render_html(contents)

    assert "Alpha is at level 0" in html
    assert "There is only one team" in html
    assert "No statement was rated by two people" in html
    assert "for BB, CC" in html


def test_all_not_applicable_is_a_report_too(small: Scheme) -> None:
    """Figures that do not exist are dashes everywhere."""
    ratings: dict[str, RatingValue | None] = dict.fromkeys(small.statements, NOT_APPLICABLE)
    contents = make_contents([assessment(small, ratings)])

    assert "index of –" in render_html(contents)
    assert draw_radar(contents.radar, kind="svg")
    assert render_report(contents, "r.xlsx")


def test_many_teams_are_grouped(small: Scheme) -> None:
    """Their pages fold, the radar shows the median and the middle half, tables count ratings."""
    given = [
        assessment(small, dict.fromkeys(small.statements, n % 4), team=f"Team {n:02}")
        for n in range(IN_FULL + 1)
    ]
    contents = make_contents(given)
    html = render_html(contents)

    assert len(contents.radar.lines) == 1
    assert contents.radar.band is not None
    assert html.count("<details>") > IN_FULL
    assert "Compared with others: all" in html
    assert len(make_contents(given[:MOST_LINES]).radar.lines) == MOST_LINES


def test_reference_profiles_are_drawn(official: Scheme) -> None:
    """Each of Microsoft's levels is a profile of the scheme; another one is refused by name."""
    one = assessment(official, dict.fromkeys(official.statements, 2))
    contents = make_contents([one], profiles=["level-2"])

    assert [line.name for line in contents.radar.references] == ["Level 2 in every area"]
    assert [profile.id for profile in official.profiles] == [f"level-{n}" for n in range(5)]
    assert all(len(p.areas) == len(official.areas) for p in official.profiles)
    with pytest.raises(ValueError, match=r"level-9.*level-0, level-1"):
        make_contents([one], profiles=["level-9"])


# --- the page in a browser -----------------------------------------------------------------------


@pytest.mark.parametrize(("width", "mode"), [(1280, "light"), (1280, "dark"), (400, "light")])
def test_page_is_accessible_and_needs_nothing(
    page: Path, browser: Looks, width: int, mode: str
) -> None:
    """No console message, no request, no script, no violation of WCAG 2.1 A and AA."""
    found = browser(page, width=width, mode=mode)

    assert found["messages"] == []
    assert found["requests"] == []
    assert found["scripts"] == 0
    assert found["passes"] > 15
    assert found["violations"] == []
    assert found["width"] <= width
    dark = found["background"] == "rgb(20, 24, 29)"
    assert dark == (mode == "dark")


def test_page_shows_hostile_text_as_text(page: Path, browser: Looks) -> None:
    """Markup, formulas, templates, long and right-to-left texts stand there as given."""
    text = browser(page)["text"]

    for id_, evidence in HOSTILE.items():
        if id_ != "AA-03":
            assert evidence in text, id_
    assert "[31mred" in text
    assert "\x1b" not in text
    assert "<i>Beta</i>" in text
    assert "<b>no</b> workbook" in text
    assert "Ada <b>" in text


def test_anonymous_report_has_no_names(small: Scheme, outcomes: list[Assessment | Failure]) -> None:
    """Neither the page nor the workbook names a respondent."""
    undated = assessment(small, {}, team="Alpha", respondent="Ada <b>", date="", source="ada.xlsx")
    named = [*outcomes, undated]
    assert "ada.xlsx" in render_html(make_contents(named))
    contents = make_contents(named, anonymous=True)
    html = render_html(contents)
    book = openpyxl.load_workbook(io.BytesIO(render_report(contents, "r.xlsx")))
    cells = [str(c.value) for sheet in book for row in sheet.iter_rows() for c in row if c.value]
    shown = "\n".join([html, *cells])

    for name in ("Ada", "ada.xlsx", "Ben &", "Cem", "Dora"):
        assert name not in shown, name
    assert contents.texts("view.findings_anonymous", count=1) in shown


# --- the other formats --------------------------------------------------------------------------


def test_workbook_has_a_sheet_for_each_view(contents: Contents, tmp_path: Path) -> None:
    """With filters, frozen panes and native charts; it is valid, and text never a formula."""
    path = tmp_path / "report.xlsx"
    path.write_bytes(render_report(contents, path.name))
    book = openpyxl.load_workbook(path)

    assert len(book.sheetnames) == len(contents.tables)
    assert validate(path) == []
    with zipfile.ZipFile(path) as archive:
        charts = [n for n in archive.namelist() if n.startswith("xl/charts/chart")]
    assert len(charts) == 2
    for sheet in book:
        assert sheet.freeze_panes == "B5"
        for row in sheet.iter_rows():
            assert all(cell.data_type != "f" for cell in row)
    texts = [c.value for sheet in book for row in sheet.iter_rows() for c in row]
    assert any(HOSTILE["AA-02"] in str(text) for text in texts)
    index = book["Index by team and area"]
    assert index["A5"].value == "Alpha"
    assert index["B5"].value == pytest.approx(float(contents.teams[0].result.areas[0].index or 0))
    assert index.auto_filter.ref == "A4:D7"


def test_shades_reach_to_the_top_of_the_scheme(tmp_path: Path) -> None:
    """The highest level is the scheme's; a gap, where higher is worse, is not shaded."""
    scheme = small_scheme(tmp_path, ("AA", "BB", "CC"), per_level=1, top=2)
    contents = make_contents([assessment(scheme, dict.fromkeys(scheme.statements, 2))])
    tables = {table.name: table for table in contents.tables}
    book = openpyxl.load_workbook(io.BytesIO(render_tables([*contents.tables], "xlsx")))
    ends = [
        rule.colorScale.cfvo[1].val
        for found in book["Index by team and area"].conditional_formatting
        for rule in found.rules
    ]

    assert {float(end) for end in ends} == {2.0}
    assert tables["gap_by_area"].top is None
    assert not book["Gap to the target"].conditional_formatting


def test_same_report_is_the_same_bytes(contents: Contents) -> None:
    """So that two reports can be compared."""
    for name in ("r.html", "r.xlsx", "r.svg", "r.png"):
        assert render_report(contents, name) == render_report(contents, name)


def test_pdf_has_the_same_contents(small: Scheme, tmp_path: Path) -> None:
    """Teams, sentences and evidence stand in it as text."""
    given = members(small, "Alpha & Co", "2026-11-04", 2, evidence={"AA-01": "<script>see wiki"})
    path = tmp_path / "report.pdf"
    path.write_bytes(render_pdf(make_contents(given)))
    done = subprocess.run(
        [str(shutil.which("pdftotext")), path, "-"], capture_output=True, text=True, check=True
    )  # fmt: skip

    assert "Alpha & Co is at level" in done.stdout
    assert "<script>see wiki" in done.stdout
    assert "What to talk about" in done.stdout


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
    radar = make_radar([("Alpha", one.result)], small)
    assert [line.name for line in radar.references] == ["Target"]
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


def test_unknown_suffix_names_the_known_ones(contents: Contents) -> None:
    """A report is written by its file's suffix."""
    with pytest.raises(ValueError, match=r"no format has the suffix \.doc; use one of \.html"):
        render_report(contents, "report.doc")
    subject = OutputSubject.TABLES
    assert choose_format("-", None, subject).name == "table"
    assert choose_format("x.txt", None, subject).name == "table"
    assert choose_format("x.CSV", None, subject).name == "csv"
    assert choose_format("x.csv", "table", subject).name == "table"


VIEW = ResultTable(
    name="v",
    title="A | view",
    columns=(
        Column("a", "A"),
        Column("b", "B", ColumnKind.INDEX),
        Column("c", "C", ColumnKind.SHARE),
    ),
    rows=(("=1+1 | *x*\n<b>", 1.005, 0.996), ("b", None, None)),
)


def test_markdown_escapes_what_it_quotes() -> None:
    """A cell stays one cell, and nothing in it becomes markup."""
    lines = render_markdown([VIEW]).splitlines()

    assert lines[0] == "## A \\| view"
    assert lines[3] == "| --- | ---: | ---: |"
    assert lines[4] == "| =1+1 \\| \\*x\\* / \\<b\\> | 1.00 | 99 % |"
    assert lines[5] == "| b | – | – |"


def test_views_as_data() -> None:
    """JSON has figures as computed; CSV never a formula; the same rows in both."""
    document = json.loads(render_tables([VIEW], "json"))
    frame = pd.read_csv(io.BytesIO(render_tables([VIEW, VIEW], "csv")))

    assert document["views"][0]["rows"][0] == {"a": "=1+1 | *x*\n<b>", "b": 1.005, "c": 0.996}
    assert list(frame["a"]) == ["'=1+1 | *x*\n<b>", "b"] * 2
    assert list(frame["view"]) == ["A | view"] * 4
    assert b"1.00" in render_tables([VIEW], "table")


def test_long_text_fits_a_cell() -> None:
    """Excel takes 32,767 characters; what is longer is cut there, and shown to be."""
    rows: tuple[tuple[CellValue, ...], ...] = (("y" * 40_000,),)
    table = ResultTable(
        name="v", title="T", columns=(Column("a", "A", ColumnKind.LONG),), rows=rows
    )

    book = openpyxl.load_workbook(io.BytesIO(render_tables([table], "xlsx")))

    assert book.worksheets[0]["A5"].value == "y" * 32_766 + "…"


# --- tables for programs ------------------------------------------------------------------------


def test_frames_have_the_right_types(outcomes: list[Assessment | Failure], small: Scheme) -> None:
    """One row for each area of each result; missing values are missing, not zero."""
    results = Results(tuple(outcomes))
    frame = results.to_frame()
    statements = results.statements_frame()

    assert len(frame) == len(results.assessments) * (len(small.areas) + 1)
    assert {name: str(kind) for name, kind in frame.dtypes.items()} == {
        **dict.fromkeys(frame.columns, "string"),
        "date": "datetime64[s]",
        **dict.fromkeys(("level", "target", "estimate", "high_level"), "Int64"),
        **dict.fromkeys(("index", "completeness", "not_applicable", "high_index"), "Float64"),
        **dict.fromkeys(("unbalanced", "provisional"), "boolean"),
    }
    last = small.areas[-1].statements[-1].id
    assert statements.loc[statements["statement"] == last, "rating"].isna().all()
    assert str(statements["rating"].dtype) == "Int64"
    assert len(results.teams_frame()) == 3 * (len(small.areas) + 1)
    assert len(results.failures) == 1


def test_parquet_keeps_the_types(outcomes: list[Assessment | Failure], tmp_path: Path) -> None:
    """What is written is what is read back."""
    from iml4e_xlsx.report.formats.frames import render_parquet

    frame = Results(tuple(outcomes)).to_frame()
    path = tmp_path / "r.parquet"
    path.write_bytes(render_parquet(frame))
    back: Any = pd.read_parquet(path)

    pd.testing.assert_frame_equal(back, frame, check_dtype=False)
    assert str(back["level"].dtype) == "Int64"
    assert str(back["date"].dtype).startswith("datetime64")


@pytest.mark.parametrize(
    ("missing", "name", "extra"),
    [
        ("jinja2", "r.html", "report"),
        ("matplotlib.figure", "r.png", "report"),
        ("weasyprint", "r.pdf", "pdf"),
    ],
)
def test_missing_extra_is_named(
    contents: Contents, monkeypatch: pytest.MonkeyPatch, missing: str, name: str, extra: str
) -> None:
    """Without a library the message says what to install, and nothing else fails."""
    monkeypatch.setitem(sys.modules, missing, None)

    with pytest.raises(ResourceError, match=rf"pip install 'iml4e-xlsx\[{extra}\]'"):
        render_report(contents, name)
    assert render_report(contents, "r.xlsx")


def test_tables_need_pandas(
    outcomes: list[Assessment | Failure], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without it only what needs it says so."""
    monkeypatch.setitem(sys.modules, "pandas", None)

    with pytest.raises(ResourceError, match=r"iml4e-xlsx\[report\]"):
        Results(tuple(outcomes)).to_frame()
