"""What the parsing process answers to returned workbooks: only responses to a known scheme."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import msgpack
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from iml4e_xlsx.model import Scheme
from iml4e_xlsx.reading.content_reader import ContentReader
from iml4e_xlsx.reading.identity import Schemes, WorkbookReference
from iml4e_xlsx.reading.response_answer import unpack_content
from iml4e_xlsx.reading.response_codec import (
    pack_content,
    pack_reference,
    pack_schemes,
    unpack_schemes,
)
from iml4e_xlsx.reading.response_worker import make_answerer
from iml4e_xlsx.reading.workbook_content import WorkbookContent
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.refusal import FileRefusal
from iml4e_xlsx.spreadsheets.worker_answer import AnswerError
from tests.support.builders import built, response, small_scheme

SOURCE = "folder/w.xlsx"


@pytest.fixture(scope="module")
def schemes(tmp_path_factory: pytest.TempPathFactory) -> Schemes:
    """Return the schemes that files of these tests may belong to."""
    folder = tmp_path_factory.mktemp("scheme")
    small_scheme(folder)
    return Schemes.find_installed([folder])


@pytest.fixture(scope="module")
def content(
    schemes: Schemes, small: Scheme, tmp_path_factory: pytest.TempPathFactory
) -> WorkbookContent:
    """Return the content of a workbook with ratings, evidence, findings, targets and figures."""
    filled = response(small, {"AA-01": 2, "AA-02": "n/a"}, evidence={"AA-01": "see\nthe wiki"})
    path = built(small, tmp_path_factory.mktemp("w") / "w.xlsx", filled)
    return ContentReader(schemes).read_content(path.read_bytes(), Limits(), SOURCE)


def lists_of(content: WorkbookContent) -> list[Any]:
    """Return an honest answer as lists, to make a lie of."""
    return list(msgpack.unpackb(pack_content(content)))


def test_content_comes_back_as_it_was(content: WorkbookContent, schemes: Schemes) -> None:
    """Response, figures and findings survive, and the findings have their sentences."""
    back = unpack_content(pack_content(content), SOURCE, schemes, Limits())

    assert isinstance(back, WorkbookContent)
    assert back.scheme.digest == content.scheme.digest
    assert back.response == content.response
    assert back.response.file == content.response.file
    assert back.figures == content.figures
    assert back.sheets == content.sheets
    assert list(back.findings) == list(content.findings)
    assert back.findings
    assert all(finding.message for finding in back.findings)


def test_process_answers_as_its_parser_reads(
    content: WorkbookContent, schemes: Schemes, small: Scheme, tmp_path: Path
) -> None:
    """The findings of the process say nothing until they arrive."""
    filled = response(small, {"AA-01": 2, "AA-02": "n/a"}, evidence={"AA-01": "see\nthe wiki"})
    data = built(small, tmp_path / "w.xlsx", filled).read_bytes()
    answer = make_answerer(pack_schemes(schemes))(data, Limits())
    back = unpack_content(answer, SOURCE, schemes, Limits())

    assert isinstance(back, WorkbookContent)
    assert back.response.answers == content.response.answers
    assert list(back.findings) == list(content.findings)


def test_schemes_reach_the_process(schemes: Schemes) -> None:
    """The process knows the same statements."""
    back = unpack_schemes(pack_schemes(schemes))

    assert [scheme.digest for scheme in back.all_schemes] == [
        scheme.digest for scheme in schemes.all_schemes
    ]


@pytest.mark.parametrize(
    "reference", [None, WorkbookReference("other", "1.0.0", "en", "ABCDEFGHJK")]
)
def test_reference_of_an_unknown_scheme_comes_back(
    reference: WorkbookReference | None, schemes: Schemes
) -> None:
    """Of a workbook of another scheme only its reference is known, or nothing."""
    assert unpack_content(pack_reference(reference), SOURCE, schemes, Limits()) == reference


def finding_with(**changes: Any) -> str:
    """Return packed findings of which one has other parts than an honest one."""
    parts = {
        "severity": "warning",
        "code": "unanswered",
        "sheet": None,
        "cell": None,
        "statement": None,
        "subject": None,
        "values": {"found": "1", "open": 1, "total": 2, "names": "AA-01"},
    }
    return json.dumps([list({**parts, **changes}.values())])


IDENTITY, PROFILE, RATINGS, EVIDENCE, SHEET_NUMBERS, CELLS, SHEETS, TARGETS, ESTIMATES = range(
    1, 10
)
FIGURES, FINDINGS = 10, 11

LIES: dict[str, tuple[int, Any]] = {
    "an unknown scheme": (IDENTITY, ["other", "1.0.0", "en", "", ""]),
    "a number as scheme": (IDENTITY, [1, "1.0.0", "en", "", ""]),
    "a date that is none": (IDENTITY, ["small", "1.0.0", "en", "", "yesterday"]),
    "a profile of too few fields": (PROFILE, ["a"]),
    "a number in the profile": (PROFILE, [1] * 7),
    "too few ratings": (RATINGS, [2]),
    "a rating off the scale": (RATINGS, [7] + [""] * 50),
    "TRUE as a rating": (RATINGS, [True] + [""] * 50),
    "a rating as a label": (RATINGS, ["2 - Largely"] + [""] * 50),
    "a list as a rating": (RATINGS, [[]]),
    "too few texts": (EVIDENCE, []),
    "a number as evidence": (EVIDENCE, [1] * 51),
    "a sheet that is not there": (SHEET_NUMBERS, [99] * 51),
    "a sheet from the end": (SHEET_NUMBERS, [-1] * 51),
    "a number as a cell": (CELLS, [1] * 51),
    "a number as a sheet": (SHEETS, [1]),
    "a target of no area": (TARGETS, ["XX", 1]),
    "a target that is no level": (TARGETS, ["AA", 9]),
    "TRUE as a target": (TARGETS, ["AA", True]),
    "half a target": (TARGETS, ["AA"]),
    "an estimate that is a text": (ESTIMATES, ["AA", "1"]),
    "figures of no area": (FIGURES, ["XX", "S", "A1", 1.0, 1.0, 1.0]),
    "figures that are texts": (FIGURES, ["AA", "S", "A1", "1", 1.0, 1.0]),
    "findings that are no JSON": (FINDINGS, "["),
    "findings that are a map": (FINDINGS, '{"a": 1}'),
    "many findings": (FINDINGS, "[" + "[]," * 1_000_000 + "[]]"),
    "a finding of an unknown code": (FINDINGS, finding_with(code="virus")),
    "a finding of an unknown severity": (FINDINGS, finding_with(severity="virus")),
    "a finding without values": (FINDINGS, finding_with(values={})),
    "a finding whose values are a list": (FINDINGS, finding_with(values=[1])),
    "a finding on a number": (FINDINGS, finding_with(sheet=1)),
    "deep values": (FINDINGS, '[["warning","unanswered",' + "[" * 100_000 + "]" * 100_000 + "]]"),
}


@pytest.mark.parametrize("name", LIES)
def test_lie_is_refused(name: str, content: WorkbookContent, schemes: Schemes) -> None:
    """An answer that no honest process gives is never taken for a response."""
    part, lie = LIES[name]
    parts = lists_of(content)
    assert type(parts[part]) is type(lie)
    if isinstance(lie, list) and len(lie) > len(parts[part]) > 0:
        lie = lie[: len(parts[part])]
    parts[part] = lie
    with pytest.raises(AnswerError):
        unpack_content(msgpack.packb(parts), SOURCE, schemes, Limits())


@pytest.mark.slow
@given(st.binary(max_size=200) | st.lists(st.integers() | st.text()).map(str).map(str.encode))
@example(msgpack.packb(["response"]))
@example(msgpack.packb(["foreign", [1]]))
@example(msgpack.packb(["foreign", ["a"]]))
@example(msgpack.packb(["grids", "xlsx", "", [], []]))
def test_any_bytes_are_refused_as_a_whole(junk: bytes) -> None:
    """No bytes set off anything but the refusal."""
    with pytest.raises((AnswerError, FileRefusal)):
        unpack_content(junk, SOURCE, Schemes(()), Limits())


def test_time_of_saving_comes_back(content: WorkbookContent) -> None:
    """It decides which of two versions is the later."""
    assert isinstance(content.response.file.modified, datetime)
