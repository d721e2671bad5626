"""Closing a round: answers and counts of teams stay, and nothing of anybody."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from iml4e_xlsx.campaign.corrections.close_round import close_round, preview_closing
from iml4e_xlsx.campaign.folder.campaign import Campaign, open_campaign
from iml4e_xlsx.campaign.folder.record_access import open_record
from iml4e_xlsx.campaign.record.closing import ClosedTeam
from iml4e_xlsx.campaign.record.schema import metadata
from iml4e_xlsx.campaign.round_results import read_results
from iml4e_xlsx.errors import CampaignError, RecordError
from iml4e_xlsx.findings.error_codes import CorrectionErrorCode, RecordErrorCode
from tests.support.campaigns import (
    DAY,
    NOW,
    build,
    collect,
    filled_in,
    new_campaign,
    record_of,
    rows,
    run,
)
from tests.support.closing import ROWS, STATEMENTS, WORDS, ratings_of, settle
from tests.support.forgetting import mailed, team_results, traces

pytestmark = pytest.mark.slow
"""See the marks in pyproject.toml."""


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[str, ...]]:
    """Return the folder of a campaign that has run, and the ids and digests in it."""
    campaign = new_campaign(tmp_path_factory.mktemp("played"), ROWS)
    with record_of(campaign) as record:
        return campaign.folder, settle(campaign, record)


@pytest.fixture
def played(
    tmp_path: Path, template: tuple[Path, tuple[str, ...]]
) -> tuple[Campaign, tuple[str, ...]]:
    """Return such a campaign of one's own, its record in the folder."""
    folder, secrets = template
    shutil.copytree(folder, tmp_path / "Q" / "campaign")
    return open_campaign(tmp_path / "Q" / "campaign"), secrets


@pytest.fixture
def moved(
    played: tuple[Campaign, tuple[str, ...]], database: str
) -> tuple[Campaign, tuple[str, ...]]:
    """Return it with its record elsewhere, in a file or on a server."""
    campaign, secrets = played
    run("campaign", "copy-record", database, "-C", campaign.folder)
    return open_campaign(campaign.folder, database=database), secrets


def raw_rows(campaign: Campaign) -> Counter[str]:
    """Count the rows of each table."""
    engine = sa.create_engine(make_url(campaign.database))
    with engine.connect() as connection:
        counted = Counter(
            {
                table.name: connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
                for table in metadata.sorted_tables
            }
        )
    engine.dispose()
    return counted


def test_nothing_of_anybody_is_left(moved: tuple[Campaign, tuple[str, ...]]) -> None:
    """In no file, packed or not, in no table, and in no free page of both records."""
    campaign, secrets = moved
    assert {word for _, word in traces(campaign, *WORDS)} == set(WORDS)
    with record_of(campaign) as record:
        outcome = close_round(campaign, record, now=NOW + 2 * DAY)
        assert traces(campaign, *WORDS, *secrets) == []
        assert outcome.files > 30
        assert outcome.other_files == ()

    assert not list(campaign.folder.glob("roster*"))
    assert {path.name for path in campaign.folder.iterdir()} <= {
        "campaign.toml", "README.txt", "folder.json", "mail", "scheme", "record.sqlite",
    }  # fmt: skip
    files = [campaign.folder / "record.sqlite"]
    if campaign.database.startswith("sqlite"):
        files.append(Path(str(make_url(campaign.database).database)))
    for file in files:
        data = file.read_bytes().lower()
        assert not [word for word in (*WORDS, *secrets) if word.lower().encode() in data]
    kept = {name: count for name, count in raw_rows(campaign).items() if count}
    assert kept == {
        "campaigns": 1, "participation": 1, "returned": 9, "answers": kept["answers"],
        "erased": 11, "events": 1,
    }  # fmt: skip


def test_no_deleted_row_is_left_in_the_pages_of_a_server(
    moved: tuple[Campaign, tuple[str, ...]],
) -> None:
    """Nor in the tables' files: PostgreSQL leaves the bytes of deleted rows where they are."""
    campaign, secrets = moved
    if campaign.database.startswith("sqlite"):
        assert words_in_pages(campaign.folder / "record.sqlite", secrets)
    else:
        count_values(campaign)
        assert words_in_tables(campaign, secrets)
    with record_of(campaign) as record:
        assert close_round(campaign, record, now=NOW).is_compact
    assert words_in_pages(campaign.folder / "record.sqlite", secrets) == []
    if not campaign.database.startswith("sqlite"):
        assert words_in_tables(campaign, secrets) == []


def count_values(campaign: Campaign) -> None:
    """Let the server note which values the columns have most often, as it does now and then."""
    engine = sa.create_engine(make_url(campaign.database), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
    engine.dispose()


def words_in_pages(file: Path, secrets: tuple[str, ...]) -> list[str]:
    """Return the words and ids of people that are in a file."""
    data = file.read_bytes().lower()
    return [word for word in (*WORDS, *secrets) if word.lower().encode() in data]


def words_in_tables(campaign: Campaign, secrets: tuple[str, ...]) -> list[str]:
    """Return the words and ids of people that are in the files of a PostgreSQL database."""
    engine = sa.create_engine(make_url(campaign.database), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("CHECKPOINT")
        folder = connection.exec_driver_sql("SHOW data_directory").scalar_one()
        number = connection.exec_driver_sql(
            "SELECT oid FROM pg_database WHERE datname = current_database()"
        ).scalar_one()
    engine.dispose()
    files = Path(folder, "base", str(number)).iterdir()
    return [word for file in files for word in words_in_pages(file, secrets)]


def test_results_of_large_teams_stay_as_they_were(
    played: tuple[Campaign, tuple[str, ...]],
) -> None:
    """To the last digit; small teams are one, and no row is what one person has answered."""
    campaign, _ = played
    with record_of(campaign) as record:
        before = read_results(campaign, record, now=NOW).join_small_teams(4)
        dry = preview_closing(campaign, record, fewest=4, now=NOW)
        done = close_round(campaign, record, fewest=4, now=NOW + 2 * DAY)
        after = read_results(campaign, record, now=NOW)
        teams = team_results(campaign, record)

    assert done.teams == dry.teams == (
        ClosedTeam(organisation="Org", team="Red", asked=5, answered=5),
        ClosedTeam(organisation="", team="Other teams", asked=6, answered=4, declined=1),
    )  # fmt: skip
    assert [name for name, _ in teams] == ["Other teams", "Red"]
    assert after.closed == NOW + 2 * DAY
    for team in ("Red", "Other teams"):
        assert answers_of(before.assessments, team) == answers_of(after.assessments, team)
    given = {tuple(ratings_of(number * 7 + 1).values()) for number in range(9)}
    kept = [tuple(a.rating for a in each.response.answers.values()) for each in after.assessments]
    assert len(given) == len(kept) == 9
    assert len(given & set(kept)) < 5  # by chance some row may be what somebody has answered
    assert {each.response.profile.date for each in after.assessments} == {
        max(each.response.profile.date for each in before.assessments)
    }


def answers_of(assessments: object, team: str) -> dict[str, Counter[object]]:
    """Count the ratings of each statement in a team."""
    counts: dict[str, Counter[object]] = {}
    for each in assessments:  # type: ignore[attr-defined]
        if each.response.profile.team == team:
            for id_, answer in each.response.answers.items():
                counts.setdefault(id_, Counter())[answer.rating] += 1
    return counts


def test_answers_of_too_few_go(tmp_path: Path) -> None:
    """If all who have answered are fewer than a group, and it is said before."""
    campaign = new_campaign(tmp_path, 6)
    with record_of(campaign) as record:
        build(campaign, record)
        collect(campaign, record, *(filled_in(campaign, record, row.mail) for row in rows(4)))
    dry = run("campaign", "close", campaign.folder)
    assert "4 answers go: together they are fewer than 5." in dry.stdout
    assert "Nothing was done." in dry.stdout
    assert list(campaign.workbooks.iterdir())
    run("campaign", "close", campaign.folder, "--yes")

    assert "Red: 4 of 6" not in run("campaign", "export", campaign.folder, code=1).output
    status = json.loads(run("campaign", "status", campaign.folder, "--format", "json").stdout)
    assert (status["people"], status["returned"]) == (6, 4)


def test_what_a_closed_round_can_do(played: tuple[Campaign, tuple[str, ...]]) -> None:
    """Report, status and export say what they can; all other commands refuse in words."""
    campaign, _ = played
    given = ("-C", campaign.folder, "--database", campaign.database)
    assert "The round is closed." in run("campaign", "close", *given, "--yes").stdout
    status = run("campaign", "status", *given)
    assert "Other teams" in status.stdout
    assert "was closed on" in status.stdout
    html = campaign.folder.parent / "report.html"
    run("campaign", "report", *given, "-o", html)
    text = html.read_text(encoding="utf-8")
    assert "The round was closed on" in text
    assert "response-" not in text
    exported = json.loads(run("campaign", "export", *given, "--format", "json").stdout)
    assert [one["source"] for one in exported["results"]] == ["Other teams"]
    for command in (
        ("build",), ("send",), ("remind",), ("answer",), ("collect", campaign.folder.parent),
        ("decline", ROWS[0].mail), ("assign", "x", "--nobody"), ("settle", "uncertain", "--sent"),
        ("handle", "x"), ("readdress", "a@b.org", "c@d.org"), ("show", ROWS[0].mail),
        ("forget", ROWS[0].mail),
    ):  # fmt: skip
        refused = run("campaign", *command, *given, code=1)
        assert "was closed on" in refused.output, command
    assert "is there" in run("campaign", "rebuild-record", *given, code=3).output
    again = run("campaign", "close", *given)
    assert "The round was closed on" in again.stdout
    assert "Nothing is left to be done." in again.stdout


def test_closing_needs_a_round(tmp_path: Path) -> None:
    """Nothing is closed that has not begun."""
    campaign = new_campaign(tmp_path, 2)
    with record_of(campaign) as record, pytest.raises(CampaignError) as caught:
        close_round(campaign, record, now=NOW)

    assert caught.value.code is CorrectionErrorCode.NOTHING_TO_CLOSE


def test_an_original_without_a_record_is_not_lost(
    played: tuple[Campaign, tuple[str, ...]],
) -> None:
    """A killed collect has left it: nothing is closed before it is collected."""
    campaign, _ = played
    (campaign.returned / f"{'ab' * 10}.xlsx").write_bytes(b"an answer")
    with record_of(campaign) as record, pytest.raises(CampaignError) as caught:
        close_round(campaign, record, now=NOW)

    assert caught.value.code is CorrectionErrorCode.ORIGINALS_UNRECORDED
    assert raw_rows(campaign)["people"] == 11


def test_other_files_stay_and_are_named(played: tuple[Campaign, tuple[str, ...]]) -> None:
    """Only people know whether a report names somebody."""
    campaign, _ = played
    (campaign.folder / "report.html").write_text("x")
    (campaign.folder / "inbox").mkdir()
    (campaign.folder / "inbox" / "a mail.eml").write_text("From: a@b\n\nX-Unsent: 1\n")
    with record_of(campaign) as record:
        done = close_round(campaign, record, now=NOW)

    assert done.other_files == ("inbox/a mail.eml", "report.html")
    assert (campaign.folder / "report.html").exists()


@pytest.mark.parametrize("place", ["record", "url"])
def test_originals_elsewhere_go(tmp_path: Path, place: str) -> None:
    """Those in the record, and those at a URL, which the record names until they are gone."""
    shared = tmp_path / "shared"
    originals = "record" if place == "record" else f"file://{shared}"
    campaign = new_campaign(tmp_path / "Q", 3, originals=originals)
    with record_of(campaign) as record:
        build(campaign, record)
        filled = [filled_in(campaign, record, row.mail) for row in rows(3)]
        contents = [path.read_bytes() for path in filled]
        collect(campaign, record, *filled)
        assert raw_rows(campaign)["originals"] == (3 if place == "record" else 0)
        dry = preview_closing(campaign, record, fewest=2, now=NOW)
        done = close_round(campaign, record, fewest=2, now=NOW)
        assert done.files == dry.files == 3 + 3 + 2  # originals, workbooks, rosters

    left = raw_rows(campaign)
    assert (left["originals"], left["original_places"], left["answers"]) == (0, 0, 24)
    assert not [path for path in shared.rglob("*") if path.is_file()]
    data = (campaign.folder / "record.sqlite").read_bytes()
    assert not [content for content in contents if content[40:400] in data]


def test_a_later_round_compares_with_it(tmp_path: Path) -> None:
    """The trend reads the closed round, and a workbook of it is known to be of it."""
    spring = new_campaign(tmp_path / "spring", 6)
    with record_of(spring) as record:
        build(spring, record)
        collect(
            spring, record,
            *(filled_in(spring, record, row.mail, dict.fromkeys(STATEMENTS, 1)) for row in rows(6)),
        )  # fmt: skip
        old = filled_in(spring, record, rows(1)[0].mail, name="old.xlsx")
        close_round(spring, record, now=NOW + DAY)
    autumn = new_campaign(tmp_path / "autumn", 6, created=datetime(2026, 11, 23, tzinfo=UTC).date())
    with record_of(autumn) as record:
        done = build(autumn, record, previous=[spring.folder])
        assert len(done.made) == 6
        collect(autumn, record, *(filled_in(autumn, record, row.mail) for row in rows(6)))
        outcome = collect(autumn, record, mailed(tmp_path / "old.eml", old, rows(1)[0].mail))
        (file,) = outcome.files
        assert file.person is None
        assert file.arrival.other_round is not None
        assert (file.arrival.other_round.name, file.arrival.other_round.person) == ("Round", "")
    html = tmp_path / "r.html"
    run("campaign", "report", autumn.folder, "-o", html)

    text = " ".join(re.sub("<[^>]*>", "", html.read_text(encoding="utf-8")).split())
    assert "the index of 1 team went from 0.67 to 2.00" in text


def test_the_old_record_still_names_the_new_one(
    moved: tuple[Campaign, tuple[str, ...]],
) -> None:
    """And the closed record can move on, with its answers and teams."""
    campaign, _ = moved
    with closing(open_record(campaign)) as record:
        close_round(campaign, record, now=NOW)
        before = team_results(campaign, record)
    with pytest.raises(RecordError) as caught:
        open_record(open_campaign(campaign.folder)).close()
    assert caught.value.code is RecordErrorCode.RECORD_SUPERSEDED
    other = f"sqlite:///{campaign.folder.parent / 'third.sqlite'}"
    given = ("-C", campaign.folder, "--database", campaign.database)
    run("campaign", "copy-record", other, *given)
    third = open_campaign(campaign.folder, database=other)
    with closing(open_record(third)) as record:
        assert team_results(third, record) == before
