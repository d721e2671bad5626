"""Joins what the record knows of each person: what was mailed, what came back, what counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from iml4e_xlsx.campaign.people.mail_states import MAIL_MEANINGS
from iml4e_xlsx.campaign.people.stages import Stage
from iml4e_xlsx.campaign.record import attendance, letters, mails, people, returns
from iml4e_xlsx.campaign.record.answers import load_responses
from iml4e_xlsx.campaign.record.attendance import NOTHING_RETURNED, Attendance
from iml4e_xlsx.campaign.record.connection import Transaction
from iml4e_xlsx.campaign.record.letters import Letter, LetterKind
from iml4e_xlsx.campaign.record.mails import MailKind, MailRecord, MailState
from iml4e_xlsx.campaign.record.people import BuiltWorkbook, Person
from iml4e_xlsx.campaign.record.returned_file import ReturnedFile, ReturnState
from iml4e_xlsx.findings.finding import Severity
from iml4e_xlsx.text.moments import local_day


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """
    A person of a campaign with everything that was mailed to them and came back from them.

    `response` is the returned workbook that counts, `other_files` are all the rest: older ones,
    files that could not be read, workbooks that came back as they were issued. `letters` are the
    mails without a workbook, from them or about them, that nobody has seen to. `in_scope` is how
    many of the statements that the person is asked for by now are answered, where the response is a
    workbook that asked for others. `attendance` is all that an anonymous round knows of a response.
    """

    person: Person
    built: BuiltWorkbook | None
    mails: tuple[MailRecord, ...]
    response: ReturnedFile | None
    other_files: tuple[ReturnedFile, ...]
    letters: tuple[Letter, ...] = ()
    in_scope: int | None = None
    attendance: Attendance = NOTHING_RETURNED

    @property
    def has_returned(self) -> bool:
        """Tell whether a workbook came back that could be read."""
        return self.response is not None or self.attendance.returned is not None

    @property
    def has_unread_file(self) -> bool:
        """Tell whether the last that came back could not be read."""
        return self.unread_file is not None or self.attendance.unread is not None

    @property
    def answered(self) -> int:
        """Return how many of the statements that the person is asked for are answered."""
        if self.in_scope is not None:
            return self.in_scope
        return 0 if self.response is None else self.response.answered

    @property
    def asked(self) -> int:
        """Return how many statements the person is asked for."""
        if self.in_scope is not None and self.person.scope is not None:
            return len(self.person.scope.statements)
        return 0 if self.response is None else self.response.total

    @property
    def completeness(self) -> Fraction | None:
        """Return the share of what the person is asked for that is answered; None without any."""
        return None if self.response is None else Fraction(self.answered, self.asked or 1)

    @property
    def is_complete(self) -> bool:
        """Tell whether all that the person is asked for is answered."""
        return self.response is not None and self.answered == self.asked

    def newest_mail(self, kind: MailKind) -> MailRecord | None:
        """Return the newest mail of a kind, or None."""
        return next((mail for mail in reversed(self.mails) if mail.kind is kind), None)

    @property
    def invitation(self) -> MailRecord | None:
        """Return the newest invitation."""
        return self.newest_mail(MailKind.INVITATION)

    @property
    def decisive_mail(self) -> MailRecord | None:
        """
        Return the mail that tells whether the person was reached: an uncertain one, or the newest.

        None if no mail left; a deferred one did not. What answers a file that came back says no
        more than that file.
        """
        tried = [
            mail
            for mail in self.mails
            if mail.state is not MailState.DEFERRED and not mail.kind.is_answer
        ]
        uncertain = [mail for mail in tried if mail.state.is_uncertain]
        return next(reversed(uncertain or tried), None)

    @property
    def reminders(self) -> tuple[MailRecord, ...]:
        """Return the reminders that left, or may have left."""
        states = (MailState.SENT, MailState.DRAFTED, MailState.SENDING, MailState.UNCERTAIN)
        return tuple(
            mail for mail in self.mails if mail.kind is MailKind.REMINDER and mail.state in states
        )

    @property
    def unread_file(self) -> ReturnedFile | None:
        """Return the newest file that could not be read, unless a response came after it."""
        failed = [
            file
            for file in self.other_files
            if file.state is ReturnState.FAILED and not self._is_mended(file)
        ]
        newest = max(failed, key=lambda file: file.received, default=None)
        if newest is None or self.response is None:
            return newest
        return newest if newest.received > self.response.received else None

    def _is_mended(self, failed: ReturnedFile) -> bool:
        """
        Tell whether somebody opened by hand what a mail brought, and collected that file since.

        The date of that file does not help: it was last changed before it was mailed.
        """
        response = self.response
        if response is None or response.came_by_mail or not failed.came_by_mail:
            return False
        return (response.collected, response.id) > (failed.collected, failed.id)

    @property
    def is_blank(self) -> bool:
        """Tell whether nothing came back but the workbook as it was issued."""
        issued = any(file.state is ReturnState.ISSUED for file in self.other_files)
        return self.response is None and issued

    @property
    def has_declined(self) -> bool:
        """Tell whether the person does not take part; what they send afterwards outweighs that."""
        declined, unread = self.person.declined, self.unread_file
        if declined is None or self.has_returned:
            return False
        if self.attendance.unread is not None:
            return self.attendance.unread <= local_day(declined)
        return unread is None or unread.collected <= declined

    @property
    def unanswered_letter(self) -> Letter | None:
        """
        Return the newest letter that somebody wrote and nobody has seen to, or None.

        What a program wrote by itself is none: it asks for nothing, and proves nothing.
        """
        written = [letter for letter in self.letters if letter.kind is LetterKind.REPLY]
        return written[-1] if written else None

    @property
    def stage(self) -> Stage:
        """Return how far the person has come."""
        if self.has_declined:
            return Stage.DECLINED
        response = self.response
        has_errors = response is not None and response.count_findings(Severity.ERROR) > 0
        # A problem comes first: the person believes that the answers have arrived.
        if self.has_unread_file or has_errors:
            return Stage.PROBLEMS
        # A response counts whatever became of the mails: it has reached us.
        if response is not None:
            return Stage.COMPLETE if self.is_complete else Stage.INCOMPLETE
        if self.has_returned:
            return Stage.RETURNED
        if self.decisive_mail is None:
            return Stage.NOT_MAILED
        return MAIL_MEANINGS[self.decisive_mail.state].stage


def list_participants(
    tx: Transaction, returned_files: Sequence[ReturnedFile] | None = None
) -> list[Participant]:
    """
    List all people with their mails and files, in the roster's order; unlisted people as well.

    Args:
        tx: A transaction on the record.
        returned_files: Everything that came back, if the caller has read it already.
    """
    files = returns.all_returned(tx) if returned_files is None else returned_files
    counted = returns.counting_responses(files)
    sent = mails.all_mails(tx)
    built = people.built_workbooks(tx)
    waiting = letters.open_letters(tx)
    everybody = people.all_people(tx)
    in_scope = _count_in_scope(tx, everybody, counted)
    attended = attendance.all_attendance(tx)
    return [
        Participant(
            person=person,
            built=built.get(person.id),
            mails=tuple(sent.get(person.id, ())),
            response=counted.get(person.id),
            in_scope=in_scope.get(person.id),
            other_files=tuple(
                file
                for file in files
                if file.person == person.id and file is not counted.get(person.id)
            ),
            letters=tuple(letter for letter in waiting if letter.person == person.id),
            attendance=attended.get(person.id, NOTHING_RETURNED),
        )
        for person in everybody
    ]


def _count_in_scope(
    tx: Transaction, everybody: Sequence[Person], counted: Mapping[int, ReturnedFile]
) -> Mapping[int, int]:
    """Count the answers to what people are asked for now, where their workbook asked for others."""
    scopes = {
        person.id: person.scope
        for person in everybody
        if person.listed and person.scope is not None and person.id in counted
    }
    others = [id_ for id_, scope in scopes.items() if counted[id_].form != scope.form]
    responses = load_responses(tx, [counted[id_] for id_ in others])
    return {
        id_: sum(
            answer is not None and not answer.is_open
            for answer in map(response.answers.get, scopes[id_].statements)
        )
        for id_, response in zip(others, responses, strict=True)
    }
