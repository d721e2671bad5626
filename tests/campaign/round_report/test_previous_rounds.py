"""Shows the trend since previous rounds."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from iml4e_xlsx.campaign.previous import read_previous_results
from iml4e_xlsx.campaign.round_report import (
    ReportOptions,
    campaign_contents,
)
from iml4e_xlsx.errors import CampaignError
from iml4e_xlsx.model import Profile
from iml4e_xlsx.report.formats.render import render_report
from tests.support.builders import built, response
from tests.support.campaigns import (
    DAY,
    NOW,
    all_rated,
    answer,
    build,
    built_campaign,
    person_of,
    run,
)
from tests.support.noting import note_returned, rated
from tests.support.reporting import (
    ANN,
    BEN,
)

pytestmark = pytest.mark.slow
"""See the marks in pyproject.toml."""


def test_an_earlier_round_gives_a_trend(folder: Path, tmp_path: Path) -> None:
    """From the folder of an earlier campaign, or from files that came back."""
    with built_campaign(tmp_path / "n", [ANN, BEN]) as (campaign, record):
        scheme = campaign.load_scheme()
        answer(campaign, record, ANN.mail, all_rated(scheme, 1), now=NOW + 200 * DAY)
        profile = Profile(organisation="Org", team="red", respondent="Somebody", date="2026-11-24")
        filled = response(scheme, all_rated(scheme, 3), profile=profile)
        files = built(scheme, tmp_path / "earlier.xlsx", filled)
        for source in (folder, files):
            wanted = ReportOptions(previous=(str(source),))
            both = campaign_contents(campaign, record, wanted, now=NOW)
            assert [team.name for team in both.teams] == ["Red"]
            assert both.trends.rounds == ("2026-11-24", "2027-06-11")
            assert "2027-06-11" in render_report(both, "r.html").decode()
        undated = ReportOptions(previous=(str(folder / "returned"),))
        with pytest.raises(CampaignError, match="Name the folder of the previous campaign"):
            campaign_contents(campaign, record, undated, now=NOW)


@pytest.mark.parametrize("days", [0, 10, -20])
@pytest.mark.parametrize("gap", [1, 400])
def test_a_campaign_is_one_round(folder: Path, tmp_path: Path, days: int, gap: int) -> None:
    """However near or far the dates are: the present result is of the present answers alone."""
    with built_campaign(tmp_path / "n", [ANN, BEN]) as (campaign, record):
        scheme = campaign.load_scheme()
        for row, later in ((ANN, 1), (BEN, 60)):
            when = NOW + (days + later) * DAY
            answer(campaign, record, row.mail, all_rated(scheme, 1), now=when)
        wanted = ReportOptions(previous=(str(folder),), gap_days=gap)
        found = campaign_contents(campaign, record, wanted, now=NOW)
        alone = campaign_contents(campaign, record, now=NOW)
    (team,) = found.teams
    (trend,) = found.trends.trends

    assert (found.respondents, team.name) == (2, "Red")
    assert team.result == alone.teams[0].result
    assert {answer.rating for answer in trend.points[0].response.answers.values()} == {2}
    assert len(found.trends.rounds) == len(set(trend.rounds)) == 2
    assert trend.points[1].result == team.result
    assert render_report(found, "r.html") != render_report(alone, "r.html")


def test_a_team_has_one_earlier_result_however_long_its_round_took(tmp_path: Path) -> None:
    """The one that the report's trend shows as well; of two campaigns the last named counts."""
    folders, results, days = [], [], ("2026-01-10", "2026-06-10")
    for name, ratings in (("one", (0, 3)), ("two", (1, 1))):
        with built_campaign(tmp_path / name, [ANN, BEN]) as (campaign, record):
            scheme = campaign.load_scheme()
            for row, rating, day in zip((ANN, BEN), ratings, days, strict=True):
                person = person_of(record, row.mail)
                one = rated(scheme, person, all_rated(scheme, rating))
                profile = replace(one.response.profile, date=day)
                dated = replace(one, response=replace(one.response, profile=profile))
                with record.begin(NOW) as tx:
                    note_returned(tx, person, dated)
            (team,) = campaign_contents(campaign, record, now=NOW).teams
        folders.append(campaign.folder)
        results.append(team.result.overall.index)
    schemes = campaign.known_schemes()
    for order in ((0,), (1,), (0, 1), (1, 0)):
        found = read_previous_results([folders[at] for at in order], schemes)
        (by_team,) = found.by_team.values()
        assert by_team.overall.index == results[order[-1]], order


def test_two_rounds_of_one_day_are_told_apart(folder: Path, tmp_path: Path) -> None:
    """The second is numbered, in chart and tables."""
    with built_campaign(tmp_path / "n", [ANN]) as (campaign, record):
        answer(campaign, record, ANN.mail, all_rated(campaign.load_scheme(), 1), now=NOW + DAY)
        wanted = ReportOptions(previous=(str(folder),))
        found = campaign_contents(campaign, record, wanted, now=NOW)

    assert found.trends.rounds == ("2026-11-24", "2026-11-24 (2)")
    assert b"2026-11-24 (2)" in render_report(found, "r.html")


def test_a_report_shows_what_workbooks_were_built_with(folder: Path, tmp_path: Path) -> None:
    """Unless another is named, or none; one that is gone is said with what to do."""
    with built_campaign(tmp_path / "n", [ANN, BEN]) as (campaign, record):
        earlier = tmp_path / "earlier"
        shutil.copytree(folder, earlier)
        build(campaign, record, previous=[earlier])
        answer(campaign, record, ANN.mail, now=NOW + 20 * DAY)
    gone, target = (campaign.folder, "-o", tmp_path / "r.html", "--force"), tmp_path / "r.html"
    run("campaign", "report", *gone)
    assert "2026-12-13" in target.read_text("utf-8")
    assert "2026-11-24" in target.read_text("utf-8")
    run("campaign", "report", *gone, "--no-previous")
    assert "2026-11-24" not in target.read_text("utf-8")
    run("campaign", "report", *gone, "--no-previous", "--previous", folder, code=2)
    shutil.rmtree(earlier)
    said = run("campaign", "report", *gone, code=1).stderr
    assert "leave it out. The options for that are --previous and --no-previous." in said
    assert "there is no such file or folder" in said
    said = run("campaign", "report", *gone, "--previous", earlier, code=1).stderr
    assert "--no-previous" not in said
    run("campaign", "report", *gone, "--previous", folder)
