"""Says who has answered, and what a report shows besides."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from iml4e_xlsx.campaign.corrections.forget import forget
from iml4e_xlsx.campaign.folder.campaign import open_campaign
from iml4e_xlsx.campaign.round_report import (
    ReportOptions,
    campaign_assessments,
    campaign_contents,
    render_results,
)
from iml4e_xlsx.errors import CampaignError, ReportError
from iml4e_xlsx.findings.error_codes import RoundErrorCode
from tests.support.campaigns import (
    NOW,
    answer,
    build,
    built_campaign,
    person_of,
    record_of,
    run,
    write_roster,
)
from tests.support.noting import note_returned, rated
from tests.support.reporting import (
    ANN,
    BEN,
    CAY,
    DAN,
    EVIDENCE,
    export,
    report,
)


def test_the_page_says_how_many_have_answered(folder: Path, tmp_path: Path) -> None:
    """By team and for all, in a table and in the sentences at the top."""
    page = report(folder, tmp_path / "r.html").decode()
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))

    assert re.search(r"Red 2 2 100 %", text)
    assert re.search(r"Blue 2 1 50 %", text)
    assert re.search(r"4 3 75 %", text)
    assert re.search(r"3 of (the )?4", text)
    assert "Round" in page
    assert "Xenia Xylander" in text


def test_a_round_is_grouped_by_the_sources_of_its_scheme(folder: Path) -> None:
    """A source that is asked for is that of the campaign's scheme, which has none here."""
    options = ReportOptions(sources=("table",))

    with record_of(open_campaign(folder)) as record, pytest.raises(ReportError, match="table"):
        campaign_contents(open_campaign(folder), record, options, now=NOW)


def test_the_workbook_has_a_sheet_of_participation(folder: Path, tmp_path: Path) -> None:
    """With numbers to compute with."""
    report(folder, tmp_path / "r.xlsx")
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    found = list(book["Who has answered"].iter_rows(values_only=True))

    assert ("Red", 2, 2, 1) in found
    assert ("Blue", 2, 1, 0.5) in found
    assert found[-1][1:] == (4, 3, 0.75)


@pytest.mark.slow
def test_who_left_the_roster_was_asked(tmp_path: Path) -> None:
    """Where the answer counts: figures and results are of the same people."""
    with built_campaign(tmp_path, [ANN, BEN, CAY]) as (campaign, record):
        answer(campaign, record, ANN.mail)
        answer(campaign, record, CAY.mail)
        write_roster(campaign.folder, [BEN])
        build(campaign, record)
        contents = campaign_contents(campaign, record, now=NOW)
        forget(campaign, record, CAY.mail, keep_ratings=True, now=NOW)
        after = campaign_contents(campaign, record, now=NOW)

    for found in (contents, after):
        assert found.participation is not None
        assert (found.participation.people_count, found.participation.answer_count) == (3, 2)
        assert found.respondents == found.participation.answer_count
        assert {team.team for team in found.participation.teams} == {"Red", "Blue"}


@pytest.mark.slow
def test_a_team_is_one_however_it_is_spelled(tmp_path: Path) -> None:
    """As in the results; teams of two organisations are told apart by them."""
    given = [
        replace(ANN, team="Fraud  Detection"),
        replace(BEN, team="fraud detection"),
        replace(CAY, team="Red", organisation="One"),
        replace(DAN, team="Red", organisation="Two"),
    ]
    with built_campaign(tmp_path, given) as (campaign, record):
        for row in given:
            answer(campaign, record, row.mail)
        contents = campaign_contents(campaign, record, now=NOW)

    assert contents.participation is not None
    assert [(team.team, team.asked) for team in contents.participation.teams] == [
        ("Fraud Detection", 2),
        ("Red (One)", 1),
        ("Red (Two)", 1),
    ]
    assert [team.name for team in contents.teams] == [
        team.team for team in contents.participation.teams
    ]


@pytest.mark.parametrize(
    ("typed", "teams"), [("Org", {"Red": (3, 2)}), ("", {"Red (Org)": (1, 1), "Red": (2, 1)})]
)
def test_a_team_is_of_the_organisation_that_its_answers_name(
    tmp_path: Path, typed: str, teams: dict[str, tuple[int, int]]
) -> None:
    """Not of what the roster says of some: figures and results are of the same teams."""
    given = [ANN, replace(BEN, organisation=""), replace(CAY, team="Red", organisation="")]
    with built_campaign(tmp_path, given) as (campaign, record):
        ann, ben = person_of(record, ANN.mail), person_of(record, BEN.mail)
        of_ben = rated(campaign.load_scheme(), ben)
        profile = replace(of_ben.response.profile, organisation=typed)
        answered = replace(of_ben, response=replace(of_ben.response, profile=profile))
        with record.begin(NOW) as tx:
            note_returned(tx, ann, rated(campaign.load_scheme(), ann))
            note_returned(tx, ben, answered)
        contents = campaign_contents(campaign, record, now=NOW)

    assert contents.participation is not None
    found = {one.team: (one.asked, one.answered) for one in contents.participation.teams}
    assert found == teams
    assert len(contents.teams) == len(found)


def test_what_came_last_counts(folder: Path) -> None:
    """Ann's second answer, and the team as the roster spells it."""
    campaign = open_campaign(folder)
    with record_of(campaign) as record:
        found = campaign_assessments(campaign, record, now=NOW)
    ann = next(one for one in found if one.response.profile.respondent == ANN.name)

    assert {a.rating for a in ann.response.answers.values()} == {3}
    assert ann.response.answers["AA-01"].evidence == EVIDENCE
    assert ann.response.profile.date == "2026-11-24"
    assert len(found) == 3


def test_a_file_that_could_not_be_read_is_named(folder: Path, tmp_path: Path) -> None:
    """In the report, but for an anonymous one."""
    assert b"quincy.xlsx" in report(folder, tmp_path / "r.html")
    assert b"quincy" not in report(folder, tmp_path / "r.html", "--anonymous", "--fewest", "1")


def test_without_any_answer_there_is_no_report(tmp_path: Path) -> None:
    """Exit code 1, with what to do first, and no file."""
    with built_campaign(tmp_path, 1) as (campaign, record):
        with pytest.raises(CampaignError) as of_contents:
            campaign_contents(campaign, record, now=NOW)
        with pytest.raises(CampaignError) as of_results:
            render_results([], "json")
    codes = [of_contents.value.code, of_results.value.code]
    assert codes == [RoundErrorCode.NO_ROUND_RESULT] * 2
    said = run("campaign", "report", campaign.folder, "-o", tmp_path / "r.html", code=1).stderr
    assert "Run: iml4e campaign collect" in said
    run("campaign", "export", campaign.folder, "-o", tmp_path / "e.csv", code=1)
    assert not (tmp_path / "r.html").exists()
    assert not (tmp_path / "e.csv").exists()


def test_an_unknown_profile_or_format_is_wrong_usage(folder: Path, tmp_path: Path) -> None:
    """Exit code 2, with what there is."""
    run("campaign", "report", folder, "-o", tmp_path / "r.html", "--profile", "nosuch", code=2)
    run("campaign", "report", folder, "-o", tmp_path / "r.doc", code=2)
    said = run("campaign", "export", folder, "-o", tmp_path / "r.pdf", code=2).stderr
    help_ = run("campaign", "export", "--help").stdout
    listed = re.findall(r"\.\w+", said.partition("; use ")[2])
    assert listed == [".txt", ".json", ".ndjson", ".csv", ".parquet", ".xlsx", ".png", ".svg"]
    assert all(suffix in help_ for suffix in listed)
    for suffix in (".txt", ".svg"):
        assert export(folder, tmp_path / f"r{suffix}")
    (tmp_path / "r.html").write_text("precious")
    run("campaign", "report", folder, "-o", tmp_path / "r.html", code=2)
    assert (tmp_path / "r.html").read_text() == "precious"


def test_a_title_of_ones_own(folder: Path, tmp_path: Path) -> None:
    """In place of the campaign's name, as text."""
    page = report(folder, tmp_path / "r.html", "--title", "Our <b>way</b>").decode()

    assert "Our &lt;b&gt;way&lt;/b&gt;" in page
