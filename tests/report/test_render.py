"""Rendering a report: the same bytes each time, and clear words where a library is missing."""

from __future__ import annotations

import sys

import pytest

from iml4e_xlsx.errors import ResourceError
from iml4e_xlsx.report.contents.contents import Contents
from iml4e_xlsx.report.formats.render import render_report

pytestmark = pytest.mark.slow
"""See the marks in pyproject.toml."""


def test_same_report_is_the_same_bytes(contents: Contents) -> None:
    """So that two reports can be compared."""
    for name in ("r.html", "r.xlsx", "r.svg", "r.png"):
        assert render_report(contents, name) == render_report(contents, name)


@pytest.mark.parametrize(
    ("missing", "name", "extra"),
    [
        ("jinja2", "r.html", "report"),
        ("matplotlib.figure", "r.png", "report"),
        ("weasyprint", "r.pdf", "pdf"),
    ],
)
def test_missing_extra_is_named(
    contents: Contents, monkeypatch: pytest.MonkeyPatch, missing: str, name: str, extra: str
) -> None:
    """Without a library the message says what to install, and nothing else fails."""
    monkeypatch.setitem(sys.modules, missing, None)

    with pytest.raises(ResourceError, match=rf"pip install 'iml4e-xlsx\[{extra}\]'"):
        render_report(contents, name)
    assert render_report(contents, "r.xlsx")
