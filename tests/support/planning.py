"""Holds what the tests of plans of mails share."""

from __future__ import annotations

from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.record import mails
from iml4e_xlsx.campaign.record.connection import Record, Transaction
from iml4e_xlsx.campaign.record.mails import MailKind, MailRecord, MailState
from iml4e_xlsx.campaign.record.people import Person
from iml4e_xlsx.campaign.send.plan import (
    MailPlan,
    plan_invitations,
    plan_reminders,
)
from iml4e_xlsx.model import Scheme
from tests.support.campaigns import DAY, NOW, person_of
from tests.support.noting import note_mail, note_returned, rated

ANN = "ann@example.org"


BEN = "ben@example.org"


Prepare = Callable[[Transaction, Scheme, Person], object]


def invitations(campaign: Campaign, record: Record, *again: str) -> MailPlan:
    with record.begin(NOW) as tx:
        return plan_invitations(tx, campaign, again)


def reminders(campaign: Campaign, record: Record, days: float = 30, *again: str) -> MailPlan:
    now = NOW + days * DAY
    with record.begin(now) as tx:
        return plan_reminders(tx, campaign, now=now, again=again)


def whom(plan: MailPlan) -> list[str]:
    return [entry.person.mail for entry in plan.mails]


def mails_of(record: Record, mail: str) -> list[MailRecord]:
    person = person_of(record, mail)
    with record.begin(NOW) as tx:
        return mails.all_mails(tx).get(person.id, [])


def mailed(state: MailState, kind: MailKind = MailKind.INVITATION) -> Prepare:
    def prepare(tx: Transaction, scheme: Scheme, person: Person) -> None:
        if kind is MailKind.REMINDER:
            note_mail(tx, person)
        note_mail(tx, person, state, kind=kind, words="550 no", at=NOW)

    return prepare


def answered(*, sent: bool = True, readable: bool = True) -> Prepare:
    def prepare(tx: Transaction, scheme: Scheme, person: Person) -> None:
        if sent:
            note_mail(tx, person)
        note_returned(tx, person, rated(scheme, person) if readable else ("broken-workbook", "x"))

    return prepare


def read(path: Path) -> EmailMessage:
    mail = message_from_bytes(path.read_bytes(), policy=default)
    assert isinstance(mail, EmailMessage)
    return mail
