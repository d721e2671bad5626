"""Reports the results of a campaign: as the contents of a report, or as data for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from iml4e_xlsx.analysis.rounds import GAP_DAYS, make_round, split_rounds
from iml4e_xlsx.analysis.small_groups import keep_large_groups
from iml4e_xlsx.analysis.teams import group_by_team
from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.folder.settings import SETTINGS_FILE
from iml4e_xlsx.campaign.previous import read_previous_results
from iml4e_xlsx.campaign.record import campaigns
from iml4e_xlsx.campaign.record.connection import Record, Transaction
from iml4e_xlsx.campaign.round_results import RoundResults, RoundTeam, keep_teams, read_results
from iml4e_xlsx.errors import CampaignError
from iml4e_xlsx.findings.error_codes import RoundErrorCode
from iml4e_xlsx.findings.file_traits import FileTraits
from iml4e_xlsx.model import PERSONAL_FIELDS, PROFILE_NAMES, Assessment
from iml4e_xlsx.report.contents.contents import Contents, make_contents
from iml4e_xlsx.report.formats.render import render_outcomes
from iml4e_xlsx.report.tables.participation import Participation
from iml4e_xlsx.text.interface_texts import scheme_texts
from iml4e_xlsx.text.texts import Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportOptions:
    """
    The options of a campaign's report.

    Attributes:
        anonymous: Whether to leave out respondents' names, their files' names and evidence.
        title: The title; the campaign's name by default.
        profiles: Ids of reference profiles to draw.
        sources: Keys of sources by which to group the statements.
        previous: Campaigns or returned workbooks of previous rounds, for the trend; None stands for
            those that workbooks were last built with. Each campaign is a round.
        gap_days: Parts returned workbooks into rounds, see `split_rounds`.
    """

    anonymous: bool = False
    title: str = ""
    profiles: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    previous: tuple[str, ...] | None = None
    gap_days: int = GAP_DAYS


def campaign_contents(
    campaign: Campaign,
    record: Record,
    options: ReportOptions | None = None,
    *,
    now: datetime,
) -> Contents:
    """
    Return the contents of a campaign's report: its results, and how many have answered.

    Args:
        campaign: The campaign.
        record: Its record.
        options: The options of the report.
        now: The time.

    Raises:
        CampaignError: If nothing was collected that counts, or a previous result cannot be read.
        ReportError: If the scheme has no such reference profile.
    """
    results = read_results(campaign, record, now=now)
    return report_results(campaign, record, results, options or ReportOptions(), now=now)


def report_results(
    campaign: Campaign,
    record: Record,
    results: RoundResults,
    options: ReportOptions,
    *,
    now: datetime,
) -> Contents:
    """
    Return the contents of a report of a round's results.

    Raises:
        CampaignError: If there is none, or a previous result cannot be read.
        ReportError: If the scheme has no such reference profile.
    """
    rounds = _read_previous(campaign, record, options, now)
    return _make_contents(results, rounds, campaign, options)


def report_teams(
    campaign: Campaign,
    record: Record,
    results: RoundResults,
    teams: Iterable[RoundTeam],
    options: ReportOptions,
    *,
    now: datetime,
) -> Iterator[tuple[RoundTeam, Contents]]:
    """
    Yield each team with the contents of its own report, which has nothing of another team.

    Teams of which nobody has answered are passed over.

    Raises:
        CampaignError: If nobody has answered, or a previous result cannot be read.
        ReportError: If the scheme has no such reference profile.
    """
    if not results.assessments:
        raise CampaignError(RoundErrorCode.NO_ROUND_RESULT)
    rounds = _read_previous(campaign, record, options, now)
    for team in teams:
        of_team = results.of_teams([team])
        if of_team.assessments:
            yield team, _make_contents(of_team, rounds, campaign, options)


def _choose_title(campaign: Campaign, results: RoundResults, texts: Texts) -> str:
    """Return the round's name, and that of the team in a report of one team alone."""
    if results.is_partial and len(results.teams) == 1:
        # Without the organisation: that another has a team of this name is the other's.
        team = results.teams[0].plain_name
        return texts("report.team_title", round=campaign.settings.name, team=team)
    return campaign.settings.name


def _make_contents(
    results: RoundResults,
    rounds: Sequence[Sequence[Assessment]],
    campaign: Campaign,
    options: ReportOptions,
) -> Contents:
    assessments: Sequence[Assessment] = results.assessments
    if not assessments:
        raise CampaignError(RoundErrorCode.NO_ROUND_RESULT)
    if results.is_partial:
        keys = {team.key for team in results.teams}
        rounds = [own for each in rounds if (own := list(keep_teams(each, keys)))]
    texts = scheme_texts(assessments[0].scheme)
    unread = (returned_file.restore_failure(texts) for _, returned_file in results.unread)
    failures = [failure for failure in unread if failure is not None]
    if results.fewest > 1:
        rounds = [keep_large_groups(each, results.fewest, results.joined) for each in rounds]
    anonymous = options.anonymous or results.fewest > 1
    if anonymous:
        # That there is evidence is of use without names; the report leaves out its texts.
        assessments = _anonymise(assessments, evidence=True)
        rounds = [_anonymise(previous, evidence=True) for previous in rounds]
    contents = make_contents(
        [*assessments, *failures],
        anonymous=anonymous,
        title=options.title or _choose_title(campaign, results, texts),
        profiles=options.profiles,
        sources=options.sources,
        previous=rounds,
    )
    participation = Participation.count_people(results.asked)
    if results.closed is not None:
        participation = replace(participation, closed=f"{results.closed:%Y-%m-%d}")
    return replace(contents, participation=participation, smallest_group=results.fewest)


def _read_previous(
    campaign: Campaign, record: Record, options: ReportOptions, now: datetime
) -> list[list[Assessment]]:
    with record.begin(now) as tx:
        paths = _previous_paths(tx, campaign, options)
    return _previous_rounds(paths, campaign, options)


def _previous_paths(tx: Transaction, campaign: Campaign, options: ReportOptions) -> list[Path]:
    if options.previous is not None:
        return [Path(path) for path in options.previous]
    return [campaign.folder / path for path in campaigns.previous_paths(tx)]


def _previous_rounds(
    paths: Sequence[Path], campaign: Campaign, options: ReportOptions
) -> list[list[Assessment]]:
    """Return the assessments of each previous round, oldest round first."""
    schemes = campaign.known_schemes()
    folders = [path for path in paths if (path / SETTINGS_FILE).is_file()]
    loose_paths = [path for path in paths if path not in folders]
    try:
        of_campaigns = [
            list(read_previous_results([folder], schemes).assessments) for folder in folders
        ]
        loose = read_previous_results(loose_paths, schemes).assessments
    except CampaignError as error:
        if options.previous is not None:
            raise
        # Nobody named it now: the reader must learn where it comes from.
        raise CampaignError(RoundErrorCode.PREVIOUS_MOVED, problem=error.message) from error
    rounds, undated = split_rounds(loose, gap_days=options.gap_days)
    if undated and not rounds:
        raise CampaignError(RoundErrorCode.PREVIOUS_UNDATED, source=undated[0].response.source)
    # Undated workbooks join the latest loose round: they are newer than nothing that is known.
    of_files = [list(loose_round.assessments) for loose_round in rounds]
    if of_files:
        of_files[-1] += undated
    return sorted([*of_campaigns, *of_files], key=lambda assessments: make_round(assessments).last)


def campaign_assessments(
    campaign: Campaign, record: Record, *, now: datetime, anonymous: bool = False
) -> list[Assessment]:
    """Return the responses that count, scored; see `export_results`."""
    return export_results(read_results(campaign, record, now=now), anonymous=anonymous)


def export_results(results: RoundResults, *, anonymous: bool = False) -> list[Assessment]:
    """
    Return the scored responses of a round's results.

    Anonymous ones are without name, role, file, workbook id, findings and evidence, which is free
    text and may name people, and in an order that has nothing to do with the roster's.
    """
    if anonymous:
        return _anonymise(results.assessments, evidence=False)
    return list(results.assessments)


def render_results(
    assessments: Sequence[Assessment],
    format_name: str,
    *,
    by_team: bool = False,
    whole: bool = False,
    statements: bool = False,
) -> bytes:
    """
    Render results in a format, one of each person or of each team; `whole` without its members.

    Raises:
        CampaignError: If there is none.
        ResourceError: If a library that the format needs is not installed.
    """
    if not assessments:
        raise CampaignError(RoundErrorCode.NO_ROUND_RESULT)
    if by_team or whole:
        teams = [replace(team, is_whole=whole) for team in group_by_team(assessments)]
        return render_outcomes(teams, format_name, statements=statements)
    return render_outcomes(assessments, format_name, statements=statements)


def _anonymise(assessments: Iterable[Assessment], *, evidence: bool) -> list[Assessment]:
    """Return assessments without anything that names a person, in an order that tells nothing."""
    anonymous = []
    for number, assessment in enumerate(sorted(assessments, key=_content_key), start=1):
        response = assessment.response
        bare = replace(
            response,
            profile=replace(response.profile, **dict.fromkeys(PERSONAL_FIELDS, "")),
            answers={
                id_: answer._replace(evidence=answer.evidence if evidence else "", place=None)
                for id_, answer in response.answers.items()
            },
            source=f"response-{number}",
            workbook_id="",
            file=FileTraits(),
        )
        result = replace(assessment.result, response=bare)
        anonymous.append(replace(assessment, response=bare, result=result, findings=()))
    return anonymous


def _content_key(assessment: Assessment) -> tuple[str, ...]:
    """Return a key for sorting that depends only on what an anonymous response still shows."""
    response, profile = assessment.response, assessment.response.profile
    return (
        *(str(answer.rating) for answer in response.answers.values()),
        *(getattr(profile, name) for name in PROFILE_NAMES if name not in PERSONAL_FIELDS),
        *map(str, sorted(response.targets.items())),
        *map(str, sorted(response.estimates.items())),
        *(answer.evidence for answer in response.answers.values()),
    )
