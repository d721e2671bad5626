"""Counts how many of the people who were asked have answered, and makes a table of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from iml4e_xlsx.report.tables.labels import label_columns
from iml4e_xlsx.report.tables.table import ColumnKind, ResultTable
from iml4e_xlsx.text.spelling import name_key
from iml4e_xlsx.text.texts import Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamParticipation:
    """Of one team: how many were asked, how many have answered, and how many have declined."""

    team: str
    asked: int
    answered: int
    declined: int = 0

    @property
    def rate(self) -> Fraction:
        """Return the share of those asked who have answered, in 0..1."""
        return Fraction(self.answered, self.asked)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedPerson:
    """
    Somebody who was asked: organisation and team, whether there is an answer, or a decline.

    `id` is the person's in the record; None for who has answered and is no longer in the roster.
    """

    organisation: str
    team: str
    has_answered: bool
    has_declined: bool = False
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Participation:
    """
    The teams that were asked, each with at least one person, in the roster's order.

    `closed` is the day on which the round was closed, as ISO 8601; empty while it runs.
    """

    teams: tuple[TeamParticipation, ...]
    closed: str = ""

    @classmethod
    def count_people(cls, people: Iterable[AskedPerson]) -> Participation:
        """Count people by team; teams are told apart as in the results."""
        teams: dict[tuple[str, str], list[AskedPerson]] = {}
        for person in people:
            key = (name_key(person.organisation), name_key(person.team))
            teams.setdefault(key, []).append(person)
        namesakes = Counter(team for _, team in teams)
        return cls(
            tuple(
                TeamParticipation(
                    team=_team_name(members[0], is_ambiguous=namesakes[team] > 1),
                    asked=len(members),
                    answered=sum(person.has_answered for person in members),
                    declined=sum(person.has_declined for person in members),
                )
                for (_, team), members in teams.items()
            )
        )

    @property
    def people_count(self) -> int:
        """Return how many people were asked."""
        return sum(team.asked for team in self.teams)

    @property
    def answer_count(self) -> int:
        """Return how many of them have answered."""
        return sum(team.answered for team in self.teams)

    @property
    def decline_count(self) -> int:
        """Return how many of them have declined; they stay among those who were asked."""
        return sum(team.declined for team in self.teams)

    @property
    def rate(self) -> Fraction | None:
        """Return the share of those asked who have answered; None if nobody was asked."""
        return Fraction(self.answer_count, self.people_count) if self.people_count else None


def _team_name(person: AskedPerson, *, is_ambiguous: bool) -> str:
    """Return the name of a person's team, with the organisation where several have such a team."""
    team, organisation = " ".join(person.team.split()), " ".join(person.organisation.split())
    return f"{team} ({organisation})" if team and organisation and is_ambiguous else team


def participation_table(participation: Participation, texts: Texts) -> ResultTable:
    """Return a row for each team, and one for all."""
    rows = [
        (team.team or texts("view.no_team"), team.asked, team.answered, team.rate)
        for team in participation.teams
    ]
    whole = (texts("result.overall"), participation.people_count, participation.answer_count)
    return ResultTable(
        name="participation",
        title=texts("view.participation_title"),
        note=texts("view.participation_note"),
        columns=label_columns(
            texts,
            ("team", ColumnKind.TEXT),
            ("asked", ColumnKind.COUNT),
            ("responses", ColumnKind.COUNT),
            ("rate", ColumnKind.SHARE),
        ),
        rows=(*rows, (*whole, participation.rate)),
    )
