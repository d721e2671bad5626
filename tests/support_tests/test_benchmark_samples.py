"""The workbooks that benchmarks measure with: a wide set, each read as it was answered."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from benchmarks.measure import time_reading
from benchmarks.reading import PLAIN_SAMPLE, find_median_ratio, find_ratio, group_samples
from benchmarks.samples import SampleKind, WorkbookSample, list_kinds, write_samples
from iml4e_xlsx.findings.file_traits import content_digest
from iml4e_xlsx.findings.finding import Severity
from iml4e_xlsx.model import Assessment, Scheme
from iml4e_xlsx.reading.workbook_reader import WorkbookReader
from tests.support.builders import built
from tests.support.office import Office

GROUPS = [
    *("XlsxWriter, blank", "XlsxWriter, half", "XlsxWriter, complete"),
    *("LibreOffice, blank", "LibreOffice, half", "LibreOffice, complete"),
    *("openpyxl, blank", "openpyxl, half", "openpyxl, complete"),
]
REMARKS = {"blank": {"nothing-rated"}, "half": {"unanswered"}, "complete": set[str]()}
"""What a run says about a file that is filled so far."""


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory, office: Office) -> list[WorkbookSample]:
    return list(write_samples(tmp_path_factory.mktemp("samples"), office))


def test_the_set_is_wide() -> None:
    """Three programs, three kinds of fill, and several shapes in each; no two alike."""
    kinds = list_kinds()

    assert len(kinds) >= 40
    assert list(dict.fromkeys(kind.group for kind in kinds)) == GROUPS
    assert len({kind.file_name for kind in kinds}) == len({*kinds}) == len(kinds)


def test_each_sample_is_read_as_it_was_answered(samples: list[WorkbookSample]) -> None:
    """A file that lost its answers, or was refused, would be read quickly and count for nothing."""
    assert len({content_digest(sample.path.read_bytes()) for sample in samples}) == len(samples)
    with WorkbookReader() as reader:
        for sample in samples:
            assessment, meant = reader.assess(sample.path), sample.response.answers
            found = assessment.response.answers
            assert {id_: (answer.rating, answer.evidence) for id_, answer in found.items()} == {
                id_: (answer.rating, answer.evidence) for id_, answer in meant.items()
            }, sample.kind
            codes = {finding.code for finding in assessment.findings}
            assert codes == expected_codes(sample.kind), sample.kind
            assert all(one.severity is not Severity.ERROR for one in assessment.findings)


def expected_codes(kind: SampleKind) -> set[str]:
    """Return what is to be said about a sample, none of it an error."""
    codes = {*REMARKS[kind.fill]}
    if kind.shape == "nothing entered":
        codes.add("profile-missing")
    return codes


def test_each_sample_was_saved_by_its_program(samples: list[WorkbookSample]) -> None:
    """Each leaves its own traces; groups of the same files would measure one thing."""
    for sample in samples:
        with zipfile.ZipFile(sample.path) as parts:
            properties, cells = map(parts.read, ("docProps/app.xml", "xl/worksheets/sheet1.xml"))
        # The results of formulas are what openpyxl does not keep.
        traces = (b"LibreOffice/" in properties, b"</f><v></v>" in cells)
        program = sample.kind.program
        assert traces == (program == "LibreOffice", program == "openpyxl"), sample.kind


def test_groups_hold_each_file_and_the_plain_sample_is_one_of_its_own(
    samples: list[WorkbookSample],
) -> None:
    """What is measured is the whole set, and the plain sample besides."""
    groups = group_samples(samples)
    plain = groups.pop(PLAIN_SAMPLE)

    assert list(groups) == GROUPS
    # A batch goes through the files of its group again until it is long enough.
    assert [path for paths in groups.values() for path in dict.fromkeys(paths)] == [
        sample.path for sample in samples
    ]
    assert len({len(paths) for paths in (*groups.values(), plain)}) == 1
    assert {path.name for path in plain} == {"xlsxwriter-complete-in-turn.xlsx"}


def test_the_ratio_is_that_of_the_fastest_rounds() -> None:
    """What else a computer does only adds time; the median over the rounds stands beside."""
    taken = {"pandas: a": [2.0, 40.0, 3.0], "ours: a": [1.0, 10.0, 0.5]}

    assert find_ratio(taken, "a") == 4.0
    assert find_median_ratio(taken, "a") == 4.0

    taken = {"pandas: a": [2.0, 40.0, 3.0], "ours: a": [1.0, 10.0, 1.0]}

    assert find_ratio(taken, "a") == 2.0
    assert find_median_ratio(taken, "a") == 3.0


class ReplacingReader(WorkbookReader):
    """Has another process for each file, as when each file ends the one that reads it."""

    def __init__(self) -> None:
        super().__init__()
        self.started: list[subprocess.Popen[bytes]] = []

    def assess(self, path: str | Path, *, source: str | None = None) -> Assessment:
        command = [sys.executable, "-c", "input()"]
        self.started.append(subprocess.Popen(command, stdin=subprocess.PIPE))
        return super().assess(path, source=source)

    def close(self) -> None:
        super().close()
        for process in self.started:
            process.communicate(b"\n")


def test_the_time_of_processes_that_changed_is_no_figure(official: Scheme, tmp_path: Path) -> None:
    """A process that is gone takes its time with it, and the reader would look the faster."""
    path = built(official, tmp_path / "a.xlsx")
    with WorkbookReader() as steady:
        assert time_reading(steady, [path, path])() > 0
    with ReplacingReader() as replacing, pytest.raises(RuntimeError, match="replaced"):
        time_reading(replacing, [path, path])()
