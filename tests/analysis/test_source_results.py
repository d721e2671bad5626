"""Results by what a source asks for: figures of what is rated, and never one of what is not."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from fractions import Fraction
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import yaml
from click.testing import CliRunner

from iml4e_xlsx.analysis.source_results import find_source_result, group_by_source
from iml4e_xlsx.cli import cli
from iml4e_xlsx.errors import ReportError
from iml4e_xlsx.model import Profile, RatingValue, Scheme
from iml4e_xlsx.report.contents.contents import make_contents
from iml4e_xlsx.report.formats.render import render_report
from iml4e_xlsx.report.tables.source_tables import compare_by_source, list_source_tables
from iml4e_xlsx.scheme import load_scheme
from iml4e_xlsx.scheme.forms import select_form
from tests.support.builders import assessment, built, response
from tests.support.sources import write_sourced

CITED: Mapping[str, Mapping[str, Any]] = {
    "AA-01": {"table": ["A.1", "A.3"], "book": "page 12"},
    "AA-02": {"table": ["A.3"]},
    "AA-03": {"table": ["A.3"]},
    "AA-04": {"table": ["A.3"]},
    "AA-05": {"table": ["A.1"]},
}
Ratings = Mapping[str, RatingValue | None]


@pytest.fixture
def scheme(tmp_path: Path) -> Scheme:
    return load_scheme(write_sourced(tmp_path / "scheme", CITED))


def figures(scheme: Scheme, ratings: Ratings) -> dict[str, tuple[Fraction | None, int, int, int]]:
    """Return fulfilment, rated, open and n/a by locus."""
    grouped = group_by_source(response(scheme, ratings), scheme, "table")
    return {
        entry.locus.key: (entry.fulfilment, entry.rated, entry.open, entry.not_applicable)
        for entry in grouped.loci
    }


def test_fulfilment_is_the_mean_of_what_is_rated(scheme: Scheme) -> None:
    """Open and n/a are left out and counted; a locus that nothing cites has nothing."""
    assert figures(scheme, {"AA-01": 2, "AA-02": 1, "AA-03": "n/a", "AA-05": 3}) == {
        "A.1": (Fraction(5, 6), 2, 0, 0),
        "A.2": (None, 0, 0, 0),
        "A.3": (Fraction(1, 2), 2, 1, 1),
    }


def test_nothing_rated_is_never_a_zero(scheme: Scheme) -> None:
    """Neither where all is open, nor where nothing applies."""
    assert {value[0] for value in figures(scheme, {}).values()} == {None}
    nowhere: Ratings = dict.fromkeys(scheme.statements, "n/a")
    assert {value[0] for value in figures(scheme, nowhere).values()} == {None}
    assert figures(scheme, {"AA-01": 0, "AA-05": 0})["A.1"][0] == Fraction(0)


def test_what_nobody_knows_is_open(scheme: Scheme) -> None:
    """An answer `unknown` is counted among the open ones, and as what it is."""
    grouped = group_by_source(response(scheme, {"AA-01": "unknown", "AA-05": 3}), scheme, "table")
    entry = grouped.loci[0]

    assert (entry.fulfilment, entry.open, entry.dont_know) == (Fraction(1), 1, 1)


def test_a_source_that_the_scheme_lacks(scheme: Scheme) -> None:
    """It is refused, or nothing where some results have it and others do not."""
    answers = response(scheme, {})

    assert find_source_result(answers, scheme, "nope") is None
    with pytest.raises(ReportError, match="nope"):
        group_by_source(answers, scheme, "nope")


def test_tables_of_a_few_results_have_all_figures(scheme: Scheme) -> None:
    """Each has its table with words where there is no figure."""
    one = assessment(scheme, {"AA-01": 2, "AA-05": 3}, team="Alpha")
    (table,) = list_source_tables([("Alpha", one)], "table")
    by_locus = {row[0]: row[2:] for row in table.rows}

    assert [column.name for column in table.columns] == [
        "locus", "title", "statements", "fulfilment", "rated", "open", "not_applicable",
    ]  # fmt: skip
    assert by_locus["A.1"] == ("AA-01, AA-05", Fraction(5, 6), 2, 0, 0)
    assert by_locus["A.2"] == ("none", "–", 0, 0, 0)
    assert by_locus["A.3"] == ("AA-01, AA-02, AA-03, AA-04", Fraction(2, 3), 1, 3, 0)
    assert "2 of 3 things" in table.note
    assert "no statement of conformity" in table.note


@pytest.mark.parametrize(
    ("ratings", "shown"),
    [({}, "open"), ({"AA-01": "n/a", "AA-05": "n/a"}, "n/a"), ({"AA-01": "n/a"}, "open")],
)
def test_words_say_why_there_is_no_figure(scheme: Scheme, ratings: Ratings, shown: str) -> None:
    """Open as long as a rating may come, n/a if none can."""
    (table,) = list_source_tables([("A", assessment(scheme, ratings))], "table")

    assert table.rows[0][3] == shown


def test_tables_of_many_results_show_lowest_and_mean(scheme: Scheme) -> None:
    """More results share a table; only those with a figure count."""
    ratings = (0, 1, 2, 3, 3, 3, None)
    named = [(f"T{n}", assessment(scheme, {"AA-05": one})) for n, one in enumerate(ratings)]
    (table,) = list_source_tables(named, "table")

    assert [column.name for column in table.columns][-3:] == ["results", "lowest", "mean"]
    assert table.rows[0][-3:] == (6, Fraction(0), Fraction(2, 3))
    assert table.rows[2][-3:] == (0, "open", "open")


def test_a_page_shows_a_few_results_side_by_side(scheme: Scheme) -> None:
    """Each has a column with what is open beside the fulfilment."""
    named = [(f"T{n}", assessment(scheme, {"AA-05": 3})) for n in range(4)]
    table = compare_by_source(named, "table")

    assert [column.heading for column in table.columns[-4:]] == ["T0", "T1", "T2", "T3"]
    assert table.rows[0][-4:] == ("100 %, 1 open",) * 4


def test_long_keys_give_way_to_titles(tmp_path: Path) -> None:
    """Side by side they would push the figures off the page; the workbook has them."""
    key = "L2/integration/tests-of-every-release"
    folder = write_sourced(tmp_path, {"AA-01": {"table": [key]}}, {key: {"title": "Tests run."}})
    scheme = load_scheme(folder)
    named = [(name, assessment(scheme, {"AA-01": 3}, team=name)) for name in ("A", "B")]
    table = compare_by_source(named, "table")

    assert table.rows == (("Tests run.", "AA-01", Fraction(1), Fraction(1)),)
    assert compare_by_source(named[:1], "table").rows[0][:2] == (key, "Tests run.")


@pytest.fixture
def returned(tmp_path: Path, scheme: Scheme) -> Path:
    """Return a folder with a workbook of each of two teams."""
    folder = tmp_path / "returned"
    folder.mkdir()
    for team, rating in (("Alpha", 3), ("Beta", 0)):
        profile = Profile(team=team, respondent=f"R{team}")
        ratings: Ratings = {"AA-01": rating, "AA-05": rating, "AA-02": "n/a"}
        built(scheme, folder / f"{team}.xlsx", response(scheme, ratings, profile=profile))
    return folder


def run(scheme_folder: Path, *args: str, code: int = 0, width: int = 110) -> str:
    environment = {"COLUMNS": str(width)}
    line = [*args, "--scheme", str(scheme_folder)]
    outcome = CliRunner(env=environment).invoke(cli, line)
    assert outcome.exit_code == code, outcome.output
    return outcome.stdout if code == 0 else outcome.stderr


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("group", [[], ["--group", "team"]])
def test_score_shows_the_source(
    returned: Path, tmp_path: Path, group: list[str], width: int
) -> None:
    """Behind the results, in a terminal of any width, with the remark."""
    args = ["score", str(returned), "--by-source", "table", *group]
    shown = run(tmp_path / "scheme", *args, width=width)
    words = " ".join(shown.split())

    assert max(map(len, shown.splitlines())) <= width
    assert "A table: Alpha" in words
    assert "A table: Beta" in words
    assert "2 of 3 things that the source asks for have a statement. No statement cites A.2." in (
        words
    )
    assert "It is no statement of conformity with the source." in words


def test_score_writes_the_source(returned: Path, tmp_path: Path) -> None:
    """JSON and ndjson have it in each result; csv a row for each locus; a workbook a sheet."""
    args = ["score", str(returned), "--by-source", "table"]
    scheme = tmp_path / "scheme"
    whole = json.loads(run(scheme, *args, "--format", "json"))["results"]
    lines = [json.loads(line) for line in run(scheme, *args, "--format", "ndjson").splitlines()]
    teams = json.loads(run(scheme, *args, "--format", "json", "--group", "team"))["results"]
    rows = list(csv.DictReader(StringIO(run(scheme, *args, "--format", "csv"))))
    run(scheme, *args, "-o", str(tmp_path / "out.xlsx"))
    run(scheme, *args, "-o", str(tmp_path / "out.txt"))

    for entries in (whole, lines, teams):
        assert [entry["by_source"]["loci"][0]["fulfilment"] for entry in entries] == [1.0, 0.0]
        hole = entries[0]["by_source"]["loci"][1]
        assert (hole["statements"], hole["fulfilment"], hole["open"]) == ([], None, 0)
    assert "conformity" in whole[0]["by_source"]["remark"]
    assert [(row["team"], row["locus"], row["fulfilment"], row["open"]) for row in rows] == [
        ("Alpha", "A.1", "1.0", "0"),
        ("Alpha", "A.2", "", "0"),
        ("Alpha", "A.3", "1.0", "2"),
        ("Beta", "A.1", "0.0", "0"),
        ("Beta", "A.2", "", "0"),
        ("Beta", "A.3", "0.0", "2"),
    ]
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx")["By source"]
    assert "A.1" in {cell.value for row in sheet.iter_rows() for cell in row}
    assert "A table: Beta" in (tmp_path / "out.txt").read_text()


def test_without_the_option_nothing_changes(returned: Path, tmp_path: Path) -> None:
    """Results say nothing of sources unless somebody asks."""
    document = json.loads(run(tmp_path / "scheme", "score", str(returned), "--format", "json"))

    assert all("by_source" not in entry for entry in document["results"])


def test_wrong_usage_is_said(returned: Path, tmp_path: Path) -> None:
    """An unknown source names the known ones; rows are statements or loci, not both."""
    args = ["score", str(returned), "--by-source"]
    scheme = tmp_path / "scheme"

    assert "table, book" in run(scheme, *args, "nope", code=2)
    assert "table, book" in run(scheme, *args, "nope", "--format", "ndjson", code=2)
    assert "Choose one" in run(scheme, *args, "table", "--rows", "statements", code=2)
    report = ["report", str(returned), "-o", str(tmp_path / "r.html"), "--by-source", "nope"]
    assert "table, book" in run(scheme, *report, code=2)
    assert not (tmp_path / "r.html").exists()


def test_the_report_has_a_section(scheme: Scheme) -> None:
    """The page compares the teams, the workbook has all figures by team."""
    outcomes = [
        assessment(scheme, {"AA-01": 3, "AA-05": 3}, team="Alpha"),
        assessment(scheme, {"AA-01": 0, "AA-05": None, "AA-03": "n/a"}, team="Beta"),
    ]
    contents = make_contents(outcomes, sources=["table", "table"])
    page = render_report(contents, "r.html").decode()
    sheets = openpyxl.load_workbook(BytesIO(render_report(contents, "r.xlsx")))
    rows = [[cell.value for cell in row] for row in sheets["table"].iter_rows()]

    assert page.count('<section id="by_source"') == 1
    section = page[page.index('<section id="by_source"') :]
    section = section[: section.index("</section>")]
    assert "no statement of conformity" in section
    assert ">0 %, 1 open<" in section.replace("\u00a0", " ")
    assert [row[0] for row in rows].count("Alpha") == 3
    assert [row[0] for row in rows].count("Beta") == 3


def test_a_form_does_not_say_what_the_scheme_lacks(tmp_path: Path) -> None:
    """What a form does not ask for may have a statement all the same."""
    folder = write_sourced(tmp_path / "scheme", CITED)
    path = folder / "scheme.yaml"
    path.write_text(yaml.safe_dump(yaml.safe_load(path.read_text()) | {"forms": {"s": ["AA-01"]}}))
    form = select_form(load_scheme(folder), "s")
    named = [(name, assessment(form, {"AA-01": rating})) for name, rating in (("A", 2), ("B", 0))]

    for results in (named, named[:1]):
        table = compare_by_source(results, "table")
        assert 'The form "s" asks about 2 of 3 things' in table.note
        assert "No statement cites" not in table.note
        column = [column.name for column in table.columns].index("statements")
        assert {row[column] for row in table.rows} == {"AA-01", "not asked"}


def test_a_report_without_sources_has_no_section(scheme: Scheme) -> None:
    """Nobody asked."""
    contents = make_contents([assessment(scheme, {"AA-01": 3})])

    assert 'id="by_source"' not in render_report(contents, "r.html").decode()
    assert "by_source" not in {section.name for section in contents.sections}
