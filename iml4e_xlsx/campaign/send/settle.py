"""Settles mails whose fate nobody but the facilitator can know: drafts, and uncertain ones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from iml4e_xlsx.campaign.record import mails, people
from iml4e_xlsx.campaign.record.connection import Record
from iml4e_xlsx.campaign.record.mails import MailState
from iml4e_xlsx.errors import CampaignError

_OPEN: Final = (MailState.SENDING, MailState.UNCERTAIN, MailState.DRAFTED)


def settle_mails(record: Record, addresses: Sequence[str], *, was_sent: bool, now: datetime) -> int:
    """
    Record of the mails to some people whose fate is not known whether they left.

    What did not leave is sent by the next run. Returns how many mails were settled.

    Raises:
        CampaignError: If an address is nobody's or has no such mail; nothing is settled then.
        RecordError: If the record cannot be written.
    """
    state = MailState.SENT if was_sent else MailState.DEFERRED
    settled = 0
    with record.begin(now) as tx:
        known = mails.all_mails(tx)
        for address in addresses:
            person = people.find_by_mail(tx, address)
            found = [
                mail for mail in known.get(person.id if person else 0, []) if mail.state in _OPEN
            ]
            if not found:
                raise CampaignError(
                    f"There is no mail to {address} that is uncertain or a draft. See who there is "
                    "with: iml4e campaign status"
                )
            for mail in found:
                mails.settle_mail(tx, mail.message_id, state, "settled by hand")
                settled += 1
    return settled
