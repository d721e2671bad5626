"""
Tells the folders that work on one record apart: a folder, and the copies that people make of it.

A folder has an id in a file of its own, with the place where it was used last, and so has the
record. Whoever copies a folder copies its id. While both places are the same, nobody has used
another copy since; once they differ, this folder and that one are two, and this one gets a new id.
"""

from __future__ import annotations

import getpass
import json
import platform
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from iml4e_xlsx.campaign.folder.campaign import FOLDER_FILE, Campaign
from iml4e_xlsx.campaign.record import campaigns
from iml4e_xlsx.campaign.record.connection import Transaction, database_file
from iml4e_xlsx.campaign.record.folders import WorkFolder, list_folders, save_folder
from iml4e_xlsx.errors import WorkbookWriteError
from iml4e_xlsx.output import write_output
from iml4e_xlsx.text.message import Message, message

BEHIND: Final = -1
"""The count of rosters of a folder that has not had the newest one, whatever was counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderIdentity:
    """
    What a folder knows of itself.

    `host` and `path` are where it was used last; `copy_of` is where the folder was that it is
    known to be a copy of, empty if of none. `rosters` and `erasures` are how many the record had
    of each when this folder last had the newest roster, and had erased what it was to erase.
    `found_rows` are the digests of the workbooks by which rows of erased people were found, while
    these are being removed.
    """

    id: str
    host: str = ""
    path: str = ""
    copy_of: str = ""
    rosters: int = 0
    erasures: int = 0
    found_rows: tuple[str, ...] = ()

    @property
    def place(self) -> tuple[str, str]:
        """Return the computer and the path there."""
        return self.host, self.path


def read_identity(campaign: Campaign) -> FolderIdentity | None:
    """Return what a folder knows of itself; None if nothing of it can be read."""
    return _read_file(campaign.folder / FOLDER_FILE)


def save_identity(campaign: Campaign, identity: FolderIdentity) -> bool:
    """Write what a folder knows of itself; return whether that can be written there."""
    try:
        data = json.dumps(asdict(identity), indent=1).encode()
        write_output(campaign.folder / FOLDER_FILE, data, force=True)
    except WorkbookWriteError:  # on a disk that is only read from
        return False
    return True


def register_folder(tx: Transaction, campaign: Campaign) -> FolderIdentity | None:
    """
    Record that a folder works on the record, and find out whether it is a copy of another one.

    It is recorded anew once a day, or when it has another place. Returns what it knows of itself;
    None before the first build, and for a folder that is only read from.
    """
    if not campaigns.has_campaign(tx):
        return None
    known = {folder.id: folder for folder in list_folders(tx)}
    before = read_identity(campaign)
    identity = before or _first_identity(tx, alone=not known)
    recorded = known.get(identity.id)
    here = WorkFolder(
        id=identity.id,
        host=platform.node(),
        path=str(campaign.folder.resolve()),
        account=_account(),
        used=tx.now,
    )
    if before is not None and (other := _find_original(before, recorded, here)) is not None:
        identity = replace(identity, id=secrets.token_hex(8), copy_of=f"{other[0]}:{other[1]}")
        here, recorded = replace(here, id=identity.id), None
    identity = replace(identity, host=here.host, path=here.path)
    if identity != before and not save_identity(campaign, identity):
        return None
    is_current = recorded is not None and recorded.place == here.place
    if not is_current or recorded is None or recorded.used.date() != here.used.date():
        save_folder(tx, here)
    return identity


def list_other_folders(tx: Transaction, campaign: Campaign) -> list[WorkFolder]:
    """Return the folders that work on the record beside this one."""
    identity = read_identity(campaign)
    own = identity.id if identity is not None else ""
    return [folder for folder in list_folders(tx) if folder.id != own]


def describe_folder(folder: WorkFolder) -> Message:
    """Say where a folder is, who used it last, and when."""
    return message(
        "campaign.work_folder",
        path=folder.path,
        host=folder.host,
        account=folder.account or "?",
        day=folder.used.date(),
    )


def find_copied_record(campaign: Campaign) -> str:
    """
    Return the folder that this one was copied of with its record; empty if that is not known.

    Both records go on apart then, and mails sent from both reach people twice.
    """
    identity, file = read_identity(campaign), database_file(campaign.database)
    is_inside = file is not None and file.resolve().is_relative_to(campaign.folder.resolve())
    if identity is None or not identity.copy_of or not is_inside:
        return ""
    host, _, path = identity.copy_of.partition(":")
    is_gone = host == platform.node() and not (Path(path) / FOLDER_FILE).is_file()
    return "" if is_gone else identity.copy_of


def _first_identity(tx: Transaction, *, alone: bool) -> FolderIdentity:
    """Make an identity; the only folder has whatever the record knows, any other one nothing."""
    return FolderIdentity(
        id=secrets.token_hex(8),
        rosters=campaigns.count_rosters(tx) if alone else BEHIND,
        erasures=campaigns.count_erasures(tx) if alone else 0,
    )


def _find_original(
    own: FolderIdentity, recorded: WorkFolder | None, here: WorkFolder
) -> tuple[str, str] | None:
    """Return the place of the folder that has the same id; None if that is this one, or moved."""
    # Another one was used since, and wrote its place into the record and not in here.
    if recorded is not None and recorded.place != own.place:
        return recorded.place if recorded.place != here.place else None
    # The folder that was used last is still there, on this computer.
    if own.place == here.place or own.host != here.host:
        return None
    there = _read_file(Path(own.path) / FOLDER_FILE)
    return own.place if there is not None and there.id == own.id else None


def _read_file(path: Path) -> FolderIdentity | None:
    try:
        document = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return _make_identity(document) if isinstance(document, dict) else None


def _make_identity(document: Mapping[str, Any]) -> FolderIdentity | None:
    fields = FolderIdentity.__dataclass_fields__
    values = {name: document[name] for name in fields if name in document}
    kinds = {"rosters": int, "erasures": int, "found_rows": list}
    if "id" not in values or any(
        type(value) is not kinds.get(name, str) for name, value in values.items()
    ):
        return None
    values["found_rows"] = tuple(map(str, values.get("found_rows", ())))
    return FolderIdentity(**values) if 0 < len(values["id"]) <= 32 else None  # noqa: PLR2004


def _account() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a container without users
        return ""
