"""Reading evidence: the text returns as it was written, or a finding says what is wrong."""

from __future__ import annotations

from pathlib import Path
from random import Random

import openpyxl
import pytest

from iml4e_xlsx.model import Scheme
from iml4e_xlsx.reading.workbook_reader import WorkbookReader
from tests.support.assessments import findings_with, rated
from tests.support.builders import built, response
from tests.support.habits import edited, rows_of

EVIDENCE = [
    "first\nsecond\n\nfourth",
    "\U0001f600 \U0001f469\u200d\U0001f4bb",
    "\u0645\u0631\u062d\u0628\u0627 \u200f(\u0648\u064a\u0643\u064a)",
    "\u05e9\u05dc\u05d5\u05dd",
    "\uff12",
    "x" * 32_767,
    '=HYPERLINK("https://example.org")',
    "@import",
    "_x000D_ and _x0041_",
]


@pytest.mark.parametrize("text", EVIDENCE, ids=lambda text: repr(text[:12]))
def test_evidence_comes_back_as_it_is(
    small: Scheme, reader: WorkbookReader, tmp_path: Path, text: str
) -> None:
    """Line breaks, emoji, writing from right to left, and as much as a cell holds."""
    path = built(
        small, tmp_path / "w.xlsx", response(small, {"AA-01": 2}, evidence={"AA-01": text})
    )

    assert reader.assess(path).response.answers["AA-01"].evidence == text


def test_evidence_that_is_an_error_is_reported(
    small: Scheme, reader: WorkbookReader, tmp_path: Path
) -> None:
    """Evidence typed with an equals sign in front is lost, and said to be."""

    def write(book: openpyxl.Workbook, scheme: Scheme, rng: Random) -> None:
        rows_of(book, scheme)["AA-01"].cell("evidence").value = "=see wiki"

    filled = response(small, rated(small))
    found = reader.assess(edited(small, tmp_path / "w.xlsx", filled, write))

    (finding,) = findings_with(found, "evidence-unreadable")
    assert finding.found == "=see wiki"
