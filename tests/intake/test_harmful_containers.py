"""Files made to harm by what lies in them together: each costs little, and itself alone."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from random import Random
from typing import Any

import psutil
import pytest

from iml4e_xlsx.findings.failure import Failure
from iml4e_xlsx.intake.file import FileNesting
from iml4e_xlsx.jobs.batch import assess_workbooks, find_workbooks
from iml4e_xlsx.spreadsheets.limits import Limits
from tests.spreadsheets.test_hostile import resident
from tests.support.hostile import packed
from tests.support.hostile_containers import (
    FAKE,
    HOSTILE_CONTAINERS,
    ROOM,
    amplifier,
    deflated,
    directory_only,
    header_bombs,
    slow_books,
    tiny_mails,
)
from tests.support.saved_mails import BOOK, make_mail, make_mailbox, search_mail, search_paths
from tests.support.spending import is_affordable, spent_seconds

SECONDS = 5.0
MEGABYTES = 200


def children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE_CONTAINERS)
def test_a_harmful_container_costs_little(name: str, tmp_path: Path) -> None:
    """In time and memory of all processes; it is named, and the file behind it is tried."""
    suffix, make = HOSTILE_CONTAINERS[name]
    (tmp_path / f"a.{suffix}").write_bytes(make())
    (tmp_path / "z.xlsx").write_bytes(BOOK)
    command = [sys.executable, "-m", "iml4e_xlsx", "score", str(tmp_path), "--format", "json"]
    before, peak = children_seconds(), 0
    out = tmp_path / "out.json"
    with out.open("wb") as stdout, subprocess.Popen(command, stdout=stdout) as process:
        watched = psutil.Process(process.pid)
        while process.poll() is None:
            peak = max(peak, resident(watched))
            time.sleep(0.005)
    failed = json.loads(out.read_text(encoding="utf-8"))["failed"]

    assert process.returncode == 1
    assert is_affordable(children_seconds() - before, SECONDS)
    assert 10 << 20 < peak < MEGABYTES << 20
    assert "defect" not in {failure["code"] for failure in failed}
    assert any(f"{tmp_path}/a.{suffix}" in failure["source"] for failure in failed)
    assert failed[-1]["source"] == f"{tmp_path}/z.xlsx"


BOMBS = header_bombs()


@pytest.mark.parametrize("name", BOMBS)
def test_a_field_that_takes_a_parser_long_is_cut_first(name: str) -> None:
    """Whatever it is; what is attached to the mail is found all the same, where there is one."""
    before = spent_seconds()
    result = search_mail(BOMBS[name])
    spent = spent_seconds() - before

    assert is_affordable(spent, 1)
    assert result.failures == []
    if not name.startswith("content-type"):
        assert result.names == ["m/x.xlsx"]


def test_the_files_behind_a_spent_allowance_are_said_not_to_be_read(tmp_path: Path) -> None:
    """Once, with the file that was too much; what was found before counts."""
    path = tmp_path / "a.zip"
    path.write_bytes(deflated({"a.xlsx": BOOK, "b.zip": amplifier(1, 9), "c.xlsx": BOOK}))
    result = search_paths(path, limits=Limits(nested=2 * ROOM))

    assert result.names == [f"{path}/a.xlsx", f"{path}/b.zip/0.zip/0.xlsx"]
    assert result.failures == [(f"{path}/b.zip/0.zip/1.xlsx", "too-large")]
    assert f"the zips and mails in {path} inflate to more than" in result.messages[0]
    assert "those after it were not read" in result.messages[0]


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (Limits(nested=1_000), "inflate to more than"),
        (Limits(members=5), "files in its zips and mails"),
        (Limits(workbooks=2), "workbooks for its size"),
    ],
)
def test_what_files_claim_together_is_an_option(limits: Limits, words: str, tmp_path: Path) -> None:
    """Bytes, files, and workbooks, on top of what a path may claim for its size."""
    path = tmp_path / "a.zip"
    inner = deflated({f"{number}.xlsx": FAKE + bytes(40_000) for number in range(4)})
    path.write_bytes(deflated({"a.zip": inner, "b.zip": inner}))

    assert len(search_paths(path).names) == 8
    result = search_paths(path, limits=limits)
    assert [code for _, code in result.failures] == ["too-large"]
    assert words in result.messages[0]


def test_the_allowance_grows_with_what_was_sent(tmp_path: Path) -> None:
    """A mailbox and a zip of many answers are no harm, at any size."""
    books = [BOOK[:30] + Random(number).randbytes(6_000) for number in range(300)]
    mails = [make_mail(("a.xlsx", book)).as_bytes() for book in books]
    path = tmp_path / "box.mbox"
    path.write_bytes(make_mailbox(*mails))
    (tmp_path / "box.zip").write_bytes(packed({"box.mbox": make_mailbox(*mails)}))
    zips = {f"{n}.zip": packed({f"{n}.xlsx": book}) for n, book in enumerate(books)}
    (tmp_path / "zips.zip").write_bytes(packed(zips))
    result = search_paths(tmp_path, limits=Limits(members=300, nested=1 << 20, workbooks=1))

    assert result.failures == []
    assert len(result.names) == 900


def test_each_mail_of_a_server_has_an_allowance_of_its_own() -> None:
    """One that claims too much takes nothing from the next."""
    harmful = make_mail(("a.zip", amplifier(9, 9)), ("b.xlsx", BOOK)).as_bytes()
    assert [code for _, code in search_mail(harmful).failures] == ["too-large"]
    assert search_mail(make_mail(("b.xlsx", BOOK)).as_bytes()).contents == [BOOK]


def test_a_file_in_a_folder_has_an_allowance_of_its_own(tmp_path: Path) -> None:
    """So has each path that is named."""
    for number in range(3):
        (tmp_path / f"{number}.zip").write_bytes(deflated({"x.xlsx": FAKE, "y.bin": bytes(ROOM)}))
    for paths in ([tmp_path], sorted(tmp_path.iterdir())):
        assert len(search_paths(*paths, limits=Limits(nested=100_000)).names) == 3


@pytest.mark.parametrize("in_zip64", [False, True])
def test_a_directory_is_looked_at_before_it_is_parsed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, in_zip64: bool
) -> None:
    """No entry of one that has too many becomes an object."""
    made: list[Any] = []

    class Counting(zipfile.ZipInfo):
        def __init__(self, *values: Any) -> None:
            made.append(values)
            super().__init__(*values)

    monkeypatch.setattr("zipfile.ZipInfo", Counting)
    path = tmp_path / "a.zip"
    path.write_bytes(directory_only(20_000, in_zip64=in_zip64))
    result = search_paths(path)

    assert [code for _, code in result.failures] == ["too-large"]
    assert "more than 10000 files" in result.messages[0]
    assert made == []
    path.write_bytes(directory_only(2_000, in_zip64=in_zip64))
    search_paths(path)
    assert len(made) >= 2_000


def test_a_waiting_content_keeps_no_zip_or_mail(tmp_path: Path) -> None:
    """It is read when it is found; repetition waits packed."""
    path = tmp_path / "a.zip"
    large = packed({"[Content_Types].xml": b"x"}) + bytes(ROOM)
    inner = deflated({"a.xlsx": BOOK, "b.xlsx": large, "c.bin": bytes(9)})
    path.write_bytes(packed({"in.zip": inner}))
    sources = search_paths(path).sources
    path.unlink()

    assert [source.read() for source in sources] == [BOOK, large]
    mail = search_mail(make_mail(("a.xlsx", BOOK)).as_bytes()).sources[0]
    assert mail.read() == BOOK


def test_files_that_stop_the_parser_are_not_tried_without_end(tmp_path: Path) -> None:
    """After a few in one zip or mail the others are left alone, and said to be."""
    mail = make_mail(*slow_books(9).items()).as_bytes()
    (tmp_path / "a.eml").write_bytes(mail)
    (tmp_path / "b.zip").write_bytes(packed(slow_books(9)))
    limits = Limits(memory=8 << 20)
    outcomes = list(assess_workbooks(find_workbooks([tmp_path]), limits=limits, workers=1))
    failures = [one for one in outcomes if isinstance(one, Failure)]

    assert [failure.code for failure in failures] == (
        ["reader-stopped"] * 2 + ["too-large"] * 7
    ) * 2
    assert f"stopped at 2 other files in {tmp_path}/b.zip already" in failures[-1].message


def test_a_mailbox_of_tiny_mails_ends_at_its_allowance(tmp_path: Path) -> None:
    """With one failure, which is for the mail that was too much."""
    path = tmp_path / "a.zip"
    path.write_bytes(deflated({"box.mbox": tiny_mails(2_000)}))
    result = search_paths(path, limits=Limits(members=100))

    assert [code for _, code in result.failures] == ["too-large"]
    assert result.failures[0][0].startswith(f"{path}/box.mbox/#1")
    assert FileNesting().allowance.is_spent is False
