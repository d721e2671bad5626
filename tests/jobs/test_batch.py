"""Many files at once: the order of outcomes, and what a bad file costs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from iml4e_xlsx.errors import ResourceError
from iml4e_xlsx.findings.error_codes import ReadingErrorCode
from iml4e_xlsx.findings.failure import Failure, FailureCode
from iml4e_xlsx.intake.source import Source
from iml4e_xlsx.jobs.batch import assess_workbooks
from iml4e_xlsx.model import Assessment, Scheme
from iml4e_xlsx.reading.identity import Schemes
from tests.support.builders import built, response, small_scheme


@pytest.fixture
def schemes(tmp_path: Path) -> Schemes:
    small_scheme(tmp_path / "scheme")
    return Schemes.find_installed([tmp_path / "scheme"])


def make_source(small: Scheme, path: Path, rating: int) -> Source:
    """Return a file whose first statement has a rating."""
    built(small, path, response(small, {"AA-01": rating}))
    return Source(path.name, path.read_bytes)


def raise_error(error: Exception) -> bytes:
    raise error


def test_outcomes_keep_the_order_of_their_files(
    small: Scheme, schemes: Schemes, tmp_path: Path
) -> None:
    """Each outcome belongs to the file at its place, however many are read at once."""
    sources = [make_source(small, tmp_path / f"{n}.xlsx", n % 4) for n in range(6)]
    outcomes = list(assess_workbooks(sources, schemes=schemes, workers=3))
    assessments = [outcome for outcome in outcomes if isinstance(outcome, Assessment)]

    assert [assessment.response.source for assessment in assessments] == [
        f"{n}.xlsx" for n in range(6)
    ]
    assert [assessment.response.answers["AA-01"].rating for assessment in assessments] == [
        0, 1, 2, 3, 0, 1,
    ]  # fmt: skip


def test_a_file_that_raises_costs_itself_alone(
    small: Scheme, schemes: Schemes, tmp_path: Path
) -> None:
    """Whatever reading a file raises is its failure; the next file is read all the same."""
    bad = Source("bad.xlsx", lambda: raise_error(ZeroDivisionError("oops")))
    missing = Failure(source="none", code=FailureCode.NOT_FOUND, message="none")
    good = make_source(small, tmp_path / "good.xlsx", 2)
    failure, passed_through, assessment = assess_workbooks(
        [bad, missing, good], schemes=schemes, workers=1
    )

    assert isinstance(failure, Failure)
    assert (failure.source, failure.code) == ("bad.xlsx", FailureCode.DEFECT)
    assert "ZeroDivisionError: oops" in failure.message
    assert passed_through is missing
    assert isinstance(assessment, Assessment)


def test_a_missing_resource_ends_the_batch(schemes: Schemes) -> None:
    """Without memory or a process no file can be read, so none is reported as bad."""
    source = Source(
        "x.xlsx",
        lambda: raise_error(ResourceError(ReadingErrorCode.READER_NOT_STARTED, reason="full")),
    )
    with pytest.raises(ResourceError):
        list(assess_workbooks([source], schemes=schemes, workers=1))


def test_files_are_found_only_as_outcomes_are_taken(
    small: Scheme, schemes: Schemes, tmp_path: Path
) -> None:
    """A long list of files is not read into memory before its first outcome is taken."""
    taken = []

    def find_sources() -> Iterator[Source]:
        for number in range(50):
            taken.append(number)
            yield make_source(small, tmp_path / "w.xlsx", 1)

    outcomes = assess_workbooks(find_sources(), schemes=schemes, workers=1)
    next(outcomes)
    outcomes.close()

    assert len(taken) < 10
