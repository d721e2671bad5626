"""The repair of a workbook: every legible answer, and notes on the doubtful cells."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest

from iml4e_xlsx.findings.finding import Severity
from iml4e_xlsx.jobs.workbook_repair import repair_workbook
from iml4e_xlsx.model import Profile, Scheme
from iml4e_xlsx.reading.workbook_reader import WorkbookReader
from iml4e_xlsx.workbook.workbook_layout import Layout, layout_of
from tests.support.habits import damage_workbook
from tests.support.ooxml import validate

PROFILE = Profile(
    organisation="Example & Sons", team="Alpha", respondent="Ada", role="Lead", date="2026-11-23"
)


@pytest.fixture
def damaged(small: Scheme, tmp_path: Path) -> Path:
    """Return a workbook with doubtful cells, an odd target and an odd date."""
    return damage_workbook(small, tmp_path, PROFILE)


def collect_notes(layout: Layout, book: openpyxl.Workbook) -> dict[str, str]:
    """Return the notes by address with sheet."""
    return {
        f"{sheet.title}!{cell.coordinate}": cell.comment.text
        for sheet in book.worksheets
        for cells in sheet.iter_rows()
        for cell in cells
        if cell.comment is not None
    }


def test_repaired_workbook_has_every_legible_answer(
    small: Scheme, reader: WorkbookReader, damaged: Path, tmp_path: Path
) -> None:
    """Pristine layout, the same id, profile, targets and answers; doubts marked with a note."""
    before = reader.assess(damaged)
    repaired = repair_workbook(damaged, reader, created=datetime(2026, 11, 23, tzinfo=UTC))
    path = tmp_path / "repaired.xlsx"
    path.write_bytes(repaired.data)
    after = reader.assess(path)
    layout = layout_of(small)
    book = openpyxl.load_workbook(io.BytesIO(repaired.data))

    assert book.sheetnames == list(layout.sheet_names)
    assert after.response.workbook_id == before.response.workbook_id != ""
    assert after.response.profile == before.response.profile
    assert after.response.targets == {"BB": 2}
    assert {i: (a.rating, a.evidence) for i, a in after.response.answers.items()} == {
        i: (a.rating, a.evidence) for i, a in before.response.answers.items()
    }
    assert not [f for f in after.findings if f.severity is Severity.ERROR]
    notes = collect_notes(layout, book)
    expected = {
        layout.areas["AA"].rating_cell("AA-01"): "2 - Fully",
        layout.areas["AA"].rating_cell("AA-02"): "7",
        layout.areas["AA"].rating_cell("AA-03"): "2=largely",
        layout.areas["BB"].evidence_cell("BB-01"): "without a reason",
        layout.summary.figure_cell("AA", layout.summary.TARGET): "high",
        layout.cover.profile_cell("date"): "next week",
    }
    assert set(notes) == {f"{cell.sheet}!{cell.a1}" for cell in expected}
    for cell, words in expected.items():
        assert words in notes[f"{cell.sheet}!{cell.a1}"]
        assert book[cell.sheet][cell.a1].fill.start_color.rgb == "FFFBD5B5"
    assert repaired.marked_cells == len(expected)
    assert [finding.code for finding in repaired.unplaced_findings] == ["statement-unknown"]
    assert validate(path) == []


def test_text_of_respondents_stays_text(
    small: Scheme, reader: WorkbookReader, damaged: Path
) -> None:
    """A respondent's text that looks like a formula is text in the repaired workbook."""
    repaired = repair_workbook(damaged, reader)
    cell = layout_of(small).areas["AA"].evidence_cell("AA-01")
    cell_read = openpyxl.load_workbook(io.BytesIO(repaired.data))[cell.sheet][cell.a1]

    assert cell_read.data_type == "s"
    assert str(cell_read.value).startswith("=cmd")
