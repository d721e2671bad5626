"""The table of columns: an entry and its texts make a column, in reader, checks and templates."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest

from iml4e_xlsx.model import PROFILE_LIMIT, ROSTER_FIELDS, Scheme
from iml4e_xlsx.roster import Roster, read_roster
from iml4e_xlsx.roster.columns import COLUMNS, RosterColumn, index_columns
from iml4e_xlsx.roster.template import roster_csv, roster_workbook
from iml4e_xlsx.text.interface_texts import load_texts, scheme_texts
from tests.support.builders import CREATED
from tests.support.rosters import BEN, HEADINGS, LANGUAGES, roster_findings, write_table

SITE = RosterColumn(name="site", headings=("site", "standort"), width=20)
WITH_SITE = (*COLUMNS, SITE)
SITE_TEXTS = {"roster_column.site": "The place of work.", "roster_example.site": "Helsinki"}


def read_with_site(path: Path, scheme: Scheme) -> Roster:
    return read_roster(path, scheme, mails=True, languages=LANGUAGES, columns=WITH_SITE)


def test_a_new_column_is_read_by_each_of_its_headings(official: Scheme, tmp_path: Path) -> None:
    """Its value reaches the mail texts under the first heading, however the roster spells it."""
    for heading in ("site", "SITE", "Stand-Ort"):
        path = write_table(tmp_path, "csv", [[*HEADINGS, heading], [*BEN, "Espoo"]])
        (row,) = read_with_site(path, official)

        assert row.extra == {"cc": "", "site": "Espoo"}


def test_a_new_column_is_checked(official: Scheme, tmp_path: Path) -> None:
    """A misspelt heading is reported, and so is a text that is too long."""
    for heading, value, code in (
        ("stie", "Espoo", "roster-column-misspelt"),
        ("site", "x" * (PROFILE_LIMIT + 1), "roster-text-too-long"),
    ):
        path = write_table(tmp_path, "csv", [[*HEADINGS, heading], [*BEN, value]])
        findings = roster_findings(path, official, columns=WITH_SITE)

        assert [finding.code for finding in findings] == [code]


def test_a_new_column_is_in_the_templates(official: Scheme) -> None:
    """The CSV has its heading; the workbook has it with a check, its meaning and an example."""
    texts = scheme_texts(official).overlaid(SITE_TEXTS)
    data = roster_workbook(official, LANGUAGES, created=CREATED, columns=WITH_SITE, texts=texts)
    people, explained = openpyxl.load_workbook(io.BytesIO(data)).worksheets
    rules = {str(rule.sqref)[0]: rule for rule in people.data_validations.dataValidation}
    last = [cell.value for cell in list(explained.iter_rows())[-1]]

    assert roster_csv(WITH_SITE).decode("utf-8-sig").strip().split(",") == [*HEADINGS, "site"]
    assert [cell.value for cell in people[1]] == [*HEADINGS, "site"]
    assert rules["N"].prompt == SITE_TEXTS["roster_column.site"]
    assert last[1] == "site"
    assert set(SITE_TEXTS.values()) <= set(last)


def test_each_profile_field_of_a_roster_has_a_column() -> None:
    """A field that is added to the table of profile fields comes into the roster by itself."""
    assert {column.name for column in COLUMNS} >= set(ROSTER_FIELDS)


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.name)
def test_each_column_has_a_text_that_explains_it(column: RosterColumn) -> None:
    """A column without one would make no template."""
    assert load_texts().entries[column.meaning_key]


def test_no_two_columns_share_a_heading() -> None:
    """A heading names one column."""
    assert len(index_columns(COLUMNS)) == sum(len(column.headings) for column in COLUMNS)
