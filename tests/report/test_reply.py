"""Replies to respondents: what they are asked to correct."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from iml4e_xlsx.cli import cli
from iml4e_xlsx.findings.failure import Failure, FailureCode
from iml4e_xlsx.model import Profile, Scheme
from iml4e_xlsx.reading.workbook_reader import WorkbookReader
from iml4e_xlsx.report.formats.reply import write_reply
from tests.support.builders import built, response, small_scheme
from tests.support.habits import damage_workbook

PROFILE = Profile(
    organisation="Example & Sons", team="Alpha", respondent="Ada", role="Lead", date="2026-11-23"
)


@pytest.fixture
def damaged(small: Scheme, tmp_path: Path) -> Path:
    """Return a workbook with doubtful cells, an odd target and an odd date."""
    return damage_workbook(small, tmp_path, PROFILE)


def run(*args: object) -> Result:
    return CliRunner().invoke(cli, [str(arg) for arg in args])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of the small scheme."""
    small_scheme(tmp_path / "scheme")
    return tmp_path / "scheme"


def test_reply_says_what_to_correct(damaged: Path, reader: WorkbookReader) -> None:
    """Grouped by weight and sheet, each with its cell, in lines that a mail keeps."""
    text = write_reply(reader.assess(damaged))

    assert text.startswith('Thank you for the workbook "damaged.xlsx".')
    errors, warnings = text.index("Please correct"), text.index("Please check")
    assert errors < text.index("2 - Fully") < warnings < text.index('"largely"')
    assert text.rstrip().endswith("save it, and send it back.")
    assert all(len(line) <= 76 for line in text.splitlines())
    assert '  Sheet "Tabelle1' in text


def test_reply_to_a_workbook_without_fault(
    small: Scheme, reader: WorkbookReader, tmp_path: Path
) -> None:
    """There is nothing to correct."""
    filled = response(small, dict.fromkeys(small.statements, 3), profile=PROFILE)
    text = write_reply(reader.assess(built(small, tmp_path / "w.xlsx", filled)))

    assert "36 of 36 statements are rated" in " ".join(text.split())
    assert "nothing to correct" in text


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("empty-file", "send it again"),
        ("not-a-workbook", "all its sheets"),
        ("encrypted", "remove the password"),
        ("broken-workbook", "save it again"),
        ("defect", "as you filled it in"),
    ],
)
def test_reply_to_a_file_that_cannot_be_used(code: str, words: str) -> None:
    """The reply addresses the person who sent the file."""
    text = write_reply(
        Failure(source="in/x\x1b[31m.xlsx", code=FailureCode(code), message="for the facilitator")
    )

    assert words in " ".join(text.split())
    assert "facilitator" not in text
    assert "\x1b" not in text


def test_check_prints_a_reply_to_each_file(damaged: Path, folder: Path) -> None:
    """The replies follow each other on standard output."""
    done = run("check", damaged, damaged.parent / "none.xlsx", "--reply", "--scheme", folder)

    assert done.exit_code == 1
    assert done.stdout.count("Thank you") == 2
    assert run("check", damaged, "--reply", "--format", "json").exit_code == 2
