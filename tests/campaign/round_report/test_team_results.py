"""Gives a team its own results, and nothing of another team's."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from iml4e_xlsx.campaign.folder.campaign import open_campaign
from iml4e_xlsx.campaign.round_report import ReportOptions, report_results
from iml4e_xlsx.campaign.round_results import read_results
from tests.support.campaigns import (
    DAY,
    NOW,
    Row,
    all_rated,
    answer,
    build,
    built_campaign,
    record_of,
    run,
    write_roster,
)
from tests.support.reporting import ANN, BEN, CAY, DAN, export, leaks, report

OF_RED = ["xenia", "xylander", "yorick", "yttrium", "xebec"]
OF_BLUE = ["blue", "zelda", "zwory", "zoolog", "quincy", "quartz", "quarrier"]


def without_clips(data: bytes) -> bytes:
    """Return a page without the ids of clip paths, which matplotlib 3.8 draws anew each time."""
    return re.sub(rb"\bp[0-9a-f]{10}\b", b"", data)


@pytest.mark.parametrize("suffix", ["html", "xlsx", pytest.param("pdf", marks=pytest.mark.slow)])
def test_a_team_s_report_names_nobody_of_another(folder: Path, tmp_path: Path, suffix: str) -> None:
    """Nor the damaged file of somebody in another team; the team's own are there."""
    red = report(folder, tmp_path / f"r.{suffix}", "--team", "red")
    blue = report(folder, tmp_path / f"b.{suffix}", "--team", "Blue")

    assert leaks(red, OF_BLUE) == []
    assert leaks(blue, OF_RED) == []
    if suffix != "pdf":  # its text is compressed
        assert set(leaks(red, OF_RED)) == set(OF_RED)
        assert "zelda" in leaks(blue, OF_BLUE)
        assert "quincy" in leaks(blue, OF_BLUE)


@pytest.mark.parametrize("words", [(), ("--anonymous", "--fewest", "1")])
@pytest.mark.parametrize("suffix", ["html", "xlsx"])
def test_what_others_answer_changes_nothing_in_a_team_s_report(
    folder: Path, tmp_path: Path, suffix: str, words: tuple[str, ...]
) -> None:
    """Not a byte: no figure of the report can be one of theirs."""
    shutil.copytree(folder, other := tmp_path / "other")
    campaign = open_campaign(other)
    with record_of(campaign) as record:
        scheme = campaign.load_scheme()
        answer(campaign, record, CAY.mail, all_rated(scheme, 3), now=NOW + 2 * DAY)
        answer(campaign, record, DAN.mail, all_rated(scheme, 0), now=NOW + 2 * DAY)

    before, after = (
        report(each, tmp_path / f"{each.name}.{suffix}", "--team", "Red", *words)
        for each in (folder, other)
    )
    whole = [report(each, tmp_path / "w.html", *words) for each in (folder, other)]

    assert without_clips(before) == without_clips(after)
    assert whole[0] != whole[1]


def test_each_team_gets_a_file(folder: Path, tmp_path: Path) -> None:
    """Named like workbooks; the same as the report of the team alone."""
    target = tmp_path / "by" / "team"
    said = run("campaign", "report", folder, "--by", "team", "-o", target).output

    assert sorted(path.name for path in target.iterdir()) == ["org-blue.html", "org-red.html"]
    for name, others in (("red", OF_BLUE), ("blue", OF_RED)):
        data = (target / f"org-{name}.html").read_bytes()
        assert leaks(data, others) == []
        alone = report(folder, tmp_path / "one.html", "--team", name)
        assert without_clips(data) == without_clips(alone)
        assert f"Round · {name.title()}" in data.decode()
    assert "org-red.html" in said


def test_files_of_teams_are_replaced_on_request_only(folder: Path, tmp_path: Path) -> None:
    """None is written if one is there already; a file in the folder's place is refused."""
    (tmp_path / "org-red.xlsx").write_bytes(b"mine")
    words = ("campaign", "report", folder, "--by", "team", "--format", "xlsx", "-o", tmp_path)

    assert "org-red.xlsx" in run(*words, code=2).output
    assert [path.name for path in tmp_path.iterdir()] == ["org-red.xlsx"]
    run(*words, "--force")
    assert len(openpyxl.load_workbook(tmp_path / "org-red.xlsx").sheetnames) > 3
    run(*words[:-1], tmp_path / "org-red.xlsx", code=2)


def test_a_team_s_own_trend(folder: Path, tmp_path: Path) -> None:
    """The previous round has other teams, too; theirs are not shown."""
    with built_campaign(tmp_path / "n", [ANN, CAY]) as (campaign, record):
        for row in (ANN, CAY):
            answer(campaign, record, row.mail, now=NOW + 200 * DAY)
        results = read_results(campaign, record, now=NOW)
        (red,) = [team for team in results.teams if team.name == "Red"]
        wanted = ReportOptions(previous=(str(folder),))
        contents = report_results(campaign, record, results.of_teams([red]), wanted, now=NOW)
    words = ("--team", "Red", "--previous", folder)

    assert [trend.name for trend in contents.trends.trends] == ["Red"]
    assert leaks(report(campaign.folder, tmp_path / "r.html", *words), OF_BLUE) == []


def test_teams_of_one_name_are_told_apart_by_their_organisations(tmp_path: Path) -> None:
    """Neither learns that there is another; the roster's spelling of a team holds."""
    given = [
        replace(ANN, team="Search", organisation="Acme"),
        replace(BEN, team="search", organisation="Beta"),
        replace(CAY, team="SEARCH ", organisation="acme"),
        replace(DAN, team=""),
    ]
    with built_campaign(tmp_path, given) as (campaign, record):
        for row in given:
            answer(campaign, record, row.mail)
    target = tmp_path / "reports"
    said = run("campaign", "report", campaign.folder, "--by", "team", "-o", target).output
    one = json.loads(export(campaign.folder, tmp_path / "e.json", "--team", "Search (Beta)"))
    both = json.loads(export(campaign.folder, tmp_path / "f.json", "--team", "search"))

    assert sorted(path.name for path in target.iterdir()) == [
        "acme-search.html", "beta-search.html",
    ]  # fmt: skip
    assert leaks((target / "beta-search.html").read_bytes(), ["acme", "xenia", "zelda"]) == []
    assert leaks((target / "acme-search.html").read_bytes(), ["beta", "yorick"]) == []
    assert "1 person without a team" in said
    assert [each["profile"]["respondent"] for each in one["results"]] == [BEN.name]
    assert len(both["results"]) == 3


@pytest.mark.parametrize("rows_", ["areas", "statements"])
@pytest.mark.parametrize("form", ["json", "csv", "table", "xlsx"])
def test_an_export_of_a_team(folder: Path, tmp_path: Path, form: str, rows_: str) -> None:
    """The response that counts only, without anything of another team."""
    words = ("--format", form, "--rows", rows_)
    data = export(folder, tmp_path / f"e.{form}", "--team", "Red", *words)
    grouped = export(folder, tmp_path / f"g.{form}", "--team", "Red", "--group", "team", *words)
    hidden = export(
        folder, tmp_path / f"h.{form}", "--team", "Red", "--anonymous", "--fewest", "1", *words
    )

    for each in (data, grouped, hidden):
        assert leaks(each, OF_BLUE) == []
    assert "xylander" in leaks(data, OF_RED)
    assert leaks(hidden, OF_RED) == []


def test_assignments_and_corrected_teams_hold(tmp_path: Path) -> None:
    """Whose answer it is and which team that is, the record and the roster say."""
    with built_campaign(tmp_path, [ANN, BEN, CAY]) as (campaign, record):
        scheme = campaign.load_scheme()
        answer(campaign, record, BEN.mail, all_rated(scheme, 1))
        (ben,) = campaign.returned.iterdir()
        answer(campaign, record, ANN.mail, all_rated(scheme, 0))
        run("campaign", "assign", "-C", campaign.folder, ben.name, CAY.mail)
        write_roster(campaign.folder, [replace(ANN, team="Green"), BEN, CAY])
        build(campaign, record)
    blue = json.loads(export(campaign.folder, tmp_path / "b.json", "--team", "Blue"))
    green = json.loads(export(campaign.folder, tmp_path / "g.json", "--team", "Green"))

    assert [each["profile"]["respondent"] for each in blue["results"]] == [CAY.name]
    assert [each["profile"]["respondent"] for each in green["results"]] == [ANN.name]
    said = run("campaign", "export", campaign.folder, "--team", "Red", code=1).output
    assert "Nobody of these teams has answered yet" in said


@pytest.mark.parametrize("command", ["report", "export"])
def test_a_team_that_there_is_not(folder: Path, tmp_path: Path, command: str) -> None:
    target = tmp_path / "r.xlsx"
    said = run("campaign", command, folder, "--team", "Green", "-o", target, code=1).output

    assert 'no team "Green"' in said
    assert "Red" in said
    assert not target.exists()


def test_one_team_and_all_teams_exclude_each_other(folder: Path, tmp_path: Path) -> None:
    words = ("--by", "team", "--team", "Red", "-o", tmp_path)

    assert "--by team" in run("campaign", "report", folder, *words, code=2).output


def test_teams_that_have_not_answered_get_no_report(tmp_path: Path) -> None:
    """They are named; without any answer there is no result at all."""
    green = Row(name="Gus", mail="gus@example.org", team="Green")
    with built_campaign(tmp_path, [ANN, green]) as (campaign, record):
        words = ("campaign", "report", campaign.folder, "--by", "team", "-o", tmp_path / "by")
        run(*words, code=1)
        answer(campaign, record, ANN.mail)
        said = run(*words).output

    assert "nobody has answered yet: Green" in said
    assert [path.name for path in (tmp_path / "by").iterdir()] == ["org-red.html"]
