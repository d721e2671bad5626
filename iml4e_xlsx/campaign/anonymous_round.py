"""Makes a round anonymous: teams of enough people, bare answers in no order, and counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from iml4e_xlsx.analysis.answer_mixing import mix_answers
from iml4e_xlsx.analysis.small_groups import JoinedTeams, join_asked_teams, open_rare
from iml4e_xlsx.campaign.record.closing import ClosedTeam
from iml4e_xlsx.campaign.round_results import RoundResults
from iml4e_xlsx.model import PERSONAL_FIELDS, Assessment
from iml4e_xlsx.report.tables.participation import AskedPerson
from iml4e_xlsx.text.spelling import name_key
from iml4e_xlsx.text.usual_form import choose_usual_form

_Key = tuple[str, str]

_JOINED: Final = ("", "")
"""Stands for the joined teams: people without a team are always among them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnonymousRound:
    """
    What is left of a round without its people: answers, and how many of each team took part.

    `left_out` is how many answers are of too few people to be kept.
    """

    assessments: tuple[Assessment, ...]
    teams: tuple[ClosedTeam, ...]
    left_out: int


def make_anonymous(results: RoundResults, fewest: int, other_teams: str) -> AnonymousRound:
    """
    Make a round anonymous; no team has fewer people than `fewest`, who were asked or have answered.

    Small teams are joined by the same choice as in reports, under the name `other_teams`. All
    answers get the round's last day, and are mixed within each team.
    """
    asked = Counter(map(_person_key, results.asked))
    joined = join_asked_teams(asked, results.assessments, fewest, other_teams)
    groups: dict[_Key, list[Assessment]] = {}
    for number, assessment in enumerate(results.assessments):
        key = _answer_key(assessment)
        is_joined = key in joined.keys
        bare = _strip_person(assessment, number, joined.name if is_joined else None)
        groups.setdefault(_JOINED if is_joined else key, []).append(bare)
    large = [group for group in groups.values() if len(group) >= fewest]
    kept = [each for group in large for each in open_rare(group, fewest)]
    last = max((each.response.profile.date for each in results.assessments), default="")
    return AnonymousRound(
        assessments=tuple(mix_answers(kept, last)) if kept else (),
        teams=tuple(_count_teams(results.asked, joined)),
        left_out=len(results.assessments) - len(kept),
    )


def _answer_key(assessment: Assessment) -> _Key:
    profile = assessment.response.profile
    return (name_key(profile.organisation), name_key(profile.team))


def _person_key(person: AskedPerson) -> _Key:
    return (name_key(person.organisation), name_key(person.team))


def _strip_person(assessment: Assessment, number: int, team: str | None) -> Assessment:
    """Take the person from a response, and the team where it is joined with others."""
    response = assessment.response
    values = dict.fromkeys(PERSONAL_FIELDS, "")
    if team is not None:
        values |= {"team": team, "organisation": ""}
    profile = replace(response.profile, **values)
    # Without a name and an id, its source alone tells it from the others of the team.
    bare = replace(response, profile=profile, source=f"response-{number}", workbook_id="")
    result = replace(assessment.result, response=bare)
    return replace(assessment, response=bare, result=result, findings=())


def _count_teams(people: Sequence[AskedPerson], joined: JoinedTeams) -> list[ClosedTeam]:
    groups: dict[_Key, list[AskedPerson]] = {}
    for person in people:
        key = _person_key(person)
        groups.setdefault(_JOINED if key in joined.keys else key, []).append(person)
    others = groups.pop(_JOINED, [])
    teams = [
        _count_team(
            members,
            choose_usual_form(one.organisation for one in members),
            choose_usual_form(one.team for one in members),
        )
        for members in groups.values()
    ]
    return [*teams, _count_team(others, "", joined.name)] if others else teams


def _count_team(members: Sequence[AskedPerson], organisation: str, team: str) -> ClosedTeam:
    return ClosedTeam(
        organisation=organisation,
        team=team,
        asked=len(members),
        answered=sum(person.has_answered for person in members),
        declined=sum(person.has_declined for person in members),
    )
