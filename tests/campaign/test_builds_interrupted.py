"""Builds many, and goes on after a build that was ended or damaged."""

from __future__ import annotations

import os
import shutil
import signal
import time
from dataclasses import replace
from pathlib import Path

import pytest

from iml4e_xlsx.campaign import workbooks
from iml4e_xlsx.campaign.corrections.forget import forget
from iml4e_xlsx.campaign.record import people
from iml4e_xlsx.errors import CampaignError, WorkbookWriteError
from iml4e_xlsx.reading.workbook_reader import WorkbookReader
from tests.support.building import ANN, BEN, ids, names, renamed, state
from tests.support.campaigns import (
    NOW,
    build,
    built_campaign,
    new_campaign,
    person_of,
    record_of,
    rows,
    run,
    start,
    workbook_of,
    write_roster,
)
from tests.support.servers.disk import MakesSmallDisks

pytestmark = pytest.mark.slow
"""See the marks in pyproject.toml."""


def test_many_at_once_have_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many are recorded together; progress counts each."""
    with built_campaign(tmp_path, 6) as (campaign, record):
        before = state(campaign.folder)
        monkeypatch.setattr(workbooks, "BATCH_SIZE", 4)
        shutil.rmtree(campaign.workbooks)
        seen: list[tuple[int, int]] = []
        build(campaign, record, progress=lambda *step: seen.append(step))

        assert {name: data for name, (_, data) in state(campaign.folder).items()} == {
            name: data for name, (_, data) in before.items()
        }
        assert seen == [(number, 6) for number in range(1, 7)]


def test_a_build_that_is_killed_goes_on(tmp_path: Path) -> None:
    """SIGKILL anywhere: the next build leaves a whole set, and nothing else, up to date."""
    given = rows(8)
    campaign = new_campaign(tmp_path, given)
    for wanted in (1, 4):
        process = start("campaign", "build", campaign.folder)
        end = time.monotonic() + 120
        while time.monotonic() < end and process.poll() is None:
            if len(list(campaign.workbooks.glob("*.xlsx"))) >= wanted:
                break
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    write_roster(campaign.folder, [renamed(given[0], name="Zoe"), *given[1:]])
    with record_of(campaign) as record:
        build(campaign, record)
        assert build(campaign, record).made == ()
        found = ids(campaign)

    assert set(found) == {"Zoe", *(row.name for row in given[1:])}
    assert len(set(found.values())) == 8
    assert len(list(campaign.workbooks.glob("*.xlsx"))) == 8


def test_a_build_that_breaks_off_leaves_no_file_that_was_given_up(tmp_path: Path) -> None:
    """Where it ended before the old files went, the next build removes them."""
    with built_campaign(tmp_path, 2) as (campaign, record):
        write_roster(campaign.folder, [renamed(ANN, name="Anna"), BEN])
        with pytest.raises(KeyboardInterrupt):
            build(campaign, record, progress=_interrupt)
        assert len(state(campaign.folder)) == 3
        build(campaign, record)

        assert list(state(campaign.folder)) == ["org-red-anna.xlsx", "org-red-ben.xlsx"]


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def leave(disk: Path, kilobytes: int) -> None:
    """Fill a disk so that so much is left."""
    free = os.statvfs(disk)
    size = free.f_bavail * free.f_frsize - kilobytes * 1024
    (disk / "ballast").write_bytes(b"x" * max(0, size))


def test_a_full_disk_is_said_and_the_build_goes_on(
    tmp_path: Path, small_disk: MakesSmallDisks
) -> None:
    """Exit code 3, no half workbook; with room again the rest is made."""
    campaign = new_campaign(tmp_path, 4)
    with small_disk(1400) as disk, WorkbookReader(campaign.known_schemes()) as reader:
        shutil.copytree(campaign.folder, disk / "c")
        for kilobytes in (0, 4, 16, 28, 48):
            (disk / "ballast").write_bytes(b"")
            shutil.rmtree(disk / "c" / "workbooks", ignore_errors=True)
            leave(disk, kilobytes)
            said = run("campaign", "build", disk / "c", code=3).stderr
            assert "No space left on device" in said or "disk is full" in said
            *others, _ = said.splitlines()
            assert all(line.startswith("No copy of the record could be kept") for line in others)
            assert len(others) <= 1
            for path in (disk / "c").glob("workbooks/*"):
                reader.assess(path)
        (disk / "ballast").unlink()
        run("campaign", "build", disk / "c")

        assert len(list((disk / "c" / "workbooks").iterdir())) == 4


def test_a_workbook_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    """With the file's name; the rest is made when that is mended."""
    campaign = new_campaign(tmp_path, 2)
    (campaign.workbooks / "org-red-ben.xlsx").mkdir(parents=True)
    with record_of(campaign) as record:
        with pytest.raises(WorkbookWriteError, match=r"org-red-ben.xlsx"):
            build(campaign, record)
        (campaign.workbooks / "org-red-ben.xlsx").rmdir()
        assert names(build(campaign, record).made) == ["Ben"]


@pytest.mark.parametrize("harm", ["deleted", "changed", "cut", "folder"])
def test_a_workbook_that_is_not_as_it_was_is_made_again(tmp_path: Path, harm: str) -> None:
    """The same bytes as before, since the same goes into it."""
    with built_campaign(tmp_path, 2) as (campaign, record):
        before = state(campaign.folder)
        path = workbook_of(campaign, record, ANN.mail)
        if harm == "deleted":
            path.unlink()
        elif harm == "changed":
            path.write_bytes(path.read_bytes()[:-1] + b"x")
        elif harm == "cut":
            path.write_bytes(b"")
        else:
            shutil.rmtree(campaign.workbooks)
        done = build(campaign, record)
        after = state(campaign.folder)

        assert len(done.made) == (2 if harm == "folder" else 1)
        assert {name: data for name, (_, data) in after.items()} == {
            name: data for name, (_, data) in before.items()
        }


def test_a_record_from_elsewhere_reaches_no_file_of_ours(tmp_path: Path) -> None:
    """Names that lead out of the folder are refused by what would delete or read them."""
    victim = tmp_path / "victim.txt"
    victim.write_text("precious", encoding="utf-8")
    with built_campaign(tmp_path, 2) as (campaign, record):
        ann = person_of(record, ANN.mail)
        for name in (str(victim), "workbooks/../../victim.txt"):
            with record.begin(NOW) as tx:
                built = people.built_workbooks(tx)[ann.id]
                people.save_workbook(tx, ann.id, replace(built, file=name))
                people.save_workbook(tx, ann.id, built)
            with pytest.raises(CampaignError, match="not in the folder"):
                build(campaign, record)
            with pytest.raises(CampaignError, match="not in the folder"):
                forget(campaign, record, ANN.mail, keep_ratings=False, now=NOW)
    assert victim.read_text(encoding="utf-8") == "precious"
