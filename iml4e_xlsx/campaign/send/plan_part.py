"""Takes the part of a plan of mails that is about some people, or about some teams."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from iml4e_xlsx.campaign.record.people import Person
from iml4e_xlsx.campaign.send.plan import MailPlan
from iml4e_xlsx.errors import CampaignError
from iml4e_xlsx.findings.error_codes import SendErrorCode
from iml4e_xlsx.text.addresses import address_key
from iml4e_xlsx.text.spelling import name_key
from iml4e_xlsx.text.usual_form import choose_usual_form


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanTeam:
    """
    One team of the people in a plan, by the roster; `members` are their ids.

    `name` has the organisation as well where several have a team of that name; `plain_name` never.
    """

    name: str
    plain_name: str
    members: frozenset[int]


def list_plan_teams(plan: MailPlan) -> tuple[PlanTeam, ...]:
    """
    List the teams with a name, of all people in a plan, whether they get a mail or not.

    As in reports, a person of no organisation is of that of the team, if the team has only one.
    """
    people = sorted(_list_plan_people(plan), key=lambda person: person.id)
    organisations: dict[str, set[str]] = {}
    for profile in (person.profile for person in people):
        of_team = organisations.setdefault(name_key(profile.team), set())
        of_team |= {name_key(profile.organisation)} - {""}
    members: dict[tuple[str, str], list[Person]] = {}
    for person in people:
        team, organisation = map(name_key, (person.profile.team, person.profile.organisation))
        if not organisation and len(organisations[team]) == 1:
            (organisation,) = organisations[team]
        if team:
            members.setdefault((organisation, team), []).append(person)
    namesakes = Counter(team for _, team in members)
    return tuple(
        _make_team(of_team, is_ambiguous=namesakes[team] > 1)
        for (_, team), of_team in members.items()
    )


def _make_team(people: Collection[Person], *, is_ambiguous: bool) -> PlanTeam:
    """Make a team with its name in the usual spelling."""
    team = choose_usual_form(person.profile.team for person in people)
    named = [person.profile.organisation for person in people if person.profile.organisation]
    name = f"{team} ({choose_usual_form(named)})" if is_ambiguous and named else team
    return PlanTeam(name=name, plain_name=team, members=frozenset(person.id for person in people))


def _list_plan_people(plan: MailPlan) -> list[Person]:
    return [mail.person for mail in plan.mails] + [entry.person for entry in plan.not_mailed]


def narrow_to_teams(plan: MailPlan, teams: Iterable[PlanTeam]) -> MailPlan:
    """Return the part of a plan that is about the people of some teams."""
    members = {id_ for team in teams for id_ in team.members}
    return _keep_people(plan, lambda person: person.id in members)


def _keep_people(plan: MailPlan, is_meant: Callable[[Person], bool]) -> MailPlan:
    return MailPlan(
        kind=plan.kind,
        mails=tuple(mail for mail in plan.mails if is_meant(mail.person)),
        not_mailed=tuple(entry for entry in plan.not_mailed if is_meant(entry.person)),
    )


def narrow_plan(plan: MailPlan, addresses: Collection[str]) -> MailPlan:
    """
    Return the part of a plan that is about some people.

    Raises:
        CampaignError: If an address is nobody's in the plan.
    """
    keys = {address_key(address) for address in addresses}
    everybody = {address_key(person.mail) for person in _list_plan_people(plan)}
    if unknown := sorted(keys - everybody):
        raise CampaignError(SendErrorCode.ADDRESS_NOT_IN_ROSTER, address=unknown[0])
    return _keep_people(plan, lambda person: address_key(person.mail) in keys)
