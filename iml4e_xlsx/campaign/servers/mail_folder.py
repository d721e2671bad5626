"""Defines a folder of a mailbox that returned files are found in, whichever way it is reached."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import TracebackType
from typing import Protocol, Self

from iml4e_xlsx.campaign.record.mailboxes import FolderPosition
from iml4e_xlsx.intake.mails.mail import Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxMail:
    """
    A mail that may hold workbooks.

    `name` is what it is called where its files are named. `data` is empty where it is larger than
    the limit, or the server sends nothing of it.
    """

    id: str
    name: str
    origin: Origin
    data: bytes
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MailBatch:
    """
    Some mails of the folder: how many, which may matter, and how far they reach.

    `found` are the ids of those that may hold workbooks; `other_mails` is where all others come
    from, which bring none, by their ids.
    """

    count: int
    position: FolderPosition
    found: Sequence[str]
    other_mails: Mapping[str, Origin]


class MailFolder(Protocol):
    """One folder of a mailbox, which is only read unless mails are moved; a context manager."""

    @property
    def name(self) -> str:
        """Return what the record calls the folder: user, server and folder."""

    def __enter__(self) -> Self:
        """
        Open the folder.

        Raises:
            MailError: If there is no connection, no trust, no login or no such folder.
        """

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
        /,
    ) -> None:
        """Take leave of the server."""

    def list_batches(self, seen: FolderPosition | None, since: date) -> Iterator[MailBatch]:
        """
        Yield the mails that came since a day, some at a time.

        Args:
            seen: How far the folder was looked through before; those mails are left out.
            since: The first day.

        Raises:
            MailError: If the connection breaks.
        """

    def fetch_mails(self, ids: Iterable[str]) -> Iterator[MailboxMail]:
        """
        Yield mails one after another, whole; those that are gone meanwhile are left out.

        Raises:
            MailError: If the connection breaks.
        """

    def move_mails(self, ids: Sequence[str], folder: str) -> None:
        """
        Move mails to another folder, which is made if needed.

        Raises:
            MailError: If the server does not move them.
        """
