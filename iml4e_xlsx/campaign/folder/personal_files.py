"""
Finds what a campaign has written about people to its folder: all of it goes when a round closes.

Drafts are known by the mark with which they were written, wherever in the folder they lie.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from iml4e_xlsx.campaign.folder.campaign import FOLDER_FILE, RECORD_FILE, Campaign, roster_names
from iml4e_xlsx.campaign.folder.kept_copies import remove_copies
from iml4e_xlsx.campaign.folder.settings import SETTINGS_FILE
from iml4e_xlsx.campaign.record.connection import database_file

_DRAFT: Final = re.compile(rb"^X-Unsent: 1\s*$", re.MULTILINE | re.IGNORECASE)
_HEAD_BYTES: Final = 65_536
"""The head of a mail of ours is far shorter."""

_KEPT: Final = (SETTINGS_FILE, RECORD_FILE, f"{RECORD_FILE}-journal", "README.txt", FOLDER_FILE)
"""What is about no person of the round, besides the folders of the scheme and of the mail texts."""


def list_personal_files(campaign: Campaign) -> list[Path]:
    """Return rosters, workbooks, returned files, drafts and copies of the record, sorted."""
    folders = (campaign.workbooks, campaign.returned, campaign.aside, campaign.copies)
    rosters = [campaign.folder / name for name in roster_names(campaign)]
    found = {path for folder in folders for path in folder.rglob("*") if not path.is_dir()}
    found |= {path for path in rosters if path.is_file()}
    found |= {path for roster in rosters for path in _partial_files(roster)}
    found |= {path for path in _walk(campaign) if _is_draft(path)}
    return sorted(found)


def remove_personal_files(campaign: Campaign) -> int:
    """Remove all of `list_personal_files`, and the folders that are empty then; return how many."""
    paths = list_personal_files(campaign)
    for path in paths:
        path.unlink(missing_ok=True)
    remove_copies(campaign)
    parents = {parent for path in paths for parent in path.parents if parent != campaign.folder}
    own = (campaign.workbooks, campaign.returned, campaign.aside, campaign.copies)
    for folder in sorted({*parents, *own}, key=lambda path: len(path.parts), reverse=True):
        if folder.is_relative_to(campaign.folder):
            with suppress(OSError):  # something is in it, or it was never made
                folder.rmdir()
    return len(paths)


def list_other_files(campaign: Campaign) -> list[str]:
    """
    Return what else lies in the folder, as paths in it: others have put it there, or commands did.

    Reports and exports are such files; only people know whether they name anybody.
    """
    personal = set(list_personal_files(campaign))
    return sorted(
        path.relative_to(campaign.folder).as_posix()
        for path in _walk(campaign)
        if path not in personal
    )


def _walk(campaign: Campaign) -> Iterator[Path]:
    """Yield the files in the folder that are not the campaign's settings, texts, scheme, record."""
    kept = {campaign.folder / name for name in _KEPT}
    record = database_file(campaign.database)
    if record is not None:
        kept |= {record, record.with_name(f"{record.name}-journal")}
    texts = (campaign.mail_texts, campaign.scheme_path)
    for path in campaign.folder.rglob("*"):
        is_text = any(path.is_relative_to(folder) for folder in texts)
        if path not in kept and not is_text and (path.is_file() or path.is_symlink()):
            yield path


def _partial_files(path: Path) -> Iterator[Path]:
    """Yield the rests of a file whose writing was cut off."""
    yield from path.parent.glob(f".{path.name}.*")


def _is_draft(path: Path) -> bool:
    if path.suffix.lower() != ".eml" or path.is_symlink():
        return False
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD_BYTES)
    except OSError:
        return False
    return _DRAFT.search(re.split(rb"\r?\n\r?\n", head, maxsplit=1)[0]) is not None
