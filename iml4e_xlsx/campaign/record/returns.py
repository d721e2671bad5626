"""The files that came back: each once by its content, whose it is, and what was read in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from iml4e_xlsx.campaign.record.connection import Transaction
from iml4e_xlsx.campaign.record.returned_file import (
    Delivery,
    OwnerMatch,
    ReturnedFile,
    ReturnState,
)
from iml4e_xlsx.campaign.record.schema import answers, deliveries, erased, people, returned
from iml4e_xlsx.findings.failure import Failure
from iml4e_xlsx.findings.stored import (
    pack_failure,
    pack_finding,
)
from iml4e_xlsx.model import (
    NOT_APPLICABLE,
    PROFILE_NAMES,
    Assessment,
    Profile,
    Response,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A file as it arrives: `outcome` is what was read, or why nothing was."""

    digest: str
    person: int | None
    matched: OwnerMatch
    state: ReturnState
    file: str
    source: str
    outcome: Assessment | Failure | None
    delivery: Delivery


def is_erased(tx: Transaction, digest: str) -> bool:
    """Return whether a content was erased and is not to be collected again."""
    chosen = sa.select(sa.literal(1)).where(
        erased.c.campaign == tx.campaign, erased.c.sha256 == digest
    )
    return tx.connection.scalar(chosen) is not None


def find_returned(tx: Transaction, digest: str) -> ReturnedFile | None:
    """Return what is known of a content; None if it did not come back yet."""
    return next(iter(_chosen(tx, returned.c.sha256 == digest)), None)


def all_returned(tx: Transaction) -> list[ReturnedFile]:
    """Return everything that came back, in the order in which it was collected."""
    return _chosen(tx)


def files_without_owner(tx: Transaction) -> list[ReturnedFile]:
    """Return what came back and is nobody's yet, unless the facilitator said that it is so."""
    states = (ReturnState.READ.value, ReturnState.FAILED.value)
    return _chosen(
        tx,
        returned.c.person.is_(None),
        returned.c.state.in_(states),
        returned.c.matched != OwnerMatch.HAND.value,
    )


def has_certain_response(tx: Transaction, person: int, message_id: str) -> bool:
    """
    Return whether a person's response is known by more than who sent it.

    Also where the same mail brought another one already: which of two is the sender's own,
    nobody can tell.
    """
    given = [
        one for one in _chosen(tx, returned.c.person == person) if one.state is ReturnState.READ
    ]
    return any(
        one.matched is not OwnerMatch.SENDER
        or any(message_id and came.message_id == message_id for came in one.deliveries)
        for one in given
    )


def counting_responses(given: Iterable[ReturnedFile]) -> dict[int, ReturnedFile]:
    """
    Return the response that counts for each person: the one that came last.

    Of two that came with one mail, the one that was changed last, if both tell that, else the one
    with more answers. An empty one does not displace one with ratings, whichever came first: a
    blank workbook that is attached to a later mail says nothing.
    """
    found: dict[int, ReturnedFile] = {}
    for one in given:
        if one.person is None or one.state is not ReturnState.READ:
            continue
        known = found.get(one.person)
        if known is None or _counts_before(one, known):
            found[one.person] = one
    return found


def _counts_before(one: ReturnedFile, other: ReturnedFile) -> bool:
    both_tell = one.modified is not None and other.modified is not None

    def weight(of: ReturnedFile) -> tuple[bool, datetime, datetime, int, int]:
        changed = of.modified if both_tell and of.modified else of.received
        return (of.answered > 0, of.received, changed, of.answered, of.id)

    return weight(one) > weight(other)


def save_arrival(tx: Transaction, arrival: Arrival) -> bool:
    """
    Write down a file that came back, with its answers; False if its content is known already.

    What could not be read the last time it came takes the place of that failure. Of a content
    that is known, another mail that brought it is noted.
    """
    values = {**_heading(arrival), "collected": tx.now}
    if not tx.insert_or_skip(returned, campaign=tx.campaign, sha256=arrival.digest, **values):
        known = find_returned(tx, arrival.digest)
        if known is None:  # erased in this very moment
            return False
        if known.state is not ReturnState.FAILED or not isinstance(arrival.outcome, Assessment):
            if arrival.delivery.message_id:
                add_delivery(tx, known.id, arrival.delivery)
            return False
        chosen = returned.update().where(returned.c.id == known.id)
        tx.connection.execute(chosen.values(**values))
    chosen_key = sa.select(returned.c.id).where(
        returned.c.campaign == tx.campaign, returned.c.sha256 == arrival.digest
    )
    key = tx.connection.execute(chosen_key).scalar_one()
    if isinstance(arrival.outcome, Assessment):
        rows = _answer_rows(arrival.outcome.response, key)
        if rows:
            tx.connection.execute(answers.insert(), rows)
    add_delivery(tx, key, arrival.delivery)
    tx.add_event(f"returned-{arrival.state.value}", arrival.person, arrival.digest)
    return True


def add_delivery(tx: Transaction, key: int, delivery: Delivery) -> bool:
    """Write down that a file came by another mail; False if that is known."""
    values = {
        "message_id": delivery.message_id,
        "sender": delivery.sender,
        "received": delivery.received,
        "modified": delivery.modified,
    }
    return tx.insert_or_skip(deliveries, returned=key, **values)


def save_owner(
    tx: Transaction, one: ReturnedFile, person: int | None, matched: OwnerMatch, file: str
) -> None:
    """Write down whose a file is, if anybody's, and where it is now; it is on the lists again."""
    chosen = returned.update().where(returned.c.id == one.id, returned.c.campaign == tx.campaign)
    values = {"person": person, "matched": matched.value, "state": one.state_before_dismissal.value}
    tx.connection.execute(chosen.values(**values, file=file))
    tx.add_event(f"assigned-by-{matched.value}", person, str(one.id))


def save_state(tx: Transaction, one: ReturnedFile, state: ReturnState) -> None:
    """Write down that a file was taken off the lists, or is on them again."""
    chosen = returned.update().where(returned.c.id == one.id, returned.c.campaign == tx.campaign)
    tx.connection.execute(chosen.values(state=state.value))
    tx.add_event(f"marked-{state.value}", one.person, str(one.id))


def _chosen(tx: Transaction, *conditions: sa.ColumnElement[bool]) -> list[ReturnedFile]:
    of_campaign = (returned.c.campaign == tx.campaign, *conditions)
    found: dict[int, list[Delivery]] = {}
    chosen = sa.select(deliveries).join(returned, returned.c.id == deliveries.c.returned)
    for row in tx.connection.execute(chosen.where(*of_campaign)):
        one = Delivery(
            message_id=row.message_id,
            sender=row.sender,
            received=row.received,
            modified=row.modified,
        )
        found.setdefault(row.returned, []).append(one)
    rows = tx.connection.execute(
        sa.select(returned, people.c.key.label("address"))
        .outerjoin(people, people.c.id == returned.c.person)
        .where(*of_campaign)
        .order_by(returned.c.collected, returned.c.id)
    )
    return [_returned(row, found.get(row["id"], [])) for row in rows.mappings()]


def _returned(row: sa.RowMapping, came: Iterable[Delivery]) -> ReturnedFile:
    replaced = ("campaign", "sha256", "message", "details", "findings")
    values = {str(key): value for key, value in row.items() if key not in replaced}
    return ReturnedFile(
        **{
            **values,
            "digest": row["sha256"],
            "packed_failure": _packed_failure(row),
            "packed_findings": tuple(row["findings"]),
            "matched": OwnerMatch(row["matched"]),
            "state": ReturnState(row["state"]),
            "profile": Profile(**row["profile"]),
            "deliveries": tuple(came),
            "address": row["address"] or "",
        }
    )


def _packed_failure(row: sa.RowMapping) -> dict[str, Any]:
    """Return the failure of a row as it was packed; of an old row with the sentence it has."""
    if row["message"]:
        values = {name: row[name] for name in ("scheme", "version") if row[name]}
        return {"code": row["code"], "message": row["message"], "values": values}
    return {"code": row["code"], **row["details"]}


def _heading(arrival: Arrival) -> dict[str, Any]:
    """Return the values of a row of `returned`."""
    values: dict[str, Any] = {
        "person": arrival.person,
        "matched": arrival.matched.value,
        "state": arrival.state.value,
        "file": arrival.file,
        "source": arrival.source,
        "code": "",
        "message": "",
        "details": {},
        "profile": {},
        "targets": {},
        "estimates": {},
        "findings": [],
    }
    if isinstance(arrival.outcome, Failure):
        details, failure = pack_failure(arrival.outcome), arrival.outcome
        code = details.pop("code")
        belongs = {"scheme": failure.scheme, "version": failure.version}
        return {**values, "code": code, "details": details, **belongs}
    if arrival.outcome is None:
        return values
    response, overall = arrival.outcome.response, arrival.outcome.result.overall
    return {
        **values,
        "scheme": response.scheme,
        "version": response.version,
        "language": arrival.outcome.scheme.language,
        "workbook_id": response.workbook_id,
        "profile": {name: getattr(response.profile, name) for name in PROFILE_NAMES},
        "targets": dict(response.targets),
        "estimates": dict(response.estimates),
        "findings": [pack_finding(finding) for finding in arrival.outcome.findings],
        "answered": overall.answered,
        "total": overall.statements,
    }


def _answer_rows(response: Response, key: int) -> list[dict[str, Any]]:
    return [
        {
            "returned": key,
            "statement": answer.statement,
            "rating": answer.rating if isinstance(answer.rating, int) else None,
            "applicable": answer.rating != NOT_APPLICABLE,
            "evidence": answer.evidence,
        }
        for answer in response.answers.values()
        if answer.rating is not None or answer.evidence
    ]
