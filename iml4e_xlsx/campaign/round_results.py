"""Reads what came of a round, and parts it by team: each part has nothing of another team."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from iml4e_xlsx.analysis.small_groups import (
    JoinedTeams,
    join_asked_teams,
    join_small_groups,
    too_small,
)
from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.people.counted_responses import (
    CountedResponse,
    list_counted_responses,
    score_responses,
)
from iml4e_xlsx.campaign.people.participant import Participant, list_participants
from iml4e_xlsx.campaign.record.campaigns import check_named
from iml4e_xlsx.campaign.record.closing import ClosedTeam, find_closed_round
from iml4e_xlsx.campaign.record.connection import Record
from iml4e_xlsx.campaign.record.returned_file import ReturnedFile
from iml4e_xlsx.model import Assessment, Profile
from iml4e_xlsx.report.tables.participation import AskedPerson
from iml4e_xlsx.text.interface_texts import scheme_texts
from iml4e_xlsx.text.spelling import name_key
from iml4e_xlsx.text.usual_form import choose_usual_form


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundTeam:
    """
    One team of a round, of people who were asked, whether they have answered or not.

    `name` has the organisation as well where several have a team of that name; `plain_name` never.
    """

    name: str
    plain_name: str
    organisation: str
    has_answered: bool

    @property
    def key(self) -> tuple[str, str]:
        """Return what identifies the team in any round."""
        return (name_key(self.organisation), name_key(self.plain_name))


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundResults:
    """
    The results of a round: the responses that count, scored, and everybody who was asked.

    `unread` are the files in which nothing could be read, each with the person whose it is.
    `is_partial` says that these are the results of some teams only, `fewest` how many people each
    team has at least; `joined` are the keys of those that had fewer, and are one team now, which
    is called `other_teams` unless a team is. `closed` is when the round was closed; None while it
    runs. Its answers are mixed: only teams have results, none of them small.
    """

    assessments: tuple[Assessment, ...]
    asked: tuple[AskedPerson, ...]
    unread: tuple[tuple[AskedPerson, ReturnedFile], ...]
    other_teams: str
    is_partial: bool = False
    fewest: int = 1
    joined: frozenset[tuple[str, str]] = frozenset()
    closed: datetime | None = None

    @property
    def teams(self) -> tuple[RoundTeam, ...]:
        """Return the teams with a name, in the roster's order."""
        return list_teams(self.asked)

    def of_teams(self, teams: Iterable[RoundTeam]) -> RoundResults:
        """Return the results of some teams, without anything of the others."""
        keys = {team.key for team in teams}
        return replace(
            self,
            is_partial=True,
            assessments=tuple(keep_teams(self.assessments, keys)),
            asked=tuple(person for person in self.asked if _key_of_person(person) in keys),
            unread=tuple(each for each in self.unread if _key_of_person(each[0]) in keys),
        )

    def join_small_teams(self, fewest: int) -> RoundResults:
        """
        Return the same results with one team in place of all that have too few people.

        Call it before teams are chosen: the others decide which ones are joined.

        Raises:
            ReportError: If no group has enough people.
        """
        if fewest <= self.fewest or not self.assessments:
            return self
        joined = self._choose_joined(fewest)
        (shown,) = join_small_groups([self.assessments], fewest, joined)
        return replace(
            self,
            assessments=tuple(shown),
            asked=tuple(_show_team(person, joined) for person in self.asked),
            unread=tuple((_show_team(person, joined), file) for person, file in self.unread),
            fewest=fewest,
            joined=joined.keys,
        )

    def list_shown_teams(self, fewest: int) -> Mapping[int, AskedPerson]:
        """
        Return the people in the roster by id, of the teams as which `join_small_teams` shows them.

        Raises:
            ReportError: If fewer people were asked at all.
        """
        joined = self._choose_joined(fewest)
        if len(self.asked) < fewest:
            raise too_small(fewest, sum(person.has_answered for person in self.asked))
        shown = (_show_team(person, joined) for person in self.asked)
        return {person.id: person for person in shown if person.id is not None}

    def _choose_joined(self, fewest: int) -> JoinedTeams:
        asked = Counter(map(_key_of_person, self.asked))
        return join_asked_teams(asked, self.assessments, fewest, self.other_teams)


def list_teams(people: Iterable[AskedPerson]) -> tuple[RoundTeam, ...]:
    """List the teams with a name of people who were asked, in their order."""
    members: dict[tuple[str, str], list[AskedPerson]] = {}
    for person in people:
        if person.team.strip():
            members.setdefault(_key_of_person(person), []).append(person)
    namesakes = Counter(team for _, team in members)
    return tuple(
        _make_team(of_team, is_ambiguous=namesakes[team] > 1)
        for (_, team), of_team in members.items()
    )


def _show_team(person: AskedPerson, joined: JoinedTeams) -> AskedPerson:
    if _key_of_person(person) not in joined.keys:
        return person
    return replace(person, organisation="", team=joined.name)


def _key_of_profile(profile: Profile) -> tuple[str, str]:
    return (name_key(profile.organisation), name_key(profile.team))


def keep_teams(
    assessments: Iterable[Assessment], keys: Collection[tuple[str, str]]
) -> Iterator[Assessment]:
    """Yield the assessments of the teams with these keys."""
    for assessment in assessments:
        if _key_of_profile(assessment.response.profile) in keys:
            yield assessment


def read_results(campaign: Campaign, record: Record, *, now: datetime) -> RoundResults:
    """
    Read the results of a round.

    Raises:
        CampaignError: If the scheme of a response is not installed any more, or if the round is
            anonymous and runs.
    """
    with record.begin(now) as tx:
        check_named(tx)
    return read_participation(campaign, record, now=now)


def read_participation(campaign: Campaign, record: Record, *, now: datetime) -> RoundResults:
    """
    Read who was asked and who has returned a workbook, and what counts as far as it is known.

    In an anonymous round that runs, no response is.

    Raises:
        CampaignError: If the scheme of a response is not installed any more.
    """
    with record.begin(now) as tx:
        closed_round = find_closed_round(tx)
        responses = list_counted_responses(tx)
        listed = [participant for participant in list_participants(tx) if participant.person.listed]
    assessments = tuple(score_responses(responses, campaign.known_schemes()))
    other_teams = scheme_texts(campaign.load_scheme())("view.other_teams")
    if closed_round is not None:
        return RoundResults(
            assessments=assessments,
            asked=tuple(_people_of_closed(closed_round.teams)),
            unread=(),
            other_teams=other_teams,
            fewest=closed_round.fewest,
            closed=closed_round.closed,
        )
    asked = dict(_asked_people(listed, responses))
    unread = (
        (asked[participant.person.id], participant.unread_file)
        for participant in listed
        if participant.unread_file is not None
    )
    return RoundResults(
        assessments=assessments,
        asked=(*asked.values(), *_others_who_answered(responses)),
        unread=tuple(unread),
        other_teams=other_teams,
    )


def _people_of_closed(teams: Iterable[ClosedTeam]) -> Iterator[AskedPerson]:
    """Yield as many people as were asked of each team, without anything of anybody."""
    for team in teams:
        for number in range(team.asked):
            yield AskedPerson(
                organisation=team.organisation,
                team=team.team,
                has_answered=number < team.answered,
                has_declined=number >= team.asked - team.declined,
            )


def _key_of_person(person: AskedPerson) -> tuple[str, str]:
    return (name_key(person.organisation), name_key(person.team))


def _make_team(people: Sequence[AskedPerson], *, is_ambiguous: bool) -> RoundTeam:
    """Make the team of people whose teams have one key; its name is in the usual spelling."""
    team = choose_usual_form(person.team for person in people)
    organisation = choose_usual_form(person.organisation for person in people)
    return RoundTeam(
        name=f"{team} ({organisation})" if is_ambiguous and organisation else team,
        plain_name=team,
        organisation=organisation,
        has_answered=any(person.has_answered for person in people),
    )


def _asked_people(
    listed: Sequence[Participant], responses: Sequence[CountedResponse]
) -> Iterator[tuple[int, AskedPerson]]:
    """
    Yield the people in the roster, who were asked, by their ids.

    Each is in the team that the answer counts for, as in the results. A person who has not
    answered and is of no organisation in the roster is of that of the team, if the team has only
    one.
    """
    answered = {
        response.person.id: response.response.profile for response in responses if response.person
    }
    missing = [
        participant.person.profile
        for participant in listed
        if participant.person.id not in answered and participant.person.profile.organisation
    ]
    organisations = _organisations_by_team(
        [*(response.response.profile for response in responses), *missing]
    )
    for participant in listed:
        profile = answered.get(participant.person.id, participant.person.profile)
        organisation = profile.organisation
        # Of an anonymous round it is known that somebody has answered, and nothing else.
        has_answered = (
            participant.person.id in answered or participant.attendance.returned is not None
        )
        of_team = organisations.get(name_key(profile.team), [])
        if not has_answered and not organisation and len(of_team) == 1:
            (organisation,) = of_team
        person = AskedPerson(
            organisation=organisation,
            team=profile.team,
            has_answered=has_answered,
            has_declined=participant.has_declined,
            id=participant.person.id,
        )
        yield participant.person.id, person


def _others_who_answered(responses: Iterable[CountedResponse]) -> Iterator[AskedPerson]:
    """Yield those who are no longer in the roster and have answered: they were asked, too."""
    for response in responses:
        if response.person is None or not response.person.listed:
            profile = response.response.profile
            yield AskedPerson(
                organisation=profile.organisation, team=profile.team, has_answered=True
            )


def _organisations_by_team(profiles: Iterable[Profile]) -> Mapping[str, Sequence[str]]:
    """Return the organisations of each team, each in its usual spelling."""
    spellings: dict[str, dict[str, list[str]]] = {}
    for profile in profiles:
        of_team = spellings.setdefault(name_key(profile.team), {})
        of_team.setdefault(name_key(profile.organisation), []).append(profile.organisation)
    return {
        team: [choose_usual_form(forms) for forms in of_team.values()]
        for team, of_team in spellings.items()
    }
