"""Reads the results of a previous round, by person and by team."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from iml4e_xlsx.analysis.answer_selection import select_answers, select_versions
from iml4e_xlsx.analysis.team_trend import current_teams
from iml4e_xlsx.analysis.teams import TeamAssessment, group_by_team, group_responses
from iml4e_xlsx.campaign.folder.clock import current_time
from iml4e_xlsx.campaign.folder.record_access import open_previous
from iml4e_xlsx.campaign.folder.settings import SETTINGS_FILE
from iml4e_xlsx.campaign.people.counted_responses import list_counted_responses, score_responses
from iml4e_xlsx.campaign.record.people import Person
from iml4e_xlsx.errors import CampaignError
from iml4e_xlsx.findings.error_codes import RoundErrorCode
from iml4e_xlsx.findings.failure import Failure
from iml4e_xlsx.jobs.results import Results
from iml4e_xlsx.model import Assessment, Profile, Result
from iml4e_xlsx.reading.identity import Schemes
from iml4e_xlsx.text.addresses import address_key
from iml4e_xlsx.text.lists import list_lines
from iml4e_xlsx.text.spelling import name_key

_LISTED_FAILURES: Final = 20
"""How many files an error names that cannot be read."""

_Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PreviousResults:
    """The results of a previous round; `by_mail` is filled where it was a campaign."""

    assessments: tuple[Assessment, ...] = ()
    by_mail: Mapping[str, Result] = field(default_factory=dict)
    by_person: Mapping[_Key, Result] = field(default_factory=dict)
    by_team: Mapping[_Key, Result] = field(default_factory=dict)

    def result_for(self, person: Person) -> Result | None:
        """Return a person's own previous result, else that of the team, else None."""
        profile = person.profile
        own = self.by_mail.get(address_key(person.mail))
        own = own or self.by_person.get(_person_key(profile))
        return own or self.by_team.get(_team_key(profile))


def read_previous_results(paths: Sequence[str | Path], schemes: Schemes) -> PreviousResults:
    """
    Read the results of a previous round.

    Args:
        paths: A campaign's folder, or whatever returned workbooks are read from.
        schemes: The schemes to which the workbooks may belong.

    Of a team that is in several campaigns the last named one counts, before loose workbooks.

    Raises:
        CampaignError: If a file could not be read, or there is no result at all: a previous line
            that is missing for some would be taken for a fact.
    """
    assessments: list[Assessment] = []
    loose: list[Assessment] = []
    teams: list[TeamAssessment] = []
    people: list[Assessment] = []
    by_mail: dict[str, Result] = {}
    for path in paths:
        if (Path(path) / SETTINGS_FILE).is_file():
            of_campaign = _read_campaign(Path(path), by_mail)
            assessments += of_campaign
            teams += group_by_team(of_campaign)  # a campaign is one round, however long it took
            people += of_campaign
            continue
        results = Results.read(path, schemes=schemes)
        if results.failures:
            raise _unreadable_error(results.failures)
        assessments += results.assessments
        loose += results.assessments
        for group in group_responses(select_answers(results.assessments).answers):
            people += select_versions(group.assessments)[0]
    if paths and not assessments:
        raise CampaignError(RoundErrorCode.PREVIOUS_EMPTY, paths=tuple(map(str, paths)))
    return PreviousResults(
        assessments=tuple(assessments),
        by_mail=by_mail,
        by_person={
            _person_key(assessment.response.profile): assessment.result
            for assessment in people
            if assessment.response.profile.respondent
        },
        by_team={
            _team_key(team.response.profile): team.result
            for team in (*(current_teams(loose) if loose else ()), *teams)
            if team.response.profile.team
        },
    )


def _unreadable_error(failures: Sequence[Failure]) -> CampaignError:
    lines = list_lines([failure.wording for failure in failures], _LISTED_FAILURES)
    return CampaignError(RoundErrorCode.PREVIOUS_UNREADABLE, problems=lines)


def _read_campaign(folder: Path, by_mail: dict[str, Result]) -> list[Assessment]:
    """Return the assessments of a campaign; each result goes to `by_mail` as well."""
    campaign, record = open_previous(folder)
    with closing(record), record.begin(current_time()) as tx:
        responses = list_counted_responses(tx)
    assessments = score_responses(responses, campaign.known_schemes())
    for response, assessment in zip(responses, assessments, strict=True):
        if response.person is not None:
            by_mail[address_key(response.person.mail)] = assessment.result
    return assessments


def _team_key(profile: Profile) -> _Key:
    return (name_key(profile.organisation), name_key(profile.team))


def _person_key(profile: Profile) -> _Key:
    return (*_team_key(profile), name_key(profile.respondent))
