"""Files made to harm: each costs itself alone, within the limits of time and memory."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from iml4e_xlsx.findings.failure import Failure
from iml4e_xlsx.intake.source import Source
from iml4e_xlsx.jobs.batch import assess_workbooks, find_workbooks
from iml4e_xlsx.model import Assessment, Scheme
from iml4e_xlsx.reading.identity import Schemes
from iml4e_xlsx.reading.workbook_reader import WorkbookReader
from iml4e_xlsx.spreadsheets.limits import Limits
from tests.support.builders import built, response, small_scheme
from tests.support.hostile import packed, parts_of
from tests.support.hostile_cases import CASES, READ
from tests.support.spending import is_affordable, spent_seconds

SECONDS = 5.0
MEGABYTES = 200

HEAVY = (
    "too-big.xlsx",
    "bomb.xlsx",
    "many-merges.xlsx",
    "error-and-many-styles.xlsx",
    "wide.ods",
    "many-members.zip",
)

pytestmark = pytest.mark.slow
"""See the marks in pyproject.toml."""
"""The files that take the most memory; measured over all processes."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the small scheme."""
    path = tmp_path_factory.mktemp("scheme")
    small_scheme(path)
    return path


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory, small: Scheme) -> bytes:
    """Return a workbook in which everything is rated 2."""
    filled = response(small, dict.fromkeys(small.statements, 2))
    return built(small, tmp_path_factory.mktemp("good") / "good.xlsx", filled).read_bytes()


@pytest.fixture(scope="module")
def own_reader(folder: Path) -> Iterator[WorkbookReader]:
    """Return a reader with a parsing process of its own."""
    with WorkbookReader(Schemes.find_installed([folder])) as one:
        yield one


@pytest.mark.parametrize("name", CASES)
def test_hostile_file(name: str, good: bytes, own_reader: WorkbookReader, tmp_path: Path) -> None:
    """Each file is refused for what it is, or read for what is in it, in time."""
    make, wanted = CASES[name]
    path = tmp_path / name
    path.write_bytes(make(good))
    start = spent_seconds()
    (outcome,) = assess_workbooks(find_workbooks([path]), schemes=own_reader.schemes, workers=1)
    taken = spent_seconds() - start

    assert is_affordable(taken, SECONDS)
    if isinstance(outcome, Failure):
        assert outcome.code == wanted
        assert name in outcome.source
        assert name in outcome.message
    else:
        assert wanted == READ
        assert outcome.response.source == str(path)


READ_WHOLE = [
    name
    for name, (_, wanted) in CASES.items()
    if wanted == READ and name != "one-merge-of-all.xlsx"
]


@pytest.mark.parametrize("name", READ_WHOLE)
def test_what_is_read_is_whole(
    name: str, good: bytes, own_reader: WorkbookReader, tmp_path: Path
) -> None:
    """A file that is read in spite of what is in it loses no answer."""
    path = tmp_path / name
    path.write_bytes(CASES[name][0](good))
    assessment = own_reader.assess(path)

    assert {answer.rating for answer in assessment.response.answers.values()} == {2}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("macros.xlsm", "macros"),
        ("links.xlsx", "commands to other programs (DDE)"),
        ("links.xlsx", "links to other files"),
        ("objects.xlsx", "embedded objects"),
        ("controls.xlsx", "controls (ActiveX)"),
    ],
)
def test_what_else_is_in_a_file_is_reported(
    name: str, words: str, good: bytes, own_reader: WorkbookReader, tmp_path: Path
) -> None:
    """Macros, links and objects are neither run nor kept, and said."""
    path = tmp_path / name
    path.write_bytes(CASES[name][0](good))
    said = [f.found for f in own_reader.assess(path).findings if f.code == "extra-content"]

    assert words in said


def test_no_file_is_missing_from_the_corpus() -> None:
    """The corpus has at least forty files that are refused."""
    assert sum(wanted != READ for _, wanted in CASES.values()) >= 40


def resident(process: psutil.Process) -> int:
    """Return how many bytes of memory a process and its children have now; 0 when it is gone."""
    total = 0
    with suppress(psutil.NoSuchProcess):
        for one in (process, *process.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                total += one.memory_info().rss
    return total


@pytest.mark.parametrize("name", HEAVY)
def test_memory_of_all_processes(name: str, good: bytes, folder: Path, tmp_path: Path) -> None:
    """The command as a whole stays below the limit of memory."""
    path = tmp_path / name
    path.write_bytes(CASES[name][0](good))
    command = [sys.executable, "-m", "iml4e_xlsx", "score", str(path), "--scheme", str(folder)]
    peak = 0
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        watched = psutil.Process(process.pid)
        while process.poll() is None:
            peak = max(peak, resident(watched))
            time.sleep(0.002)

    assert process.returncode == (CASES[name][1] != READ)
    assert 10 << 20 < peak < MEGABYTES << 20


def test_a_thousand_good_files_among_fifty_hostile_ones(
    good: bytes, folder: Path, tmp_path: Path
) -> None:
    """All good files are scored, all hostile ones reported by name; the exit code is 1."""
    returned = tmp_path / "returned"
    parts = parts_of(good)
    for number in range(1000):  # with something in each that no reader asks for: a copy is no file
        target = returned / f"{number:03d}" / "team.xlsx"
        target.parent.mkdir(parents=True)
        target.write_bytes(packed({**parts, "xl/media/photo.png": f"{number}".encode()}))
    refused = [name for name, (_, wanted) in CASES.items() if wanted != READ]
    hostile = [name for name in refused if name != "too-big.xlsx"][:50]
    for number, name in enumerate(hostile):
        (returned / f"{number * 19:03d}" / name).write_bytes(CASES[name][0](good))
    done = subprocess.run(
        [
            *(sys.executable, "-m", "iml4e_xlsx", "score", str(returned)),
            *("--scheme", str(folder), "--format", "json"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    document = json.loads(done.stdout)

    assert done.returncode == 1
    assert len(document["results"]) == 1000
    assert sorted(Path(f["source"]).name for f in document["failed"]) == sorted(hostile)
    assert {r for one in document["results"] for r in one["ratings"].values()} == {2}
    assert "Traceback" not in done.stderr


# --- zips and folders --------------------------------------------------------------------------


def sources(*paths: Path, **options: Any) -> tuple[list[str], list[Failure], list[str]]:
    """Return the names found at paths, the failures, and the names passed over."""
    over: list[str] = []
    found = list(find_workbooks(paths, on_other_file=over.append, **options))
    names = [one.name for one in found if isinstance(one, Source)]
    return names, [one for one in found if isinstance(one, Failure)], over


def test_zip_with_folders_and_zips(good: bytes, own_reader: WorkbookReader, tmp_path: Path) -> None:
    """Workbooks in a zip are found in its folders and in zips within, and read."""
    inner = packed({"b.xlsx": good, "notes.txt": b"hello"})
    path = tmp_path / "all.zip"
    members = {"team/a.xlsx": good, "__MACOSX/team/._a.xlsx": b"", "team/~$a.xlsx": b"x"}
    path.write_bytes(packed({**members, "inner.zip": inner, "../up.xlsx": good}))
    names, failures, over = sources(path)

    assert names == [f"{path}/team/a.xlsx", f"{path}/inner.zip/b.xlsx", f"{path}/../up.xlsx"]
    assert failures == []
    assert over == [f"{path}/inner.zip/notes.txt"]
    found = assess_workbooks(find_workbooks([path]), schemes=own_reader.schemes)
    for outcome in found:
        assert isinstance(outcome, Assessment)
        assert outcome.response.answers["AA-01"].rating == 2
    assert sorted(one.name for one in tmp_path.rglob("*")) == ["all.zip"]


def test_content_decides_not_the_name(
    good: bytes, own_reader: WorkbookReader, tmp_path: Path
) -> None:
    """A workbook without a suffix, one called .zip, and a zip called .xlsx."""
    (tmp_path / "returned").write_bytes(good)
    (tmp_path / "book.zip").write_bytes(good)
    (tmp_path / "packed.xlsx").write_bytes(packed({"x.xlsx": good}))
    names, failures, _ = sources(tmp_path)

    assert [Path(name).name for name in names] == ["book.zip", "x.xlsx", "returned"]
    assert failures == []
    outcomes = list(assess_workbooks(find_workbooks([tmp_path]), schemes=own_reader.schemes))
    assert all(isinstance(outcome, Assessment) for outcome in outcomes)


def test_locked_member_is_reported_and_the_rest_read(good: bytes, tmp_path: Path) -> None:
    """A member with a password is a failure of its own."""
    path = tmp_path / "all.zip"
    data = bytearray(packed({"a.xlsx": good, "b.xlsx": good}))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(mark) + at] |= 1
    path.write_bytes(bytes(data))
    names, failures, _ = sources(path)

    assert names == [f"{path}/b.xlsx"]
    assert [(one.source, one.code) for one in failures] == [(f"{path}/a.xlsx", "encrypted")]


def test_limits_of_archives_are_options(good: bytes, tmp_path: Path) -> None:
    """How deep zips may lie, how many files they may hold and how large they may be."""
    path = tmp_path / "all.zip"
    path.write_bytes(packed({"a.xlsx": good, "inner.zip": packed({"b.xlsx": good})}))

    assert len(sources(path)[0]) == 2
    assert sources(path, limits=Limits(zips=1))[1][0].source == f"{path}/inner.zip"
    assert sources(path, limits=Limits(members=1))[1][0].code == "too-large"
    assert sources(path, limits=Limits(archive=1000))[1][0].code == "too-large"
    small_files = list(find_workbooks([path], limits=Limits(size=1000)))
    outcomes = list(assess_workbooks(small_files, limits=Limits(size=1000)))
    assert {one.code for one in outcomes if isinstance(one, Failure)} == {"too-large"}


def test_tables_of_statements_are_not_passed_over(tmp_path: Path) -> None:
    """The CSV of an area's sheet is refused with advice; other tables are passed over."""
    (tmp_path / "area.csv").write_text("No.,Level,Rating\nAA-01,1,2\n", encoding="utf-8")
    (tmp_path / "results.csv").write_text("source,area\nx.xlsx,AA\n", encoding="utf-8")
    names, _, over = sources(tmp_path)
    (outcome,) = assess_workbooks(find_workbooks([tmp_path / "area.csv"]))

    assert [Path(name).name for name in names] == ["area.csv"]
    assert [Path(name).name for name in over] == ["results.csv"]
    assert isinstance(outcome, Failure)
    assert outcome.code == "not-a-workbook"
    assert "with all its sheets" in outcome.message


def test_a_defect_of_ours_costs_one_file(
    good: bytes, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What nobody expected is reported like any other failure; the rest is scored."""
    for name in ("a.xlsx", "b.xlsx"):
        (tmp_path / name).write_bytes(good)
    assess = WorkbookReader.assess_source

    def broken(self: WorkbookReader, read: Any, source: str, **more: Any) -> Assessment:
        if source.endswith("a.xlsx"):
            raise ZeroDivisionError("nobody thought of it")
        return assess(self, read, source, **more)

    monkeypatch.setattr(WorkbookReader, "assess_source", broken)
    outcomes = list(
        assess_workbooks(find_workbooks([tmp_path]), schemes=Schemes.find_installed([folder]))
    )

    assert isinstance(outcomes[0], Failure)
    assert outcomes[0].code == "defect"
    assert isinstance(outcomes[1], Assessment)


def test_parts_survive_packing(good: bytes) -> None:
    """The corpus changes what it means to change: packing alone changes nothing."""
    assert parts_of(packed(parts_of(good))) == parts_of(good)
