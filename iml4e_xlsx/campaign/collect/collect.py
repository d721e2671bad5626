"""Collects from files and from the mailbox, in one run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from iml4e_xlsx.campaign.collect.collector import Collector
from iml4e_xlsx.campaign.collect.outcome import CollectedFile, CollectionOutcome
from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.folder.clock import current_time
from iml4e_xlsx.campaign.folder.settings import SETTINGS_FILE
from iml4e_xlsx.campaign.record import mailboxes
from iml4e_xlsx.campaign.record.connection import Record
from iml4e_xlsx.campaign.servers.credentials import find_login
from iml4e_xlsx.campaign.servers.imap import Mailbox, MailboxMail
from iml4e_xlsx.errors import (
    CampaignError,
    MailError,
    RecordError,
    ResourceError,
    WorkbookWriteError,
)
from iml4e_xlsx.findings.about_files import reword_failure
from iml4e_xlsx.findings.failure import Failure, FailureCode
from iml4e_xlsx.intake.finder import Finder, Source, SourceFailure
from iml4e_xlsx.intake.mails.mail import Origin
from iml4e_xlsx.spreadsheets.failures import format_bytes
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.text.interface_texts import load_texts

_MARGIN = timedelta(days=1)
"""Servers search by the day of their own time zone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxSearch:
    """
    How the mailbox is looked through.

    Without any of these, all mails that are new since the last run and not of before the campaign.
    `everything` begins at the first of them again, `since` at the first of a day; `move_to` names a
    folder for mails that were dealt with.
    """

    imap: bool = False
    everything: bool = False
    since: date | None = None
    move_to: str = ""


def collect(
    campaign: Campaign,
    record: Record,
    paths: Sequence[str | Path] = (),
    look: MailboxSearch | None = None,
    *,
    limits: Limits | None = None,
    progress: Callable[[CollectedFile], None] = lambda _: None,
    passed_over: Callable[[str], None] = lambda _: None,
) -> CollectionOutcome:
    """
    Take in what came back.

    What ends a run before its time is `stopped` of the collection: a mailbox that cannot be read,
    an original that cannot be kept, a record that cannot be written, a machine that starts no
    process to read them. What was taken in until then is kept, and in the collection. Of the
    campaign's own folder what it made itself is left alone.

    Args:
        campaign: Whose workbooks come back.
        record: Its record.
        paths: Files, folders, zips, .eml, .msg and .mbox.
        look: How the mailbox is looked through, if at all.
        limits: What a file may claim.
        progress: Is told each new file as it is recorded.
        passed_over: Is told the name of each file that is no workbook.

    Raises:
        CampaignError: If the settings name no mailbox.
        RecordError: If the record cannot be used.
    """
    if look is not None and look.imap and campaign.settings.imap is None:
        raise CampaignError(
            f"{campaign.folder / SETTINGS_FILE} names no mailbox: write host under [imap]."
        )
    allowed = limits or Limits()
    collector = Collector(campaign, record, limits=allowed, progress=progress)
    finder = Finder(
        limits=allowed,
        passed_over=passed_over,
        reported=collector.record_bounce,
        letter=collector.note_mail,
        apart=campaign.own_paths,
    )
    try:
        if paths:
            collector.collect_sources(finder.find(paths))
        if look is not None and look.imap:
            _Receiver(campaign, record, collector, finder, look).run(allowed)
        collector.conclude_run()
    except (MailError, RecordError, ResourceError, WorkbookWriteError) as error:
        collector.outcome.stop_cause = error
        with suppress(RecordError):  # it may be the one that cannot be written
            collector.conclude_run()
    return collector.outcome


@dataclass(frozen=True, slots=True)
class _Receiver:
    campaign: Campaign
    record: Record
    collector: Collector
    finder: Finder
    look: MailboxSearch

    def run(self, limits: Limits) -> None:
        """Look through the mails that are new since the last run, and remember how far."""
        settings = self.campaign.settings
        assert settings.imap is not None
        mailbox = Mailbox(
            settings.imap,
            find_login(settings.imap, settings.sender_mail),
            settings.folder,
            self.campaign.folder,
            most_bytes=limits.message,
            writable=bool(self.look.move_to),
        )
        with mailbox:
            with self.record.begin(current_time()) as tx:
                known = mailboxes.last_uid(tx, mailbox.name, mailbox.validity)
            after = 0 if self.look.everything or self.look.since else known
            begin = settings.created - _MARGIN
            since = self.look.since or begin
            for batch in mailbox.list_batches(after, since):
                dealt_with = self._taken(mailbox, batch.found)
                for origin in batch.other_mails:
                    self.collector.note_mail(origin)
                if self.look.move_to and dealt_with:
                    mailbox.move_mails(dealt_with, self.look.move_to)
                if since <= begin:  # else some were left out that another run is to look at
                    with self.record.begin(current_time()) as tx:
                        mailboxes.save_last_uid(tx, mailbox.name, mailbox.validity, batch.last)

    def _taken(self, mailbox: Mailbox, uids: Sequence[int]) -> list[int]:
        """Take in what lies in some mails; return those of which nothing was left out."""
        brought: dict[int, set[str]] = {}

        def sources() -> Iterator[Source | SourceFailure]:
            for found in mailbox.fetch_mails(uids):
                for one in self._sources(found):
                    brought.setdefault(found.uid, set()).add(one.name)
                    yield one

        self.collector.collect_sources(sources())  # it reads ahead: only after it, all is decided
        left_out = self.collector.outcome.skipped_sources
        return [uid for uid, names in brought.items() if names.isdisjoint(left_out)]

    def _sources(self, found: MailboxMail) -> Iterator[Source | SourceFailure]:
        sender = found.origin.sender
        name = f"mail {found.uid} of {sender}" if sender else f"mail {found.uid}"
        if not found.data:
            failure = _unfetched_mail(name, found, self.finder.limits.message)
            yield SourceFailure(failure=failure, origin=found.origin)
            return
        for one in self.finder.in_message(found.data, name):
            if one.origin is not None:
                yield replace(one, origin=_arrived(one.origin, found))
            else:
                yield one


def _unfetched_mail(name: str, mail: MailboxMail, limit: int) -> Failure:
    """Return the failure of a mail whose content is not at hand."""
    if mail.size > limit:
        code, text_key = FailureCode.TOO_LARGE, "campaign.mail_too_large"
    else:
        code, text_key = FailureCode.UNREADABLE, "campaign.mail_not_sent"
    values = {"size": format_bytes(mail.size)}
    failure = Failure(source=name, code=code, message="", values=values)
    return reword_failure(load_texts(), failure, text_key)


def _arrived(origin: Origin, found: MailboxMail) -> Origin:
    """Return where a mail comes from with the time at which it arrived in the mailbox."""
    return replace(origin, received=found.origin.received or origin.received)
