"""Whose a file is that came back: by its workbook's id first, by its sender second."""

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
from iml4e_xlsx.campaign.record.returns import Delivery, OwnerMatch, ReturnedFile, ReturnState


class Odd(Enum):
    """What is odd about whose a file is, or why it is nobody's."""

    OTHER_SCHEME = "other-scheme"
    UNKNOWN_ID = "unknown-id"
    UNKNOWN_SENDER = "unknown-sender"
    BEFORE = "before"
    SURER = "surer"


class Owner(NamedTuple):
    """Whose a file is, if anybody's, by what, and what is odd about it."""

    person: Person | None
    matched: OwnerMatch
    odd: tuple[Odd, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a file says of itself."""

    state: ReturnState
    scheme: str = ""
    workbook_id: str = ""


@dataclass(frozen=True, slots=True)
class Owners:
    """Finds whose files are, in a campaign that began on a day and has a scheme of its own."""

    created: date
    scheme: str

    def find(
        self,
        tx: Transaction,
        content: Content,
        delivery: Delivery,
        known: ReturnedFile | None = None,
    ) -> Owner:
        """
        Return whose a file is, and by what.

        A workbook of another scheme is nobody's. One without a known id is its sender's only if
        it came in this round, and if nothing surer is known of what that person returned:
        somebody who passes a colleague's workbook on must not replace their own. What was
        somebody's already stays so where nothing says otherwise.

        Args:
            tx: A transaction on the record.
            content: What the file says of itself.
            delivery: How it came.
            known: What is recorded of the same content already.
        """
        if content.scheme and content.scheme != self.scheme:
            return Owner(None, OwnerMatch.NONE, (Odd.OTHER_SCHEME,))
        person = people.find_by_workbook(tx, content.workbook_id) if content.workbook_id else None
        if person is not None:
            return Owner(person, OwnerMatch.WORKBOOK)
        strange = (Odd.UNKNOWN_ID,) if content.workbook_id else ()
        if known is not None and known.matched is OwnerMatch.HAND:
            return Owner(_person(tx, known), OwnerMatch.HAND, strange)
        owner = self._by_sender(tx, delivery)
        if owner.person is None and known is not None and known.person is not None:
            owner = Owner(_person(tx, known), known.matched)
        if owner.person is None:
            return owner._replace(odd=(*strange, *owner.odd))
        by_sender = owner.matched is OwnerMatch.SENDER and content.state is ReturnState.READ
        if by_sender and returns.has_certain_response(tx, owner.person.id, delivery.message_id):
            return Owner(None, OwnerMatch.NONE, (*strange, Odd.SURER))
        return owner._replace(odd=strange)

    def _by_sender(self, tx: Transaction, delivery: Delivery) -> Owner:
        if not delivery.sender:
            return Owner(None, OwnerMatch.NONE)
        person = people.find_by_mail(tx, delivery.sender)
        if person is None:
            return Owner(None, OwnerMatch.NONE, (Odd.UNKNOWN_SENDER,))
        if delivery.received.date() < self.created:
            return Owner(None, OwnerMatch.NONE, (Odd.BEFORE,))
        return Owner(person, OwnerMatch.SENDER)


def _person(tx: Transaction, known: ReturnedFile) -> Person | None:
    return None if known.person is None else people.find_by_id(tx, known.person)


def give(
    tx: Transaction,
    campaign: Campaign,
    one: ReturnedFile,
    person: Person | None,
    matched: OwnerMatch,
) -> None:
    """Write down whose a file is, or that it is nobody's, and put the original where it belongs."""
    file = move_original(campaign, one.file, aside=person is None)
    returns.save_owner(tx, one, person.id if person else None, matched, file)
