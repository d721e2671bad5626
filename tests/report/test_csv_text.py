"""CSV: whatever stands in a text, no program sees another row, a formula or a control character."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import iml4e_xlsx
from iml4e_xlsx.model import Scheme
from iml4e_xlsx.report.formats.csv_text import render_csv
from iml4e_xlsx.report.formats.json_text import render_json, render_json_line
from iml4e_xlsx.workbook.builder import build_workbook
from tests.support.builders import CREATED, response
from tests.support.campaigns import run
from tests.support.hostile import packed, parts_of
from tests.support.office import Office

COLUMNS = ("source", "team", "evidence", "index")
ENDS = ("\r", "\n", "\r\n", "\v", "\f", "\x85", "\u2028", "\u2029")
STARTS = ("=1+41", "+1+41", "-1+41", "@SUM(1;41)", "\t=1+41", "\uff1d1+41")
HIDDEN = ("", "\0", "\x1b", "\x9f", "\r", "\n", "\x1c")
PAYLOADS = [
    *(f"Blue{end}{start}" for end in ENDS for start in STARTS),
    *(f"{before}{start}" for before in HIDDEN for start in STARTS),
    *(f"Blue{mark}=1+41" for mark in ('",', '"\r"', ",", ";", "\t", '";', "\r\r\r", "\n\n", "'")),
    *("\x1b[31mred", "bell\a", "\x9b31m", "a\0b", "\ud800", '"', '"\n', "", "\n"),
]
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
FORMULA = re.compile("^[=+\\-@\t\r\uff1d\uff0b\uff0d\uff20]", re.MULTILINE)


def table(*texts: str) -> str:
    """Return CSV with a row for each text, which stands in its first cell and in others."""
    rows = [{"source": one, "team": one, "evidence": one, "index": -1.5} for one in texts]
    return render_csv(COLUMNS, rows)


def assert_inert(text: str, *texts: str) -> None:
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert len(rows) == 1 + len(texts)
    assert all(len(row) == len(COLUMNS) for row in rows)
    assert not CONTROLS.search(text)
    for before, row in zip(texts, rows[1:], strict=True):
        assert row[-1] == "-1.5"
        for cell in row[:-1]:
            assert not FORMULA.search(cell)
            assert list(filter(str.isalnum, cell)) == list(filter(str.isalnum, before))


@settings(deadline=None)
@given(st.lists(st.text(), min_size=1, max_size=5))
@example(PAYLOADS)
def test_no_text_makes_a_row_a_formula_or_a_control_character(texts: list[str]) -> None:
    """And every letter and digit of it stays."""
    assert_inert(table(*texts), *texts)


@settings(deadline=None)
@given(
    st.lists(
        st.text(st.sampled_from("=+-@\t\r\n\v\x85\u2028\x1b\0\",;' a1\uff1d")),
        min_size=1,
        max_size=5,
    )
)
def test_neither_do_texts_of_what_matters_alone(texts: list[str]) -> None:
    """Also to another reader, of either kind that it has."""
    text = table(*texts)

    assert_inert(text, *texts)
    for engine in ("c", "python"):
        frame = pd.read_csv(io.StringIO(text), engine=engine, dtype=str, keep_default_na=False)
        assert frame.shape == (len(texts), len(COLUMNS))


def test_plain_texts_stay_as_they_are() -> None:
    """Ends of lines within a text become line feeds, and nothing else changes."""
    texts = (
        "Plain",
        "two\r\nlines",
        'with "quotes", and ; and\ttabs',
        "O'Neil",
        "100 % = all",
        "é 平",
    )
    rows = list(csv.reader(io.StringIO(table(*texts), newline="")))

    assert [row[1] for row in rows[1:]] == [one.replace("\r\n", "\n") for one in texts]
    assert table("Plain") == "source,team,evidence,index\nPlain,Plain,Plain,-1.5\n"


def test_headings_are_texts_as_well() -> None:
    (row,) = csv.reader(io.StringIO(render_csv(("=1+41", "a\rb"), []), newline=""))

    assert row == ["'=1+41", "a\nb"]


def test_office_computes_nothing(office: Office, tmp_path: Path) -> None:
    """It does where a table is not written by us; of ours it sees as many rows as there are."""
    plain, ours = tmp_path / "plain.csv", tmp_path / "ours.csv"
    plain.write_text("a,b\nx,Blue\r=1+41\n", encoding="utf-8", newline="")
    ours.write_text(table(*PAYLOADS), encoding="utf-8", newline="")
    for path in (plain, ours):
        office.edit(path, targets={"xlsx": path.with_suffix(".xlsx")})

    def formulas(path: Path) -> list[str]:
        (sheet,) = openpyxl.load_workbook(path.with_suffix(".xlsx")).worksheets
        return [c.coordinate for row in sheet.iter_rows() for c in row if c.data_type == "f"]

    assert formulas(plain)
    assert not formulas(ours)
    (sheet,) = openpyxl.load_workbook(ours.with_suffix(".xlsx")).worksheets
    assert sheet.max_row == 1 + len(PAYLOADS)
    assert sheet.max_column == len(COLUMNS)


def test_what_a_respondent_wrote_is_inert_in_every_table(official: Scheme, tmp_path: Path) -> None:
    """From the cell of a workbook to the file and the terminal, with each command."""
    first = next(iter(official.statements))
    evidence, statements = {first: "Blue MARK"}, dict.fromkeys(official.statements, 2)
    data = build_workbook(
        official, created=CREATED, response=response(official, statements, evidence=evidence)
    )
    mark = b"_x000D_=1+41_x001B_[31m_x0007_"
    spoiled = packed({name: part.replace(b"MARK", mark) for name, part in parts_of(data).items()})
    path = tmp_path / "Blue\r=1+41.xlsx"
    path.write_bytes(spoiled)

    for options in (
        ("score", path, "--rows", "statements", "--format", "csv"),
        ("score", path, "--format", "csv"),
        ("score", path, "--group", "team", "--format", "csv"),
        ("roadmap", path, "--target", "4", "--format", "csv"),
        ("roadmap", path, "--target", "4", "--issues"),
        ("compare", path, "--format", "csv"),
    ):
        text = run(*options).stdout
        cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
        assert not CONTROLS.search(text)
        assert not [cell for cell in cells if FORMULA.search(cell)]
    said = run("score", path, "--rows", "statements", "--format", "csv").stdout
    assert "Blue \n'=1+41[31m" in said


@pytest.mark.parametrize("write", [render_json, render_json_line])
def test_json_steers_no_terminal_and_means_the_same(write: Callable[[object], str]) -> None:
    text = write({"team": "\x1b[31m\x9b31m\x7f\0 é"})

    assert not CONTROLS.search(text.rstrip("\n").replace("\n", ""))
    assert pd.read_json(io.StringIO(f"[{text}]"))["team"][0] == "\x1b[31m\x9b31m\x7f\0 é"


def test_all_tables_are_written_in_one_place() -> None:
    """
    The standard writer leaves a carriage return unquoted, and guards nothing.

    A row of a roster in which an address is corrected keeps its values, and is quoted whole.
    """
    package = Path(iml4e_xlsx.__file__).parent
    writers = re.compile(r"csv\.(writer|DictWriter)|\.to_csv\(")
    found = [path for path in package.rglob("*.py") if writers.search(path.read_text("utf-8"))]

    assert found == [package / "roster/removal.py"]
    assert found[0].read_text("utf-8").count("csv.writer(") == 1
