"""Records the people of a campaign and the workbooks that were built for them."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from iml4e_xlsx.campaign.record import campaigns
from iml4e_xlsx.campaign.record.connection import Transaction
from iml4e_xlsx.campaign.record.schema import deliveries, events, people, returned, workbooks
from iml4e_xlsx.model import PROFILE_NAMES, Profile, Scheme
from iml4e_xlsx.roster import RosterRow
from iml4e_xlsx.text.addresses import address_key
from iml4e_xlsx.workbook.builder import ID_ALPHABET, ID_LENGTH

READDRESSED: Final = "readdressed"
TEST_WORKBOOK_ID: Final = "TEST0TEST0"
"""The id of workbooks in test mails: what is tried out in them is nobody's answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonScope:
    """What a person is asked for: the name of the form or part, and its statements."""

    form: str
    statements: tuple[str, ...]

    @classmethod
    def of(cls, scheme: Scheme) -> PersonScope:
        """Return the scope of somebody who is asked for all of a scheme, form or part."""
        return cls(form=scheme.form, statements=tuple(scheme.statements))


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """
    Somebody who gets a workbook.

    `mail` is the address as the roster has it, `address` as a mail server takes it; `listed`
    says whether the roster still had the person when workbooks were last built; `declined` is when
    it was recorded that the person does not take part, None for everybody else. `scope` is None
    if that was by a release in which everybody was asked for everything.
    """

    id: int
    mail: str
    address: str
    profile: Profile
    targets: Mapping[str, int]
    extra: Mapping[str, str]
    language: str
    workbook_id: str
    listed: bool
    declined: datetime | None = None
    scope: PersonScope | None = None

    @property
    def name(self) -> str:
        """Return the name."""
        return self.profile.respondent


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltWorkbook:
    """A workbook that was built: what went into it, its content, where it is in the folder."""

    fingerprint: str
    digest: str
    file: str


def save_roster(
    tx: Transaction,
    rows: Sequence[RosterRow],
    digest: str,
    previous: Sequence[str] = (),
    scopes: Sequence[PersonScope] = (),
) -> list[Person]:
    """
    Write down the rows of a roster and what is built with it; return the people in its order.

    `scopes` has what each row is asked for; without it, people keep theirs.

    A known person keeps the workbook id; a person who left the roster stays, but is not listed.
    """
    ids_by_address = {address_key(person.mail): person.id for person in all_people(tx)}
    of_campaign = people.c.campaign == tx.campaign
    tx.connection.execute(people.update().where(of_campaign).values(listed=False))
    for position, row in enumerate(rows):
        key = address_key(row.mail)
        values = {**_roster_values(row), "key": key, "listed": True, "position": position}
        if scopes:
            scope = scopes[position]
            values["scope"] = {"form": scope.form, "statements": list(scope.statements)}
        if key in ids_by_address:
            chosen = people.update().where(people.c.id == ids_by_address[key])
            tx.connection.execute(chosen.values(**values))
        else:
            identity = _new_workbook_id()
            tx.connection.execute(
                people.insert().values(campaign=tx.campaign, workbook_id=identity, **values)
            )
    campaigns.save_build_inputs(tx, digest, list(previous))
    return [person for person in all_people(tx) if person.listed]


def has_roster(tx: Transaction, rows: Sequence[RosterRow]) -> bool:
    """Return whether rows say of everybody what the record has of the people of its roster."""
    recorded = {
        address_key(person.mail): (person.profile, person.targets, person.extra, person.language)
        for person in all_people(tx)
        if person.listed
    }
    stated = {
        address_key(row.mail): (
            Profile(**{name: getattr(row.profile, name) for name in PROFILE_NAMES}),
            dict(row.targets),
            dict(row.extra),
            row.language,
        )
        for row in rows
    }
    return recorded == stated


def readdress_person(tx: Transaction, person: Person, mail: str, address: str) -> None:
    """
    Give a person another mail address, which nobody has.

    What came from the earlier one counts as sent by the person from then on.
    """
    old, new = address_key(person.mail), address_key(mail)
    chosen = people.update().where(people.c.id == person.id)
    tx.connection.execute(chosen.values(mail=mail, key=new, address=address))
    of_campaign = sa.select(returned.c.id).where(returned.c.campaign == tx.campaign)
    sent = deliveries.update().where(
        deliveries.c.sender == old, deliveries.c.returned.in_(of_campaign)
    )
    tx.connection.execute(sent.values(sender=new))
    tx.add_event(READDRESSED, person.id, _address_mark(tx, old))


def find_readdressed(tx: Transaction, mails: Sequence[str]) -> dict[str, Person]:
    """Return the people who had one of these addresses before, by that address."""
    chosen = sa.select(events.c.detail, events.c.person).where(
        events.c.campaign == tx.campaign, events.c.kind == READDRESSED
    )
    numbers = {row.detail: row.person for row in tx.connection.execute(chosen)}
    everybody = {person.id: person for person in all_people(tx)}
    found = {mail: numbers.get(_address_mark(tx, address_key(mail))) for mail in mails}
    return {mail: everybody[number] for mail, number in found.items() if number in everybody}


def _address_mark(tx: Transaction, key: str) -> str:
    """Return what tells that an address is the same, and does not name it: events hold none."""
    return hashlib.sha256(f"{tx.campaign} {key}".encode()).hexdigest()


def save_decline(tx: Transaction, person: Person, *, declined: bool) -> None:
    """Record that a person does not take part, or that they do after all."""
    chosen = people.update().where(people.c.id == person.id)
    tx.connection.execute(chosen.values(declined=tx.now if declined else None))
    tx.add_event("declined" if declined else "decline-undone", person.id)


def has_declined(tx: Transaction, number: int) -> bool:
    """Return whether it is recorded that a person does not take part."""
    chosen = sa.select(people.c.declined).where(people.c.id == number)
    return tx.connection.scalar(chosen) is not None


def restore_workbook_id(tx: Transaction, person: int, workbook_id: str) -> None:
    """Give a person the id that the workbook in the folder has, which nobody else has."""
    chosen = people.update().where(people.c.id == person)
    tx.connection.execute(chosen.values(workbook_id=workbook_id))


def remove_person(tx: Transaction, person: Person) -> None:
    """Remove a person, and with it the mails to them and the workbooks that were built."""
    tx.connection.execute(people.delete().where(people.c.id == person.id))


def all_people(tx: Transaction) -> list[Person]:
    """Return all people of the campaign, in the roster's order."""
    chosen = (
        sa.select(people)
        .where(people.c.campaign == tx.campaign)
        .order_by(people.c.position, people.c.id)
    )
    return [_make_person(row) for row in tx.connection.execute(chosen).mappings()]


def find_by_id(tx: Transaction, number: int) -> Person | None:
    """Return the person of a number; None if there is none any more."""
    return _find_person(tx, people.c.id == number)


def find_by_mail(tx: Transaction, mail: str) -> Person | None:
    """Return the person with an address, whatever its case; None if there is none."""
    return _find_person(tx, people.c.key == address_key(mail))


def find_by_workbook(tx: Transaction, workbook_id: str) -> Person | None:
    """Return the person whose workbook has this id; None if there is none."""
    return _find_person(tx, people.c.workbook_id == workbook_id)


def _find_person(tx: Transaction, condition: sa.ColumnElement[bool]) -> Person | None:
    chosen = sa.select(people).where(people.c.campaign == tx.campaign, condition)
    row = tx.connection.execute(chosen).mappings().one_or_none()
    return None if row is None else _make_person(row)


def built_workbooks(tx: Transaction) -> dict[int, BuiltWorkbook]:
    """Return the newest workbook of each person."""
    chosen = (
        sa.select(workbooks)
        .join(people, people.c.id == workbooks.c.person)
        .where(people.c.campaign == tx.campaign)
        .order_by(workbooks.c.id)
    )
    return {
        row.person: BuiltWorkbook(fingerprint=row.fingerprint, digest=row.sha256, file=row.file)
        for row in tx.connection.execute(chosen)
    }


def save_workbook(tx: Transaction, person: int, built: BuiltWorkbook) -> None:
    """Write down that a workbook was built."""
    tx.connection.execute(
        workbooks.insert().values(
            person=person,
            fingerprint=built.fingerprint,
            sha256=built.digest,
            file=built.file,
            built=tx.now,
        )
    )
    tx.add_event("built", person)


def issued_digests(tx: Transaction) -> dict[str, int]:
    """Return the digests of all workbooks as they were issued, and whose each is."""
    chosen = (
        sa.select(workbooks.c.sha256, workbooks.c.person)
        .join(people, people.c.id == workbooks.c.person)
        .where(people.c.campaign == tx.campaign)
    )
    return {row.sha256: row.person for row in tx.connection.execute(chosen)}


def issued_files(tx: Transaction) -> set[str]:
    """Return the files of all workbooks that were ever built, whether they are still there."""
    chosen = (
        sa.select(workbooks.c.file)
        .join(people, people.c.id == workbooks.c.person)
        .where(people.c.campaign == tx.campaign)
    )
    return set(tx.connection.scalars(chosen))


def workbook_files(tx: Transaction, person: int) -> Collection[str]:
    """Return the files of all workbooks that were built for a person."""
    chosen = sa.select(workbooks.c.file).where(workbooks.c.person == person).distinct()
    return list(tx.connection.scalars(chosen))


def _new_workbook_id() -> str:
    """
    Return a random id.

    Not one made from the address: an id that is left when a person is erased must lead nowhere.
    """
    return "".join(secrets.choice(ID_ALPHABET) for _ in range(ID_LENGTH))


def _roster_values(row: RosterRow) -> dict[str, Any]:
    return {
        "mail": row.mail,
        "address": row.address,
        "profile": {name: getattr(row.profile, name) for name in PROFILE_NAMES},
        "targets": dict(row.targets),
        "extra": dict(row.extra),
        "language": row.language,
    }


def _make_scope(packed: Mapping[str, Any] | None) -> PersonScope | None:
    if not packed:
        return None
    return PersonScope(form=packed["form"], statements=tuple(packed["statements"]))


def _make_person(row: sa.RowMapping) -> Person:
    return Person(
        id=row["id"],
        mail=row["mail"],
        address=row["address"],
        profile=Profile(**row["profile"]),
        targets=row["targets"],
        extra=row["extra"],
        language=row["language"],
        workbook_id=row["workbook_id"],
        listed=row["listed"],
        declined=row["declined"],
        scope=_make_scope(row["scope"]),
    )
