"""Holds that the map in CONTRIBUTING.md leads somewhere, and to every room."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
ROWS = [line for line in GUIDE.splitlines() if line.startswith("| ") and "`" in line]
PATH = re.compile(r"`((?:iml4e_xlsx|templates|tests|docs|tools)/[^`\s]*)`")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.split("|")[1].strip())
def test_each_row_names_paths_that_exist(row: str) -> None:
    """Every row of the map leads to files or folders that are there."""
    paths = PATH.findall(row)

    assert paths
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_each_room_is_on_the_map() -> None:
    """Every entry at the top of the package stands in the list of rooms."""
    rooms = set(re.findall(r"^([a-z_]+(?:/|\.py)) ", GUIDE, re.MULTILINE))
    entries = {
        f"{entry.name}/" if entry.is_dir() else entry.name
        for entry in (ROOT / "iml4e_xlsx").iterdir()
        if entry.suffix in ("", ".py") and not entry.name.startswith(("_", "."))
    }

    assert rooms == entries
