"""What only the facilitator can know: whether a mail left, and whose a file is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import Final

from iml4e_xlsx.campaign.collect.owners import assign_owner
from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.record import people, returns
from iml4e_xlsx.campaign.record.connection import Record
from iml4e_xlsx.campaign.record.people import Person
from iml4e_xlsx.campaign.record.returned_file import OwnerMatch, ReturnedFile, ReturnState
from iml4e_xlsx.errors import CampaignError

_SHORTEST: Final = 6
"""How much of a file's name is needed: less may be the beginning of another one tomorrow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountChange:
    """What counts of a person after a file was assigned, and what did before."""

    person: Person
    before: ReturnedFile | None
    now: ReturnedFile | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentOutcome:
    """
    A file whose owner was said: as it was, as it is, and what that changed.

    `owner` is None if it is nobody's now, `former` if it was nobody's, or that person's already.
    """

    before: ReturnedFile
    now: ReturnedFile
    owner: CountChange | None
    former: CountChange | None


def assign_file(
    campaign: Campaign, record: Record, file: str, mail: str, *, now: datetime
) -> AssignmentOutcome:
    """
    Record whose a file is that came back, whether it lies aside or is somebody else's.

    Args:
        campaign: Whose folder.
        record: Its record.
        file: What the status calls it: its path, its name, or the beginning of that; of one that
            could not be kept also what it came as.
        mail: The person's address; empty if it is nobody's, and stays so.
        now: The time that is recorded.

    Raises:
        CampaignError: If there is no such file, or more than one, or no such person, or it is a
            workbook of another scheme.
        RecordError: If the record cannot be written.
    """
    own = campaign.load_scheme().id
    with record.begin(now) as tx:
        person = people.find_by_mail(tx, mail) if mail else None
        if mail and person is None:
            raise CampaignError(f"{mail} is no mail address of the record.")
        given = returns.all_returned(tx)
        one = _named(given, file)
        if person is not None and one.scheme and one.scheme != own:
            raise CampaignError(
                f"{file} belongs to the scheme {one.scheme}, the campaign's is {own}: it cannot "
                "be anybody's answer."
            )
        assign_owner(tx, campaign, one, person, OwnerMatch.HAND)
        after = returns.all_returned(tx)
        former = next((each for each in people.all_people(tx) if each.id == one.person), None)
    before, counts = returns.counting_responses(given), returns.counting_responses(after)

    def change_for(of: Person | None) -> CountChange | None:
        if of is None:
            return None
        return CountChange(person=of, before=before.get(of.id), now=counts.get(of.id))

    return AssignmentOutcome(
        before=one,
        now=next(each for each in after if each.id == one.id),
        owner=change_for(person),
        former=change_for(former if former != person else None),
    )


def dismiss_file(record: Record, file: str, *, now: datetime) -> ReturnedFile:
    """
    Take a file off the lists that lies aside or could not be read; it is kept all the same.

    Args:
        record: The campaign's record.
        file: See `assign_file`.
        now: The time that is recorded.

    Raises:
        CampaignError: If there is no such file, or more than one, or it is somebody's answer.
        RecordError: If the record cannot be written.
    """
    with record.begin(now) as tx:
        one = _named(returns.all_returned(tx), file)
        if one.person is not None and one.state_before_dismissal is ReturnState.READ:
            raise CampaignError(
                f"{file} is somebody's answer. If it is not, say so first: iml4e campaign assign "
                f"{one.handle} --nobody"
            )
        returns.save_state(tx, one, ReturnState.DISMISSED)
    return one


def _named(given: Sequence[ReturnedFile], file: str) -> ReturnedFile:
    """Return the one file that is meant; CampaignError if there is none, or more than one."""
    states = (ReturnState.READ, ReturnState.FAILED, ReturnState.DISMISSED)
    known = [one for one in given if one.state in states]
    told = file.strip().replace("\\", "/")
    name = told.rpartition("/")[2]
    names = {one.id: PurePosixPath(one.handle).name for one in known}
    found = [one for one in known if names[one.id] == name]
    if not found and len(name) >= _SHORTEST:
        found = [one for one in known if names[one.id].startswith(name)]
    if not found:
        found = [one for one in known if not one.file and one.source == told]
    if len(found) == 1:
        return found[0]
    if not found:
        raise CampaignError(
            f"{file or 'That'} is no file that came back. Name it as the status does, or by the "
            f"first {_SHORTEST} characters of its name or more: iml4e campaign status"
        )
    listed = "; ".join(
        f"{one.handle} ({one.source}, {one.sender or 'no sender'}, {one.received.date()})"
        for one in found
    )
    raise CampaignError(f"{file} may be {len(found)} files; name one of: {listed}.")
