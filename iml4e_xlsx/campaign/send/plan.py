"""Decides who gets which mail, and who does not, and why."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from iml4e_xlsx.campaign.folder.campaign import Campaign, find_roster
from iml4e_xlsx.campaign.people.participant import Participant, list_participants
from iml4e_xlsx.campaign.record import campaigns, mails, people
from iml4e_xlsx.campaign.record.connection import Transaction
from iml4e_xlsx.campaign.record.mails import MailKind, MailRecord, MailState
from iml4e_xlsx.campaign.record.people import BuiltWorkbook, Person
from iml4e_xlsx.campaign.workbooks import is_there
from iml4e_xlsx.errors import CampaignError
from iml4e_xlsx.text.addresses import address_key

_NAMED: Final = 5
"""How many people a message names before it counts the others."""


class NoMailReason(Enum):
    """Why somebody gets no mail now."""

    SENT = "sent"
    DRAFTED = "drafted"
    SENDING = "sending"
    UNCERTAIN = "uncertain"
    REFUSED = "refused"
    BOUNCED = "bounced"
    RETURNED = "returned"
    PROBLEMS = "problems"
    NOT_INVITED = "not_invited"
    TOO_SOON = "too_soon"
    ENOUGH = "enough"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedMail:
    """
    One mail that is to leave.

    `known` is the mail that is taken up again under its Message-ID: one that certainly did not
    leave, or one that may have and is sent again because the facilitator says so. `answers` is
    the Message-ID of the invitation that a reminder belongs to.
    """

    person: Person
    built: BuiltWorkbook
    kind: MailKind
    number: int
    known: MailRecord | None = None
    answers: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonNotMailed:
    """
    Somebody who gets no mail now: why, since when, and the server's words if it has any.

    `kind` is that of the mail that is the reason, where there is one; `until` is when a reminder
    may leave, for those who were mailed too short a time ago; `named` says that one was asked for
    by the person's address.
    """

    person: Person
    why: NoMailReason
    since: datetime | None = None
    words: str = ""
    kind: MailKind | None = None
    until: datetime | None = None
    named: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MailPlan:
    """The mails that are to leave, and those who get none."""

    kind: MailKind
    entries: tuple[PlannedMail, ...]
    held: tuple[PersonNotMailed, ...]

    @property
    def uncertain(self) -> tuple[PersonNotMailed, ...]:
        """Return those whose mail may have left or not."""
        return tuple(
            one for one in self.held if one.why in (NoMailReason.SENDING, NoMailReason.UNCERTAIN)
        )


_STATES = {
    MailState.SENT: NoMailReason.SENT,
    MailState.DRAFTED: NoMailReason.DRAFTED,
    MailState.REFUSED: NoMailReason.REFUSED,
    MailState.BOUNCED: NoMailReason.BOUNCED,
    MailState.SENDING: NoMailReason.SENDING,
    MailState.UNCERTAIN: NoMailReason.UNCERTAIN,
}

_SELECTABLE: Final = {
    "uncertain": (MailState.SENDING, MailState.UNCERTAIN),
    "drafted": (MailState.DRAFTED,),
    "refused": (MailState.REFUSED,),
    "bounced": (MailState.BOUNCED,),
}


def plan_invitations(tx: Transaction, campaign: Campaign, again: Collection[str] = ()) -> MailPlan:
    """
    Plan the invitations.

    Args:
        tx: A transaction on the record.
        campaign: Whose roster and workbooks count.
        again: Whom to send another one although they have or may have one: mail addresses, or
            the words `uncertain`, `drafted`, `refused`, `bounced` for all of whom that is known.

    Raises:
        CampaignError: If the roster has changed since the last build, a workbook is missing, or
            an address of `again` is nobody's.
    """
    listed = _listed(tx, campaign)
    wanted = _wanted(again, {one.person.id: (one.person, one.invitation) for one in listed})
    entries: list[PlannedMail] = []
    held: list[PersonNotMailed] = []
    for one in listed:
        mail = one.invitation
        again_now = one.person.id in wanted
        why = _why_not_invited(one) if not again_now else None
        if why is not None:
            since = mail.changed if mail else None
            words = mail.words if mail else ""
            kind = MailKind.INVITATION if mail else None
            held.append(
                PersonNotMailed(person=one.person, why=why, since=since, words=words, kind=kind)
            )
        else:
            entries.append(_entry(one, MailKind.INVITATION))
    return MailPlan(kind=MailKind.INVITATION, entries=tuple(entries), held=tuple(held))


def plan_reminders(
    tx: Transaction, campaign: Campaign, *, now: datetime, again: Collection[str] = ()
) -> MailPlan:
    """
    Plan reminders to those who were mailed and have not returned their workbook.

    Args:
        tx: A transaction on the record.
        campaign: Whose roster and workbooks count.
        now: The time.
        again: Whom to remind whatever became of the reminders before, and however soon or often:
            addresses, or words for all whose last mail is a reminder of which that is known.
            Never those whom no invitation reached, or who have returned something.

    Raises:
        CampaignError: As for invitations.
    """
    entries: list[PlannedMail] = []
    held: list[PersonNotMailed] = []
    listed = _listed(tx, campaign)
    wanted = _wanted(again, {one.person.id: (one.person, _reminded_by(one)) for one in listed})
    named = {address_key(item) for item in again}
    for one in listed:
        again_now = one.person.id in wanted
        found = _why_not_reminded(one, campaign, now, again=again_now)
        if found is None:
            entries.append(_entry(one, MailKind.REMINDER, again=again_now))
        else:
            held.append(replace(found, named=address_key(one.person.mail) in named))
    return MailPlan(kind=MailKind.REMINDER, entries=tuple(entries), held=tuple(held))


def narrow_plan(plan: MailPlan, mails: Collection[str]) -> MailPlan:
    """
    Return the part of a plan that is for some people.

    Raises:
        ValueError: If an address is nobody's in the plan.
    """
    wanted = {address_key(mail) for mail in mails}
    known = [*(one.person for one in plan.entries), *(one.person for one in plan.held)]
    everybody = {address_key(person.mail) for person in known}
    if unknown := sorted(wanted - everybody):
        raise ValueError(f"{unknown[0]} is no mail address of the roster.")
    return MailPlan(
        kind=plan.kind,
        entries=tuple(one for one in plan.entries if address_key(one.person.mail) in wanted),
        held=tuple(one for one in plan.held if address_key(one.person.mail) in wanted),
    )


def read_planned_workbook(campaign: Campaign, entry: PlannedMail) -> bytes:
    """
    Return the workbook that leaves with a mail, as it was when the mail was planned.

    Raises:
        CampaignError: If the file is another one by now: it may be made for somebody else.
    """
    path = campaign.resolve_path(entry.built.file)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CampaignError(
            f"{path} cannot be read ({error.strerror or error}). Run build and send again."
        ) from error
    if hashlib.sha256(data).hexdigest() != entry.built.digest:
        raise CampaignError(
            f"{path}, the workbook of {entry.person.mail}, has changed since the mails were "
            "planned. Run build and send again."
        )
    return data


def claim(tx: Transaction, entry: PlannedMail, message_id: str) -> bool:
    """
    Write a planned mail down as it is about to leave; False if another process has done so.

    Raises:
        CampaignError: If the person has another address by now, or was erased.
    """
    person = people.find_by_id(tx, entry.person.id)
    if person is None or person.address != entry.person.address:
        raise CampaignError(
            f"{entry.person.mail} has changed since the mails were planned. Run build and send "
            "again."
        )
    sha256, known = entry.built.digest, entry.known
    if known is not None:
        return mails.reclaim_mail(tx, known.message_id, known.state, known.changed, sha256)
    return mails.claim_mail(
        tx,
        entry.person.id,
        entry.kind,
        message_id=message_id,
        number=entry.number,
        workbook_digest=sha256,
    )


def _listed(tx: Transaction, campaign: Campaign) -> list[Participant]:
    """Return those in the roster, all of whom have a workbook that is up to date."""
    roster = find_roster(campaign)
    if hashlib.sha256(roster.read_bytes()).hexdigest() != campaigns.roster_digest(tx):
        raise CampaignError(
            f"{roster} has changed since workbooks were last built. Run: iml4e campaign build"
        )
    listed = [one for one in list_participants(tx) if one.person.listed]
    lacking = [one for one in listed if one.built is None or not is_there(campaign, one.built)]
    if lacking:
        names = ", ".join(one.person.mail for one in lacking[:_NAMED])
        more = f" and {len(lacking) - _NAMED} more" if len(lacking) > _NAMED else ""
        raise CampaignError(
            f"The workbook of {names}{more} is missing or was changed. Run: iml4e campaign build"
        )
    return listed


def _reminded_by(one: Participant) -> MailRecord | None:
    """
    Return the reminder by which another one is wanted.

    Whom the invitation has not reached, or not surely, needs another invitation instead.
    """
    mail = one.deciding
    return mail if mail is not None and mail.kind is MailKind.REMINDER else None


def _wanted(
    again: Iterable[str], listed: Mapping[int, tuple[Person, MailRecord | None]]
) -> set[int]:
    """Return whom the words and addresses mean; CampaignError for one that is nobody's."""
    by_mail = {address_key(person.mail): id_ for id_, (person, _) in listed.items()}
    found: set[int] = set()
    for item in again:
        if item in _SELECTABLE:
            states = _SELECTABLE[item]
            found |= {id_ for id_, (_, mail) in listed.items() if mail and mail.state in states}
        elif address_key(item) in by_mail:
            found.add(by_mail[address_key(item)])
        else:
            raise CampaignError(
                f"{item} is no mail address of the roster, and none of: {', '.join(_SELECTABLE)}."
            )
    return found


def _why_not_invited(one: Participant) -> NoMailReason | None:
    if one.invitation is not None and one.invitation.state is not MailState.DEFERRED:
        return _STATES[one.invitation.state]
    return NoMailReason.RETURNED if one.response is not None else None


def _why_not_reminded(
    one: Participant, campaign: Campaign, now: datetime, *, again: bool
) -> PersonNotMailed | None:
    mail, why, words, until = one.deciding, None, "", None
    invitation = one.invitation
    last = max((m.changed for m in one.mails if m.state is not MailState.DEFERRED), default=None)
    if one.unread is not None:
        why = NoMailReason.PROBLEMS
    elif one.response is not None:
        why = NoMailReason.RETURNED
    elif invitation is None or invitation.state is MailState.DEFERRED or not (mail and last):
        why = NoMailReason.NOT_INVITED
    elif invitation.state in (MailState.REFUSED, MailState.BOUNCED):
        mail, why, words = invitation, _STATES[invitation.state], invitation.words
    elif again:
        return None
    elif mail.state not in (MailState.SENT, MailState.DRAFTED):
        why, words = _STATES[mail.state], mail.words
    elif len(one.reminders) >= campaign.settings.most_reminders:
        why = NoMailReason.ENOUGH
    elif now < (due := last + timedelta(days=campaign.settings.interval_days)):
        why, until = NoMailReason.TOO_SOON, due
    if why is None:
        return None
    kind = mail.kind if mail else None
    return PersonNotMailed(
        person=one.person, why=why, since=last, words=words, kind=kind, until=until
    )


def _entry(one: Participant, kind: MailKind, *, again: bool = False) -> PlannedMail:
    last = one.last(kind)
    assert one.built is not None
    known, number = None, 1 if last is None else last.number + 1
    if last is not None and (
        last.state is MailState.DEFERRED
        or last.state.is_uncertain
        or (again and last.state is MailState.DRAFTED)  # the same reminder: it counts once
    ):
        known, number = last, last.number
    invitation = one.invitation if kind is MailKind.REMINDER else None
    return PlannedMail(
        person=one.person,
        built=one.built,
        kind=kind,
        number=number,
        known=known,
        answers=invitation.message_id if invitation else "",
    )
