"""Records a roster that is built from, and finds what has changed since the last build."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.folder.folder_identity import (
    FolderIdentity,
    describe_folder,
    list_other_folders,
    register_folder,
    save_identity,
)
from iml4e_xlsx.campaign.record import attendance, campaigns, mails, people, returns
from iml4e_xlsx.campaign.record.connection import Transaction
from iml4e_xlsx.campaign.record.people import BuiltWorkbook, Person, PersonScope
from iml4e_xlsx.errors import CampaignError
from iml4e_xlsx.findings.error_codes import RoundErrorCode
from iml4e_xlsx.findings.file_traits import content_digest
from iml4e_xlsx.roster import RosterRow
from iml4e_xlsx.text.addresses import address_key
from iml4e_xlsx.text.moments import describe_second
from iml4e_xlsx.text.spelling import name_key


def check_roster_age(
    tx: Transaction,
    campaign: Campaign,
    path: Path,
    rows: Sequence[RosterRow],
    *,
    takes_older: bool = False,
) -> None:
    """
    Refuse a roster that is older than the last one that was built from; note this one's age.

    Two people may each have a copy of the folder: who builds from the older roster would take the
    people out of the round again that the other has added.

    Raises:
        CampaignError: Unless `takes_older`, if another folder was built from a roster that this
            one has not had, and that says something else; or if that was changed later.
    """
    identity = register_folder(tx, campaign)
    digest = content_digest(path.read_bytes())
    if digest != campaigns.roster_digest(tx):
        if not takes_older:
            _check_newest(tx, campaign, path, rows, identity)
        campaigns.note_roster(tx, datetime.fromtimestamp(path.stat().st_mtime, UTC))
    if identity is not None:
        save_identity(campaign, replace(identity, rosters=campaigns.count_rosters(tx)))


def _check_newest(
    tx: Transaction,
    campaign: Campaign,
    path: Path,
    rows: Sequence[RosterRow],
    identity: FolderIdentity | None,
) -> None:
    changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    newest = campaigns.roster_changed(tx)
    others = list_other_folders(tx, campaign)
    is_behind = identity is not None and identity.rosters < campaigns.count_rosters(tx)
    # By what it says: a date may be that of the copying, and a program may save the same anew.
    if is_behind and others and not people.has_roster(tx, rows):
        raise CampaignError(
            RoundErrorCode.ROSTER_BEHIND,
            roster=path,
            folders=tuple(describe_folder(folder) for folder in others),
        )
    if newest is not None and changed < newest:
        raise CampaignError(
            RoundErrorCode.ROSTER_OLDER,
            roster=path,
            changed=describe_second(changed),
            newest=describe_second(newest),
        )


def check_corrected_addresses(tx: Transaction, path: Path, rows: Sequence[RosterRow]) -> None:
    """
    Refuse a roster with an address that was corrected, as one that somebody has restored has.

    The row would be somebody new, who is mailed again. Whoever has the address by now is another
    person, if the row names one and the person with the correction is in the roster as well.

    Raises:
        CampaignError: With the first such row.
    """
    corrected = people.find_readdressed(tx, [row.mail for row in rows])
    keys = {address_key(row.mail) for row in rows}
    for row in rows:
        person = corrected.get(row.mail)
        if person is None or address_key(person.mail) == address_key(row.mail):
            continue
        is_same = name_key(person.name) == name_key(row.profile.respondent)
        if is_same or address_key(person.mail) not in keys:
            raise CampaignError(
                RoundErrorCode.ROSTER_READDRESSED,
                roster=path,
                row=row.row,
                old=row.mail,
                new=person.mail,
                name=person.name,
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterChange:
    """
    The people of a roster that was recorded, and what is known of them.

    Attributes:
        listed: The people in the roster.
        left: The people who were in the roster before, and are no longer.
        retargeted: The people who have answered and have another target than before.
        extended_ids: Who has answered and is asked for statements now that were not asked before.
        namesakes: See `BuildOutcome`.
        built: The newest workbook of each person.
        mailed_ids: Who was mailed.
        answered_ids: Who has a response that counts.
    """

    listed: Sequence[Person]
    left: tuple[Person, ...]
    retargeted: tuple[Person, ...]
    extended_ids: AbstractSet[int]
    built: Mapping[int, BuiltWorkbook]
    mailed_ids: AbstractSet[int]
    answered_ids: AbstractSet[int]
    namesakes: tuple[tuple[Person, Person], ...]

    def awaits_answer(self, person: Person) -> bool:
        """Tell whether a person was mailed, and has neither answered nor declined."""
        is_waiting = person.id in self.mailed_ids and person.id not in self.answered_ids
        return is_waiting and person.declined is None


def record_roster(
    tx: Transaction,
    rows: Sequence[RosterRow],
    digest: str,
    previous: Sequence[str],
    scopes: Sequence[PersonScope],
) -> RosterChange:
    """Record the people of a roster; return them with what a build tells about them."""
    before = {person.id: person for person in people.all_people(tx)}
    listed = people.save_roster(tx, rows, digest, previous, scopes)
    unlisted = [person for person in people.all_people(tx) if not person.listed]
    answered_ids = returns.counting_responses(returns.all_returned(tx)).keys() | {
        person_id
        for person_id, attended in attendance.all_attendance(tx).items()
        if attended.returned is not None
    }
    return RosterChange(
        listed=listed,
        left=tuple(person for person in unlisted if before[person.id].listed),
        retargeted=tuple(
            person
            for person in listed
            if person.id in answered_ids and person.targets != before[person.id].targets
        ),
        extended_ids={
            person.id
            for person in listed
            if person.id in answered_ids and _asks_for_more(before[person.id].scope, person.scope)
        },
        built=people.built_workbooks(tx),
        mailed_ids=mails.all_mails(tx).keys(),
        answered_ids=answered_ids,
        namesakes=tuple(_find_namesakes(listed, unlisted, find_reached(tx))),
    )


def _asks_for_more(before: PersonScope | None, now: PersonScope | None) -> bool:
    """Tell whether statements are asked for that were not; unknown scopes tell nothing."""
    if before is None or now is None:
        return False
    return not set(now.statements) <= set(before.statements)


def find_reached(tx: Transaction) -> set[int]:
    """Return the ids of the people who may have got a mail, or have answered."""
    reached = {
        person_id
        for person_id, person_mails in mails.all_mails(tx).items()
        if any(mail.may_have_arrived for mail in person_mails)
    }
    reached |= attendance.all_attendance(tx).keys()
    return reached | {file.person for file in returns.all_returned(tx) if file.person is not None}


def _find_namesakes(
    listed: Sequence[Person], unlisted: Sequence[Person], reached_ids: Collection[int]
) -> Iterator[tuple[Person, Person]]:
    """Yield people with the name and team of somebody who is no longer in the roster."""
    # A person whom no mail has reached and who has not answered loses nothing.
    unlisted_by_name = {
        _roster_name(person): person for person in unlisted if person.id in reached_ids
    }
    for person in listed:
        if (namesake := unlisted_by_name.get(_roster_name(person))) is not None:
            yield person, namesake


def _roster_name(person: Person) -> tuple[str, ...]:
    """Return what a roster names only once: a name in a team."""
    profile = person.profile
    return tuple(map(name_key, (profile.organisation, profile.team, profile.respondent)))
