"""Writes planned mails as drafts: files that mail programs open ready to be sent by hand."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path, PurePosixPath

from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.record import mails
from iml4e_xlsx.campaign.record.connection import Record
from iml4e_xlsx.campaign.record.mails import MailState
from iml4e_xlsx.campaign.send.compose import MailComposer
from iml4e_xlsx.campaign.send.plan import MailPlan, PlannedMail, claim, read_planned_workbook
from iml4e_xlsx.campaign.send.send import check_mails
from iml4e_xlsx.errors import Iml4eError
from iml4e_xlsx.output import check_target, write_output


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

    Each is recorded before it is written, as being sent: what ends the process in between leaves
    it uncertain. What another process has sent meanwhile gets no draft.

    Outlook, Thunderbird and Apple Mail take `X-Unsent: 1` for a mail that is still to be sent.
    Whether it was, only the sender knows: a draft counts as mailed from here on.

    Args:
        campaign: Whose mails they are.
        record: Its record.
        plan: What is to be written.
        folder: Where to; made if there is anything to write.
        now: The date of the mails.
        force: Whether to replace files.
        progress: Is told each draft that lies there and is recorded.

    Raises:
        CampaignError: If a text cannot be filled in; nothing is written then. If a workbook is no
            longer what was planned; the drafts before it are written then.
        OutputExistsError: If a file is there and `force` is not set; nothing is written then.
        WorkbookWriteError: If a file cannot be written.
    """
    check_mails(campaign, plan, now.date())
    names = {
        entry.person.id: f"{PurePosixPath(entry.built.file).stem}-{plan.kind.value}.eml"
        for entry in plan.entries
    }
    for name in names.values():
        check_target(folder / name, force=force)
    if names:
        folder.mkdir(parents=True, exist_ok=True)
    letters = MailComposer(campaign, now.date())
    paths = []
    sender = campaign.settings.sender_mail
    for entry in plan.entries:
        path = folder / names[entry.person.id]
        known = entry.known
        message_id = known.message_id if known else mails.new_message_id(sender)
        workbook = read_planned_workbook(campaign, entry)
        mail = letters.mail(entry, workbook, message_id=message_id, now=now)
        mail["X-Unsent"] = "1"
        with record.begin(now) as tx:  # first: a draft that lies there unrecorded is sent twice
            claimed = claim(tx, entry, message_id)
        if claimed:
            with _undone(record, entry, message_id, now):
                write_output(path, mail.as_bytes(), force=force)
            with record.begin(now) as tx:
                mails.settle_mail(tx, message_id, MailState.DRAFTED)
            paths.append(path)
            progress(path)
    return tuple(paths)


@contextlib.contextmanager
def _undone(record: Record, entry: PlannedMail, message_id: str, now: datetime) -> Iterator[None]:
    """Record of a draft that cannot be written that there is none, so that it is planned again."""
    try:
        yield
    except Iml4eError as error:
        known = entry.known
        state, words = (known.state, known.words) if known else (MailState.DEFERRED, str(error))
        with record.begin(now) as tx:
            mails.settle_mail(tx, message_id, state, words)
        raise
