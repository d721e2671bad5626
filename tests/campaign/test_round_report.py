"""Results of a campaign: who has answered, the trend, and what an anonymous one leaves out."""

from __future__ import annotations

import csv
import io
import json
import random
import re
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from iml4e_xlsx.campaign.corrections.forget import forget
from iml4e_xlsx.campaign.folder.campaign import Campaign, open_campaign
from iml4e_xlsx.campaign.previous import read_previous_results
from iml4e_xlsx.campaign.record.connection import Record
from iml4e_xlsx.campaign.round_report import (
    ReportOptions,
    campaign_assessments,
    campaign_contents,
    render_results,
)
from iml4e_xlsx.errors import CampaignError
from iml4e_xlsx.findings.error_codes import RoundErrorCode
from iml4e_xlsx.model import Profile
from iml4e_xlsx.report.formats.render import render_report
from tests.support.builders import built, response
from tests.support.campaigns import (
    DAY,
    NOW,
    Row,
    all_rated,
    answer,
    build,
    built_campaign,
    collect,
    filled_in,
    new_campaign,
    note_returned,
    person_of,
    rated,
    record_of,
    run,
    write_roster,
)

ANN = Row(name="Xenia Xylander", mail="xenia@xenon.example.org", team="Red", role="xylographer")
BEN = Row(name="Yorick Yttrium", mail="yorick@xenon.example.org", team="Red", role="yachtsman")
CAY = Row(name="Zelda Zworykin", mail="zelda@xenon.example.org", team="Blue", role="zoologist")
DAN = Row(name="Quincy Quartz", mail="quincy@xenon.example.org", team="Blue", role="quarrier")
PEOPLE = [ANN, BEN, CAY, DAN]
WORDS = (
    "xenia", "xylander", "xenon", "xylograph", "yorick", "yttrium", "yachts", "zelda", "zwory",
    "zoolog", "quincy", "quartz", "quarrier",
)  # fmt: skip
EVIDENCE = "evidence of the xebec"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a campaign in which three of four have answered, one of them twice."""
    root = tmp_path_factory.mktemp("reporting")
    with built_campaign(root, PEOPLE) as (campaign, record):
        (campaign.folder / "roster.xlsx").unlink()
        scheme = campaign.load_scheme()
        given: list[tuple[Row, dict[str, Any], dict[str, str], int, str]] = [
            (ANN, all_rated(scheme, 0), {}, 0, "xenia.xlsx"),
            (ANN, all_rated(scheme, 3), {"AA-01": EVIDENCE}, 1, "xenia xylander.xlsx"),
            (BEN, all_rated(scheme, 2), {}, 0, "yorick.xlsx"),
            (CAY, {**all_rated(scheme, 1), "AA-01": 9, "AA-02": None}, {}, 0, "zelda.xlsx"),
        ]
        paths = [
            filled_in(
                campaign, record, row.mail, values, evidence=evidence, now=NOW + days * DAY,
                name=name,
            )
            for row, values, evidence, days, name in given
        ]  # fmt: skip
        collect(campaign, record, *paths, now=NOW + DAY)
        dan = person_of(record, DAN.mail)
        with record.begin(NOW) as tx:
            note_returned(tx, dan, ("broken-workbook", "quincy.xlsx is damaged."))
        return campaign.folder


def report(folder: Path, target: Path, *words: object) -> bytes:
    run("campaign", "report", folder, "-o", target, "--force", *words)
    return target.read_bytes()


def export(folder: Path, target: Path, *words: object) -> bytes:
    run("campaign", "export", folder, "-o", target, "--force", *words)
    return target.read_bytes()


def unpacked(data: bytes) -> bytes:
    if not zipfile.is_zipfile(io.BytesIO(data)):
        return data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return b"\n".join(name.encode() + archive.read(name) for name in archive.namelist())


def secrets_of(folder: Path) -> list[str]:
    """Return what leads to a person: names, addresses, roles, files' names, workbooks' ids."""
    campaign = open_campaign(folder)
    with record_of(campaign) as record:
        ids = [person_of(record, row.mail).workbook_id for row in PEOPLE]
    files = [path.stem for path in (*campaign.returned.iterdir(), *campaign.workbooks.iterdir())]
    return [*WORDS, *ids, *files]


def leaks(data: bytes, secrets: list[str]) -> list[str]:
    lowered = unpacked(data).lower()
    return [
        one
        for one in secrets
        if one.lower().encode() in lowered or one.lower().encode("utf-16-le") in lowered
    ]


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


def test_the_workbook_has_a_sheet_of_participation(folder: Path, tmp_path: Path) -> None:
    """With numbers to compute with."""
    report(folder, tmp_path / "r.xlsx")
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    found = list(book["Who has answered"].iter_rows(values_only=True))

    assert ("Red", 2, 2, 1) in found
    assert ("Blue", 2, 1, 0.5) in found
    assert found[-1][1:] == (4, 3, 0.75)


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


@pytest.mark.parametrize("suffix", ["html", "xlsx", "pdf", "svg", "png"])
def test_an_anonymous_report_leads_to_nobody(folder: Path, tmp_path: Path, suffix: str) -> None:
    """In no format is there a name, address, role, file's name or id; teams and scores are."""
    secrets = secrets_of(folder)
    data = report(folder, tmp_path / f"r.{suffix}", "--anonymous")

    assert leaks(data, secrets) == []
    if suffix in ("html", "xlsx"):
        assert "xylander" in leaks(report(folder, tmp_path / f"n.{suffix}"), secrets)
        assert b"Red" in unpacked(data)


@pytest.mark.parametrize("suffix", ["html", "xlsx"])
def test_an_anonymous_report_of_two_rounds(folder: Path, tmp_path: Path, suffix: str) -> None:
    """The earlier one is nameless too."""
    with built_campaign(tmp_path / "n", [ANN, DAN]) as (campaign, record):
        answer(campaign, record, DAN.mail, now=NOW + 200 * DAY, name="quincy.xlsx")
    secrets = [*secrets_of(folder)]
    data = report(campaign.folder, tmp_path / f"r.{suffix}", "--anonymous", "--previous", folder)

    assert leaks(data, secrets) == []


FORMATS = ("json", "ndjson", "csv", "table", "parquet", "xlsx")


@pytest.mark.parametrize("group", [(), ("--group", "team")])
@pytest.mark.parametrize("rows_", ["areas", "statements"])
@pytest.mark.parametrize("form", FORMATS)
def test_an_anonymous_export_leads_to_nobody(
    folder: Path, tmp_path: Path, form: str, rows_: str, group: tuple[str, ...]
) -> None:
    """Nor has it evidence, which is free text, or findings, which quote it."""
    secrets = [*secrets_of(folder), "xebec"]
    words = ("--format", form, "--rows", rows_, *group)
    data = export(folder, tmp_path / f"e.{form}", "--anonymous", *words)

    assert leaks(data, secrets) == []
    assert b"Red" in unpacked(data)


def test_an_export_has_everything_else(folder: Path, tmp_path: Path) -> None:
    """Names and ids where it is not anonymous, and the same numbers where it is."""
    secrets = secrets_of(folder)
    named = json.loads(export(folder, tmp_path / "n.json"))
    bare = json.loads(export(folder, tmp_path / "b.json", "--anonymous"))

    assert "xylander" in leaks((tmp_path / "n.json").read_bytes(), secrets)
    assert sorted(map(numbers, entries(named))) == sorted(map(numbers, entries(bare)))
    assert len(entries(bare)) == 3


def entries(document: dict[str, Any]) -> list[dict[str, Any]]:
    (found,) = [value for value in document.values() if isinstance(value, list) and value]
    return found


def numbers(entry: dict[str, Any]) -> str:
    return json.dumps([[a.get("index"), a.get("level")] for a in entry["areas"]])


@pytest.mark.parametrize("form", ["json", "csv"])
@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_an_anonymous_export_says_nothing(
    tmp_path: Path, form: str, seed: int
) -> None:
    """The same answers in another order of the roster, and of arrival, give the same bytes."""
    given = [
        Row(name=f"P{number}", mail=f"p{number}@example.org", team=f"T{number % 2}")
        for number in range(6)
    ]
    ratings = {row.mail: [3, 1, 3, 2, 3, 3][number] for number, row in enumerate(given)}
    found = []
    for turn in range(2):
        order = list(given)
        if turn:
            random.Random(seed).shuffle(order)
        folder = tmp_path / str(turn)
        campaign = new_campaign(folder, order)
        with record_of(campaign) as record:
            found.append(fake_answers(campaign, record, order, ratings, form))

    assert found[0] == found[1]


def fake_answers(
    campaign: Campaign, record: Record, order: list[Row], ratings: dict[str, int], form: str
) -> bytes:
    from iml4e_xlsx.campaign.record import campaigns, people
    from iml4e_xlsx.roster import read_roster

    scheme = campaign.load_scheme()
    listed = read_roster(campaign.folder / "roster.csv", scheme, mails=True)
    with record.begin(NOW) as tx:
        campaigns.ensure_campaign(tx, "Round", scheme.id, scheme.version)
        saved = people.save_roster(tx, listed, "x")
        for person in saved:
            outcome = rated(scheme, person, all_rated(scheme, ratings[person.mail]))
            note_returned(tx, person, outcome, content=person.mail)
    assert [person.mail for person in saved] == [row.mail for row in order]
    given = campaign_assessments(campaign, record, now=NOW, anonymous=True)
    return render_results(given, form)


def test_an_export_by_team(folder: Path, tmp_path: Path) -> None:
    """One row for each area of each team."""
    data = export(folder, tmp_path / "e.csv", "--group", "team")
    found = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))

    assert {row["team"] for row in found} == {"Red", "Blue"}
    assert len(found) == 2 * 3


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


def test_a_file_that_could_not_be_read_is_named(folder: Path, tmp_path: Path) -> None:
    """In the report, but for an anonymous one."""
    assert b"quincy.xlsx" in report(folder, tmp_path / "r.html")
    assert b"quincy" not in report(folder, tmp_path / "r.html", "--anonymous")


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
    listed = re.findall(r"\.\w+", said.partition("use one of ")[2])
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
