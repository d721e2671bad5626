"""
Keeps whole copies of a campaign's record in its folder, the newest few, for when the file is lost.

A copy has the time of change of the record that it was made of: so a state is copied once, and
what a command left uncopied that was ended is copied by the next one.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.record.connection import database_file

MOST_COPIES: Final = 5
"""How many copies are kept; each holds personal data, and the newest is the one that is needed."""

_PATTERN: Final = "[0-9]*.sqlite"
_NAME: Final = "%Y-%m-%dT%H-%M-%S-%f"
"""What a copy is called: when it was made, in UTC, so that names sort by age."""

_MODE: Final = 0o777
"""The bits of a mode that say who may do what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCopy:
    """
    A copy of the record: its file, when the record was last changed before, and when it was made.

    A command records a workbook before it writes it, and copies the record at its end.
    """

    file: Path
    changed: datetime
    made: datetime


def list_copies(campaign: Campaign) -> list[KeptCopy]:
    """Return the copies of the record, the newest first."""
    paths = sorted(campaign.copies.glob(_PATTERN), reverse=True)
    return [
        KeptCopy(file=path, changed=_moment(path), made=_made(path.stem) or _moment(path))
        for path in paths
    ]


def newest_whole_copy(campaign: Campaign) -> KeptCopy | None:
    """Return the newest copy that is a sound database with this campaign; None without one."""
    return next((copy for copy in list_copies(campaign) if _is_whole(campaign, copy.file)), None)


def keep_copy(campaign: Campaign) -> Path | None:
    """
    Copy the record if it has changed since the newest copy; return the copy, None without one.

    A server has copies of its own, so that only a record in a file is copied.

    Raises:
        OSError: If the copy cannot be written.
        sqlite3.Error: If the record cannot be read.
    """
    file = database_file(campaign.database)
    # On a disk that is only read from, nothing was recorded either.
    if file is None or not file.is_file() or not os.access(campaign.folder, os.W_OK):
        return None
    status = file.stat()
    newest = next(iter(list_copies(campaign)), None)
    if newest is not None and newest.file.stat().st_mtime_ns == status.st_mtime_ns:
        return None
    with closing(_open(file)) as connection:
        if not _has_campaign(campaign, connection):  # before the first build
            return None
    campaign.copies.mkdir(exist_ok=True, mode=campaign.folder.stat().st_mode & _MODE)
    copied = _write_copy(file, campaign.copies, status)
    for old in list_copies(campaign)[MOST_COPIES:]:
        old.file.unlink(missing_ok=True)
    return copied


def remove_copies(campaign: Campaign) -> None:
    """Remove every copy, also half written ones: what is erased must be in none of them."""
    for path in [*campaign.copies.glob(_PATTERN), *campaign.copies.glob(".*.sqlite*")]:
        path.unlink(missing_ok=True)


def knows_more(campaign: Campaign, last_event: datetime | None) -> KeptCopy | None:
    """Return a copy of the record that something is in that happened after an event."""
    copy = next(iter(list_copies(campaign)), None)
    if copy is None:
        return None
    latest = _last_event(campaign, copy.file)
    return copy if latest is not None and (last_event is None or latest > last_event) else None


def count_newer_files(campaign: Campaign, copy: KeptCopy) -> int:
    """Return how many workbooks and originals came into the folder after a copy was made."""
    folders = (campaign.workbooks, campaign.returned, campaign.aside)
    paths = (path for folder in folders for path in folder.glob("[!.]*"))
    return sum(_moment(path) > copy.made for path in paths)


def _write_copy(file: Path, folder: Path, status: os.stat_result) -> Path:
    """Copy a database while others may use it; whole, or not at all."""
    handle, temporary = tempfile.mkstemp(dir=folder, prefix=".", suffix=".sqlite")
    os.close(handle)
    path = Path(temporary)
    try:
        # The backup of SQLite alone sees one state while others write.
        with (
            closing(_open(file)) as source,
            closing(sqlite3.connect(path)) as target,
        ):
            source.backup(target)
        path.chmod(status.st_mode & _MODE)
        os.utime(path, ns=(status.st_mtime_ns, status.st_mtime_ns))
        name = datetime.now(UTC).strftime(_NAME)
        return path.replace(folder / f"{name}.sqlite")
    except BaseException:
        with suppress(OSError):
            path.unlink(missing_ok=True)
        raise


def _is_whole(campaign: Campaign, file: Path) -> bool:
    try:
        with closing(_open(file)) as connection:
            if connection.execute("PRAGMA quick_check").fetchone() != ("ok",):
                return False
            return _has_campaign(campaign, connection)
    except sqlite3.Error:
        return False


def _has_campaign(campaign: Campaign, connection: sqlite3.Connection) -> bool:
    own = "SELECT 1 FROM campaigns WHERE id = ?"
    return connection.execute(own, (campaign.settings.id,)).fetchone() is not None


def _last_event(campaign: Campaign, file: Path) -> datetime | None:
    """Return when something last happened that a copy knows; None if it cannot be read."""
    last = "SELECT max(at) FROM events WHERE campaign = ?"
    try:
        with closing(_open(file)) as connection:
            text = connection.execute(last, (campaign.settings.id,)).fetchone()[0]
    except sqlite3.Error:
        return None
    return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None


def _open(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)


def _made(name: str) -> datetime | None:
    try:
        return datetime.strptime(name, _NAME).replace(tzinfo=UTC)
    except ValueError:  # somebody has given it another name
        return None


def _moment(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)
