"""Records the campaign itself, and the inputs of its last build."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from iml4e_xlsx.campaign.record.connection import Transaction
from iml4e_xlsx.campaign.record.schema import campaigns, events
from iml4e_xlsx.errors import CampaignError
from iml4e_xlsx.findings.error_codes import RoundErrorCode

ROSTER: Final = "roster"
"""The kind of the event that a roster was built from; its detail is when that was changed."""

ERASED: Final = "erased"
LISTED: Final = "listed"
"""The kind of the event that a person was erased; its detail if they stood in a roster."""

DEADLINE: Final = "deadline"
"""The kind of the event that mails name another deadline from then on; its detail is the day."""

REBUILDING: Final = "rebuilding"
REBUILT: Final = "rebuilt"
"""The kinds of the events between which a record is made anew, and is not whole."""


def ensure_campaign(
    tx: Transaction, name: str, scheme: str, version: str, *, promised_fewest: int | None = None
) -> None:
    """
    Write down the campaign itself, once; of an anonymous round also how large teams are at least.

    Raises:
        CampaignError: If the round is closed: nothing of anybody comes into it any more.
    """
    check_running(tx)
    values: dict[str, Any] = {"name": name, "scheme": scheme, "version": version}
    values |= {"created": tx.now}
    values |= {"roster_sha256": "", "previous": [], "promised_fewest": promised_fewest}
    tx.insert_or_skip(campaigns, id=tx.campaign, **values)


def find_promise(tx: Transaction) -> int | None:
    """Return how many people a team of an anonymous round has at least; None with names."""
    chosen = sa.select(campaigns.c.promised_fewest).where(_is_campaign(tx))
    fewest: int | None = tx.connection.scalar(chosen)
    return fewest


def check_named(tx: Transaction) -> None:
    """Raise CampaignError if the round is anonymous and runs: nobody's answers are known then."""
    chosen = sa.select(campaigns.c.name).where(
        _is_campaign(tx), campaigns.c.promised_fewest.is_not(None), campaigns.c.closed.is_(None)
    )
    name = tx.connection.scalar(chosen)
    if name is not None:
        raise CampaignError(RoundErrorCode.ROUND_ANONYMOUS, campaign=name)


def check_promise(tx: Transaction, fewest: int | None, settings: Path) -> None:
    """
    Raise CampaignError if the settings say something else of a running round than was promised.

    Args:
        tx: A transaction on the record.
        fewest: How large teams are at least by the settings; None if these keep names.
        settings: Where the settings are.
    """
    own = sa.select(campaigns.c.promised_fewest, campaigns.c.name).where(
        _is_campaign(tx), campaigns.c.closed.is_(None)
    )
    row = tx.connection.execute(own).first()
    if row is None or row.promised_fewest == fewest:
        return
    if row.promised_fewest is None:
        raise CampaignError(RoundErrorCode.ROUND_HAS_NAMES, campaign=row.name, settings=settings)
    raise CampaignError(
        RoundErrorCode.PROMISE_CHANGED,
        campaign=row.name,
        settings=settings,
        fewest=row.promised_fewest,
    )


def check_running(tx: Transaction) -> None:
    """Raise CampaignError if the round is closed."""
    chosen = sa.select(campaigns.c.closed, campaigns.c.name).where(_is_campaign(tx))
    row = tx.connection.execute(chosen).first()
    if row is not None and row.closed is not None:
        raise CampaignError(
            RoundErrorCode.ROUND_CLOSED, campaign=row.name, day=f"{row.closed:%Y-%m-%d}"
        )


def has_campaign(tx: Transaction) -> bool:
    """Return whether the campaign is written down here."""
    return tx.connection.scalar(sa.select(campaigns.c.id).where(_is_campaign(tx))) is not None


def superseded_by(tx: Transaction) -> str:
    """Return the database that the record was copied to and that counts since; empty if none."""
    return tx.connection.scalar(sa.select(campaigns.c.successor).where(_is_campaign(tx))) or ""


def last_event(tx: Transaction) -> datetime | None:
    """Return when something last happened; None if nothing has."""
    chosen = sa.select(sa.func.max(events.c.at)).where(events.c.campaign == tx.campaign)
    last: datetime | None = tx.connection.scalar(chosen)
    return last


def is_unfinished(tx: Transaction) -> bool:
    """Return whether the record was to be made anew, and that did not come to its end."""
    chosen = (
        sa.select(events.c.kind)
        .where(events.c.campaign == tx.campaign, events.c.kind.in_((REBUILDING, REBUILT)))
        .order_by(events.c.id.desc())
        .limit(1)
    )
    return tx.connection.scalar(chosen) == REBUILDING


def mark_superseded(tx: Transaction, where: str) -> None:
    """Write down that another database counts from now on."""
    tx.connection.execute(campaigns.update().where(_is_campaign(tx)).values(successor=where))


def roster_digest(tx: Transaction) -> str:
    """Return the digest of the roster that was last built from; empty if none was."""
    return tx.connection.scalar(sa.select(campaigns.c.roster_sha256).where(_is_campaign(tx))) or ""


def roster_changed(tx: Transaction) -> datetime | None:
    """Return when the newest roster was changed that was built from; None if that is unknown."""
    chosen = sa.select(events.c.detail).where(
        events.c.campaign == tx.campaign, events.c.kind == ROSTER
    )
    return max(map(datetime.fromisoformat, tx.connection.scalars(chosen)), default=None)


def count_rosters(tx: Transaction) -> int:
    """Return how many rosters were built from that differed from the one before."""
    return _count(tx, events.c.kind == ROSTER)


def count_erasures(tx: Transaction) -> int:
    """Return how often a person was erased."""
    return _count(tx, events.c.kind == ERASED)


def count_listed_erasures(tx: Transaction) -> int:
    """Return how often a person was erased who stood in a roster."""
    return _count(tx, sa.and_(events.c.kind == ERASED, events.c.detail == LISTED))


def _count(tx: Transaction, condition: sa.ColumnElement[bool]) -> int:
    chosen = sa.select(sa.func.count()).where(events.c.campaign == tx.campaign, condition)
    return tx.connection.scalar(chosen) or 0


def note_roster(tx: Transaction, changed: datetime) -> None:
    """Record when a roster was changed that is built from."""
    tx.add_event(ROSTER, detail=changed.isoformat())


def count_deadline_moves(tx: Transaction, deadline: str) -> int:
    """
    Return how often the deadline will have moved once mails name this one; empty for none.

    Each move counts, also one back to an earlier day: calendars take what is greater for newer.
    """
    named = _named_deadlines(tx)
    if deadline and named and named[-1] != deadline:
        return len(named)
    return max(len(named) - 1, 0)


def note_deadline(tx: Transaction, deadline: str) -> None:
    """Record that mails name a deadline from now on, as a day in ISO 8601."""
    if _named_deadlines(tx)[-1:] != [deadline]:
        tx.add_event(DEADLINE, detail=deadline)


def _named_deadlines(tx: Transaction) -> list[str]:
    """Return the deadlines that mails named, one after another."""
    chosen = (
        sa.select(events.c.detail)
        .where(events.c.campaign == tx.campaign, events.c.kind == DEADLINE)
        .order_by(events.c.id)
    )
    return list(tx.connection.scalars(chosen))


def update_roster_digest(tx: Transaction, before: str, after: str) -> None:
    """Take a roster that only lost rows for the one that was last built from, if it was that."""
    chosen = campaigns.update().where(_is_campaign(tx), campaigns.c.roster_sha256 == before)
    tx.connection.execute(chosen.values(roster_sha256=after))


def previous_paths(tx: Transaction) -> list[str]:
    """Return the paths of the previous results of the last build, relative to the folder."""
    return list(tx.connection.scalar(sa.select(campaigns.c.previous).where(_is_campaign(tx))) or ())


def save_build_inputs(tx: Transaction, digest: str, previous: list[str]) -> None:
    """Record the roster and the previous results that a build takes."""
    values = {"roster_sha256": digest, "previous": previous}
    tx.connection.execute(campaigns.update().where(_is_campaign(tx)).values(**values))


def _is_campaign(tx: Transaction) -> sa.ColumnElement[bool]:
    return campaigns.c.id == tx.campaign
