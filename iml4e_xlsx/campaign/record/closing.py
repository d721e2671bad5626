"""Closes a round in the record: bare answers and counts stay, and nothing of any person."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

import sqlalchemy as sa

from iml4e_xlsx.campaign.record.anonymous_rows import make_anonymous_values
from iml4e_xlsx.campaign.record.connection import Transaction
from iml4e_xlsx.campaign.record.returns import answer_rows
from iml4e_xlsx.campaign.record.schema import (
    answers,
    campaigns,
    erased,
    events,
    metadata,
    original_places,
    participation,
    people,
    returned,
)
from iml4e_xlsx.model import PERSONAL_FIELDS, PROFILE_NAMES, Assessment

_CLOSED: Final = "closed"
"""The kind of the event that nothing of a person is left in the folder either."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedTeam:
    """One team of a closed round: how many were asked, have answered, have declined."""

    organisation: str
    team: str
    asked: int
    answered: int
    declined: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedRound:
    """What stays of a round: when it was closed, the teams, the fewest people in one."""

    closed: datetime
    fewest: int
    teams: tuple[ClosedTeam, ...]


def find_closed_round(tx: Transaction) -> ClosedRound | None:
    """Return what stays of the round; None while it runs."""
    own = sa.select(campaigns.c.closed, campaigns.c.fewest).where(campaigns.c.id == tx.campaign)
    row = tx.connection.execute(own).first()
    if row is None or row.closed is None:
        return None
    chosen = sa.select(participation).where(participation.c.campaign == tx.campaign)
    rows = tx.connection.execute(chosen.order_by(participation.c.position))
    teams = tuple(
        ClosedTeam(
            organisation=each.organisation,
            team=each.team,
            asked=each.asked,
            answered=each.answered,
            declined=each.declined,
        )
        for each in rows
    )
    return ClosedRound(closed=row.closed, fewest=row.fewest, teams=teams)


def last_change(tx: Transaction) -> int:
    """Return the number of the last event: another one later means that something has happened."""
    chosen = sa.select(sa.func.max(events.c.id)).where(events.c.campaign == tx.campaign)
    return tx.connection.scalar(chosen) or 0


def save_closed_round(
    tx: Transaction,
    assessments: Sequence[Assessment],
    teams: Sequence[ClosedTeam],
    *,
    fewest: int,
    previous: Sequence[str],
) -> None:
    """
    Record the bare answers of a round and its teams in the place of everything else.

    Where originals lie stays until they are removed. Of each workbook that was built the digest of
    its id stays, which tells a later round that it is one of this round, and not whose it was.
    """
    ids = sa.select(people.c.workbook_id).where(people.c.campaign == tx.campaign)
    issued = sorted(map(digest_workbook_id, tx.connection.scalars(ids)))
    _erase_rows(tx, kept=(campaigns, original_places))
    values = {"closed": tx.now, "fewest": fewest, "roster_sha256": "", "previous": [*previous]}
    own = campaigns.update().where(campaigns.c.id == tx.campaign)
    tx.connection.execute(own.values(**values))
    for digest in issued:
        tx.insert_or_skip(erased, campaign=tx.campaign, sha256=digest)
    for position, team in enumerate(teams):
        row = {"campaign": tx.campaign, "position": position, **asdict(team)}
        tx.connection.execute(participation.insert().values(**row))
    for assessment in assessments:
        _save_answers(tx, assessment)


def erase_campaign(tx: Transaction) -> None:
    """Delete all rows of a campaign but that which says that it is there."""
    _erase_rows(tx, kept=(campaigns,))


def _erase_rows(tx: Transaction, *, kept: Collection[sa.Table]) -> None:
    for table in reversed(metadata.sorted_tables):
        # What hangs on a person or a returned file goes with them.
        if table not in kept and "campaign" in table.c:
            tx.connection.execute(table.delete().where(table.c.campaign == tx.campaign))


def is_finished(tx: Transaction) -> bool:
    """Return whether a closed round was taken out of the folder as well."""
    chosen = sa.select(events.c.id).where(
        events.c.campaign == tx.campaign, events.c.kind == _CLOSED
    )
    return tx.connection.scalar(chosen.limit(1)) is not None


def finish_closing(tx: Transaction) -> None:
    """Record, once, that nothing of a person is left in the folder, or where originals were."""
    places = original_places.delete().where(original_places.c.campaign == tx.campaign)
    tx.connection.execute(places)
    if not is_finished(tx):
        tx.add_event(_CLOSED)


def digest_workbook_id(workbook_id: str) -> str:
    """Return what is kept of the id of a workbook: who has the workbook can tell its round."""
    return sha256(f"workbook {workbook_id}".encode()).hexdigest()


def _save_answers(tx: Transaction, assessment: Assessment) -> None:
    response, overall = assessment.response, assessment.result.overall
    shown = [name for name in PROFILE_NAMES if name not in PERSONAL_FIELDS]
    values = {
        **make_anonymous_values(tx),
        "campaign": tx.campaign,
        "scheme": response.scheme,
        "version": response.version,
        "language": assessment.scheme.language,
        "profile": {name: getattr(response.profile, name) for name in shown},
        "targets": dict(response.targets),
        "answered": overall.answered,
        "total": overall.statements,
        "dont_know": overall.dont_know,
        "form": assessment.scheme.form,
    }
    inserted = tx.connection.execute(returned.insert().values(**values))
    assert inserted.inserted_primary_key is not None
    rows = answer_rows(response, inserted.inserted_primary_key[0])
    if rows:
        tx.connection.execute(answers.insert(), rows)
