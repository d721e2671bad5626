"""Shows the folders that work on a campaign's record: where they are, and who used them last."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from iml4e_xlsx.campaign.people.participant_messages import format_day
from iml4e_xlsx.campaign.record.folders import WorkFolder
from iml4e_xlsx.report.tables.table import Column, ColumnKind, ResultTable
from iml4e_xlsx.text.texts import Texts

_COLUMNS = ("folder", "computer", "account", "used")


def make_folder_table(folders: Sequence[WorkFolder], own: str, texts: Texts) -> ResultTable:
    """Make a row for each folder; the one whose id is `own` is called this one."""
    rows = []
    for folder in folders:
        path = texts("campaign.this_folder", path=folder.path) if folder.id == own else folder.path
        rows.append((path, folder.host, folder.account, format_day(folder.used)))
    return ResultTable(
        name="folders",
        title=texts("campaign.folders_title"),
        columns=tuple(
            Column(name, texts(f"campaign.folder_{name}"), ColumnKind.TEXT) for name in _COLUMNS
        ),
        rows=tuple(rows),
    )


def make_folder_entry(folder: WorkFolder, own: str) -> dict[str, Any]:
    """Return a folder as data; the moment is in ISO 8601, exact to the day at least."""
    return {
        "path": folder.path,
        "computer": folder.host,
        "account": folder.account,
        "used": folder.used.isoformat(),
        "is_this": folder.id == own,
    }
