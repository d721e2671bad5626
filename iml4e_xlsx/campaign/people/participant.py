"""Where each person stands: what was mailed, what came back, and what counts of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from iml4e_xlsx.campaign.people.stages import Stage
from iml4e_xlsx.campaign.record import mails, people, returns
from iml4e_xlsx.campaign.record.connection import Transaction
from iml4e_xlsx.campaign.record.mails import MailKind, MailRecord, MailState
from iml4e_xlsx.campaign.record.people import BuiltWorkbook, Person
from iml4e_xlsx.campaign.record.returned_file import ReturnedFile, ReturnState
from iml4e_xlsx.findings.finding import Severity

_STAGES: Final = {
    MailState.SENT: Stage.MISSING,
    MailState.DRAFTED: Stage.MISSING,
    MailState.SENDING: Stage.MAIL_UNCERTAIN,
    MailState.UNCERTAIN: Stage.MAIL_UNCERTAIN,
    MailState.REFUSED: Stage.MAIL_FAILED,
    MailState.BOUNCED: Stage.MAIL_FAILED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """
    One person's part in a campaign.

    `response` is the returned workbook that counts, `others` all else that came from the person:
    earlier ones, files that could not be read, workbooks that came back as issued.
    """

    person: Person
    built: BuiltWorkbook | None
    mails: tuple[MailRecord, ...]
    response: ReturnedFile | None
    others: tuple[ReturnedFile, ...]

    def last(self, kind: MailKind) -> MailRecord | None:
        """Return the newest mail of a kind, or None."""
        return next((mail for mail in reversed(self.mails) if mail.kind is kind), None)

    @property
    def invitation(self) -> MailRecord | None:
        """Return the newest invitation."""
        return self.last(MailKind.INVITATION)

    @property
    def deciding(self) -> MailRecord | None:
        """
        Return the mail that says whether the person was reached: an uncertain one, or the newest.

        None if none left: a deferred one did not.
        """
        tried = [mail for mail in self.mails if mail.state is not MailState.DEFERRED]
        uncertain = [mail for mail in tried if mail.state.is_uncertain]
        return next(reversed(uncertain or tried), None)

    @property
    def reminders(self) -> tuple[MailRecord, ...]:
        """Return the reminders that left, or may have."""
        gone = (MailState.SENT, MailState.DRAFTED, MailState.SENDING, MailState.UNCERTAIN)
        return tuple(m for m in self.mails if m.kind is MailKind.REMINDER and m.state in gone)

    @property
    def unread(self) -> ReturnedFile | None:
        """Return the newest file that could not be read, if nothing that counts came after it."""
        failed = [
            one
            for one in self.others
            if one.state is ReturnState.FAILED and not self._is_mended(one)
        ]
        newest = max(failed, key=lambda one: one.received, default=None)
        if newest is None or self.response is None:
            return newest
        return newest if newest.received > self.response.received else None

    def _is_mended(self, failed: ReturnedFile) -> bool:
        """
        Return whether what a mail brought was opened by hand, and the file collected since.

        The date of such a file tells nothing: it was last changed before it was mailed.
        """
        now = self.response
        if now is None or now.came_by_mail or not failed.came_by_mail:
            return False
        return (now.collected, now.id) > (failed.collected, failed.id)

    @property
    def blank(self) -> bool:
        """Return whether all that came back is the workbook as it was issued."""
        return self.response is None and any(one.state is ReturnState.ISSUED for one in self.others)

    @property
    def stage(self) -> Stage:
        """Return how far the person has come."""
        response = self.response
        if self.unread is not None or (
            response is not None and response.count_findings(Severity.ERROR)
        ):
            return Stage.PROBLEMS
        if response is not None:
            return Stage.COMPLETE if response.answered == response.total else Stage.INCOMPLETE
        return Stage.NOT_MAILED if self.deciding is None else _STAGES[self.deciding.state]


def list_participants(
    tx: Transaction, given: Sequence[ReturnedFile] | None = None
) -> list[Participant]:
    """
    Return where each person stands, in the roster's order; unlisted people as well.

    Args:
        tx: A transaction on the record.
        given: Everything that came back, if it is known already.
    """
    came = returns.all_returned(tx) if given is None else given
    counted = returns.counting_responses(came)
    sent = mails.all_mails(tx)
    built = people.built_workbooks(tx)
    return [
        Participant(
            person=person,
            built=built.get(person.id),
            mails=tuple(sent.get(person.id, ())),
            response=counted.get(person.id),
            others=tuple(
                one for one in came if one.person == person.id and one is not counted.get(person.id)
            ),
        )
        for person in people.all_people(tx)
    ]
