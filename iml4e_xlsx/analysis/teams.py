"""Merges the responses of a team into one result; each member's own result stays beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from iml4e_xlsx.analysis.answer_selection import (
    is_blank,
    report_blank,
    select_answers,
    select_versions,
)
from iml4e_xlsx.analysis.consensus import measure_consensus
from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.about_answers import is_choice, is_left_out
from iml4e_xlsx.findings.finding import Finding, Place
from iml4e_xlsx.model import (
    DONT_KNOW,
    NOT_APPLICABLE,
    PERSONAL_FIELDS,
    PROFILE_NAMES,
    Answer,
    Assessment,
    RatingValue,
    Response,
    Result,
    Scheme,
    is_open,
)
from iml4e_xlsx.scheme.forms import base_of, carry_form, join_forms
from iml4e_xlsx.scheme.versions import carry_response
from iml4e_xlsx.scoring import score
from iml4e_xlsx.text.interface_texts import scheme_texts
from iml4e_xlsx.text.spelling import name_key
from iml4e_xlsx.text.usual_form import choose_usual_form


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamMember:
    """One respondent of a team: the name on the team's pages, and the response."""

    name: str
    assessment: Assessment

    @property
    def missing(self) -> tuple[str, ...]:
        """Return the statements that this respondent left open, in scheme order."""
        answers = self.assessment.response.answers
        return tuple(
            id_
            for id_ in self.assessment.scheme.statements
            if id_ not in answers or answers[id_].is_open
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamAssessment:
    """
    One team's result: `response` holds the medians, `result` their score.

    `consensus` maps each statement to its agreement in 0..1, or to None if fewer than two members
    rated it with a number. `findings` are about the team; each member has their own. No member of
    a team that `is_whole` is shown alone.
    """

    scheme: Scheme
    name: str
    members: tuple[TeamMember, ...]
    response: Response
    result: Result
    consensus: Mapping[str, float | None]
    findings: tuple[Finding, ...]
    is_whole: bool = False

    @property
    def date(self) -> str:
        """Return the latest date that a member entered, as ISO 8601, or empty."""
        return self.response.profile.date

    @property
    def left_out(self) -> tuple[Finding, ...]:
        """Return the findings on the team's files that do not count."""
        return tuple(finding for finding in self.findings if is_left_out(finding))

    @property
    def choices(self) -> tuple[Finding, ...]:
        """Return the findings that say as whose answers files without a name count."""
        own = (finding for member in self.members for finding in member.assessment.findings)
        return tuple(finding for finding in (*self.findings, *own) if is_choice(finding))

    @property
    def assessment(self) -> Assessment:
        """Return the team's result in the form of a single one, with all findings."""
        own = [finding for member in self.members for finding in member.assessment.findings]
        return Assessment(
            scheme=self.scheme,
            response=self.response,
            result=self.result,
            findings=tuple(
                sorted((*self.findings, *own), key=lambda finding: finding.severity.rank)
            ),
        )

    def ratings(self, statement: str) -> tuple[tuple[str, RatingValue | None], ...]:
        """Return each member's name and rating of a statement, in the members' order."""
        return tuple(
            (member.name, _rating_of(member.assessment.response, statement))
            for member in self.members
        )

    @property
    def applicability_disputes(self) -> tuple[str, ...]:
        """Return the statements that some call n/a and others rate, in scheme order."""
        return tuple(id_ for id_ in self.scheme.statements if self.disputes_applicability(id_))

    def disputes_applicability(self, statement: str) -> bool:
        """Return whether some call a statement n/a and others rate it."""
        ratings = self._values(statement)
        return NOT_APPLICABLE in ratings and any(isinstance(rating, int) for rating in ratings)

    @property
    def takes_lower_rating(self) -> bool:
        """Return whether anywhere two middle ratings differ, so that the lower one counts."""
        for id_, answer in self.response.answers.items():
            numbers = sorted(rating for rating in self._values(id_) if isinstance(rating, int))
            middle = len(numbers) // 2
            if isinstance(answer.rating, int) and numbers[~middle] != numbers[middle]:
                return True
        return False

    def _values(self, statement: str) -> list[RatingValue | None]:
        return [rating for _, rating in self.ratings(statement)]


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamGroup:
    """The responses of one team before they are merged; `key` identifies the team in any round."""

    key: tuple[str, ...]
    name: str
    assessments: tuple[Assessment, ...]


def group_by_team(assessments: Iterable[Assessment]) -> tuple[TeamAssessment, ...]:
    """
    Merge responses into a result for each team, in the order of the teams' names.

    Organisation and name identify a team, whatever the case and white space. A response without a
    team stands alone. Copies and blank workbooks do not count (`select_answers`); if a respondent
    answered twice, one response counts (`select_versions`). Responses to different versions of a
    scheme are carried to the newest of them; different schemes make different teams.
    """
    answers = select_answers(assessments).answers
    return merge_groups(group_responses(align_versions(answers)))


def align_versions(assessments: Iterable[Assessment]) -> list[Assessment]:
    """Carry the assessments of each scheme to the newest version that any of them has."""
    whole = list(assessments)
    newest: dict[str, Scheme] = {}
    for assessment in whole:
        scheme = newest.setdefault(assessment.scheme.id, assessment.scheme)
        if _version_numbers(assessment.scheme) > _version_numbers(scheme):
            newest[scheme.id] = assessment.scheme
    return [_carry_assessment(assessment, newest[assessment.scheme.id]) for assessment in whole]


def _carry_assessment(assessment: Assessment, scheme: Scheme) -> Assessment:
    # Who was asked for some statements only has left none of the others open.
    scheme = carry_form(assessment.scheme, scheme)
    if assessment.scheme.version == scheme.version:
        return replace(assessment, scheme=scheme)
    catalogue = FindingCatalogue(scheme_texts(scheme))
    response, changes = carry_response(assessment.response, assessment.scheme, scheme, catalogue)
    return Assessment(
        scheme=scheme,
        response=response,
        result=score(response, scheme),
        findings=(*assessment.findings, *changes),
    )


def _version_numbers(scheme: Scheme) -> tuple[int, ...]:
    return tuple(int(number) for number in scheme.version.split("."))


def group_responses(assessments: Iterable[Assessment]) -> tuple[TeamGroup, ...]:
    """Group aligned responses by team; in the order of the names, those without one last."""
    groups: dict[tuple[str, ...], list[Assessment]] = {}
    for assessment in assessments:
        groups.setdefault(team_key(assessment), []).append(assessment)
    named = sorted(groups.items(), key=lambda group: _team_order(*group))
    names = _team_names([members for _, members in named])
    return tuple(
        TeamGroup(key=key, name=name, assessments=tuple(members))
        for (key, members), name in zip(named, names, strict=True)
    )


def _team_order(key: tuple[str, ...], members: Sequence[Assessment]) -> tuple[object, ...]:
    """Return the place of a team among others; without a name it is that of its contents."""
    scheme, organisation, team, *_ = key
    digests = sorted(member.response.file.digest for member in members)
    return (not team, team, not organisation, organisation, scheme, digests)


def merge_groups(groups: Iterable[TeamGroup]) -> tuple[TeamAssessment, ...]:
    """Merge each team's responses."""
    return tuple(merge_team(group.assessments, group.name) for group in groups)


def team_key(assessment: Assessment) -> tuple[str, ...]:
    """Return the key of a respondent's team, which is the same in every round."""
    profile = assessment.response.profile
    if not profile.team.strip():
        # No other response can belong to a team without a name: the workbook stands for it.
        response = assessment.response
        workbook = (response.workbook_id, name_key(profile.respondent))
        content = response.file.digest or response.source
        own = workbook if response.workbook_id else (content,)
        return (assessment.scheme.id, "", "", *own)
    return (assessment.scheme.id, name_key(profile.organisation), name_key(profile.team))


def _team_names(groups: Sequence[Sequence[Assessment]]) -> list[str]:
    """Name the teams; a name that several organisations use gets the organisation as well."""
    counts = Counter(name_key(members[0].response.profile.team) for members in groups)
    names = []
    for members in groups:
        # what counts names the team, as in its profile; not what somebody has corrected since
        counted = [assessment.response for assessment in select_versions(members)[0]]
        team, organisation = (_usual_entry(counted, field) for field in ("team", "organisation"))
        if not team:
            names.append(counted[0].source)
        elif counts[name_key(team)] > 1 and organisation:
            names.append(f"{team} ({organisation})")
        else:
            names.append(team)
    return names


def _usual_entry(responses: Iterable[Response], field: str) -> str:
    """Return what most members entered in a field of the profile, as most of them spell it."""
    return choose_usual_form(getattr(response.profile, field) for response in responses)


def merge_team(assessments: Sequence[Assessment], name: str) -> TeamAssessment:
    """Merge the responses of a team's members, all to one version; ValueError without any."""
    if not assessments:
        raise ValueError(name)
    latest, findings = select_versions(assessments)
    said = [each for each in latest if not is_blank(each)] or latest
    scheme = join_forms(each.scheme for each in said)
    catalogue = FindingCatalogue(scheme_texts(scheme))
    findings += [report_blank(assessment) for assessment in latest if is_blank(assessment)]
    members = tuple(_make_member(each) for each in latest if not is_blank(each))
    if not latest[0].response.profile.team.strip():
        name = latest[0].response.source
        findings.append(catalogue.team_missing(Place(source=name)))
    # A team of nothing but blank workbooks has a result without an answer, and no member.
    responses = [each.assessment.response for each in members] or [x.response for x in latest]
    findings += _report_forms(members, scheme, name, catalogue)
    targets = _median_levels([response.targets for response in responses], scheme)
    findings += _report_different_targets(responses, targets, name, catalogue)
    response = _merge_responses(responses, members, name, scheme, targets)
    return TeamAssessment(
        scheme=scheme,
        name=name,
        members=members,
        response=response,
        result=score(response, scheme),
        consensus=_consensus_by_statement(scheme, responses),
        findings=tuple(findings),
    )


def _report_forms(
    members: Sequence[TeamMember], scheme: Scheme, name: str, catalogue: FindingCatalogue
) -> list[Finding]:
    """Report that some members were asked for fewer statements than the team is scored by."""
    # Who has a part was asked for it on purpose: the others of the team have the rest.
    shorter = [member for member in members if base_of(member.assessment.scheme) is not scheme]
    if not shorter:
        return []
    forms = ", ".join(sorted({base_of(member.assessment.scheme).form for member in shorter}))
    return [catalogue.forms_mixed(Place(source=name), len(shorter), len(members), forms)]


def _merge_responses(
    responses: Sequence[Response],
    members: Sequence[TeamMember],
    name: str,
    scheme: Scheme,
    targets: Mapping[str, int],
) -> Response:
    first, alone = responses[0], len(responses) == 1
    # An entry about a person is not one about a team of several.
    entries = {} if alone else {name: _usual_entry(responses, name) for name in PROFILE_NAMES}
    personal = {} if alone else dict.fromkeys(PERSONAL_FIELDS, "")
    return Response(
        scheme=scheme.id,
        version=scheme.version,
        profile=replace(
            first.profile,
            **entries | personal | {"date": max(response.profile.date for response in responses)},
        ),
        answers={id_: _merge_answers(id_, members) for id_ in scheme.statements},
        targets=targets,
        estimates=_median_levels([response.estimates for response in responses], scheme),
        source=first.source if alone else name,
        workbook_id=first.workbook_id if alone else "",
    )


def _make_member(assessment: Assessment) -> TeamMember:
    response = assessment.response
    name = response.profile.respondent.strip() or response.source
    return TeamMember(name=name, assessment=assessment)


def _rating_of(response: Response, statement: str) -> RatingValue | None:
    answer = response.answers.get(statement)
    return None if answer is None else answer.rating


def merge_ratings(ratings: Iterable[RatingValue | None]) -> RatingValue | None:
    """
    Return the rating of a team: the lower median of its members' numbers.

    It is n/a if at least half of those who answered chose that. Who does not know leaves the
    answer to the others; where there is no other, nobody knows. It is None if nobody answered.
    """
    given = [rating for rating in ratings if rating is not None]
    answered = [rating for rating in given if not is_open(rating)]
    numbers = sorted(rating for rating in answered if isinstance(rating, int))
    if not answered:
        return DONT_KNOW if given else None
    if 2 * (len(answered) - len(numbers)) >= len(answered):
        return NOT_APPLICABLE
    return numbers[(len(numbers) - 1) // 2]


def _merge_answers(statement: str, members: Sequence[TeamMember]) -> Answer:
    """Merge the members' answers; each piece of evidence begins with its author's name."""
    responses = [member.assessment.response for member in members]
    rating = merge_ratings(_rating_of(response, statement) for response in responses)
    evidence = [
        answer.evidence if len(members) == 1 else f"{member.name}: {answer.evidence}"
        for member in members
        if (answer := member.assessment.response.answers.get(statement)) and answer.evidence
    ]
    return Answer(statement=statement, rating=rating, evidence="\n".join(evidence))


def _consensus_by_statement(
    scheme: Scheme, responses: Sequence[Response]
) -> dict[str, float | None]:
    return {
        id_: measure_consensus(
            (
                rating
                for response in responses
                if isinstance(rating := _rating_of(response, id_), int)
            ),
            scheme.scale,
        )
        for id_ in scheme.statements
    }


def _median_levels(choices: Sequence[Mapping[str, int]], scheme: Scheme) -> dict[str, int]:
    """Return the lower median of the levels that the members chose for each area."""
    chosen = {area.code: sorted(_levels_of(choices, area.code)) for area in scheme.areas}
    return {code: levels[(len(levels) - 1) // 2] for code, levels in chosen.items() if levels}


def _levels_of(choices: Sequence[Mapping[str, int]], code: str) -> list[int]:
    return [levels[code] for levels in choices if code in levels]


def _report_different_targets(
    responses: Sequence[Response],
    targets: Mapping[str, int],
    name: str,
    catalogue: FindingCatalogue,
) -> list[Finding]:
    """Report the areas for which the members chose different targets."""
    choices = [response.targets for response in responses]
    levels = {code: sorted(set(_levels_of(choices, code))) for code in targets}
    return [
        catalogue.targets_differ(
            Place(source=name), code, ", ".join(map(str, levels[code])), targets[code]
        )
        for code in targets
        if len(levels[code]) > 1
    ]
