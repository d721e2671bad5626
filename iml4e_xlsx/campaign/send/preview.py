"""
Shows mails before they leave, and sends one to the facilitator; neither leaves a record.

The workbook of a test mail has an id that is nobody's: what is tried out in it is no answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path, PurePosixPath
from typing import Final

from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.folder.file_modes import make_own_folder
from iml4e_xlsx.campaign.record import mails
from iml4e_xlsx.campaign.record.people import TEST_WORKBOOK_ID
from iml4e_xlsx.campaign.send.claims import read_planned_workbook
from iml4e_xlsx.campaign.send.compose import MailComposer
from iml4e_xlsx.campaign.send.plan import PlannedMail
from iml4e_xlsx.campaign.servers.transport import Transport
from iml4e_xlsx.output import check_folder, check_target, write_output
from iml4e_xlsx.text.moments import local_day
from iml4e_xlsx.workbook.builder import blank_response, build_workbook

_TEST: Final = "Test: "
"""Begins the subject of a test mail, so that it is not taken for the person's own."""


def preview_mail(campaign: Campaign, planned: PlannedMail, *, now: datetime) -> EmailMessage:
    """
    Compose a planned mail as it would leave, under a Message-ID that is not recorded.

    Raises:
        CampaignError: If a text cannot be filled in, or the workbook has changed.
    """
    composer = MailComposer(campaign, local_day(now))
    message_id = mails.new_message_id(campaign.settings.sender_mail)
    workbook = read_planned_workbook(campaign, planned)
    return composer.compose_mail(planned, workbook, message_id=message_id, now=now)


def write_previews(
    campaign: Campaign,
    planned_mails: Sequence[PlannedMail],
    folder: Path,
    *,
    now: datetime,
    force: bool = False,
) -> tuple[Path, ...]:
    """
    Write mails as .eml files to look at: not as drafts, and without a record.

    Raises:
        CampaignError: If a text cannot be filled in; nothing is written then.
        OutputNameError: If a file stands where the folder is to be; nothing is written then.
        OutputExistsError: If a file exists and `force` is not set; nothing is written then.
        WorkbookWriteError: If a file cannot be written.
    """
    MailComposer(campaign, local_day(now)).check_mails(planned_mails)
    check_folder(folder)
    paths = [
        folder / f"{PurePosixPath(planned.built.file).stem}-{planned.kind.value}-preview.eml"
        for planned in planned_mails
    ]
    for path in paths:
        check_target(path, force=force)
    if paths:
        make_own_folder(folder)
    for path, planned in zip(paths, planned_mails, strict=True):
        mail = preview_mail(campaign, planned, now=now)
        write_output(path, mail.as_bytes(), force=force, private=True)
    return tuple(paths)


def send_test_mail(
    campaign: Campaign,
    planned: PlannedMail,
    address: str,
    transport: Transport,
    *,
    now: datetime,
) -> str:
    """
    Send somebody's mail to another address, and record nothing; return the server's words.

    Raises:
        CampaignError: If a text cannot be filled in.
        MailRefusal: If the server will not take it.
        MailDeferral: If it did not take it this time.
        MailUncertainty: If the answer was lost.
        MailError: If no mail can be sent at all.
    """
    composer = MailComposer(campaign, local_day(now))
    sender = campaign.settings.sender_mail
    mail = composer.compose_mail(
        _without_identity(planned),
        _build_test_workbook(campaign, planned, now),
        message_id=mails.new_message_id(sender),
        now=now,
    )
    for name in ("To", "Cc", "In-Reply-To", "References"):
        del mail[name]
    mail["To"] = address
    subject = f"{_TEST}{mail['Subject']}"
    mail.replace_header("Subject", subject)
    return transport.deliver_mail(sender, address, mail.as_bytes())


def _without_identity(planned: PlannedMail) -> PlannedMail:
    """Return an answer whose attached copy, if it comes back, is nobody's."""
    answered = planned.answered
    if answered is None or answered.response is None:
        return planned
    response = replace(answered.response, workbook_id=TEST_WORKBOOK_ID)
    return replace(planned, answered=replace(answered, response=response))


def _build_test_workbook(campaign: Campaign, planned: PlannedMail, now: datetime) -> bytes:
    """Build the workbook of a person anew, with an id that is nobody's."""
    person = planned.person
    scheme = campaign.load_form(person)
    return build_workbook(
        scheme,
        created=now,
        response=blank_response(scheme, profile=person.profile, targets=person.targets),
        identity=TEST_WORKBOOK_ID,
        notice=campaign.settings.notice,
    )
