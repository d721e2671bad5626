"""The page: in a real browser, accessible, without names if asked, with hostile texts in it."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest

from iml4e_xlsx.findings.failure import Failure
from iml4e_xlsx.model import (
    Assessment,
    Scheme,
)
from iml4e_xlsx.report.contents.contents import make_contents
from iml4e_xlsx.report.formats.html import render_html
from iml4e_xlsx.report.formats.render import render_report
from tests.support.browser import Looks
from tests.support.builders import assessment, rate_all
from tests.support.team_reports import HOSTILE_TEXTS


@pytest.mark.parametrize(("width", "mode"), [(1280, "light"), (1280, "dark"), (400, "light")])
def test_page_is_accessible_and_needs_nothing(
    page: Path, browser: Looks, width: int, mode: str
) -> None:
    """No console message, no request, no script, no violation of WCAG 2.1 A and AA."""
    found = browser(page, width=width, mode=mode)

    assert found["messages"] == []
    assert found["requests"] == []
    assert found["scripts"] == 0
    assert found["passes"] > 15
    assert found["violations"] == []
    assert found["width"] <= width
    dark = found["background"] == "rgb(20, 24, 29)"
    assert dark == (mode == "dark")


def test_page_shows_hostile_text_as_text(page: Path, browser: Looks) -> None:
    """Markup, formulas, templates, long and right-to-left texts stand there as given."""
    text = browser(page)["text"]

    for id_, evidence in HOSTILE_TEXTS.items():
        if id_ != "AA-03":
            assert evidence in text, id_
    assert "[31mred" in text
    assert "\x1b" not in text
    assert "<i>Beta</i>" in text
    assert "<b>no</b> workbook" in text
    assert "Ada <b>" in text


def test_anonymous_report_has_no_names(small: Scheme, outcomes: list[Assessment | Failure]) -> None:
    """Neither the page nor the workbook names a respondent."""
    undated = assessment(
        small,
        rate_all(small, 1),
        team="Alpha",
        respondent="Ada <b>",
        date="",
        source="ada.xlsx",
    )
    named = [*outcomes, undated]
    assert "ada.xlsx" in render_html(make_contents(named))
    contents = make_contents(named, anonymous=True)
    html = render_html(contents)
    book = openpyxl.load_workbook(io.BytesIO(render_report(contents, "r.xlsx")))
    cells = [str(c.value) for sheet in book for row in sheet.iter_rows() for c in row if c.value]
    shown = "\n".join([html, *cells])

    for name in ("Ada", "ada.xlsx", "Ben &", "Cem", "Dora"):
        assert name not in shown, name
    assert contents.texts("view.findings_anonymous", count=1) in shown
