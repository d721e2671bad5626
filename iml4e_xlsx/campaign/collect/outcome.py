"""What a run of collecting took in, and what it changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from iml4e_xlsx.campaign.collect.owners import Odd
from iml4e_xlsx.campaign.record.people import Person
from iml4e_xlsx.campaign.record.returns import (
    Delivery,
    OwnerMatch,
    ReturnedFile,
    ReturnState,
    counting_responses,
)
from iml4e_xlsx.errors import (
    MailError,
    RecordError,
    ResourceError,
    WorkbookWriteError,
)
from iml4e_xlsx.findings.failure import Failure
from iml4e_xlsx.findings.finding import Severity
from iml4e_xlsx.intake.mails.mail import Origin
from iml4e_xlsx.model import Assessment


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """
    One file that was new: whose it is, if anybody's, and what it turned out to be.

    `delivery` is how it came; `odd` what is odd about whose it is.
    """

    source: str
    person: Person | None
    matched: OwnerMatch
    state: ReturnState
    outcome: Assessment | Failure | None
    delivery: Delivery
    odd: tuple[Odd, ...] = ()

    @property
    def has_errors(self) -> bool:
        """Return whether it could not be read, or not all of it."""
        if isinstance(self.outcome, Assessment):
            return any(one.severity is Severity.ERROR for one in self.outcome.findings)
        return self.outcome is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """
    Of several responses of a person with ratings one counts, and this run had a part in that.

    `before` is what counted before the run, if that was another one; `others` are those of this
    run that do not count.
    """

    person: Person
    now: ReturnedFile
    before: ReturnedFile | None
    others: tuple[ReturnedFile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A file that was nobody's turned out to be somebody's: by the roster, or by another mail."""

    person: Person
    file: ReturnedFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounced:
    """A mail to a person came back, with what the server said."""

    person: Person
    words: str


@dataclass(slots=True)
class Collection:
    """
    What a run took in.

    `known` counts what had been collected before, `own` our own mails, `erased` what was erased
    and stays so, `looked_at` the mails of a mailbox. `blank` are the people whose workbook came
    back exactly as it was issued; `failures` are sources that held nothing to keep; `left_out`
    names every source that was not taken in, or is recorded without a file; `letters` are mails of
    people in the roster that brought no workbook; `stopped` is why the run ended before its time.
    """

    taken: list[Taken] = field(default_factory=list)
    known: int = 0
    own: int = 0
    blank: list[Person] = field(default_factory=list)
    erased: int = 0
    left_out: set[str] = field(default_factory=set)
    failures: list[Failure] = field(default_factory=list)
    bounced: list[Bounced] = field(default_factory=list)
    looked_at: int = 0
    choices: list[Choice] = field(default_factory=list)
    claimed: list[Claimed] = field(default_factory=list)
    letters: list[Origin] = field(default_factory=list)
    stopped: MailError | RecordError | ResourceError | WorkbookWriteError | None = None

    def of(self, state: ReturnState) -> list[Taken]:
        """Return the new files that turned out to be this."""
        return [one for one in self.taken if one.state is state]

    @property
    def has_errors(self) -> bool:
        """Return whether a new file could not be read, or not all of it."""
        return any(one.has_errors for one in self.taken)

    @property
    def aside(self) -> list[Taken]:
        """Return the new files that are nobody's."""
        return [one for one in self.taken if one.person is None]


def choices(
    before: Sequence[ReturnedFile], given: Sequence[ReturnedFile], people: Mapping[int, Person]
) -> list[Choice]:
    """
    Return of whom a run brought one of several responses with ratings, or changed which counts.

    Args:
        before: Everything that had come back before the run.
        given: Everything that has come back now.
        people: Everybody by id.
    """
    known = {(one.id, one.person) for one in before if one.state is ReturnState.READ}
    counted, found = counting_responses(before), []
    for person, now in counting_responses(given).items():
        former = counted.get(person)
        if former is not None and (former.id == now.id or not former.answered):
            former = None
        others = tuple(
            one
            for one in given
            if one.person == person
            and one.state is ReturnState.READ
            and one.answered
            and (one.id, person) not in known
            and one.id != now.id
        )
        if former is not None or others:
            found.append(Choice(person=people[person], now=now, before=former, others=others))
    return found
