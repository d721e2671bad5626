"""Erases a person: from the roster, the files and the record, with or without the ratings."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from iml4e_xlsx.campaign.collecting import original
from iml4e_xlsx.campaign.folder import ROSTERS, Campaign
from iml4e_xlsx.campaign.record import erasing, people, returns
from iml4e_xlsx.campaign.record.connection import Record, Transaction
from iml4e_xlsx.campaign.record.people import Person
from iml4e_xlsx.campaign.record.returns import Returned
from iml4e_xlsx.campaign.roster_files import without_person
from iml4e_xlsx.errors import CampaignError
from iml4e_xlsx.output import write_output


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """What was erased: files, rosters that were rewritten, and whether ratings were left."""

    files: int
    rosters: tuple[str, ...]
    ratings_kept: bool


def forget(
    campaign: Campaign, record: Record, mail: str, *, keep_ratings: bool, now: datetime
) -> Forgotten:
    """
    Erase a person; run again after an interruption, it erases what is left.

    Roster and files go first and the record last, so that it knows of everything that is still
    to be erased. Reports, exports and drafts that were written elsewhere, and the mailbox, are
    out of reach.

    Args:
        campaign: Whose folder.
        record: Its record.
        mail: The person's address, whatever its case.
        keep_ratings: Whether the ratings that count stay, for organisation and team, without
            anything else.
        now: The time that is recorded.

    Raises:
        CampaignError: If nobody has this address, in roster or record.
        WorkbookWriteError: If a roster cannot be written.
        RecordError: If the record cannot be written.
    """
    with record.begin(now) as tx:
        person = people.find_by_mail(tx, mail)
        theirs = _theirs(tx, person, mail)
        issued = people.files_of(tx, person.id) if person else []
    rosters = _Rosters(campaign).without(mail)
    if person is None and not theirs and not rosters:
        raise CampaignError(f"Nobody in {campaign.folder} has the address {mail}.")
    paths = {path for one in theirs if (path := original(campaign, one)) is not None}
    paths |= {path for name in issued if (path := campaign.folder / name).is_file()}
    for path in sorted(paths):
        path.unlink(missing_ok=True)
    with record.begin(now) as tx:
        kept = erasing.erase(tx, person, theirs, mail, keep_ratings=keep_ratings)
        for before, after in rosters.values():
            people.roster_rewritten(tx, before, after)
    record.compact()
    return Forgotten(files=len(paths), rosters=tuple(rosters), ratings_kept=kept)


def _theirs(tx: Transaction, person: Person | None, mail: str) -> list[Returned]:
    """Return what is a person's, and what is nobody's and was sent from the address."""
    key = people.mail_key(mail)
    return [
        one
        for one in returns.all_returned(tx)
        if (person is not None and one.person == person.id)
        or (one.person is None and any(came.sender == key for came in one.deliveries))
    ]


@dataclass(frozen=True, slots=True)
class _Rosters:
    campaign: Campaign

    def without(self, mail: str) -> dict[str, tuple[str, str]]:
        """
        Take the person's rows out of every roster in the folder.

        Return those that had some, each with the digests of what it was and what it is.
        """
        names = dict.fromkeys((*ROSTERS, self.campaign.settings.roster))
        found = {}
        for path in (self.campaign.folder / name for name in names if name):
            data = path.read_bytes() if path.is_file() else b""
            rest = without_person(data, mail) if data else data
            if rest != data:
                write_output(path, rest, force=True)
                found[path.name] = (_digest(data), _digest(rest))
        return found


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
