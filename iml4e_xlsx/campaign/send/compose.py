"""Composes mails: the campaign's texts by language, filled in for a person, with the workbook."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cached_property
from pathlib import PurePosixPath
from typing import Any, Final

from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.folder.settings import SETTINGS_FILE
from iml4e_xlsx.campaign.folder.text_templates import TextTemplates
from iml4e_xlsx.campaign.record.mails import MailKind
from iml4e_xlsx.campaign.record.people import Person
from iml4e_xlsx.campaign.send.mail_headers import check_headers, write_address, write_subject
from iml4e_xlsx.campaign.send.plan import PlannedMail
from iml4e_xlsx.errors import CampaignError
from iml4e_xlsx.model import Scheme
from iml4e_xlsx.text.spelling import quote_value

_SUBJECT: Final = "Subject:"
_POLICY: Final = SMTP.clone(cte_type="7bit")
"""Lines of at most 78 characters of ASCII: what every server takes."""

_UNWRITABLE: Final = (MessageError, ValueError, LookupError, AttributeError, TypeError)
"""What the library raises for values that cannot stand in a header."""

_XLSX: Final = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")
_LAST_RESORT: Final = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailText:
    """A mail's text as it is filled in for one person."""

    subject: str
    body: str


@dataclass(frozen=True)
class MailComposer:
    """The mail texts of a campaign as of a day; they are read once."""

    campaign: Campaign
    today: date

    def check(self, people: Iterable[Person], kind: MailKind, files: dict[int, str]) -> None:
        """
        Fill in the text for each person, so that nothing leaves while one of them cannot be.

        Raises:
            CampaignError: With everything that is wrong with sender or texts.
        """
        sender = self._sender_mistakes()
        mistakes = dict.fromkeys(sender)
        for person in people:
            try:
                letter = self.letter(person, kind, files[person.id])
                if not sender:
                    self._headed(person, letter)
            except CampaignError as error:
                mistakes[str(error)] = None
        if mistakes:
            raise CampaignError("\n".join(mistakes))

    def letter(self, person: Person, kind: MailKind, file: str) -> MailText:
        """
        Return the text for a person, in the person's language.

        Raises:
            CampaignError: If the text cannot be filled in; names file and line.
        """
        name = f"{self._language(person)}/{kind.value}.txt"
        text = self._texts.fill_template(name, self._values(person, file))
        first, _, body = text.lstrip("\ufeff").partition("\n")
        subject = " ".join(first.removeprefix(_SUBJECT).split())
        if not first.startswith(_SUBJECT) or not subject:
            where = self.campaign.mail_texts / name
            raise CampaignError(f"{where}, line 1: write the subject there, after {_SUBJECT!r}.")
        if any(unicodedata.category(character) in ("Cc", "Cs") for character in subject):
            where = self.campaign.mail_texts / name
            raise CampaignError(
                f"{where}, line 1: the subject holds a control character. Mend the text."
            )
        return MailText(subject=subject, body=body.strip() + "\n")

    def mail(
        self, entry: PlannedMail, workbook: bytes, *, message_id: str, now: datetime
    ) -> EmailMessage:
        """
        Return a planned mail with the workbook attached.

        Args:
            entry: To whom, and which text.
            workbook: What is attached, under the name of the file that was built.
            message_id: As it is recorded.
            now: The date of the mail.

        Raises:
            CampaignError: If the text cannot be filled in, or a value cannot stand in a header.
        """
        name = PurePosixPath(entry.built.file).name
        letter = self.letter(entry.person, entry.kind, name)
        mail = self._headed(entry.person, letter)
        mail["Date"] = format_datetime(now)
        mail["Message-ID"] = message_id
        if entry.answers:  # so that mail programs show a reminder below the invitation
            mail["In-Reply-To"] = entry.answers
            mail["References"] = entry.answers
        mail.set_content(letter.body)
        mail.add_attachment(workbook, maintype=_XLSX[0], subtype=_XLSX[1], filename=name)
        return mail

    def _headed(self, person: Person, letter: MailText) -> EmailMessage:
        """Return a mail with the headers that values go into; CampaignError if one cannot."""
        mail = EmailMessage(policy=_POLICY)
        try:
            self._sign(mail)
            write_address(mail, "To", person.name, person.address)
            write_subject(mail, letter.subject)
            letter.body.encode()
            check_headers(mail)
        except _UNWRITABLE as error:
            raise CampaignError(
                f"The mail to {person.mail} cannot be written: {quote_value(error)}. Mend the "
                f"person's row in the roster, or the sender in {SETTINGS_FILE}."
            ) from error
        return mail

    def _sign(self, mail: EmailMessage) -> None:
        """Write into a mail who it is from, and where answers go."""
        settings = self.campaign.settings
        write_address(mail, "From", settings.sender_name, settings.sender_mail)
        if settings.reply_to:
            write_address(mail, "Reply-To", "", settings.reply_to)

    def _sender_mistakes(self) -> list[str]:
        settings = self.campaign.settings
        where = self.campaign.folder / SETTINGS_FILE
        if not settings.sender_mail:
            return [f"{where}: [sender] mail is empty; write the address that the mails are from."]
        try:
            mail = EmailMessage(policy=_POLICY)
            self._sign(mail)
            check_headers(mail)
        except _UNWRITABLE as error:
            return [
                f"{where}: the addresses under [sender] cannot be written: {quote_value(error)}."
            ]
        return []

    def _language(self, person: Person) -> str:
        languages = self.campaign.mail_languages
        wanted = (person.language, self.campaign.settings.language, _LAST_RESORT)
        return next((one for one in wanted if one in languages), _LAST_RESORT)

    def _values(self, person: Person, file: str) -> dict[str, Any]:
        settings, scheme = self.campaign.settings, self._scheme
        passed = settings.deadline is None or settings.deadline < self.today
        wanted = person.language or settings.language
        return {
            "campaign": settings.name,
            "deadline": "" if passed else settings.deadline,
            "sender": settings.sender_name or settings.sender_mail,
            "name": person.name,
            "mail": person.mail,
            "organisation": person.profile.organisation,
            "team": person.profile.team,
            "role": person.profile.role,
            "file": file,
            "workbook_language": wanted if wanted in scheme.languages else scheme.language,
            "extra": dict(person.extra),
        }

    @cached_property
    def _scheme(self) -> Scheme:
        return self.campaign.load_scheme()

    @cached_property
    def _texts(self) -> TextTemplates:
        return TextTemplates(self.campaign.mail_texts)
