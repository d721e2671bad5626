"""Assigns returned files to people by hand, and takes files off the lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import Final

from iml4e_xlsx.campaign.collect.owners import assign_owner
from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.record import people, returns
from iml4e_xlsx.campaign.record.campaigns import check_named
from iml4e_xlsx.campaign.record.connection import Record
from iml4e_xlsx.campaign.record.people import Person
from iml4e_xlsx.campaign.record.returned_file import OwnerMatch, ReturnedFile, ReturnState
from iml4e_xlsx.errors import CampaignError
from iml4e_xlsx.findings.error_codes import CorrectionErrorCode
from iml4e_xlsx.text.message import Message, message
from iml4e_xlsx.text.moments import local_day

_SHORTEST: Final = 6
"""How much of a file's name is needed: less may be the beginning of another one tomorrow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountChange:
    """The response of a person that counts after a file was assigned, and the one before."""

    person: Person
    before: ReturnedFile | None
    now: ReturnedFile | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentOutcome:
    """
    A file that was assigned: as it was, as it is, and what that changed.

    `owner` is None if the file is nobody's now; `previous_owner` is None if it was nobody's, or
    that person's already.
    """

    file_before: ReturnedFile
    file: ReturnedFile
    owner: CountChange | None
    previous_owner: CountChange | None


def assign_file(
    campaign: Campaign, record: Record, file: str, mail: str, *, now: datetime
) -> AssignmentOutcome:
    """
    Record the owner of a returned file, whether it lies aside or belongs to somebody else.

    Args:
        campaign: The campaign.
        record: Its record.
        file: The file as the status names it: its path, its name, or the beginning of its name;
            a file that could not be kept also by the name under which it came.
        mail: The owner's address; empty if the file is nobody's, and stays so.
        now: The time that is recorded.

    Raises:
        CampaignError: If no file is called so, or more than one; if nobody has the address; or if
            the file is a workbook of another scheme.
        RecordError: If the record cannot be written.
    """
    own_scheme = campaign.load_scheme().id
    with record.begin(now) as tx:
        check_named(tx)
        person = people.find_by_mail(tx, mail) if mail else None
        if mail and person is None:
            raise CampaignError(
                CorrectionErrorCode.ADDRESS_UNKNOWN, campaign=campaign.settings.name, mail=mail
            )
        files_before = returns.all_returned(tx)
        file_before = _find_file(files_before, file)
        # Its ratings belong to other statements, so it cannot be an answer in this campaign; but
        # it may be taken away from somebody.
        if person is not None and file_before.scheme and file_before.scheme != own_scheme:
            raise CampaignError(
                CorrectionErrorCode.FILE_OF_OTHER_SCHEME,
                file=file,
                scheme=file_before.scheme,
                own=own_scheme,
            )
        # By hand outweighs workbook id and sender: a later collect leaves it as it is.
        assign_owner(tx, campaign, file_before, person, OwnerMatch.HAND)
        files_after = returns.all_returned(tx)
        previous_owner = next(
            (other for other in people.all_people(tx) if other.id == file_before.person), None
        )
    before = returns.counting_responses(files_before)
    after = returns.counting_responses(files_after)

    def describe_change(owner: Person | None) -> CountChange | None:
        if owner is None:
            return None
        return CountChange(person=owner, before=before.get(owner.id), now=after.get(owner.id))

    return AssignmentOutcome(
        file_before=file_before,
        file=next(other for other in files_after if other.id == file_before.id),
        owner=describe_change(person),
        previous_owner=describe_change(previous_owner if previous_owner != person else None),
    )


def dismiss_file(record: Record, file: str, *, now: datetime) -> ReturnedFile:
    """
    Take a file off the lists that lies aside or could not be read; its original stays.

    Args:
        record: The campaign's record.
        file: See `assign_file`.
        now: The time that is recorded.

    Raises:
        CampaignError: If no file is called so, or more than one, or it is somebody's answer.
        RecordError: If the record cannot be written.
    """
    with record.begin(now) as tx:
        check_named(tx)
        returned_file = _find_file(returns.all_returned(tx), file)
        # An answer that disappears from the lists would make its person look as if they had sent
        # nothing; so the facilitator has to say first that it is nobody's.
        is_read = returned_file.state_before_dismissal is ReturnState.READ
        if returned_file.person is not None and is_read:
            raise CampaignError(CorrectionErrorCode.FILE_IS_ANSWER, handle=returned_file.handle)
        returns.save_state(tx, returned_file, ReturnState.DISMISSED)
    return returned_file


def _find_file(returned_files: Sequence[ReturnedFile], file: str) -> ReturnedFile:
    """Find the one file that is meant; CampaignError if there is none, or more than one."""
    states = (ReturnState.READ, ReturnState.FAILED, ReturnState.DISMISSED)
    candidates = [candidate for candidate in returned_files if candidate.state in states]
    wanted = file.strip().replace("\\", "/")
    name = wanted.rpartition("/")[2]
    names = {candidate.id: PurePosixPath(candidate.handle).name for candidate in candidates}
    # The whole name first, so that a name which begins another one can be meant.
    matches = [candidate for candidate in candidates if names[candidate.id] == name]
    if not matches and len(name) >= _SHORTEST:
        matches = [candidate for candidate in candidates if names[candidate.id].startswith(name)]
    if not matches:  # the status shows as well under which name it came
        matches = [candidate for candidate in candidates if candidate.source == wanted]
    if len(matches) == 1:
        return matches[0]
    if not matches:
        raise CampaignError(CorrectionErrorCode.FILE_UNKNOWN, file=f"'{file}'", count=_SHORTEST)
    raise CampaignError(
        CorrectionErrorCode.FILE_AMBIGUOUS,
        file=file,
        count=len(matches),
        files=tuple(map(_describe_file, matches)),
    )


def _describe_file(returned_file: ReturnedFile) -> Message:
    return message(
        "corrections.file_choice",
        file=returned_file.handle,
        source=returned_file.source,
        sender=returned_file.sender or message("corrections.no_sender"),
        day=local_day(returned_file.received),
    )
