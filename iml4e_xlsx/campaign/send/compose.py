"""Composes mails: fills in the campaign's texts for a person, and attaches the workbook."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cached_property
from typing import Any, Final

from iml4e_xlsx import resources
from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.folder.settings import SETTINGS_FILE
from iml4e_xlsx.campaign.folder.text_templates import TextTemplates
from iml4e_xlsx.campaign.people.copies import find_copies
from iml4e_xlsx.campaign.record.mails import MailKind
from iml4e_xlsx.campaign.record.people import Person
from iml4e_xlsx.campaign.send.answer_content import XLSX, AnswerWriter, Attachment
from iml4e_xlsx.campaign.send.deadline_event import DeadlineEvent, make_event_file
from iml4e_xlsx.campaign.send.mail_headers import (
    HeaderError,
    check_headers,
    write_address,
    write_copies,
    write_subject,
)
from iml4e_xlsx.campaign.send.plan import AnsweredFile, PlannedMail
from iml4e_xlsx.errors import CampaignError, JoinedCampaignError
from iml4e_xlsx.findings.error_codes import SendErrorCode
from iml4e_xlsx.scheme.answering_time import estimate_minutes
from iml4e_xlsx.text.message import TextValue
from iml4e_xlsx.text.spelling import quote_value

_SUBJECT: Final = "Subject:"
_POLICY: Final = SMTP.clone(cte_type="7bit")
"""Lines of at most 78 characters of ASCII: what every server takes."""

_UNWRITABLE: Final = (MessageError, ValueError, LookupError, AttributeError, TypeError)
"""What the library raises for values that cannot stand in a header."""

_LAST_RESORT: Final = "en"
_FIRST_TEXTS: Final = (MailKind.INVITATION.value, MailKind.REMINDER.value)
"""The texts that every campaign's folder has."""

_EVENT_TEXT: Final = "calendar"
"""The text of the calendar entry: its subject is the title."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailText:
    """A mail's text as it is filled in for one person."""

    subject: str
    body: str


@dataclass(frozen=True)
class MailComposer:
    """Composes the mails of a campaign as of a day; reads the mail texts once."""

    campaign: Campaign
    today: date

    def check_mails(self, mails: Iterable[PlannedMail]) -> None:
        """
        Fill in the text of each mail, so that nothing leaves while one text cannot be used.

        Raises:
            CampaignError: With everything that is wrong with sender or texts.
        """
        sender_mistake = self._find_sender_mistake()
        mistakes = [sender_mistake] if sender_mistake else []
        for planned in mails:
            person = planned.person
            try:
                text = self.fill_text(person, planned.kind, planned.file_name, planned.answered)
                if sender_mistake is None:
                    self._write_headers(person, text)
                self._make_event(planned)
            except CampaignError as error:
                mistakes.append(error)
        if mistakes:  # one text serves many people, so the same mistake comes many times
            raise JoinedCampaignError(list({str(error): error for error in mistakes}.values()))

    def fill_text(
        self, person: Person, kind: MailKind, file: str, answered: AnsweredFile | None = None
    ) -> MailText:
        """
        Fill in the text for a person, in the person's language.

        Args:
            person: Who it is to.
            kind: Which text.
            file: The name of what is attached; empty for nothing.
            answered: The returned file that the mail answers, if it answers one.

        Raises:
            CampaignError: If the text cannot be filled in; names file and line.
        """
        values: dict[str, Any] = {"file": file}
        if answered is not None:
            values |= self._answers.make_values(person, answered)
        return self._fill_template(person, kind.value, values)

    def _fill_template(self, person: Person, text_name: str, more: Mapping[str, Any]) -> MailText:
        """Fill in a text of the person's language; CampaignError as for `fill_text`."""
        templates, name = self._choose_template(person, text_name)
        values = {**self._template_values(person), **more}
        text = templates.fill_template(name, values)
        first, _, body = text.lstrip("\ufeff").partition("\n")
        subject = " ".join(first.removeprefix(_SUBJECT).split())
        path = templates.folder / name
        if not first.startswith(_SUBJECT) or not subject:
            raise CampaignError(SendErrorCode.SUBJECT_MISSING, path=path, label=_SUBJECT)
        if any(unicodedata.category(character) in ("Cc", "Cs") for character in subject):
            raise CampaignError(SendErrorCode.SUBJECT_UNPRINTABLE, path=path)
        return MailText(subject=subject, body=body.strip() + "\n")

    def compose_mail(
        self, planned: PlannedMail, workbook: bytes, *, message_id: str, now: datetime
    ) -> EmailMessage:
        """
        Compose a planned mail with what belongs to it.

        Args:
            planned: The mail.
            workbook: The workbook that asks somebody, attached under the name of the file that
                was built; what an answer brings is made here.
            message_id: The Message-ID that is recorded.
            now: The date of the mail.

        Raises:
            CampaignError: If the text cannot be filled in, or a value cannot stand in a header.
        """
        name = planned.file_name
        text = self.fill_text(planned.person, planned.kind, name, planned.answered)
        mail = self._write_headers(planned.person, text)
        mail["Date"] = format_datetime(now)
        mail["Message-ID"] = message_id
        if planned.invitation_id:  # so that mail programs show a reminder below the invitation
            mail["In-Reply-To"] = planned.invitation_id
            mail["References"] = planned.invitation_id
        mail.set_content(text.body)
        attached = self._answers.make_attachment(planned, now)
        if attached is None and planned.answered is None and name:
            attached = Attachment(name, workbook, XLSX)
        if attached is not None:
            _attach(mail, attached)
        event = self._make_event(planned)
        if event is not None:  # last, since it is not what the mail asks for
            _attach(mail, make_event_file(event, self.campaign.settings, now))
        return mail

    def _make_event(self, planned: PlannedMail) -> DeadlineEvent | None:
        """Return the calendar entry that goes with a mail; None for a mail without one."""
        settings = self.campaign.settings
        day = settings.deadline
        if not settings.calendar or planned.kind.is_answer or day is None or day < self.today:
            return None
        text = self._fill_template(planned.person, _EVENT_TEXT, {"file": planned.file_name})
        return DeadlineEvent(
            day=day, moves=planned.deadline_moves, title=text.subject, text=text.body.rstrip()
        )

    def _write_headers(self, person: Person, text: MailText) -> EmailMessage:
        """Return a mail with the headers that take values; CampaignError if one cannot."""
        mail = EmailMessage(policy=_POLICY)
        try:
            self._write_sender(mail)
            write_address(mail, "To", person.name, person.address)
            write_copies(mail, find_copies(self.campaign.settings, person))
            write_subject(mail, text.subject)
            text.body.encode()
            check_headers(mail)
        except _UNWRITABLE as error:
            raise CampaignError(
                SendErrorCode.MAIL_UNWRITABLE,
                mail=person.mail,
                reason=_describe_reason(error),
                settings=SETTINGS_FILE,
            ) from error
        return mail

    def _write_sender(self, mail: EmailMessage) -> None:
        """Write into a mail who it is from, and where answers go."""
        settings = self.campaign.settings
        write_address(mail, "From", settings.sender_name, settings.sender_mail)
        if settings.reply_to:
            write_address(mail, "Reply-To", "", settings.reply_to)

    def _find_sender_mistake(self) -> CampaignError | None:
        path = self.campaign.folder / SETTINGS_FILE
        if not self.campaign.settings.sender_mail:
            return CampaignError(SendErrorCode.SENDER_MISSING, path=path)
        try:
            mail = EmailMessage(policy=_POLICY)
            self._write_sender(mail)
            check_headers(mail)
        except _UNWRITABLE as error:
            reason = _describe_reason(error)
            return CampaignError(SendErrorCode.SENDER_UNWRITABLE, path=path, reason=reason)
        return None

    def _choose_template(self, person: Person, text_name: str) -> tuple[TextTemplates, str]:
        """
        Return the text of a name in the person's language, the campaign's or English.

        A folder from before there was this text lacks it; ours takes its place.
        """
        languages = self.campaign.mail_languages
        choices = (person.language, self.campaign.settings.language, _LAST_RESORT)
        if text_name in _FIRST_TEXTS:
            available = (language for language in choices if language in languages)
            return self._templates, f"{next(available, _LAST_RESORT)}/{text_name}.txt"
        for language in filter(None, choices):
            name = f"{language}/{text_name}.txt"
            for templates in (self._templates, self._own_templates):
                if (templates.folder / name).is_file():
                    return templates, name
        return self._own_templates, f"{_LAST_RESORT}/{text_name}.txt"

    def _template_values(self, person: Person) -> dict[str, Any]:
        settings = self.campaign.settings
        is_over = settings.deadline is None or settings.deadline < self.today
        scheme = self.campaign.load_form(person)
        return {
            "campaign": settings.name,
            "deadline": "" if is_over else settings.deadline,
            "sender": settings.sender_name or settings.sender_mail,
            "name": person.name,
            "mail": person.mail,
            "organisation": person.profile.organisation,
            "team": person.profile.team,
            "role": person.profile.role,
            "minutes": estimate_minutes(scheme),
            "workbook_language": scheme.language,
            "anonymous": settings.anonymous,
            "fewest": settings.promised_fewest or "",
            "extra": dict(person.extra),
        }

    @cached_property
    def _answers(self) -> AnswerWriter:
        return AnswerWriter(self.campaign)

    @cached_property
    def _templates(self) -> TextTemplates:
        return TextTemplates(self.campaign.mail_texts)

    @cached_property
    def _own_templates(self) -> TextTemplates:
        return TextTemplates(resources.templates_folder() / "campaign" / "mail")


def _attach(mail: EmailMessage, attached: Attachment) -> None:
    main, sub = attached.kind
    mail.add_attachment(
        attached.data,
        maintype=main,
        subtype=sub,
        filename=attached.name,
        params=attached.params,
    )


def _describe_reason(error: Exception) -> TextValue:
    """Return why a header cannot be written: in our words, or in those of the library."""
    return error.reason if isinstance(error, HeaderError) else quote_value(error)
