"""Records mails and returned files as if they had been sent and collected."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

from iml4e_xlsx.campaign.record import mails, returns
from iml4e_xlsx.campaign.record.connection import Transaction
from iml4e_xlsx.campaign.record.mails import MailKind, MailState
from iml4e_xlsx.campaign.record.people import Person
from iml4e_xlsx.campaign.record.returned_file import Delivery, OwnerMatch, ReturnState
from iml4e_xlsx.campaign.record.returns import Arrival
from iml4e_xlsx.findings.about_files import make_failure
from iml4e_xlsx.findings.failure import Failure, FailureCode
from iml4e_xlsx.model import Assessment, RatingValue, Scheme
from iml4e_xlsx.text.interface_texts import load_texts
from tests.support.builders import assessment
from tests.support.campaigns import NOW, all_rated


def note_mail(  # noqa: PLR0913 - a test names what matters to it, and nothing else
    tx: Transaction,
    person: Person,
    state: MailState = MailState.SENT,
    *,
    kind: MailKind = MailKind.INVITATION,
    number: int = 1,
    at: datetime = NOW,
    words: str = "",
    about: str = "",
) -> str:
    """Record a mail as if it had been sent; return its Message-ID."""
    message_id = f"<{person.id}-{kind.value}-{number}@example.org>"
    then = Transaction(tx.connection, tx.campaign, at)
    assert mails.claim_mail(
        then,
        person.id,
        kind,
        message_id=message_id,
        number=number,
        workbook_digest="0" * 64,
        about=about,
    )
    if state is not MailState.SENDING:
        mails.settle_mail(then, message_id, state, words)
    return message_id


def note_returned(  # noqa: PLR0913 - a test names what matters to it, and nothing else
    tx: Transaction,
    person: Person | None,
    outcome: Assessment | tuple[str, str] | None,
    *,
    at: datetime = NOW,
    content: str = "",
    sender: str = "",
    message_id: str = "",
    file: str = "",
) -> str:
    """
    Record a returned file as if it had been collected; return the digest it goes by.

    An assessment was read; code and reason are a failure; None is a workbook as issued.
    """
    state = ReturnState.READ
    if not isinstance(outcome, Assessment):
        state = ReturnState.ISSUED if outcome is None else ReturnState.FAILED
    digest = sha256(f"{person and person.id} {at} {content}".encode()).hexdigest()
    source = f"{digest[:8]}.xlsx"
    if isinstance(outcome, tuple):
        code, reason = outcome
        what: Assessment | Failure | None = make_failure(
            load_texts(), FailureCode(code), source, reason=reason
        )
    else:
        what = outcome
    arrival = Arrival(
        digest=digest,
        person=person.id if person else None,
        matched=OwnerMatch.WORKBOOK if person else OwnerMatch.NONE,
        state=state,
        file=file,
        source=source,
        outcome=what,
        delivery=Delivery(message_id=message_id, sender=sender, received=at),
    )
    then = Transaction(tx.connection, tx.campaign, at)
    assert returns.save_arrival(then, arrival)
    return digest


def rated(
    scheme: Scheme, person: Person, values: Mapping[str, RatingValue | None] | None = None
) -> Assessment:
    """Return what reading a person's workbook yields, everything rated 3 unless told."""
    given = all_rated(scheme) if values is None else values
    return assessment(
        scheme,
        given,
        team=person.profile.team,
        respondent=person.name,
        organisation=person.profile.organisation,
        source=f"{person.workbook_id}.xlsx",
    )
