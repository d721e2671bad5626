"""Files whose names are not UTF-8, as unpacking old zips leaves them: no output loses a result."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from iml4e_xlsx.errors import RosterError, SchemeError, WorkbookReadError
from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.failure import Failure
from iml4e_xlsx.intake.source import Source
from iml4e_xlsx.jobs.batch import assess_workbooks
from iml4e_xlsx.model import Assessment, Scheme
from iml4e_xlsx.reading.workbook_reader import assess_workbook
from iml4e_xlsx.roster.roster_table import read_table
from iml4e_xlsx.scheme import load_scheme
from iml4e_xlsx.text.interface_texts import load_texts
from iml4e_xlsx.workbook.builder import build_workbook
from tests.support.builders import CREATED, response
from tests.support.campaigns import run

pytestmark = pytest.mark.slow
"""See the marks in pyproject.toml."""

SHOWN, SHOWN_BROKEN = "M\ufffdller.xlsx", "zerst\ufffdrt.xlsx"


def undecodable(folder: Path, name: bytes) -> Path:
    return Path(os.fsdecode(os.fsencode(folder) + b"/" + name))


@pytest.fixture(scope="module")
def folder(official: Scheme, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of two people's workbooks, one with such a name, and of a broken file."""
    place = tmp_path_factory.mktemp("names")
    for rating, id_, path in (
        (2, "AAAAAAAAAA", place / "a.xlsx"),
        (1, "BBBBBBBBBB", undecodable(place, b"M\xfcller.xlsx")),
    ):
        filled = response(official, dict.fromkeys(official.statements, rating))
        data = build_workbook(official, created=CREATED, response=filled, identity=id_)
        path.write_bytes(data)
    undecodable(place, b"zerst\xf6rt.xlsx").write_bytes(b"no workbook")
    return place


@pytest.mark.parametrize("rows", ["areas", "statements"])
@pytest.mark.parametrize("group", [(), ("--group", "team")], ids=["each", "team"])
@pytest.mark.parametrize("form", ["table", "json", "ndjson", "csv"])
def test_standard_output_takes_the_name(
    folder: Path, form: str, group: tuple[str, ...], rows: str
) -> None:
    """Both results and the failure are told, in every format."""
    outcome = run("score", folder, *group, "--rows", rows, "--format", form, code=1)

    outcome.stdout.encode()
    assert SHOWN_BROKEN in outcome.output
    if form != "table" and not group:
        assert SHOWN in outcome.stdout
        assert f"{folder}/a.xlsx" in outcome.stdout


@pytest.mark.parametrize(
    "suffix", ["csv", "json", "ndjson", "xlsx", "parquet", "svg", "png", "txt"]
)
def test_every_file_of_results_takes_the_name(folder: Path, tmp_path: Path, suffix: str) -> None:
    target = tmp_path / f"r.{suffix}"
    run("score", folder, "-o", target, code=1)

    names: dict[str, Callable[[], set[str]]] = {
        "csv": lambda: set(pd.read_csv(target)["source"]),
        "parquet": lambda: set(pd.read_parquet(target)["source"]),
        "json": lambda: {result["source"] for result in json.loads(target.read_text())["results"]},
        "ndjson": lambda: {
            result["source"]
            for result in map(json.loads, target.read_text().splitlines())
            if "code" not in result
        },
        "xlsx": lambda: {str(row[0].value) for row in openpyxl.load_workbook(target)["Areas"].rows},
    }
    assert target.stat().st_size
    if suffix in names:
        assert {f"{folder}/a.xlsx", f"{folder}/{SHOWN}"} <= names[suffix]()


@pytest.mark.parametrize("suffix", ["html", "xlsx", "pdf", "svg", "png"])
def test_every_report_takes_the_name(folder: Path, tmp_path: Path, suffix: str) -> None:
    target = tmp_path / f"r.{suffix}"
    outcome = run("report", folder, "-o", target, code=1)

    assert target.stat().st_size
    assert SHOWN_BROKEN in outcome.stderr


@pytest.mark.parametrize("form", ["text", "json"])
def test_findings_take_the_name(folder: Path, form: str) -> None:
    outcome = run("check", folder, "--format", form, code=1)

    outcome.stdout.encode()
    assert SHOWN_BROKEN in "".join(outcome.output.split())


@pytest.mark.parametrize("command", ["compare", "agenda", "roadmap"])
@pytest.mark.parametrize("suffix", ["json", "csv", "xlsx", "md"])
def test_every_view_takes_the_name(folder: Path, tmp_path: Path, command: str, suffix: str) -> None:
    target = tmp_path / f"v.{suffix}"
    run(command, folder, "-o", target, code=1)

    assert target.stat().st_size


def test_the_file_is_opened_by_its_own_name(folder: Path) -> None:
    """Also where its shown name is that of another file."""
    path = undecodable(folder, b"M\xfcller.xlsx")

    assert assess_workbook(path).response.source == f"{folder}/{SHOWN}"
    assert not (folder / SHOWN).exists()
    with pytest.raises(WorkbookReadError) as caught:
        assess_workbook(undecodable(folder, b"zerst\xf6rt.xlsx"))
    assert caught.value.source == f"{folder}/{SHOWN_BROKEN}"
    assert str(caught.value).startswith(f"{folder}/{SHOWN_BROKEN}: ")
    with pytest.raises(WorkbookReadError, match="there is no such file"):
        assess_workbook(folder / SHOWN)


def test_a_source_of_ones_own_takes_the_name(folder: Path) -> None:
    """What a program hands over is no other than what is found in a folder."""
    data = (folder / "a.xlsx").read_bytes()
    sources = [Source("M\udcfcller.xlsx", lambda: data), Source("\udcfc.xlsx", lambda: b"x")]
    read, failed = assess_workbooks(sources)

    assert isinstance(read, Assessment)
    assert read.response.source == SHOWN
    assert {finding.place.source for finding in read.findings} <= {SHOWN}
    assert isinstance(failed, Failure)
    assert failed.source == "\ufffd.xlsx"


def test_rosters_and_schemes_take_the_name(tmp_path: Path) -> None:
    """What is wrong with them is said of a text that can be written anywhere."""
    roster = undecodable(tmp_path, b"r\xf6ster.csv")
    with pytest.raises(RosterError) as caught:
        read_table(roster, FindingCatalogue(load_texts()))
    scheme = undecodable(tmp_path, b"sch\xe9ma")
    scheme.mkdir()
    (scheme / "scheme.yaml").write_text("id: [", encoding="utf-8")
    with pytest.raises(SchemeError) as refused:
        load_scheme(scheme)

    assert f"{tmp_path}/r\ufffdster.csv" in str(caught.value)
    assert f"{tmp_path}/sch\ufffdma" in str(refused.value)
