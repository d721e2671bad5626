"""Claims a planned mail before it leaves: its workbook and its row are still what was planned."""

from __future__ import annotations

from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.record import mails, people
from iml4e_xlsx.campaign.record.connection import Transaction
from iml4e_xlsx.campaign.send.plan import PlannedMail
from iml4e_xlsx.errors import CampaignError
from iml4e_xlsx.findings.error_codes import SendErrorCode
from iml4e_xlsx.findings.file_traits import content_digest


def read_planned_workbook(campaign: Campaign, planned: PlannedMail) -> bytes:
    """
    Read the workbook that leaves with a mail, as it was when the mail was planned.

    Raises:
        CampaignError: If the file has changed since: it may be made for somebody else by now.
    """
    path = campaign.resolve_path(planned.built.file)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CampaignError(
            SendErrorCode.PLANNED_WORKBOOK_UNREADABLE, path=path, reason=error.strerror or error
        ) from error
    if content_digest(data) != planned.built.digest:
        raise CampaignError(
            SendErrorCode.PLANNED_WORKBOOK_CHANGED, path=path, mail=planned.person.mail
        )
    return data


def claim_planned_mail(tx: Transaction, planned: PlannedMail, message_id: str) -> bool:
    """
    Record that a planned mail is about to leave; False if another process has recorded it.

    Raises:
        CampaignError: If the person has another address by now, or was erased.
    """
    person = people.find_by_id(tx, planned.person.id)
    if person is None or person.address != planned.person.address:
        raise CampaignError(SendErrorCode.PLANNED_PERSON_CHANGED, mail=planned.person.mail)
    digest, resumed = planned.built.digest, planned.resumed
    if resumed is not None:
        return mails.reclaim_mail(
            tx,
            resumed.message_id,
            resumed.state,
            resumed.changed,
            digest,
            about=planned.about,
        )
    return mails.claim_mail(
        tx,
        planned.person.id,
        planned.kind,
        message_id=message_id,
        number=planned.number,
        workbook_digest=digest,
        about=planned.about,
    )
