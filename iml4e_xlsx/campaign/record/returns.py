"""Records the files that came back, each once by its content, and decides which responses count."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from iml4e_xlsx.analysis.version_choice import choose_version
from iml4e_xlsx.campaign.record.connection import Transaction
from iml4e_xlsx.campaign.record.returned_file import (
    Delivery,
    OtherRound,
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
    DONT_KNOW,
    NOT_APPLICABLE,
    PROFILE_NAMES,
    Assessment,
    Profile,
    Response,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A file that arrives; `outcome` holds the response, or the reason why there is none."""

    digest: str
    person: int | None
    matched: OwnerMatch
    state: ReturnState
    file: str
    source: str
    outcome: Assessment | Failure | None
    delivery: Delivery
    other_round: OtherRound | None = None


def is_erased(tx: Transaction, digest: str) -> bool:
    """Return whether a content was erased and is not to be collected again."""
    chosen = sa.select(sa.literal(1)).where(
        erased.c.campaign == tx.campaign, erased.c.sha256 == digest
    )
    return tx.connection.scalar(chosen) is not None


def find_returned(tx: Transaction, digest: str) -> ReturnedFile | None:
    """Return what is known of a content; None if it did not come back yet."""
    return next(iter(_select_files(tx, returned.c.sha256 == digest)), None)


def all_returned(tx: Transaction) -> list[ReturnedFile]:
    """Return everything that came back, in the order in which it was collected."""
    return _select_files(tx)


def files_without_owner(tx: Transaction) -> list[ReturnedFile]:
    """Return the files without an owner, except where the facilitator decided so by hand."""
    states = (ReturnState.READ.value, ReturnState.FAILED.value)
    return _select_files(
        tx,
        returned.c.person.is_(None),
        returned.c.state.in_(states),
        returned.c.matched != OwnerMatch.HAND.value,
    )


def has_certain_response(tx: Transaction, person: int, message_id: str) -> bool:
    """
    Return whether a person has a response that is certainly theirs.

    A response is certain if more than its sender tells the owner. If the same mail brought another
    response already, the new one is doubtful: nobody can tell which is the sender's own.
    """
    readable = [
        returned_file
        for returned_file in _select_files(tx, returned.c.person == person)
        if returned_file.state is ReturnState.READ
    ]
    return any(
        returned_file.matched is not OwnerMatch.SENDER
        or any(
            message_id and delivery.message_id == message_id
            for delivery in returned_file.deliveries
        )
        for returned_file in readable
    )


def counting_responses(returned_files: Iterable[ReturnedFile]) -> dict[int, ReturnedFile]:
    """Return the response that counts for each person; see `choose_version`."""
    versions: dict[int, list[ReturnedFile]] = {}
    for returned_file in returned_files:
        # Only what was read can count: a blank, a dismissed or an unreadable file answers nothing.
        if returned_file.person is not None and returned_file.state is ReturnState.READ:
            versions.setdefault(returned_file.person, []).append(returned_file)
    return {
        person: files[choose_version([file.version_signs for file in files]).counted]
        for person, files in versions.items()
    }


def save_arrival(tx: Transaction, arrival: Arrival) -> bool:
    """
    Record a file that came back, with its answers; return False if its content is known already.

    A file that could not be read before and can be read now replaces that failure. Another mail
    that brings a known content is recorded as its delivery.
    """
    other_round = asdict(arrival.other_round) if arrival.other_round else None
    values = {**_file_values(arrival), "other_round": other_round, "collected": tx.now}
    if not tx.insert_or_skip(returned, campaign=tx.campaign, sha256=arrival.digest, **values):
        recorded = find_returned(tx, arrival.digest)
        if recorded is None:  # erased in this very moment
            return False
        if recorded.state is not ReturnState.FAILED or not isinstance(arrival.outcome, Assessment):
            if arrival.delivery.message_id:
                add_delivery(tx, recorded.id, arrival.delivery)
            return False
        chosen = returned.update().where(returned.c.id == recorded.id)
        tx.connection.execute(chosen.values(**values))
    chosen_key = sa.select(returned.c.id).where(
        returned.c.campaign == tx.campaign, returned.c.sha256 == arrival.digest
    )
    key = tx.connection.execute(chosen_key).scalar_one()
    if isinstance(arrival.outcome, Assessment):
        rows = answer_rows(arrival.outcome.response, key)
        if rows:
            tx.connection.execute(answers.insert(), rows)
    add_delivery(tx, key, arrival.delivery)
    tx.add_event(f"returned-{arrival.state.value}", arrival.person, arrival.digest)
    return True


def add_delivery(tx: Transaction, key: int, delivery: Delivery) -> bool:
    """Record another mail that brought a file; return False if that is known."""
    values = {
        "message_id": delivery.message_id,
        "sender": delivery.sender,
        "received": delivery.received,
        "modified": delivery.modified,
        "thread": delivery.thread,
    }
    return tx.insert_or_skip(deliveries, returned=key, **values)


def save_owner(
    tx: Transaction, returned_file: ReturnedFile, person: int | None, matched: OwnerMatch, file: str
) -> None:
    """Record the owner of a file, or None, and its place; a dismissed file is listed again."""
    chosen = returned.update().where(
        returned.c.id == returned_file.id, returned.c.campaign == tx.campaign
    )
    values = {
        "person": person,
        "matched": matched.value,
        "state": returned_file.state_before_dismissal.value,
    }
    tx.connection.execute(chosen.values(**values, file=file))
    tx.add_event(f"assigned-by-{matched.value}", person, str(returned_file.id))


def save_other_round(tx: Transaction, returned_file: ReturnedFile, other_round: OtherRound) -> None:
    """Record that a file is a workbook of another round."""
    tx.connection.execute(_update_file(tx, returned_file).values(other_round=asdict(other_round)))


def save_state(tx: Transaction, returned_file: ReturnedFile, state: ReturnState) -> None:
    """Record that a file was taken off the lists, or is on them again."""
    chosen = returned.update().where(
        returned.c.id == returned_file.id, returned.c.campaign == tx.campaign
    )
    tx.connection.execute(chosen.values(state=state.value))
    tx.add_event(f"marked-{state.value}", returned_file.person, str(returned_file.id))


def _update_file(tx: Transaction, returned_file: ReturnedFile) -> sa.Update:
    return returned.update().where(
        returned.c.id == returned_file.id, returned.c.campaign == tx.campaign
    )


def _select_files(tx: Transaction, *conditions: sa.ColumnElement[bool]) -> list[ReturnedFile]:
    of_campaign = (returned.c.campaign == tx.campaign, *conditions)
    deliveries_by_file: dict[int, list[Delivery]] = {}
    chosen = sa.select(deliveries).join(returned, returned.c.id == deliveries.c.returned)
    for row in tx.connection.execute(chosen.where(*of_campaign)):
        delivery = Delivery(
            message_id=row.message_id,
            sender=row.sender,
            received=row.received,
            modified=row.modified,
            thread=row.thread,
        )
        deliveries_by_file.setdefault(row.returned, []).append(delivery)
    rows = tx.connection.execute(
        sa.select(returned, people.c.key.label("address"))
        .outerjoin(people, people.c.id == returned.c.person)
        .where(*of_campaign)
        .order_by(returned.c.collected, returned.c.id)
    )
    return [_make_file(row, deliveries_by_file.get(row["id"], [])) for row in rows.mappings()]


def _make_file(row: sa.RowMapping, came: Iterable[Delivery]) -> ReturnedFile:
    replaced = ("campaign", "sha256", "message", "details", "findings")
    values = {str(key): value for key, value in row.items() if key not in replaced}
    return ReturnedFile(
        **{
            **values,
            "digest": row["sha256"],
            "packed_failure": _packed_failure(row),
            "packed_findings": _packed_findings(row["findings"]),
            "matched": OwnerMatch(row["matched"]),
            "state": ReturnState(row["state"]),
            "profile": Profile(**row["profile"]),
            "deliveries": tuple(came),
            "saved": _read_moment(row["saved"]),
            "address": row["address"] or "",
            "other_round": OtherRound(**row["other_round"]) if row["other_round"] else None,
        }
    )


def _read_moment(text: str) -> datetime | None:
    """Return when a document was saved; None if it did not say that, or nobody can read it now."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _packed_failure(row: sa.RowMapping) -> dict[str, Any]:
    """Return the failure of a row as it was packed; of an old row with the sentence it has."""
    if row["message"]:
        values = {name: row[name] for name in ("scheme", "version") if row[name]}
        return {"code": row["code"], "message": row["message"], "values": values}
    details = row["details"] if isinstance(row["details"], dict) else {}
    return {**details, "code": row["code"]}


def _packed_findings(entries: Any) -> tuple[Any, ...]:
    """Return the packed findings of a row; an entry that is no list stays one that fits no text."""
    return tuple(entries) if isinstance(entries, list) else (entries,)


def _file_values(arrival: Arrival) -> dict[str, Any]:
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
        "saved": "",
        "form": "",
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
        "saved": response.file.modified.isoformat() if response.file.modified else "",
        "form": arrival.outcome.scheme.form,
        "answered": overall.answered,
        "total": overall.statements,
        "dont_know": overall.dont_know,
    }


def answer_rows(response: Response, key: int) -> list[dict[str, Any]]:
    """Return the rows of the answers of a response, whose own row has this key."""
    return [
        {
            "returned": key,
            "statement": answer.statement,
            "rating": answer.rating if isinstance(answer.rating, int) else None,
            "applicable": answer.rating != NOT_APPLICABLE,
            "unknown": answer.rating == DONT_KNOW,
            "evidence": answer.evidence,
        }
        for answer in response.answers.values()
        if answer.rating is not None or answer.evidence
    ]
