"""The coverage of sources: each thing that a source asks for, with its statements, and holes."""

from __future__ import annotations

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from iml4e_xlsx.cli import cli
from iml4e_xlsx.errors import ReportError
from iml4e_xlsx.model import Scheme
from iml4e_xlsx.scheme import load_scheme
from iml4e_xlsx.scheme.coverage import cover_source, cover_sources
from tests.support.builders import small_scheme
from tests.support.sources import write_sourced


@pytest.fixture
def scheme(tmp_path: Path) -> Scheme:
    """Return a scheme whose statements cite two of three loci, and a book by its pages."""
    cited: dict[str, dict[str, Any]] = {
        "AA-01": {"table": ["A.1", "A.3"], "book": "page 12"},
        "AA-02": {"table": ["A.3"]},
        "AA-03": {"book": "page 12"},
    }
    return load_scheme(write_sourced(tmp_path, cited))


def test_each_locus_has_its_statements(scheme: Scheme) -> None:
    """In the order of the source, also those that nothing cites."""
    coverage = cover_source(scheme, "table")

    assert [(entry.locus.key, [one.id for one in entry.statements]) for entry in coverage.loci] == [
        ("A.1", ["AA-01"]),
        ("A.2", []),
        ("A.3", ["AA-01", "AA-02"]),
    ]
    assert [locus.key for locus in coverage.holes] == ["A.2"]
    assert (coverage.covered, coverage.is_listed) == (2, True)
    assert coverage.statements == ("AA-01", "AA-02")


def test_a_source_without_a_list_has_the_places_that_are_cited(scheme: Scheme) -> None:
    """What is missing is not known, so there are no holes to name."""
    coverage = cover_source(scheme, "book")

    assert [(entry.locus.key, len(entry.statements)) for entry in coverage.loci] == [("page 12", 2)]
    assert not coverage.is_listed
    assert not coverage.holes


def test_listed_sources_come_first(scheme: Scheme) -> None:
    """Then those of which the scheme has no list, each in the order of the scheme."""
    assert [each.source.key for each in cover_sources(scheme)] == ["table", "book"]


def test_an_unknown_source_names_the_known_ones(scheme: Scheme) -> None:
    """The error says which sources there are."""
    with pytest.raises(ReportError, match=r"nope.*book, table|nope.*table, book"):
        cover_source(scheme, "nope")


def run(folder: Path, *args: str, width: int = 110) -> str:
    outcome = CliRunner(env={"COLUMNS": str(width)}).invoke(
        cli, ["scheme", "coverage", str(folder), *args]
    )
    assert outcome.exit_code == 0, outcome.stderr
    return outcome.stdout


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_table_fits_any_width(scheme: Scheme, tmp_path: Path, width: int) -> None:
    """Nothing is lost in a narrow terminal: keys, titles, editions, statements, the hole."""
    shown = run(tmp_path, width=width)

    assert scheme.id == "small"
    assert max(map(len, shown.splitlines())) <= width
    for text in ("A.1", "A.2", "A.3", "Third thing.", "2025", "AA-01, AA-02", "none", "page 12"):
        assert text in shown
    words = " ".join(shown.split())
    assert "2 of 3 things that the source asks for have a statement. No statement cites A.2." in (
        words
    )
    assert "2 statements cite this source." in words


def test_one_source_alone(scheme: Scheme, tmp_path: Path) -> None:
    """--source leaves the others out."""
    assert scheme.id == "small"
    shown = run(tmp_path, "--source", "book")

    assert "A book (book)" in shown
    assert "A table" not in shown


def test_programs_get_the_same(scheme: Scheme, tmp_path: Path) -> None:
    """JSON and csv have each locus, holes as such."""
    assert scheme.id == "small"
    table, book = json.loads(run(tmp_path, "--format", "json"))["sources"]
    rows = list(csv.DictReader(StringIO(run(tmp_path, "--format", "csv"))))

    assert (table["count"], table["covered"], table["holes"]) == (3, 2, ["A.2"])
    assert table["loci"][2] == {
        "locus": "A.3",
        "title": "Third thing.",
        "since": "2025",
        "url": "",
        "statements": ["AA-01", "AA-02"],
    }
    assert (book["count"], book["listed"], book["holes"]) == (None, False, [])
    assert [(row["source"], row["locus"], row["statements"]) for row in rows] == [
        ("table", "A.1", "AA-01"),
        ("table", "A.2", ""),
        ("table", "A.3", "AA-01 AA-02"),
        ("book", "page 12", "AA-01 AA-03"),
    ]


def test_a_scheme_without_sources_says_so(tmp_path: Path) -> None:
    """Nothing is shown, and that is said; a source of it is refused."""
    small_scheme(tmp_path, ["AA"])
    outcome = CliRunner().invoke(cli, ["scheme", "coverage", str(tmp_path)])
    asked = CliRunner().invoke(cli, ["scheme", "coverage", str(tmp_path), "--source", "table"])

    assert (outcome.exit_code, outcome.stdout) == (0, "")
    assert "names no sources" in outcome.stderr
    assert asked.exit_code == 2
    assert "names none at all" in asked.stderr


def test_nothing_of_microsofts_model_is_missing(official: Scheme) -> None:
    """The levels are Microsoft's, so that each of its characteristics has a statement."""
    assert not cover_source(official, "microsoft").holes


def test_an_unknown_source_is_wrong_usage(scheme: Scheme, tmp_path: Path) -> None:
    """The command ends with 2 and names the sources."""
    assert scheme.id == "small"
    outcome = CliRunner().invoke(cli, ["scheme", "coverage", str(tmp_path), "--source", "nope"])

    assert outcome.exit_code == 2
    assert "table, book" in outcome.stderr
