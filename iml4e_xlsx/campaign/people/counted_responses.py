"""The responses that count, taken from the record and scored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from iml4e_xlsx.campaign.record import people, returns
from iml4e_xlsx.campaign.record.answers import load_responses
from iml4e_xlsx.campaign.record.connection import Transaction
from iml4e_xlsx.campaign.record.people import Person
from iml4e_xlsx.campaign.record.returned_file import ReturnedFile, ReturnState
from iml4e_xlsx.errors import CampaignError
from iml4e_xlsx.model import ROSTER_FIELDS, Answer, Assessment, Profile, Response
from iml4e_xlsx.reading.identity import Schemes, WorkbookReference
from iml4e_xlsx.scoring import score_response
from iml4e_xlsx.text.interface_texts import scheme_texts


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedResponse:
    """A response that counts; `person` is None for the ratings of somebody who was erased."""

    person: Person | None
    returned: ReturnedFile
    response: Response


def list_counted_responses(tx: Transaction) -> tuple[CountedResponse, ...]:
    """
    Return the response that counts for each person, and those of erased people.

    Who answered and for which team is taken from the roster as far as it says so: it spells a
    team in one way, where respondents spell it in many. A response without a date has the day on
    which it came.
    """
    by_id = {person.id: person for person in people.all_people(tx)}
    given = returns.all_returned(tx)
    kept = [*returns.counting_responses(given).values()]
    kept += [one for one in given if one.state is ReturnState.ANONYMOUS]
    return tuple(
        _counting(one, response, by_id.get(one.person or 0))
        for one, response in zip(kept, load_responses(tx, kept), strict=True)
    )


def score_responses(given: Iterable[CountedResponse], schemes: Schemes) -> list[Assessment]:
    """
    Return responses scored anew; done outside of transactions, since it takes its time.

    Raises:
        CampaignError: If the scheme of a response is not known any more.
    """
    return [score_returned_file(one.returned, one.response, schemes) for one in given]


def _counting(one: ReturnedFile, response: Response, person: Person | None) -> CountedResponse:
    profile = response.profile
    if person is not None:
        profile = _with_roster(profile, person.profile)
    if not profile.date:
        profile = replace(profile, date=one.received.date().isoformat())
    return CountedResponse(person=person, returned=one, response=replace(response, profile=profile))


def _with_roster(profile: Profile, roster: Profile) -> Profile:
    known = {name: value for name in ROSTER_FIELDS if (value := getattr(roster, name))}
    return replace(profile, **known)


def score_returned_file(one: ReturnedFile, response: Response, schemes: Schemes) -> Assessment:
    """Return a file that was read as an assessment; CampaignError if its scheme is unknown."""
    reference = WorkbookReference(one.scheme, one.version, one.language, one.workbook_id)
    scheme = schemes.find_scheme(reference)
    if scheme is None:
        raise CampaignError(
            f"{one.source}: its scheme {one.scheme} {one.version} is not known any more. Restore "
            "the folder of the scheme."
        )
    answers = {id_: Answer(statement=id_) for id_ in scheme.statements}
    whole = replace(response, answers={**answers, **response.answers})
    return Assessment(
        scheme=scheme,
        response=whole,
        result=score_response(whole, scheme),
        findings=one.restore_findings(scheme_texts(scheme)),
    )
