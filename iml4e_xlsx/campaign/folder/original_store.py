"""Defines a place in which originals lie, and the record as such a place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from iml4e_xlsx.campaign.folder.original_place import IN_RECORD
from iml4e_xlsx.campaign.record import kept_originals
from iml4e_xlsx.campaign.record.connection import Transaction


class OriginalStore(Protocol):
    """
    A place in which originals lie, each under a name made of its content.

    `place` is what the setting says of it: `folder`, `record` or a URL. Every method but
    `describe_place` raises OriginalsError where the place cannot be reached, and never takes that
    for a file that is not there.
    """

    @property
    def place(self) -> str:
        """Return what the setting says of the place."""

    def write(self, name: str, data: bytes) -> None:
        """Write an original whole, or not at all; one that is there stays as it is."""

    def read(self, name: str) -> bytes | None:
        """Return the content of an original; None if it is not there."""

    def has(self, name: str) -> bool:
        """Return whether an original is there."""

    def remove(self, name: str) -> None:
        """Remove an original and the rests of its writing, if they are there."""

    def list_names(self) -> list[str]:
        """Return the names of all originals, sorted."""

    def describe_place(self, name: str) -> str:
        """Return where an original is, as people are told."""


@dataclass(frozen=True, slots=True)
class RecordOriginals:
    """The originals in the record: each is written in the transaction that records its file."""

    tx: Transaction
    place: str = IN_RECORD

    def write(self, name: str, data: bytes) -> None:
        """Write an original into the record."""
        kept_originals.save_original(self.tx, name, data)

    def read(self, name: str) -> bytes | None:
        """Return the content of an original; None if it is not there."""
        return kept_originals.load_original(self.tx, name)

    def has(self, name: str) -> bool:
        """Return whether an original is there."""
        return kept_originals.has_original(self.tx, name)

    def remove(self, name: str) -> None:
        """Remove an original from the record."""
        kept_originals.remove_original(self.tx, name)

    def list_names(self) -> list[str]:
        """Return the names of all originals in the record."""
        return kept_originals.list_original_names(self.tx)

    def describe_place(self, name: str) -> str:
        """Return where an original is: a place in the record that begins like a URL."""
        return f"{IN_RECORD}:{name}"
