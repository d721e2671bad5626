"""
The files that came back as they came: kept unaltered, each under a name made of its content.

What is somebody's lies in `returned`, all else in `aside`. A run that is ended leaves what it was
about to write under a hidden name, until a later run comes to its end.
"""

from __future__ import annotations

import re
import time
from contextlib import suppress
from pathlib import Path, PurePath
from typing import Final

from iml4e_xlsx.campaign.folder.campaign import Campaign
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
    """Return whether a file is called as originals are; what people put beside them is not."""
    return _CALLED.fullmatch(path.name) is not None


def original_name(digest: str, called: str, mark: str = "") -> str:
    """Return what an original is called in the campaign; `called` is what it came as."""
    suffix = PurePath(called).suffix.lower()
    is_usual = suffix.isascii() and suffix[1:].isalnum() and len(suffix) <= _LONGEST_SUFFIX
    known = suffix if is_usual else ""
    return f"{digest[:_DIGEST_SHOWN]}{mark}{known}"


def store_original(campaign: Campaign, name: str, data: bytes, *, aside: bool) -> str:
    """
    Write an original, if it is not there; return its path in the campaign.

    Raises:
        WorkbookWriteError: If it cannot be written.
    """
    places = (campaign.returned, campaign.aside)
    folder, other = reversed(places) if aside else places
    path = folder / name
    if not path.exists():
        with suppress(OSError):  # writing says what is wrong
            folder.mkdir(exist_ok=True)
        try:
            write_output(path, data, force=True)
        except WorkbookWriteError:
            if not path.exists():  # else another process has just written it, and swept
                raise
    (other / path.name).unlink(missing_ok=True)  # of a run that ended, or when it was nobody's
    return path.relative_to(campaign.folder).as_posix()


def move_original(campaign: Campaign, file: str, *, aside: bool) -> str:
    """Put an original with what is somebody's or with what is nobody's; return its path."""
    if not file:
        return file
    folder = campaign.aside if aside else campaign.returned
    target = folder / PurePath(file).name
    if target != (source := campaign.resolve_path(file)):
        with suppress(FileNotFoundError):  # another run has moved it, also one that ended then
            folder.mkdir(exist_ok=True)
            source.replace(target)
    return target.relative_to(campaign.folder).as_posix() if target.is_file() else file


def find_original(campaign: Campaign, one: ReturnedFile) -> Path | None:
    """Return where the original of a file is, also if it was moved and that is not recorded."""
    name = PurePath(one.file).name
    places = (campaign.resolve_path(one.file), campaign.returned / name, campaign.aside / name)
    return next((path for path in places if name and path.is_file()), None)


def list_originals(campaign: Campaign) -> list[Path]:
    """Return all originals in the folder, also those that the record does not know."""
    found = (path for folder in (campaign.returned, campaign.aside) for path in folder.glob("*"))
    return sorted(path for path in found if is_original(path) and path.is_file())


def sweep_originals(campaign: Campaign) -> None:
    """Remove files that a run left half written: what is there whole, or was left long ago."""
    places = (campaign.returned, campaign.aside)
    for left in (path for folder in places for path in folder.glob(".*")):
        if name := _LEFT.fullmatch(left.name):
            is_whole = any((folder / name[1]).is_file() for folder in places)
            with suppress(OSError):
                if is_whole or time.time() - left.stat().st_mtime > _LEFT_SECONDS:
                    left.unlink()
