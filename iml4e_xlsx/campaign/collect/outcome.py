"""Defines the outcome of a run of collecting: the new files, and what they changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from iml4e_xlsx.analysis.version_choice import ChoiceGrounds, choose_version, grounds_message
from iml4e_xlsx.campaign.collect.owners import FileIdentity, Owner
from iml4e_xlsx.campaign.record.letters import Letter
from iml4e_xlsx.campaign.record.people import Person
from iml4e_xlsx.campaign.record.returned_file import ReturnedFile, ReturnState
from iml4e_xlsx.campaign.record.returns import Arrival, counting_responses
from iml4e_xlsx.errors import Iml4eError
from iml4e_xlsx.findings.failure import Failure
from iml4e_xlsx.findings.finding import Severity
from iml4e_xlsx.model import Assessment
from iml4e_xlsx.text.message import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectedFile:
    """
    A file that was new to the record.

    Attributes:
        source: Its path, or its way through zips and mails.
        owner: Its owner, if it has one, and the doubts about that.
        arrival: The file as it was recorded; of an anonymous round without what was read in it.
        identity: What it says of itself.
    """

    source: str
    owner: Owner
    arrival: Arrival
    identity: FileIdentity

    @property
    def person(self) -> Person | None:
        """Return its owner; None if it has none."""
        return self.owner.person

    @property
    def has_errors(self) -> bool:
        """Return whether it could not be read, or not all of it."""
        outcome = self.arrival.outcome
        if isinstance(outcome, Assessment):
            return any(finding.severity is Severity.ERROR for finding in outcome.findings)
        return outcome is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseChoice:
    """
    A person's response that counts, where the run brought or displaced another one.

    Attributes:
        person: The person.
        current: The response that counts.
        previous: The response that counted before the run; None if it was the same, or none.
        others: The responses of this run that do not count.
    """

    person: Person
    current: ReturnedFile
    previous: ReturnedFile | None
    others: tuple[ReturnedFile, ...]

    @property
    def reason(self) -> Message:
        """Return why the current one counts, and not the previous one or the first other."""
        left_out = (self.previous or self.others[0]).version_signs
        signs = self.current.version_signs
        choice = choose_version([left_out, signs])
        grounds = choice.given_way[0][1] if choice.counted else ChoiceGrounds.UNDECIDED
        return grounds_message(grounds, left_out, signs)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerUpdate:
    """A file of an earlier run that had no owner and has one now."""

    person: Person
    file: ReturnedFile


@dataclass(frozen=True, slots=True, kw_only=True)
class MailBounce:
    """A mail to a person that came back, with the words of the server."""

    person: Person
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyBounce:
    """A copy of a mail to a person that did not arrive at an address, in the server's words."""

    person: Person
    address: str
    words: str


@dataclass(slots=True)
class CollectionOutcome:
    """
    The outcome of a run of collecting.

    Attributes:
        files: The files that were new.
        repeat_count: How many files had been collected before.
        own_mail_count: How many files were our own mails.
        blank_returns: The people who returned their workbook exactly as it was issued.
        erased_count: How many files were erased before, and stay so.
        skipped_sources: The names of all sources that were not recorded, or without their file.
        failures: Sources that held nothing to keep.
        bounces: Mails to people that came back.
        copy_bounces: Copies of mails that came back.
        choices: The people for whom the run changed, or could have changed, what counts.
        owner_updates: Files of earlier runs that have an owner now.
        letters: Mails that brought no workbook and that a person has to read.
        letter_mail_count: How many mails were letters, new or recorded before.
        stop_cause: Why the run ended before its time.
        is_anonymous: Whether the round is: then it is known who has returned a file, and no more.
    """

    files: list[CollectedFile] = field(default_factory=list)
    repeat_count: int = 0
    own_mail_count: int = 0
    blank_returns: list[Person] = field(default_factory=list)
    erased_count: int = 0
    skipped_sources: set[str] = field(default_factory=set)
    failures: list[Failure] = field(default_factory=list)
    bounces: list[MailBounce] = field(default_factory=list)
    copy_bounces: list[CopyBounce] = field(default_factory=list)
    choices: list[ResponseChoice] = field(default_factory=list)
    owner_updates: list[OwnerUpdate] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    letter_mail_count: int = 0
    stop_cause: Iml4eError | None = None
    is_anonymous: bool = False

    @property
    def word_count(self) -> int:
        """Return how many mails said something without a workbook: letters, and bounces."""
        return self.letter_mail_count + len(self.bounces) + len(self.copy_bounces)

    def files_in_state(self, state: ReturnState) -> list[CollectedFile]:
        """Return the new files of a state."""
        return [file for file in self.files if file.arrival.state is state]

    @property
    def has_errors(self) -> bool:
        """Return whether a new file could not be read, or not all of it."""
        return any(file.has_errors for file in self.files)

    @property
    def unowned_files(self) -> list[CollectedFile]:
        """Return the new files without an owner, which were put aside."""
        return [file for file in self.files if file.person is None]


def response_choices(
    previous_files: Sequence[ReturnedFile],
    files: Sequence[ReturnedFile],
    people: Mapping[int, Person],
) -> list[ResponseChoice]:
    """
    Return the choices among responses that a run made.

    There is one for each person for whom the run brought a competing response or changed which
    response counts.

    Args:
        previous_files: Everything that had come back before the run.
        files: Everything that has come back now.
        people: Everybody by id.
    """
    previous_pairs = {
        (file.id, file.person) for file in previous_files if file.state is ReturnState.READ
    }
    previous_responses = counting_responses(previous_files)
    choices = []
    for person, response in counting_responses(files).items():
        previous = previous_responses.get(person)
        if previous is not None and (previous.id == response.id or not previous.answered):
            previous = None  # a blank one that is displaced is no news
        others = tuple(
            file
            for file in files
            if file.person == person
            and file.state is ReturnState.READ
            and file.answered
            and (file.id, person) not in previous_pairs
            and file.id != response.id
        )
        if previous is not None or others:
            choices.append(
                ResponseChoice(
                    person=people[person], current=response, previous=previous, others=others
                )
            )
    return choices
