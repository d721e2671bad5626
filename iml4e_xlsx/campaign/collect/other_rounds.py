"""Knows the workbooks of other rounds: those that the last build named, and those beside ours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from iml4e_xlsx.campaign.collect.owners import FileIdentity
from iml4e_xlsx.campaign.folder.campaign import Campaign, open_campaign
from iml4e_xlsx.campaign.folder.clock import current_time
from iml4e_xlsx.campaign.folder.record_access import open_previous
from iml4e_xlsx.campaign.folder.settings import SETTINGS_FILE
from iml4e_xlsx.campaign.record import erasure, people, returns
from iml4e_xlsx.campaign.record.closing import digest_workbook_id, find_closed_round
from iml4e_xlsx.campaign.record.connection import Transaction, database_file
from iml4e_xlsx.campaign.record.returned_file import OtherRound, ReturnState
from iml4e_xlsx.errors import Iml4eError


class OtherRounds:
    """Finds the round of a workbook that is none of ours; reads the others only if it is asked."""

    def __init__(self, campaign: Campaign, previous: Sequence[str]) -> None:
        """Set up by a campaign and the previous results that its last build named."""
        self._campaign = campaign
        self._previous = previous

    def find_round(self, workbook_id: str, digest: str) -> OtherRound | None:
        """Return the round of a workbook by its id or its content; None if none is known."""
        # A closed round knows no ids any more, but their digests.
        keys = (workbook_id, digest, digest_workbook_id(workbook_id) if workbook_id else "")
        return next((self._known[key] for key in keys if key in self._known), None)

    def place_identity(self, tx: Transaction, identity: FileIdentity, digest: str) -> FileIdentity:
        """Return an identity with the other round that a workbook is of, if it is none of ours."""
        workbook_id = identity.workbook_id
        if workbook_id and people.find_by_workbook(tx, workbook_id) is not None:
            return identity
        return replace(identity, other_round=self.find_round(workbook_id, digest))

    @cached_property
    def _known(self) -> dict[str, OtherRound]:
        rounds: dict[str, OtherRound] = {}
        for folder in self._folders():
            # A campaign that cannot be opened is none that can be told: the others still can.
            with suppress(Iml4eError, OSError):
                rounds = self._read_round(folder) | rounds
        return rounds

    def _folders(self) -> Iterator[Path]:
        own = self._campaign.folder.resolve()
        named = [(own / path).resolve() for path in self._previous]
        beside: list[Path] = []
        with suppress(OSError):  # the folder above may be closed to us
            beside = sorted(path.parent for path in own.parent.glob(f"*/{SETTINGS_FILE}"))
        for folder in dict.fromkeys((*named, *beside)):
            if folder != own and (folder / SETTINGS_FILE).is_file():
                yield folder

    def _read_round(self, folder: Path) -> dict[str, OtherRound]:
        """Return the round of each workbook id and each content that a campaign knows."""
        settings = open_campaign(folder, use_environment=False)
        file = database_file(settings.database)
        is_copy = settings.settings.id == self._campaign.settings.id
        if is_copy or (file is not None and not file.is_file()):  # opening it would make a record
            return {}
        campaign, record = open_previous(folder)
        owners: dict[str, OtherRound] = {}
        with closing(record), record.begin(current_time()) as tx:
            rounds = {
                person.id: OtherRound(
                    name=campaign.settings.name, person=person.name, mail=person.mail
                )
                for person in people.all_people(tx)
            }
            owners |= {one.workbook_id: rounds[one.id] for one in people.all_people(tx)}
            owners |= {digest: rounds[owner] for digest, owner in people.issued_digests(tx).items()}
            nobody = OtherRound(name=campaign.settings.name)
            if find_closed_round(tx) is not None:
                return dict.fromkeys(erasure.erased_digests(tx), nobody)
            for returned in returns.all_returned(tx):
                # What nobody can read is no workbook of anybody: an empty file, what a mail filter
                # puts in the place of attachments.
                if returned.state_before_dismissal is not ReturnState.FAILED:
                    owners[returned.digest] = rounds.get(returned.person or 0, nobody)
        return owners
