"""Records the letters that a run finds, each once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from iml4e_xlsx.campaign.collect.letter_finder import LetterFinder
from iml4e_xlsx.campaign.collect.outcome import CollectionOutcome
from iml4e_xlsx.campaign.record.connection import Record, Transaction
from iml4e_xlsx.campaign.record.letters import Letter, save_letter
from iml4e_xlsx.intake.mails.mail import DeliveryReport, Mail, Origin


@dataclass(frozen=True, slots=True)
class LetterRecorder:
    """Records letters, and adds those that are new to the outcome of a run."""

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

    def note_bounce(self, tx: Transaction, report: DeliveryReport) -> None:
        """Record a report that names no mail of ours, if it names a person."""
        letter = self.finder.find_bounce(report, self.now())
        if letter is not None:
            self._save(tx, letter)

    def _save(self, tx: Transaction, letter: Letter) -> None:
        if save_letter(tx, letter):  # read again, it stays what it is: waiting or handled
            self.outcome.letters.append(letter)
