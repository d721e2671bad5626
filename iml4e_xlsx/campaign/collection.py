"""What a run of collecting took in, and what it changed."""

from __future__ import annotations

from collections.abc import Collection as Some
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from iml4e_xlsx.campaign.matching import Odd
from iml4e_xlsx.campaign.record.people import Person
from iml4e_xlsx.campaign.record.returns import Delivery, Match, Returned, ReturnState, current
from iml4e_xlsx.errors import Severity
from iml4e_xlsx.mails.mail import Origin
from iml4e_xlsx.model import Assessment, Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """
    One file that was new: whose it is, if anybody's, and what it turned out to be.

    `delivery` is how it came; `odd` what is odd about whose it is.
    """

    source: str
    person: Person | None
    matched: Match
    state: ReturnState
    outcome: Assessment | Failure | None
    delivery: Delivery
    odd: tuple[Odd, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Another workbook of a person counts now than counted before, and both have ratings."""

    person: Person
    before: Returned
    now: Returned


@dataclass(frozen=True, slots=True, kw_only=True)
class Several:
    """One mail held several workbooks of a person; one of them counts."""

    person: Person
    counting: Returned
    others: tuple[Returned, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A file that was nobody's turned out to be somebody's: by the roster, or by another mail."""

    person: Person
    file: Returned


@dataclass(slots=True)
class Collection:
    """
    What a run took in.

    `known` counts what had been collected before, `own` our own mails, `blank` workbooks exactly
    as they were issued, `erased` what was erased and stays so; `failures` are sources that held
    nothing to keep; `left_out` names every source that was not taken in, or is recorded without a
    file; `bounced` counts the people whose mail came back; `looked_at` the mails of a mailbox.
    `letters` are mails of people in the roster that brought no workbook.
    """

    taken: list[Taken] = field(default_factory=list)
    known: int = 0
    own: int = 0
    blank: int = 0
    erased: int = 0
    left_out: set[str] = field(default_factory=set)
    failures: list[Failure] = field(default_factory=list)
    bounced: int = 0
    looked_at: int = 0
    changes: list[Change] = field(default_factory=list)
    several: list[Several] = field(default_factory=list)
    claimed: list[Claimed] = field(default_factory=list)
    letters: list[Origin] = field(default_factory=list)

    def of(self, state: ReturnState) -> list[Taken]:
        """Return the new files that turned out to be this."""
        return [one for one in self.taken if one.state is state]

    @property
    def has_errors(self) -> bool:
        """Return whether a new file could not be read, or not all of it."""
        return any(
            isinstance(one.outcome, Failure)
            or (one.outcome and any(f.severity is Severity.ERROR for f in one.outcome.findings))
            for one in self.taken
        )

    @property
    def aside(self) -> list[Taken]:
        """Return the new files that are nobody's."""
        return [one for one in self.taken if one.person is None]


def changes(
    before: Mapping[int, Returned], given: Sequence[Returned], people: Mapping[int, Person]
) -> list[Change]:
    """Return whose response with ratings another one has taken the place of."""
    return [
        Change(person=people[id_], before=before[id_], now=now)
        for id_, now in current(given).items()
        if id_ in before and before[id_].answered and before[id_].id != now.id
    ]


def several(
    brought: Some[tuple[int, str]], given: Sequence[Returned], people: Mapping[int, Person]
) -> list[Several]:
    """
    Return of which people a mail held several workbooks, if one of them counts.

    Args:
        brought: People by their ids, and the Message-IDs of mails that brought a workbook of each.
        given: Everything that came back.
        people: Everybody by id.
    """
    counting, found = current(given), []
    for person, message_id in sorted(brought):
        together = [
            one
            for one in given
            if one.person == person
            and one.state is ReturnState.READ
            and any(came.message_id == message_id for came in one.deliveries)
        ]
        now = counting.get(person)
        if len(together) > 1 and now in together:
            others = tuple(one for one in together if one is not now)
            found.append(Several(person=people[person], counting=now, others=others))
    return found
