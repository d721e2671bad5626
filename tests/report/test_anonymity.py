"""Reports without names: files, folders, members and attachments are called after people, too."""

from __future__ import annotations

import io
from dataclasses import replace

import openpyxl
import pytest

from iml4e_xlsx.analysis.teams import group_by_team
from iml4e_xlsx.findings.about_files import make_failure
from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.model import Assessment, Scheme
from iml4e_xlsx.report.contents.anonymity import hide_team_files
from iml4e_xlsx.report.contents.contents import Contents, make_contents
from iml4e_xlsx.report.formats.render import render_report
from iml4e_xlsx.text.interface_texts import load_texts
from tests.support.builders import assessment, rate_all

_FILES = (
    "back/kim.xlsx",
    "kim-park/1.xlsx",
    "back/all.zip/kim park.xlsx",
    "mails/#1/Kim.xlsx",
    "Kim Park <kim@example.org>",
)
"""Names of a file, a folder, a member of a zip, an attachment and a sender."""


@pytest.fixture(scope="module")
def loose(small: Scheme) -> list[Assessment]:
    """Return responses without a team or a name: only their files have one."""
    return [
        assessment(small, rate_all(small, number % 4), team="", respondent="", source=file)
        for number, file in enumerate(_FILES)
    ]


@pytest.fixture(scope="module")
def hidden(loose: list[Assessment]) -> Contents:
    """Return a report without names; each kind of failure names files in its own way."""
    failures = [
        make_failure(
            load_texts(),
            code,
            file,
            **dict.fromkeys(
                (
                    *("reason", "kind", "advice", "suffixes", "schemes", "scheme", "version"),
                    *("known", "name", "what"),
                ),
                "kim",
            ),
        )
        for code in FailureCode
        for file in _FILES[:2]
    ]
    undated = replace(loose[0].response.profile, date="")
    response = replace(loose[0].response, profile=undated)
    return make_contents(
        [replace(loose[0], response=response), *loose[1:], *failures], anonymous=True
    )


def _text_of(data: bytes, suffix: str) -> str:
    if suffix == "xlsx":
        book = openpyxl.load_workbook(io.BytesIO(data))
        return "\n".join(str(c.value) for sheet in book for row in sheet.iter_rows() for c in row)
    return data.decode()


@pytest.mark.parametrize("suffix", ["html", "xlsx"])
def test_no_format_names_a_file(hidden: Contents, suffix: str) -> None:
    """Neither of files that were read, nor of those that were not; the PDF prints the page."""
    shown = _text_of(render_report(hidden, f"report.{suffix}"), suffix)

    assert "response-1" in shown
    assert "kim" not in shown.lower()


def test_reasons_are_said_with_their_numbers(hidden: Contents) -> None:
    """What to do about files that were not read does not depend on their names."""
    page = render_report(hidden, "report.html").decode()

    for code in FailureCode:
        reason = hidden.texts(f"unread_reason.{code.value}")
        assert f"2 files were not read: {reason}." in page


def test_an_agenda_names_no_file(loose: list[Assessment]) -> None:
    """A team without a name has a number, and others keep theirs."""
    named = assessment(loose[0].scheme, {"AA-01": 1}, team="Alpha")
    teams = hide_team_files(group_by_team([*loose, named]))

    assert "Alpha" in {team.name for team in teams}
    assert not any("kim" in team.name.lower() for team in teams)
