"""Records the letters that a run finds, each once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from iml4e_xlsx.campaign.collect.letter_finder import LetterFinder
from iml4e_xlsx.campaign.collect.outcome import CollectionOutcome, CopyBounce, MailBounce
from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.people.copies import is_copy_address
from iml4e_xlsx.campaign.record import mails
from iml4e_xlsx.campaign.record.connection import Record, Transaction
from iml4e_xlsx.campaign.record.letters import Letter, save_letter
from iml4e_xlsx.campaign.record.mails import people_by_message
from iml4e_xlsx.campaign.record.people import find_by_id
from iml4e_xlsx.intake.mails.mail import DeliveryReport, Mail, Origin


@dataclass(frozen=True, slots=True)
class LetterRecorder:
    """Records letters, and adds those that are new to the outcome of a run."""

    campaign: Campaign
    record: Record
    finder: LetterFinder
    outcome: CollectionOutcome
    now: Callable[[], datetime]

    def find_thread(self, origin: Origin | None) -> str:
        """Return the Message-ID of our mail that a mail answers; empty if it answers none."""
        return self.finder.find_thread(origin)

    def needs_text_of(self, origin: Origin) -> bool:
        """Return whether only the text of a mail tells whether it is a letter."""
        return self.finder.needs_text(origin)

    def note_mail(self, mail: Mail, *, is_legible: bool = True) -> None:
        """Record a mail that brought no workbook, if it is a letter; see `LetterFinder`."""
        letter = self.finder.find_letter(mail, self.now(), is_legible=is_legible)
        if letter is not None:
            with self.record.begin(self.now()) as tx:
                self._save(tx, letter)

    def record_bounce(self, report: DeliveryReport) -> None:
        """Record that a mail of ours came back; what cannot prove that is noted as a letter."""
        if report.action != "failed":  # a delayed mail may still arrive
            return
        words = report.diagnostic
        if report.status not in words:
            words = f"{report.status} {words}".strip()
        with self.record.begin(self.now()) as tx:
            if self._note_copy_bounce(tx, report, words):
                return  # the mail to the person may have arrived
            number = mails.record_bounce(tx, report.original_id, words)
            person = find_by_id(tx, number) if number else None
            if not mails.is_own_mail(tx, report.original_id):
                self._note_bounce(tx, report)
        if person is not None:
            self.outcome.bounces.append(MailBounce(person=person, words=words))

    def _note_bounce(self, tx: Transaction, report: DeliveryReport) -> None:
        """Record a report that names no mail of ours, if it names a person."""
        letter = self.finder.find_bounce(report, self.now())
        if letter is not None:
            self._save(tx, letter)

    def _note_copy_bounce(self, tx: Transaction, report: DeliveryReport, words: str) -> bool:
        """Record a report about somebody who got a copy of a mail; False for any other report."""
        number = people_by_message(tx).get(report.original_id)
        person = find_by_id(tx, number) if number else None
        settings = self.campaign.settings
        if person is None or not is_copy_address(settings, person, report.recipient):
            return False
        bounce = CopyBounce(person=person, address=report.recipient, words=words)
        if bounce not in self.outcome.copy_bounces:
            self.outcome.copy_bounces.append(bounce)
        letter = self.finder.find_copy_bounce(report, person.id, self.now())
        if letter is not None:
            self._save(tx, letter)
        return True

    def _save(self, tx: Transaction, letter: Letter) -> None:
        self.outcome.letter_mail_count += 1
        if save_letter(tx, letter):  # read again, it stays what it is: waiting or handled
            self.outcome.letters.append(letter)
