"""Errors: a code and values, said in any language, also after another process raised them."""

from __future__ import annotations

import inspect
import pickle

import pytest

from iml4e_xlsx import errors
from iml4e_xlsx.errors import (
    SHOWN_FINDINGS,
    FindingsError,
    Iml4eError,
    WorkbookReadError,
)
from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.about_files import make_failure
from iml4e_xlsx.findings.error_codes import OutputErrorCode
from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.findings.finding import Place
from iml4e_xlsx.text.interface_texts import load_texts
from iml4e_xlsx.text.message import message
from tests.support.findings import marked_texts

CLASSES = [
    error
    for _, error in inspect.getmembers(errors, inspect.isclass)
    if issubclass(error, Iml4eError)
]
FINDINGS = [error for error in CLASSES if issubclass(error, FindingsError)]
CODED = [
    error
    for error in CLASSES
    if error not in (*FINDINGS, WorkbookReadError, errors.JoinedCampaignError)
]


def unwritable(error: type[Iml4eError]) -> Iml4eError:
    """Make an error whose values hold a message."""
    return error(
        OutputErrorCode.OUTPUT_UNWRITABLE, target="a.xlsx", reason=message("place.line", line=7)
    )


@pytest.mark.parametrize("error", CODED)
def test_an_error_is_said_in_english_and_in_any_language(error: type[Iml4eError]) -> None:
    """Its values are said in the same language."""
    raised = unwritable(error)

    assert str(raised) == load_texts()("errors.output-unwritable", target="a.xlsx", reason="line 7")
    assert raised.describe(marked_texts()) == "<a.xlsx cannot be written: <line 7>.>"
    assert raised.code is OutputErrorCode.OUTPUT_UNWRITABLE


@pytest.mark.parametrize("error", CODED)
def test_an_error_crosses_a_process_boundary_with_code_and_values(
    error: type[Iml4eError],
) -> None:
    """What arrives is the same error, in no language yet."""
    raised = unwritable(error)

    arrived = pickle.loads(pickle.dumps(raised))  # noqa: S301 - our own bytes

    assert type(arrived) is error
    assert (arrived.code, arrived.message) == (raised.code, raised.message)
    assert arrived.describe(marked_texts()) == raised.describe(marked_texts())


@pytest.mark.parametrize("error", FINDINGS)
def test_an_error_of_findings_says_each_and_crosses_with_them(error: type[FindingsError]) -> None:
    """In the order in which they were made."""
    catalogue = FindingCatalogue(load_texts())
    findings = [catalogue.roster_name_missing(Place(source="p.csv", row=row)) for row in (2, 5)]

    arrived = pickle.loads(pickle.dumps(error(findings)))  # noqa: S301 - our own bytes

    assert type(arrived) is error
    assert arrived.findings == tuple(findings)
    assert str(arrived).splitlines() == [str(finding) for finding in findings]


def test_of_very_many_findings_the_first_are_said() -> None:
    """A table of a thousand rows would scroll everything else away; none is lost."""
    catalogue = FindingCatalogue(load_texts())
    findings = [
        catalogue.roster_name_missing(Place(source="p.csv", row=row))
        for row in range(SHOWN_FINDINGS + 3)
    ]
    raised = errors.RosterError(findings)

    lines = str(raised).splitlines()

    assert len(raised.findings) == SHOWN_FINDINGS + 3
    assert lines[:-1] == [str(finding) for finding in findings[:SHOWN_FINDINGS]]
    assert lines[-1] == load_texts()("finding.more", count=3)


def test_several_errors_are_said_line_by_line_and_cross_together() -> None:
    """All that a campaign's folder lacks is said in one run, in any language."""
    parts = [
        errors.CampaignError(OutputErrorCode.OUTPUT_UNWRITABLE, target=target, reason="full")
        for target in ("a.xlsx", "b.xlsx")
    ]

    arrived = pickle.loads(  # noqa: S301 - our own bytes
        pickle.dumps(errors.JoinedCampaignError(parts))
    )

    assert str(arrived).splitlines() == [str(part) for part in parts]
    assert arrived.describe(marked_texts()).count("<") == 2


def test_a_read_error_is_its_failure() -> None:
    """It carries the failure and nothing else, also out of another process."""
    failure = make_failure(
        load_texts(), FailureCode.TOO_LARGE, "a.xlsx", reason=message("reason.entities")
    )

    arrived = pickle.loads(pickle.dumps(WorkbookReadError(failure)))  # noqa: S301 - our own bytes

    assert arrived.failure == failure
    assert arrived.failure.values == failure.values
    assert (arrived.code, arrived.source) == (FailureCode.TOO_LARGE, "a.xlsx")
    assert str(arrived) == failure.message
