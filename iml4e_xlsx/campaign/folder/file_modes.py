"""Closes a campaign's folder to everybody else on the machine, whatever the user's mask says."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

OWN_FOLDER: Final = 0o700
"""The mode of a folder that only its owner may enter."""

_OTHERS: Final = stat.S_IRWXO
_GROUP: Final = stat.S_IRWXG


def make_own_folder(folder: Path) -> None:
    """
    Make a folder that only its owner may enter; one that is there stays as it is.

    Raises:
        OSError: If it cannot be made.
    """
    if not folder.is_dir():
        make_own_folder(folder.parent)  # else it would be made by the user's mask
        folder.mkdir(mode=OWN_FOLDER, exist_ok=True)


def close_folder(folder: Path, *, group_stays: bool = False) -> None:
    """
    Take from everybody but the owner what they may do in a folder; `group_stays` spares the group.

    What belongs to somebody else, or lies on a disk without modes, stays as it is: the command
    goes on, since it did not make it so.
    """
    taken = _OTHERS if group_stays else _OTHERS | _GROUP
    for path in (folder, *_walk_folder(folder)):
        with suppress(OSError):
            mode = stat.S_IMODE(path.stat().st_mode)
            if mode & taken:
                path.chmod(mode & ~taken)


def _walk_folder(folder: Path) -> Iterator[Path]:
    """Yield what is in a folder; nothing of where a link leads, which is not the campaign's."""
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        if entry.is_symlink():
            continue
        yield Path(entry.path)
        if entry.is_dir(follow_symlinks=False):
            yield from _walk_folder(Path(entry.path))
