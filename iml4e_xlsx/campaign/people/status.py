"""Reads how far a campaign has come: who is missing, whose file had problems, what lies aside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from fractions import Fraction

from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.folder.folder_identity import read_identity
from iml4e_xlsx.campaign.people.counted_responses import list_counted_responses, score_returned_file
from iml4e_xlsx.campaign.people.oddities import list_oddities
from iml4e_xlsx.campaign.people.participant import Participant, list_participants
from iml4e_xlsx.campaign.people.participant_messages import write_unread_reply
from iml4e_xlsx.campaign.people.rating_coverage import TeamCoverage, measure_coverage
from iml4e_xlsx.campaign.people.stages import Stage
from iml4e_xlsx.campaign.record import campaigns, returns
from iml4e_xlsx.campaign.record.answers import load_responses
from iml4e_xlsx.campaign.record.closing import ClosedRound, find_closed_round
from iml4e_xlsx.campaign.record.connection import Record, Transaction
from iml4e_xlsx.campaign.record.folders import WorkFolder, list_folders
from iml4e_xlsx.campaign.record.letters import Letter, open_letters
from iml4e_xlsx.campaign.record.people import Person
from iml4e_xlsx.campaign.record.returned_file import ReturnedFile, ReturnState
from iml4e_xlsx.report.formats.reply import compose_reply, write_reply
from iml4e_xlsx.text.interface_texts import load_texts
from iml4e_xlsx.text.texts import Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """
    How far a campaign has come.

    `people` are those in the roster, the most urgent stage first; `unlisted` are those who are no
    longer in it. `aside` are the files that came back and are nobody's; `strange` are the ids of
    those that belong to another scheme. `replies` are the answers to people whose file had
    problems, by person; those about `incomplete_replies`, which are files, have no room for all
    that is wrong in them. `letters` are the mails without a workbook that nobody has seen to.
    `coverage` has the teams in which statements have too few ratings; None where nobody asked for
    it. `anonymous_files` are the responses of people who were erased. `folders` work on the record;
    `own_folder` is the id of this one. `closed` is what is left of a closed round, of which nobody
    is known. `promised_fewest` is how many people a team of an anonymous round has at least, None
    in a round with names.

    A status of some teams only names them as `team_names`, and has nobody else but in `others`: a
    workbook that came back may be one of theirs.
    """

    name: str
    people: tuple[Participant, ...]
    unlisted: tuple[Participant, ...]
    aside: tuple[ReturnedFile, ...]
    strange: frozenset[int]
    anonymous_files: tuple[ReturnedFile, ...]
    replies: Mapping[int, str]
    incomplete_replies: tuple[str, ...] = ()
    letters: tuple[Letter, ...] = ()
    coverage: tuple[TeamCoverage, ...] | None = None
    folders: tuple[WorkFolder, ...] = ()
    own_folder: str = ""
    closed: ClosedRound | None = None
    team_names: tuple[str, ...] = ()
    others: tuple[Participant, ...] = ()
    promised_fewest: int | None = None

    @property
    def everybody(self) -> tuple[Person, ...]:
        """Return all people, also those who are no longer in the roster."""
        everybody = (*self.people, *self.unlisted, *self.others)
        return tuple(participant.person for participant in everybody)

    @property
    def odd_people(self) -> tuple[Participant, ...]:
        """Return the people for whom a response counts that is odd."""
        everybody = self.everybody
        return tuple(
            participant
            for participant in (*self.people, *self.unlisted)
            if any(list_oddities(participant, everybody))
        )

    def owner_of(self, workbook_id: str) -> str:
        """Return the name of the person for whom a workbook was made; empty if it was nobody."""
        found = (person.name for person in self.everybody if person.workbook_id == workbook_id)
        return next(found, "") if workbook_id else ""

    @property
    def returned(self) -> int:
        """Return how many of the people have returned a workbook that could be read."""
        return sum(participant.has_returned for participant in self.people)

    @property
    def rate(self) -> Fraction | None:
        """Return the share of people who have; None without people."""
        return Fraction(self.returned, len(self.people)) if self.people else None

    @property
    def counts(self) -> Mapping[Stage, int]:
        """Return how many people are at each stage."""
        counter = Counter(participant.stage for participant in self.people)
        return {stage: counter[stage] for stage in Stage}


def read_status(
    campaign: Campaign, record: Record, *, now: datetime, raters: int | None = None
) -> Status:
    """
    Read how far a campaign has come.

    `raters` is how many people of a team are to rate each statement; that of the settings by
    default.

    Raises:
        CampaignError: If the scheme of a response is not installed any more, or raters are asked
            for in an anonymous round.
        RecordError: If the record cannot be read.
    """
    with record.begin(now) as tx:
        closed, promised = find_closed_round(tx), campaigns.find_promise(tx)
        returned_files = returns.all_returned(tx)
        participants = list_participants(tx, returned_files)
        waiting, folders = open_letters(tx), list_folders(tx)
        troubled = [person for person in participants if person.stage is Stage.PROBLEMS]
        doubtful = [
            person.response for person in troubled if person.unread_file is None and person.response
        ]
        answered = list(zip(doubtful, load_responses(tx, doubtful), strict=True))
        coverage = _measure_coverage(tx, campaign, participants, raters)
    identity = read_identity(campaign)
    without_owner = (ReturnState.READ, ReturnState.FAILED)
    aside = [file for file in returned_files if file.person is None and file.state in without_owner]
    scheme = campaign.load_scheme().id if any(file.scheme for file in aside) else ""
    schemes = campaign.known_schemes()
    order = list(Stage)
    participants.sort(key=lambda participant: order.index(participant.stage))
    composed = [
        (file, compose_reply(score_returned_file(file, response, schemes)))
        for file, response in answered
    ]
    replies = {file.person: reply.text for file, reply in composed if file.person is not None}
    replies |= _failure_replies(campaign, troubled)
    return Status(
        name=campaign.settings.name,
        people=tuple(person for person in participants if person.person.listed),
        unlisted=tuple(person for person in participants if not person.person.listed),
        aside=tuple(aside),
        strange=frozenset(file.id for file in aside if file.scheme and file.scheme != scheme),
        anonymous_files=_keep_state(returned_files, ReturnState.ANONYMOUS),
        replies=replies,
        incomplete_replies=tuple(file.file for file, reply in composed if reply.unlisted),
        letters=tuple(waiting),
        coverage=coverage,
        folders=tuple(folders),
        own_folder=identity.id if identity is not None else "",
        closed=closed,
        promised_fewest=promised,
    )


def _keep_state(files: Sequence[ReturnedFile], state: ReturnState) -> tuple[ReturnedFile, ...]:
    return tuple(file for file in files if file.state is state)


def _measure_coverage(
    tx: Transaction, campaign: Campaign, participants: Sequence[Participant], raters: int | None
) -> tuple[TeamCoverage, ...] | None:
    """
    Return the teams with too few ratings; None where nobody said how many are wished.

    Of a closed or an anonymous round nobody knows whose ratings there are.
    """
    if raters is not None:
        campaigns.check_named(tx)
    if find_closed_round(tx) is not None or campaigns.find_promise(tx) is not None:
        return None
    wished = campaign.settings.raters if raters is None else raters
    if not wished:
        return None
    listed = [each.person for each in participants if each.person.listed]
    return measure_coverage(listed, list_counted_responses(tx), campaign.load_scheme(), wished)


def _failure_replies(campaign: Campaign, troubled: Collection[Participant]) -> dict[int, str]:
    """Write the replies about files that could not be read, each in the person's language."""
    replies = {}
    for participant in troubled:
        texts = load_texts(campaign.choose_language(participant.person.language))
        file = participant.unread_file
        failure = file.restore_failure(texts) if file is not None else None
        if failure is not None:
            replies[participant.person.id] = write_reply(failure, texts)
        elif participant.attendance.unread is not None:
            replies[participant.person.id] = write_unread_reply(participant, texts)
    return replies


def join_replies(status: Status, texts: Texts, *, only: Collection[Stage] = ()) -> str:
    """Join the replies to people whose file had problems, each below its recipient."""
    parts = [
        texts("campaign.reply_to", recipient=_format_recipient(participant.person))
        + f"\n\n{status.replies[participant.person.id]}"
        for participant in (*status.people, *status.unlisted)
        if participant.person.id in status.replies and (not only or participant.stage in only)
    ]
    return f"\n{'-' * 76}\n\n".join(parts)


def _format_recipient(person: Person) -> str:
    """Return name and address as mail programs take them: a name with a comma is quoted."""
    local, _, domain = person.mail.rpartition("@")
    return str(Address(person.name, local, domain))
