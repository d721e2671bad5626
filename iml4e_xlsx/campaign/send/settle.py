"""Settles mails whose outcome only the facilitator can know: uncertain ones and drafts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from iml4e_xlsx.campaign.record import mails, people
from iml4e_xlsx.campaign.record.connection import Record, Transaction
from iml4e_xlsx.campaign.record.mails import MailRecord, MailState
from iml4e_xlsx.campaign.send.plan import AGAIN_WORDS
from iml4e_xlsx.errors import CampaignError
from iml4e_xlsx.findings.error_codes import SendErrorCode

SETTLED_BY_HAND: Final = "settled-by-hand"
"""Stands in the place of the server's words; its text is `mail_notes.settled-by-hand`."""

SETTLE_WORDS: Final = {word: AGAIN_WORDS[word] for word in ("uncertain", "drafted")}
"""The words that stand for everybody with such a mail, as they do where mails are sent again."""

_OPEN: Final = tuple(state for states in SETTLE_WORDS.values() for state in states)


def settle_mails(record: Record, addresses: Sequence[str], *, was_sent: bool, now: datetime) -> int:
    """
    Record whether the mails to some people left, where that is not known; return how many.

    The next run sends the mails that did not leave.

    Args:
        record: The record.
        addresses: Mail addresses, or the words of `SETTLE_WORDS` for everybody with such a mail.
        was_sent: Whether they left.
        now: The time.

    Raises:
        CampaignError: If an address is nobody's or has no such mail; nothing is settled then.
        RecordError: If the record cannot be written.
    """
    state = MailState.SENT if was_sent else MailState.DEFERRED
    with record.begin(now) as tx:
        all_mails = mails.all_mails(tx)
        chosen: dict[str, None] = {}  # each once, though an address and a word may mean it
        for item in addresses:
            chosen |= dict.fromkeys(_choose_mails(tx, item, all_mails))
        for message_id in chosen:
            mails.settle_mail(tx, message_id, state, SETTLED_BY_HAND)
    return len(chosen)


def _choose_mails(
    tx: Transaction, item: str, all_mails: Mapping[int, Sequence[MailRecord]]
) -> list[str]:
    """Return the mails that a word or an address means; CampaignError if it means nobody's."""
    if states := SETTLE_WORDS.get(item):  # which may be nobody's: that is no mistake
        every = (mail for own_mails in all_mails.values() for mail in own_mails)
        return [mail.message_id for mail in every if mail.state in states]
    person = people.find_by_mail(tx, item)
    own_mails = all_mails.get(person.id, ()) if person is not None else ()
    open_mails = [mail.message_id for mail in own_mails if mail.state in _OPEN]
    if not open_mails:
        raise CampaignError(SendErrorCode.NO_OPEN_MAIL, address=item, words=tuple(SETTLE_WORDS))
    return open_mails
