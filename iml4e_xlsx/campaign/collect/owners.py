"""Finds the owner of a returned file: by its workbook's id, then by its sender."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import NamedTuple

from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.folder.originals import move_original
from iml4e_xlsx.campaign.record import people, returns
from iml4e_xlsx.campaign.record.connection import Transaction
from iml4e_xlsx.campaign.record.people import Person
from iml4e_xlsx.campaign.record.returned_file import (
    Delivery,
    OtherRound,
    OwnerMatch,
    ReturnedFile,
    ReturnState,
)
from iml4e_xlsx.findings.failure import Failure
from iml4e_xlsx.model import Assessment
from iml4e_xlsx.text.moments import local_day
from iml4e_xlsx.text.person_names import may_be_same_name


class OwnerDoubt(Enum):
    """A doubt about the owner of a file, or the reason why it has none."""

    OTHER_SCHEME = "other-scheme"  #: The workbook belongs to another assessment.
    TEST = "test"  #: The workbook is that of a test mail.
    UNKNOWN_ID = "unknown-id"  #: No workbook of this campaign has its id.
    UNKNOWN_SENDER = "unknown-sender"  #: The sender is not in the roster.
    BEFORE = "before"  #: The mail is older than the campaign.
    OTHER_ROUND = "other-round"  #: It is the workbook of another round.
    OTHER_PERSON = "other-person"  #: Sender and respondent are both another person of the roster.
    SURER = "surer"  #: The sender has returned a file that is more certainly theirs.


class Owner(NamedTuple):
    """The owner of a file, how it was determined, and the doubts about it."""

    person: Person | None
    matched: OwnerMatch
    doubts: tuple[OwnerDoubt, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FileIdentity:
    """
    The identity that a file states: its scheme, workbook and respondent, as far as it was read.

    `other_round` is the round that it is known to be of, where that is not ours.
    """

    state: ReturnState
    scheme: str = ""
    version: str = ""
    workbook_id: str = ""
    respondent: str = ""
    other_round: OtherRound | None = None


def stated_identity(outcome: Assessment | Failure) -> FileIdentity:
    """Return the identity that a file states, also one that could not be read."""
    if isinstance(outcome, Failure):
        return FileIdentity(
            state=ReturnState.FAILED, scheme=outcome.scheme, version=outcome.version
        )
    response = outcome.response
    return FileIdentity(
        state=ReturnState.READ,
        scheme=response.scheme,
        version=response.version,
        workbook_id=response.workbook_id,
        respondent=response.profile.respondent,
    )


@dataclass(frozen=True, slots=True)
class OwnerFinder:
    """Finds the owners of files in a campaign that began on a day and has a scheme of its own."""

    created: date
    scheme: str

    def find_owner(
        self,
        tx: Transaction,
        identity: FileIdentity,
        delivery: Delivery,
        recorded: ReturnedFile | None = None,
    ) -> Owner:
        """
        Find the owner of a returned file.

        Args:
            tx: A transaction on the record.
            identity: The identity that the file states.
            delivery: How it came.
            recorded: The file in the record that has the same content, if there is one.
        """
        if doubt := self._find_disproof(identity):
            return Owner(None, OwnerMatch.NONE, (doubt,))
        # The id comes first: we wrote it into the workbook, and nobody retypes it. A colleague or
        # an assistant may send the file, so that the sender says less.
        person = people.find_by_workbook(tx, identity.workbook_id) if identity.workbook_id else None
        if person is not None:
            return _find_by_workbook(tx, person, identity, delivery)
        unknown_id = (OwnerDoubt.UNKNOWN_ID,) if identity.workbook_id else ()
        # The facilitator has decided on this content by hand. Only the id outweighs that.
        if recorded is not None and recorded.matched is OwnerMatch.HAND:
            return Owner(_recorded_person(tx, recorded), OwnerMatch.HAND, unknown_id)
        owner = self._find_by_sender(tx, delivery)
        # Last round's workbook answers last round, whoever sends it now.
        if identity.other_round is not None:
            owner, unknown_id = Owner(None, OwnerMatch.NONE, (OwnerDoubt.OTHER_ROUND,)), ()
        # A copy from a folder or from a stranger takes no file away from its owner.
        if owner.person is None and recorded is not None and recorded.person is not None:
            owner = Owner(_recorded_person(tx, recorded), recorded.matched)
        if owner.person is None:
            return owner._replace(doubts=(*unknown_id, *owner.doubts))
        # Somebody who passes on a colleague's workbook must not replace their own. A file that
        # cannot be read replaces nothing, and its sender is the person who can send it again.
        by_sender = owner.matched is OwnerMatch.SENDER and identity.state is ReturnState.READ
        if by_sender and returns.has_certain_response(tx, owner.person.id, delivery.message_id):
            return Owner(None, OwnerMatch.NONE, (*unknown_id, OwnerDoubt.SURER))
        return owner._replace(doubts=unknown_id)

    def _find_disproof(self, identity: FileIdentity) -> OwnerDoubt | None:
        """Return why a file is nobody's answer, whoever sent it; None if it may be somebody's."""
        # A workbook of another assessment answers none of our statements.
        if identity.scheme and identity.scheme != self.scheme:
            return OwnerDoubt.OTHER_SCHEME
        # The facilitator has tried out a test mail, and may be in the roster.
        return OwnerDoubt.TEST if identity.workbook_id == people.TEST_WORKBOOK_ID else None

    def _find_by_sender(self, tx: Transaction, delivery: Delivery) -> Owner:
        # Files from a disk have no sender, and their names prove nothing.
        if not delivery.sender:
            return Owner(None, OwnerMatch.NONE)
        person = people.find_by_mail(tx, delivery.sender)
        if person is None:
            return Owner(None, OwnerMatch.NONE, (OwnerDoubt.UNKNOWN_SENDER,))
        # A mailbox holds the answers of previous rounds as well; only an id tells these apart.
        if local_day(delivery.received) < self.created:
            return Owner(None, OwnerMatch.NONE, (OwnerDoubt.BEFORE,))
        return Owner(person, OwnerMatch.SENDER)


def _find_by_workbook(
    tx: Transaction, person: Person, identity: FileIdentity, delivery: Delivery
) -> Owner:
    """Return the person for whom a workbook was made as its owner, unless it names another one."""
    # Somebody has sent it and written their own name into it: they have probably filled in the
    # wrong workbook, and only people can decide.
    if _names_another(tx, person, identity, delivery):
        return Owner(None, OwnerMatch.NONE, (OwnerDoubt.OTHER_PERSON,))
    return Owner(person, OwnerMatch.WORKBOOK)


def _names_another(
    tx: Transaction, person: Person, identity: FileIdentity, delivery: Delivery
) -> bool:
    """Tell whether sender and respondent are both one other person of the roster."""
    sender = people.find_by_mail(tx, delivery.sender) if delivery.sender else None
    if sender is None or sender.id == person.id or identity.state is not ReturnState.READ:
        return False
    # As people spell it: somebody writes her own name with letters that the roster lacks.
    is_sender = may_be_same_name(identity.respondent, sender.name)
    return is_sender and not may_be_same_name(identity.respondent, person.name)


def _recorded_person(tx: Transaction, recorded: ReturnedFile) -> Person | None:
    return None if recorded.person is None else people.find_by_id(tx, recorded.person)


def assign_owner(
    tx: Transaction,
    campaign: Campaign,
    returned_file: ReturnedFile,
    person: Person | None,
    matched: OwnerMatch,
) -> None:
    """Record the owner of a file, or that it has none, and move its original accordingly."""
    path = move_original(campaign, returned_file.file, aside=person is None)
    returns.save_owner(tx, returned_file, person.id if person else None, matched, path)
