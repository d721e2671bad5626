"""Collects returned files from paths and from the mailbox, in one run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from iml4e_xlsx.campaign.collect.attendance_recorder import AttendanceRecorder, open_reading_record
from iml4e_xlsx.campaign.collect.collector import Collector
from iml4e_xlsx.campaign.collect.failure_advice import unfetched_mail_failure
from iml4e_xlsx.campaign.collect.outcome import CollectedFile, CollectionOutcome
from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.folder.clock import current_time
from iml4e_xlsx.campaign.folder.settings import SETTINGS_FILE
from iml4e_xlsx.campaign.record import campaigns, mailboxes
from iml4e_xlsx.campaign.record.connection import Record, Transaction
from iml4e_xlsx.campaign.servers.credentials import find_login
from iml4e_xlsx.campaign.servers.graph_client import make_client
from iml4e_xlsx.campaign.servers.graph_folder import GraphFolder
from iml4e_xlsx.campaign.servers.imap import Mailbox
from iml4e_xlsx.campaign.servers.mail_folder import MailboxMail, MailFolder
from iml4e_xlsx.errors import (
    CampaignError,
    MailError,
    OriginalsError,
    RecordError,
    ResourceError,
    WorkbookWriteError,
)
from iml4e_xlsx.findings.error_codes import CommandErrorCode, MailErrorCode, RoundErrorCode
from iml4e_xlsx.intake.finder import Finder
from iml4e_xlsx.intake.mails.mail import Mail, Origin
from iml4e_xlsx.intake.mails.outlook_msg import read_mail
from iml4e_xlsx.intake.source import Source, SourceFailure
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.text.interface_texts import load_texts

_FOLDER_CODES: Final = (
    MailErrorCode.MAILBOX_FOLDER,
    MailErrorCode.MAILBOX_FOLDER_MISSING,
    MailErrorCode.GRAPH_FOLDER,
    MailErrorCode.GRAPH_FOLDER_MISSING,
)
"""Errors that are about one folder of a mailbox, while others of it can be read."""

_MARGIN: Final = timedelta(days=1)
"""Servers search by the day of their own time zone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxSearch:
    """
    The mails of the mailbox that a run looks through.

    By default these are the mails since the campaign began that no run has seen.

    Attributes:
        imap: Whether the mailbox is looked through by IMAP.
        graph: Whether it is looked through by Microsoft Graph.
        everything: Whether mails that a run has seen are looked through again.
        since: The first day of the mails that are looked through, seen or not.
        move_to: The folder to which mails are moved whose workbooks were all collected.
    """

    imap: bool = False
    graph: bool = False
    everything: bool = False
    since: date | None = None
    move_to: str = ""


def collect(
    campaign: Campaign,
    record: Record,
    paths: Sequence[str | Path] = (),
    search: MailboxSearch | None = None,
    *,
    limits: Limits | None = None,
    progress: Callable[[CollectedFile], None] = lambda _: None,
    on_other_file: Callable[[str], None] = lambda _: None,
) -> CollectionOutcome:
    """
    Collect returned files.

    An error that would hit every other file as well ends the run and is the `stop_cause` of the
    outcome: a mailbox that cannot be read, an original or a record that cannot be written, a
    parsing process that cannot be started. The files collected until then stay collected. What
    the campaign itself has written to its folder is left alone. In an anonymous round nothing of a
    file is kept, and only recorded who has returned one.

    Args:
        campaign: The campaign.
        record: Its record.
        paths: Files, folders, zips, .eml, .msg and .mbox.
        search: The mails that are looked through, if any.
        limits: What a file may claim.
        progress: Is called with each new file as it is recorded.
        on_other_file: Is called with the name of each file that is no workbook.

    Raises:
        CampaignError: If the settings name no mailbox, or mails of an anonymous round are to move.
        RecordError: If the record cannot be used.
    """
    search = search or MailboxSearch()
    _check_settings(campaign, search)
    limits = limits or Limits()
    with record.begin(current_time()) as tx:
        is_anonymous = _is_anonymous(tx, campaign)
    if not is_anonymous:
        collector = Collector(campaign, record, limits=limits, progress=progress)
        _collect_all(collector, record, paths, search, on_other_file)
        return collector.outcome
    recorder = AttendanceRecorder(record, current_time, progress)
    with open_reading_record(campaign, record, current_time()) as (reading_campaign, reading):
        collector = Collector(
            reading_campaign,
            reading,
            limits=limits,
            letter_record=record,
            progress=recorder.note_file,
        )
        _collect_all(collector, record, paths, search, on_other_file)
    recorder.conclude(collector.outcome)
    return collector.outcome


def _is_anonymous(tx: Transaction, campaign: Campaign) -> bool:
    """Tell whether the round is anonymous; what it is, is recorded before anything is read."""
    scheme, settings = campaign.load_scheme(), campaign.settings
    campaigns.ensure_campaign(
        tx, settings.name, scheme.id, scheme.version, promised_fewest=settings.promised_fewest
    )
    return campaigns.find_promise(tx) is not None


def _collect_all(
    collector: Collector,
    record: Record,
    paths: Sequence[str | Path],
    search: MailboxSearch,
    on_other_file: Callable[[str], None],
) -> None:
    """Collect what paths and mails hold; the record knows how far a mailbox was looked through."""
    finder = Finder(
        limits=collector.limits,
        on_other_file=on_other_file,
        on_bounce=collector.record_bounce,
        on_mail_without_workbook=collector.letters.note_mail,
        count_letters=lambda: collector.outcome.word_count,
        skipped_paths=collector.campaign.own_paths,
    )
    try:
        if paths:
            collector.collect_sources(finder.find_sources(paths))
        if search.imap or search.graph:
            _MailboxRun(collector.campaign, record, collector, finder, search).collect_folders()
        collector.conclude_run()
    except (MailError, OriginalsError, RecordError, ResourceError, WorkbookWriteError) as error:
        collector.outcome.stop_cause = error
        with suppress(RecordError):  # it may be the one that cannot be written
            collector.conclude_run()


def _check_settings(campaign: Campaign, search: MailboxSearch) -> None:
    path = campaign.folder / SETTINGS_FILE
    if search.move_to and campaign.settings.anonymous:
        raise CampaignError(RoundErrorCode.MAILS_STAY, campaign=campaign.settings.name)
    if search.imap and campaign.settings.imap is None:
        raise CampaignError(RoundErrorCode.NO_MAILBOX_SETTINGS, path=path)
    if search.graph and campaign.settings.graph is None:
        raise CampaignError(CommandErrorCode.NO_GRAPH_MAILBOX, settings=path)


@dataclass(frozen=True, slots=True)
class _MailboxRun:
    """Looks through the folders of a campaign's mailbox once."""

    campaign: Campaign
    record: Record
    collector: Collector
    finder: Finder
    search: MailboxSearch

    def collect_folders(self) -> None:
        """
        Collect what the mails of each folder hold, and record how far the search came in it.

        Raises:
            MailError: If the mailbox cannot be read; or a folder, then after all other folders.
        """
        mailboxes_by_folder = self._mailboxes()
        mistakes: list[MailError] = []
        for folder, mailbox in mailboxes_by_folder.items():
            try:
                self._collect_mails(mailbox, folder if len(mailboxes_by_folder) > 1 else "")
            except MailError as error:
                # A name that is written wrongly must not hide what lies in the other folders.
                if error.code not in _FOLDER_CODES:
                    raise
                mistakes.append(error)
        if mistakes:
            raise mistakes[0]

    def _collect_mails(self, mailbox: MailFolder, folder: str) -> None:
        began = self.campaign.settings.created - _MARGIN
        # Mails from before the campaign answer a previous round, and the mailbox may be old and
        # large. Only a facilitator who names an earlier day knows of a reason to read them.
        since = self.search.since or began
        # What lies where collected mails go has been moved already.
        moves = bool(self.search.move_to) and folder != self.search.move_to
        with mailbox:
            with self.record.begin(current_time()) as tx:
                position = mailboxes.find_position(tx, mailbox.name)
            # A day asks for mails that may have been seen: of those none would be left.
            seen = None if self.search.everything or self.search.since else position
            for batch in mailbox.list_batches(seen, since):
                finished = self._collect_batch(mailbox, batch.found, folder)
                self._note_letters(mailbox, batch.other_mails)
                if moves and finished:
                    mailbox.move_mails(finished, self.search.move_to)
                # A search that began later has passed over mails that the next run must see, so
                # it may not move the mark. It is set after each batch: a run that is ended goes
                # on where it stopped.
                if since <= began:
                    with self.record.begin(current_time()) as tx:
                        mailboxes.save_position(tx, mailbox.name, batch.position)

    def _note_letters(self, mailbox: MailFolder, origins: Mapping[str, Origin]) -> None:
        """Note the mails without an attachment; of some, only the text tells what they are."""
        unclear = [
            key for key, origin in origins.items() if self.collector.letters.needs_text_of(origin)
        ]
        for key, origin in origins.items():
            if key not in unclear:
                self.collector.letters.note_mail(Mail(origin=origin))
        for mail in mailbox.fetch_mails(unclear):
            try:
                whole = read_mail(mail.data, self.finder.limits)
            except Exception:  # noqa: BLE001 - what it says, a person finds out
                self.collector.letters.note_mail(Mail(origin=mail.origin), is_legible=False)
            else:
                is_legible = bool(mail.data)
                noted = replace(whole, origin=mail.origin)
                self.collector.letters.note_mail(noted, is_legible=is_legible)

    def _mailboxes(self) -> dict[str, MailFolder]:
        """Return what opens each folder, with one login for all of them."""
        settings, most_bytes = self.campaign.settings, self.finder.limits.message
        if self.search.graph:
            assert settings.graph is not None
            client = make_client(settings.graph, settings.sender_mail)
            return {
                folder: GraphFolder(client, folder, most_bytes=most_bytes)
                for folder in settings.graph.folders
            }
        assert settings.imap is not None
        server, login = settings.imap, find_login(settings.imap, settings.sender_mail)
        return {
            folder: Mailbox(
                server,
                login,
                folder,
                self.campaign.folder,
                most_bytes=most_bytes,
                writable=bool(self.search.move_to),
            )
            for folder in settings.mail_folders
        }

    def _collect_batch(self, mailbox: MailFolder, ids: Sequence[str], folder: str) -> list[str]:
        """Collect what some mails hold; return the ids of those that may be moved away."""
        names_by_id: dict[str, set[str]] = {}

        def find_sources() -> Iterator[Source | SourceFailure]:
            for mail in mailbox.fetch_mails(ids):
                for source in self._find_sources(mail, folder):
                    names_by_id.setdefault(mail.id, set()).add(source.name)
                    yield source

        self.collector.collect_sources(
            find_sources()
        )  # it reads ahead: only after it, all is decided
        # A mail stays where it is as long as one of its files is kept nowhere else, or may be no
        # answer: the facilitator looks for it there. So does a mail that held nothing.
        skipped = self.collector.outcome.skipped_sources
        return [key for key, names in names_by_id.items() if names.isdisjoint(skipped)]

    def _find_sources(self, mail: MailboxMail, folder: str) -> Iterator[Source | SourceFailure]:
        """Yield what a mail holds; its number is told with the folder where there are several."""
        number = f"{folder}/{mail.name}" if folder else mail.name
        key = "campaign.mail_source_of" if mail.origin.sender else "campaign.mail_source"
        name = load_texts()(key, number=number, sender=mail.origin.sender)
        if not mail.data:
            failure = unfetched_mail_failure(name, mail.size, self.finder.limits.message)
            yield SourceFailure(failure=failure, origin=mail.origin)
            return
        for source in self.finder.search_message(mail.data, name):
            if source.origin is None or mail.origin.received is None:
                yield source
            else:  # the server says when it arrived, the mail only when its author sent it
                origin = replace(source.origin, received=mail.origin.received)
                yield replace(source, origin=origin)
