"""Writes planned mails as drafts: files that mail programs open ready to be sent by hand."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path, PurePosixPath

from iml4e_xlsx.campaign.folder import Campaign
from iml4e_xlsx.campaign.letters import Letters
from iml4e_xlsx.campaign.outbox import Entry, Plan
from iml4e_xlsx.campaign.record import mails
from iml4e_xlsx.campaign.record.connection import Record, Transaction
from iml4e_xlsx.campaign.record.mails import MailState
from iml4e_xlsx.campaign.sending import check_letters
from iml4e_xlsx.output import check_target, write_output


def write_drafts(
    campaign: Campaign,
    record: Record,
    plan: Plan,
    folder: Path,
    *,
    now: datetime,
    force: bool = False,
) -> tuple[Path, ...]:
    """
    Write each mail of a plan as an .eml file that opens as a draft, and record that.

    Outlook, Thunderbird and Apple Mail take `X-Unsent: 1` for a mail that is still to be sent.
    Whether it was, only the sender knows: a draft counts as mailed from here on. What another
    process has sent meanwhile gets no draft.

    Args:
        campaign: Whose mails they are.
        record: Its record.
        plan: What is to be written.
        folder: Where to; made if needed.
        now: The date of the mails.
        force: Whether to replace files.

    Raises:
        CampaignError: If a text cannot be filled in; nothing is written then.
        OutputExistsError: If a file is there and `force` is not set; nothing is written then.
        WorkbookWriteError: If a file cannot be written.
    """
    check_letters(campaign, plan)
    names = {
        entry.person.id: f"{PurePosixPath(entry.built.file).stem}-{plan.kind.value}.eml"
        for entry in plan.entries
    }
    for name in names.values():
        check_target(folder / name, force=force)
    folder.mkdir(parents=True, exist_ok=True)
    letters = Letters(campaign)
    paths = []
    for entry in plan.entries:
        path = folder / names[entry.person.id]
        message_id = entry.known.message_id if entry.known else letters.new_message_id()
        source = campaign.folder / entry.built.file
        mail = letters.mail(entry.person, entry.kind, source, message_id=message_id, now=now)
        mail["X-Unsent"] = "1"
        with record.begin(now) as tx:  # that is undone if the file cannot be written
            if _recorded(tx, entry, message_id):
                write_output(path, mail.as_bytes(), force=force)
                paths.append(path)
    return tuple(paths)


def _recorded(tx: Transaction, entry: Entry, message_id: str) -> bool:
    """Write a draft down; False if another process has sent that mail meanwhile."""
    if (known := entry.known) is not None:
        sha256 = entry.built.sha256
        if not mails.reclaim(tx, message_id, known.state, known.changed, sha256):
            return False
        return mails.settle(tx, message_id, MailState.DRAFTED)
    return mails.claim(
        tx,
        entry.person.id,
        entry.kind,
        message_id=message_id,
        number=entry.number,
        workbook_sha256=entry.built.sha256,
        state=MailState.DRAFTED,
    )
