"""The results of an earlier round, by person and by team: the line of the last assessment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from iml4e_xlsx.analysis.team_trend import current_teams
from iml4e_xlsx.analysis.teams import TeamAssessment, group_by_team
from iml4e_xlsx.campaign.folder.clock import current_time
from iml4e_xlsx.campaign.folder.record_access import open_previous
from iml4e_xlsx.campaign.folder.settings import SETTINGS_FILE
from iml4e_xlsx.campaign.people.counted_responses import list_counted_responses, score_responses
from iml4e_xlsx.campaign.record.people import Person
from iml4e_xlsx.errors import CampaignError
from iml4e_xlsx.jobs.results import Results
from iml4e_xlsx.model import Assessment, Profile, Result
from iml4e_xlsx.reading.identity import Schemes
from iml4e_xlsx.text.addresses import address_key
from iml4e_xlsx.text.spelling import name_key

_Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PreviousResults:
    """What an earlier round yielded; `by_mail` is filled where it was a campaign."""

    assessments: tuple[Assessment, ...] = ()
    by_mail: Mapping[str, Result] = field(default_factory=dict)
    by_person: Mapping[_Key, Result] = field(default_factory=dict)
    by_team: Mapping[_Key, Result] = field(default_factory=dict)

    def result_for(self, person: Person) -> Result | None:
        """Return a person's own earlier result, else that of the team, else None."""
        profile = person.profile
        own = self.by_mail.get(address_key(person.mail)) or self.by_person.get(_person(profile))
        return own or self.by_team.get(_team(profile))


def read_previous_results(paths: Sequence[str | Path], schemes: Schemes) -> PreviousResults:
    """
    Return the results of an earlier round.

    Args:
        paths: A campaign's folder, or whatever returned workbooks are read from.
        schemes: What the workbooks may belong to.

    Of a team that is in several campaigns the last named one counts, before loose workbooks.

    Raises:
        CampaignError: If a file could not be read, or there is no result at all: an earlier
            line that is missing for some would be taken for a fact.
    """
    assessments: list[Assessment] = []
    loose: list[Assessment] = []
    teams: list[TeamAssessment] = []
    by_mail: dict[str, Result] = {}
    for path in paths:
        if (Path(path) / SETTINGS_FILE).is_file():
            found = _of_campaign(Path(path), by_mail)
            assessments += found
            teams += group_by_team(found)  # a campaign is one round, however long it took
            continue
        results = Results.read(path, schemes=schemes)
        if results.failures:
            raise CampaignError("\n".join(failure.message for failure in results.failures))
        assessments += results.assessments
        loose += results.assessments
    if paths and not assessments:
        raise CampaignError(f"{', '.join(map(str, paths))}: there is no earlier result in it.")
    return PreviousResults(
        assessments=tuple(assessments),
        by_mail=by_mail,
        by_person={
            _person(one.response.profile): one.result
            for one in assessments
            if one.response.profile.respondent
        },
        by_team={
            _team(team.response.profile): team.result
            for team in (*(current_teams(loose) if loose else ()), *teams)
            if team.response.profile.team
        },
    )


def _of_campaign(folder: Path, by_mail: dict[str, Result]) -> list[Assessment]:
    campaign, record = open_previous(folder)
    with closing(record), record.begin(current_time()) as tx:
        found = list_counted_responses(tx)
    assessments = score_responses(found, campaign.known_schemes())
    for one, assessment in zip(found, assessments, strict=True):
        if one.person is not None:
            by_mail[address_key(one.person.mail)] = assessment.result
    return assessments


def _team(profile: Profile) -> _Key:
    return (name_key(profile.organisation), name_key(profile.team))


def _person(profile: Profile) -> _Key:
    return (*_team(profile), name_key(profile.respondent))
