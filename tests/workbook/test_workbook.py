"""The built workbook: its contents, its bytes, its validity, and what it refuses to write."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import python_calamine

from iml4e_xlsx.errors import WorkbookWriteError
from iml4e_xlsx.model import Scheme
from iml4e_xlsx.scheme import load_scheme
from iml4e_xlsx.scoring import score
from iml4e_xlsx.workbook.builder import build_workbook
from iml4e_xlsx.workbook.cell_prompt import PROMPT_LIMIT
from iml4e_xlsx.workbook.workbook_layout import META_SHEET, layout_of
from tests.support.builders import (
    CREATED,
    built,
    in_order,
    regular_table,
    response,
    scheme_fields,
    small_scheme,
    write_scheme,
)
from tests.support.dump import dump
from tests.support.ooxml import unchecked, validate

GOLDEN = Path(__file__).with_name("golden")


def test_a_workbook_has_the_contents_that_were_reviewed(
    tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    """The text of a small workbook is the one that was reviewed."""
    scheme = small_scheme(tmp_path / "s", ["AA", "BB", "CC"], per_level=1, top=2)
    contents = dump(built(scheme, tmp_path / "w.xlsx"))
    golden = GOLDEN / "small.txt"
    if pytestconfig.getoption("--update-golden"):
        golden.write_text(contents, encoding="utf-8")

    assert contents == golden.read_text(encoding="utf-8")


def test_same_input_same_bytes(small: Scheme) -> None:
    """Built twice at the same time, a workbook is the same to the byte."""
    first, second = (build_workbook(small, created=CREATED) for _ in range(2))

    assert first == second


def test_workbook_is_valid(official: Scheme, tmp_path: Path) -> None:
    """Every part validates against the format's schemas; every relationship leads somewhere."""
    ratings: dict[str, Any] = {id_: i % 4 for i, id_ in enumerate(official.statements)}
    path = built(official, tmp_path / "w.xlsx", response(official, ratings, targets={"DG": 3}))

    assert validate(path) == []
    notes = [f"xl/drawings/vmlDrawing{number}.vml" for number, _ in enumerate(official.areas, 1)]
    assert unchecked(path) == ["docProps/core.xml", *notes]


MUTATIONS: list[tuple[str, Callable[[str], str]]] = [
    ("xl/worksheets/sheet1.xml", lambda t: t.replace("<sheetData>", "<extra/><sheetData>")),
    ("xl/workbook.xml", lambda t: t.replace("<sheets>", "<sheets/><sheets>")),
    ("xl/charts/chart1.xml", lambda t: t.replace('val="marker"', 'val="markers"')),
    ("xl/_rels/workbook.xml.rels", lambda t: t.replace("sheet2.xml", "sheet99.xml")),
    ("[Content_Types].xml", lambda t: t.replace("/xl/charts/chart1.xml", "/xl/charts/none.xml")),
]


@pytest.mark.parametrize(("part", "change"), MUTATIONS)
def test_a_broken_part_fails_validation(
    small: Scheme, tmp_path: Path, part: str, change: Callable[[str], str]
) -> None:
    """The validity check of these tests fails on a part that is wrong."""
    path = built(small, tmp_path / "w.xlsx")
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    changed = change(parts[part].decode()).encode()
    assert changed != parts[part]
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, changed if name == part else content)

    assert validate(path)


def test_stored_values_are_those_of_the_scorer(small: Scheme, tmp_path: Path) -> None:
    """A viewer that does not calculate shows the right figures."""
    ratings = in_order(small, "AA", [3, 3, 2, 2, 2, 1, 0, 0, 0, 0, 0, 0])
    filled = response(small, ratings, targets={"AA": 3})
    path = built(small, tmp_path / "w.xlsx", filled)
    result = score(filled, small)
    summary = layout_of(small).summary
    book = openpyxl.load_workbook(path, data_only=True)
    sheet = book[summary.sheet]

    assert sheet[summary.figure_cell("AA", summary.LEVEL).a1].value == 2
    assert sheet[summary.figure_cell("AA", summary.INDEX).a1].value == float(Fraction(13, 9))
    assert sheet[summary.figure_cell("AA", summary.STEPS).a1].value == 8
    assert not sheet[summary.figure_cell("BB", summary.INDEX).a1].value
    assert sheet[summary.figure_cell("BB", summary.LEVEL).a1].value == "open"
    assert result.overall.level is None
    assert sheet[summary.figure_cell("overall", summary.LEVEL).a1].value == "open"


def test_no_formula_is_without_a_value(official: Scheme, tmp_path: Path) -> None:
    """Every formula carries the value it has, also in the chart's cache."""
    path = built(official, tmp_path / "w.xlsx")
    formulas = openpyxl.load_workbook(path)
    values = openpyxl.load_workbook(path, data_only=True)
    for sheet in formulas.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    stored: Any = values[sheet.title][cell.coordinate].value
                    assert stored is not None or '""' in str(cell.value), cell.coordinate


def test_only_functions_that_all_programs_share(official: Scheme, tmp_path: Path) -> None:
    """No formula uses what some spreadsheet program lacks."""
    allowed = {
        "ABS", "AND", "AVERAGE", "COUNTIF", "COUNTIFS", "FIND", "HYPERLINK", "IF", "INDEX", "INT",
        "ISERROR", "ISNUMBER", "LEN", "MATCH", "MAX", "MID", "MIN", "NA", "OR", "ROW", "SUM",
        "SUMIFS", "SUMPRODUCT", "TRIM",
    }  # fmt: skip
    used: set[str] = set()
    for sheet in openpyxl.load_workbook(built(official, tmp_path / "w.xlsx")).worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    used |= set(re.findall(r"([A-Z][A-Z.]+)\(", str(cell.value)))

    assert used <= allowed


def test_names_that_begin_like_formulas_stay_text(small: Scheme, tmp_path: Path) -> None:
    """Text of people is written as text, whatever it looks like."""
    filled = response(small, {}, evidence={"AA-01": "=HYPERLINK(1)", "AA-02": "http://x.example"})
    path = built(small, tmp_path / "w.xlsx", filled)
    layout = layout_of(small)
    book = openpyxl.load_workbook(path)
    for id_ in ("AA-01", "AA-02"):
        cell = book[layout.areas["AA"].sheet][layout.areas["AA"].evidence_cell(id_).a1]
        assert cell.data_type == "s"
        assert cell.hyperlink is None


def test_text_that_no_cell_can_hold_is_an_error(small: Scheme) -> None:
    """Over-long text is never cut silently."""
    filled = response(small, {}, evidence={"AA-01": "x" * 32_768})
    with pytest.raises(WorkbookWriteError):
        build_workbook(small, created=CREATED, response=filled)


def test_longest_text_is_kept_whole(small: Scheme, tmp_path: Path) -> None:
    """32,767 characters of evidence are written and found again."""
    filled = response(small, {}, evidence={"AA-01": "x" * 32_767})
    path = built(small, tmp_path / "w.xlsx", filled)
    cell = layout_of(small).areas["AA"].evidence_cell("AA-01")
    sheet = python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_name(cell.sheet)

    assert len(str(sheet.to_python(skip_empty_area=False)[cell.row][cell.col])) == 32_767


def test_sheet_names_are_made_to_fit(tmp_path: Path) -> None:
    """Names of areas with characters that sheets cannot have, or alike, still yield sheets."""
    fields = scheme_fields(regular_table(["AA", "BB"], 2, 1), top=2)
    fields["areas"][0]["short"] = "a/b:c*d?e[f]"
    fields["areas"][1]["short"] = "'quoted'"
    fields["interface"] = {"sheet.summary": "Start"}
    scheme = load_scheme(write_scheme(tmp_path / "s", fields))
    path = built(scheme, tmp_path / "w.xlsx")
    names = openpyxl.load_workbook(path).sheetnames

    assert len({name.casefold() for name in names}) == len(names)
    assert all(len(name) <= 31 for name in names)


def test_labels_too_long_for_a_list_in_place_are_referred_to(tmp_path: Path) -> None:
    """A scale whose words have commas, or are long, still has its dropdown."""
    fields = scheme_fields(regular_table(["AA"], 1, 1), top=1)
    fields["ratings"][0]["word"] = "Not, or hardly"
    scheme = load_scheme(write_scheme(tmp_path / "s", fields))
    layout = layout_of(scheme)
    sheet = openpyxl.load_workbook(built(scheme, tmp_path / "w.xlsx"))[layout.areas["AA"].sheet]
    rules = {rule.formula1 for rule in sheet.data_validations.dataValidation}

    assert layout.levels.scale_range in rules


def test_identity_stands_in_several_places(small: Scheme, tmp_path: Path) -> None:
    """Cover, every area sheet, the hidden sheet and the properties name the same workbook."""
    path = built(small, tmp_path / "w.xlsx")
    text = dump(path)
    reference = next(
        line.split(" = ")[1] for line in text.splitlines() if line.startswith("property ")
    )

    assert text.count(reference) >= 3 + len(small.areas)
    assert openpyxl.load_workbook(path)[META_SHEET].sheet_state == "veryHidden"


def test_prompts_of_the_official_scheme_are_whole(official: Scheme, tmp_path: Path) -> None:
    """No message beside a cell had to be cut."""
    path = built(official, tmp_path / "w.xlsx")
    for sheet in openpyxl.load_workbook(path).worksheets:
        for rule in sheet.data_validations.dataValidation:
            assert "…" not in (rule.prompt or ""), rule.prompt
            assert "…" not in (rule.promptTitle or "")
            assert len(rule.prompt or "") <= PROMPT_LIMIT
