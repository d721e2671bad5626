"""Records the mails of a campaign before they leave, and their state afterwards."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

import sqlalchemy as sa

from iml4e_xlsx.campaign.record.connection import Transaction
from iml4e_xlsx.campaign.record.schema import mails


class MailKind(Enum):
    """
    The kind of a mail.

    INVITATION, REMINDER and DEADLINE ask for the workbook: with it, once more, and by a new day.
    The others answer what came back: that it has arrived, what is wrong with it, that some of it
    is open, what results from it.
    """

    INVITATION = "invitation"
    REMINDER = "reminder"
    DEADLINE = "deadline"
    RECEIPT = "receipt"
    FINDINGS = "findings"
    NUDGE = "nudge"
    RESULT = "result"

    @property
    def is_answer(self) -> bool:
        """Tell whether a mail of this kind is about a file that came back."""
        return self not in (MailKind.INVITATION, MailKind.REMINDER, MailKind.DEADLINE)


class MailState(Enum):
    """
    The state of a mail.

    SENDING stands from before a mail leaves until the server's answer is recorded. A mail that
    is found so afterwards may have left or not: it is as uncertain as UNCERTAIN, where the
    answer was lost. DEFERRED certainly did not leave; the server asked to try again later.
    """

    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    DEFERRED = "deferred"
    UNCERTAIN = "uncertain"
    DRAFTED = "drafted"
    BOUNCED = "bounced"

    @property
    def is_uncertain(self) -> bool:
        """Return whether the mail may have left or not."""
        return self in (MailState.SENDING, MailState.UNCERTAIN)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailRecord:
    """
    A mail to one person; `words` are the server's, `changed` when the state was recorded.

    `about` is the digest of the file that it answers, or the deadline that it named, as a day in
    ISO 8601; empty for none, and for a mail of an earlier release.
    """

    message_id: str
    person: int
    kind: MailKind
    number: int
    state: MailState
    words: str
    created: datetime
    changed: datetime
    about: str = ""

    @property
    def may_have_arrived(self) -> bool:
        """Return whether it left, or may have, and did not come back."""
        states = (MailState.REFUSED, MailState.BOUNCED, MailState.DEFERRED)
        return self.state not in states


def new_message_id(sender: str) -> str:
    """Return a Message-ID that no other mail has, in the domain of the sender's address."""
    return f"<{secrets.token_hex(16)}@{sender.rpartition('@')[2] or 'localhost'}>"


def claim_mail(
    tx: Transaction,
    person: int,
    kind: MailKind,
    *,
    message_id: str,
    number: int,
    workbook_digest: str,
    about: str = "",
) -> bool:
    """Write a mail down before it leaves; False if another process has already done so."""
    values = {
        "message_id": message_id,
        "campaign": tx.campaign,
        "person": person,
        "kind": kind.value,
        "number": number,
        "state": MailState.SENDING.value,
        "words": "",
        "workbook_sha256": workbook_digest,
        "about": about,
        "created": tx.now,
        "changed": tx.now,
    }
    if not tx.insert_or_skip(mails, **values):
        return False
    tx.add_event(MailState.SENDING.value, person, kind.value)
    return True


def reclaim_mail(
    tx: Transaction,
    message_id: str,
    state: MailState,
    since: datetime,
    workbook_digest: str,
    *,
    about: str = "",
) -> bool:
    """
    Take a mail up again under its Message-ID.

    False if it is no longer in this state since then: another process has taken it up.
    """
    chosen = mails.update().where(
        mails.c.message_id == message_id,
        mails.c.campaign == tx.campaign,
        mails.c.state == state.value,
        mails.c.changed == since,
    )
    values = {
        "state": MailState.SENDING.value,
        "words": "",
        "workbook_sha256": workbook_digest,
        "about": about,
    }
    row = tx.connection.execute(
        chosen.values(changed=tx.now, **values).returning(mails.c.person, mails.c.kind)
    ).one_or_none()
    if row is None:
        return False
    tx.add_event(MailState.SENDING.value, row.person, row.kind)
    return True


def settle_mail(tx: Transaction, message_id: str, state: MailState, words: str = "") -> bool:
    """Record what became of a mail; False if there is no such mail."""
    chosen = mails.update().where(mails.c.message_id == message_id, mails.c.campaign == tx.campaign)
    row = tx.connection.execute(
        chosen.values(state=state.value, words=words, changed=tx.now).returning(mails.c.person)
    ).scalar_one_or_none()
    if row is None:
        return False
    tx.add_event(state.value, row)
    return True


def record_bounce(tx: Transaction, message_id: str, words: str) -> int | None:
    """
    Record that a mail came back as undeliverable; return whom it was to, by number.

    None if it is not ours, or that is known.
    """
    chosen = sa.select(mails.c.state, mails.c.person).where(
        mails.c.message_id == message_id, mails.c.campaign == tx.campaign
    )
    row = tx.connection.execute(chosen).one_or_none()
    if row is None or row.state in (MailState.BOUNCED.value, MailState.REFUSED.value):
        return None
    settle_mail(tx, message_id, MailState.BOUNCED, words)
    return int(row.person)


def all_mails(tx: Transaction) -> dict[int, list[MailRecord]]:
    """
    Return the mails of each person, the oldest first.

    Those of a kind by their numbers: the clocks of the machines that wrote them may differ.
    """
    chosen = (
        sa.select(mails)
        .where(mails.c.campaign == tx.campaign)
        .order_by(mails.c.person, mails.c.kind, mails.c.number)
    )
    newest: dict[tuple[int, MailKind], datetime] = {}
    mails_by_person: dict[int, list[tuple[datetime, MailRecord]]] = {}
    for row in tx.connection.execute(chosen).mappings():
        mail = _mail(row)
        series = mail.person, mail.kind
        newest[series] = max(mail.created, newest.get(series, mail.created))
        mails_by_person.setdefault(mail.person, []).append((newest[series], mail))
    return {
        person: [mail for _, mail in sorted(entries, key=lambda entry: entry[0])]
        for person, entries in mails_by_person.items()
    }


def people_by_message(tx: Transaction) -> dict[str, int]:
    """Return to whom each mail of the campaign was, by its Message-ID."""
    chosen = sa.select(mails.c.message_id, mails.c.person).where(mails.c.campaign == tx.campaign)
    return {row.message_id: row.person for row in tx.connection.execute(chosen)}


def is_own_mail(tx: Transaction, message_id: str) -> bool:
    """Return whether a mail is one of the campaign's own."""
    chosen = sa.select(sa.literal(1)).where(
        mails.c.message_id == message_id, mails.c.campaign == tx.campaign
    )
    return tx.connection.scalar(chosen) is not None


def _mail(values: sa.RowMapping) -> MailRecord:
    return MailRecord(
        message_id=values["message_id"],
        person=values["person"],
        kind=MailKind(values["kind"]),
        number=values["number"],
        state=MailState(values["state"]),
        words=values["words"],
        created=values["created"],
        changed=values["changed"],
        about=values["about"],
    )
