"""
Opens a campaign's record, and refuses one that is not the campaign's.

A record is made where there is none yet. Of a campaign that has begun there must be one: were an
empty one taken for it, everybody would get another workbook, and another mail.
"""

from __future__ import annotations

import os
from pathlib import Path

from iml4e_xlsx.campaign.folder.campaign import DATABASE_VARIABLE, Campaign, open_campaign
from iml4e_xlsx.campaign.folder.clock import current_time
from iml4e_xlsx.campaign.folder.originals import is_original
from iml4e_xlsx.campaign.folder.settings import SETTINGS_FILE
from iml4e_xlsx.campaign.record import campaigns
from iml4e_xlsx.campaign.record.connection import Record, database_file
from iml4e_xlsx.errors import RecordError


def open_record(campaign: Campaign) -> Record:
    """
    Open the record of a campaign, at its newest revision; close it after use.

    Raises:
        RecordError: If it cannot be opened, if the campaign has begun and this record knows
            nothing of it, or if the record was copied to another database, which counts since.
    """
    begun = _has_begun(campaign)
    file = database_file(campaign.database)
    if begun and file is not None and not file.exists():
        raise _strange(campaign, f"The record {file} is missing")
    record = Record(campaign.database, campaign.settings.id)
    try:
        _check(campaign, record, begun=begun)
    except BaseException:
        record.close()
        raise
    return record


def _check(campaign: Campaign, record: Record, *, begun: bool) -> None:
    with record.begin(current_time()) as tx:
        known, successor = campaigns.has_campaign(tx), campaigns.superseded_by(tx)
    if begun and not known:
        raise _strange(campaign, f"The record {record.where} does not know this campaign")
    if successor:
        raise RecordError(
            f"The record {record.where} was copied to another database, which counts since. Write "
            f'into {campaign.folder / SETTINGS_FILE}: database = "{successor}"; or name it with '
            f"--database or in {DATABASE_VARIABLE}."
        )


def open_previous(folder: Path) -> tuple[Campaign, Record]:
    """
    Open an earlier campaign and its record: the one that it names itself, if that is its own.

    The environment names the record of the campaign that a command works on; an earlier one may
    lie in the same database.

    Raises:
        CampaignError: If its settings cannot be read.
        RecordError: If neither is its record.
    """
    campaign = open_campaign(folder, use_environment=False)
    try:
        return campaign, open_record(campaign)
    except RecordError:
        if not os.environ.get(DATABASE_VARIABLE):
            raise
        other = open_campaign(folder)
        return other, open_record(other)


def _has_begun(campaign: Campaign) -> bool:
    """Return whether there is anything that only a record can have led to."""
    built = any(True for _ in campaign.workbooks.glob("[!.]*"))
    return built or any(is_original(path) for path in campaign.returned.glob("*"))


def _strange(campaign: Campaign, what: str) -> RecordError:
    return RecordError(
        f"{what}, but {campaign.folder} has its workbooks. With a new record everybody would be "
        "mailed another one. Restore the record from a copy, or name the database that holds it: "
        f"as database in {campaign.folder / SETTINGS_FILE}, with --database or in "
        f"{DATABASE_VARIABLE}."
    )
