"""Finds the letters among the mails without a workbook: those that are about this round."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from typing import Final

from iml4e_xlsx.campaign.collect.return_day import find_return_day
from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.record import mails, people
from iml4e_xlsx.campaign.record.connection import Transaction
from iml4e_xlsx.campaign.record.letters import Letter, LetterKind, letter_key
from iml4e_xlsx.intake.mails.mail import AttachmentKind, DeliveryReport, Mail, Origin
from iml4e_xlsx.text.addresses import address_key
from iml4e_xlsx.text.moments import local_day

_MESSAGE_ID: Final = re.compile(r"<[^<>\s]{1,998}>")
_ADDRESS: Final = re.compile(r"[^\s<>()\[\]:;,\"']{1,64}@[^\s<>()\[\]:;,\"']{1,190}")
_MOST_TEXT: Final = 65_536
_MOST_ADDRESSES: Final = 50

_OF_ROUND: Final = re.compile(
    r"""
    assessment|survey|questionnaire|workbook|spreadsheet|excel|xlsx|iml4e|mlops|maturity
    |invitation|invited|reminder|deadline|rating|statements?\b|participa|take\spart|fill(ed)?\s(it\s)?in
    |answer|attach|link|download|declin|opt\sout|unsubscribe|delet|erase|privacy|my\sdata
    |on\sleave|parental|vacation|holiday|sick|no\stime|unable|cannot|can't|unfortunately|sorry|instead\sof\sme
    |befragung|umfrage|fragebogen|arbeitsmappe|mappe\b|tabelle|reifegrad|bewertung|einladung
    |erinnerung|frist|teilnahme|teilnehm|teilzunehm|mitmach|mitzumach|ausf\u00fcll|ausgef\u00fcllt|beantwort|antwort
    |anhang|angeh\u00e4ngt|absag|ablehn|abmeld|l\u00f6sch|datenschutz|meine\sdaten|elternzeit|urlaub|krank
    |keine\szeit|leider|zust\u00e4ndig|kann\snicht|m\u00f6chte\snicht|will\snicht|ohne\smich|stattdessen|wende
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""Words of somebody who writes about a round, in English and German."""


class LetterFinder:
    """
    Finds letters in a campaign whose people and mails are known.

    A mail without a workbook is one if it answers a mail of the campaign, whoever sent it; if a
    person in the roster sent it and it is automatic, has files, or speaks of the round; or if a
    mail system sent it and it names a mail of the campaign or a person.
    """

    def __init__(self, tx: Transaction, campaign: Campaign) -> None:
        """Set up a finder by what the record knows now."""
        settings = campaign.settings
        self._created = settings.created
        self._own = {address_key(settings.sender_mail)}
        self._threads = mails.people_by_message(tx)
        self._people = {address_key(person.mail): person.id for person in people.all_people(tx)}
        self._name = " ".join(settings.name.casefold().split())

    def find_thread(self, origin: Origin | None) -> str:
        """Return the Message-ID of our mail that a mail answers; empty if it answers none."""
        ids = origin.answers if origin else ()
        return next((message_id for message_id in ids if message_id in self._threads), "")

    def needs_text(self, origin: Origin) -> bool:
        """Return whether only its text tells whether a mail is a letter."""
        if origin.sender in self._own or self.find_thread(origin):
            return False
        if origin.sender in self._people:
            return not origin.is_automatic and not self._is_of_round(origin.subject)
        return origin.is_returned

    def find_letter(self, mail: Mail, now: datetime, *, is_legible: bool = True) -> Letter | None:
        """
        Return the letter that a mail without a workbook is; None if it is about something else.

        Args:
            mail: The mail.
            now: The time; nothing came later.
            is_legible: Whether its text is at hand.
        """
        origin, received = mail.origin, min(mail.origin.received or now, now)
        if origin.sender in self._own or local_day(received) < self._created:
            return None
        thread = self.find_thread(origin)
        # Whom our mail was to is whom it is about: a colleague or an assistant may have written.
        person = self._threads[thread] if thread else self._people.get(origin.sender)
        if origin.is_returned:
            return self._make_bounce(mail, person, received)
        if not thread and not self._is_about_round(mail, is_legible=is_legible):
            return None
        kind = LetterKind.ABSENCE if origin.is_automatic else LetterKind.REPLY
        return _make_letter(origin, kind, person, received)

    def find_bounce(self, report: DeliveryReport, now: datetime) -> Letter | None:
        """Return the letter that a report is which names a person and no mail of ours."""
        origin, person = report.origin, self._people.get(address_key(report.recipient))
        if origin is None or person is None:
            return None
        received = min(origin.received or now, now)
        if local_day(received) < self._created:
            return None
        return _make_letter(origin, LetterKind.BOUNCE, person, received)

    def find_copy_bounce(self, report: DeliveryReport, person: int, now: datetime) -> Letter | None:
        """Return the letter of a report about a copy; its sender is whom no copy reached."""
        if report.origin is None:
            return None
        received = min(report.origin.received or now, now)
        letter = _make_letter(report.origin, LetterKind.BOUNCE, person, received)
        return replace(letter, sender=report.recipient)

    def _make_bounce(self, mail: Mail, person: int | None, received: datetime) -> Letter | None:
        """Return the letter of a mail system, if it names a mail of ours or a person."""
        text = mail.read_text()[:_MOST_TEXT]
        ids = _MESSAGE_ID.findall(text)
        addresses = [address_key(address) for address in _ADDRESS.findall(text)[:_MOST_ADDRESSES]]
        named = [self._threads[key] for key in ids if key in self._threads]
        named += [self._people[key] for key in addresses if key in self._people]
        about = named[0] if named else person
        return _make_letter(mail.origin, LetterKind.BOUNCE, about, received) if about else None

    def _is_about_round(self, mail: Mail, *, is_legible: bool) -> bool:
        """Return whether a mail that answers none of ours is about the round nevertheless."""
        origin = mail.origin
        if origin.sender not in self._people:
            return False
        if origin.is_automatic or not is_legible or self._is_of_round(origin.subject):
            return True
        # A photo of the sheet, a PDF; a picture in a signature is none.
        if any(file.kind is not AttachmentKind.INCIDENTAL for file in mail.attachments):
            return True
        return self._is_of_round(mail.read_text()[:_MOST_TEXT])

    def _is_of_round(self, text: str) -> bool:
        plain = " ".join(text.split())
        return self._name in plain.casefold() or _OF_ROUND.search(plain) is not None


def _make_letter(
    origin: Origin, kind: LetterKind, person: int | None, received: datetime
) -> Letter:
    until = None
    if kind is LetterKind.ABSENCE:
        until = find_return_day(origin.subject, local_day(received))
    return Letter(
        key=letter_key(origin.message_id, origin.sender, origin.subject, origin.received),
        message_id=origin.message_id,
        person=person,
        kind=kind,
        sender=origin.sender,
        subject=origin.subject,
        received=received,
        until=until,
    )
