"""
Records who has returned a workbook of an anonymous round, and nothing of any workbook.

Files are read as ever, into a record in memory that is forgotten at the end: it decides whose they
are by the same rules. What stays is noted of each file at once, so that a run that is killed goes
on where it stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from iml4e_xlsx.campaign.collect.outcome import CollectedFile, CollectionOutcome
from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.folder.original_place import IN_RECORD
from iml4e_xlsx.campaign.people.counted_responses import is_blank
from iml4e_xlsx.campaign.record import attendance, people
from iml4e_xlsx.campaign.record.connection import MemoryRecord, Record, Transaction
from iml4e_xlsx.campaign.record.letters import Letter, LetterKind, letter_key, save_letter
from iml4e_xlsx.campaign.record.people import Person
from iml4e_xlsx.campaign.record.record_copy import copy_for_reading
from iml4e_xlsx.findings.failure import Failure
from iml4e_xlsx.findings.finding import Severity
from iml4e_xlsx.model import Assessment
from iml4e_xlsx.text.moments import local_day


@contextmanager
def open_reading_record(
    campaign: Campaign, record: Record, now: datetime
) -> Iterator[tuple[Campaign, Record]]:
    """Yield the campaign with a record in memory that knows its people, and of no file yet."""
    settings = replace(campaign.settings, originals=IN_RECORD, anonymous=False, fewest=None)
    with closing(MemoryRecord(record.campaign)) as reading:
        copy_for_reading(record, reading, now=now)
        yield replace(campaign, settings=settings), reading


@dataclass(frozen=True, slots=True)
class AttendanceRecorder:
    """Records who has returned something, and keeps of each file only what may be shown."""

    record: Record
    now: Callable[[], datetime]
    progress: Callable[[CollectedFile], None]
    files: list[CollectedFile] = field(default_factory=list)
    blank_returns: list[Person] = field(default_factory=list)

    def note_file(self, file: CollectedFile) -> None:
        """Record that a file came: of a person, or as a letter, since it is nobody's."""
        with self.record.begin(self.now()) as tx:
            is_news = self._note_owner(tx, file) if file.person else self._note_letter(tx, file)
        if is_news:
            self.files.append(_strip_answers(file))
            self.progress(self.files[-1])

    def conclude(self, outcome: CollectionOutcome) -> None:
        """Take from the outcome of a run what was read, and what was known before."""
        outcome.is_anonymous = True
        known = len(outcome.files) - len(self.files) - len(self.blank_returns)
        outcome.repeat_count += known
        outcome.files, outcome.choices, outcome.owner_updates = self.files, [], []
        outcome.blank_returns += self.blank_returns

    def _note_owner(self, tx: Transaction, file: CollectedFile) -> bool:
        """Record that a file of a person came; return whether that is news."""
        assert file.person is not None
        # People have other numbers in the record in memory.
        person = people.find_by_workbook(tx, file.person.workbook_id)
        outcome, day = file.arrival.outcome, local_day(file.arrival.delivery.received)
        if person is None:  # erased in this very moment
            return False
        if isinstance(outcome, Failure):
            return attendance.note_unread(tx, person.id, day, outcome.code)
        if isinstance(outcome, Assessment) and _is_blank(outcome):
            self.blank_returns.append(person)
            return False
        return attendance.note_returned(tx, person.id, day)

    def _note_letter(self, tx: Transaction, file: CollectedFile) -> bool:
        """Record the mail of a file that is nobody's as a letter; return whether that is news."""
        delivery = file.arrival.delivery
        if not (delivery.message_id or delivery.sender):
            return True  # a file from a disk is there, and was named just now
        person = people.find_by_mail(tx, delivery.sender) if delivery.sender else None
        name = file.arrival.source
        letter = Letter(
            key=letter_key(delivery.message_id, delivery.sender, name, delivery.received),
            message_id=delivery.message_id,
            person=person.id if person else None,
            kind=LetterKind.REPLY,
            sender=delivery.sender,
            subject=name,
            received=delivery.received,
        )
        return save_letter(tx, letter)


def _is_blank(assessment: Assessment) -> bool:
    errors = (finding.severity is Severity.ERROR for finding in assessment.findings)
    return is_blank(assessment.response, has_errors=any(errors))


def _strip_answers(file: CollectedFile) -> CollectedFile:
    """Return a file without what was read in it, its digest and its place."""
    outcome = file.arrival.outcome
    failure = outcome if isinstance(outcome, Failure) else None
    return replace(file, arrival=replace(file.arrival, outcome=failure, digest="", file=""))
