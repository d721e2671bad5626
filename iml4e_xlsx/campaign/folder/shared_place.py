"""Recognises places where a record in a file is not safe: synchronised folders, network drives."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path, PurePath
from typing import Final


class SharedPlace(StrEnum):
    """A place that several computers write to; `init` warns of each."""

    SYNCHRONISED = "synchronised"  #: A program copies its files to other computers and back.
    NETWORK = "network"  #: It lies on another computer.


_SYNCHRONISED: Final = re.compile(
    r"onedrive(?: ?-.*)?|dropbox(?: \(.*\))?|icloud ?drive|mobile documents|com~apple~clouddocs"
    r"|google ?drive(?:-.*)?|my drive|nextcloud|owncloud|sharepoint|cloudstorage",
    re.IGNORECASE,
)
"""What the folders of programs are called that synchronise them, as they make them themselves."""

_VARIABLES: Final = ("OneDrive", "OneDriveCommercial", "OneDriveConsumer")
"""Where OneDrive says on Windows which folder it synchronises, whatever that is called."""

_NETWORK_TYPES: Final = re.compile(
    r"nfs\d*|cifs|smb\w*|afs|9p|ceph|glusterfs|davfs\d*|fuse\.(?:sshfs|rclone|davfs\d*|gvfsd-fuse)"
)
_MOUNTS: Final = Path("/proc/self/mountinfo")


def find_shared_place(
    folder: Path, *, environment: Mapping[str, str] = os.environ, mounts: Path = _MOUNTS
) -> SharedPlace | None:
    """
    Return what is known to be shared about the place of a folder; None if nothing is known.

    Args:
        folder: The folder, which need not be there.
        environment: The variables of the process.
        mounts: The table of what is mounted where, as Linux has it.
    """
    path = folder.resolve()
    named = (environment.get(variable, "") for variable in _VARIABLES)
    if any(place and path.is_relative_to(Path(place).resolve()) for place in named):
        return SharedPlace.SYNCHRONISED
    if any(_SYNCHRONISED.fullmatch(part) for part in path.parts):
        return SharedPlace.SYNCHRONISED
    is_network = path.drive.startswith("\\\\") or _is_mounted(path, mounts)
    return SharedPlace.NETWORK if is_network else None


def _is_mounted(path: PurePath, mounts: Path) -> bool:
    """Return whether the innermost mount that a path lies in is of another computer."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:  # not on Linux
        return False
    kinds: dict[int, str] = {}
    for line in lines:
        place, separator, filesystem = line.partition(" - ")
        fields = place.split()
        if separator and len(fields) > 4 and filesystem:  # noqa: PLR2004 - see proc(5)
            root = re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), fields[4])
            if path.is_relative_to(root):
                kinds[len(PurePath(root).parts)] = filesystem.split()[0]
    return bool(kinds) and _NETWORK_TYPES.fullmatch(kinds[max(kinds)]) is not None
