"""
Closes a round: keeps bare answers and counts for the trend, and erases everything about people.

First the record changes, in one step: from then on the round is closed, and running again erases
what an interruption has left in the folder.
"""

from __future__ import annotations

from contextlib import closing as closing_at_end
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from iml4e_xlsx.analysis.small_groups import FEWEST_WITHOUT_NAMES
from iml4e_xlsx.campaign.anonymous_round import AnonymousRound, make_anonymous
from iml4e_xlsx.campaign.corrections.answer_sources import AnswerSources, read_answers
from iml4e_xlsx.campaign.folder.campaign import RECORD_FILE, Campaign
from iml4e_xlsx.campaign.folder.original_place import IN_FOLDER
from iml4e_xlsx.campaign.folder.originals import list_originals, unrecorded_originals
from iml4e_xlsx.campaign.folder.personal_files import (
    list_other_files,
    list_personal_files,
    remove_personal_files,
)
from iml4e_xlsx.campaign.folder.settings import SETTINGS_FILE
from iml4e_xlsx.campaign.record import campaigns, closing, letters, returns
from iml4e_xlsx.campaign.record.closing import ClosedTeam
from iml4e_xlsx.campaign.record.connection import Record, Transaction, database_file, sqlite_url
from iml4e_xlsx.campaign.round_results import read_results
from iml4e_xlsx.errors import CampaignError, RecordError
from iml4e_xlsx.findings.error_codes import CorrectionErrorCode
from iml4e_xlsx.findings.failure import Failure
from iml4e_xlsx.text.interface_texts import scheme_texts

LEAST_FEWEST: Final = 2
"""The answers of a team of one are somebody's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingOutcome:
    """
    What closing a round leaves, and what it erases.

    Attributes:
        closed: When the round was closed before; None if it was not.
        fewest: The least number of people in a team.
        teams: How many people of each team took part; small teams are joined.
        answers: How many answers stay.
        left_out: How many answers go, being of too few people.
        files: How many files go.
        aside: How many returned files go that are nobody's, and so in no result.
        letters: How many letters go that nobody has seen to.
        other_files: What else lies in the folder, and stays.
        is_finished: Whether nothing is left to be done.
        is_compact: Whether the database has overwritten what was deleted.
        failures: Mails and files of an anonymous round that could not be read, and are nobody's.
        unread: Of how many people of an anonymous round the last file could not be read.
    """

    closed: datetime | None
    fewest: int
    teams: tuple[ClosedTeam, ...]
    answers: int
    left_out: int
    files: int
    aside: int
    letters: int
    other_files: tuple[str, ...]
    is_finished: bool = False
    is_compact: bool = True
    failures: tuple[Failure, ...] = ()
    unread: int = 0


@dataclass(frozen=True, slots=True)
class _Plan:
    """
    What is to stay, and what goes.

    `fewest` is how many people a team has at least. `elsewhere` is how many originals lie in the
    record or at a URL. `last_change` tells whether something has happened since the plan was made.
    """

    kept: AnonymousRound
    fewest: int
    aside: int
    letters: int
    previous: tuple[str, ...]
    elsewhere: int
    last_change: int
    failures: tuple[Failure, ...] = ()
    unread: int = 0


def preview_closing(
    campaign: Campaign,
    record: Record,
    *,
    fewest: int | None = None,
    sources: AnswerSources | None = None,
    now: datetime,
) -> ClosingOutcome:
    """Return what `close_round` would leave and erase, and do nothing; raises the same errors."""
    with record.begin(now) as tx:
        closed = closing.find_closed_round(tx)
    files = len(list_personal_files(campaign))
    if closed is not None:
        return _describe(campaign, record, now, files=files)
    plan = _make_plan(campaign, record, fewest, sources, now)
    return ClosingOutcome(
        closed=None,
        fewest=plan.fewest,
        teams=plan.kept.teams,
        answers=len(plan.kept.assessments),
        left_out=plan.kept.left_out,
        files=files + plan.elsewhere,
        aside=plan.aside,
        letters=plan.letters,
        other_files=tuple(list_other_files(campaign)),
        failures=plan.failures,
        unread=plan.unread,
    )


def close_round(
    campaign: Campaign,
    record: Record,
    *,
    fewest: int | None = None,
    sources: AnswerSources | None = None,
    now: datetime,
) -> ClosingOutcome:
    """
    Close a round; run again after an interruption, it erases the rest.

    What stays are the answers of each team, mixed so that no row is one person's, how many were
    asked, have answered and have declined, the scheme, and the settings. Reports and exports, sent
    mails, the mailbox and other copies of the folder are out of reach.

    Args:
        campaign: The campaign.
        record: Its record.
        fewest: How many people a team has at least; smaller ones are joined. By default 5, and
            what was promised in an anonymous round.
        sources: Where the answers of an anonymous round are read, all of them, this once.
        now: The time that is recorded.

    Raises:
        CampaignError: If nothing was built yet, or a file is there that the record does not know;
            of an anonymous round, if no sources are named, workbooks are missing in them, or
            `fewest` is another number than was promised.
        MailError: If the mailbox cannot be read; nothing is changed then.
        RecordError: If the record cannot be written.
        OriginalsError: If a place where originals are kept cannot be reached.
        OSError: If a file cannot be removed; what is left is removed by the next run.
    """
    plan = None
    while not _record_closing(record, plan, now):
        plan = _make_plan(campaign, record, fewest, sources, now)
    files = remove_personal_files(campaign) + (plan.elsewhere if plan else 0)
    with record.begin(now) as tx:
        for original in list_originals(tx, campaign):
            original.remove()
    _erase_old_record(campaign, now)
    with record.begin(now) as tx:
        closing.finish_closing(tx)
    is_compact = True
    try:
        record.compact()
    except RecordError:  # another process is at work, or the database belongs to somebody else
        is_compact = False
    return _describe(campaign, record, now, files=files, plan=plan, is_compact=is_compact)


def _record_closing(record: Record, plan: _Plan | None, now: datetime) -> bool:
    """Close the round in the record as planned; False if there is no plan that still holds."""
    with record.begin(now) as tx:
        if closing.find_closed_round(tx) is not None:
            return True
        # What another process has collected since would be lost.
        if plan is None or closing.last_change(tx) != plan.last_change:
            return False
        closing.save_closed_round(
            tx, plan.kept.assessments, plan.kept.teams, fewest=plan.fewest, previous=plan.previous
        )
        return True


def _make_plan(
    campaign: Campaign,
    record: Record,
    fewest: int | None,
    sources: AnswerSources | None,
    now: datetime,
) -> _Plan:
    with record.begin(now) as tx:
        if not campaigns.has_campaign(tx) or not closing.last_change(tx):
            raise CampaignError(
                CorrectionErrorCode.NOTHING_TO_CLOSE, campaign=campaign.settings.name
            )
        _check_originals(campaign, tx)
        places = [original.store.place for original in list_originals(tx, campaign)]
        aside, waiting = len(returns.files_without_owner(tx)), len(letters.open_letters(tx))
        previous, last_change = campaigns.previous_paths(tx), closing.last_change(tx)
        promised = campaigns.find_promise(tx)
    least = _choose_fewest(campaign, fewest, promised)
    failures: tuple[Failure, ...] = ()
    unread = 0
    if promised is None:
        results = read_results(campaign, record, now=now)
    else:
        answers = read_answers(campaign, record, sources, now)
        results, aside = answers.results, answers.aside
        failures, unread = answers.failures, answers.unread
    texts = scheme_texts(campaign.load_scheme())
    return _Plan(
        kept=make_anonymous(results, least, texts("view.other_teams")),
        fewest=least,
        aside=aside,
        letters=waiting,
        # The name of a loose file may be that of a person; a campaign has none in it.
        previous=tuple(
            path for path in previous if (campaign.folder / path / SETTINGS_FILE).is_file()
        ),
        elsewhere=sum(place != IN_FOLDER for place in places),
        last_change=last_change,
        failures=failures,
        unread=unread,
    )


def _choose_fewest(campaign: Campaign, fewest: int | None, promised: int | None) -> int:
    """Return how many people a team has at least; CampaignError if another number was promised."""
    if promised is None:
        return FEWEST_WITHOUT_NAMES if fewest is None else fewest
    if fewest not in (None, promised):
        raise CampaignError(
            CorrectionErrorCode.FEWEST_PROMISED,
            campaign=campaign.settings.name,
            promised=promised,
            fewest=fewest or 0,
        )
    return promised


def _check_originals(campaign: Campaign, tx: Transaction) -> None:
    """Raise CampaignError for originals that are in no result: an answer would be lost unseen."""
    unrecorded = unrecorded_originals(tx, campaign, returns.all_returned(tx))
    if unrecorded:
        raise CampaignError(CorrectionErrorCode.ORIGINALS_UNRECORDED, files=unrecorded)


def _erase_old_record(campaign: Campaign, now: datetime) -> None:
    """Erase the round from the record in the folder where it was copied to another database."""
    path = campaign.folder / RECORD_FILE
    if path == database_file(campaign.database) or not path.is_file():
        return
    with closing_at_end(Record(sqlite_url(path), campaign.settings.id)) as old_record:
        with old_record.begin(now) as tx:
            closing.erase_campaign(tx)
        with suppress(RecordError):
            old_record.compact()


def _describe(
    campaign: Campaign,
    record: Record,
    now: datetime,
    *,
    files: int,
    plan: _Plan | None = None,
    is_compact: bool = True,
) -> ClosingOutcome:
    with record.begin(now) as tx:
        closed = closing.find_closed_round(tx)
        is_finished = closing.is_finished(tx)
        answers = sum(file.person is None for file in returns.all_returned(tx))
    assert closed is not None
    return ClosingOutcome(
        closed=None if plan is not None else closed.closed,
        fewest=closed.fewest,
        teams=closed.teams,
        answers=answers,
        left_out=sum(team.answered for team in closed.teams) - answers,
        files=files,
        aside=plan.aside if plan else 0,
        letters=plan.letters if plan else 0,
        other_files=tuple(list_other_files(campaign)),
        failures=plan.failures if plan else (),
        unread=plan.unread if plan else 0,
        is_finished=is_finished,
        is_compact=is_compact,
    )
