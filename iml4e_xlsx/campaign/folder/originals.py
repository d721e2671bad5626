"""
Stores the original files that came back, unaltered, each under a name made of its content.

Files with an owner lie in `returned`, all others in `aside`. A run that is killed leaves a half
written file under a hidden name, until a later run comes to its end.
"""

from __future__ import annotations

import re
import time
from contextlib import suppress
from pathlib import Path, PurePath
from typing import Final

from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.folder.file_modes import make_own_folder
from iml4e_xlsx.campaign.record.returned_file import ReturnedFile
from iml4e_xlsx.errors import WorkbookWriteError
from iml4e_xlsx.output import write_output

_DIGEST_SHOWN: Final = 20
"""How much of a content's digest its file is named by; enough that no two are alike."""

_CALLED: Final = re.compile(rf"[0-9a-f]{{{_DIGEST_SHOWN}}}(?:-\d+)?(?:\.\w+)?")

"""What originals are called: by their content, and whose they are if several sent the same."""

_LEFT: Final = re.compile(rf"\.([0-9a-f]{{{_DIGEST_SHOWN}}}\S*)\.\w+")
"""What an original is called while it is written; what it is to be called."""

_LONGEST_SUFFIX: Final = 10
"""A file's name may be all suffix; with the digest before it, no disk would take it."""

_LEFT_SECONDS: Final = 3600
"""After so long nobody is still writing a file."""


def is_original(path: Path) -> bool:
    """Return whether a file has the name of an original; people may put others beside them."""
    return _CALLED.fullmatch(path.name) is not None


def original_name(digest: str, called: str, mark: str = "") -> str:
    """Return the name of an original in the campaign, with the suffix of the name it came with."""
    suffix = PurePath(called).suffix.lower()
    is_usual = suffix.isascii() and suffix[1:].isalnum() and len(suffix) <= _LONGEST_SUFFIX
    ending = suffix if is_usual else ""
    return f"{digest[:_DIGEST_SHOWN]}{mark}{ending}"


def store_original(campaign: Campaign, name: str, data: bytes, *, aside: bool) -> str:
    """
    Write an original, if it is not there; return its path in the campaign.

    Raises:
        WorkbookWriteError: If it cannot be written.
    """
    folder, other = campaign.returned, campaign.aside
    if aside:
        folder, other = other, folder
    path = folder / name
    if not path.exists():
        with suppress(OSError):  # writing says what is wrong
            make_own_folder(folder)
        try:
            write_output(path, data, force=True)
        except WorkbookWriteError:
            if not path.exists():  # else another process has just written it, and swept
                raise
    (other / path.name).unlink(missing_ok=True)  # of a run that ended, or when it was nobody's
    return path.relative_to(campaign.folder).as_posix()


def move_original(campaign: Campaign, file: str, *, aside: bool) -> str:
    """Move an original to the files with an owner, or to those aside; return its path."""
    if not file:
        return file
    folder = campaign.aside if aside else campaign.returned
    target = folder / PurePath(file).name
    if target != (source := campaign.resolve_path(file)):
        with suppress(FileNotFoundError):  # another run has moved it, also one that ended then
            make_own_folder(folder)
            source.replace(target)
    return target.relative_to(campaign.folder).as_posix() if target.is_file() else file


def find_original(campaign: Campaign, returned_file: ReturnedFile) -> Path | None:
    """Return the path of a file's original, also if a move was not recorded; None without one."""
    name = PurePath(returned_file.file).name
    places = (
        campaign.resolve_path(returned_file.file),
        campaign.returned / name,
        campaign.aside / name,
    )
    return next((path for path in places if name and path.is_file()), None)


def list_originals(campaign: Campaign) -> list[Path]:
    """Return all originals in the folder, also those that the record does not know."""
    paths = (path for folder in (campaign.returned, campaign.aside) for path in folder.glob("*"))
    return sorted(path for path in paths if is_original(path) and path.is_file())


def sweep_originals(campaign: Campaign) -> None:
    """Remove half written files: those that are there whole by now, and old ones."""
    places = (campaign.returned, campaign.aside)
    for leftover in (path for folder in places for path in folder.glob(".*")):
        if name := _LEFT.fullmatch(leftover.name):
            is_whole = any((folder / name[1]).is_file() for folder in places)
            with suppress(OSError):
                if is_whole or time.time() - leftover.stat().st_mtime > _LEFT_SECONDS:
                    leftover.unlink()
