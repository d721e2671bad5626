"""The registry of formats: each is written, offered by the commands, and found by its suffix."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from iml4e_xlsx.errors import OutputNameError, ReportError
from iml4e_xlsx.model import Scheme
from iml4e_xlsx.report.formats.format_registry import (
    OutputFormat,
    OutputSubject,
    choose_format,
    find_format,
    format_names,
    list_formats,
)
from tests.support.builders import built, response

FOLDER = Path(__file__).resolve().parents[2] / "iml4e_xlsx/report/formats"

ADDED = """
import sys, types
from iml4e_xlsx.report.formats.format_registry import OutputFormat, OutputSubject, register_format

writer = types.ModuleType("toml_text")
writer.encode_tables = lambda tables: f"tables = {len(tables)}\\n".encode()
sys.modules["toml_text"] = writer
subjects = frozenset({OutputSubject.TABLES})
register_format(OutputFormat(name="toml", suffix=".toml", subjects=subjects, writer="toml_text"))

from iml4e_xlsx.cli import main
main()
"""
"""A program that adds a format to the commands."""


@pytest.fixture
def workbook(official: Scheme, tmp_path: Path) -> Path:
    """Return a returned workbook."""
    filled = response(official, dict.fromkeys(official.statements, 2))
    return built(official, tmp_path / "returned.xlsx", filled)


def run_with_added_format(*words: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a command in a program that has added the format `toml`."""
    command = [sys.executable, "-c", ADDED, *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("output_format", list_formats(), ids=lambda entry: entry.name)
def test_every_format_has_a_function_for_each_of_its_subjects(output_format: OutputFormat) -> None:
    """And for no other subject, which nobody would be offered."""
    module, _, name = output_format.writer.partition(":")
    writer = import_module(module)
    writer = getattr(writer, name) if name else writer

    written = {subject for subject in OutputSubject if hasattr(writer, f"encode_{subject}")}
    assert written == output_format.subjects


def test_every_module_that_writes_is_registered() -> None:
    """No format is forgotten."""
    defined = re.compile(r"^ *def encode_", re.MULTILINE)
    modules = {path.stem for path in FOLDER.glob("*.py") if defined.search(path.read_text("utf-8"))}
    registered = {entry.writer.partition(":")[0].rpartition(".")[2] for entry in list_formats()}

    assert modules == registered


def test_suffixes_and_names_belong_to_one_format_each() -> None:
    assert len({entry.suffix for entry in list_formats()}) == len(list_formats())
    assert [find_format(entry.name) for entry in list_formats()] == list(list_formats())


def test_an_added_format_is_offered_and_written_by_the_commands(
    tmp_path: Path, workbook: Path
) -> None:
    """One line in the registry is enough: choices, help, and the suffix of a file."""
    target = tmp_path / "compare.toml"

    helped = run_with_added_format("compare", "--help")
    done = run_with_added_format("compare", workbook, "-o", target)
    offered = run_with_added_format("compare", workbook, "--format", "toml")

    assert "toml" in helped.stdout
    assert done.returncode == 0, done.stderr
    assert target.read_text() == "tables = 5\n"
    assert offered.stdout == "tables = 5\n"
    assert "toml" not in format_names(OutputSubject.TABLES)


def test_the_suffix_chooses_unless_a_format_was_named() -> None:
    """Without a suffix, and on standard output, it is the first format that is offered."""
    subject = OutputSubject.TABLES

    assert choose_format("-", None, subject).name == "table"
    assert choose_format("x.txt", None, subject).name == "table"
    assert choose_format("x.CSV", None, subject).name == "csv"
    assert choose_format("x.csv", "table", subject).name == "table"
    assert choose_format("x", None, subject).name == "table"
    assert choose_format("-", None, OutputSubject.REPORT).name == "html"
    assert choose_format("x.svg", None, subject, OutputSubject.TREND).name == "svg"


def test_a_report_is_not_written_to_a_name_without_suffix() -> None:
    """Nothing else says its format."""
    with pytest.raises(OutputNameError, match="has no suffix"):
        choose_format("report", None, OutputSubject.REPORT)


@pytest.mark.parametrize("name", ["report.doc", "report.txt", "report.csv"])
def test_an_unknown_suffix_names_the_known_ones(name: str) -> None:
    """A report is written by its file's suffix."""
    with pytest.raises(ReportError) as caught:
        choose_format(name, None, OutputSubject.REPORT)

    assert caught.value.message.values == {
        "target": name,
        "suffix": Path(name).suffix,
        "suffixes": ".html, .xlsx, .pdf, .png, .svg",
    }
