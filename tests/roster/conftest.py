"""The template of a roster as a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from iml4e_xlsx.model import Scheme
from iml4e_xlsx.roster.template import roster_workbook
from tests.support.builders import CREATED
from tests.support.rosters import LANGUAGES


@pytest.fixture
def template(official: Scheme, tmp_path: Path) -> Path:
    """Return the template as a file."""
    path = tmp_path / "template.xlsx"
    path.write_bytes(roster_workbook(official, LANGUAGES, created=CREATED))
    return path
