"""Groups of findings: one sentence for what stands in many cells, every cell named or counted."""

from __future__ import annotations

import random
import re

import pytest

from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.finding import Finding, Place, Severity
from iml4e_xlsx.findings.finding_groups import (
    count_severities,
    group_across_files,
    group_findings,
)
from iml4e_xlsx.findings.finding_order import order_findings
from iml4e_xlsx.text.interface_texts import load_texts
from iml4e_xlsx.text.message import message
from tests.support.findings import FINDING_CODES, finding_of, marked_texts

TEXTS = load_texts()
MAKE = FindingCatalogue(TEXTS)


def number_in(cell: str, *, sheet: str = "DG", value: str = "2", source: str = "a.xlsx") -> Finding:
    place = Place(source=source, sheet=sheet, cell=cell)
    return MAKE.rating_as_number(place, "DG-01", value, "0 - Not", "2 - Largely")


def unknown_in(cell: str, *, sheet: str = "DG") -> Finding:
    return MAKE.rating_unknown(Place(source="a.xlsx", sheet=sheet, cell=cell), "DG-01", "x", "0")


def test_many_findings_of_a_kind_are_one_group() -> None:
    """It counts them, quotes what was found, names each cell, and says the action once."""
    rows = [*range(8, 28), 30, 31]
    (group,) = group_findings([number_in(f"F{row}") for row in rows], TEXTS)

    assert group.message == '22 ratings are bare numbers ("2").'
    assert group.places == ("DG, F8 to F27, F30, F31",)
    assert group.action.count("Choose") == 1
    assert str(group) == f"DG, F8 to F27, F30, F31: {group.message} {group.action}"


def test_every_refused_cell_is_listed_with_what_stands_in_it() -> None:
    """Nobody has to open the workbook to know which content was refused in which cell."""
    refused = [
        MAKE.rating_unknown(
            Place(source="a.xlsx", sheet=sheet, cell=f"F{row}"), f"{sheet}-{row:02}", f"x{row}", "0"
        )
        for sheet in ("DG", "OM")
        for row in range(8, 38)
    ]
    (group,) = group_findings(refused, TEXTS)

    assert len(group.places) == 2
    for sheet, line in zip(("DG", "OM"), group.places, strict=True):
        assert line.startswith(f'{sheet}: {sheet}-08 F8 "x8", ')
        assert all(f'{sheet}-{row:02} F{row} "x{row}"' in line for row in range(8, 38))


def test_few_findings_are_each_said_in_full() -> None:
    """Two different mistakes are more easily corrected one by one."""
    findings = [number_in("F8"), number_in("F9")]
    groups = group_findings(findings, TEXTS)

    assert [group.message for group in groups] == [finding.message for finding in findings]
    assert [group.places for group in groups] == [("DG, F8",), ("DG, F9",)]


def test_a_group_names_each_sheet_and_the_first_values() -> None:
    """In the order of the sheets; of many values the first few."""
    found = [number_in(f"F{row}", value=str(row)) for row in range(8, 13)]
    found += [number_in("G9", sheet="OM", value="8")]
    (group,) = group_findings(found, TEXTS)

    assert group.places == ("DG, F8 to F12", "OM, G9")
    assert '("8", "9", "10" and 2 more)' in group.message


def test_errors_come_first_then_the_order_of_the_findings() -> None:
    findings = [number_in("F8"), number_in("F9"), number_in("F10"), unknown_in("F20")]

    severities = [group.severity for group in group_findings(findings, TEXTS)]

    assert severities == [Severity.ERROR, Severity.WARNING]


def test_each_file_has_its_own_groups_unless_files_are_the_places() -> None:
    """A line on a terminal is about all files; a page and a reply are about one."""
    findings = [
        MAKE.targets_differ(Place(source=f"Team {team}"), area, "1, 2", 1)
        for team in range(30)
        for area in ("DG", "OM", "QA")
    ]

    assert len(group_findings(findings, TEXTS)) == 30
    (group,) = group_across_files(findings, TEXTS)
    assert str(group).startswith("Team 0, Team 1, Team 2, Team 3, Team 4, Team 5 and 24 more: ")
    assert "different targets for DG, OM, QA. " in str(group)


@pytest.mark.parametrize("code", FINDING_CODES)
def test_any_kind_can_be_grouped_in_any_language(code: str) -> None:
    """Every value of its text is filled in, and no word comes from elsewhere."""
    finding = finding_of(code, FindingCatalogue(TEXTS))
    marked = finding_of(code, FindingCatalogue(marked_texts()))
    (group,) = group_findings([finding] * 5, TEXTS)
    (foreign,) = group_findings([marked] * 5, marked_texts())

    assert "{" not in str(group)
    assert group.message
    assert group.action
    assert (foreign.message[0], foreign.message[-1]) == ("<", ">")
    assert re.sub("[<>]", "", foreign.message) == group.message


@pytest.mark.slow
def test_what_a_group_says_is_bounded() -> None:
    """Hundreds of sheets, cells and long values fit on a page."""
    findings = [
        number_in(f"F{row}", sheet=f"{sheet} {'s' * 300}", value=f"{row}{'v' * 500}")
        for sheet in range(200)
        for row in range(1, 400, 2)
    ]
    (group,) = group_findings(findings, TEXTS)

    assert "40000 ratings" in group.message
    assert len(group.places) <= 13
    assert len(str(group)) < 3000
    assert group.places[-1] == "188 more sheets"


def test_order_is_that_of_sheets_rows_and_columns() -> None:
    """F9 stands before F10, Z before AA, and sheets as the workbook has them, not by name."""
    expected = [
        *(unknown_in(cell, sheet="PC") for cell in ("F8", "F9", "F10", "Z11", "AA11")),
        *(unknown_in(cell, sheet="DG") for cell in ("F8", "F100")),
        unknown_in("F8", sheet="gone"),
        *(number_in(cell, sheet="PC") for cell in ("F9", "F10")),
        number_in("F1", sheet="DG"),
    ]
    shuffled = expected.copy()
    random.Random(14).shuffle(shuffled)

    assert list(order_findings(shuffled, ["PC", "DG"])) == expected


def test_severities_are_counted_in_words() -> None:
    findings = [unknown_in("F8"), number_in("F9"), number_in("F10")]

    assert [words for _, words in count_severities(findings, TEXTS)] == ["1 error", "2 warnings"]


def test_a_group_names_areas_and_fields_once() -> None:
    """Words of our own in the language, however many people left the same field empty."""
    place = Place(source="a.xlsx")
    findings = [MAKE.profile_missing(place, message("place.line", line=n % 2)) for n in range(9)]

    (group,) = group_findings(findings, TEXTS)

    assert group.message == "The profile has no entries for line 0, line 1."


def test_missing_sheets_are_counted_with_all_their_statements() -> None:
    """Those of each area together, though no two areas have as many."""
    place = Place(source="a.xlsx")
    (group,) = group_findings(
        [MAKE.area_missing(place, code, count) for code, count in (("A", 5), ("B", 6), ("C", 7))],
        TEXTS,
    )

    assert group.message == (
        "The workbook has no sheets of 3 areas with their 18 statements: A, B, C."
    )


def lacking(source: str, *fields: int) -> list[Finding]:
    place = Place(source=source)
    return [MAKE.profile_missing(place, message("place.line", line=field)) for field in fields]


def test_no_file_is_said_to_lack_what_another_lacks() -> None:
    """What a text names is united only over files of which all of it is true."""
    findings = [
        *lacking("a.xlsx", 1),
        *lacking("b.xlsx", 1, 2),
        *lacking("c.xlsx", 1, 2),
        *lacking("d.xlsx", 1),
        *lacking("e.xlsx", 1),
    ]

    said = {group.places: group.message for group in group_across_files(findings, TEXTS)}

    assert said == {
        ("a.xlsx, d.xlsx, e.xlsx",): 'The profile has no entry for "line 1".',
        ("b.xlsx, c.xlsx",): "The profile has no entries for line 1, line 2.",
    }


def test_kinds_without_a_text_for_many_are_united_only_if_they_say_the_same() -> None:
    """What one file leaves open is not said of another."""
    findings = [
        MAKE.unanswered(Place(source=source), count, 10, statements)
        for source, count, statements in (
            ("a.xlsx", 1, "DG-01"),
            ("b.xlsx", 1, "DG-02"),
            ("c.xlsx", 1, "DG-01"),
            ("d.xlsx", 1, "DG-01"),
        )
    ]

    said = {group.places: group.message for group in group_across_files(findings, TEXTS)}

    assert list(said) == [("a.xlsx, c.xlsx, d.xlsx",), ("b.xlsx",)]
    assert "DG-02" not in said["a.xlsx, c.xlsx, d.xlsx",]


def test_rows_missing_in_several_files_are_counted_in_one() -> None:
    """Two files without the same two rows lack two rows each."""
    findings = [
        MAKE.statement_missing(Place(source=source), id_)
        for source in ("a.xlsx", "b.xlsx")
        for id_ in ("DG-01", "DG-02")
    ]

    (group,) = group_across_files(findings, TEXTS)

    assert group.message == "The rows of 2 statements are not in the workbook: DG-01, DG-02."


def test_contents_of_a_file_are_said_of_no_other() -> None:
    findings = [
        MAKE.extra_content(Place(source=source), what)
        for source, what in (("a.xlsx", "macros"), ("b.xlsx", "links"), ("b.xlsx", "pictures"))
    ]

    messages = {str(group) for group in group_across_files(findings, TEXTS)}

    assert messages
    assert not any("macros" in each and "links" in each for each in messages)
