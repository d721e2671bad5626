"""Moves originals to where the settings keep them, and copies them into a folder to look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.folder.file_modes import make_own_folder
from iml4e_xlsx.campaign.folder.original_place import IN_FOLDER, IN_RECORD
from iml4e_xlsx.campaign.folder.originals import (
    list_originals,
    list_stores,
    prepare_originals,
    store_original,
)
from iml4e_xlsx.campaign.record import kept_originals, returns
from iml4e_xlsx.campaign.record.connection import Record, Transaction
from iml4e_xlsx.errors import OriginalsError
from iml4e_xlsx.findings.error_codes import OriginalsErrorCode
from iml4e_xlsx.output import write_output


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginalPlaces:
    """
    Where the originals of a campaign lie.

    Attributes:
        chosen: The place that the settings name.
        counts: How many lie in each place, as far as any do.
        missing: The files of the record whose original lies in none of them: another copy of the
            folder may have it, or somebody has deleted it.
    """

    chosen: str
    counts: Mapping[str, int]
    missing: tuple[str, ...]

    @property
    def elsewhere(self) -> int:
        """Return how many lie in another place than the settings name."""
        return sum(self.counts.values()) - self.counts.get(self.chosen, 0)


def find_places(campaign: Campaign, record: Record, *, now: datetime) -> OriginalPlaces:
    """
    Return where the originals lie.

    Raises:
        OriginalsError: If a place cannot be reached.
        RecordError: If the record cannot be read.
    """
    with record.begin(now) as tx:
        names = {store.place: set(store.list_names()) for store in list_stores(tx, campaign)}
        files = returns.all_returned(tx)
    everywhere = set().union(*names.values())
    return OriginalPlaces(
        chosen=campaign.settings.originals,
        counts={place: len(found) for place, found in names.items() if found},
        missing=tuple(
            file.file for file in files if file.file and Path(file.file).name not in everywhere
        ),
    )


def move_originals(campaign: Campaign, record: Record, *, now: datetime) -> int:
    """
    Move the originals that lie elsewhere to where the settings keep them; return how many.

    Each is written there and read back before it is removed: run again after an interruption, it
    moves the rest.

    Raises:
        OriginalsError: If a place cannot be reached.
        ResourceError: If the library for its URL is not installed.
        WorkbookWriteError: If a file cannot be written to the folder.
        RecordError: If the record cannot be written.
    """
    with record.begin(now) as tx:
        prepare_originals(tx, campaign)
        files = returns.all_returned(tx)
    owned = {Path(file.file).name for file in files if file.file and file.person is not None}
    moved = Counter[str]()
    # One transaction each: what was moved stays so, and nobody waits for all of them.
    for place, name in _list_elsewhere(campaign, record, now):
        with record.begin(now) as tx:
            _move(tx, campaign, place, name, aside=name not in owned)
            moved[place] += 1
    with record.begin(now) as tx:
        for store in list_stores(tx, campaign)[1:]:
            if store.place not in (IN_FOLDER, IN_RECORD) and not store.list_names():
                kept_originals.remove_place(tx, store.place)
    return moved.total()


def _list_elsewhere(campaign: Campaign, record: Record, now: datetime) -> list[tuple[str, str]]:
    with record.begin(now) as tx:
        originals = list(list_originals(tx, campaign))
    chosen = campaign.settings.originals
    return [(one.store.place, one.name) for one in originals if one.store.place != chosen]


def _move(tx: Transaction, campaign: Campaign, place: str, name: str, *, aside: bool) -> None:
    stores = {store.place: store for store in list_stores(tx, campaign)}
    source, target = stores[place], stores[campaign.settings.originals]
    data = source.read(name)
    if data is None:  # another run has moved it
        return
    store_original(tx, campaign, name, data, aside=aside)
    if target.read(name) != data:
        raise OriginalsError(
            OriginalsErrorCode.NOT_READ_BACK, file=name, url=campaign.settings.originals
        )
    source.remove(name)


def copy_originals(campaign: Campaign, record: Record, folder: Path, *, now: datetime) -> int:
    """
    Copy all originals into a folder, wherever they lie; return how many.

    Raises:
        OriginalsError: If a place cannot be reached.
        WorkbookWriteError: If a file cannot be written.
        RecordError: If the record cannot be read.
    """
    make_own_folder(folder)
    with record.begin(now) as tx:
        return _write_copies(tx, campaign, folder, but=())


def fetch_originals(tx: Transaction, campaign: Campaign, folder: Path) -> int:
    """Copy the originals that do not lie in the campaign's folder; raises what copying does."""
    return _write_copies(tx, campaign, folder, but=(IN_FOLDER,))


def _write_copies(
    tx: Transaction, campaign: Campaign, folder: Path, *, but: Collection[str]
) -> int:
    copied = set()
    for original in list_originals(tx, campaign):
        if original.store.place not in but and original.name not in copied:
            write_output(folder / original.name, original.read(), force=True)
            copied.add(original.name)
    return len(copied)
