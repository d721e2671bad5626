"""
Opens a campaign's record, and refuses one that is not the campaign's.

A record is made where there is none yet. Of a campaign that has begun there must be one: were an
empty one taken for it, everybody would get another workbook, and another mail.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from iml4e_xlsx.campaign.folder.campaign import Campaign, open_campaign
from iml4e_xlsx.campaign.folder.clock import current_time
from iml4e_xlsx.campaign.folder.file_modes import close_folder
from iml4e_xlsx.campaign.folder.folder_identity import register_folder
from iml4e_xlsx.campaign.folder.kept_copies import (
    KeptCopy,
    count_newer_files,
    knows_more,
    list_copies,
    newest_whole_copy,
)
from iml4e_xlsx.campaign.folder.originals import is_original
from iml4e_xlsx.campaign.folder.settings import SETTINGS_FILE
from iml4e_xlsx.campaign.folder.settings_check import DATABASE_VARIABLE
from iml4e_xlsx.campaign.record import campaigns
from iml4e_xlsx.campaign.record.closing import find_closed_round
from iml4e_xlsx.campaign.record.connection import Record, database_file
from iml4e_xlsx.errors import RecordError
from iml4e_xlsx.findings.error_codes import RecordErrorCode
from iml4e_xlsx.text.message import Message, message
from iml4e_xlsx.text.moments import describe_minute


def open_record(
    campaign: Campaign,
    *,
    registers: bool = True,
    notice: Callable[[Message], None] = lambda _: None,
) -> Record:
    """
    Open the record of a campaign, at its newest revision; close it after use.

    The folder is closed to other people: one of an earlier release was open to all of them. The
    record learns that the folder works on it, unless that is not to be registered. `notice` is
    called with a message where another process makes this one wait.

    Raises:
        RecordError: If it cannot be opened, if the campaign has begun and this record knows
            nothing of it, or if the record was copied to another database, which counts since.
        CampaignError: If the settings say anything else of an anonymous round than was promised.
    """
    begun = _has_begun(campaign)
    file = database_file(campaign.database)
    if begun and file is not None and not file.exists():
        # An empty record would count as new: everybody would be mailed another workbook.
        raise _missing_record(campaign, str(file))
    record = Record(campaign.database, campaign.settings.id, notice=notice)
    try:
        _check(campaign, record, begun=begun)
        if registers:
            with record.begin(current_time()) as tx:
                register_folder(tx, campaign)
    except BaseException:
        record.close()
        raise
    close_folder(campaign.folder, group_stays=campaign.settings.group_access)
    return record


def _check(campaign: Campaign, record: Record, *, begun: bool) -> None:
    with record.begin(current_time()) as tx:
        is_recorded, newer_database = campaigns.has_campaign(tx), campaigns.superseded_by(tx)
        last_event, is_unfinished = campaigns.last_event(tx), campaigns.is_unfinished(tx)
        is_closed = find_closed_round(tx) is not None
        settings = campaign.folder / SETTINGS_FILE
        campaigns.check_promise(tx, campaign.settings.promised_fewest, settings)
    # Another campaign's database, or an empty one: building on it would mail everybody again.
    if begun and not is_recorded:
        raise _not_its_record(campaign, RecordErrorCode.RECORD_OF_OTHERS, record.where)
    # After a copy both have the same people: mails sent from both would reach everybody twice.
    if newer_database:
        raise RecordError(
            RecordErrorCode.RECORD_SUPERSEDED,
            record=record.where,
            settings=campaign.folder / SETTINGS_FILE,
            database=newer_database,
            variable=DATABASE_VARIABLE,
        )
    # Between the first people and the last answer of a rebuild, everybody seems to be missing.
    if is_unfinished:
        raise RecordError(RecordErrorCode.RECORD_UNFINISHED, record=record.where)
    # An old copy was put in its place: it does not know whom later mails have reached.
    # A closed round has forgotten its history; copies of it are left where closing was interrupted.
    if record.is_file and not is_closed and (newer := knows_more(campaign, last_event)) is not None:
        raise RecordError(
            RecordErrorCode.RECORD_OLDER,
            record=record.where,
            copy=newer.file,
            since=describe_minute(newer.changed),
        )


def open_previous(folder: Path) -> tuple[Campaign, Record]:
    """
    Open a previous campaign and its record: the one that it names itself, if that is its own.

    The environment names the record of the campaign that a command works on; a previous campaign
    may lie in the same database.

    Raises:
        CampaignError: If its settings cannot be read.
        RecordError: If neither is its record.
    """
    campaign = open_campaign(folder, use_environment=False)
    try:
        # First its own settings: the variable usually names the database of the present campaign.
        return campaign, open_record(campaign, registers=False)
    except RecordError:
        if not os.environ.get(DATABASE_VARIABLE):
            raise
        # A facilitator who keeps all campaigns in one database names it only in the variable.
        other = open_campaign(folder)
        return other, open_record(other, registers=False)


def _has_begun(campaign: Campaign) -> bool:
    """Return whether the folder holds files that only a campaign with a record makes."""
    built = any(True for _ in campaign.workbooks.glob("[!.]*"))
    returned = any(is_original(path) for path in campaign.returned.glob("*"))
    return built or returned or bool(list_copies(campaign))


def _missing_record(campaign: Campaign, record: str) -> RecordError:
    """Make the error of a record that is gone, with the copy that can take its place."""
    copy = newest_whole_copy(campaign)
    if copy is None:
        return _not_its_record(campaign, RecordErrorCode.RECORD_MISSING, record)
    return RecordError(
        RecordErrorCode.RECORD_MISSING_COPIED,
        record=record,
        folder=campaign.folder,
        copy=copy.file,
        age=_describe_age(campaign, copy),
    )


def _describe_age(campaign: Campaign, copy: KeptCopy) -> Message:
    count, day = count_newer_files(campaign, copy), describe_minute(copy.changed)
    if not count:
        return message("kept_copies.current", day=day)
    return message("kept_copies.older", count=count, day=day)


def _not_its_record(campaign: Campaign, code: RecordErrorCode, record: str) -> RecordError:
    return RecordError(
        code,
        record=record,
        folder=campaign.folder,
        settings=campaign.folder / SETTINGS_FILE,
        variable=DATABASE_VARIABLE,
    )
