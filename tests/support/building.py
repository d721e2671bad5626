"""Helpers for tests of builds: two rows of a roster, and what a build left in the folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.reading.workbook_reader import WorkbookReader
from tests.support.campaigns import (
    Row,
    rows,
)

ANN, BEN = rows(2)


def state(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {
        path.name: (path.stat().st_mtime_ns, path.read_bytes())
        for path in sorted((folder / "workbooks").iterdir())
    }


def renamed(row: Row, **values: Any) -> Row:
    return replace(row, **values)


def ids(campaign: Campaign) -> dict[str, str]:
    """Return the workbook id by the name that stands in each workbook."""
    with WorkbookReader(campaign.known_schemes()) as reader:
        found = [reader.assess(path).response for path in sorted(campaign.workbooks.glob("*.xlsx"))]
    return {one.profile.respondent: one.workbook_id for one in found}


def names(made: Any) -> list[str]:
    return [person.name for person in made]
