"""What a record stores of findings and failures: codes and values, said in any language later."""

from __future__ import annotations

import json
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.about_files import make_failure
from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.findings.finding import Finding, Place, Severity
from iml4e_xlsx.findings.stored import (
    pack_failure,
    pack_finding,
    unpack_failure,
    unpack_finding,
)
from iml4e_xlsx.text.interface_texts import load_texts
from iml4e_xlsx.text.message import Message
from tests.support.findings import FINDING_CODES, finding_of, marked_texts
from tests.support.interface_files import placeholders_of

ENGLISH = load_texts()


def all_fields(finding: Finding) -> tuple[object, ...]:
    """Return every field, also the values, which equality leaves out."""
    return tuple(getattr(finding, field.name) for field in fields(finding))


@pytest.mark.parametrize("code", FINDING_CODES)
def test_a_finding_of_any_code_comes_back_as_it_was(code: str) -> None:
    """It is stored as JSON and made again from its code and values."""
    finding = finding_of(code, FindingCatalogue(ENGLISH))
    stored = json.dumps(pack_finding(finding))

    assert all_fields(unpack_finding(json.loads(stored), ENGLISH)) == all_fields(finding)


@pytest.mark.parametrize("code", FINDING_CODES)
def test_a_stored_finding_is_said_in_the_language_that_asks(code: str) -> None:
    """It reads as if it had been made in that language; no sentence is stored."""
    stored = pack_finding(finding_of(code, FindingCatalogue(ENGLISH)))

    finding = unpack_finding(stored, marked_texts())

    assert all_fields(finding) == all_fields(finding_of(code, FindingCatalogue(marked_texts())))
    assert not {"message", "expected", "action"} & stored.keys()


@pytest.mark.parametrize("code", FailureCode)
def test_a_failure_of_any_code_comes_back_in_any_language(code: FailureCode) -> None:
    """Its reason, a message, changes its language with it."""
    names = placeholders_of(ENGLISH.entries[f"failures.{code}"]) - {"source"}
    values: dict[str, object] = {name: f"a {name}" for name in names}
    if "reason" in values:
        values["reason"] = Message("reason.killed")
    failure = make_failure(ENGLISH, code, "returned.xlsx", **values)
    stored = json.loads(json.dumps(pack_failure(failure)))

    again = unpack_failure(stored, failure.source, ENGLISH)
    other = unpack_failure(stored, failure.source, marked_texts())

    assert (again, again.values) == (failure, failure.values)
    assert other == make_failure(marked_texts(), code, "returned.xlsx", **values)
    assert "reason" not in names or f"<{ENGLISH('reason.killed')}>" in other.message


def test_a_finding_stored_as_sentences_is_read_as_it_was() -> None:
    """Records from before the values have the sentences of their time instead."""
    stored = {
        "severity": "warning",
        "code": "team-missing",
        "place": {"source": "a.xlsx"},
        "message": "Old words.",
        "found": "",
        "expected": "Old advice.",
        "action": "Old action.",
        "statement": None,
        "subject": "profile.team",
    }

    finding = unpack_finding(stored, marked_texts())

    assert (finding.severity, finding.place) == (Severity.WARNING, Place(source="a.xlsx"))
    assert (finding.message, finding.expected, finding.action) == (
        "Old words.",
        "Old advice.",
        "Old action.",
    )
    assert finding.subject == "profile.team"


@given(source=st.text(), sheet=st.none() | st.text(), row=st.none() | st.integers(1))
def test_any_place_comes_back(source: str, sheet: str | None, row: int | None) -> None:
    """Names of files and sheets are whatever people type."""
    place = Place(source=source, sheet=sheet, row=row)
    finding = replace(finding_of("roster-empty", FindingCatalogue(ENGLISH)), place=place)

    assert unpack_finding(json.loads(json.dumps(pack_finding(finding))), ENGLISH).place == place


@pytest.mark.parametrize(
    "change",
    [
        {"code": "gone-since"},
        {"values": {}},
        {"values": 5},
        {"values": {"found": {"key": "gone.since", "values": {}}, "labels": ""}},
        {"values": {"found": {"label": 1}, "labels": ""}},
        {"severity": "fatal"},
        {"place": None},
        {"place": {"floor": 1}},
    ],
)
def test_a_stored_finding_that_fits_no_text_becomes_one_that_says_so(
    change: dict[str, object],
) -> None:
    """Somebody may have edited the record, or another release written it."""
    stored = pack_finding(finding_of("rating-unknown", FindingCatalogue(ENGLISH)))

    finding = unpack_finding({**stored, **change}, ENGLISH)

    assert finding.code == change.get("code", "rating-unknown")
    assert finding.message == ENGLISH("stored.finding", code=finding.code)
    assert finding.severity is (Severity.WARNING if "severity" in change else Severity.ERROR)


@pytest.mark.parametrize("entry", ["x", None, [], {}])
def test_an_entry_that_is_no_finding_becomes_a_warning(entry: object) -> None:
    """Nothing is known of it but that it is there."""
    finding = unpack_finding(entry, ENGLISH)

    assert (finding.severity, finding.code) == (Severity.WARNING, "")
    assert str(finding.place) == ""


@pytest.mark.parametrize(
    ("stored", "code"),
    [
        ({"code": "gone-since", "values": {}}, FailureCode.DEFECT),
        ({"code": "broken-workbook"}, FailureCode.BROKEN_WORKBOOK),
        ({"code": "broken-workbook", "values": {}}, FailureCode.BROKEN_WORKBOOK),
        ({"code": "encrypted", "values": {}, "text_key": "gone.since"}, FailureCode.ENCRYPTED),
    ],
)
def test_a_stored_failure_that_fits_no_text_still_names_file_and_code(
    stored: dict[str, object], code: FailureCode
) -> None:
    """The file could not be read, whatever became of the reason."""
    failure = unpack_failure(stored, "returned.xlsx", ENGLISH)

    assert failure.code is code
    assert failure.message == ENGLISH(
        "stored.failure", source="returned.xlsx", code=str(stored["code"])
    )
