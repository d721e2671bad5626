"""Who may read a campaign's folder: its owner, whatever the user's mask says."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from iml4e_xlsx.campaign.folder.campaign import open_campaign
from iml4e_xlsx.campaign.folder.settings import SETTINGS_FILE
from iml4e_xlsx.campaign.record.campaigns import ensure_campaign
from iml4e_xlsx.errors import CampaignError
from tests.support.builders import small_scheme
from tests.support.campaigns import (
    NOW,
    answer,
    change_settings,
    new_campaign,
    record_of,
    rows,
    run,
    write_roster,
)


@pytest.fixture(autouse=True)
def usual_mask() -> Iterator[None]:
    """Create files as most users do: readable by all."""
    previous = os.umask(0o022)
    yield
    os.umask(previous)


def open_paths(folder: Path) -> list[tuple[str, str]]:
    """Return what in a folder, with itself, somebody else may read, write or enter."""
    return [
        (path.relative_to(folder.parent).as_posix(), oct(path.stat().st_mode))
        for path in (folder, *folder.rglob("*"))
        if stat.S_IMODE(path.stat().st_mode) & 0o077
    ]


def test_the_whole_of_a_round_is_closed_to_others(tmp_path: Path) -> None:
    small_scheme(tmp_path / "small", ("AA",), per_level=2, top=2)
    folder = tmp_path / "round"
    run("campaign", "init", folder, "--name", "Round", "--scheme", tmp_path / "small")
    assert open_paths(folder) == []
    (folder / "roster.csv").unlink()
    write_roster(folder, rows(3))  # as people save it from their own programs
    change_settings(folder, **{"sender.mail": "fay@example.org", "sender.name": "Fay"})
    run("campaign", "build", folder)
    run("campaign", "send", "-C", folder, "--eml", folder / "drafts")
    run("campaign", "send", "-C", folder, "--eml", tmp_path / "elsewhere", "--again", "drafted")
    campaign = open_campaign(folder)
    with record_of(campaign) as record:
        answer(campaign, record, "ann@example.org")
    stranger = tmp_path / "stranger.xlsx"
    stranger.write_bytes(b"PK\x03\x04")
    run("campaign", "collect", "-C", folder, stranger, code=1)
    run("campaign", "report", folder, "-o", folder / "report.html")
    run("campaign", "export", folder, "-o", folder / "results.json")
    names = {path.name for path in folder.iterdir()}
    assert {"record.sqlite", "returned", "workbooks", "drafts", "report.html"} <= names
    assert open_paths(folder) == []
    assert open_paths(tmp_path / "elsewhere") == []


def test_drafts_are_closed_in_a_folder_that_is_not(tmp_path: Path) -> None:
    campaign = new_campaign(tmp_path)
    run("campaign", "build", campaign.folder)
    (tmp_path / "drafts").mkdir()
    run("campaign", "send", "-C", campaign.folder, "--eml", tmp_path / "drafts")
    modes = {oct(path.stat().st_mode & 0o777) for path in (tmp_path / "drafts").iterdir()}
    assert modes == {"0o600"}


def test_previews_are_closed_to_others(tmp_path: Path) -> None:
    """They hold what the mails hold, also in a folder that was there."""
    campaign = new_campaign(tmp_path)
    run("campaign", "build", campaign.folder)
    (tmp_path / "there").mkdir()
    for name in ("there", "new"):
        run("campaign", "send", "-C", campaign.folder, "--preview", f"{tmp_path / name}/")
    assert [path for path, _ in open_paths(tmp_path / "there")] == ["there"]
    assert open_paths(tmp_path / "new") == []


def test_an_open_folder_is_closed_by_the_next_command(tmp_path: Path) -> None:
    campaign = new_campaign(tmp_path)
    outside = tmp_path / "outside.txt"
    outside.write_text("not the campaign's")
    (campaign.folder / "link").symlink_to(outside)
    for path in (campaign.folder, *campaign.folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    assert open_paths(campaign.folder)
    run("campaign", "build", campaign.folder)
    (campaign.folder / "link").unlink()
    assert open_paths(campaign.folder) == []
    assert stat.S_IMODE(outside.stat().st_mode) == 0o644


def test_the_group_of_a_folder_stays_if_the_settings_say_so(tmp_path: Path) -> None:
    campaign = new_campaign(tmp_path, group_access=True)
    for path in (campaign.folder, *campaign.folder.rglob("*")):
        path.chmod(0o775 if path.is_dir() else 0o664)
    run("campaign", "build", campaign.folder)
    assert oct(campaign.folder.stat().st_mode & 0o777) == "0o770"
    assert oct((campaign.folder / "roster.csv").stat().st_mode & 0o777) == "0o660"


def test_a_journal_is_as_closed_as_the_record(tmp_path: Path) -> None:
    campaign = new_campaign(tmp_path, database=f"sqlite:///{tmp_path / 'elsewhere.sqlite'}")
    assert oct((tmp_path / "elsewhere.sqlite").stat().st_mode & 0o777) == "0o600"
    with record_of(campaign) as record, record.begin(NOW) as tx:
        ensure_campaign(tx, "Round", "small", "1.0.0")
        journal = tmp_path / "elsewhere.sqlite-journal"
        assert oct(journal.stat().st_mode & 0o777) == "0o600"


def test_a_file_for_others_is_open_as_before(tmp_path: Path) -> None:
    campaign = new_campaign(tmp_path)
    run("campaign", "build", campaign.folder)
    with record_of(campaign) as record:
        answer(campaign, record, "ann@example.org")
    shared = tmp_path / "shared"
    shared.mkdir(mode=0o755)
    run("campaign", "report", campaign.folder, "-o", shared / "report.html")
    assert oct((shared / "report.html").stat().st_mode & 0o777) == "0o644"


@pytest.mark.parametrize("key", ["roster", "scheme"])
@pytest.mark.parametrize("path", ["/etc/passwd", "../x", "a/../../x", "C:\\x", "..\\x", "\\x"])
def test_settings_name_nothing_outside(tmp_path: Path, key: str, path: str) -> None:
    campaign = new_campaign(tmp_path)
    change_settings(campaign.folder, **{key: path})
    with pytest.raises(CampaignError, match="not in the folder of the campaign"):
        open_campaign(campaign.folder)
    assert "bin/sh" not in run("campaign", "build", campaign.folder, code=1).output


def test_a_link_to_a_roster_elsewhere_is_refused(tmp_path: Path) -> None:
    campaign = new_campaign(tmp_path)
    (tmp_path / "passwd.csv").write_text("a secret line\n")
    (campaign.folder / "people.csv").symlink_to(tmp_path / "passwd.csv")
    change_settings(campaign.folder, roster="people.csv")
    outcome = run("campaign", "build", campaign.folder, code=1)
    assert "not in the folder" in outcome.stderr
    assert "secret" not in outcome.output
    assert (campaign.folder / SETTINGS_FILE).is_file()
