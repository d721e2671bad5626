"""The catalogue: a finding of each code says where, what, what is allowed and what to do."""

from __future__ import annotations

import re

import pytest

from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.finding import Place
from iml4e_xlsx.text.interface_texts import load_texts
from iml4e_xlsx.text.message import message
from iml4e_xlsx.text.spelling import QUOTED_LENGTH
from tests.support.findings import FINDING_CODES, finding_of, marked_texts

PLACE = Place(source="returned.xlsx", sheet="DG", cell="D5")


def test_every_code_of_the_texts_is_made_by_a_function_of_its_name() -> None:
    """Neither has a code that the other lacks."""
    entries = load_texts().entries
    codes = {key.split(".")[1] for key in entries if key.startswith("findings.")}

    assert codes == set(FINDING_CODES)


@pytest.mark.parametrize("code", FINDING_CODES)
def test_a_finding_says_what_is_wrong_what_is_allowed_and_what_to_do(code: str) -> None:
    """Each has three sentences of the language, all values filled in, and its place."""
    finding = finding_of(code, FindingCatalogue(load_texts()))

    assert finding.code == code
    for text in (finding.message, finding.expected, finding.action):
        assert text
        assert "{" not in text
    assert str(finding) == f"{finding.place}: {finding.message} {finding.action}"


@pytest.mark.parametrize("code", FINDING_CODES)
def test_a_finding_is_in_the_language_of_its_catalogue(code: str) -> None:
    """No word of a finding comes from anywhere but the texts that the catalogue has."""
    english = finding_of(code, FindingCatalogue(load_texts()))
    marked = finding_of(code, FindingCatalogue(marked_texts()))

    assert (marked.message[0], marked.message[-1]) == ("<", ">")
    assert re.sub("[<>]", "", marked.message) == english.message
    assert marked.values == english.values


def test_a_message_as_value_is_said_in_the_same_language() -> None:
    """Words of our own that go into a finding are not rendered before."""
    finding = FindingCatalogue(marked_texts()).roster_unreadable(
        PLACE, message("place.line", line=7)
    )

    assert finding.found == "<line 7>"
    assert "<line 7>" in finding.message


def test_a_long_value_is_quoted_in_part_and_on_one_line() -> None:
    """A cell may hold a whole page, or characters that steer a terminal."""
    text = "\x1b[31m" + "x" * 500 + "\n"
    finding = FindingCatalogue(load_texts()).roster_outside(PLACE, text)

    assert len(finding.found) == QUOTED_LENGTH
    assert finding.found.isprintable()
    assert finding.found in finding.message


def test_a_place_names_file_sheet_cell_line_row_and_column() -> None:
    """Outermost first, and only what is known of it."""
    assert str(Place(source="a.xlsx")) == "a.xlsx"
    assert str(PLACE) == 'returned.xlsx, sheet "DG", cell D5'
    assert str(Place(source="people.csv", row=3, column="Mail")) == "people.csv, row 3, column Mail"
    assert PLACE.describe(marked_texts()) == 'returned.xlsx, <sheet "DG">, <cell D5>'
