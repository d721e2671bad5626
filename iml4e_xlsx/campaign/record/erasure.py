"""Erases a person from the record, and leaves the bare ratings if they are to stay."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from iml4e_xlsx.campaign.record.anonymous_rows import make_anonymous_values
from iml4e_xlsx.campaign.record.campaigns import ERASED, LISTED
from iml4e_xlsx.campaign.record.connection import Transaction
from iml4e_xlsx.campaign.record.letters import erase_letters
from iml4e_xlsx.campaign.record.people import Person
from iml4e_xlsx.campaign.record.returned_file import ReturnedFile
from iml4e_xlsx.campaign.record.returns import counting_responses
from iml4e_xlsx.campaign.record.schema import (
    answers,
    deliveries,
    erased,
    mails,
    people,
    returned,
    workbooks,
)
from iml4e_xlsx.findings.file_traits import content_digest
from iml4e_xlsx.model import Profile
from iml4e_xlsx.text.addresses import address_key


def erase_person(
    tx: Transaction,
    person: Person | None,
    returned_files: Sequence[ReturnedFile],
    mail: str,
    *,
    keep_ratings: bool,
    was_listed: bool = False,
) -> bool:
    """
    Erase a person and the files that came from them; return whether ratings stay.

    Of each content its digest stays, so that it is not collected again from a mailbox, and found
    in other copies of the folder, as drafts are by the digests of their Message-IDs; it says
    nothing of who or what it was. `was_listed` is whether a roster had the person.
    """
    counting = (
        counting_responses(returned_files).get(person.id) if person and keep_ratings else None
    )
    digests = {returned_file.digest for returned_file in returned_files}
    if person is not None:
        issued = sa.select(workbooks.c.sha256).where(workbooks.c.person == person.id)
        digests |= set(tx.connection.scalars(issued))
        mailed = sa.select(mails.c.message_id).where(mails.c.person == person.id)
        digests |= {content_digest(key.encode()) for key in tx.connection.scalars(mailed)}
    for digest in sorted(digests):
        tx.insert_or_skip(erased, campaign=tx.campaign, sha256=digest)
    for returned_file in returned_files:
        if returned_file is counting:
            _anonymise(tx, returned_file, person)
        else:
            tx.connection.execute(returned.delete().where(returned.c.id == returned_file.id))
    if person is not None:
        tx.connection.execute(people.delete().where(people.c.id == person.id))
    of_campaign = sa.select(returned.c.id).where(returned.c.campaign == tx.campaign)
    sent = deliveries.update().where(
        deliveries.c.sender == address_key(mail), deliveries.c.returned.in_(of_campaign)
    )
    tx.connection.execute(sent.values(sender=""))  # what they passed on for somebody else
    erase_letters(tx, address_key(mail))
    tx.add_event(ERASED, detail=LISTED if was_listed else "")
    return counting is not None


def erased_digests(tx: Transaction) -> set[str]:
    """Return the digests of all that was erased."""
    return set(
        tx.connection.scalars(sa.select(erased.c.sha256).where(erased.c.campaign == tx.campaign))
    )


def _anonymise(tx: Transaction, returned_file: ReturnedFile, person: Person | None) -> None:
    """Leave ratings and targets of a response, with organisation and team, and nothing else."""
    roster = person.profile if person else Profile()
    values = make_anonymous_values(tx)
    values["profile"] = {
        name: getattr(roster, name) or getattr(returned_file.profile, name)
        for name in ("organisation", "team")
    }
    anonymous = returned.update().where(returned.c.id == returned_file.id)
    tx.connection.execute(anonymous.values(**values))
    tx.connection.execute(deliveries.delete().where(deliveries.c.returned == returned_file.id))
    answer_rows = answers.update().where(answers.c.returned == returned_file.id)
    tx.connection.execute(answer_rows.values(evidence=""))
    empty = answers.c.rating.is_(None) & answers.c.applicable & ~answers.c.unknown
    tx.connection.execute(answers.delete().where(answers.c.returned == returned_file.id, empty))
