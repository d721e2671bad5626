"""Copies of the record: kept, few, whole, gone with who is forgotten, and told where old."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.folder.kept_copies import MOST_COPIES, keep_copy, list_copies
from tests.support.campaigns import (
    NOW,
    answer,
    built_campaign,
    new_campaign,
    rows,
    run,
    write_roster,
)


def record_file(campaign: Campaign) -> Path:
    return campaign.folder / "record.sqlite"


def names(campaign: Campaign) -> list[str]:
    return [copy.file.name for copy in list_copies(campaign)]


def test_each_command_that_writes_keeps_a_copy(tmp_path: Path) -> None:
    """One that only reads keeps none, and a copy is the record of that moment."""
    campaign = new_campaign(tmp_path, 1)
    run("campaign", "build", campaign.folder)
    first = names(campaign)
    run("campaign", "status", campaign.folder)
    assert len(first) == 1
    assert names(campaign) == first

    write_roster(campaign.folder, rows(2))
    run("campaign", "build", campaign.folder)
    assert len(names(campaign)) == 2
    counts = []
    for copy in list_copies(campaign):
        with closing(sqlite3.connect(copy.file)) as connection:
            counts += connection.execute("SELECT count(*) FROM people").fetchone()
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert counts == [2, 1]


def test_few_are_kept_with_the_modes_of_the_record(tmp_path: Path) -> None:
    with built_campaign(tmp_path, 1) as (campaign, _):
        record_file(campaign).chmod(0o640)
        for number in range(MOST_COPIES + 2):
            os.utime(record_file(campaign), (number, number))
            assert keep_copy(campaign) is not None
        assert keep_copy(campaign) is None
        copies = list_copies(campaign)
        assert [copy.changed.timestamp() for copy in copies] == [6, 5, 4, 3, 2]
        assert {copy.file.stat().st_mode & 0o777 for copy in copies} == {0o640}
        assert not [path for path in campaign.copies.iterdir() if path.name.startswith(".")]


def test_a_copy_that_fails_leaves_nothing_and_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command has done its work; that there is no copy is said."""
    campaign = new_campaign(tmp_path, 1)

    def refuse(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "utime", refuse)
    said = run("campaign", "build", campaign.folder).stderr
    assert "No copy of the record could be kept" in said
    assert "No space left on device" in said
    assert list(campaign.copies.iterdir()) == []


def test_who_is_forgotten_is_in_no_copy(tmp_path: Path) -> None:
    with built_campaign(tmp_path, 2) as (campaign, record):
        answer(campaign, record, "ann@example.org")
    run("campaign", "status", campaign.folder)
    (campaign.copies / ".half.sqlite").write_text("ann@example.org")
    run("campaign", "forget", "ann@example.org", "-C", campaign.folder)
    contents = [path.read_bytes() for path in campaign.copies.iterdir()]
    assert len(contents) == 1
    assert b"ann@example.org" not in contents[0]
    assert b"ben@example.org" in contents[0]


def test_a_lost_record_names_its_copy(tmp_path: Path) -> None:
    """In its place, all goes on."""
    campaign = new_campaign(tmp_path, 1)
    run("campaign", "build", campaign.folder)
    record_file(campaign).unlink()
    said = run("campaign", "status", campaign.folder, code=3).stderr
    (copy,) = list_copies(campaign)
    assert str(copy.file) in said
    assert "nothing came into the folder since" in said

    shutil.copy(copy.file, record_file(campaign))
    assert "1 not mailed" in run("campaign", "status", campaign.folder).stdout


def test_a_copy_that_is_older_than_the_folder_is_told(tmp_path: Path) -> None:
    campaign = new_campaign(tmp_path, 1)
    run("campaign", "build", campaign.folder)
    record_file(campaign).unlink()
    campaign.returned.mkdir()
    (campaign.returned / "0123456789abcdef0123.xlsx").write_bytes(b"later")
    (copy,) = list_copies(campaign)
    late = copy.changed.timestamp() + 60
    os.utime(campaign.returned / "0123456789abcdef0123.xlsx", (late, late))
    said = run("campaign", "status", campaign.folder, code=3).stderr
    assert "1 workbook or returned file came into the folder since" in said
    assert "rebuild-record" in said


def test_a_damaged_copy_is_not_named(tmp_path: Path) -> None:
    with built_campaign(tmp_path, 1) as (campaign, _):
        pass
    run("campaign", "status", campaign.folder)
    record_file(campaign).unlink()
    (copy,) = list_copies(campaign)
    copy.file.write_bytes(b"SQLite format 3\0" + b"x" * 4096)
    said = run("campaign", "status", campaign.folder, code=3).stderr
    assert str(copy.file) not in said


def test_an_old_copy_in_the_place_of_the_record_is_refused(tmp_path: Path) -> None:
    """It does not know the mails of later, which would reach people twice."""
    with built_campaign(tmp_path, 2) as (campaign, record):
        run("campaign", "status", campaign.folder)
        answer(campaign, record, "ann@example.org", now=NOW + timedelta(days=1))
    run("campaign", "status", campaign.folder)
    newest, oldest = list_copies(campaign)
    shutil.copy(oldest.file, record_file(campaign))
    for command in ("status", "send"):
        said = run("campaign", command, campaign.folder, code=3).stderr
        assert str(newest.file) in said
        assert "older than its copy" in said
    shutil.copy(newest.file, record_file(campaign))
    run("campaign", "status", campaign.folder)
