"""Claims a planned mail before it leaves: its workbook and its row are still what was planned."""

from __future__ import annotations

from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.record import campaigns, mails, people, returns
from iml4e_xlsx.campaign.record.connection import Transaction
from iml4e_xlsx.campaign.record.mails import MailKind, MailState
from iml4e_xlsx.campaign.send.plan import AnsweredFile, PlannedMail
from iml4e_xlsx.errors import CampaignError
from iml4e_xlsx.findings.error_codes import SendErrorCode
from iml4e_xlsx.findings.file_traits import content_digest


def read_planned_workbook(campaign: Campaign, planned: PlannedMail) -> bytes:
    """
    Read the workbook that leaves with a mail, as it was when the mail was planned.

    Nothing for a mail without one.

    Raises:
        CampaignError: If the file has changed since: it may be made for somebody else by now.
    """
    if planned.answered is not None or not planned.has_workbook:
        return b""
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
        CampaignError: If the person has another address by now, or was erased; or if the file
            that is answered is no longer theirs.
    """
    person = people.find_by_id(tx, planned.person.id)
    if person is None or person.address != planned.person.address:
        raise CampaignError(SendErrorCode.PLANNED_PERSON_CHANGED, mail=planned.person.mail)
    if planned.answered is not None and not _is_still_due(tx, planned, planned.answered):
        return False
    if planned.about and not planned.kind.is_answer:
        campaigns.note_deadline(tx, planned.about)
    digest, resumed = planned.workbook_digest, planned.resumed
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


def _is_still_due(tx: Transaction, planned: PlannedMail, answered: AnsweredFile) -> bool:
    """
    Tell whether a file is not answered yet by a mail of another kind, of another process.

    Raises:
        CampaignError: If the file is not the person's any more: nobody gets another's figures.
    """
    file = returns.find_returned(tx, answered.returned.digest)
    if file is None or (file.person, file.state) != (planned.person.id, answered.returned.state):
        raise CampaignError(SendErrorCode.PLANNED_ANSWER_CHANGED, mail=planned.person.mail)
    if answered.is_repeated or planned.kind is MailKind.NUDGE:
        return True
    answers = mails.all_mails(tx).get(planned.person.id, ())
    return not any(
        mail.about == planned.about
        and mail.kind.is_answer
        and mail.kind is not planned.kind
        and mail.state is not MailState.DEFERRED
        for mail in answers
    )
