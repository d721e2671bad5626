"""What only the facilitator can know: whether a mail left, and whose a file is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from iml4e_xlsx.campaign.collecting import give
from iml4e_xlsx.campaign.folder import Campaign
from iml4e_xlsx.campaign.record import mails, people, returns
from iml4e_xlsx.campaign.record.connection import Record
from iml4e_xlsx.campaign.record.mails import MailState
from iml4e_xlsx.campaign.record.people import Person
from iml4e_xlsx.campaign.record.returns import Match, ReturnState
from iml4e_xlsx.errors import CampaignError

_OPEN = (MailState.SENDING, MailState.UNCERTAIN, MailState.DRAFTED)


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
                mails.settle(tx, mail.message_id, state, "settled by hand")
                settled += 1
    return settled


def assign_file(
    campaign: Campaign, record: Record, file: str, mail: str, *, now: datetime
) -> Person:
    """
    Record whose a file is that lies aside; return the person.

    Args:
        campaign: Whose folder.
        record: Its record.
        file: Its path as the status lists it, or the beginning of its name.
        mail: The person's address.
        now: The time that is recorded.

    Raises:
        CampaignError: If there is no such file aside, or more than one, or no such person.
        RecordError: If the record cannot be written.
    """
    with record.begin(now) as tx:
        person = people.find_by_mail(tx, mail)
        if person is None:
            raise CampaignError(f"{mail} is no mail address of the record.")
        stem = file.replace("\\", "/").rpartition("/")[2].partition(".")[0]
        found = [
            one
            for one in returns.all_returned(tx)
            if one.person is None
            and one.state is not ReturnState.ANONYMOUS
            and stem
            and one.sha256.startswith(stem)
        ]
        if len(found) != 1:
            what = "more than one file that lies" if found else "no file that lies"
            raise CampaignError(
                f"{file} names {what} aside. See what there is with: iml4e campaign status"
            )
        give(tx, campaign, found[0], person, Match.HAND)
    return person
