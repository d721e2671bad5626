"""Takes the part of a status that is about some teams."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from iml4e_xlsx.campaign.people.status import Status
from iml4e_xlsx.campaign.record.closing import ClosedRound
from iml4e_xlsx.campaign.record.people import Person
from iml4e_xlsx.campaign.record.returned_file import ReturnedFile
from iml4e_xlsx.campaign.round_results import RoundTeam
from iml4e_xlsx.report.tables.participation import AskedPerson
from iml4e_xlsx.text.spelling import name_key

TeamKey = tuple[str, str]
"""Organisation and team, both as `name_key` makes them."""


class TeamEntry(Protocol):
    """Anything that names a team: a profile, a person who was asked, a row of a table."""

    @property
    def organisation(self) -> str:
        """Return the name of the organisation; may be empty."""

    @property
    def team(self) -> str:
        """Return the name of the team; may be empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusPart:
    """
    The status of some teams, and how much else may be about them.

    `files` and `letters` count those that lead to no team of the campaign: no part has them.
    """

    status: Status
    files: int = 0
    letters: int = 0


def narrow_status(
    status: Status, teams: Collection[RoundTeam], shown: Mapping[int, AskedPerson]
) -> StatusPart:
    """
    Return the part of a status that is about some teams; `shown` has each person's team by id.

    Somebody of another team is named only as the owner of a workbook that one of theirs returned.
    """
    keys = {team.key for team in teams}
    part = replace(status, team_names=tuple(dict.fromkeys(team.name for team in teams)))
    if status.closed is not None:
        return StatusPart(status=replace(part, closed=_narrow_closed(status.closed, keys)))
    index = _TeamIndex(status, shown)
    everybody = (*status.people, *status.unlisted)
    theirs = [each for each in everybody if index.find_key(each.person) in keys]
    members = {each.person.id for each in theirs}
    own_files = {each.response.file for each in theirs if each.response is not None}

    def keep_theirs(files: tuple[ReturnedFile, ...]) -> tuple[ReturnedFile, ...]:
        return tuple(file for file in files if _is_among(index.find_file_keys(file), keys))

    part = replace(
        part,
        people=tuple(each for each in status.people if each.person.id in members),
        unlisted=tuple(each for each in status.unlisted if each.person.id in members),
        others=tuple(each for each in everybody if each.person.id not in members),
        aside=keep_theirs(status.aside),
        anonymous_files=keep_theirs(status.anonymous_files),
        replies={id_: text for id_, text in status.replies.items() if id_ in members},
        incomplete_replies=tuple(file for file in status.incomplete_replies if file in own_files),
        letters=tuple(letter for letter in status.letters if letter.person in members),
    )
    if status.coverage is not None:
        of_teams = (each for each in status.coverage if _is_among(index.find_keys(each), keys))
        part = replace(part, coverage=tuple(of_teams))
    return StatusPart(
        status=part,
        files=sum(not index.find_file_keys(file) for file in status.aside),
        letters=sum(letter.person is None for letter in status.letters),
    )


def _narrow_closed(closed: ClosedRound, keys: Collection[TeamKey]) -> ClosedRound:
    return replace(closed, teams=tuple(team for team in closed.teams if _key_of(team) in keys))


class _TeamIndex:
    """
    The teams of a status, by the names that people, files and tables have for them.

    A small team is shown as another one, a team without its organisation may be that of the only
    one: so a name may lead to a team of another name, or to several.
    """

    def __init__(self, status: Status, shown: Mapping[int, AskedPerson]) -> None:
        self._shown = shown
        self._owners: dict[str, Person] = {}
        self._keys: dict[TeamKey, set[TeamKey]] = {}
        for person in status.everybody:
            self._owners[person.workbook_id] = person
            names = _key_of(person.profile)
            if names[1]:  # who has no team in the roster leads to none
                self._keys.setdefault(names, set()).add(self.find_key(person))
        for file in status.anonymous_files:
            self._keys.setdefault(_key_of(file.profile), {_key_of(file.profile)})
        for each in shown.values():
            self._keys.setdefault(_key_of(each), {_key_of(each)})

    def find_key(self, person: Person) -> TeamKey:
        """Return the key of the team as which a person is shown."""
        shown = self._shown.get(person.id)
        if shown is not None:
            return _key_of(shown)
        key = _key_of(person.profile)
        # who is no longer in the roster is in the team that the others are in now
        keys = self._keys.get(key, set())
        return next(iter(keys)) if len(keys) == 1 else key

    def find_keys(self, entry: TeamEntry) -> set[TeamKey]:
        """Return the keys of the teams that an entry may mean; none if it means no known team."""
        organisation, team = _key_of(entry)
        if not team or organisation or (organisation, team) in self._keys:
            return self._keys.get((organisation, team), set())
        return {key for names, keys in self._keys.items() if names[1] == team for key in keys}

    def find_file_keys(self, file: ReturnedFile) -> set[TeamKey]:
        """Return the keys of the teams from which a file may be, by what it says or its owner."""
        owner = self._owners.get(file.workbook_id) if file.workbook_id else None
        if file.profile.team.strip() or owner is None:
            return self.find_keys(file.profile)
        return {self.find_key(owner)}


def _is_among(teams: Collection[TeamKey], keys: Collection[TeamKey]) -> bool:
    """Tell whether there are teams, and all of them are meant."""
    return bool(teams) and all(team in keys for team in teams)


def _key_of(entry: TeamEntry) -> TeamKey:
    return (name_key(entry.organisation), name_key(entry.team))
