"""Sections of a report: an entry of the list is on the page and in the workbook."""

from __future__ import annotations

import io
from collections.abc import Iterator

import openpyxl
import pytest

from iml4e_xlsx.report.contents import contents as contents_module
from iml4e_xlsx.report.contents.contents import Contents
from iml4e_xlsx.report.contents.sections import SECTIONS, ReportSection
from iml4e_xlsx.report.formats.html import render_html
from iml4e_xlsx.report.formats.render import render_report
from iml4e_xlsx.report.tables.table import Column, ResultTable


def make_toy_tables(contents: Contents) -> Iterator[ResultTable]:
    yield ResultTable(
        name="toy",
        title="A toy table",
        columns=(Column("team", "Team"),),
        rows=tuple((team.name,) for team in contents.teams),
    )


def test_a_new_section_is_an_entry_and_its_words(
    contents: Contents, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a layout of its own it shows its tables, in both forms of the report."""
    toy = ReportSection(name="toy", title="teams", make_tables=make_toy_tables)
    monkeypatch.setattr(contents_module, "SECTIONS", (*SECTIONS, toy))

    page = render_html(contents)
    book = openpyxl.load_workbook(io.BytesIO(render_report(contents, "r.xlsx")))

    assert '<a href="#toy">' in page
    assert page.index('<section id="toy"') > page.index('<section id="method"')
    assert "A toy table" in page
    assert "A toy table" in book.sheetnames


def test_sections_without_anything_to_say_are_left_out(contents: Contents) -> None:
    """Each section that is shown is reached from the list of contents, and no other one."""
    page = render_html(contents)

    for section in SECTIONS:
        is_shown = section.is_shown(contents)
        assert (f'<a href="#{section.name}">' in page) is is_shown
        assert (f'<section id="{section.name}"' in page) is is_shown
