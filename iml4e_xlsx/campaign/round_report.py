"""The results of a campaign: as a report, or as data for other programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from iml4e_xlsx.analysis.rounds import GAP_DAYS, make_round, split_rounds
from iml4e_xlsx.analysis.teams import group_by_team
from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.folder.settings import SETTINGS_FILE
from iml4e_xlsx.campaign.people.counted_responses import (
    CountedResponse,
    list_counted_responses,
    score_responses,
)
from iml4e_xlsx.campaign.people.participant import Participant, list_participants
from iml4e_xlsx.campaign.previous import read_previous_results
from iml4e_xlsx.campaign.record import campaigns
from iml4e_xlsx.campaign.record.connection import Record, Transaction
from iml4e_xlsx.errors import CampaignError
from iml4e_xlsx.findings.failure import Failure
from iml4e_xlsx.model import PERSONAL_FIELDS, PROFILE_NAMES, Assessment
from iml4e_xlsx.report.contents.contents import Contents, make_contents
from iml4e_xlsx.report.formats.render import render_outcomes
from iml4e_xlsx.report.tables.participation import AskedPerson, Participation
from iml4e_xlsx.text.interface_texts import scheme_texts
from iml4e_xlsx.text.spelling import name_key
from iml4e_xlsx.text.texts import Texts

_NOTHING = (
    "There is no result yet: nothing was collected that could be read. Run: iml4e campaign collect"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportOptions:
    """
    What a campaign's report is to show.

    `anonymous` leaves respondents' names and their files' names out; `title` is the campaign's
    name by default; `profiles` are ids of reference profiles to draw; `previous` are campaigns or
    returned workbooks of earlier rounds, for the trend: None stands for those that workbooks were
    last built with. Each campaign is a round; `gap_days` parts returned workbooks into rounds,
    see `split_rounds`.
    """

    anonymous: bool = False
    title: str = ""
    profiles: tuple[str, ...] = ()
    previous: tuple[str, ...] | None = None
    gap_days: int = GAP_DAYS


def campaign_contents(
    campaign: Campaign,
    record: Record,
    wanted: ReportOptions | None = None,
    *,
    now: datetime,
) -> Contents:
    """
    Return the contents of a campaign's report: its results, and how many have answered.

    Args:
        campaign: Whose results they are.
        record: Its record.
        wanted: What is to stand in it.
        now: The time.

    Raises:
        CampaignError: If nothing was collected that counts, or an earlier result cannot be read.
        ValueError: If the scheme has no such reference profile.
    """
    asked_for = wanted or ReportOptions()
    anonymous = asked_for.anonymous
    with record.begin(now) as tx:
        given = list_counted_responses(tx)
        listed = [one for one in list_participants(tx) if one.person.listed]
        paths = _earlier_paths(tx, campaign, asked_for)
    if not given:
        raise CampaignError(_NOTHING)
    found = score_responses(given, campaign.known_schemes())
    if anonymous:
        found = list(_nameless(found, evidence=True))
    failures = [] if anonymous else _failures(listed, scheme_texts(found[0].scheme))
    before = _earlier_rounds(paths, campaign, asked_for)
    if anonymous:  # the agenda and its evidence are of use without names, as in any report
        before = [list(_nameless(one, evidence=True)) for one in before]
    contents = make_contents(
        [*found, *failures],
        anonymous=anonymous,
        title=asked_for.title or campaign.settings.name,
        profiles=asked_for.profiles,
        previous=before,
    )
    return replace(contents, participation=Participation.count_people(_asked(listed, given)))


def _failures(listed: Sequence[Participant], texts: Texts) -> list[Failure]:
    """Return why nothing could be read in the files of people who have no other response."""
    unread = [participant.unread for participant in listed if participant.unread is not None]
    failures = (returned_file.restore_failure(texts) for returned_file in unread)
    return [failure for failure in failures if failure is not None]


def _asked(
    listed: Sequence[Participant], given: Sequence[CountedResponse]
) -> Iterator[AskedPerson]:
    """
    Yield those who were asked: who is in the roster, and who is not any more but has answered.

    Each is in the team that the answer counts for, as in the results. Who has not answered and is
    of no organisation in the roster is of that of the team, if the team has only one.
    """
    answers = {one.person.id: one.response.profile for one in given if one.person}
    missing = [one.person.profile for one in listed if one.person.id not in answers]
    told = [one.response.profile for one in given] + [one for one in missing if one.organisation]
    of_team: dict[str, dict[str, str]] = {}
    for profile in told:
        found = of_team.setdefault(name_key(profile.team), {})
        found.setdefault(name_key(profile.organisation), profile.organisation)
    for standing in listed:
        profile = answers.get(standing.person.id, standing.person.profile)
        has_answered, organisation = standing.person.id in answers, profile.organisation
        found = of_team.get(name_key(profile.team), {})
        if not has_answered and not organisation and len(found) == 1:
            (organisation,) = found.values()
        yield AskedPerson(organisation=organisation, team=profile.team, has_answered=has_answered)
    for one in given:
        if one.person is None or not one.person.listed:
            profile = one.response.profile
            yield AskedPerson(
                organisation=profile.organisation, team=profile.team, has_answered=True
            )


def _earlier_paths(tx: Transaction, campaign: Campaign, wanted: ReportOptions) -> list[Path]:
    if wanted.previous is not None:
        return [Path(one) for one in wanted.previous]
    return [campaign.folder / one for one in campaigns.previous_paths(tx)]


def _earlier_rounds(
    paths: Sequence[Path], campaign: Campaign, wanted: ReportOptions
) -> list[list[Assessment]]:
    """Return the responses of each earlier round, oldest round first."""
    schemes = campaign.known_schemes()
    folders = [path for path in paths if (path / SETTINGS_FILE).is_file()]
    others = [path for path in paths if path not in folders]
    try:
        found = [list(read_previous_results([path], schemes).assessments) for path in folders]
        loose = read_previous_results(others, schemes).assessments
    except CampaignError as error:
        if wanted.previous is not None:
            raise
        raise CampaignError(
            f"{error}\nThe workbooks were last built with that earlier result. Say where it is "
            "now with --previous, or leave it out with --no-previous."
        ) from error
    rounds, undated = split_rounds(loose, gap_days=wanted.gap_days)
    if undated and not rounds:
        raise CampaignError(
            f"{undated[0].response.source}: no earlier workbook has a date, so that nobody knows "
            "where it stands in the trend. Name the folder of the earlier campaign instead, or "
            "write the date on the first sheet of one of them."
        )
    found += [list(one.assessments) for one in rounds[:-1]]
    found += [[*one.assessments, *undated] for one in rounds[-1:]]
    return sorted(found, key=lambda one: make_round(one).last)


def campaign_assessments(
    campaign: Campaign, record: Record, *, now: datetime, anonymous: bool = False
) -> list[Assessment]:
    """
    Return the responses that count, scored.

    Anonymous ones are without name, role, file, workbook id, findings and evidence, which is free
    text and may name people, and in an order that has nothing to do with the roster's.
    """
    with record.begin(now) as tx:
        given = list_counted_responses(tx)
    found = score_responses(given, campaign.known_schemes())
    return list(_nameless(found, evidence=False)) if anonymous else found


def render_results(
    found: Sequence[Assessment], form: str, *, by_team: bool = False, statements: bool = False
) -> bytes:
    """
    Return results in a format of `iml4e score`, one of each person or of each team.

    Raises:
        CampaignError: If there is none.
        ResourceError: If a library that the format needs is not installed.
    """
    if not found:
        raise CampaignError(_NOTHING)
    if by_team:
        return render_outcomes(group_by_team(found), form, statements=statements)
    return render_outcomes(found, form, statements=statements)


def _nameless(given: Iterable[Assessment], *, evidence: bool) -> Iterable[Assessment]:
    shuffled = sorted(given, key=_mixed)
    for number, one in enumerate(shuffled, start=1):
        response = one.response
        bare = replace(
            response,
            profile=replace(response.profile, **dict.fromkeys(PERSONAL_FIELDS, "")),
            answers={
                id_: replace(answer, evidence=answer.evidence if evidence else "", place=None)
                for id_, answer in response.answers.items()
            },
            source=f"response-{number}",
            workbook_id="",
        )
        result = replace(one.result, response=bare)
        yield replace(one, response=bare, result=result, findings=())


def _mixed(one: Assessment) -> tuple[str, ...]:
    """Return a key for sorting that depends on nothing but what is left of a response."""
    response, profile = one.response, one.response.profile
    return (
        *(str(answer.rating) for answer in response.answers.values()),
        *(getattr(profile, name) for name in PROFILE_NAMES if name not in PERSONAL_FIELDS),
        *map(str, sorted(response.targets.items())),
        *map(str, sorted(response.estimates.items())),
        *(answer.evidence for answer in response.answers.values()),
    )
