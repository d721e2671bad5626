"""A report of three teams over two rounds, with hostile texts in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from iml4e_xlsx.findings.failure import Failure, FailureCode
from iml4e_xlsx.model import (
    Assessment,
    Scheme,
)
from iml4e_xlsx.report.contents.contents import Contents, make_contents
from iml4e_xlsx.report.formats.html import render_html
from tests.support.team_reports import HOSTILE_TEXTS, four_members


@pytest.fixture(scope="session")
def outcomes(small: Scheme) -> list[Assessment | Failure]:
    """Return three teams of four over two rounds, hostile texts among them, and a failure."""
    return [
        *four_members(small, "Alpha", "2026-05-04", 1),
        *four_members(small, "Alpha", "2026-11-04", 2, evidence=HOSTILE_TEXTS),
        *four_members(small, "<i>Beta</i>", "2026-05-06", 2),
        *four_members(small, "<i>Beta</i>", "2026-11-06", 1),
        *four_members(small, "Gamma", "2026-11-08", 0),
        Failure(
            source="x.xlsx",
            code=FailureCode("not-a-workbook"),
            message="x.xlsx: <b>no</b> workbook.",
        ),
    ]


@pytest.fixture(scope="session")
def contents(outcomes: list[Assessment | Failure]) -> Contents:
    return make_contents(outcomes)


@pytest.fixture(scope="session")
def page(contents: Contents, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(render_html(contents), encoding="utf-8")
    return path
