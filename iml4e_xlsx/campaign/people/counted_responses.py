"""Takes the responses that count from the record and scores them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from iml4e_xlsx.campaign.record import people, returns
from iml4e_xlsx.campaign.record.answers import load_responses
from iml4e_xlsx.campaign.record.connection import Transaction
from iml4e_xlsx.campaign.record.people import Person
from iml4e_xlsx.campaign.record.returned_file import ReturnedFile, ReturnState
from iml4e_xlsx.errors import CampaignError
from iml4e_xlsx.findings.error_codes import PeopleErrorCode
from iml4e_xlsx.findings.finding import Severity
from iml4e_xlsx.model import ROSTER_FIELDS, Answer, Assessment, Response
from iml4e_xlsx.reading.identity import Schemes, WorkbookReference
from iml4e_xlsx.scoring import score
from iml4e_xlsx.text.interface_texts import scheme_texts
from iml4e_xlsx.text.moments import local_day


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedResponse:
    """A response that counts; `person` is None for the ratings of somebody who was erased."""

    person: Person | None
    returned: ReturnedFile
    response: Response


def list_counted_responses(tx: Transaction) -> tuple[CountedResponse, ...]:
    """
    List the response that counts for each person, and those of erased people.

    A workbook in which nothing was entered is none.

    Name and team are taken from the roster where it has them: the roster spells a team in one
    way, respondents spell it in many. A response without a date gets the day on which it came.
    """
    people_by_id = {person.id: person for person in people.all_people(tx)}
    returned_files = returns.all_returned(tx)
    counted = [*returns.counting_responses(returned_files).values()]
    counted += [file for file in returned_files if file.state is ReturnState.ANONYMOUS]
    return tuple(
        complete_response(
            file, response, None if file.person is None else people_by_id[file.person]
        )
        for file, response in zip(counted, load_responses(tx, counted), strict=True)
        if not is_blank(response, has_errors=file.count_findings(Severity.ERROR) > 0)
    )


def is_blank(response: Response, *, has_errors: bool) -> bool:
    """Tell whether somebody opened and saved a workbook, and entered nothing: no answer."""
    answers = response.answers.values()
    is_answered = any(answer.rating is not None or answer.evidence for answer in answers)
    entered = is_answered or response.estimates or response.profile.date
    # what was entered could not be read; it is there all the same
    return not entered and not has_errors


def complete_response(
    file: ReturnedFile, response: Response, person: Person | None
) -> CountedResponse:
    """Return a response with a profile completed by what the roster says, and by a date."""
    profile = response.profile
    if person is not None:
        roster = person.profile
        listed = {name: value for name in ROSTER_FIELDS if (value := getattr(roster, name))}
        profile = replace(profile, **listed)
    if not profile.date:
        profile = replace(profile, date=local_day(file.received).isoformat())
    return CountedResponse(
        person=person, returned=file, response=replace(response, profile=profile)
    )


def score_responses(responses: Iterable[CountedResponse], schemes: Schemes) -> list[Assessment]:
    """
    Score responses anew; call this outside of transactions, since it takes its time.

    Raises:
        CampaignError: If the scheme of a response is not installed any more.
    """
    return [
        score_returned_file(counted.returned, counted.response, schemes) for counted in responses
    ]


def score_returned_file(file: ReturnedFile, response: Response, schemes: Schemes) -> Assessment:
    """Score the response of a returned file; CampaignError if its scheme is not installed."""
    reference = WorkbookReference(
        file.scheme, file.version, file.language, file.workbook_id, file.form
    )
    scheme = schemes.find_scheme(reference)
    if scheme is None:
        raise CampaignError(
            PeopleErrorCode.RESPONSE_SCHEME_MISSING,
            source=file.source,
            scheme=file.scheme,
            version=file.version,
        )
    answers = {statement: Answer(statement=statement) for statement in scheme.statements}
    given = {id_: answer for id_, answer in response.answers.items() if id_ in answers}
    whole = replace(response, answers=answers | given)
    result = score(whole, scheme)
    findings = file.restore_findings(scheme_texts(scheme))
    return Assessment(scheme=scheme, response=whole, result=result, findings=findings)
