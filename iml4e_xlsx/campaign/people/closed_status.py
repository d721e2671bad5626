"""Shows what is left of a closed round: how many people of each team took part."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from iml4e_xlsx.campaign.people.participant_messages import format_day
from iml4e_xlsx.campaign.record.closing import ClosedRound
from iml4e_xlsx.report.tables.participation import (
    Participation,
    TeamParticipation,
    participation_table,
)
from iml4e_xlsx.report.tables.table import ResultTable
from iml4e_xlsx.text.texts import Texts


def make_closed_table(title: str, closed: ClosedRound, texts: Texts) -> ResultTable:
    """Make a row for each team of a closed round, and one for all."""
    participation = Participation(
        tuple(
            TeamParticipation(
                team=" · ".join(filter(None, (team.organisation, team.team))),
                asked=team.asked,
                answered=team.answered,
                declined=team.declined,
            )
            for team in closed.teams
        )
    )
    notes = [texts("campaign.closed_note", day=format_day(closed.closed), count=closed.fewest)]
    if participation.decline_count:
        notes.insert(0, texts("report.declined", count=participation.decline_count))
    return replace(participation_table(participation, texts), title=title, note=" ".join(notes))


def closed_document(name: str, closed: ClosedRound) -> dict[str, Any]:
    """Return the same as data; the day on which the round was closed as ISO 8601, in UTC."""
    asked = sum(team.asked for team in closed.teams)
    answered = sum(team.answered for team in closed.teams)
    return {
        "campaign": name,
        "closed": format_day(closed.closed),
        "fewest": closed.fewest,
        "people": asked,
        "returned": answered,
        "rate": answered / asked if asked else None,
        "teams": [asdict(team) for team in closed.teams],
    }
