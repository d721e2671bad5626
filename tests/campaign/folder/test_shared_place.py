"""Places that several computers write to are recognised where they can be."""

from __future__ import annotations

from pathlib import Path

import pytest

from iml4e_xlsx.campaign.folder.shared_place import SharedPlace, find_shared_place
from tests.support.campaigns import run

MOUNTS = r"""
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
40 22 0:50 / /mnt/team rw,relatime shared:2 - cifs //server/team rw,vers=3.0
41 22 0:51 / /mnt/team\040two rw,relatime - nfs4 server:/two rw
42 40 8:2 / /mnt/team/local rw - xfs /dev/sdb1 rw
43 22 0:52 / /mnt/ssh rw - fuse.sshfs me@server: rw
"""


@pytest.mark.parametrize(
    "part",
    [
        *("OneDrive", "OneDrive - Example GmbH", "Dropbox", "Dropbox (Example)", "Google Drive"),
        *("GoogleDrive-me@example.org", "com~apple~CloudDocs", "Nextcloud", "CloudStorage"),
    ],
)
def test_synchronised_folders_are_known_by_their_names(tmp_path: Path, part: str) -> None:
    assert find_shared_place(tmp_path / part / "spring") is SharedPlace.SYNCHRONISED


@pytest.mark.parametrize("part", ["spring", "dropbox-replacement", "our onedrive notes"])
def test_other_folders_are_not(tmp_path: Path, part: str) -> None:
    (tmp_path / "mounts").write_text(MOUNTS)
    assert find_shared_place(tmp_path / part, mounts=tmp_path / "mounts") is None


def test_onedrive_says_where_it_is(tmp_path: Path) -> None:
    """Whatever the folder is called."""
    environment = {"OneDriveCommercial": str(tmp_path / "work"), "OneDrive": ""}
    inside, outside = tmp_path / "work" / "spring", tmp_path / "spring"
    assert find_shared_place(inside, environment=environment) is SharedPlace.SYNCHRONISED
    assert find_shared_place(outside, environment=environment, mounts=tmp_path / "no") is None


@pytest.mark.parametrize(
    ("folder", "found"),
    [
        ("/mnt/team/spring", SharedPlace.NETWORK),
        ("/mnt/team two/spring", SharedPlace.NETWORK),
        ("/mnt/ssh", SharedPlace.NETWORK),
        ("/mnt/team/local/spring", None),
        ("/mnt/teams", None),
        ("/srv/spring", None),
    ],
)
def test_network_drives_are_known_by_their_mount(
    tmp_path: Path, folder: str, found: SharedPlace | None
) -> None:
    """The innermost mount decides."""
    (tmp_path / "mounts").write_text(MOUNTS)
    assert find_shared_place(Path(folder), mounts=tmp_path / "mounts") is found


def test_init_warns(tmp_path: Path) -> None:
    """And makes the campaign all the same: the place may be meant for reading alone."""
    said = run("campaign", "init", tmp_path / "OneDrive" / "a", "--name", "A").stderr
    assert "synchronises" in said
    assert "synchronises" not in run("campaign", "init", tmp_path / "b", "--name", "B").stderr
