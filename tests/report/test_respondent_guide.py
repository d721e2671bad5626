"""The guide for respondents: what it says, on one sheet of paper, in a real browser."""

from __future__ import annotations

import re
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from iml4e_xlsx.cli import cli
from iml4e_xlsx.model import RoundNotice, Scheme
from iml4e_xlsx.report.formats.respondent_guide import render_guide
from iml4e_xlsx.scheme.answering_time import estimate_minutes
from iml4e_xlsx.text.interface_texts import scheme_texts
from iml4e_xlsx.workbook.answering_texts import answering_steps
from iml4e_xlsx.workbook.workbook_layout import layout_of
from tests.support.browser import Looks, print_page

NOTICE = RoundNotice(
    deadline=date(2026, 12, 18),
    contact="Jana Meyer of the Centre for Machine Learning, jana.meyer@example.org, +49 30 123456",
)


@pytest.fixture
def page(official: Scheme, tmp_path: Path) -> Path:
    """Return the guide of a round."""
    path = tmp_path / "guide.html"
    path.write_text(render_guide(official, NOTICE), encoding="utf-8")
    return path


def test_the_guide_says_what_respondents_ask(page: Path, official: Scheme, browser: Looks) -> None:
    """Time, deadline, contact, the steps of the workbook itself, the scale, what becomes of it."""
    text = " ".join(browser(page)["text"].split())
    steps = answering_steps(official, layout_of(official), scheme_texts(official))
    time = f"about {estimate_minutes(official)} minutes"

    for words in (time, "18 December 2026", NOTICE.contact, *steps):
        assert words in text
    for rating in official.ratings:
        assert f"{rating.label} {rating.meaning}" in text


@pytest.mark.parametrize(("width", "mode"), [(1280, "light"), (1280, "dark"), (400, "light")])
def test_the_guide_is_accessible(page: Path, browser: Looks, width: int, mode: str) -> None:
    """No violation of WCAG 2.1 AA, no request, no script, nothing wider than a phone."""
    found = browser(page, width=width, mode=mode)

    assert found["violations"] == []
    assert found["requests"] == []
    assert found["scripts"] == 0
    assert found["width"] <= width


def test_the_guide_prints_on_one_sheet(page: Path, browser: Looks, tmp_path: Path) -> None:
    """A4, with a long contact."""
    del browser
    target = tmp_path / "guide.pdf"
    print_page(page, target)
    said = subprocess.run(
        [str(shutil.which("pdfinfo")), target], capture_output=True, text=True, check=True
    ).stdout

    assert re.search(r"Pages:\s+1\b", said)
    assert "(A4)" in said


def test_what_is_not_known_is_left_out(official: Scheme) -> None:
    """No deadline and no contact: no label of them either."""
    text = render_guide(official)

    assert "send it back by" not in text
    assert "Questions" not in text


def test_names_cannot_become_markup(official: Scheme) -> None:
    """A contact is text."""
    assert "<script>" not in render_guide(official, RoundNotice(contact="<script>"))


def test_the_command_writes_the_guide(tmp_path: Path, official: Scheme) -> None:
    """The same page as from Python; another suffix, no day and an existing file are refused."""
    target = tmp_path / "guide.html"
    options = ["--deadline", "2026-12-18", "--contact", NOTICE.contact]
    written = CliRunner().invoke(cli, ["guide", "-o", str(target), *options])

    assert written.exit_code == 0
    assert written.stderr == f"Wrote {target}.\n"
    assert target.read_text(encoding="utf-8") == render_guide(official, NOTICE)
    for arguments in (
        ["-o", str(target)],
        ["-o", str(tmp_path / "guide.pdf")],
        ["-o", str(tmp_path / "other.html"), "--deadline", "18/12/2026"],
    ):
        assert CliRunner().invoke(cli, ["guide", *arguments]).exit_code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["guide.html"]
