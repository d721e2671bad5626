"""
Takes in what came back: reads it, keeps the original, and writes both down, each content once.

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

from iml4e_xlsx.campaign.collect.content import ArrivedFile, take_content
from iml4e_xlsx.campaign.collect.failure_advice import reword_for_facilitator
from iml4e_xlsx.campaign.collect.outcome import (
    CollectedFile,
    CollectionOutcome,
    MailBounce,
    OwnerUpdate,
    response_choices,
)
from iml4e_xlsx.campaign.collect.owners import FileIdentity, Owner, OwnerFinder, assign_owner
from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.folder.clock import current_time
from iml4e_xlsx.campaign.folder.originals import original_name, store_original, sweep_originals
from iml4e_xlsx.campaign.record import campaigns, mails, people, returns
from iml4e_xlsx.campaign.record.connection import Record, Transaction
from iml4e_xlsx.campaign.record.returned_file import OwnerMatch, ReturnedFile, ReturnState
from iml4e_xlsx.campaign.record.returns import Arrival
from iml4e_xlsx.errors import Iml4eError
from iml4e_xlsx.findings.failure import Failure, FailureCode
from iml4e_xlsx.intake.finder import Source, SourceFailure
from iml4e_xlsx.intake.mails.mail import DeliveryReport, Origin
from iml4e_xlsx.jobs.batch import assess_workbooks
from iml4e_xlsx.model import Assessment
from iml4e_xlsx.spreadsheets.failures import defect_failure
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.text.addresses import address_key
from iml4e_xlsx.text.interface_texts import load_texts

_Result = TypeVar("_Result")


class Collector:
    """Takes sources in, one run after another, into one collection."""

    def __init__(
        self,
        campaign: Campaign,
        record: Record,
        *,
        limits: Limits | None = None,
        workers: int = 2,
        now: Callable[[], datetime] = current_time,
        progress: Callable[[CollectedFile], None] = lambda _: None,
    ) -> None:
        """
        Set up a collector.

        Args:
            campaign: Whose workbooks come back.
            record: Its record.
            limits: What a file may claim.
            workers: How many files are read at once.
            now: The time.
            progress: Is told each new file as it is recorded.
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
            own = campaign.load_scheme()
            campaigns.ensure_campaign(tx, campaign.settings.name, own.id, own.version)
            self._issued = people.issued_digests(tx)
            self._addresses = {address_key(one.mail) for one in people.all_people(tx)}
            self._before = returns.all_returned(tx)
        self._owners = OwnerFinder(campaign.settings.created, own.id)

    def collect_sources(self, found: Iterable[Source | SourceFailure]) -> None:
        """
        Take in everything that is found.

        Raises:
            WorkbookWriteError: If an original cannot be kept; what was recorded stays.
            RecordError: If the record cannot be written; what was recorded stays.
        """
        waiting: deque[ArrivedFile] = deque()

        def fresh() -> Iterator[Source]:
            for one in found:
                item = self._contained(partial(self._looked_at, one), one.name)
                if item is not None:
                    waiting.append(item)
                    yield item.source

        outcomes = assess_workbooks(
            fresh(), schemes=self._schemes, limits=self.limits, workers=self._workers
        )
        with closing(outcomes):  # else its threads end it, whenever that may be
            for outcome in outcomes:
                item = waiting.popleft()
                taken = self._contained(partial(self._keep, item, outcome), item.source.name)
                if taken is not None:
                    self.outcome.files.append(taken)
                    self._progress(taken)

    def _contained(self, work: Callable[[], _Result], name: str) -> _Result | None:
        """Return what work on a file yields; whatever the file makes it raise is a failure."""
        try:
            return work()
        except Iml4eError:  # a record or a disk that will take no other file either
            raise
        except Exception as error:  # noqa: BLE001 - one file must not cost the others
            self._failed(defect_failure(error, name, load_texts()), name)
            return None

    def record_bounce(self, report: DeliveryReport) -> None:
        """Write down that a mail of ours came back."""
        if report.action != "failed" or not report.original_id:
            return
        words = report.diagnostic
        if report.status not in words:
            words = f"{report.status} {words}".strip()
        with self.record.begin(self._now()) as tx:
            number = mails.record_bounce(tx, report.original_id, words)
            person = people.find_by_id(tx, number) if number else None
        if person is not None:
            self.outcome.bounces.append(MailBounce(person=person, words=words))

    def note_mail(self, origin: Origin) -> None:
        """Note a mail that brought no workbook, if it is of this round and somebody's."""
        day = (origin.received or self._now()).date()
        ours = address_key(self.campaign.settings.sender_mail)
        is_theirs = address_key(origin.sender) in self._addresses and origin.sender != ours
        if is_theirs and day >= self.campaign.settings.created:
            self.outcome.mails_without_workbook.append(origin)

    def conclude_run(self) -> None:
        """Find whose the files are that were nobody's, and say what counts now."""
        with self.record.begin(self._now()) as tx:
            matched = self._match_again(tx)
            given = returns.all_returned(tx)
            by_id = {one.id: one for one in people.all_people(tx)}
        sweep_originals(self.campaign)
        self.outcome.owner_updates = [
            OwnerUpdate(person=by_id[one.person], file=one)
            for one in given
            if one.id in matched and one.person is not None
        ]
        self.outcome.choices = response_choices(self._before, given, by_id)

    def _match_again(self, tx: Transaction) -> set[int]:
        """
        Look once more for whose the files are that are nobody's: the roster may have grown.

        Returns which turned out to be somebody's, by their ids.
        """
        matched: set[int] = set()
        for one in returns.files_without_owner(tx):
            content = FileIdentity(state=one.state, scheme=one.scheme, workbook_id=one.workbook_id)
            for delivery in one.deliveries:
                owner = self._owners.find_owner(tx, content, delivery)
                if owner.person is not None:
                    assign_owner(tx, self.campaign, one, owner.person, owner.matched)
                    matched.add(one.id)
                    break
        return matched

    def _looked_at(self, one: Source | SourceFailure) -> ArrivedFile | None:
        """Return a source that is to be read, with its content; count all others."""
        if isinstance(one, SourceFailure) and one.origin is None:
            self._failed(one.failure, one.name)
            return None
        item = take_content(one, limit=self.limits.size, now=self._now())
        with self.record.begin(self._now()) as tx:
            if returns.is_erased(tx, item.digest):
                self.outcome.erased_count += 1
                self.outcome.skipped_sources.add(item.source.name)
                return None
            if self._is_own(tx, item):
                self.outcome.own_mail_count += 1
                self.outcome.skipped_sources.add(item.source.name)
                return None
            if self._came_again(tx, item, self._known(tx, item)):
                return None
            return self._unless_issued(tx, item)

    def _came_again(self, tx: Transaction, item: ArrivedFile, known: ReturnedFile | None) -> bool:
        """
        Note that a content came again that was read by then; False if it is to be read.

        What could not be read may be readable by now, or be somebody else's problem too.
        """
        if known is None or known.state_before_dismissal is ReturnState.FAILED:
            return False
        if item.delivery.message_id:
            returns.add_delivery(tx, known.id, item.delivery)
        self.outcome.repeat_count += 1
        return True

    def _known(self, tx: Transaction, item: ArrivedFile) -> ReturnedFile | None:
        """
        Return what is recorded of a content.

        What was taken off the lists is on them again when somebody in the roster sends it anew:
        whoever took it off could not know of that.
        """
        known, delivery = returns.find_returned(tx, item.digest), item.delivery
        if known is None or known.state is not ReturnState.DISMISSED or not delivery.message_id:
            return known
        person = people.find_by_mail(tx, delivery.sender)
        is_anew = all(came.message_id != delivery.message_id for came in known.deliveries)
        if is_anew and person is not None and known.person in (None, person.id):
            returns.save_state(tx, known, known.state_before_dismissal)
            return returns.find_returned(tx, item.digest)
        return known

    def _is_own(self, tx: Transaction, item: ArrivedFile) -> bool:
        """
        Return whether we sent it; some servers give our mails another Message-ID.

        What is attached to a mail of ours and was not issued, somebody has filled in there.
        """
        sender = item.delivery.sender
        is_ours = mails.is_own_mail(tx, item.delivery.message_id)
        from_us = bool(sender) and sender == address_key(self.campaign.settings.sender_mail)
        return (is_ours and item.data is None) or (
            (is_ours or from_us) and item.digest in self._issued
        )

    def _unless_issued(self, tx: Transaction, item: ArrivedFile) -> ArrivedFile | None:
        """Return what is to be read; a workbook that nobody filled in is only written down."""
        if item.digest not in self._issued:
            return self._to_be_read(item)
        person = people.find_by_id(tx, self._issued[item.digest])
        arrival = Arrival(
            digest=item.digest,
            person=person.id if person else None,
            matched=OwnerMatch.WORKBOOK,
            state=ReturnState.ISSUED,
            file="",
            source=item.shown_name,
            outcome=None,
            delivery=item.delivery,
        )
        is_new = returns.save_arrival(tx, arrival)
        if is_new and person is not None:
            self.outcome.blank_returns.append(person)
        elif not is_new:
            self.outcome.repeat_count += 1
        return None

    def _to_be_read(self, item: ArrivedFile) -> ArrivedFile:
        if item.data is None and item.source.origin is not None:
            self.outcome.skipped_sources.add(item.source.name)
        return item

    def _failed(self, failure: Failure, name: str) -> None:
        self.outcome.failures.append(failure)
        self.outcome.skipped_sources.add(name)

    def _keep(self, item: ArrivedFile, outcome: Assessment | Failure) -> CollectedFile | None:
        """
        Keep the original, then write down what was read in it and whose it is.

        Returns what was taken in; None if the file is known, or stays where it is.
        """
        if isinstance(outcome, Failure):
            outcome = reword_for_facilitator(outcome, self._owners.scheme, item.source.origin)
        if isinstance(outcome, Failure) and item.data is None and item.source.origin is None:
            self._failed(outcome, item.source.name)  # it stays where it is, and is nobody's
            return None
        with self.record.begin(self._now()) as tx:
            known = self._known(tx, item)
            if self._came_again(tx, item, known):  # with another source of this run
                return None
            owner = self._owners.find_owner(tx, _content(outcome), item.delivery, known)
            if (
                isinstance(outcome, Failure)
                and outcome.code is FailureCode.NO_WORKBOOKS
                and not owner.person
            ):
                self._failed(outcome, item.source.name)  # a stranger's zip of something else
                return None
            sender = item.delivery.sender
            is_theirs = owner.person is not None and sender == address_key(owner.person.mail)
            if isinstance(outcome, Failure) and not is_theirs:
                self.outcome.skipped_sources.add(item.source.name)  # kept, but perhaps no answer
            arrival = self._arrival(item, outcome, owner, known)
            is_new = arrival is not None and returns.save_arrival(tx, arrival)
        if arrival is None or not is_new:
            self.outcome.repeat_count += 1
            return None
        return CollectedFile(
            source=item.source.name,
            person=owner.person,
            matched=owner.matched,
            state=arrival.state,
            outcome=outcome,
            delivery=item.delivery,
            doubts=owner.doubts,
        )

    def _arrival(
        self,
        item: ArrivedFile,
        outcome: Assessment | Failure,
        owner: Owner,
        known: ReturnedFile | None,
    ) -> Arrival | None:
        """
        Keep the original and return what is to be written down; nothing if it was dismissed.

        What cannot be read is nobody's in particular: everybody who sends it has a problem.
        """
        person, failed = owner.person, isinstance(outcome, Failure)
        again = failed and person and known and known.person not in (None, person.id)
        if known and known.state is ReturnState.DISMISSED and not again:
            return None
        mark = f"-{person.id}" if again and person else ""
        name = PurePath(known.file).name if known and not again else ""
        name = name or original_name(item.digest, item.shown_name, mark)
        return Arrival(
            digest=item.digest + mark,
            person=person.id if person else None,
            matched=owner.matched,
            state=_content(outcome).state,
            file=self._stored(item, name, aside=person is None),
            source=item.shown_name,
            outcome=_outcome(outcome, item.source.name, item.shown_name),
            delivery=item.delivery,
        )

    def _stored(self, item: ArrivedFile, name: str, *, aside: bool) -> str:
        """Keep the original, if it is at hand; return its path in the campaign."""
        return (
            "" if item.data is None else store_original(self.campaign, name, item.data, aside=aside)
        )


def _content(outcome: Assessment | Failure) -> FileIdentity:
    if isinstance(outcome, Failure):
        return FileIdentity(state=ReturnState.FAILED, scheme=outcome.scheme)
    response = outcome.response
    return FileIdentity(
        state=ReturnState.READ, scheme=response.scheme, workbook_id=response.workbook_id
    )


def _outcome(outcome: Assessment | Failure, old: str, new: str) -> Assessment | Failure:
    """Return what was read, or why nothing was, with the file called by another name."""
    if isinstance(outcome, Failure):
        return outcome  # the record keeps its code and values; the file's name stands beside them
    findings = tuple(
        replace(one, place=replace(one.place, source=new)) if one.place.source == old else one
        for one in outcome.findings
    )
    return replace(outcome, findings=findings, response=replace(outcome.response, source=new))
