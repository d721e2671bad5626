"""Reads the answers of an anonymous round from mails and files: all at once, into memory alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from iml4e_xlsx.campaign.collect.attendance_recorder import open_reading_record
from iml4e_xlsx.campaign.collect.collect import MailboxSearch, collect
from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.people.counted_responses import list_counted_responses
from iml4e_xlsx.campaign.people.participant import list_participants
from iml4e_xlsx.campaign.record import returns
from iml4e_xlsx.campaign.record.connection import Record
from iml4e_xlsx.campaign.record.people import Person
from iml4e_xlsx.campaign.round_results import RoundResults, read_results
from iml4e_xlsx.errors import CampaignError
from iml4e_xlsx.findings.error_codes import CorrectionErrorCode
from iml4e_xlsx.findings.failure import Failure
from iml4e_xlsx.text.lists import list_names

_LISTED_NAMES: Final = 20
"""How many people an error names before it counts the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerSources:
    """
    Where the answers of an anonymous round are.

    Attributes:
        paths: Files and folders, as for collecting.
        search: The mailbox, if the answers are in one.
        missing_count: Of how many people who have returned a workbook none is there any more; the
            round is closed without them.
    """

    paths: tuple[str | Path, ...] = ()
    search: MailboxSearch = field(default_factory=MailboxSearch)
    missing_count: int = 0

    @property
    def is_empty(self) -> bool:
        """Tell whether no place is named."""
        return not (self.paths or self.search.imap or self.search.graph)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadAnswers:
    """
    The answers of an anonymous round, with names, in memory: only to be mixed.

    `aside` is how many files were nobody's; `unread` of how many people the last file could not be
    read; `failures` are files that could not be read and are nobody's.
    """

    results: RoundResults
    aside: int
    unread: int
    failures: tuple[Failure, ...]


def read_answers(
    campaign: Campaign, record: Record, sources: AnswerSources | None, now: datetime
) -> ReadAnswers:
    """
    Read all workbooks of an anonymous round, and find out which of each person's counts.

    Raises:
        CampaignError: If no sources are named, or workbooks are missing in them.
        MailError: If the mailbox cannot be read.
    """
    if sources is None or sources.is_empty:
        raise CampaignError(CorrectionErrorCode.NO_ANSWER_SOURCES, campaign=campaign.settings.name)
    with record.begin(now) as tx:
        returned = [
            participant.person
            for participant in list_participants(tx)
            if participant.attendance.returned is not None
        ]
    with open_reading_record(campaign, record, now) as (reading_campaign, reading):
        # Those that were seen before as well: nothing was kept of them.
        search = replace(sources.search, everything=True)
        outcome = collect(reading_campaign, reading, sources.paths, search)
        if outcome.stop_cause is not None:
            raise outcome.stop_cause
        with reading.begin(now) as tx:
            answered = {
                response.person.workbook_id
                for response in list_counted_responses(tx)
                if response.person is not None
            }
            aside = len(returns.files_without_owner(tx))
            unread = sum(each.has_unread_file for each in list_participants(tx))
        missing = [person for person in returned if person.workbook_id not in answered]
        _check_missing(campaign, missing, sources.missing_count)
        results = read_results(reading_campaign, reading, now=now)
    failures = tuple(outcome.failures)
    return ReadAnswers(results=results, aside=aside, unread=unread, failures=failures)


def _check_missing(campaign: Campaign, missing: Sequence[Person], accepted: int) -> None:
    """Refuse to leave out anybody's answers unseen; CampaignError with whose are missing."""
    if len(missing) == accepted:
        return
    if not missing:
        raise CampaignError(CorrectionErrorCode.ANSWERS_THERE, campaign=campaign.settings.name)
    raise CampaignError(
        CorrectionErrorCode.ANSWERS_MISSING,
        campaign=campaign.settings.name,
        count=len(missing),
        names=list_names([person.name for person in missing], _LISTED_NAMES),
    )
