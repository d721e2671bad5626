"""Goes on, or ends as a whole, whatever is in the way: hostile files, disks, processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from hashlib import sha256
from pathlib import Path

import pytest

from iml4e_xlsx.campaign.collect.collector import Collector
from iml4e_xlsx.campaign.record.returned_file import ReturnState
from iml4e_xlsx.cli.campaign.collect_messages import (
    collection_tables,
)
from iml4e_xlsx.errors import RecordError
from iml4e_xlsx.findings.error_codes import RecordErrorCode
from iml4e_xlsx.intake.finder import Finder
from iml4e_xlsx.intake.source import Source
from tests.support.campaigns import (
    NOW,
    ROOT,
    built_campaign,
    collect,
    run,
)
from tests.support.collecting import ANN, BEN, CAY, JSON, Opened, answers_of, eml
from tests.support.hostile import packed, parts_of
from tests.support.hostile_cases import CASES, READ
from tests.support.returning import (
    Rounds,
    all_returned,
    filled,
    filled_of,
    originals,
)
from tests.support.servers.common import program
from tests.support.servers.disk import MakesSmallDisks

pytestmark = pytest.mark.slow
"""See the marks in pyproject.toml."""


def test_what_is_hostile_spoils_nothing(opened: Opened, tmp_path: Path) -> None:
    """Every file made to harm in a folder, some in a zip and a mail, among good ones."""
    campaign, record = opened
    good = filled(campaign, 2)
    harm = {name: make(good) for name, (make, _) in CASES.items()}
    some = {name: harm[name] for name in [*harm][::7] if len(harm[name]) < 1 << 20}
    folder = tmp_path / "folder"
    folder.mkdir()
    for name, data in harm.items():
        (folder / f"m-{name}").write_bytes(data)
    first, middle, last = (
        filled_of(campaign, record, f"{one}@example.org") for one in ("ann", "ben", "cay")
    )
    (folder / "a.xlsx").write_bytes(first)
    (folder / "z.xlsx").write_bytes(last)
    (folder / "n.zip").write_bytes(packed({**some, "ben.xlsx": middle}))
    eml(folder / "o.eml", *some.items(), ("d.xlsx", filled_of(campaign, record, "dan@example.org")))
    for name, data in (
        ("p.eml", b"\xff" * 4096),
        ("q.msg", b"\xd0\xcf\x11\xe0" * 99),
        ("r.mbox", b"From "),
    ):
        (folder / name).write_bytes(data)
    collector = Collector(campaign, record, workers=2, now=lambda: NOW)
    collector.collect_sources(Finder().find_sources([folder]))
    collector.conclude_run()
    done = collector.outcome
    whose = {(mail_, match) for mail_, match, _ in answers_of(record)}

    for person in ("ann", "ben", "cay", "dan"):
        assert (f"{person}@example.org", "workbook") in whose
    assert done.has_errors
    assert not [one for one in done.failures if one.code == "defect"]
    assert not [one for one in all_returned(record) if one.code == "defect"]
    assert (
        len(done.files_in_state(ReturnState.FAILED))
        >= len([1 for _, code in CASES.values() if code != READ]) - 20
    )
    assert collection_tables(done)
    kept = originals(campaign)
    assert all(sha256(data).hexdigest()[:20] in name for name, data in kept.items())


def test_text_that_no_database_takes_is_in_nobodys_way(database: str, tmp_path: Path) -> None:
    """NUL, which Excel writes as _x0000_, and names that are not UTF-8; the others come through."""
    with built_campaign(tmp_path, 3, database=database) as (campaign, record):
        whole = parts_of(filled_of(campaign, record, ANN, note="before MARK after"))
        nul = packed({name: data.replace(b"MARK", b"_x0000_") for name, data in whole.items()})
        assert nul != packed(whole)
        name = b"r\xfcck.xlsx".decode(errors="surrogateescape")
        found = [
            Source("ann.xlsx", lambda: nul),
            Source(name, lambda: filled_of(campaign, record, BEN)),
            Source(f"broken-{name}", lambda: b"PK no workbook"),
            Source("cay.xlsx", lambda: filled_of(campaign, record, CAY)),
        ]
        for again in (False, True):
            collector = Collector(campaign, record)
            collector.collect_sources(found)
            collector.conclude_run()
            assert len(collector.outcome.files) == (0 if again else 4)
        whose = answers_of(record)
        status = run("campaign", "status", campaign.folder, "--database", database, *JSON)
        export = run("campaign", "export", "-C", campaign.folder, "--database", database, *JSON)

    assert whose[:2] == [(ANN, "workbook", "ann.xlsx"), (BEN, "workbook", "r\ufffdck.xlsx")]
    assert [one[1:] for one in whose[2:3]] == [("none", "broken-r\ufffdck.xlsx")]
    assert whose[3] == (CAY, "workbook", "cay.xlsx")
    assert "r\ufffdck.xlsx" in json.loads(status.stdout)["persons"][1]["source"]
    assert "before  after" in export.stdout


def test_reading_ends_with_the_run_that_fails(
    opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In its own thread, and before the error is said: nothing complains after it."""
    campaign, record = opened
    path = tmp_path / "a.xlsx"
    path.write_bytes(filled_of(campaign, record, ANN))

    def fails(*_: object, **__: object) -> None:
        raise RecordError(
            RecordErrorCode.RECORD_UNUSABLE, record="r.sqlite", reason="full", advice=""
        )

    monkeypatch.setattr("iml4e_xlsx.campaign.collect.collector.store_original", fails)
    collector = Collector(campaign, record, workers=2)
    with pytest.raises(RecordError) as caught:
        collector.collect_sources(Finder().find_sources([path, path, path]))

    readers = [one.name for one in threading.enumerate() if "ThreadPoolExecutor" in one.name]
    assert (readers, caught.value.__traceback__ is not None) == ([], True)


@pytest.mark.parametrize("executable", ["none", "/bin/false"])
def test_a_machine_that_starts_no_process_is_nobodys_problem(
    opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, executable: str
) -> None:
    """Nothing is recorded, and the next run takes in what was found."""
    campaign, record = opened
    paths = [eml(tmp_path / "1.eml", ("a.xlsx", filled_of(campaign, record, ANN)), sender=ANN)]
    paths += [eml(tmp_path / "2.eml", ("b.xlsx", filled(campaign)), sender=BEN)]
    with monkeypatch.context() as patch:
        patch.setattr(sys, "executable", executable)
        outcome = run("campaign", "collect", *paths, "-C", campaign.folder, code=3)
        assert "The process that reads workbooks cannot be started (" in outcome.stderr
        assert "run the command again" in outcome.stderr
    assert all_returned(record) == []
    run("campaign", "collect", *paths, "-C", campaign.folder)
    assert [whose for whose, *_ in answers_of(record)] == [ANN, BEN]


def test_a_full_disk_is_said_and_nothing_is_half(
    rounds: Rounds, tmp_path: Path, small_disk: MakesSmallDisks
) -> None:
    """Exit 3 with advice; what was recorded stays, and the next run completes."""
    with small_disk(1200) as disk, rounds.opened(disk) as (campaign, record):
        answers = tmp_path / "answers"
        answers.mkdir()
        for number in range(24):
            data = filled_of(campaign, record, ANN, note=os.urandom(9000).hex())
            (answers / f"{number:02}.xlsx").write_bytes(data)
        command = ("campaign", "collect", answers, "-C", campaign.folder)
        said = run(*command, code=3)
        kept = {one.file for one in all_returned(record)}

        assert "No space left on device" in said.stderr or "disk is full" in said.stderr
        assert 0 < len(kept) < 24
        assert kept <= set(originals(campaign))
        assert not [name for name in originals(campaign) if "/." in name]
        mount = program("mount", "mount")
        subprocess.run([mount, "-o", "remount,size=9000k", disk], check=True)
        run(*command)

        assert len(all_returned(record)) == 24
        assert sorted(originals(campaign).values()) == sorted(
            path.read_bytes() for path in answers.iterdir()
        )


_PEAK = """
import resource, sys
from pathlib import Path
from iml4e_xlsx.campaign.folder.campaign import open_campaign
from iml4e_xlsx.campaign.record.connection import Record
from iml4e_xlsx.campaign.collect.collect import collect
campaign = open_campaign(sys.argv[1])
done = collect(campaign, Record(campaign.database, campaign.settings.id), sys.argv[2:])
used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(len(done.files), done.repeat_count, used // 1024)
"""


def test_a_folder_of_ten_thousand_files_takes_bounded_memory(
    rounds: Rounds, tmp_path: Path
) -> None:
    """Not more than a few times what a small folder takes, and every answer in it is found."""
    with rounds.opened(tmp_path) as (campaign, record):
        data = filled_of(campaign, record, ANN)
        few, many = tmp_path / "few", tmp_path / "many"
        for folder, count in ((few, 10), (many, 10_000)):
            folder.mkdir()
            for number in range(count):
                path = folder / f"{number:05}"
                if number % 100 == 7:
                    # A comment at the end of a zip makes another content of the same workbook.
                    comment = str(number).encode()
                    tail = data[:-2] + len(comment).to_bytes(2, "little") + comment
                    path.with_suffix(".xlsx").write_bytes(tail)
                else:
                    path.with_suffix(".pdf").write_bytes(b"%PDF-1.7\n" + bytes(2000))
        peaks = []
        for folder in (few, many):
            done = subprocess.run(
                [sys.executable, "-c", _PEAK, campaign.folder, folder],
                check=True, capture_output=True, text=True, cwd=ROOT,
            )  # fmt: skip
            taken, known, peak = map(int, done.stdout.split())
            peaks.append(peak)
        assert taken + known == 100
    assert peaks[1] - peaks[0] < 100


def test_files_that_a_run_left_half_written_are_removed(opened: Opened, tmp_path: Path) -> None:
    """What is there whole, or was left hours ago; another's hidden file and a fresh one stay."""
    campaign, record = opened
    data = filled_of(campaign, record, ANN)
    (tmp_path / "a.xlsx").write_bytes(data)
    campaign.returned.mkdir(exist_ok=True)
    name = sha256(data).hexdigest()[:20]
    old, fresh = f".{'0' * 20}.xlsx.abcdefgh", f".{'1' * 20}.xlsx.abcdefgh"
    for left in (f".{name}.xlsx.abcd_123", old, fresh, ".gitkeep"):
        (campaign.returned / left).write_bytes(b"PK")
    for left in (old, ".gitkeep"):
        os.utime(campaign.returned / left, (0, 0))
    collect(campaign, record, tmp_path / "a.xlsx")

    hidden = sorted(path.name for path in campaign.returned.glob(".*"))
    assert hidden == sorted([fresh, ".gitkeep"])
