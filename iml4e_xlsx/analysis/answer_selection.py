"""
Tells who is who among responses: whose each is, which is a copy, and which version counts.

Content comes first, then the id of the workbook, then the respondent. A file's name says nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, TypeVar, cast

from iml4e_xlsx.analysis.version_choice import (
    ChoiceGrounds,
    VersionSigns,
    choose_version,
    grounds_message,
)
from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.finding import Finding, Place, Severity
from iml4e_xlsx.model import Assessment, Profile, Response
from iml4e_xlsx.text.interface_texts import scheme_texts
from iml4e_xlsx.text.lists import list_names
from iml4e_xlsx.text.message import message
from iml4e_xlsx.text.spelling import name_key

_LISTED: Final = 5
"""So many names a finding lists."""

_PERSON: Final = ("organisation", "team", "respondent")
"""The entries that tell whose a response is."""

_Key = tuple[str, ...]
_Outcome = TypeVar("_Outcome")


@dataclass(frozen=True, slots=True)
class AnswerSelection:
    """The responses that are answers, by team and respondent; a finding on each that is none."""

    answers: tuple[Assessment, ...]
    left_out: tuple[Finding, ...]


def select_answers(assessments: Iterable[Assessment]) -> AnswerSelection:
    """
    Leave out copies and workbooks that nobody has filled in.

    Where nobody has filled in any, the blank workbooks stay: there is nothing else to show.

    The answers stand in an order of their contents, so that no name of a file, and no order in
    which files are read, decides anything that is made of them.

    The profiles of versions of one workbook complete each other: a version from before the team
    was entered is of that team, too.
    """
    left_out: list[Finding] = []
    whole = merge_copies(assessments, left_out.append)
    filled = [assessment for assessment in whole if not is_blank(assessment)]
    if filled:
        left_out += [report_blank(each) for each in whole if is_blank(each)]
    complete = _complete_profiles(sorted(filled or whole, key=_content_order))
    return AnswerSelection(tuple(sorted(complete, key=_content_order)), tuple(left_out))


def _content_order(assessment: Assessment) -> tuple[object, ...]:
    """Return the place of a response among others; those without a name come last."""
    response = assessment.response
    names = [name_key(getattr(response.profile, field)) for field in ("team", *_PERSON)]
    return (
        *((not name, name) for name in names),
        assessment.scheme.id,
        response.file.digest,
    )


def is_blank(assessment: Assessment) -> bool:
    """
    Return whether a workbook is an invitation: nobody has entered anything in it.

    Organisation, team, respondent and targets may have been there when it was issued.
    """
    response = assessment.response
    return not (
        response.profile.date
        or response.estimates
        or any(answer.rating is not None or answer.evidence for answer in response.answers.values())
        # what was entered could not be read; it is there all the same
        or any(
            finding.severity is Severity.ERROR or finding.statement
            for finding in assessment.findings
        )
    )


def report_blank(assessment: Assessment) -> Finding:
    """Return the finding that a workbook is blank."""
    response = assessment.response
    return _catalogue(assessment).blank_left_out(
        Place(source=response.source), response.workbook_id
    )


# --- copies ------------------------------------------------------------------------------


def leave_out_copies(
    outcomes: Iterable[_Outcome], on_copy: Callable[[Assessment, Finding], None]
) -> Iterator[_Outcome]:
    """
    Yield outcomes but for copies; of equal contents the first is yielded, whatever its name.

    Args:
        outcomes: Assessments, and whatever else there may be among them.
        on_copy: Called with each copy, and the finding on it.
    """
    sources: dict[str, str] = {}
    for outcome in outcomes:
        if isinstance(outcome, Assessment) and outcome.response.file.digest:
            digest, source = outcome.response.file.digest, outcome.response.source
            if digest in sources:
                finding = _catalogue(outcome).copy_left_out(Place(source=source), sources[digest])
                on_copy(outcome, finding)
                continue
            sources[digest] = source
        yield outcome


def merge_copies(
    outcomes: Iterable[_Outcome], on_copy: Callable[[Finding], None]
) -> list[_Outcome]:
    """Return outcomes without copies; the first arrival of any copy dates the one that stays."""
    arrivals: dict[str, datetime] = {}

    def note_copy(copy: Assessment, finding: Finding) -> None:
        _note_arrival(copy, arrivals)
        on_copy(finding)

    kept = list(leave_out_copies(outcomes, note_copy))
    return [_date_arrival(outcome, arrivals) for outcome in kept]


def _note_arrival(copy: Assessment, arrivals: dict[str, datetime]) -> None:
    file = copy.response.file
    if file.received is not None:
        arrivals[file.digest] = min(file.received, arrivals.get(file.digest, file.received))


def _date_arrival(outcome: _Outcome, arrivals: Mapping[str, datetime]) -> _Outcome:
    """Return an assessment with the first arrival of its content, and anything else as it is."""
    if not isinstance(outcome, Assessment):
        return outcome
    file = outcome.response.file
    first = arrivals.get(file.digest)
    if first is None or (file.received is not None and file.received <= first):
        return outcome
    response = replace(outcome.response, file=replace(file, received=first))
    return cast("_Outcome", _replace_response(outcome, response))


def _replace_response(assessment: Assessment, response: Response) -> Assessment:
    return replace(
        assessment, response=response, result=replace(assessment.result, response=response)
    )


# --- versions of one workbook --------------------------------------------------------------


def _complete_profiles(assessments: Sequence[Assessment]) -> list[Assessment]:
    """
    Complete the empty entries about the person by those in versions of the same workbook.

    Where several people have filled in copies of one workbook, nobody can tell whose a file
    without these entries is, and it stays as it is.
    """
    people: dict[_Key, dict[_Key, Response]] = defaultdict(dict)
    for assessment in assessments:
        response = assessment.response
        people[_workbook_key(assessment)].setdefault(_person_key(response.profile), response)
    return [
        _complete_profile(assessment, people[_workbook_key(assessment)])
        for assessment in assessments
    ]


def _complete_profile(assessment: Assessment, people: Mapping[_Key, Response]) -> Assessment:
    response = assessment.response
    own = _person_key(response.profile)
    if not response.workbook_id or all(own):
        return assessment
    fuller = [key for key in people if _is_part(own, key)]
    fullest = [key for key in fuller if not any(_is_part(key, other) for other in fuller)]
    if len(fullest) != 1:
        return assessment
    (other,) = fullest
    entries = {
        name: getattr(people[other].profile, name)
        for name in _PERSON
        if not getattr(response.profile, name).strip()
    }
    if "respondent" in entries and entries["respondent"].strip():
        inferred = _catalogue(assessment).respondent_inferred(
            Place(source=response.source),
            entries["respondent"],
            people[other].source,
            response.workbook_id,
        )
        assessment = replace(assessment, findings=(*assessment.findings, inferred))
    profile = replace(response.profile, **entries)
    return _replace_response(assessment, replace(response, profile=profile))


def _is_part(key: _Key, other: _Key) -> bool:
    """Tell whether another key has all entries of a key, and more."""
    return key != other and all(
        not part or part == whole for part, whole in zip(key, other, strict=True)
    )


def _workbook_key(assessment: Assessment) -> _Key:
    return (assessment.scheme.id, assessment.response.workbook_id)


def _person_key(profile: Profile) -> _Key:
    return tuple(name_key(getattr(profile, name)) for name in _PERSON)


def select_versions(
    assessments: Sequence[Assessment],
) -> tuple[list[Assessment], list[Finding]]:
    """
    Return the version that counts of each respondent of a team, and findings on the others.

    The name tells who a respondent is, else the id of the workbook; a response with neither may be
    anybody's and counts for itself. Respondents stand in the order of their first version.
    """
    versions: dict[_Key, list[Assessment]] = defaultdict(list)
    for assessment in assessments:
        versions[_respondent_key(assessment)].append(assessment)
    counted, findings = [], []
    for of_one in versions.values():
        choice = choose_version([_version_signs(version) for version in of_one])
        counted.append(of_one[choice.counted])
        for number, (other, grounds) in sorted(choice.given_way.items()):
            steps = of_one[number], of_one[other], of_one[choice.counted]
            findings.append(_report_version(*steps, grounds))
        findings += _report_unnamed(of_one, counted[-1])
    return counted, [*findings, *_report_shared(counted)]


def _respondent_key(assessment: Assessment) -> _Key:
    response = assessment.response
    if respondent := name_key(response.profile.respondent):
        return ("name", respondent)
    if response.workbook_id:
        return ("workbook", response.workbook_id)
    return ("file", response.source)


def _version_signs(assessment: Assessment) -> VersionSigns:
    response = assessment.response
    file = response.file
    return VersionSigns(
        saved=file.modified,
        date=response.profile.date,
        received=file.received,
        answered=assessment.result.overall.answered,
        order=file.digest,
    )


def _report_version(
    left_out: Assessment, better: Assessment, counted: Assessment, grounds: ChoiceGrounds
) -> Finding:
    """Report a version that gives way to a better one, which may give way itself to what counts."""
    catalogue, response, other = _catalogue(left_out), left_out.response, counted.response
    words = grounds_message(grounds, _version_signs(left_out), _version_signs(better))
    place, source = Place(source=response.source), other.source
    if better is not counted:
        words = message("grounds.through", other=better.response.source, grounds=words)
    if response.workbook_id and response.workbook_id == other.workbook_id:
        return catalogue.workbook_twice(place, response.workbook_id, source, words)
    return catalogue.respondent_twice(place, response.profile.respondent, source, words)


def _report_unnamed(versions: Sequence[Assessment], counted: Assessment) -> Iterator[Finding]:
    """Report versions of which several name nobody: they may be several people's answers."""
    unnamed = [version for version in versions if _is_unnamed(version)]
    workbook = counted.response.workbook_id
    sources = [
        version.response.source for version in unnamed if version.response.workbook_id == workbook
    ]
    if workbook and len(sources) > 1:
        place = Place(source=counted.response.source)
        yield _catalogue(counted).workbook_unnamed(place, workbook, list_names(sources, _LISTED))


def _is_unnamed(assessment: Assessment) -> bool:
    """Tell whether a workbook names nobody, even if another version of it does."""
    return not assessment.response.profile.respondent.strip() or any(
        finding.code == "respondent-inferred" for finding in assessment.findings
    )


def _report_shared(counted: Sequence[Assessment]) -> Iterator[Finding]:
    """Report the responses without a name, of workbooks that several people filled in."""
    names: dict[str, list[str]] = defaultdict(list)
    for assessment in counted:
        response = assessment.response
        if response.workbook_id and (name := response.profile.respondent.strip()):
            names[response.workbook_id].append(name)
    for assessment in counted:
        response = assessment.response
        others = names.get(response.workbook_id, [])
        if others and not response.profile.respondent.strip():
            place = Place(source=response.source)
            yield _catalogue(assessment).workbook_shared(
                place, response.workbook_id, list_names(others, _LISTED)
            )


def _catalogue(assessment: Assessment) -> FindingCatalogue:
    return FindingCatalogue(scheme_texts(assessment.scheme))
