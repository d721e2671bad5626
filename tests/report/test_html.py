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
from iml4e_xlsx.report.formats.pdf import render_pdf
from iml4e_xlsx.report.formats.render import render_report
from tests.support.browser import Looks, print_page
from tests.support.builders import assessment, rate_all
from tests.support.paper import sheets_of
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
    found = browser(page)
    text, unfolded = found["text"], "".join(found["unfolded"].split())

    for id_, evidence in HOSTILE_TEXTS.items():
        if id_ != "AA-03":
            # long evidence is folded, and whole once it is unfolded
            assert evidence[:200] in text, id_
            assert "".join(evidence.split()) in unfolded, id_
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


def test_long_evidence_is_folded_and_printed_whole(
    small: Scheme, tmp_path: Path, browser: Looks
) -> None:
    """In a `details`, in which browsers search; each word stands once on the paper, too."""
    words = [f"word{number}" for number in range(200)]
    contents = make_contents([assessment(small, {"AA-01": 2}, evidence={"AA-01": " ".join(words)})])
    page, paper = tmp_path / "report.html", tmp_path / "report.pdf"
    page.write_text(render_html(contents), encoding="utf-8")
    print_page(page, paper)
    printed = [word.text for sheet in sheets_of(paper) for word in sheet.words]
    pdf = tmp_path / "own.pdf"
    pdf.write_bytes(render_pdf(contents))
    own = [word.text for sheet in sheets_of(pdf) for word in sheet.words]

    assert "word199" not in browser(page)["text"]
    for found in (browser(page)["unfolded"].split(), printed, own):
        assert [word for word in found if word in words] == words
