"""Writes planned mails as drafts: files that a mail program opens, to be sent by hand."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Final

from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.folder.file_modes import make_own_folder
from iml4e_xlsx.campaign.record import mails, people
from iml4e_xlsx.campaign.record.connection import Record
from iml4e_xlsx.campaign.record.mails import MailState
from iml4e_xlsx.campaign.send.claims import claim_planned_mail, read_planned_workbook
from iml4e_xlsx.campaign.send.compose import MailComposer
from iml4e_xlsx.campaign.send.plan import MailPlan, PlannedMail
from iml4e_xlsx.campaign.send.send import check_mails
from iml4e_xlsx.errors import Iml4eError
from iml4e_xlsx.output import check_folder, check_target, write_output
from iml4e_xlsx.text.moments import local_day

DRAFT_NOT_WRITTEN: Final = "draft-not-written"
"""The note of ours in the place of a server's words; its text stands under `mail_notes`."""


def write_drafts(
    campaign: Campaign,
    record: Record,
    plan: MailPlan,
    folder: Path,
    *,
    now: datetime,
    force: bool = False,
    progress: Callable[[Path], None] = lambda _: None,
) -> tuple[Path, ...]:
    """
    Write each mail of a plan as an .eml file that opens as a draft, and record that.

    Each mail is recorded as being sent before its draft is written: if the process ends in
    between, the mail is uncertain. A mail that another process has sent meanwhile gets no draft.

    Outlook, Thunderbird and Apple Mail take `X-Unsent: 1` for a mail that is still to be sent.
    Only the sender knows whether it was: a draft counts as mailed from here on.

    Args:
        campaign: The campaign.
        record: Its record.
        plan: The mails to write.
        folder: The target; made if there is anything to write.
        now: The date of the mails.
        force: Whether to replace files.
        progress: Called with each draft once it is written and recorded.

    Raises:
        CampaignError: If a text cannot be filled in; nothing is written then. If a workbook has
            changed since it was planned; the drafts before it are written then.
        OutputNameError: If a file stands where the folder is to be; nothing is written then.
        OutputExistsError: If a file exists and `force` is not set; nothing is written then.
        WorkbookWriteError: If a file cannot be written.
    """
    check_mails(campaign, plan, local_day(now))
    names = {
        planned.person.id: f"{PurePosixPath(planned.built.file).stem}-{planned.kind.value}.eml"
        for planned in plan.mails
    }
    check_folder(folder)
    for name in names.values():
        check_target(folder / name, force=force)
    if names:
        make_own_folder(folder)
    composer = MailComposer(campaign, local_day(now))
    paths = []
    sender = campaign.settings.sender_mail
    for planned in plan.mails:
        path = folder / names[planned.person.id]
        resumed = planned.resumed
        message_id = resumed.message_id if resumed else mails.new_message_id(sender)
        workbook = read_planned_workbook(campaign, planned)
        mail = composer.compose_mail(planned, workbook, message_id=message_id, now=now)
        mail["X-Unsent"] = "1"
        with record.begin(now) as tx:  # first: an unrecorded draft would be sent twice
            declined = people.has_declined(tx, planned.person.id)  # since the mail was planned
            claimed = not declined and claim_planned_mail(tx, planned, message_id)
        if claimed:
            with _release_claim(record, planned, message_id, now):
                write_output(path, mail.as_bytes(), force=force, private=True)
            with record.begin(now) as tx:
                mails.settle_mail(tx, message_id, MailState.DRAFTED)
            paths.append(path)
            progress(path)
    return tuple(paths)


@contextlib.contextmanager
def _release_claim(
    record: Record, planned: PlannedMail, message_id: str, now: datetime
) -> Iterator[None]:
    """Record that a draft was not written if writing fails, so that it is planned again."""
    try:
        yield
    except Iml4eError:
        resumed = planned.resumed
        state, words = MailState.DEFERRED, DRAFT_NOT_WRITTEN
        if resumed is not None:  # the mail is what it was before
            state, words = resumed.state, resumed.words
        with record.begin(now) as tx:
            mails.settle_mail(tx, message_id, state, words)
        raise
