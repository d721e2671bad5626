"""
Collects sources: reads each content once, keeps the original, and records both.

The original is written before the record says that it is there, under a name made of its content.
Whatever ends the process in between, the next run finds the file and records it: nothing is
recorded twice and nothing is lost, also where several people collect at the same time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import PurePath
from typing import TypeVar

from iml4e_xlsx.campaign.collect.content import ArrivedFile, rename_source, take_content
from iml4e_xlsx.campaign.collect.failure_advice import reword_for_facilitator
from iml4e_xlsx.campaign.collect.letter_finder import LetterFinder
from iml4e_xlsx.campaign.collect.letter_recorder import LetterRecorder
from iml4e_xlsx.campaign.collect.other_rounds import OtherRounds
from iml4e_xlsx.campaign.collect.outcome import (
    CollectedFile,
    CollectionOutcome,
    OwnerUpdate,
    response_choices,
)
from iml4e_xlsx.campaign.collect.owners import (
    FileIdentity,
    Owner,
    OwnerFinder,
    assign_owner,
    stated_identity,
)
from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.folder.clock import current_time
from iml4e_xlsx.campaign.folder.originals import (
    original_name,
    prepare_originals,
    store_original,
    sweep_originals,
)
from iml4e_xlsx.campaign.record import campaigns, mails, people, returns
from iml4e_xlsx.campaign.record.connection import Record, Transaction
from iml4e_xlsx.campaign.record.returned_file import OwnerMatch, ReturnedFile, ReturnState
from iml4e_xlsx.campaign.record.returns import Arrival
from iml4e_xlsx.errors import Iml4eError
from iml4e_xlsx.findings.failure import Failure, FailureCode
from iml4e_xlsx.intake.mails.mail import DeliveryReport
from iml4e_xlsx.intake.source import Source, SourceFailure
from iml4e_xlsx.jobs.batch import assess_workbooks
from iml4e_xlsx.model import Assessment
from iml4e_xlsx.spreadsheets.failures import defect_failure
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.text.addresses import address_key
from iml4e_xlsx.text.interface_texts import load_texts

_Result = TypeVar("_Result")


class Collector:
    """Collects sources, from one place after another, into one outcome."""

    def __init__(
        self,
        campaign: Campaign,
        record: Record,
        *,
        limits: Limits | None = None,
        workers: int = 2,
        now: Callable[[], datetime] = current_time,
        letter_record: Record | None = None,
        progress: Callable[[CollectedFile], None] = lambda _: None,
    ) -> None:
        """
        Set up a collector.

        Args:
            campaign: The campaign.
            record: Its record.
            limits: What a file may claim.
            workers: How many files are read at once.
            now: Returns the time.
            letter_record: The record of letters and bounces, where that is another one.
            progress: Is called with each new file as it is recorded.
        """
        self.campaign = campaign
        self.record = record
        self.limits = limits or Limits()
        self.outcome = CollectionOutcome()
        self._workers = workers
        self._now = now
        self._progress = progress
        self._schemes = campaign.known_schemes()
        with record.begin(now()) as tx:
            scheme = campaign.load_scheme()
            campaigns.ensure_campaign(
                tx,
                campaign.settings.name,
                scheme.id,
                scheme.version,
                promised_fewest=campaign.settings.promised_fewest,
            )
            campaigns.check_named(tx)  # what is recorded here has names
            prepare_originals(tx, campaign)
            self._issued_digests = people.issued_digests(tx)
            self._rounds = OtherRounds(campaign, campaigns.previous_paths(tx))
            self._previous_files = returns.all_returned(tx)
        letter_record = letter_record or record
        with letter_record.begin(now()) as tx:
            finder = LetterFinder(tx, campaign)
        self.letters = LetterRecorder(campaign, letter_record, finder, self.outcome, now)
        self._owners = OwnerFinder(campaign.settings.created, scheme.id)

    def collect_sources(self, sources: Iterable[Source | SourceFailure]) -> None:
        """
        Read and record all sources.

        Raises:
            WorkbookWriteError: If an original cannot be written; what was recorded stays.
            RecordError: If the record cannot be written; what was recorded stays.
        """
        waiting: deque[ArrivedFile] = deque()

        def admit_sources() -> Iterator[Source]:
            for source in sources:
                arrived_file = self._contain_errors(
                    partial(self._admit_source, source), source.name
                )
                if arrived_file is not None:
                    waiting.append(arrived_file)
                    yield arrived_file.source

        outcomes = assess_workbooks(
            admit_sources(), schemes=self._schemes, limits=self.limits, workers=self._workers
        )
        with closing(outcomes):  # else its threads end it, whenever that may be
            for outcome in outcomes:
                arrived_file = waiting.popleft()
                record_file = partial(self._record_file, arrived_file, outcome)
                collected_file = self._contain_errors(record_file, arrived_file.source.name)
                if collected_file is not None:
                    self.outcome.files.append(collected_file)
                    self._progress(collected_file)

    def record_bounce(self, report: DeliveryReport) -> None:
        """Record that a mail of ours came back; what cannot prove that is noted as a letter."""
        self.letters.record_bounce(report)

    def conclude_run(self) -> None:
        """Retry the files without an owner, then find out which responses count."""
        with self.record.begin(self._now()) as tx:
            matched_ids = self._match_again(tx)
            files = returns.all_returned(tx)
            people_by_id = {person.id: person for person in people.all_people(tx)}
        sweep_originals(self.campaign)
        self.outcome.owner_updates = [
            OwnerUpdate(person=people_by_id[file.person], file=file)
            for file in files
            if file.id in matched_ids and file.person is not None
        ]
        self.outcome.choices = response_choices(self._previous_files, files, people_by_id)

    def _contain_errors(self, work: Callable[[], _Result], name: str) -> _Result | None:
        """Return what work on a file yields; whatever the file makes it raise is a failure."""
        try:
            return work()
        except Iml4eError:  # a record or a disk that will take no other file either
            raise
        except Exception as error:  # noqa: BLE001 - one file must not cost the others
            self._add_failure(defect_failure(error, name, load_texts()), name)
            return None

    def _add_failure(self, failure: Failure, name: str) -> None:
        self.outcome.failures.append(failure)
        self.outcome.skipped_sources.add(name)

    def _match_again(self, tx: Transaction) -> set[int]:
        """
        Look for the owners of files that have none: the roster may have grown since.

        Returns the ids of the files that have an owner now.
        """
        matched_ids: set[int] = set()
        for file in returns.files_without_owner(tx):
            identity = FileIdentity(
                state=file.state,
                scheme=file.scheme,
                workbook_id=file.workbook_id,
                respondent=file.profile.respondent,
                other_round=file.other_round,
            )
            for delivery in file.deliveries:
                owner = self._owners.find_owner(tx, identity, delivery)
                if owner.person is not None:
                    assign_owner(tx, self.campaign, file, owner.person, owner.matched)
                    matched_ids.add(file.id)
                    break
        return matched_ids

    def _admit_source(self, source: Source | SourceFailure) -> ArrivedFile | None:
        """Return a source that is to be read, with its content; count all others."""
        # A failure on the disk stays where it is. One that came by mail is recorded, since its
        # sender can be asked for another file.
        if isinstance(source, SourceFailure) and source.origin is None:
            self._add_failure(source.failure, source.name)
            return None
        arrived_file = take_content(source, limit=self.limits.size, now=self._now())
        name, digest = arrived_file.source.name, arrived_file.digest
        thread = self.letters.find_thread(arrived_file.source.origin)
        delivery = replace(arrived_file.delivery, thread=thread)
        arrived_file = replace(arrived_file, delivery=delivery)
        with self.record.begin(self._now()) as tx:
            # First: what was erased must not be recorded again, whatever else is known of it.
            if returns.is_erased(tx, digest):
                self.outcome.erased_count += 1
                self.outcome.skipped_sources.add(name)
                return None
            if self._is_own_mail(tx, arrived_file):
                self.outcome.own_mail_count += 1
                self.outcome.skipped_sources.add(name)
                return None
            if self._note_repeat(tx, arrived_file, self._find_recorded(tx, arrived_file)):
                return None
            # Nobody has changed a byte of it, so that there is nothing to read or to keep.
            if digest in self._issued_digests:
                self._record_issued(tx, arrived_file)
                return None
        # The mail is the only place where the content still is: it is not to be moved away.
        if arrived_file.data is None and arrived_file.source.origin is not None:
            self.outcome.skipped_sources.add(name)
        return arrived_file

    def _is_own_mail(self, tx: Transaction, arrived_file: ArrivedFile) -> bool:
        """Return whether a file came with a mail that this campaign sent."""
        sender = arrived_file.delivery.sender
        has_own_id = mails.is_own_mail(tx, arrived_file.delivery.message_id)
        # Some servers give our mails another Message-ID; the sender is still ours.
        from_us = bool(sender) and sender == address_key(self.campaign.settings.sender_mail)
        if has_own_id and arrived_file.data is None:
            return True
        # Attached to a mail of ours and not as it was issued: somebody has filled it in there, as
        # people do who answer in the mail that they got.
        return (has_own_id or from_us) and arrived_file.digest in self._issued_digests

    def _find_recorded(self, tx: Transaction, arrived_file: ArrivedFile) -> ReturnedFile | None:
        """Return the recorded file with the same content, back on the lists if it is sent anew."""
        recorded, delivery = returns.find_returned(tx, arrived_file.digest), arrived_file.delivery
        # Only a mail counts: a copy in a folder is collected with every run.
        if (
            recorded is None
            or recorded.state is not ReturnState.DISMISSED
            or not delivery.message_id
        ):
            return recorded
        person = people.find_by_mail(tx, delivery.sender)
        is_new_mail = all(past.message_id != delivery.message_id for past in recorded.deliveries)
        # Whoever took it off the lists could not know that its owner stands by it.
        if is_new_mail and person is not None and recorded.person in (None, person.id):
            returns.save_state(tx, recorded, recorded.state_before_dismissal)
            return returns.find_returned(tx, arrived_file.digest)
        return recorded

    def _note_repeat(
        self, tx: Transaction, arrived_file: ArrivedFile, recorded: ReturnedFile | None
    ) -> bool:
        """Count a content that came again and need not be read; False if it is to be read."""
        # What could not be read may be readable by now: a new release, a higher limit. It may also
        # be another sender's problem, too.
        if recorded is None or recorded.state_before_dismissal is ReturnState.FAILED:
            return False
        # When it came decides which response counts, and who sent it may tell its owner.
        if arrived_file.delivery.message_id:
            returns.add_delivery(tx, recorded.id, arrived_file.delivery)
        self.outcome.repeat_count += 1
        return True

    def _record_issued(self, tx: Transaction, arrived_file: ArrivedFile) -> None:
        """Record that a workbook came back that nobody has filled in."""
        person = people.find_by_id(tx, self._issued_digests[arrived_file.digest])
        arrival = Arrival(
            digest=arrived_file.digest,
            person=person.id if person else None,
            matched=OwnerMatch.WORKBOOK,
            state=ReturnState.ISSUED,
            file="",
            source=arrived_file.shown_name,
            outcome=None,
            delivery=arrived_file.delivery,
        )
        is_new = returns.save_arrival(tx, arrival)
        if is_new and person is not None:
            self.outcome.blank_returns.append(person)
        elif not is_new:
            self.outcome.repeat_count += 1

    def _record_file(
        self, arrived_file: ArrivedFile, outcome: Assessment | Failure
    ) -> CollectedFile | None:
        """
        Keep the original, then record its content and its owner.

        Returns the new file; None if it is recorded already, or stays where it is.
        """
        source, failure = arrived_file.source, None
        if isinstance(outcome, Failure):
            outcome = failure = reword_for_facilitator(outcome, self._owners.scheme, source.origin)
        # A file on the disk that cannot be kept stays there, and nobody can be asked for another.
        # One that the computer may be the cause of stays as well, and is read by the next run.
        is_lost = arrived_file.data is None and source.origin is None
        if failure is not None and (is_lost or failure.code.is_passing):
            self._add_failure(failure, source.name)
            return None
        with self.record.begin(self._now()) as tx:
            # Asked once more: another source of this run, or another process, may have had it.
            recorded = self._find_recorded(tx, arrived_file)
            if self._note_repeat(tx, arrived_file, recorded):
                return None
            identity = self._rounds.place_identity(
                tx, stated_identity(outcome), arrived_file.digest
            )
            owner = self._owners.find_owner(tx, identity, arrived_file.delivery, recorded)
            # A zip of a stranger without a workbook is about something else.
            if (
                failure is not None
                and failure.code is FailureCode.NO_WORKBOOKS
                and owner.person is None
            ):
                self._add_failure(failure, source.name)
                return None
            # An unreadable file of somebody else is kept, but is perhaps no answer at all: its
            # mail stays in the mailbox, where a person can judge that.
            sender = arrived_file.delivery.sender
            is_own = owner.person is not None and sender == address_key(owner.person.mail)
            if failure is not None and not is_own:
                self.outcome.skipped_sources.add(source.name)
            arrival = self._store_original(tx, arrived_file, outcome, owner, recorded)
            if arrival is not None:
                arrival = replace(arrival, other_round=identity.other_round)
            is_new = arrival is not None and returns.save_arrival(tx, arrival)
        if arrival is None or not is_new:
            self.outcome.repeat_count += 1
            return None
        return CollectedFile(source=source.name, owner=owner, arrival=arrival, identity=identity)

    def _store_original(
        self,
        tx: Transaction,
        arrived_file: ArrivedFile,
        outcome: Assessment | Failure,
        owner: Owner,
        recorded: ReturnedFile | None,
    ) -> Arrival | None:
        """Keep the original and return what is to be recorded; None if it was dismissed."""
        person = owner.person
        # What cannot be read belongs to everybody who sends it: each of them has a problem, and is
        # to be asked for another file. So it is recorded for each, under a name of its own.
        is_second_owner = (
            isinstance(outcome, Failure)
            and person is not None
            and recorded is not None
            and recorded.person not in (None, person.id)
        )
        # The facilitator has taken it off the lists; only a mail of its owner brings it back.
        if recorded is not None and recorded.state is ReturnState.DISMISSED and not is_second_owner:
            return None
        mark = f"-{person.id}" if is_second_owner and person is not None else ""
        # An original that is there already keeps its name, whatever the copy is called.
        name = PurePath(recorded.file).name if recorded and not is_second_owner else ""
        name = name or original_name(arrived_file.digest, arrived_file.shown_name, mark)
        file = ""
        if arrived_file.data is not None:
            data, aside = arrived_file.data, person is None
            file = store_original(tx, self.campaign, name, data, aside=aside)
        return Arrival(
            digest=arrived_file.digest + mark,
            person=person.id if person else None,
            matched=owner.matched,
            state=stated_identity(outcome).state,
            file=file,
            source=arrived_file.shown_name,
            outcome=rename_source(outcome, arrived_file.source.name, arrived_file.shown_name),
            delivery=arrived_file.delivery,
        )
