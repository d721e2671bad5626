"""Several respondents of one team become one result; each one's own stays beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from iml4e_xlsx.analysis.consensus import measure_consensus
from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.finding import Finding, Place
from iml4e_xlsx.model import (
    NOT_APPLICABLE,
    Answer,
    Assessment,
    RatingValue,
    Response,
    Result,
    Scheme,
)
from iml4e_xlsx.scheme.versions import carry_response
from iml4e_xlsx.scoring import score_response
from iml4e_xlsx.text.interface_texts import scheme_texts
from iml4e_xlsx.text.spelling import name_key


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamMember:
    """One respondent of a team: how the team's pages call them, and what they gave."""

    name: str
    assessment: Assessment

    @property
    def missing(self) -> tuple[str, ...]:
        """Return the statements that this respondent left without a rating, in scheme order."""
        answers = self.assessment.response.answers
        return tuple(
            id_
            for id_ in self.assessment.scheme.statements
            if id_ not in answers or answers[id_].rating is None
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamAssessment:
    """
    One team's result: `response` holds the medians, `result` their score.

    `consensus` maps each statement to its agreement in 0..1, or None where fewer than two gave
    a number; `findings` are about the team, each member's own stay with the member.
    """

    scheme: Scheme
    name: str
    members: tuple[TeamMember, ...]
    response: Response
    result: Result
    consensus: Mapping[str, float | None]
    findings: tuple[Finding, ...]

    @property
    def date(self) -> str:
        """Return the latest date that a member gave, as ISO 8601, or empty."""
        return self.response.profile.date

    @property
    def assessment(self) -> Assessment:
        """Return the team's result in the form of a single one, with all findings."""
        found = [finding for member in self.members for finding in member.assessment.findings]
        return Assessment(
            scheme=self.scheme,
            response=self.response,
            result=self.result,
            findings=tuple(sorted((*self.findings, *found), key=lambda f: f.severity.rank)),
        )

    def ratings(self, statement: str) -> tuple[tuple[str, RatingValue | None], ...]:
        """Return each member's name and rating of a statement, in the members' order."""
        return tuple(
            (member.name, _rating(member.assessment.response, statement)) for member in self.members
        )


def group_by_team(assessments: Iterable[Assessment]) -> tuple[TeamAssessment, ...]:
    """
    Return a result for each team, in the order in which teams first appear.

    A team is known by organisation and name, whatever the case and white space. A response
    without a team stands alone. Of two responses of one respondent the later counts. Responses
    to different versions of a scheme are carried to the newest of them; different schemes make
    different teams.
    """
    groups: dict[tuple[str, ...], list[Assessment]] = {}
    for one in align_versions(assessments):
        groups.setdefault(_key(one), []).append(one)
    names = _names([members[0] for members in groups.values()])
    return tuple(
        merge_team(members, name) for members, name in zip(groups.values(), names, strict=True)
    )


def align_versions(assessments: Iterable[Assessment]) -> list[Assessment]:
    """Return assessments of one scheme in one version: the newest that any of them has."""
    given = list(assessments)
    newest: dict[str, Scheme] = {}
    for one in given:
        known = newest.setdefault(one.scheme.id, one.scheme)
        if _version(one.scheme) > _version(known):
            newest[one.scheme.id] = one.scheme
    return [_carried(one, newest[one.scheme.id]) for one in given]


def _carried(one: Assessment, scheme: Scheme) -> Assessment:
    if one.scheme.version == scheme.version:
        return replace(one, scheme=scheme)
    make = FindingCatalogue(scheme_texts(scheme))
    response, changes = carry_response(one.response, one.scheme, scheme, make)
    result = score_response(response, scheme)
    return Assessment(
        scheme=scheme, response=response, result=result, findings=(*one.findings, *changes)
    )


def _version(scheme: Scheme) -> tuple[int, ...]:
    return tuple(int(number) for number in scheme.version.split("."))


def _key(one: Assessment) -> tuple[str, ...]:
    profile = one.response.profile
    if not profile.team.strip():
        return (one.scheme.id, "", "", one.response.source)
    return (one.scheme.id, name_key(profile.organisation), name_key(profile.team))


def _names(firsts: Sequence[Assessment]) -> list[str]:
    """Return the teams' names; those that several organisations have get the organisation too."""
    profiles = [one.response.profile for one in firsts]
    often = Counter(name_key(profile.team) for profile in profiles)
    names = []
    for profile, one in zip(profiles, firsts, strict=True):
        team = " ".join(profile.team.split())
        if not team:
            names.append(one.response.source)
        elif often[name_key(team)] > 1 and profile.organisation.strip():
            names.append(f"{team} ({' '.join(profile.organisation.split())})")
        else:
            names.append(team)
    return names


def merge_team(assessments: Sequence[Assessment], name: str) -> TeamAssessment:
    """
    Return one team's result from its members' responses to one version of a scheme.

    Raises:
        ValueError: If there is none.
    """
    if not assessments:
        raise ValueError("a team has at least one response")
    scheme = assessments[0].scheme
    make = FindingCatalogue(scheme_texts(scheme))
    kept, findings = _latest(assessments, make)
    members = tuple(_make_member(assessment) for assessment in kept)
    if not assessments[0].response.profile.team.strip():
        findings.append(make.team_missing(Place(source=assessments[0].response.source)))
    answers = {id_: _merged(id_, members) for id_ in scheme.statements}
    responses = [member.assessment.response for member in members]
    targets = _levels("target", [one.targets for one in responses], name, make, findings)
    first = responses[0].profile
    response = Response(
        scheme=scheme.id,
        version=scheme.version,
        profile=replace(
            first,
            respondent=first.respondent if len(members) == 1 else "",
            role=first.role if len(members) == 1 else "",
            date=max(one.profile.date for one in responses),
        ),
        answers=answers,
        targets=targets,
        estimates=_medians([one.estimates for one in responses]),
        source=responses[0].source if len(members) == 1 else name,
        workbook_id=responses[0].workbook_id if len(members) == 1 else "",
    )
    return TeamAssessment(
        scheme=scheme,
        name=name,
        members=members,
        response=response,
        result=score_response(response, scheme),
        consensus=_agreement(scheme, responses),
        findings=tuple(findings),
    )


def _make_member(assessment: Assessment) -> TeamMember:
    response = assessment.response
    name = response.profile.respondent.strip() or response.source
    return TeamMember(name=name, assessment=assessment)


def _latest(
    assessments: Sequence[Assessment], make: FindingCatalogue
) -> tuple[list[Assessment], list[Finding]]:
    """Return the later of the responses of each respondent, and say which were left out."""
    kept: dict[str, Assessment] = {}
    findings = []
    for one in assessments:
        profile, source = one.response.profile, one.response.source
        key = name_key(profile.respondent) or f"\n{source}"
        known = kept.get(key)
        if known is None:
            kept[key] = one
            continue
        earlier, later = sorted((known, one), key=lambda a: a.response.profile.date)
        kept[key] = later
        findings.append(
            make.respondent_twice(
                Place(source=earlier.response.source),
                profile.respondent,
                later.response.source,
                later.response.profile.date or "-",
            )
        )
    return list(kept.values()), findings


def _rating(response: Response, statement: str) -> RatingValue | None:
    answer = response.answers.get(statement)
    return None if answer is None else answer.rating


def merge_ratings(ratings: Iterable[RatingValue | None]) -> RatingValue | None:
    """
    Return the rating of a team: the lower median of the numbers that were given.

    n/a if at least half of those who answered say so; None if nobody answered.
    """
    given = [rating for rating in ratings if rating is not None]
    numbers = sorted(rating for rating in given if rating != NOT_APPLICABLE)
    if not given:
        return None
    if 2 * (len(given) - len(numbers)) >= len(given):
        return NOT_APPLICABLE
    return numbers[(len(numbers) - 1) // 2]


def _merged(statement: str, members: Sequence[TeamMember]) -> Answer:
    """Return the team's answer; evidence is kept with the name of who gave it."""
    responses = [member.assessment.response for member in members]
    rating = merge_ratings(_rating(response, statement) for response in responses)
    evidence = [
        answer.evidence if len(members) == 1 else f"{member.name}: {answer.evidence}"
        for member in members
        if (answer := member.assessment.response.answers.get(statement)) and answer.evidence
    ]
    return Answer(statement=statement, rating=rating, evidence="\n".join(evidence))


def _agreement(scheme: Scheme, responses: Sequence[Response]) -> dict[str, float | None]:
    return {
        id_: measure_consensus(
            (r for one in responses if isinstance(r := _rating(one, id_), int)), scheme.scale
        )
        for id_ in scheme.statements
    }


def _medians(given: Sequence[Mapping[str, int]]) -> dict[str, int]:
    """Return the lower median of the levels that were given for each area."""
    codes = dict.fromkeys(code for one in given for code in one)
    found = {code: sorted(one[code] for one in given if code in one) for code in codes}
    return {code: levels[(len(levels) - 1) // 2] for code, levels in found.items()}


def _levels(
    what: str,
    given: Sequence[Mapping[str, int]],
    name: str,
    make: FindingCatalogue,
    findings: list[Finding],
) -> dict[str, int]:
    """Return the team's levels by area; say where members wrote different ones."""
    medians = _medians(given)
    for code, median in medians.items():
        different = sorted({one[code] for one in given if code in one})
        if len(different) > 1:
            shown = ", ".join(map(str, different))
            findings.append(make.targets_differ(Place(source=name), what, code, shown, median))
    return medians
