"""Records which folders work on the record, and when and where each was used last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from iml4e_xlsx.campaign.record.connection import Transaction
from iml4e_xlsx.campaign.record.schema import folders


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkFolder:
    """
    A folder that works on the record.

    `host` is the computer and `account` the user of its system that used it last, under `path`;
    `used` is when that was, to the day at least.
    """

    id: str
    host: str
    path: str
    account: str
    used: datetime

    @property
    def place(self) -> tuple[str, str]:
        """Return the computer and the path there."""
        return self.host, self.path


def list_folders(tx: Transaction) -> list[WorkFolder]:
    """Return the folders that work on the record, the one that was used last first."""
    chosen = sa.select(folders).where(folders.c.campaign == tx.campaign)
    return [
        WorkFolder(id=row.id, host=row.host, path=row.path, account=row.account, used=row.used)
        for row in tx.connection.execute(chosen.order_by(folders.c.used.desc(), folders.c.id))
    ]


def save_folder(tx: Transaction, folder: WorkFolder) -> None:
    """Record a folder, in the place of what was recorded of it, or of its place, before."""
    of_campaign = folders.c.campaign == tx.campaign
    same_place = sa.and_(folders.c.host == folder.host, folders.c.path == folder.path)
    tx.connection.execute(
        folders.delete().where(of_campaign, sa.or_(folders.c.id == folder.id, same_place))
    )
    values = {"host": folder.host, "path": folder.path, "account": folder.account}
    tx.connection.execute(
        folders.insert().values(campaign=tx.campaign, id=folder.id, used=folder.used, **values)
    )
