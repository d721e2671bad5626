"""Evidence of any length stands whole on the printed pages, and its row grows with it."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from iml4e_xlsx.jobs.workbook_repair import repair_workbook
from iml4e_xlsx.model import Scheme
from iml4e_xlsx.reading.workbook_reader import WorkbookReader
from iml4e_xlsx.workbook.workbook_layout import layout_of
from tests.support.builders import built, response
from tests.support.hostile import parts_of
from tests.support.office import Cell, Office, Value

LENGTHS = (10, 100, 300, 1000)
WAYS = ("typed", "prefilled", "repaired")


def evidence_of(length: int, row: int) -> str:
    """Return a text of so many characters, in words that stand nowhere else."""
    words, number = "", 0
    while len(words) < length:
        words += f"e{row}x{number} "
        number += 1
    return words[:length].strip()


def texts_of(scheme: Scheme) -> dict[str, str]:
    """Return evidence for each statement, of one length after the other."""
    return {
        id_: evidence_of(LENGTHS[row % len(LENGTHS)], row)
        for row, id_ in enumerate(scheme.statements)
    }


@pytest.fixture(params=WAYS)
def filled(
    request: pytest.FixtureRequest,
    small: Scheme,
    reader: WorkbookReader,
    office: Office,
    tmp_path: Path,
) -> Path:
    """Return a workbook with evidence that was typed, written when it was built, or repaired."""
    way, texts = request.param, texts_of(small)
    ratings = dict.fromkeys(small.statements, 2)
    if way == "typed":
        layout = layout_of(small)
        path = tmp_path / "typed.xlsx"
        cells: dict[Cell, Value] = {}
        for id_, text in texts.items():
            cell = layout.area_sheet_of(id_).evidence_cell(id_)
            cells[cell.sheet, cell.a1] = text
        office.edit(built(small, tmp_path / "blank.xlsx"), cells, targets={"xlsx": path})
        return path
    path = built(small, tmp_path / "w.xlsx", response(small, ratings, evidence=texts))
    if way == "repaired":
        path.write_bytes(repair_workbook(path, reader).data)
    return path


def test_every_word_of_evidence_is_printed(
    filled: Path, small: Scheme, office: Office, tmp_path: Path
) -> None:
    """The text of the pages has each of them; a row that is too low would swallow some."""
    target = tmp_path / "printed.pdf"
    office.pdf(filled, target)
    text = subprocess.run(
        [str(shutil.which("pdftotext")), str(target), "-"],
        check=True,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    ).stdout
    wanted = {word for one in texts_of(small).values() for word in one.split()}

    assert len(wanted) > 100
    assert sorted(wanted - set(text.split())) == []


def test_no_row_of_a_statement_has_a_fixed_height(small: Scheme, tmp_path: Path) -> None:
    """A height is a suggestion there, which programs change; the head's are fixed."""
    path = built(small, tmp_path / "w.xlsx", response(small, {}, evidence=texts_of(small)))
    sheet = parts_of(path.read_bytes())["xl/worksheets/sheet2.xml"].decode()
    layout = layout_of(small).areas["AA"]
    rows = {
        int(row): attributes for row, attributes in re.findall(r'<row r="(\d+)"([^>]*)>', sheet)
    }

    for row in layout.rows.values():
        assert "ht=" in rows[row + 1]
        assert "customHeight" not in rows[row + 1]
    assert "customHeight" in rows[layout.HEADING + 1]
