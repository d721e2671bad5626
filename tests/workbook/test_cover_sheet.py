"""The first sheet: what it says about the round, and which entries it takes, marks and offers."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from iml4e_xlsx.model import Profile, RoundNotice, Scheme
from iml4e_xlsx.scheme.answering_time import describe_minutes, estimate_minutes
from iml4e_xlsx.text.interface_texts import load_texts
from iml4e_xlsx.workbook.answering_texts import answering_steps
from iml4e_xlsx.workbook.builder import blank_response, build_workbook
from iml4e_xlsx.workbook.entry_conditions import doubtful_date
from iml4e_xlsx.workbook.workbook_layout import layout_of
from tests.support.builders import CREATED, small_scheme
from tests.support.office import Office

TEXT_FORMAT = "@"


def build(scheme: Scheme, path: Path, **contents: Any) -> Path:
    """Build a workbook into a file."""
    path.write_bytes(build_workbook(scheme, created=CREATED, **contents))
    return path


def notice_of(scheme: Scheme, path: Path) -> list[str]:
    """Return the lines of the notice on the first sheet."""
    cover = layout_of(scheme).cover
    sheet = openpyxl.load_workbook(path)[cover.sheet]
    return str(sheet.cell(cover.NOTICE + 1, cover.LABEL + 1).value).split("\n")


def test_the_notice_names_time_deadline_and_contact(official: Scheme, tmp_path: Path) -> None:
    """All three, each in a line of its own; the deadline with its month in words."""
    notice = RoundNotice(deadline=date(2026, 4, 3), contact="Jana Meyer, jana@example.org")
    lines = notice_of(official, build(official, tmp_path / "w.xlsx", notice=notice))

    assert lines[0].startswith("Time needed: about 75 minutes.")
    assert lines[1:] == [
        "Please send it back by 3 April 2026.",
        "Questions: Jana Meyer, jana@example.org",
    ]


def test_what_is_not_known_has_no_line(official: Scheme, tmp_path: Path) -> None:
    """Without deadline and contact there is no empty label."""
    (line,) = notice_of(official, build(official, tmp_path / "w.xlsx"))

    assert line.startswith("Time needed")


@pytest.mark.parametrize(
    ("per_level", "minutes", "words"), [(1, 5, "5 minutes"), (24, 30, "30 minutes")]
)
def test_the_time_needed_follows_the_scheme(
    tmp_path: Path, per_level: int, minutes: int, words: str
) -> None:
    """More statements take longer; the figure is round."""
    scheme = small_scheme(tmp_path, ["AA"], per_level=per_level, top=3)

    assert estimate_minutes(scheme) == minutes
    assert load_texts().render(describe_minutes(minutes)) == words


def test_the_order_of_the_statements_is_explained_where_numbers_skip(
    official: Scheme, small: Scheme
) -> None:
    """By level, down the sheet; where that is the order of the numbers, nobody wonders."""
    texts, sentence = load_texts(), load_texts()("cover.step_order")
    said = {
        scheme.id: any(
            sentence in step for step in answering_steps(scheme, layout_of(scheme), texts)
        )
        for scheme in (official, small)
    }

    assert said == {official.id: True, small.id: False}


def test_whole_hours_are_said_as_hours(official: Scheme) -> None:
    """An hour is no "60 minutes"."""
    texts = load_texts()
    said = [texts.render(describe_minutes(minutes)) for minutes in (60, 75, 120)]

    assert estimate_minutes(official) == 75
    assert said == ["an hour", "75 minutes", "2 hours"]


def test_texts_of_the_profile_are_formatted_as_text(official: Scheme, tmp_path: Path) -> None:
    """No program turns `10-49` into a date, or takes a zero from the front of a name."""
    cover = layout_of(official).cover
    response = blank_response(official, profile=Profile(size="10-49"))
    path = build(official, tmp_path / "w.xlsx", response=response)
    sheet = openpyxl.load_workbook(path)[cover.sheet]

    for field in ("organisation", "sector", "size", "team", "respondent", "role"):
        assert sheet[cover.profile_cell(field).a1].number_format == TEXT_FORMAT, field
    assert sheet[cover.profile_cell("size").a1].value == "10-49"


@pytest.mark.parametrize("field", ["size", "sector"])
def test_lists_of_the_profile_are_suggestions(
    official: Scheme, office: Office, tmp_path: Path, field: str
) -> None:
    """The list offers entries, and no dialog refuses another one."""
    cover = layout_of(official).cover
    path = build(official, tmp_path / "w.xlsx")
    rule = office.validation(path, (cover.sheet, cover.profile_cell(field).a1))

    assert rule["type"] == "LIST"
    assert not rule["shows_error"]
    if field == "size":
        assert rule["formula"] == '"1-9";"10-49";"50-249";"250+"'


def test_no_dialog_refuses_a_date(official: Scheme, office: Office, tmp_path: Path) -> None:
    """What a date is depends on the program's language; the hint says which form all take."""
    cover = layout_of(official).cover
    path = build(official, tmp_path / "w.xlsx")
    rule = office.validation(path, (cover.sheet, cover.profile_cell("date").a1))

    assert rule["type"] == "ANY"
    assert "2026-11-23" in rule["message"]


@pytest.mark.parametrize(
    ("entry", "is_marked"),
    [
        ("", False),
        (46353.0, False),
        ("2026-11-27", False),
        (" 2026-11-27 ", False),
        ("27.11.2026", False),
        ("27. 11. 2026", False),
        ("03/04/2026", True),
        ("11/27/2026", True),
        ("27.11.", True),
        ("27.11.26", True),
        ("next Friday", True),
        ("2026-11", True),
        (27.0, True),
        (0.4, True),
        (20261127.0, True),
    ],
)
def test_doubtful_dates_are_marked_at_once(
    official: Scheme, office: Office, tmp_path: Path, entry: str | float, *, is_marked: bool
) -> None:
    """The condition of the mark, computed by LibreOffice for what stands in the cell."""
    cover = layout_of(official).cover
    cell = cover.profile_cell("date")
    book = openpyxl.load_workbook(build(official, tmp_path / "w.xlsx"))
    sheet = book[cover.sheet]
    (rule,) = [
        rule
        for cells in sheet.conditional_formatting
        if cells.sqref == cell.a1
        for rule in cells.rules
    ]
    assert f"={rule.formula[0]}" == doubtful_date(cell)
    sheet.protection.sheet = False
    sheet[cell.a1] = entry or None
    sheet["Z1"] = f"={rule.formula[0]}"
    book.save(tmp_path / "probe.xlsx")
    found = office.edit(tmp_path / "probe.xlsx", read=[(cover.sheet, "Z1")])

    assert found[cover.sheet, "Z1"] == float(is_marked)


def test_opening_needs_no_calculation(official: Scheme, tmp_path: Path) -> None:
    """Excel asks to save what it calculated anew while loading, though nobody changed anything."""
    with zipfile.ZipFile(build(official, tmp_path / "w.xlsx")) as package:
        workbook = package.read("xl/workbook.xml").decode()

    assert '<calcPr calcId="191029"/>' in workbook
