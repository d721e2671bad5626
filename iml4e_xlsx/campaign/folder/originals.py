"""
Stores the original files that came back, unaltered, each under a name made of its content.

The setting `originals` says where: in the folder, in the record, or at a URL. What lies in another
of these places, since the setting was another one, is found there. In the folder, files with an
owner lie in `returned`, all others in `aside`; elsewhere, these are only how files are called. A
run that is killed leaves a half written file under a hidden name, until a later run ends.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Final

from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.folder.file_modes import make_own_folder
from iml4e_xlsx.campaign.folder.original_place import IN_FOLDER, IN_RECORD
from iml4e_xlsx.campaign.folder.original_store import OriginalStore, RecordOriginals
from iml4e_xlsx.campaign.folder.remote_originals import RemoteOriginals
from iml4e_xlsx.campaign.record import kept_originals
from iml4e_xlsx.campaign.record.connection import Transaction
from iml4e_xlsx.campaign.record.returned_file import ReturnedFile
from iml4e_xlsx.errors import Iml4eError, WorkbookWriteError
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


@dataclass(frozen=True, slots=True)
class FolderOriginals:
    """The originals in a campaign's folder."""

    campaign: Campaign
    aside: bool = False
    place: str = IN_FOLDER

    def write(self, name: str, data: bytes) -> None:
        """Write an original to the files with an owner, or to those aside."""
        folder, other = self._folders
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

    def read(self, name: str) -> bytes | None:
        """Return the content of an original; None if it is not there."""
        path = self.find_path(name)
        return None if path is None else path.read_bytes()

    def has(self, name: str) -> bool:
        """Return whether an original is there."""
        return self.find_path(name) is not None

    def remove(self, name: str) -> None:
        """Remove an original and the rests of its writing, if they are there."""
        for folder in self._folders:
            for path in (*folder.glob(f".{name}.*"), folder / name):
                path.unlink(missing_ok=True)

    def list_names(self) -> list[str]:
        """Return the names of all originals, also those that the record does not know."""
        paths = (path for folder in self._folders for path in folder.glob("*"))
        return sorted(path.name for path in paths if is_original(path) and path.is_file())

    def describe_place(self, name: str) -> str:
        """Return the path of an original in the campaign."""
        path = self.find_path(name)
        return name if path is None else path.relative_to(self.campaign.folder).as_posix()

    def find_path(self, name: str) -> Path | None:
        """Return the path of an original, also if a move was not recorded; None without one."""
        paths = (folder / name for folder in self._folders)
        return next((path for path in paths if path.is_file()), None)

    @property
    def _folders(self) -> tuple[Path, Path]:
        both = (self.campaign.returned, self.campaign.aside)
        return both[::-1] if self.aside else both


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundOriginal:
    """An original in one of the places where it lies."""

    name: str
    store: OriginalStore

    @property
    def described_place(self) -> str:
        """Return where it is, as people are told."""
        return self.store.describe_place(self.name)

    def read(self) -> bytes:
        """Return its content; empty if somebody has removed it meanwhile."""
        return self.store.read(self.name) or b""

    def remove(self) -> None:
        """Remove it from this place."""
        self.store.remove(self.name)


def is_original(path: PurePath) -> bool:
    """Return whether a file has the name of an original; people may put others beside them."""
    return _CALLED.fullmatch(path.name) is not None


def original_name(digest: str, called: str, mark: str = "") -> str:
    """Return the name of an original in the campaign, with the suffix of the name it came with."""
    suffix = PurePath(called).suffix.lower()
    is_usual = suffix.isascii() and suffix[1:].isalnum() and len(suffix) <= _LONGEST_SUFFIX
    ending = suffix if is_usual else ""
    return f"{digest[:_DIGEST_SHOWN]}{mark}{ending}"


def original_stem(digest: str) -> str:
    """Return how the name of an original begins, up to its suffix, by the digest in the record."""
    content, separator, mark = digest.partition("-")
    return f"{content[:_DIGEST_SHOWN]}{separator}{mark}"


def prepare_originals(tx: Transaction, campaign: Campaign) -> None:
    """
    Record where originals will lie, before any does: later every folder looks for them there.

    Raises:
        OriginalsError: If the place cannot be reached.
        ResourceError: If the library for its URL is not installed.
    """
    url = campaign.settings.originals
    if url in (IN_FOLDER, IN_RECORD):
        return
    if kept_originals.note_place(tx, url):
        RemoteOriginals(url, campaign.settings.id).prepare()


def list_other_places(tx: Transaction, campaign: Campaign) -> list[str]:
    """Return the places with originals that the settings do not name; no server is asked."""
    near = (FolderOriginals(campaign), RecordOriginals(tx))
    places = [store.place for store in near if store.list_names()]
    places += kept_originals.list_places(tx)
    return [place for place in places if place != campaign.settings.originals]


def list_stores(tx: Transaction, campaign: Campaign) -> list[OriginalStore]:
    """Return the places where originals may lie, first the one that the settings name."""
    chosen = campaign.settings.originals
    places = dict.fromkeys((chosen, IN_FOLDER, IN_RECORD, *kept_originals.list_places(tx)))
    return [_open_store(tx, campaign, place) for place in places]


def _open_store(
    tx: Transaction, campaign: Campaign, place: str, *, aside: bool = False
) -> OriginalStore:
    if place == IN_FOLDER:
        return FolderOriginals(campaign, aside)
    if place == IN_RECORD:
        return RecordOriginals(tx)
    return RemoteOriginals(place, campaign.settings.id)


def store_original(
    tx: Transaction, campaign: Campaign, name: str, data: bytes, *, aside: bool
) -> str:
    """
    Write an original where the settings say, if it is not there; return what it is called.

    Raises:
        WorkbookWriteError: If it cannot be written to the folder.
        OriginalsError: If the place cannot be reached.
    """
    _open_store(tx, campaign, campaign.settings.originals, aside=aside).write(name, data)
    return _call_original(campaign, name, aside=aside)


def move_original(campaign: Campaign, file: str, *, aside: bool) -> str:
    """Move an original to the files with an owner, or to those aside; return what it is called."""
    if not file:
        return file
    name = PurePath(file).name
    called = _call_original(campaign, name, aside=aside)
    target = campaign.folder / called
    if target != (source := campaign.resolve_path(file)):
        with suppress(FileNotFoundError):  # another run has moved it, also one that ended then
            if source.is_file():
                make_own_folder(target.parent)
                source.replace(target)
    is_elsewhere = campaign.settings.originals != IN_FOLDER
    return called if is_elsewhere or target.is_file() else file


def _call_original(campaign: Campaign, name: str, *, aside: bool) -> str:
    folder = campaign.aside if aside else campaign.returned
    return (folder / name).relative_to(campaign.folder).as_posix()


def find_originals(
    tx: Transaction, campaign: Campaign, returned_file: ReturnedFile
) -> list[FoundOriginal]:
    """
    Return a file's original in each place where it lies.

    Raises:
        CampaignError: If the record names a path out of the folder.
        OriginalsError: If a place cannot be reached.
    """
    if not returned_file.file:
        return []
    name = campaign.resolve_path(returned_file.file).name
    stores = list_stores(tx, campaign)
    return [FoundOriginal(name=name, store=store) for store in stores if store.has(name)]


def list_originals(tx: Transaction, campaign: Campaign) -> Iterator[FoundOriginal]:
    """Yield all originals in all places, also those that the record does not know."""
    for store in list_stores(tx, campaign):
        for name in store.list_names():
            if is_original(PurePath(name)):
                yield FoundOriginal(name=name, store=store)


def unrecorded_originals(
    tx: Transaction, campaign: Campaign, returned_files: Iterable[ReturnedFile]
) -> tuple[str, ...]:
    """Return where originals are that the record does not know, as people are told."""
    recorded = {PurePath(file.file).name for file in returned_files}
    return tuple(
        original.described_place
        for original in list_originals(tx, campaign)
        if original.name not in recorded
    )


def sweep_originals(campaign: Campaign) -> None:
    """Remove half written files: those that are there whole by now, and old ones."""
    places = (campaign.returned, campaign.aside)
    for leftover in (path for folder in places for path in folder.glob(".*")):
        if name := _LEFT.fullmatch(leftover.name):
            is_whole = any((folder / name[1]).is_file() for folder in places)
            with suppress(OSError):
                if is_whole or time.time() - leftover.stat().st_mtime > _LEFT_SECONDS:
                    leftover.unlink()
    if campaign.settings.originals not in (IN_FOLDER, IN_RECORD):
        with suppress(Iml4eError):  # what was collected is recorded; the next run sweeps
            RemoteOriginals(campaign.settings.originals, campaign.settings.id).sweep()
