"""Settles mails whose outcome only the facilitator can know: uncertain ones and drafts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from iml4e_xlsx.campaign.record import mails, people
from iml4e_xlsx.campaign.record.connection import Record
from iml4e_xlsx.campaign.record.mails import MailState
from iml4e_xlsx.errors import CampaignError
from iml4e_xlsx.findings.error_codes import SendErrorCode

SETTLED_BY_HAND: Final = "settled-by-hand"
"""Stands in the place of the server's words; its text is `mail_notes.settled-by-hand`."""

_OPEN: Final = (MailState.SENDING, MailState.UNCERTAIN, MailState.DRAFTED)


def settle_mails(record: Record, addresses: Sequence[str], *, was_sent: bool, now: datetime) -> int:
    """
    Record whether the mails to some people left, where that is not known; return how many.

    The next run sends the mails that did not leave.

    Raises:
        CampaignError: If an address is nobody's or has no such mail; nothing is settled then.
        RecordError: If the record cannot be written.
    """
    state = MailState.SENT if was_sent else MailState.DEFERRED
    settled = 0
    with record.begin(now) as tx:
        all_mails = mails.all_mails(tx)
        for address in addresses:
            person = people.find_by_mail(tx, address)
            own_mails = all_mails.get(person.id, []) if person is not None else []
            open_mails = [mail for mail in own_mails if mail.state in _OPEN]
            if not open_mails:
                raise CampaignError(SendErrorCode.NO_OPEN_MAIL, address=address)
            for mail in open_mails:
                mails.settle_mail(tx, mail.message_id, state, SETTLED_BY_HAND)
                settled += 1
    return settled
